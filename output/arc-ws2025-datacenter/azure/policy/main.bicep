// Azure Policy for the machines of this profile: definitions in the subscription, and assignments in one
// resource group.
//
// Profile: arc-ws2025-datacenter
// GPO: Hotpatch: Azure Arc, Windows Server 2025 Datacenter
// Why: Windows Update installs on Sunday at 03:00, and restarts in baseline months.
// For: Windows Server 2025 Datacenter, Server Core, member servers, Azure Arc-enabled servers
// Digest: 4d7c7d7562bf071ba05d2ff3ed8411434d350d03f5688431a9f282e5009ceb3e
// Made by: gpogen 0.1.0
//
// The authors of gpogen have not deployed this file: the tests only parse it. Deploy it to the
// subscription of the machines; it reads the other files of this folder:
//   az deployment sub create --what-if --location REGION --template-file main.bicep
targetScope = 'subscription'

@description('The resource group of the machines.')
param resourceGroupName string

@description('The region of the identities of the assignments.')
param location string = deployment().location

@description('The tags of the machines, each with one value, as {ring: \'1\'}, which is the form that Azure Policy takes, for the periodic assessment; {} means all Windows machines of the resource group.')
param machineTags object = {}

var profileName = 'arc-ws2025-datacenter'

resource auditDefinition 'Microsoft.Authorization/policyDefinitions@2023-04-01' = {
  name: '${profileName}-hotpatch-audit'
  properties: loadJsonContent('arc-hotpatch-audit.json').properties
}

resource optedOutDefinition 'Microsoft.Authorization/policyDefinitions@2023-04-01' = {
  name: '${profileName}-hotpatch-opted-out'
  properties: loadJsonContent('arc-hotpatch-opted-out.json').properties
}

module assignments 'assignments.bicep' = {
  name: '${profileName}-policy'
  scope: resourceGroup(resourceGroupName)
  params: {
    profileName: profileName
    location: location
    machineTags: machineTags
    auditDefinitionId: auditDefinition.id
    optedOutDefinitionId: optedOutDefinition.id
  }
}
