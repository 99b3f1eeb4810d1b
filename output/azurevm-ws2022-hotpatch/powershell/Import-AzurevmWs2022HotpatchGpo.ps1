<#
.SYNOPSIS
Imports the GPO of the profile azurevm-ws2022-hotpatch into a domain, reads it back and compares it.

.DESCRIPTION
Profile: azurevm-ws2022-hotpatch
GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
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
PS> .\Import-AzurevmWs2022HotpatchGpo.ps1 -WhatIf
Reads the domain, lists every step that the script would perform, and changes nothing.
.EXAMPLE
PS> .\Import-AzurevmWs2022HotpatchGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com'
Imports the GPO and links it, disabled. With -LinkOnly, the script compares and links it only.
.EXAMPLE
PS> .\Import-AzurevmWs2022HotpatchGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com' -ApplyGroup 'CONTOSO\Hotpatch Servers' -EnableLink
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
    @{ Path = 'manifest.xml'; Length = 769; Hash = 'd5c58c5c6aa4c87119aea5d70dd07b52491a2109620b779e49f9b0a7a0605438' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/Backup.xml'; Length = 3590; Hash = 'd6f77521332bbf489c63fabaf5997feb8687f36ce843b19e209d3b1f15fcb3c8' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/bkupInfo.xml'; Length = 660; Hash = '1b43ad0ac81125e8a30448736d7884aa05004abc1b51f6c00086250b1c97700b' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/GPO.cmt'; Length = 362; Hash = '30b725624b40b8519a1f66e73ec7f82897ed65b69b87f8d070e99290e913acd9' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/gpogen-values.txt'; Length = 226; Hash = 'e30ac15b8a83fbe8e3fa31a3dbc42d5a13e1fa211ff018f308ed8cb8d2f26311' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/Machine/registry.pol'; Length = 3184; Hash = 'ab1bcdb7a05f7279f93c4f22c78bd4b62d45a4ea7592315a8110a9e851117cfa' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/Machine/comment.cmtx'; Length = 1635; Hash = '9df415c06c0cedb0a4d2e72a78e4207ed18a8f9b25b4ac52a39dea9556c852f9' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/Machine/Preferences/Registry/Registry.xml'; Length = 590; Hash = '7493a24c182fba358f86845a00c68e0a5267a23b1eea5d02d08654d7021ffe16' }
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
    # Do not include drivers with Windows Updates
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1 }
    # Remove access to "Pause updates" feature
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetDisablePauseUXAccess'; Kind = 'DWord'; Value = 1 }
    # Specify intranet Microsoft update service location
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'UseWUServer'; Kind = 'DWord'; Value = 0 }
)
$preferences = @(
    # Virtualization-based security (Control key)
    # Hotpatches install only while VBS runs.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1 }
)
$data = @{
    Title = 'Hotpatch: Azure VMs, Windows Server 2022 Azure Edition'
    Mark = 'gpogen:azurevm-ws2022-hotpatch'
    Comment = ('gpogen:azurevm-ws2022-hotpatch' + [char]0x000D + [char]0x000A + '  Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.' + [char]0x000D + [char]0x000A + 'gpogen 0.1.0, profile 498098934401')
    BackupId = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}'
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
