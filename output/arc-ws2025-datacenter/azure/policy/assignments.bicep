// The policy assignments and the least roles in the resource group of the machines; main.bicep deploys this
// file. An identity of an assignment has a custom role of roles.json, and no built-in role.
//
// Profile: arc-ws2025-datacenter
// GPO: Hotpatch: Azure Arc, Windows Server 2025 Datacenter
// Why: Windows Update installs on Sunday at 03:00, and restarts in baseline months.
// For: Windows Server 2025 Datacenter, Server Core, member servers, Azure Arc-enabled servers
// Digest: 4d7c7d7562bf071ba05d2ff3ed8411434d350d03f5688431a9f282e5009ceb3e
// Made by: gpogen 0.1.0
targetScope = 'resourceGroup'

param profileName string
param location string
param machineTags object
param auditDefinitionId string
param optedOutDefinitionId string

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
    policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', 'bfea026e-043f-4ff4-9d1b-bf301ca7ff46')
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

resource audit 'Microsoft.Authorization/policyAssignments@2023-04-01' = {
  name: '${profileName}-hotpatch-audit'
  properties: {
    displayName: '${profileName}: enrolled for hotpatch'
    policyDefinitionId: auditDefinitionId
  }
}

resource optedOut 'Microsoft.Authorization/policyAssignments@2023-04-01' = {
  name: '${profileName}-hotpatch-opted-out'
  properties: {
    displayName: '${profileName}: not opted out of hotpatch'
    policyDefinitionId: optedOutDefinitionId
  }
}
