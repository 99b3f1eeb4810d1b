<#
.SYNOPSIS
Sets this machine's registry values for the profile arc-ws2025-datacenter, without Group Policy.

.DESCRIPTION
Profile: arc-ws2025-datacenter
GPO: Hotpatch: Azure Arc, Windows Server 2025 Datacenter
Why: Windows Update installs on Sunday at 03:00, and restarts in baseline months.
For: Windows Server 2025 Datacenter, Server Core, member servers, Azure Arc-enabled servers
Digest: 4d7c7d7562bf071ba05d2ff3ed8411434d350d03f5688431a9f282e5009ceb3e
Made by: gpogen 0.1.0

For a machine without a domain. The script writes and deletes the values directly under
HKEY_LOCAL_MACHINE, as SConfig and Windows Admin Center do, and never in
System32\GroupPolicy. gpedit.msc and gpresult therefore do not show them. If the Group Policy of a
domain sets the same values, it overwrites them.

The script first saves the previous state in Program Files\gpogen\Set-ArcWs2025Datacenter.json, where only
administrators can write; Undo-ArcWs2025Datacenter.ps1 restores it. Later runs keep the first record. If the
script deletes a key, or values of a key, it also saves the whole key as a .reg file, and prints the
command that imports the file. If it cannot write a record or a file, it changes nothing.

The script writes only what differs, reads everything back, and compares it, including the types. For
each setting, it returns one object: AlreadyRight, Changed, Failed, Declined or WouldChange.

The script refuses Azure Local hosts. Without -Force, it also refuses Azure VMs, and machines of another
edition or build. Without -OverrideGroupPolicy, it refuses machines where a GPO sets one of the values.

Exit code: 0 everything is as in the profile, 1 the script failed, 2 not done (-WhatIf found something
to change, or somebody declined), 4 refused, nothing changed.

The GPO of the profile sets these, but this script does not:
- HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard: EnableVirtualizationBasedSecurity, RequirePlatformSecurityFeatures, HypervisorEnforcedCodeIntegrity, HVCIMATRequired, LsaCfgFlags, MachineIdentityIsolation, ConfigureSystemGuardLaunch, ConfigureKernelShadowStacksLaunch: an extension of Group Policy processes this key; two published reports saw no effect when it was written directly (cschneegans/unattend-generator#328, MicrosoftDocs/windows-itpro-docs#11344), and the authors of gpogen have not tested it

.PARAMETER BackupPath
The folder in which the script saves deleted keys, with a new folder for each run. The script
creates it if it does not exist. Default: gpogen-backups in the user's documents.

.PARAMETER Force
Continues on an Azure VM, and on a machine of another edition or build than that of the profile.

.PARAMETER OverrideGroupPolicy
Continues although a GPO sets one of the values. Group Policy then overwrites the value again.

.PARAMETER LogPath
A file to which the script appends its steps.

.EXAMPLE
PS> .\Set-ArcWs2025Datacenter.ps1 -WhatIf

Lists what the script would write and delete, and changes nothing. You can run it without elevation.

.EXAMPLE
PS> .\Set-ArcWs2025Datacenter.ps1

Writes what differs. Run it elevated; a second run changes nothing.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType([pscustomobject])]
param(
    [string]$BackupPath,
    [switch]$Force,
    [switch]$OverrideGroupPolicy,
    [ValidateNotNullOrEmpty()]
    [string]$LogPath
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where this script cannot access the registry. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$profileName = 'arc-ws2025-datacenter'
$profileWord = 'ArcWs2025Datacenter'
$vbsRestart = $true
#region text for people

# What a domain or a machine answers, and a profile's words, may hold characters that act on a
# terminal, and words that a build runner takes for its commands: ##vso[ and ##[ anywhere, ::word.
$hidden = '(?i)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\uDB40[\uDC00-\uDFFF]|(?<=#)#(?=(vso)?\[)|(?<=:):(?=[a-z])'

function Format-Shown($Text) {
    return [regex]::Replace("$Text", $hidden, { param($Match) -join ($Match.Value.ToCharArray() | ForEach-Object { '<U+{0:X4}>' -f [int]$_ }) })
}

# One argument of a command line for PowerShell, on one line whatever the text holds.
function Format-Quoted($Text) {
    $quoted = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($Text) + "'"
    $spelt = [regex]::Replace($quoted, $hidden, { param($Match) -join ($Match.Value.ToCharArray() | ForEach-Object { "' + [char]0x{0:X4} + '" -f [int]$_ }) })
    if ($spelt.Length -eq $quoted.Length) { return $quoted }
    return "($spelt)"
}

function Write-Line($Text) { Write-Host (Format-Shown $Text) }

function Write-Problem($Text) { Write-Warning (Format-Shown $Text) }

#endregion

#region what every script that changes a machine needs

function Get-FullPath([string]$Path) {
    return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}

$logFailed = $false

function Write-Step([string]$Text) {
    Write-Line $Text
    Save-Log $Text
}

# A warning that belongs into the log, too.
function Write-Trouble([string]$Text) {
    Write-Problem $Text
    Save-Log $Text
}

# A log that cannot be written stops nothing: one warning says so.
function Save-Log([string]$Text) {
    if (-not $LogPath -or $WhatIfPreference) { return }
    try { Add-Log $Text }
    catch {
        if (-not $script:logFailed) { Write-Problem "The log cannot be written: $($_.Exception.Message)" }
        $script:logFailed = $true
    }
}

function Add-Log([string]$Text) {
    $line = '{0} {1}{2}' -f [System.DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture), (Format-Shown $Text), [System.Environment]::NewLine
    [System.IO.File]::AppendAllText((Get-FullPath $LogPath), $line)
}

# Objects differ in what properties they have, and strict mode refuses those that are not there.
function Get-Part($Item, [string]$Name) {
    if ($null -eq $Item) { return $null }
    $property = $Item.PSObject.Properties[$Name]
    if ($null -ne $property) { return , $property.Value }
}

function Open-Root {
    return [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
}

function Test-Elevated {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = [System.Security.Principal.WindowsPrincipal]::new($identity)
    return $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

# 406: an Azure Local host, which only solution updates of Azure Local can service.
function Test-AzureLocalHost {
    $system = @(Get-CimInstance -ClassName 'Win32_OperatingSystem' -ErrorAction Stop)
    return "$(Get-Part $system[0] 'OperatingSystemSKU')" -eq '406'
}

# What ended the run, on the screen and in the log.
function Write-Failure($Record) {
    $message = "The script failed: $($Record.Exception.Message)"
    Write-Trouble $message
}

#endregion

#region machines that a script does not change

# The asset tag that Azure gives to each of its VMs.
function Test-AzureVm {
    $enclosure = @(Get-CimInstance -ClassName 'Win32_SystemEnclosure' -ErrorAction Stop)
    return @($enclosure | Where-Object { "$(Get-Part $_ 'SMBIOSAssetTag')" -eq '7783-7084-3265-9085-8269-3286-77' }).Count -gt 0
}

# Why this machine is left alone; nothing where it is not. -Force overrides only what $Forced covers.
function Get-PlatformRefusal([bool]$Forced) {
    if (Test-AzureLocalHost) { 'This machine is an Azure Local host: only solution updates of Azure Local can service it.' }
    if (-not $Forced -and (Test-AzureVm)) { 'This machine is an Azure VM, where Azure decides how updates install. -Force continues.' }
}

#endregion

#region who manages a value

# The GPOs that set a value now, by key and name. Nothing is known where Windows does not answer.
function Get-PolicyOwner {
    $names = @{}
    foreach ($gpo in @(Get-CimInstance -Namespace 'root\rsop\computer' -ClassName 'RSOP_GPO' -ErrorAction Stop)) { $names["$(Get-Part $gpo 'id')"] = "$(Get-Part $gpo 'name')" }
    $owners = [System.Collections.Generic.Dictionary[string, string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($item in @(Get-CimInstance -Namespace 'root\rsop\computer' -ClassName 'RSOP_RegistryPolicySetting' -ErrorAction Stop)) {
        if ("$(Get-Part $item 'precedence')" -ne '1') { continue }
        $id = "$(Get-Part $item 'GPOID')"
        $owners["$(Get-Part $item 'registryKey')`n$(Get-Part $item 'valueName')"] = $(if ($names.ContainsKey($id) -and $names[$id]) { $names[$id] } else { $id })
    }
    return , $owners
}

# A sentence for each value that a GPO sets; $Places are hashtables with Key, Name and, for what
# takes all other values of a key or whole keys, Do and Names.
function Get-Managed($Places) {
    try { $owners = Get-PolicyOwner }
    catch {
        Write-Trouble "Whether a GPO sets one of the values is unknown: $($_.Exception.Message)"
        return
    }
    foreach ($place in $Places) {
        if ('delete-values', 'delete-keys' -contains $place['Do']) {
            foreach ($found in @($owners.Keys | Where-Object { Test-Within $place $_ })) { Format-Managed $owners[$found] $found.Split("`n") }
            continue
        }
        $found = "$($place.Key)`n$($place.Name)"
        if ($place['Do'] -ne 'create-key' -and $owners.ContainsKey($found)) { Format-Managed $owners[$found] $place.Key, $place.Name }
    }
}

function Format-Managed([string]$Gpo, [string[]]$Place) {
    return "The GPO `"$Gpo`" sets HKEY_LOCAL_MACHINE\$($Place[0]), $(if ($Place[1]) { "value $($Place[1])" } else { 'the default value' })."
}

# Whether a value is among those that go with a whole key.
function Test-Within($Place, [string]$Found) {
    $key, $name = $Found.Split("`n")
    if ($Place.Do -eq 'delete-values') { return [string]::Equals($key, $Place.Key, [System.StringComparison]::OrdinalIgnoreCase) -and -not (Test-Name $Place.Names $name) }
    foreach ($sub in $Place.Names) {
        if ("$key\".StartsWith("$($Place.Key)\$sub\", [System.StringComparison]::OrdinalIgnoreCase)) { return $true }
    }
    return $false
}

#endregion
$records = @(
    # Specify intranet Microsoft update service location
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUServer' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUStatusServer' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'UpdateServiceUrlAlternate' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'FillEmptyContentUrls' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetProxyBehaviorForUpdateDetection' }
    # Select when Quality Updates are received
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdates'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdatesPeriodInDays' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'PauseQualityUpdatesStartTime' }
    # Do not include drivers with Windows Updates
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1 }
    # Remove access to "Pause updates" feature
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetDisablePauseUXAccess'; Kind = 'DWord'; Value = 1 }
    # Enable optional updates
    # Drivers and previews are not hotpatches: drivers can restart a server, and a preview takes it off the hotpatch train. A baseline that is deferred or paused delays every hotpatch that requires it.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetAllowOptionalContent'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'AllowOptionalContent' }
    # Configure Automatic Updates
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'NoAutoUpdate'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AUOptions'; Kind = 'DWord'; Value = 4 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AutomaticMaintenanceEnabled' }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallDay'; Kind = 'DWord'; Value = 1 }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallTime'; Kind = 'DWord'; Value = 3 }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallEveryWeek'; Kind = 'DWord'; Value = 1 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallFirstWeek' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallSecondWeek' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallThirdWeek' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallFourthWeek' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AllowMUUpdateService' }
    # Specify intranet Microsoft update service location
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'UseWUServer'; Kind = 'DWord'; Value = 0 }
    # Always automatically restart at the scheduled time
    # Until a baseline has restarted, the machine gets no later hotpatches.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTime'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTimeMinutes' }
    # Virtualization-based security (Control key)
    # Hotpatches install only while VBS runs.
    @{ Do = 'set'; Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1 }
)
$restarts = @(
    'Once, after VBS is first turned on: VBS runs only after a restart.'
    'In every baseline month (planned: January, April, July, and October; unplanned baselines are possible in any month): Windows, after the installation; a signed-in user can delay it.'
)
$raw = [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames
$reg = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'reg.exe')

# .NET takes a DWord as Int32 and a QWord as Int64, so the upper half of each range is negative.
function ConvertTo-Stored($Kind, $Value) {
    if ($Kind -eq 'DWord') { return [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32]$Value), 0) }
    if ($Kind -eq 'QWord') { return [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes([uint64]$Value), 0) }
    if ($Kind -eq 'MultiString') { return , [string[]]$Value }
    if ($Kind -eq 'Binary' -or $Kind -eq 'None') { return , [byte[]]$Value }
    return [string]$Value
}

# Hexadecimal, because -eq on text passes over characters that the culture ignores.
function Get-Fingerprint($Kind, $Stored) {
    if ($Kind -eq 'DWord') { $bytes = [System.BitConverter]::GetBytes([int]$Stored) }
    elseif ($Kind -eq 'QWord') { $bytes = [System.BitConverter]::GetBytes([long]$Stored) }
    elseif ($Kind -eq 'MultiString') { $bytes = [System.Text.Encoding]::Unicode.GetBytes("$(@($Stored).Count) $(@($Stored) -join [char]0)") }
    elseif ($Kind -eq 'Binary' -or $Kind -eq 'None') { $bytes = [byte[]]$Stored }
    else { $bytes = [System.Text.Encoding]::Unicode.GetBytes([string]$Stored) }
    return [System.BitConverter]::ToString([byte[]]$bytes)
}

function Test-Name($List, $Name) {
    foreach ($item in $List) {
        if ([string]::Equals($item, $Name, [System.StringComparison]::OrdinalIgnoreCase)) { return $true }
    }
    return $false
}

#region the record of the previous state

$recordSchema = 'gpogen-record/1'

# Windows PowerShell's ConvertTo-Json and that of PowerShell 7 differ, and neither writes ASCII.
function ConvertTo-AsciiJson($Value) {
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { return $(if ($Value) { 'true' } else { 'false' }) }
    if ($Value -is [string]) {
        $escaped = [regex]::Replace($Value, '[^\x20-\x21\x23-\x5B\x5D-\x7E]|#(?=#)', { param($Match) '\u{0:x4}' -f [int]$Match.Value[0] })
        return '"' + $escaped + '"'
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $members = foreach ($name in $Value.Keys) { "$(ConvertTo-AsciiJson ([string]$name)):$(ConvertTo-AsciiJson $Value[$name])" }
        return '{' + (@($members) -join ',') + '}'
    }
    if ($Value -is [System.Collections.IList]) {
        $items = foreach ($item in $Value) { ConvertTo-AsciiJson $item }
        return '[' + (@($items) -join ',') + ']'
    }
    return ([System.IFormattable]$Value).ToString($null, [System.Globalization.CultureInfo]::InvariantCulture)
}

# Program Files of the 64-bit Windows, where only administrators write, whatever runs the script.
function Get-RecordPath([string]$Ending) {
    $key = $root.OpenSubKey('SOFTWARE\Microsoft\Windows\CurrentVersion')
    try { $folder = "$($key.GetValue('ProgramFilesDir'))" }
    finally { $key.Close() }
    if (-not $folder) { throw 'Program Files, where the script keeps the record of the previous state, was not found.' }
    return [System.IO.Path]::Combine($folder, 'gpogen', "Set-$profileWord.$Ending")
}

# Only one run at a time: a second run would record what the first has written as the previous state.
# Windows deletes the file when the process ends. If the folder does not exist, there is no lock.
function Open-Lock([bool]$Create) {
    $path = Get-RecordPath 'lock'
    $folder = [System.IO.Path]::GetDirectoryName($path)
    if ($Create) { $null = [System.IO.Directory]::CreateDirectory($folder) }
    if (-not [System.IO.Directory]::Exists($folder)) { return $null }
    try { return [System.IO.FileStream]::new($path, [System.IO.FileMode]::OpenOrCreate, [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::None, 4096, [System.IO.FileOptions]::DeleteOnClose) }
    catch { throw [System.IO.InvalidDataException]::new("Another run of this profile's scripts has the lock $path, or the file cannot be opened: $($_.Exception.InnerException.Message) Nothing was changed.") }
}

function Get-MachineId {
    $id = $null
    $key = $root.OpenSubKey('SOFTWARE\Microsoft\Cryptography')
    if ($null -ne $key) { try { $id = $key.GetValue('MachineGuid') } finally { $key.Close() } }
    if (-not $id) { throw 'This machine has no MachineGuid, by which the script identifies the record of a machine.' }
    return "$id"
}

function Get-Sha256($Bytes) {
    $sha = [System.Security.Cryptography.SHA256]::Create()
    try { return [System.BitConverter]::ToString($sha.ComputeHash([byte[]]$Bytes)).Replace('-', '').ToLowerInvariant() }
    finally { $sha.Dispose() }
}

function Format-Hex($Bytes) { return [System.BitConverter]::ToString([byte[]]$Bytes).Replace('-', '').ToLowerInvariant() }

function ConvertFrom-Hex([string]$Text) {
    $bytes = [byte[]]::new($Text.Length / 2)
    for ($at = 0; $at -lt $bytes.Length; $at++) { $bytes[$at] = [System.Convert]::ToByte($Text.Substring(2 * $at, 2), 16) }
    return , $bytes
}

# The data as hexadecimal text; that of a list as one text for each item.
function ConvertTo-Data($Value) {
    if ($Value -is [int]) { return Format-Hex ([System.BitConverter]::GetBytes([int]$Value)) }
    if ($Value -is [long]) { return Format-Hex ([System.BitConverter]::GetBytes([long]$Value)) }
    if ($Value -is [byte[]]) { return Format-Hex $Value }
    if ($Value -is [string[]]) { return (@("$($Value.Count)") + @($Value | ForEach-Object { Format-Hex ([System.Text.Encoding]::Unicode.GetBytes($_)) })) -join ':' }
    return Format-Hex ([System.Text.Encoding]::Unicode.GetBytes([string]$Value))
}

# Type and data of a value; nothing where it is absent.
function Get-State([string]$Path, [string]$Name) {
    $key = $root.OpenSubKey($Path)
    if ($null -eq $key) { return $null }
    try {
        if (-not (Test-Name $key.GetValueNames() $Name)) { return $null }
        return [ordered]@{ kind = "$($key.GetValueKind($Name))"; data = ConvertTo-Data $key.GetValue($Name, $null, $raw) }
    }
    finally { $key.Close() }
}

function Test-State($Left, $Right) {
    if ($null -eq $Left -or $null -eq $Right) { return ($null -eq $Left -and $null -eq $Right) }
    return $Left.kind -eq $Right.kind -and $Left.data -eq $Right.data
}

# The keys of a path that are absent, the uppermost first.
function Get-AbsentKey([string]$Path) {
    $parts = $Path.Split('\')
    for ($count = 1; $count -le $parts.Count; $count++) {
        $above = $parts[0..($count - 1)] -join '\'
        $key = $root.OpenSubKey($above)
        if ($null -eq $key) { $above } else { $key.Close() }
    }
}

function New-Record {
    return [ordered]@{ schema = $recordSchema; profile = $profileName; machine = Get-MachineId; computer = $env:COMPUTERNAME
        begun = [System.DateTime]::UtcNow.ToString('yyyyMMdd HHmmss', [System.Globalization.CultureInfo]::InvariantCulture)
        settings = [System.Collections.Generic.List[object]]::new(); made = [System.Collections.Generic.List[object]]::new(); trees = [System.Collections.Generic.List[object]]::new() }
}

# Under another name first, so that a record is whole or as it was.
function Save-Record($Record, [string]$Path) {
    $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($Path))
    $text = ConvertTo-AsciiJson $Record
    $digest = Get-Sha256 ([System.Text.Encoding]::ASCII.GetBytes($text))
    $partial = "$Path.partial"
    [System.IO.File]::WriteAllText($partial, "{`"sha256`":`"$digest`",`"record`":$text}", [System.Text.Encoding]::ASCII)
    if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Replace($partial, $Path, [NullString]::Value) }
    else { [System.IO.File]::Move($partial, $Path) }
}

# Who other than administrators, the owner and this account has one of these rights. The method is in
# another class in PowerShell 7 than in Windows PowerShell.
function Get-OtherWriter($Item, [int]$Rights) {
    $sections = [System.Security.AccessControl.AccessControlSections]'Access, Owner'
    $security = $(if ($Item.PSObject.Methods['GetAccessControl']) { $Item.GetAccessControl($sections) } else { [System.IO.FileSystemAclExtensions]::GetAccessControl($Item, $sections) })
    $sid = [System.Security.Principal.SecurityIdentifier]
    # SYSTEM, Administrators and TrustedInstaller; a domain's Administrator, Domain Admins and Enterprise Admins.
    $trusted = '\A(S-1-5-18|S-1-5-32-544|S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464|S-1-5-21-[0-9-]+-(500|512|519))\z'
    $own = "$([System.Security.Principal.WindowsIdentity]::GetCurrent().User)", "$($security.GetOwner($sid))"
    foreach ($rule in $security.GetAccessRules($true, $true, $sid)) {
        $who = "$($rule.IdentityReference)"
        if ("$($rule.AccessControlType)" -ne 'Allow' -or "$($rule.PropagationFlags)" -like '*InheritOnly*') { continue }
        if (([int]$rule.FileSystemRights -band $Rights) -ne 0 -and $who -notmatch $trusted -and $own -notcontains $who) { $who }
    }
}

# Writing, deleting, permissions and ownership, each also as a generic right; of the folder what replaces a file.
function Test-Writer([string]$Path) {
    $generic = 0x10000000 -bor 0x40000000 -bor 0xD0000
    $others = @(Get-OtherWriter ([System.IO.FileInfo]::new($Path)) ($generic -bor 0x6)) + @(Get-OtherWriter ([System.IO.DirectoryInfo]::new([System.IO.Path]::GetDirectoryName($Path))) ($generic -bor 0x40))
    if ($others.Count -gt 0) { throw "others than administrators can change it: $(@($others | Sort-Object -Unique) -join ', ')" }
}

function ConvertTo-State($Item) {
    if ($null -eq $Item) { return $null }
    $kind = "$(Get-Part $Item 'kind')"
    $data = "$(Get-Part $Item 'data')"
    $form = $(if ($kind -eq 'MultiString') { '\A[0-9]+(:([0-9a-f]{4})*)*\z' } else { '\A([0-9a-f]{2})*\z' })
    if ('String', 'ExpandString', 'Binary', 'DWord', 'MultiString', 'QWord', 'None' -cnotcontains $kind -or $data -cnotmatch $form) { throw 'it has a value in a form that Set does not write' }
    return [ordered]@{ kind = $kind; data = $data }
}

# The record, or nothing where there is none. A record that Set did not write here is an error.
function Read-Record([string]$Path) {
    if (-not [System.IO.File]::Exists($Path)) { return $null }
    try {
        Test-Writer $Path
        if ([System.IO.FileInfo]::new($Path).Length -gt 20MB) { throw 'it is longer than 20 MB' }
        $text = [System.IO.File]::ReadAllText($Path, [System.Text.Encoding]::UTF8)
        $match = [regex]::Match($text, '(?s)\A\{"sha256":"([0-9a-f]{64})","record":(.+)\}\s*\z')
        if (-not $match.Success) { throw 'it is broken' }
        if ((Get-Sha256 ([System.Text.Encoding]::UTF8.GetBytes($match.Groups[2].Value))) -ne $match.Groups[1].Value) { throw 'somebody edited it, or it is damaged' }
        # Before each name, which PowerShell 7 otherwise reads as a date where it is like one. A quotation
        # mark in a text is \u0022 here, so this is the name of a member.
        $found = ConvertFrom-Json -InputObject $match.Groups[2].Value.Replace('"name":"', '"name":"=')
        if ("$(Get-Part $found 'schema')" -cne $recordSchema) { throw "its schema must be $recordSchema; got $(Get-Part $found 'schema')" }
        if ("$(Get-Part $found 'profile')" -cne $profileName) { throw "it is of the profile $(Get-Part $found 'profile')" }
        if ("$(Get-Part $found 'machine')" -ne (Get-MachineId)) { throw "it is of another machine, $(Get-Part $found 'computer')" }
        $record = New-Record
        $record.begun = "$(Get-Part $found 'begun')"
        $settings = Get-Part $found 'settings'
        foreach ($item in $settings) {
            if ($null -eq $item) { continue }
            $record.settings.Add([ordered]@{ key = "$(Get-Part $item 'key')"; name = "$(Get-Part $item 'name')".Substring(1); before = ConvertTo-State (Get-Part $item 'before'); wrote = ConvertTo-State (Get-Part $item 'wrote') })
        }
        $made = Get-Part $found 'made'
        foreach ($item in $made) { if ($null -ne $item) { $record.made.Add("$item") } }
        $trees = Get-Part $found 'trees'
        foreach ($item in $trees) {
            if ($null -ne $item) { $record.trees.Add([ordered]@{ key = "$(Get-Part $item 'key')"; file = "$(Get-Part $item 'file')"; sha256 = "$(Get-Part $item 'sha256')" }) }
        }
        return $record
    }
    catch { throw [System.IO.InvalidDataException]::new("The record $Path is not usable: $($_.Exception.Message).") }
}

# Windows PowerShell leaves quotes within an argument bare; here they are as programs read them.
function Invoke-Reg($Arguments) {
    $start = [System.Diagnostics.ProcessStartInfo]::new($reg)
    $start.Arguments = @($Arguments | ForEach-Object { '"' + ($_ -replace '(\\*)"', '$1$1\"' -replace '(\\+)\z', '$1$1') + '"' }) -join ' '
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $process.WaitForExit()
        if ($process.ExitCode -ne 0) { throw "reg.exe ended with $($process.ExitCode): $($start.Arguments)" }
    }
    finally { $process.Dispose() }
}

#endregion

#region recording the previous state

function Find-Entry($Record, [string]$Key, [string]$Name) {
    foreach ($item in $Record.settings) {
        if ([string]::Equals($item.key, $Key, [System.StringComparison]::OrdinalIgnoreCase) -and [string]::Equals($item.name, $Name, [System.StringComparison]::OrdinalIgnoreCase)) { return $item }
    }
}

# The values from before the first run remain; this run adds only what it writes.
function Add-Entry($Record, [string]$Key, [string]$Name, $Wrote) {
    $entry = Find-Entry $Record $Key $Name
    if ($null -ne $entry) { $entry.wrote = $Wrote; return }
    $before = Get-State $Key $Name
    if ($null -ne $before -and $before.kind -eq 'Unknown') { throw "HKEY_LOCAL_MACHINE\$Key, value ${Name}: its type cannot be recorded. Delete or change the value first." }
    $Record.settings.Add([ordered]@{ key = $Key; name = $Name; before = $before; wrote = $Wrote })
}

function Add-AbsentKey($Record, [string]$Key) {
    foreach ($path in @(Get-AbsentKey $Key)) { if (-not (Test-Name $Record.made $path)) { $Record.made.Add($path) } }
}

#endregion

function Test-Value($Key, $Record) {
    if ($null -eq $Key -or -not (Test-Name $Key.GetValueNames() $Record.Name)) { return $false }
    if ("$($Key.GetValueKind($Record.Name))" -ne $Record.Kind) { return $false }
    $found = $Key.GetValue($Record.Name, $null, $raw)
    # A value whose bytes do not fit its type comes back as something else, which no cast takes.
    try { $have = Get-Fingerprint $Record.Kind $found }
    catch { return $false }
    return $have -eq (Get-Fingerprint $Record.Kind (ConvertTo-Stored $Record.Kind $Record.Value))
}

function Get-Surplus($Key, $Record) {
    if ($null -eq $Key) { return }
    foreach ($name in $Key.GetValueNames()) {
        if (-not (Test-Name $Record.Names $name)) { $name }
    }
}

function Get-Doomed($Key, $Record) {
    if ($null -eq $Key) { return }
    foreach ($name in $Record.Names) {
        $sub = $Key.OpenSubKey($name)
        if ($null -ne $sub) { $sub.Close(); $name }
    }
}

function Test-OpenRecord($Key, $Record) {
    switch ($Record.Do) {
        'set' { return (Test-Value $Key $Record) }
        'soft' { return ($null -ne $Key -and (Test-Name $Key.GetValueNames() $Record.Name)) }
        'delete' { return ($null -eq $Key -or -not (Test-Name $Key.GetValueNames() $Record.Name)) }
        'delete-values' { return (@(Get-Surplus $Key $Record).Count -eq 0) }
        'delete-keys' { return (@(Get-Doomed $Key $Record).Count -eq 0) }
        'create-key' { return ($null -ne $Key) }
    }
}

function Test-Record($Record) {
    $key = $root.OpenSubKey($Record.Key)
    try { return (Test-OpenRecord $key $Record) }
    finally { if ($null -ne $key) { $key.Close() } }
}

#region saving what is deleted

# The keys that a record deletes, or takes values from.
function Get-DoomedKey($Record) {
    if ('delete', 'delete-values', 'delete-keys' -notcontains $Record.Do -or (Test-Record $Record)) { return }
    if ($Record.Do -ne 'delete-keys') { return $Record.Key }
    $key = $root.OpenSubKey($Record.Key)
    try { foreach ($name in @(Get-Doomed $key $Record)) { "$($Record.Key)\$name" } }
    finally { $key.Close() }
}

# The keys to save, without those below another one.
function Get-DoomedTop {
    $all = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($record in $records) { foreach ($key in @(Get-DoomedKey $record)) { $null = $all.Add($key) } }
    foreach ($key in $all) {
        $above = $key
        do {
            $cut = $above.LastIndexOf('\')
            $above = $above.Substring(0, [Math]::Max($cut, 0))
        } while ($cut -gt 0 -and -not $all.Contains($above))
        if ($cut -le 0) { $key }
    }
}

function Get-BackupPath {
    if ($BackupPath) { return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($BackupPath) }
    $documents = [System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::MyDocuments)
    if (-not $documents) { throw 'This account has no documents folder. Name a folder with -BackupPath.' }
    return [System.IO.Path]::Combine($documents, 'gpogen-backups')
}

# A key below that cannot be read is an error here, and so is not left out of the saved file unseen.
function Get-KeyCount($Path) {
    $key = $root.OpenSubKey($Path)
    if ($null -eq $key) { throw "HKEY_LOCAL_MACHINE\$Path cannot be read." }
    try {
        $count = 1
        foreach ($name in $key.GetSubKeyNames()) { $count += Get-KeyCount "$Path\$name" }
        return $count
    }
    finally { $key.Close() }
}

function Save-Key($Path, $File) {
    $count = Get-KeyCount $Path
    Invoke-Reg 'export', "HKLM\$Path", $File, '/y', '/reg:64'
    $lines = @([System.IO.File]::ReadAllLines($File) | Where-Object { $_.StartsWith('[HKEY_LOCAL_MACHINE\', [System.StringComparison]::OrdinalIgnoreCase) })
    if ($lines.Count -lt $count) { throw "$File holds $($lines.Count) of the $count keys of HKEY_LOCAL_MACHINE\$Path." }
    Write-Step "Saved before anything is deleted: HKEY_LOCAL_MACHINE\$Path. To restore it:"
    Write-Step "& $(Format-Quoted $reg) import $(Format-Quoted $File) /reg:64"
}

function Save-Doomed($Keys) {
    # A unique name, so that no earlier file is lost.
    $folder = [System.IO.Path]::Combine((Get-BackupPath), 'Set-ArcWs2025Datacenter-' + [guid]::NewGuid().ToString('N'))
    $null = [System.IO.Directory]::CreateDirectory($folder)
    for ($number = 1; $number -le $Keys.Count; $number++) { Save-Key $Keys[$number - 1] ([System.IO.Path]::Combine($folder, "$number.reg")) }
}

#endregion

function Remove-Parts($Key, $Record) {
    switch ($Record.Do) {
        'delete' { $Key.DeleteValue($Record.Name, $false) }
        'delete-values' { foreach ($name in @(Get-Surplus $Key $Record)) { $Key.DeleteValue($name, $false) } }
        'delete-keys' { foreach ($name in @(Get-Doomed $Key $Record)) { $Key.DeleteSubKeyTree($name, $false) } }
    }
}

function Set-Record($Record) {
    $adds = 'set', 'soft', 'create-key' -contains $Record.Do
    # CreateSubKey opens a key that is there already and empties nothing.
    $key = $(if ($adds) { $root.CreateSubKey($Record.Key) } else { $root.OpenSubKey($Record.Key, $true) })
    try {
        if ('set', 'soft' -contains $Record.Do) {
            $stored = ConvertTo-Stored $Record.Kind $Record.Value
            $key.SetValue($Record.Name, $stored, [Microsoft.Win32.RegistryValueKind]$Record.Kind)
        }
        else { Remove-Parts $key $Record }
    }
    finally { $key.Close() }
}

function Get-Place($Record) {
    $key = "HKEY_LOCAL_MACHINE\$($Record.Key)"
    switch ($Record.Do) {
        'create-key' { return $key }
        'delete-values' { return "the other values of $key" }
        'delete-keys' { return "$key, subkeys: $($Record.Names -join ', ')" }
    }
    if ($Record.Name.Length -eq 0) { return "$key, the default value" }
    return "$key, value $($Record.Name)"
}

#region the record of deleted keys

# Beside the record, where only administrators write.
function Add-Tree($Record, [string]$Key) {
    if (Test-Name @($Record.trees | ForEach-Object { $_.key }) $Key) { return }
    $file = Get-RecordPath "$([guid]::NewGuid().ToString('N')).reg"
    $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($file))
    Invoke-Reg 'export', "HKLM\$Key", $file, '/y', '/reg:64'
    $Record.trees.Add([ordered]@{ key = $Key; file = $file; sha256 = Get-Sha256 ([System.IO.File]::ReadAllBytes($file)) })
}

function Add-Setting($Record, $Setting) {
    switch ($Setting.Do) {
        'create-key' { Add-AbsentKey $Record $Setting.Key }
        'delete' { Add-Entry $Record $Setting.Key $Setting.Name $null }
        'delete-values' {
            $key = $root.OpenSubKey($Setting.Key)
            try { $names = @(Get-Surplus $key $Setting) }
            finally { $key.Close() }
            foreach ($name in $names) { Add-Entry $Record $Setting.Key $name $null }
        }
        'delete-keys' { foreach ($path in @(Get-DoomedKey $Setting)) { Add-Tree $Record $path } }
        default {
            Add-AbsentKey $Record $Setting.Key
            Add-Entry $Record $Setting.Key $Setting.Name ([ordered]@{ kind = $Setting.Kind; data = ConvertTo-Data (ConvertTo-Stored $Setting.Kind $Setting.Value) })
        }
    }
}

#endregion

$words = @{ 'set' = 'Set'; 'soft' = 'Set because absent'; 'create-key' = 'Create'
    'delete' = 'Delete'; 'delete-values' = 'Delete'; 'delete-keys' = 'Delete' }

function New-Result($Setting, [string]$State, [string]$Message) {
    return [pscustomobject]@{ PSTypeName = 'Gpogen.Setting'; Key = "HKEY_LOCAL_MACHINE\$($Setting.Key)"; Name = $Setting.Name; Do = $Setting.Do; State = $State; Message = $Message }
}

function Get-MachineRefusal {
    $key = $root.OpenSubKey('SOFTWARE\Microsoft\Windows NT\CurrentVersion')
    try { $build = "$($key.GetValue('CurrentBuild'))"; $edition = "$($key.GetValue('EditionID'))" }
    finally { $key.Close() }
    if ($build -ne '26100') { "This machine's Windows build is $build. The profile is for build {0}: {1}. -Force continues." -f '26100', 'Windows Server 2025 Datacenter' }
}

function Get-Refusal {
    Get-PlatformRefusal ([bool]$Force)
    if (-not $Force) { Get-MachineRefusal }
    $managed = @(Get-Managed $records)
    foreach ($line in $managed) { if ($OverrideGroupPolicy) { Write-Trouble $line } else { $line } }
    if ($managed.Count -gt 0 -and -not $OverrideGroupPolicy) { 'Change that GPO, or continue with -OverrideGroupPolicy.' }
}

# A value of virtualization-based security is of no use where it cannot start; only a warning.
function Test-Firmware {
    try { if (-not (Confirm-SecureBootUEFI -ErrorAction Stop)) { Write-Trouble 'Secure Boot is off, so virtualization-based security does not start.' } }
    catch { Write-Trouble "Whether this machine has UEFI firmware with Secure Boot is unknown: $($_.Exception.Message)" }
}

# 2: running.
function Test-Vbs {
    try {
        $guard = @(Get-CimInstance -Namespace 'root/Microsoft/Windows/DeviceGuard' -ClassName 'Win32_DeviceGuard' -ErrorAction Stop)
        return "$(Get-Part $guard[0] 'VirtualizationBasedSecurityStatus')" -eq '2'
    }
    catch { return $false }
}

function Save-Before {
    $path = Get-RecordPath 'json'
    $record = Read-Record $path
    if ($null -eq $record) { $record = New-Record }
    $open = @($records | Where-Object { -not (Test-Record $_) })
    if ($open.Count -eq 0) { return }
    foreach ($setting in $open) { Add-Setting $record $setting }
    $doomed = @(Get-DoomedTop)
    if ($doomed.Count -gt 0) { Save-Doomed $doomed }
    Save-Record $record $path
    Write-Step "Saved the previous state: $path"
}

function Invoke-Setting($Setting) {
    try {
        if (Test-Record $Setting) { return (New-Result $Setting 'AlreadyRight' '') }
        $place = Format-Shown (Get-Place $Setting)
        if (-not $PSCmdlet.ShouldProcess($place, $words[$Setting.Do])) { return (New-Result $Setting $(if ($WhatIfPreference) { 'WouldChange' } else { 'Declined' }) '') }
        Set-Record $Setting
        Write-Step "$($words[$Setting.Do]): $place"
        return (New-Result $Setting 'Changed' '')
    }
    catch { return (New-Result $Setting 'Failed' $_.Exception.Message) }
}

# A later setting may undo an earlier one, so everything is read back at the end.
function Test-Result($Results) {
    for ($at = 0; $at -lt $Results.Count; $at++) {
        $result = $Results[$at]
        if ('Changed', 'AlreadyRight' -notcontains $result.State) { continue }
        try { $right = Test-Record $records[$at] }
        catch { $right = $false }
        if (-not $right) { $result.State = 'Failed'; $result.Message = 'Not as the profile says after writing.' }
    }
}

function Write-Summary($Results) {
    $count = @{ AlreadyRight = 0; Changed = 0; Failed = 0; Declined = 0; WouldChange = 0 }
    foreach ($result in $Results) {
        $count[$result.State]++
        if ($result.State -eq 'Failed') { Write-Trouble "Failed: $($result.Key), value $($result.Name): $($result.Message)" }
    }
    if ($WhatIfPreference) { Write-Step "Nothing was changed (-WhatIf). $($count.WouldChange) of $($records.Count) settings would be." }
    elseif ($count.AlreadyRight -eq $records.Count) { Write-Step "Nothing was changed: all $($records.Count) settings are as the profile says." }
    else { Write-Step "$($count.Changed) of $($records.Count) settings were changed and read back, $($count.AlreadyRight) were already right, $($count.Failed) failed, $($count.Declined) were declined." }
    if ($count.Failed -gt 0) { return 1 }
    if ($count.Declined + $count.WouldChange -gt 0) { return 2 }
    return 0
}

function Invoke-Set {
    foreach ($line in @(
    )) { Write-Trouble $line }
    if ($vbsRestart) { Test-Firmware }
    if ($WhatIfPreference) {
        $null = Read-Record (Get-RecordPath 'json')
        foreach ($key in @(Get-DoomedTop)) { Write-Step "What if: save HKEY_LOCAL_MACHINE\$key below $(Get-BackupPath)" }
    }
    else { Save-Before }
    $results = @(foreach ($record in $records) { Invoke-Setting $record })
    if (-not $WhatIfPreference) { Test-Result $results }
    $results
    $script:code = Write-Summary $results
    $changed = @($results | Where-Object { $_.State -eq 'Changed' })
    if ($changed.Count -eq 0) { return }
    if ($vbsRestart -and @($changed | Where-Object { $_.Key -like '*\DeviceGuard*' }).Count -gt 0 -and -not (Test-Vbs)) {
        Write-Step 'Restart: virtualization-based security starts with the next restart of this machine.'
    }
    foreach ($line in $restarts) { Write-Step "Restart: $line" }
}

$code = 1
$root = $null
$lock = $null
try {
    if (-not $WhatIfPreference -and -not (Test-Elevated)) { throw 'Writing below HKEY_LOCAL_MACHINE requires an elevated PowerShell: open it with "Run as administrator". Nothing was changed.' }
    $root = Open-Root
    $refusals = @(Get-Refusal)
    foreach ($refusal in $refusals) { Write-Trouble "Refused: $refusal" }
    if ($refusals.Count -eq 0 -and -not $WhatIfPreference) { $lock = Open-Lock $true }
    if ($refusals.Count -gt 0) { $code = 4 } else { Invoke-Set }
}
catch {
    $code = $(if ($_.Exception -is [System.IO.InvalidDataException]) { 4 } else { 1 })
    Write-Failure $_
}
finally {
    if ($null -ne $lock) { $lock.Dispose() }
    if ($null -ne $root) { $root.Close() }
}
exit $code
