<#
.SYNOPSIS
Imports the GPO of the profile azurevm-ws2022-hotpatch into a domain, reads it back and compares it.

.DESCRIPTION
Profile: azurevm-ws2022-hotpatch
GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
Why: Azure guest patching installs; the GPO holds VBS, drivers and the upgrade to Server 2025.
For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
Digest: 9ccbc70129354dc007fb916407b2055bd011cfdb938e785e3c45724a59912245
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
PS> .\Import-AzurevmWs2022HotpatchGpo.ps1 -WhatIf
Looks at the domain and lists every step that would be taken. Nothing is changed.
.EXAMPLE
PS> .\Import-AzurevmWs2022HotpatchGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com'
Imports the GPO and links it, disabled. With -LinkOnly it is compared and linked, and not imported.
.EXAMPLE
PS> .\Import-AzurevmWs2022HotpatchGpo.ps1 -LinkTarget 'OU=Servers,DC=contoso,DC=com' -ApplyGroup 'CONTOSO\Hotpatch Servers' -EnableLink
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
    @{ Path = 'manifest.xml'; Length = 769; Hash = '2f47ea55a780eb89bc0c53d2682957d2305abf3e26460a77364566f4f5295b57' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/Backup.xml'; Length = 3590; Hash = 'd6f77521332bbf489c63fabaf5997feb8687f36ce843b19e209d3b1f15fcb3c8' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/bkupInfo.xml'; Length = 660; Hash = '7d72e9dfb4a90fed9d720d998269f8b056447dceb45ec8be3a66c3b3ec1467d6' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/GPO.cmt'; Length = 318; Hash = 'b7c412906d6b8adee95cf93d6c2725e58baeceaefa8f122b1e974d12b537cc1c' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/gpogen-values.txt'; Length = 226; Hash = 'ee70dc3e22a500bd5c0e7ffb6e76794c4ce1882a01101576de95faf11ca3ef02' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/Machine/registry.pol'; Length = 3184; Hash = 'ab1bcdb7a05f7279f93c4f22c78bd4b62d45a4ea7592315a8110a9e851117cfa' }
    @{ Path = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}/DomainSysvol/GPO/Machine/comment.cmtx'; Length = 1461; Hash = 'ae9f340bbed3b8408c21508e6ca6f351d6cfb43df5ef8a8d157d3ab7609b79f6' }
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
    # Nothing that restarts a server may come in a hotpatch month by itself, and nobody pauses a baseline by hand.
    @{ Do = 'set'; Hive = 'HKLM'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1 }
    # Remove access to "Pause updates" feature
    # Nothing that restarts a server may come in a hotpatch month by itself, and nobody pauses a baseline by hand.
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
    Comment = ('gpogen:azurevm-ws2022-hotpatch' + [char]0x000D + [char]0x000A + '  Azure guest patching installs; the GPO holds VBS, drivers and the upgrade to Server 2025.' + [char]0x000D + [char]0x000A + 'gpogen 0.1.0, profile 9ccbc7012935')
    BackupId = '{75581B3B-1DAD-51E5-9B21-41A7B064FA63}'
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
