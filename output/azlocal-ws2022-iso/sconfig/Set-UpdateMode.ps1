<#
.SYNOPSIS
Sets Windows Update's mode as SConfig does, for the profile azlocal-ws2022-iso.

.DESCRIPTION
Profile: azlocal-ws2022-iso
GPO: Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition from ISO
Why: Prepares VMs that were installed from an ISO; otherwise the same as azlocal-ws2022-core.
For: Windows Server 2022 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: b395e8c619ff62903af7579567a18518c8f3a83cdc808c67a1240d58155d57fb
Made by: gpogen 0.1.0

Writes what menu item 5 of SConfig writes (SConfig.Update.psm1), two values under
HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU:
NoAutoUpdate = 0, AUOptions = 4.
The profile's mode is install-on-schedule.
SConfig calls this mode Automatic.

SConfig asks its questions with Read-Host and accepts no answers from a script, so this script writes the
same two values, and then shows the mode that SConfig would show.
If a GPO of the domain sets the same values, Group Policy overwrites them when it next processes that
GPO: the script then refuses, without -OverrideGroupPolicy. Before its first run changes anything, the script saves the previous values in
Program Files\gpogen\Set-UpdateMode-AzlocalWs2022Iso.json, where only administrators can write. -Undo restores
them. The script does not set the schedule, the restart, or any other setting of the profile.
Set-UpdateMode.cmd in this folder writes the same values, and saves nothing.
powershell\Install-Updates.ps1 does what menu 6 of SConfig, Install updates, does.
The script refuses Azure Local hosts: only solution updates of Azure Local can service them. Without
-Force, it also refuses Azure VMs, because Azure writes NoAutoUpdate there.

Exit code: 0 the mode is set, or everything is as before, 1 the script failed, 2 not done (-WhatIf,
declined, or something was skipped), 4 refused and nothing was changed.

.PARAMETER Undo
Restores the values from before the first run. The script skips and lists each value that somebody has
changed since.

.PARAMETER Force
Continues on an Azure VM.

.PARAMETER OverrideGroupPolicy
Continues although a GPO sets one of the values. Group Policy then overwrites the value again.

.PARAMETER LogPath
A file to which the script appends its steps.

.EXAMPLE
PS> .\Set-UpdateMode.ps1 -WhatIf

Lists what the script would write, and changes nothing.

.EXAMPLE
PS> .\Set-UpdateMode.ps1

Writes what differs. Run it elevated.

.EXAMPLE
PS> .\Set-UpdateMode.ps1 -Undo

Restores the previous values.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType([pscustomobject])]
param(
    [switch]$Undo,
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
$profileName = 'azlocal-ws2022-iso'
$profileWord = 'UpdateMode-AzlocalWs2022Iso'
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

#region writing back

# reg.exe writes the bytes as they are: .NET takes only data that fits its type.
function Import-Bytes([string]$Path, [string]$Name, [string]$Type, [string]$Data) {
    $file = Get-RecordPath "$([guid]::NewGuid().ToString('N')).reg"
    $value = $(if ($Name) { '"' + $Name.Replace('\', '\\').Replace('"', '\"') + '"' } else { '@' })
    $bytes = @([regex]::Matches($Data, '..') | ForEach-Object { $_.Value }) -join ','
    $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($file))
    [System.IO.File]::WriteAllText($file, "Windows Registry Editor Version 5.00`r`n`r`n[HKEY_LOCAL_MACHINE\$Path]`r`n$value=hex($Type):$bytes`r`n", [System.Text.Encoding]::Unicode)
    try { Invoke-Reg 'import', $file, '/reg:64' }
    finally { [System.IO.File]::Delete($file) }
}

function ConvertFrom-Data([string]$Kind, [string]$Data) {
    if ($Kind -eq 'MultiString') {
        $items = $Data.Split(':')
        if ($items[0] -eq '0') { return , [string[]]@() }
        return , [string[]]@($items[1..($items.Count - 1)] | ForEach-Object { [System.Text.Encoding]::Unicode.GetString((ConvertFrom-Hex $_)) })
    }
    $bytes = ConvertFrom-Hex $Data
    switch ($Kind) {
        'DWord' { return [System.BitConverter]::ToInt32($bytes, 0) }
        'QWord' { return [System.BitConverter]::ToInt64($bytes, 0) }
        'Binary' { return , $bytes }
        'None' { return , $bytes }
    }
    return [System.Text.Encoding]::Unicode.GetString($bytes)
}

function Set-State([string]$Path, [string]$Name, $State) {
    if ($null -eq $State) {
        $key = $root.OpenSubKey($Path, $true)
        if ($null -eq $key) { return }
        try { $key.DeleteValue($Name, $false) }
        finally { $key.Close() }
        return
    }
    $odd = ($State.kind -eq 'DWord' -and $State.data.Length -ne 8) -or ($State.kind -eq 'QWord' -and $State.data.Length -ne 16)
    if ($odd) { Import-Bytes $Path $Name $(if ($State.kind -eq 'DWord') { '4' } else { 'b' }) $State.data; return }
    # CreateSubKey opens a key that is there already and empties nothing.
    $key = $root.CreateSubKey($Path)
    try { $key.SetValue($Name, (ConvertFrom-Data $State.kind $State.data), [Microsoft.Win32.RegistryValueKind]$State.kind) }
    finally { $key.Close() }
}

function New-Result([string]$Key, [string]$Name, [string]$State, [string]$Message) {
    return [pscustomobject]@{ PSTypeName = 'Gpogen.Undone'; Key = "HKEY_LOCAL_MACHINE\$Key"; Name = $Name; State = $State; Message = $Message }
}

function Get-Place([string]$Key, [string]$Name) {
    if ($Name) { return Format-Shown "HKEY_LOCAL_MACHINE\$Key, value $Name" }
    return Format-Shown "HKEY_LOCAL_MACHINE\$Key, the default value"
}

function Get-Refused { return $(if ($WhatIfPreference) { 'WouldChange' } else { 'Declined' }) }

# Three ways: as before, as Set wrote it, or something else, which is not ours to change.
function Undo-Value($Entry) {
    try {
        $now = Get-State $Entry.key $Entry.name
        if (Test-State $now $Entry.before) { return (New-Result $Entry.key $Entry.name 'AsBefore' '') }
        if (-not (Test-State $now $Entry.wrote)) { return (New-Result $Entry.key $Entry.name 'Skipped' 'It is no longer what Set wrote.') }
        $what = $(if ($null -eq $Entry.before) { 'Delete' } else { 'Write back' })
        if (-not $PSCmdlet.ShouldProcess((Get-Place $Entry.key $Entry.name), $what)) { return (New-Result $Entry.key $Entry.name (Get-Refused) '') }
        Set-State $Entry.key $Entry.name $Entry.before
        if (-not (Test-State (Get-State $Entry.key $Entry.name) $Entry.before)) { throw 'It is not as before after writing.' }
        Write-Step "${what}: $(Get-Place $Entry.key $Entry.name)"
        return (New-Result $Entry.key $Entry.name 'Changed' '')
    }
    catch { return (New-Result $Entry.key $Entry.name 'Failed' $_.Exception.Message) }
}

function Test-Key([string]$Path) {
    $key = $root.OpenSubKey($Path)
    if ($null -eq $key) { return $false }
    $key.Close()
    return $true
}

function Undo-Tree($Tree) {
    try {
        if (Test-Key $Tree.key) { return (New-Result $Tree.key '' 'AsBefore' 'The key is there; what it holds was not compared.') }
        if (-not [System.IO.File]::Exists($Tree.file)) { throw "The saved file is missing: $($Tree.file)" }
        if ((Get-Sha256 ([System.IO.File]::ReadAllBytes($Tree.file))) -ne $Tree.sha256) { throw "Somebody changed the saved file: $($Tree.file)" }
        if (-not $PSCmdlet.ShouldProcess("HKEY_LOCAL_MACHINE\$($Tree.key)", 'Restore')) { return (New-Result $Tree.key '' (Get-Refused) '') }
        Invoke-Reg 'import', $Tree.file, '/reg:64'
        Write-Step "Restored: HKEY_LOCAL_MACHINE\$($Tree.key)"
        return (New-Result $Tree.key '' 'Changed' '')
    }
    catch { return (New-Result $Tree.key '' 'Failed' $_.Exception.Message) }
}

# A key that Set made, when nothing is in it any more.
function Undo-Key([string]$Path) {
    try {
        $key = $root.OpenSubKey($Path)
        if ($null -eq $key) { return (New-Result $Path '' 'AsBefore' '') }
        try { $empty = $key.ValueCount -eq 0 -and $key.SubKeyCount -eq 0 }
        finally { $key.Close() }
        if (-not $empty) { return (New-Result $Path '' $(if ($WhatIfPreference) { 'WouldChange' } else { 'Skipped' }) 'Something else is in the key.') }
        if (-not $PSCmdlet.ShouldProcess("HKEY_LOCAL_MACHINE\$Path", 'Delete the empty key')) { return (New-Result $Path '' (Get-Refused) '') }
        $root.DeleteSubKey($Path, $false)
        Write-Step "Deleted the empty key: HKEY_LOCAL_MACHINE\$Path"
        return (New-Result $Path '' 'Changed' '')
    }
    catch { return (New-Result $Path '' 'Failed' $_.Exception.Message) }
}

#endregion

#region undoing a record

function Write-Summary($Results) {
    $count = @{ AsBefore = 0; Changed = 0; Failed = 0; Skipped = 0; Declined = 0; WouldChange = 0 }
    foreach ($result in $Results) {
        $count[$result.State]++
        if ('Failed', 'Skipped' -contains $result.State) { Write-Trouble "$($result.State): $($result.Key)$(if ($result.Name) { ", value $($result.Name)" }): $($result.Message)" }
    }
    if ($WhatIfPreference) { Write-Step "Nothing was changed (-WhatIf). $($count.WouldChange) of $($Results.Count) would be." }
    else { Write-Step "$($count.Changed) were changed back, $($count.AsBefore) were already as before, $($count.Skipped) skipped, $($count.Failed) failed, $($count.Declined) declined." }
    if ($count.Failed -gt 0) { return 1 }
    if ($count.Skipped + $count.Declined + $count.WouldChange -gt 0) { return 2 }
    return 0
}

function Undo-Record($Record, [string]$Path) {
    $results = @(
        foreach ($entry in $Record.settings) { Undo-Value $entry }
        foreach ($tree in $Record.trees) { Undo-Tree $tree }
        foreach ($key in @($Record.made | Sort-Object -Property Length -Descending)) { Undo-Key $key }
    )
    $results
    $script:code = Write-Summary $results
    if ($script:code -ne 0 -or $WhatIfPreference) { return }
    $done = Get-RecordPath 'undone.json'
    [System.IO.File]::Delete($done)
    [System.IO.File]::Move($Path, $done)
    Write-Step "Everything is as it was before. The record was renamed: $done"
    if (@($results | Where-Object { $_.State -eq 'Changed' -and $_.Key -like '*\DeviceGuard*' }).Count -gt 0) { Write-Step 'Restart: virtualization-based security changes with the next restart of this machine.' }
}

#endregion

$path = 'SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
$wanted = @(
    @{ Name = 'AUOptions'; Value = 4 }
    @{ Name = 'NoAutoUpdate'; Value = 0 }
)
$shows = 'Automatic'

# The value when it is a DWord, otherwise nothing: the rules below look at numbers only.
function Get-DWord([string]$Name) {
    $key = $root.OpenSubKey($path)
    if ($null -eq $key) { return }
    try {
        if ($key.GetValueNames() -notcontains $Name) { return }
        if ("$($key.GetValueKind($Name))" -eq 'DWord') { return $key.GetValue($Name) }
    }
    finally { $key.Close() }
}

function Test-Present([string]$Name) {
    $key = $root.OpenSubKey($path)
    if ($null -eq $key) { return $false }
    try { return ($key.GetValueNames() -contains $Name) }
    finally { $key.Close() }
}

function Test-Wanted($Item) {
    if ($null -eq $Item.Value) { return (-not (Test-Present $Item.Name)) }
    $found = Get-DWord $Item.Name
    return ($null -ne $found -and $found -eq $Item.Value)
}

function Set-Wanted($Item) {
    # CreateSubKey opens a key that is there already and empties nothing.
    $key = $root.CreateSubKey($path)
    try {
        if ($null -eq $Item.Value) { $key.DeleteValue($Item.Name, $false) }
        else { $key.SetValue($Item.Name, [int]$Item.Value, [Microsoft.Win32.RegistryValueKind]::DWord) }
    }
    finally { $key.Close() }
}

# SConfig's own rule.
function Get-ShownMode {
    if ((Get-DWord 'NoAutoUpdate') -eq 1) { return 'Manual' }
    switch (Get-DWord 'AUOptions') {
        3 { return 'Download only' }
        4 { return 'Automatic' }
    }
    return 'Not configured'
}

function New-ModeResult([int]$Changed) {
    return [pscustomobject]@{ PSTypeName = 'Gpogen.UpdateMode'; Shown = Get-ShownMode; Wanted = $shows; Changed = $Changed; AUOptions = Get-DWord 'AUOptions'; NoAutoUpdate = Get-DWord 'NoAutoUpdate' }
}

function Save-Before {
    $open = @($wanted | Where-Object { -not (Test-Wanted $_) })
    $file = Get-RecordPath 'json'
    $record = Read-Record $file
    if ($open.Count -eq 0 -or $WhatIfPreference) { return }
    if ($null -eq $record) { $record = New-Record }
    Add-AbsentKey $record $path
    foreach ($item in $open) {
        Add-Entry $record $path $item.Name $(if ($null -ne $item.Value) { [ordered]@{ kind = 'DWord'; data = ConvertTo-Data ([int]$item.Value) } })
    }
    Save-Record $record $file
    Write-Step "Saved the previous values: $file"
}

function Get-Refusal {
    Get-PlatformRefusal ([bool]$Force)
    if ($Undo) { return }
    $managed = @(Get-Managed @($wanted | ForEach-Object { @{ Key = $path; Name = $_.Name } }))
    foreach ($line in $managed) { if ($OverrideGroupPolicy) { Write-Trouble $line } else { $line } }
    if ($managed.Count -gt 0 -and -not $OverrideGroupPolicy) { 'Change that GPO, or continue with -OverrideGroupPolicy.' }
}

function Undo-Mode {
    $file = Get-RecordPath 'json'
    $record = Read-Record $file
    if ($null -ne $record) { Undo-Record $record $file; return }
    if ([System.IO.File]::Exists((Get-RecordPath 'undone.json'))) {
        Write-Step 'Nothing to undo: the record was undone before.'
        $script:code = 0
        return
    }
    Write-Trouble "Refused: There is no record of the previous state. Choose a mode in SConfig's menu 5."
    $script:code = 4
}

function Set-Mode {
    Save-Before
    $changed = 0
    foreach ($item in $wanted) {
        if (Test-Wanted $item) { continue }
        $what = $(if ($null -eq $item.Value) { 'Delete' } else { "Set to $($item.Value)" })
        if ($PSCmdlet.ShouldProcess("HKEY_LOCAL_MACHINE\$path, value $($item.Name)", $what)) {
            Set-Wanted $item
            $changed++
            Write-Step "$($item.Name): $what"
        }
    }
    New-ModeResult $changed
    $wrong = @($wanted | Where-Object { -not (Test-Wanted $_) })
    if ($WhatIfPreference) { Write-Step 'Nothing was changed (-WhatIf).' }
    elseif ($wrong.Count -eq 0 -and $changed -eq 0) { Write-Step 'Nothing was changed: the mode was already set.' }
    foreach ($item in $wrong) { if (-not $WhatIfPreference) { Write-Trouble "Not as the profile says: $($item.Name)" } }
    $script:code = $(if ($wrong.Count -gt 0) { 2 } else { 0 })
    if ($wrong.Count -gt 0) { return }
    $now = Get-ShownMode
    if ($now -ne $shows) { throw "SConfig shows `"$now`", expected was `"$shows`"." }
    Write-Step "SConfig shows: $now"
}

$code = 1
$root = $null
$lock = $null
try {
    if (-not $WhatIfPreference -and -not (Test-Elevated)) { throw 'Writing below HKEY_LOCAL_MACHINE requires an elevated PowerShell: open it with "Run as administrator". Nothing was changed.' }
    $root = Open-Root
    $refusals = @(Get-Refusal)
    foreach ($refusal in $refusals) { Write-Trouble "Refused: $refusal" }
    if ($refusals.Count -eq 0 -and -not $WhatIfPreference) { $lock = Open-Lock (-not $Undo) }
    if ($refusals.Count -gt 0) { $code = 4 }
    elseif ($Undo) { Undo-Mode }
    else { Set-Mode }
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
