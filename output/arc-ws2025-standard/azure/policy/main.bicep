// Azure Policy for the machines of this profile: definitions in the subscription, and assignments in one
// resource group.
//
// Profile: arc-ws2025-standard
// GPO: Hotpatch: Azure Arc, Windows Server 2025 Standard
// Why: Azure Update Manager installs and restarts; the GPO prevents Windows from doing it automatically.
// For: Windows Server 2025 Standard, Desktop Experience, member servers, Azure Arc-enabled servers
// Digest: de9eec788cdec657bd30e9937d0f078d67dfdb731b60298b9c4de3b5a487c5d9
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

var profileName = 'arc-ws2025-standard'

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
