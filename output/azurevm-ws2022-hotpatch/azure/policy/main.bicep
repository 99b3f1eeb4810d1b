// Azure Policy for the machines of this profile: definitions in the subscription, and assignments in one
// resource group.
//
// Profile: azurevm-ws2022-hotpatch
// GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
// Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
// For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
// Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
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

var profileName = 'azurevm-ws2022-hotpatch'

module assignments 'assignments.bicep' = {
  name: '${profileName}-policy'
  scope: resourceGroup(resourceGroupName)
  params: {
    profileName: profileName
    location: location
    machineTags: machineTags
  }
}
