// The patch settings of this profile, for your own module of the VM.
//
// Profile: azurevm-ws2022-hotpatch
// GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
// Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
// For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
// Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
// Made by: gpogen 0.1.0
//
// A fragment, not a deployment: deploying a VM by Bicep is a PUT over the whole VM, so only the module that
// states the whole VM can have these settings. Change existing VMs by patch-settings. The authors of
// gpogen have not deployed this file: the tests only parse it.
//   import { patchSettings } from 'patch-settings.bicep'
//   ...
//     osProfile: {
//       windowsConfiguration: {
//         provisionVMAgent: true
//         patchSettings: patchSettings
//       }
//     }
// You can set enableAutomaticUpdates and provisionVMAgent only when you create a VM.
@export()
var patchSettings = {
  patchMode: 'AutomaticByPlatform'
  enableHotpatching: true
  automaticByPlatformSettings: {
    bypassPlatformSafetyChecksOnUserSchedule: false
  }
}

@export()
var imageReference = {
  publisher: 'MicrosoftWindowsServer'
  offer: 'WindowsServer'
  sku: '2022-datacenter-azure-edition-hotpatch'
  version: 'latest'
}
