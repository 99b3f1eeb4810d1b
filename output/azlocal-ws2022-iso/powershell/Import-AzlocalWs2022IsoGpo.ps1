<#
.SYNOPSIS
Imports the GPO of the profile azlocal-ws2022-iso into a domain, reads it back and compares it.

.DESCRIPTION
Profile: azlocal-ws2022-iso
GPO: Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition from ISO
Why: Prepares VMs that were installed from an ISO; otherwise the same as azlocal-ws2022-core.
For: Windows Server 2022 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: b395e8c619ff62903af7579567a18518c8f3a83cdc808c67a1240d58155d57fb
Made by: gpogen 0.1.0

Has the data of the profile, and the SHA-256 of each file of the GPO backup in the folder gpo next to
the folder of this script. gpogen-import.psm1, next to this script, does the work: it has the
same bytes for every profile, and the script runs it only if its SHA-256 is the one below. After
Import-Module .\gpogen-import.psm1, Get-Help Invoke-GpogenImport -Full describes each step.

Requires the GroupPolicy module (RSAT, or the feature GPMC), and the right to create or edit GPOs. The
script first saves an existing GPO. After a failure or a difference, it removes a new GPO, and restores
an existing one. It links the GPO only with -LinkTarget; the link is disabled without -EnableLink.
Exit code: 0 done, 1 refused, failed or different, 2 not done (-WhatIf, or somebody declined).

.PARAMETER Server
The domain controller that every step uses. Default: the PDC emulator of the domain.
.PARAMETER Domain
The DNS name of the domain. Default: the domain of the user who runs the script.
.PARAMETER BackupPath
The folder for the copy of an existing GPO. Default: gpogen-backups in the user's documents.
.PARAMETER AcceptDrift
Continues although the GPO has values that are not in the profile. The import removes them.
.PARAMETER Force
Continues although the GPO, or the one to restore, is not this profile's by its mark or its name.
.PARAMETER NoReadBack
Does not compare after the import. Check the report of the GPO before you link it.
.PARAMETER LinkOnly
Imports nothing: compares the GPO, then performs only the steps of -WmiFilter, -ApplyGroup and -LinkTarget.
.PARAMETER LinkTarget
The distinguished name of the organizational unit or domain to link the GPO to.
.PARAMETER EnableLink
Enables the link. Requires -WmiFilter or -ApplyGroup: the settings are only for one system.
.PARAMETER LinkOrder
The order of the link among the links of the target.
.PARAMETER WmiFilter
The name of an existing WMI filter to attach.
.PARAMETER ApplyGroup
The group whose members apply the GPO. Authenticated Users keep the right to read it.
.PARAMETER Rollback
The folder of a saved GPO to restore, as a run printed it. Keep it where only administrators can write.
.EXAMPLE
PS> .\Import-AzlocalWs2022IsoGpo.ps1 -WhatIf
Reads the domain, lists every step that the script would perform, and changes nothing.
.EXAMPLE
PS> .\Import-AzlocalWs2022IsoGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com'
Imports the GPO and links it, disabled. With -LinkOnly, the script compares and links it only.
.EXAMPLE
PS> .\Import-AzlocalWs2022IsoGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com' -ApplyGroup 'CONTOSO\Hotpatch Servers' -EnableLink
Imports the GPO for the members of the group, and links it, enabled.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string]$Server,
    [string]$Domain,
    [string]$BackupPath,
    [switch]$AcceptDrift,
    [switch]$Force,
    [switch]$NoReadBack,
    [switch]$LinkOnly,
    [string]$LinkTarget,
    [switch]$EnableLink,
    [int]$LinkOrder,
    [string]$WmiFilter,
    [string]$ApplyGroup,
    [string]$Rollback
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where the result cannot be checked. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$module = @{ Name = 'gpogen-import.psm1'; Length = 48235; Hash = '8c82cc7481f96d9ada399010bd33da715e7123b76082e13d6b6cfda552ca09b0' }
# The files of the backup, below the folder gpo.
$files = @(
    @{ Path = 'manifest.xml'; Length = 779; Hash = 'bc0c2def159998851b8d9d1a608507fe14ba91d786cba0ba28f7802afb560a30' }
    @{ Path = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}/Backup.xml'; Length = 3605; Hash = '870813a3a44bc6587925b4662e19804dce91670c198d1930aefe2d1399afeee8' }
    @{ Path = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}/bkupInfo.xml'; Length = 670; Hash = '324137a55edf794db1f4c4cf786f8d81c8c2108cb895a9ea334890384b0353d1' }
    @{ Path = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}/DomainSysvol/GPO/GPO.cmt'; Length = 306; Hash = 'd2405757faf6052567695bc5877c95d9e9d3239df2c7575d5d642f23652c0496' }
    @{ Path = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}/DomainSysvol/GPO/gpogen-values.txt'; Length = 416; Hash = '0c81aba6b0b4fc759e7fcfafeb4169ce5224b3a09f72924c4e976b10fda61f18' }
    @{ Path = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}/DomainSysvol/GPO/Machine/registry.pol'; Length = 6148; Hash = '9999cffbe13639f05efc82dfe5d5ba774f8b2fbc174e7f6c55dfa690d661e1d3' }
    @{ Path = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}/DomainSysvol/GPO/Machine/comment.cmtx'; Length = 2269; Hash = 'fcc6637688649a84203da835c445f202484da3946033c0de55ee974f089f8c2c' }
    @{ Path = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}/DomainSysvol/GPO/Machine/Preferences/Registry/Registry.xml'; Length = 3106; Hash = '4e7d80ae8b6f2a057314276dfe4ed22627aa40ca3eba0098787bff3ac7b3b533' }
)
$policy = @(
    # Turn On Virtualization Based Security
    # Hotpatches install only while VBS runs.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'RequirePlatformSecurityFeatures'; Kind = 'DWord'; Value = 1 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'HypervisorEnforcedCodeIntegrity'; Kind = 'DWord'; Value = 3 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'HVCIMATRequired'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'LsaCfgFlags'; Kind = 'DWord'; Value = 3 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'ConfigureSystemGuardLaunch'; Kind = 'DWord'; Value = 0 }
    # Specify intranet Microsoft update service location
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUServer' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUStatusServer' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'UpdateServiceUrlAlternate' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'FillEmptyContentUrls' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetProxyBehaviorForUpdateDetection' }
    # Select the target Feature Update version
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersion'; Kind = 'DWord'; Value = 1 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ProductVersion'; Kind = 'String'; Value = '' }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersionInfo'; Kind = 'String'; Value = 'hold' }
    # Select when Quality Updates are received
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdates'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdatesPeriodInDays' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'PauseQualityUpdatesStartTime' }
    # Do not include drivers with Windows Updates
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1 }
    # Remove access to "Pause updates" feature
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetDisablePauseUXAccess'; Kind = 'DWord'; Value = 1 }
    # Configure Automatic Updates
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'NoAutoUpdate'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AUOptions'; Kind = 'DWord'; Value = 4 }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AutomaticMaintenanceEnabled' }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallDay'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallTime'; Kind = 'DWord'; Value = 3 }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallEveryWeek'; Kind = 'DWord'; Value = 1 }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallFirstWeek' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallSecondWeek' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallThirdWeek' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallFourthWeek' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AllowMUUpdateService' }
    # Specify intranet Microsoft update service location
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'UseWUServer'; Kind = 'DWord'; Value = 0 }
    # Always automatically restart at the scheduled time
    # Until a baseline has restarted, the machine gets no later hotpatches.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTime'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTimeMinutes' }
)
$preferences = @(
    # ISO preparation
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64'; Name = 'Name'; Kind = 'String'; Value = 'Hotpatch Enrollment Package' }
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64'; Name = 'Version'; Kind = 'String'; Value = '10.0.20348.1129' }
    # Virtualization-based security (Control key)
    # Hotpatches install only while VBS runs.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1 }
    # ISO preparation
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management'; Name = 'HotPatchTableSize'; Kind = 'DWord'; Value = 4096 }
)
$data = @{
    Title = 'Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition from ISO'
    Mark = 'gpogen:azlocal-ws2022-iso'
    Comment = ('gpogen:azlocal-ws2022-iso' + [char]0x000D + [char]0x000A + '  Prepares VMs that were installed from an ISO; otherwise the same as azlocal-ws2022-core.' + [char]0x000D + [char]0x000A + 'gpogen 0.1.0, profile b395e8c619ff')
    BackupId = '{29EA35CC-1984-5F73-8443-5CC56F20D0DC}'
    UserSideIsEmpty = $true
    # The status that the profile sets for the sides of the GPO; empty if it sets none.
    Status = ''
    Extensions = @{
        gPCMachineExtensionNames = '[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}][{B087BE9D-ED37-454F-AF9C-04291E351182}{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}][{F312195E-3D9D-447A-A3F5-08DFFA24735E}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]'
        gPCUserExtensionNames = ''
    }
    Files = $files
    Policy = $policy
    Preferences = $preferences
    Folder = Join-Path (Split-Path -Parent $PSScriptRoot) 'gpo'
    Script = $PSCommandPath
}

# The module's text. Only bytes that were hashed become text, and only this text runs: a signature
# block after them is left out, and a file that changes afterwards changes nothing.
function Read-Module {
    $path = Join-Path $PSScriptRoot $module.Name
    if (-not [System.IO.File]::Exists($path)) { throw "$($module.Name) is missing next to this script." }
    $bytes = [System.IO.File]::ReadAllBytes($path)
    $sha = [System.Security.Cryptography.SHA256]::Create()
    try { $hash = [System.BitConverter]::ToString($sha.ComputeHash($bytes, 0, [System.Math]::Min($bytes.Length, $module.Length))) }
    finally { $sha.Dispose() }
    $after = [System.Text.Encoding]::ASCII.GetString($bytes, [System.Math]::Min($bytes.Length, $module.Length), [System.Math]::Max(0, $bytes.Length - $module.Length))
    if ($hash.Replace('-', '') -ne $module.Hash -or $after -cnotmatch '\A(\r?\n)?(# SIG # Begin signature block\r?\n(# [A-Za-z0-9+/=]*\r?\n)+# SIG # End signature block(\r?\n)*)?\z') {
        throw "$($module.Name) is not the module that gpogen wrote for this script. Where git changed its line ends, put the line `"output/** -text`" (the folder that gpogen builds into) in .gitattributes, and check the files out again."
    }
    return [System.Text.Encoding]::UTF8.GetString($bytes, 0, $module.Length).TrimStart([char]0xFEFF)
}

try { $import = (New-Module -Name 'gpogen-import' -ScriptBlock ([scriptblock]::Create((Read-Module)))).ExportedCommands['Invoke-GpogenImport'] }
catch {
    Write-Warning "$($_.Exception.Message -replace '\p{C}', '?') Nothing was changed. Copy the whole folder from its source again."
    exit 1
}
$PSBoundParameters['WhatIf'] = [bool]$WhatIfPreference
$PSBoundParameters['Confirm'] = 'Low', 'Medium' -contains "$ConfirmPreference"
exit (& $import -Data $data @PSBoundParameters)
