// The policy assignments and the least roles in the resource group of the machines; main.bicep deploys this
// file. An identity of an assignment has a custom role of roles.json, and no built-in role.
//
// Profile: azurevm-ws2022-hotpatch
// GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
// Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
// For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
// Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
// Made by: gpogen 0.1.0
targetScope = 'resourceGroup'

param profileName string
param location string
param machineTags object

// The names of custom roles are unique in the tenant.
var roles = loadJsonContent('roles.json')

@description('Assigned to nobody: give it to who runs the scripts in the folder azure.')
resource operatorRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, profileName, 'operator')
  properties: {
    roleName: '${roles.operator.roleName} ${subscription().subscriptionId} ${resourceGroup().name}'
    description: roles.operator.description
    type: 'CustomRole'
    permissions: [
      {
        actions: roles.operator.actions
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

resource assessmentRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, profileName, 'assessment')
  properties: {
    roleName: '${roles.assessment.roleName} ${subscription().subscriptionId} ${resourceGroup().name}'
    description: roles.assessment.description
    type: 'CustomRole'
    permissions: [
      {
        actions: roles.assessment.actions
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

resource assessment 'Microsoft.Authorization/policyAssignments@2023-04-01' = {
  name: '${profileName}-assessment'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    displayName: '${profileName}: periodic assessment'
    policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', '59efceea-0c96-497e-a4a1-4eb2290dac15')
    parameters: {
      assessmentMode: {
        value: 'AutomaticByPlatform'
      }
      osType: {
        value: 'Windows'
      }
      tagValues: {
        value: machineTags
      }
      tagOperator: {
        value: 'All'
      }
    }
  }
}

resource assessmentGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, profileName, 'assessment grant')
  properties: {
    principalId: assessment.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', assessmentRole.name)
  }
}
