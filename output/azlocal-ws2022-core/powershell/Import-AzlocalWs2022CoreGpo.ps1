<#
.SYNOPSIS
Imports the GPO of the profile azlocal-ws2022-core into a domain, reads it back and compares it.

.DESCRIPTION
Profile: azlocal-ws2022-core
GPO: Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition Core
Why: Hotpatch for Server Core on Azure Local, installed and restarted by Windows Update.
For: Windows Server 2022 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: 73a9d0887831f247d95eb33277d55161b8b2f195f9f903d36c1effd54949c402
Made by: gpogen 0.1.0

Holds the profile's data and the SHA-256 of each file of the GPO backup, in the folder gpo beside
this script's folder. gpogen-import.psm1, beside this script, does the work: it has the same
bytes for every profile, and runs only if its hash is the one below. After Import-Module
.\gpogen-import.psm1, Get-Help Invoke-GpogenImport -Full describes each step.

Needs the GroupPolicy module (RSAT, or the feature GPMC) and the right to create or edit GPOs. An
existing GPO of the profile is saved first. After a failure or a difference a new GPO is removed, and
an older one restored. Nothing is linked unless -LinkTarget is given, and then disabled.
Exit code: 0 done, 1 refused, failed or different.

.PARAMETER Server
The domain controller that every step uses. Default: the domain's PDC emulator.
.PARAMETER Domain
The domain's DNS name. Default: the domain of the user who runs the script.
.PARAMETER BackupPath
The folder in which an existing GPO is saved first. Default: gpogen-backups in the documents.
.PARAMETER AcceptDrift
Goes on although the GPO holds values that are not the profile's. They are lost.
.PARAMETER Force
Goes on although the GPO, or the one to restore, is not this profile's by its mark or its name.
.PARAMETER NoReadBack
Compares nothing after the import. Look at the GPO's report before you link it.
.PARAMETER LinkOnly
Imports nothing: compares the GPO, then does what the four parameters below ask for.
.PARAMETER LinkTarget
The distinguished name of the organizational unit or domain to link the GPO to.
.PARAMETER EnableLink
Makes the link enabled. Needs -WmiFilter or -ApplyGroup: the settings are for one system only.
.PARAMETER LinkOrder
The link's place among the links of the target.
.PARAMETER WmiFilter
The name of an existing WMI filter to attach.
.PARAMETER ApplyGroup
The group whose members apply the GPO. Authenticated Users keep the right to read it.
.PARAMETER Rollback
The folder of a saved GPO, as a run printed it, to restore. Keep it where administrators alone write.
.EXAMPLE
PS> .\Import-AzlocalWs2022CoreGpo.ps1 -WhatIf
Looks at the domain and lists every step that would be taken. Nothing is changed.
.EXAMPLE
PS> .\Import-AzlocalWs2022CoreGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com'
Imports the GPO and links it, disabled. With -LinkOnly it is compared and linked, and not imported.
.EXAMPLE
PS> .\Import-AzlocalWs2022CoreGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com' -ApplyGroup 'CONTOSO\Hotpatch Servers' -EnableLink
Imports the GPO for the group's members and links it, enabled.
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
$module = @{ Name = 'gpogen-import.psm1'; Length = 47568; Hash = '9b22150e689703c1501539af834790e93d42ce27b93dc2707d3bba61c012ac76' }
# The files of the backup, below the folder gpo.
$files = @(
    @{ Path = 'manifest.xml'; Length = 776; Hash = '925d731d3cc4e71c27760b72fc44f45d028b6831d75715724a5a9106ceacde94' }
    @{ Path = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}/Backup.xml'; Length = 3601; Hash = 'a91001465e722fbae300cbf5bbc17c89846be6c3e37580ff46c85da9e5f9f7b4' }
    @{ Path = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}/bkupInfo.xml'; Length = 667; Hash = '164878387123b69b6adef3f1bf26009f989db6897ff56b5ff24a61aff0519a72' }
    @{ Path = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}/DomainSysvol/GPO/GPO.cmt'; Length = 298; Hash = '3ee38af7182f7653b5135295c6906926a386aa762e640e647114ed22d05768bd' }
    @{ Path = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}/DomainSysvol/GPO/gpogen-values.txt'; Length = 386; Hash = '35a29277d0428ce903f13618fb93ef1dab09d024ff4dc7285ca091ed40dca5fc' }
    @{ Path = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}/DomainSysvol/GPO/Machine/registry.pol'; Length = 6148; Hash = '9999cffbe13639f05efc82dfe5d5ba774f8b2fbc174e7f6c55dfa690d661e1d3' }
    @{ Path = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}/DomainSysvol/GPO/Machine/comment.cmtx'; Length = 2013; Hash = '2748e97cf8a007722e082afb8e08b57fb5623afd1151d1e9960712c1f7a1fb50' }
    @{ Path = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}/DomainSysvol/GPO/Machine/Preferences/Registry/Registry.xml'; Length = 590; Hash = '8f0f8415f3a1bc0f7f075dafe389ff6cd4bb94257216c599f79b52c9ef62d417' }
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
    # Nothing that restarts a server may come in a hotpatch month by itself, and nobody pauses a baseline by hand.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdates'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdatesPeriodInDays' }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'PauseQualityUpdatesStartTime' }
    # Do not include drivers with Windows Updates
    # Nothing that restarts a server may come in a hotpatch month by itself, and nobody pauses a baseline by hand.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1 }
    # Remove access to "Pause updates" feature
    # Nothing that restarts a server may come in a hotpatch month by itself, and nobody pauses a baseline by hand.
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
    # A baseline that waits for its restart keeps all hotpatches behind it away.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTime'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTimeMinutes' }
)
$preferences = @(
    # Virtualization-based security (Control key)
    # Hotpatches install only while VBS runs.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1 }
)
$data = @{
    Title = 'Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition Core'
    Mark = 'gpogen:azlocal-ws2022-core'
    Comment = ('gpogen:azlocal-ws2022-core' + [char]0x000D + [char]0x000A + '  Hotpatch for Server Core on Azure Local, installed and restarted by Windows Update.' + [char]0x000D + [char]0x000A + 'gpogen 0.1.0, profile 73a9d0887831')
    BackupId = '{540F2A45-F079-5899-9F1A-0C400EE22BAC}'
    UserSideIsEmpty = $true
    # Which halves of the GPO the profile wants; empty where it says nothing.
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
    if (-not [System.IO.File]::Exists($path)) { throw "$($module.Name) is missing beside this script." }
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
    Write-Warning "$($_.Exception.Message -replace '\p{C}', '?') Nothing was changed. Take the whole folder from its source again."
    exit 1
}
$PSBoundParameters['WhatIf'] = [bool]$WhatIfPreference
$PSBoundParameters['Confirm'] = 'Low', 'Medium' -contains "$ConfirmPreference"
exit (& $import -Data $data @PSBoundParameters)
