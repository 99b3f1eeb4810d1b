# The patch settings of this profile for Terraform: as values for azurerm_windows_virtual_machine, and as a
# PATCH by azapi for VMs that Terraform does not manage.
#
# Profile: azurevm-ws2022-hotpatch
# GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
# Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
# For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
# Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
# Made by: gpogen 0.1.0
#
# The authors of gpogen have not applied this file: the tests only parse it; its arguments are those of the providers'
# documentation. Use one of the two: a VM that azurerm manages gets the values of the output patch_settings,
# by argument name, and no azapi action. azurerm accepts hotpatching_enabled for the images that it knows. The
# PATCH names only the settings of the profile, and Azure can reset the others; patch-settings.sh keeps them.
terraform {
  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = ">= 2.0"
    }
  }
}

variable "virtual_machine_ids" {
  type        = set(string)
  default     = []
  description = "The resource ids of existing VMs, which get the settings by PATCH."
}

output "patch_settings" {
  description = "Arguments of azurerm_windows_virtual_machine."
  value = {
    patch_mode = "AutomaticByPlatform"
    hotpatching_enabled = true
    bypass_platform_safety_checks_on_user_schedule_enabled = false
  }
}

resource "azapi_resource_action" "patch_settings" {
  for_each    = var.virtual_machine_ids
  type        = "Microsoft.Compute/virtualMachines@2024-03-01"
  resource_id = each.value
  method      = "PATCH"
  body = {
    properties = {
      osProfile = {
        windowsConfiguration = {
          patchSettings = {
            patchMode = "AutomaticByPlatform"
            enableHotpatching = true
            automaticByPlatformSettings = {
              bypassPlatformSafetyChecksOnUserSchedule = false
            }
          }
        }
      }
    }
  }
}
