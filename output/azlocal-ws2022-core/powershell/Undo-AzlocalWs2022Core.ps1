<#
.SYNOPSIS
Undoes what Set-AzlocalWs2022Core.ps1 did on this machine, for the profile azlocal-ws2022-core.

.DESCRIPTION
Profile: azlocal-ws2022-core
GPO: Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition Core
Why: Hotpatch for Server Core on Azure Local, installed and restarted by Windows Update.
For: Windows Server 2022 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: ee05a6f4a67876e23fe04645a3da9ca640a67c259dc6cb15021fc7e6d02c6168
Made by: gpogen 0.1.0

Reads the record that the first run of Set-AzlocalWs2022Core.ps1 saved in Program Files\gpogen, and restores
the previous values with their types; it deletes values that did not exist before. If somebody has
changed a value since, the script skips it and lists it. The script removes a key that Set created if
the key is empty. It restores a deleted key completely, unless the key exists again.

When everything is as before, the script renames the record (.undone.json), so that the next Set starts
a new one. If a value was skipped or failed, the record remains.

Without a record, the previous state is unknown. If the profile decides how updates install, the script
then sets AUOptions 3 and NoAutoUpdate 0 (Windows downloads, a person installs), and changes nothing
else. On an Azure VM, it refuses that, because Azure writes NoAutoUpdate there.

The script refuses a record of another profile or machine, and one that is damaged or that somebody
edited. If a GPO sets the values, unlink the GPO first; otherwise Group Policy sets them again.

Exit code: 0 done, or nothing to undo, 1 the script failed, 2 not everything is as before (-WhatIf found
something to change, a value was skipped, or somebody declined), 4 refused, nothing changed.

.PARAMETER Force
Continues on an Azure VM.

.PARAMETER LogPath
A file to which the script appends its steps.

.EXAMPLE
PS> .\Undo-AzlocalWs2022Core.ps1 -WhatIf

Lists what the script would restore, and changes nothing.

.EXAMPLE
PS> .\Undo-AzlocalWs2022Core.ps1

Restores the previous state. Run it elevated.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType([pscustomobject])]
param(
    [switch]$Force,
    [ValidateNotNullOrEmpty()]
    [string]$LogPath
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where this script cannot access the registry. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$profileName = 'azlocal-ws2022-core'
$profileWord = 'AzlocalWs2022Core'
$decides = $true
$isAzureVm = $false
$defaultsKey = 'SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
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

# Windows Server's own way: it downloads, and a person installs.
function Get-Default {
    foreach ($pair in @('AUOptions', '03000000'), @('NoAutoUpdate', '00000000')) {
        @{ key = $defaultsKey; name = $pair[0]; before = [ordered]@{ kind = 'DWord'; data = $pair[1] }; wrote = Get-State $defaultsKey $pair[0] }
    }
}

function Undo-WithoutRecord {
    if ([System.IO.File]::Exists((Get-RecordPath 'undone.json'))) {
        Write-Step 'Nothing to undo: the record was undone before.'
        $script:code = 0
        return
    }
    $reason = ''
    if (-not $decides) { $reason = 'There is no record, and the profile does not decide how updates install: what to undo is unknown.' }
    elseif ($isAzureVm -or (Test-AzureVm)) { $reason = 'There is no record, and on an Azure VM Azure writes NoAutoUpdate.' }
    if ($reason) {
        Write-Trouble "Refused: $reason"
        $script:code = 4
        return
    }
    Write-Trouble "There is no record of the previous state. The script sets only AUOptions and NoAutoUpdate: Windows downloads updates, and a person installs them."
    $results = @(foreach ($entry in @(Get-Default)) { Undo-Value $entry })
    $results
    $script:code = Write-Summary $results
}

function Invoke-Undo {
    $path = Get-RecordPath 'json'
    $record = Read-Record $path
    if ($null -eq $record) { Undo-WithoutRecord } else { Undo-Record $record $path }
}

$code = 1
$root = $null
$lock = $null
try {
    if (-not $WhatIfPreference -and -not (Test-Elevated)) { throw 'Writing below HKEY_LOCAL_MACHINE requires an elevated PowerShell: open it with "Run as administrator". Nothing was changed.' }
    $root = Open-Root
    $refusals = @(Get-PlatformRefusal ([bool]$Force))
    foreach ($refusal in $refusals) { Write-Trouble "Refused: $refusal" }
    if ($refusals.Count -eq 0 -and -not $WhatIfPreference) { $lock = Open-Lock $false }
    if ($refusals.Count -gt 0) { $code = 4 } else { Invoke-Undo }
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
