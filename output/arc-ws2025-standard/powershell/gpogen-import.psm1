<#
.SYNOPSIS
Imports GPOs that gpogen made into a domain, reads them back and compares them.

.DESCRIPTION
This file has the same bytes in the output folder of every profile: review it and sign it once. The
import script of a profile has the data of the profile, and runs this module only if its SHA-256 is the
one in the script. The hash excludes a signature at the end, so you can sign the module.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
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

# The list of values that an import leaves in the GPO's folder.
$valuesFile = 'gpogen-values.txt'
# The extensions whose settings the functions below can see: registry policy, registry preferences,
# VBS, and the group that the editor adds for preferences.
$knownExtensions = '{35378EAC-683F-11D2-A89A-00C04FBBCFA2}', '{B087BE9D-ED37-454F-AF9C-04291E351182}',
    '{F312195E-3D9D-447A-A3F5-08DFFA24735E}', '{00000000-0000-0000-0000-000000000000}'
# The cmdlets list the parts below a key, but no page says that they list a whole hive.
$firstKeys = @{
    HKLM = 'Software', 'System', 'Hardware', 'Security', 'SAM', 'BCD00000000', 'Drivers'
    HKCU = 'Software', 'System', 'Control Panel', 'Console', 'Environment', 'Keyboard Layout', 'Network',
        'Printers', 'AppEvents', 'EUDC', 'Identities', 'Volatile Environment'
}
$notCompared = 'NOTHING WAS COMPARED (-NoReadBack): the script did not read back any value, extension or file of the GPO, so it is unknown whether the GPO matches the profile. Check its report (Get-GPOReport) before you rely on it.'

#region small things

function Test-Same($Left, $Right) {
    return [string]::Equals("$Left", "$Right", [System.StringComparison]::OrdinalIgnoreCase)
}

# Objects of the real module and their subkeys differ in what properties they have.
function Get-Part($Item, [string]$Name) {
    $property = $Item.PSObject.Properties[$Name]
    if ($null -ne $property) { return , $property.Value }
}

# Hexadecimal, because -eq on text passes over characters that the culture ignores. A trailing
# NUL comes and goes with the module's version.
function Get-Fingerprint([string]$Kind, $Value) {
    if ($Kind -eq 'DWord') { return ([long]$Value -band 4294967295).ToString('X8') }
    if ($Kind -eq 'QWord') {
        if ($Value -is [long] -or $Value -is [int]) { return ([long]$Value).ToString('X16') }
        return ([uint64]$Value).ToString('X16')
    }
    if ($Kind -eq 'String' -or $Kind -eq 'ExpandString') {
        return [System.BitConverter]::ToString([System.Text.Encoding]::Unicode.GetBytes(([string]$Value).TrimEnd([char]0)))
    }
    if ($Kind -eq 'MultiString') {
        $items = @($Value | ForEach-Object { ([string]$_).TrimEnd([char]0) } | Where-Object { $_.Length -gt 0 })
        return [System.BitConverter]::ToString([System.Text.Encoding]::Unicode.GetBytes("$($items.Count) $($items -join [char]0)"))
    }
    return [System.BitConverter]::ToString([byte[]]$Value)
}

function Test-Data($Row, $Item) {
    $type = "$(Get-Part $Item 'Type')"
    # What the cmdlets answer for other types than the six, and for data of a wrong length, is not
    # documented.
    if ($Row.Kind -eq 'Unknown') { return $true }
    if ($Row.Kind -eq 'None') { return ('None', 'Unknown' -contains $type) }
    if ($type -ne $Row.Kind) { return $false }
    try { $found = Get-Fingerprint $Row.Kind (Get-Part $Item 'Value') }
    catch { return $false }
    return $found -eq (Get-Fingerprint $Row.Kind $Row.Value)
}

function Get-Place($Row) {
    $name = $(if ($Row.Name.Length -eq 0) { 'the default value' } else { "value $($Row.Name)" })
    return "$($Row.Hive)\$($Row.Key), $name"
}

function Get-Sha256([byte[]]$Bytes) {
    $sha = [System.Security.Cryptography.SHA256]::Create()
    try { return [System.BitConverter]::ToString($sha.ComputeHash([byte[]]$Bytes)).Replace('-', '').ToLowerInvariant() }
    finally { $sha.Dispose() }
}

# The same eight digits as in the list of values that an import leaves in the GPO's folder.
function Get-Digest([string]$Hive, [string]$Key, [string]$Name) {
    return (Get-Sha256 ([System.Text.Encoding]::UTF8.GetBytes("$Hive|$Key|$Name".ToLowerInvariant()))).Substring(0, 8)
}

# A table whose keys differ as file and registry names do: without case, otherwise exactly.
function New-Table {
    return , [System.Collections.Generic.Dictionary[string, object]]::new([System.StringComparer]::OrdinalIgnoreCase)
}

# Nothing outside the file is read, and no declaration in it is followed.
function Read-Xml([string]$Path) {
    $settings = [System.Xml.XmlReaderSettings]::new()
    $settings.DtdProcessing = [System.Xml.DtdProcessing]::Prohibit
    $settings.XmlResolver = $null
    $settings.MaxCharactersInDocument = 50MB
    $stream = [System.IO.File]::OpenRead($Path)
    try {
        $xml = [System.Xml.XmlDocument]::new()
        $xml.XmlResolver = $null
        $xml.Load([System.Xml.XmlReader]::Create($stream, $settings))
        return $xml
    }
    finally { $stream.Dispose() }
}

#endregion

#region the backup beside this script

function Get-Parent([string]$Path) {
    $parts = $Path.Split('/')
    for ($count = 1; $count -lt $parts.Count; $count++) { $parts[0..($count - 1)] -join '/' }
}

# What is below a folder and in none of the two tables. Folders that are not known are not entered.
function Get-Unlisted([string]$Folder, [string]$Below, $Names, $Folders) {
    foreach ($path in [System.IO.Directory]::GetFileSystemEntries($Folder)) {
        $name = $Below + [System.IO.Path]::GetFileName($path)
        if (-not [System.IO.Directory]::Exists($path)) { if (-not $Names.ContainsKey($name)) { $name } }
        elseif ($Folders.ContainsKey($name)) { Get-Unlisted $path "$name/" $Names $Folders }
        else { "$name/" }
    }
}

# Tells of bytes that would be right with other line ends.
function Test-LineEnd([byte[]]$Bytes, [string]$Hash) {
    $plain = [System.Text.Encoding]::GetEncoding(28591)
    $text = $plain.GetString($Bytes).Replace("`r`n", "`n")
    foreach ($one in $text, $text.Replace("`n", "`r`n")) {
        if ((Get-Sha256 $plain.GetBytes($one)) -eq $Hash) { return $true }
    }
    return $false
}

# The bytes of a file; nothing, after a warning, when they are not those that gpogen wrote.
function Read-Verified($File) {
    $path = Join-Path $gpoFolder $File.Path
    if (-not [System.IO.File]::Exists($path)) { Write-Problem "Missing in the GPO backup: $($File.Path)"; return }
    $long = [System.IO.FileInfo]::new($path).Length -gt 2 * $File.Length
    $bytes = $(if ($long) { , [byte[]]@() } else { , [System.IO.File]::ReadAllBytes($path) })
    if ((Get-Sha256 $bytes) -eq $File.Hash) { return , $bytes }
    if (-not (Test-LineEnd $bytes $File.Hash)) { Write-Problem "Not the file that gpogen wrote: $($File.Path)"; return }
    Write-Problem "Only the line endings differ from what gpogen wrote; git can change them: $($File.Path)"
    Write-Problem 'Put the line "output/** -text" (the folder that gpogen builds into) in .gitattributes, and check the files out again.'
}

# Every file of the backup is read once: what is imported are the bytes that were checked.
function Read-Source {
    if (-not [System.IO.Directory]::Exists($gpoFolder)) { throw "The GPO backup is missing: $gpoFolder" }
    $names = New-Table
    $folders = New-Table
    foreach ($file in $files) {
        $names[$file.Path] = $true
        foreach ($parent in @(Get-Parent $file.Path)) { $folders[$parent] = $true }
    }
    $wrong = @(Get-Unlisted $gpoFolder '' $names $folders)
    foreach ($name in $wrong) { Write-Problem "Not part of the GPO backup that gpogen wrote: $name" }
    $source = New-Table
    foreach ($file in $files) {
        $bytes = Read-Verified $file
        if ($null -eq $bytes) { $wrong += $file.Path } else { $source[$file.Path] = $bytes }
    }
    if ($wrong.Count -gt 0) { throw "$($wrong.Count) files in $gpoFolder are not what gpogen wrote for this script. Nothing was changed. Copy the whole folder from its source again." }
    return , $source
}

# In the profile of this account, where no other account writes.
function New-PrivateFolder {
    $base = [System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::LocalApplicationData, [System.Environment+SpecialFolderOption]::Create)
    if (-not $base) { throw 'This account has no folder for application data, into which the script copies the checked backup for the import.' }
    $folder = Join-Path $base "gpogen-$([guid]::NewGuid().ToString('N'))"
    $null = [System.IO.Directory]::CreateDirectory($folder)
    return $folder
}

function Copy-Source($Source, [string]$Folder) {
    foreach ($file in $files) {
        $path = Join-Path $Folder $file.Path
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($path))
        [System.IO.File]::WriteAllBytes($path, [byte[]]$Source[$file.Path])
    }
}

# Only what Copy-Source made.
function Remove-Copy([string]$Folder) {
    try {
        $parents = @($files | ForEach-Object { Get-Parent $_.Path } | Sort-Object -Unique)
        foreach ($file in $files) { if ([System.IO.File]::Exists((Join-Path $Folder $file.Path))) { [System.IO.File]::Delete((Join-Path $Folder $file.Path)) } }
        foreach ($parent in @($parents | Sort-Object -Property Length -Descending)) {
            if ([System.IO.Directory]::Exists((Join-Path $Folder $parent))) { [System.IO.Directory]::Delete((Join-Path $Folder $parent)) }
        }
        [System.IO.Directory]::Delete($Folder)
    }
    catch { Write-Problem "The script could not remove the copy of the imported backup: $Folder" }
}

#endregion

#region the domain

function Find-Server {
    if (Get-Command -Name Get-ADDomain -ErrorAction SilentlyContinue) {
        try {
            if ($Domain) { return "$((Get-ADDomain -Identity $Domain -Server $Domain).PDCEmulator)" }
            return "$((Get-ADDomain).PDCEmulator)"
        }
        catch { Write-Verbose (Format-Shown "Get-ADDomain: $($_.Exception.Message)") }
    }
    try {
        if (-not $Domain) { return [System.DirectoryServices.ActiveDirectory.Domain]::GetCurrentDomain().PdcRoleOwner.Name }
        $context = [System.DirectoryServices.ActiveDirectory.DirectoryContext]::new('Domain', $Domain)
        return [System.DirectoryServices.ActiveDirectory.Domain]::GetDomain($context).PdcRoleOwner.Name
    }
    catch { throw 'The PDC emulator could not be found. Name a domain controller with -Server.' }
}

function Get-AdAttribute($Gpo, [string]$Name) {
    $path = "LDAP://$Server/$($Gpo.Path)"
    $entry = New-Object -TypeName System.DirectoryServices.DirectoryEntry -ArgumentList $path
    return "$($entry.Properties[$Name].Value)"
}

function Find-WmiFilter([string]$DomainName) {
    $where = New-Object -TypeName Microsoft.GroupPolicy.GPDomain -ArgumentList $DomainName, $Server
    # Only empty criteria are allowed for WMI filters, so the name is compared here.
    $all = $where.SearchWmiFilters((New-Object -TypeName Microsoft.GroupPolicy.GPSearchCriteria))
    $found = @($all | Where-Object { Test-Same $_.Name $WmiFilter })
    if ($found.Count -ne 1) { throw "There are $($found.Count) WMI filters named `"$WmiFilter`"; there must be exactly one." }
    return $found[0]
}

function Find-Gpo {
    # Get-GPO -Name answers "absent" and "several" by errors that look alike.
    $found = @($script:allGpos | Where-Object { Test-Same $_.DisplayName $title })
    if ($found.Count -gt 1) { throw "There are $($found.Count) GPOs named `"$title`". Rename all but one." }
    if ($found.Count -eq 1) { return $found[0] }
}

function Test-Ours($Gpo) {
    return (Test-Same ("$($Gpo.Description)" -split "`r`n|`r|`n")[0] $mark)
}

# The answer, or nothing where the GPO has none for the key. Anything else that goes wrong is
# thrown: it must not pass for an empty GPO.
function Get-Answer([string]$Command, [hashtable]$Parameters) {
    try { return (& $Command @Parameters @common -ErrorAction Stop) }
    catch {
        $inner = $_.Exception
        while ($null -ne $inner) {
            if ($inner -is [System.ArgumentException]) { return }
            $inner = $inner.InnerException
        }
        throw
    }
}

function Get-PolicyItem([guid]$Id, [string]$Path) {
    return (Get-Answer 'Get-GPRegistryValue' @{ Guid = $Id; Key = $Path })
}

function Get-PreferenceItem([guid]$Id, [string]$Path, [string]$Context) {
    return (Get-Answer 'Get-GPPrefRegistryValue' @{ Guid = $Id; Key = $Path; Context = $Context })
}

function Get-Context([string]$Hive) {
    if ($Hive -eq 'HKCU') { return 'User' }
    return 'Computer'
}

#endregion

#region comparison after the import

function Get-PlainName($Item) {
    return ("$(Get-Part $Item 'ValueName')" -replace '^\*\*(del|soft)\.', '')
}

function Test-Deletion($Item) {
    return ("$(Get-Part $Item 'PolicyState')" -eq 'Delete' -or "$(Get-Part $Item 'ValueName')" -like '[*][*]del.*')
}

function Test-PolicyRow($Row, $Items) {
    foreach ($item in $Items) {
        if ($null -eq $item.PSObject.Properties['ValueName']) { continue }
        if (-not (Test-Same (Get-PlainName $item) $Row.Name)) { continue }
        if ($Row.Do -eq 'delete') { if (Test-Deletion $item) { return $true } }
        elseif (-not (Test-Deletion $item) -and (Test-Data $Row $item)) { return $true }
    }
    return $false
}

function Test-PreferenceRow($Row, $Items) {
    foreach ($item in $Items) {
        $name = "$(Get-Part $item 'ValueName')" -replace '^\(default\)$', ''
        if ($null -eq $item.PSObject.Properties['Action'] -or -not (Test-Same $name $Row.Name)) { continue }
        if (Get-Part $item 'DisabledDirectly') { continue }
        $deletes = "$(Get-Part $item 'Action')" -eq 'Delete'
        if ($Row.Do -eq 'delete') { if ($deletes) { return $true } }
        elseif (-not $deletes -and (Test-Data $Row $item)) { return $true }
    }
    return $false
}

# What the cmdlets say of a whole key is not documented.
function Test-Readable($Row) {
    return ('set', 'delete' -contains $Row.Do)
}

function Get-Difference([guid]$Id) {
    $seen = @{}
    foreach ($row in $policy) {
        if (-not (Test-Readable $row)) { continue }
        $path = "$($row.Hive)\$($row.Key)"
        if (-not $seen.ContainsKey($path)) { $seen[$path] = @(Get-PolicyItem $Id $path) }
        if (-not (Test-PolicyRow $row $seen[$path])) { "policy ($($row.Do)): $(Get-Place $row)" }
    }
    $seen = @{}
    foreach ($row in $preferences) {
        if (-not (Test-Readable $row)) { continue }
        $path = "$($row.Hive)\$($row.Key)"
        if (-not $seen.ContainsKey($path)) { $seen[$path] = @(Get-PreferenceItem $Id $path (Get-Context $row.Hive)) }
        if (-not (Test-PreferenceRow $row $seen[$path])) { "preference ($($row.Do)): $(Get-Place $row)" }
    }
}

function Get-ExtensionGroup($Text) {
    foreach ($match in [regex]::Matches("$Text", '\[((?:\{[0-9A-Fa-f-]{36}\})+)\]')) {
        , @([regex]::Matches($match.Groups[1].Value, '\{[^}]+\}') | ForEach-Object { $_.Value.ToUpperInvariant() })
    }
}

function Test-ExtensionGroup($Wanted, $Groups) {
    foreach ($group in $Groups) {
        if ($group[0] -ne $Wanted[0]) { continue }
        return (@($Wanted | Where-Object { $group -notcontains $_ }).Count -eq 0)
    }
    return $false
}

function Get-ExtensionDifference($Gpo) {
    foreach ($name in $extensions.Keys) {
        $groups = @(Get-ExtensionGroup (Get-AdAttribute $Gpo $name))
        foreach ($wanted in @(Get-ExtensionGroup $extensions[$name])) {
            if (-not (Test-ExtensionGroup $wanted $groups)) { "$name lacks $($wanted -join '')" }
        }
    }
}

#endregion

#region what an existing GPO holds

# Every setting below a key. A subkey in the answer is an item without the given property.
function Get-Tree([scriptblock]$Read, [string]$Path, [string]$Property, [int]$Depth) {
    foreach ($item in @(& $Read $Path)) {
        if ($null -eq $item) { continue }
        if ($null -ne $item.PSObject.Properties[$Property]) { $item; continue }
        $next = "$(Get-Part $item 'FullKeyPath')"
        if ($Depth -lt 100 -and $next.Length -gt 5 -and -not (Test-Same $next $Path)) { Get-Tree $Read $next $Property ($Depth + 1) }
    }
}

function Get-HiveItem([guid]$Id, [string]$Property, [string]$Context) {
    foreach ($hive in 'HKLM', 'HKCU') {
        $own = @(@($policy) + @($preferences) | Where-Object { $_.Hive -eq $hive } | ForEach-Object { $_.Key.Split('\')[0] })
        $read = $(if ($Context) { { param($Path) Get-PreferenceItem $Id $Path $Context } } else { { param($Path) Get-PolicyItem $Id $Path } })
        $done = @()
        foreach ($first in $firstKeys[$hive] + $own) {
            if ($done -contains $first) { continue }
            $done += $first
            foreach ($item in @(Get-Tree $read "$hive\$first" $Property 0)) { , @($hive, $item) }
        }
    }
}

function ConvertTo-Held([string]$Via, $Pair) {
    $name = (Get-PlainName $Pair[1]) -replace '^(\*\*(delvals|deletevalues|deletekeys|securekey).*|\(default\))$', ''
    return @{ Via = $Via; Hive = $Pair[0]; Key = "$(Get-Part $Pair[1] 'KeyPath')"; Name = $name }
}

function Get-SysvolFolder($Gpo) {
    $folder = "\\$Server\SYSVOL\$($Gpo.DomainName)\Policies\{$("$($Gpo.Id)".ToUpperInvariant())}"
    if (-not [System.IO.Directory]::Exists($folder)) { throw "The files of the GPO cannot be read: $folder" }
    return $folder
}

# The cmdlets look at some hives only; a preference can be of any.
function Get-PreferenceFileItem($Gpo) {
    $short = @{ HKEY_LOCAL_MACHINE = 'HKLM'; HKEY_CURRENT_USER = 'HKCU' }
    foreach ($side in 'Machine', 'User') {
        $path = [System.IO.Path]::Combine((Get-SysvolFolder $Gpo), $side, 'Preferences', 'Registry', 'Registry.xml')
        if (-not [System.IO.File]::Exists($path)) { continue }
        foreach ($item in (Read-Xml $path).GetElementsByTagName('Properties')) {
            $hive = $item.GetAttribute('hive')
            if ($short.ContainsKey($hive)) { $hive = $short[$hive] }
            $name = $(if ($item.GetAttribute('default') -eq '1') { '' } else { $item.GetAttribute('name') })
            @{ Via = 'preference file'; Hive = $hive; Key = $item.GetAttribute('key'); Name = $name }
        }
    }
}

function Get-HeldItem($Gpo) {
    foreach ($pair in @(Get-HiveItem $Gpo.Id 'PolicyState' '')) { ConvertTo-Held 'policy' $pair }
    foreach ($context in 'Computer', 'User') {
        foreach ($pair in @(Get-HiveItem $Gpo.Id 'Action' $context)) { ConvertTo-Held 'preference' $pair }
    }
    Get-PreferenceFileItem $Gpo
}

# How often the profile has a value by each route; -1 where the cmdlets' answer is not known.
function Get-Allowance {
    $allowed = New-Table
    foreach ($via in 'policy', 'preference', 'preference file') {
        foreach ($row in $(if ($via -eq 'policy') { $policy } else { $preferences })) {
            $place = "$via|$($row.Hive)|$($row.Key)|$($row.Name)"
            if ($via -ne 'preference file' -and -not (Test-Readable $row)) { $allowed[$place] = -1; continue }
            if (-not $allowed.ContainsKey($place)) { $allowed[$place] = 0 }
            if ($allowed[$place] -ge 0) { $allowed[$place]++ }
        }
    }
    return , $allowed
}

# The values of a GPO that the profile has not, or not so often.
function Get-SurplusItem($Gpo) {
    $allowed = Get-Allowance
    foreach ($item in @(Get-HeldItem $Gpo)) {
        $place = "$($item.Via)|$($item.Hive)|$($item.Key)|$($item.Name)"
        if (-not $allowed.ContainsKey($place) -or $allowed[$place] -eq 0) { $item }
        elseif ($allowed[$place] -gt 0) { $allowed[$place]-- }
    }
}

function Get-SurplusExtension($Gpo) {
    foreach ($attribute in 'gPCMachineExtensionNames', 'gPCUserExtensionNames') {
        $mine = @(foreach ($group in @(Get-ExtensionGroup $extensions[$attribute])) { $group[0] })
        foreach ($group in @(Get-ExtensionGroup (Get-AdAttribute $Gpo $attribute))) {
            if ($knownExtensions + $mine -notcontains $group[0]) { "settings of another kind, client-side extension $($group[0])" }
        }
    }
}

function Get-FileBelow([string]$Folder, [string]$Below, [int]$Depth) {
    foreach ($path in [System.IO.Directory]::GetFileSystemEntries($Folder)) {
        $name = $Below + [System.IO.Path]::GetFileName($path)
        if (-not [System.IO.Directory]::Exists($path)) { $name }
        elseif ($Depth -lt 30) { Get-FileBelow $path "$name/" ($Depth + 1) }
    }
}

# Scripts, security templates, other preferences. The registry's own files are read by their values.
function Get-SurplusFile($Gpo) {
    foreach ($name in @(Get-FileBelow (Get-SysvolFolder $Gpo) '' 0)) {
        # Not -notmatch, which goes by the culture: in Turkish, gpt.ini is not GPT.INI.
        if (-not [regex]::IsMatch($name, '^(GPT\.INI|GPO\.cmt|gpogen-values\.txt|Adm/[^/]+\.adm|(Machine|User)/(registry\.pol|comment\.cmtx|Preferences/Registry/Registry\.xml))\z', [System.Text.RegularExpressions.RegexOptions]'IgnoreCase, CultureInvariant')) { "file in SYSVOL: $name" }
    }
}

# The marks of what the last import wrote. The list counts only if its first line is in the
# comment of a GPO of ours, too; lines of the profile's author are indented, and cannot be it.
function Get-LastMark($Gpo) {
    if (-not (Test-Ours $Gpo)) { return }
    $path = [System.IO.Path]::Combine((Get-SysvolFolder $Gpo), $valuesFile)
    if (-not [System.IO.File]::Exists($path) -or [System.IO.FileInfo]::new($path).Length -gt 4MB) { return }
    $lines = [System.IO.File]::ReadAllText($path) -split "`r`n"
    if ($lines[0] -cnotlike 'gpogen *' -or @("$($Gpo.Description)" -split "`r`n|`r|`n") -cnotcontains $lines[0]) { return }
    $lines | Where-Object { $_ -cmatch '^[0-9a-f]{8}\z' }
}

# What the GPO holds and the profile has not; values in a list of marks aside.
function Get-Surplus($Gpo, $Marks) {
    $seen = New-Table
    foreach ($item in @(Get-SurplusItem $Gpo)) {
        if ($Marks -contains (Get-Digest $item.Hive $item.Key $item.Name)) { continue }
        $place = Get-Place $item
        if ($seen.ContainsKey($place)) { continue }
        $seen[$place] = $true
        $place
    }
    Get-SurplusExtension $Gpo
    Get-SurplusFile $Gpo
}

function Get-Drift($Gpo) {
    return (Get-Surplus $Gpo $(if (-not $LinkOnly) { Get-LastMark $Gpo }))
}

#endregion

#region saving and restoring

function Get-BackupPath {
    if ($BackupPath) { return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($BackupPath) }
    $documents = [System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::MyDocuments)
    if (-not $documents) { throw 'This account has no documents folder. Name a folder with -BackupPath.' }
    return (Join-Path $documents 'gpogen-backups')
}

function Save-Gpo($Gpo) {
    $folder = Get-BackupPath
    $null = [System.IO.Directory]::CreateDirectory($folder)
    $saved = Backup-GPO -Guid $Gpo.Id -Path $folder -Comment $mark @common
    $one = Join-Path $folder ([guid]$saved.Id).ToString('B').ToUpperInvariant()
    Write-Line "Saved as it was. To restore it:"
    $where = $(if ($Domain) { " -Domain $(Format-Quoted $Domain)" })
    Write-Line "& $(Format-Quoted $scriptPath) -Rollback $(Format-Quoted $one) -Server $(Format-Quoted $Server)$where"
    return @{ Id = [guid]$saved.Id; Path = $folder }
}

# The text of the element that the names lead to, from the document's own; empty when there is none.
function Get-XmlText([string]$Path, [string[]]$Names) {
    if (-not [System.IO.File]::Exists($Path)) { throw "No saved GPO: $Path is missing." }
    $node = (Read-Xml $Path).DocumentElement
    foreach ($name in $Names) { if ($null -ne $node) { $node = $node[$name] } }
    if ($null -eq $node) { return '' }
    return $node.InnerText.Trim()
}

# The folder of one backup, {GUID}, or a folder that holds exactly one.
function Find-SavedGpo([string]$Path) {
    $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path).TrimEnd('\', '/')
    $pattern = '^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$'
    if ([System.IO.Path]::GetFileName($full) -notmatch $pattern) {
        $inside = @(Get-ChildItem -LiteralPath $full -Force | Where-Object { $_.PSIsContainer -and $_.Name -match $pattern })
        if ($inside.Count -ne 1) { throw "$full holds $($inside.Count) saved GPOs. Name the {GUID} folder of one." }
        $full = $inside[0].FullName
    }
    $name = Get-XmlText (Join-Path $full 'bkupInfo.xml') 'GPODisplayName'
    $gpo = Get-XmlText (Join-Path $full 'bkupInfo.xml') 'GPOGuid'
    $inside = Get-XmlText (Join-Path $full 'Backup.xml') 'GroupPolicyObject', 'GroupPolicyCoreSettings', 'ID'
    if ($gpo -notmatch $pattern -or -not (Test-Same $gpo $inside)) {
        throw "$full is not a saved GPO: bkupInfo.xml says it is of the GPO `"$gpo`", Backup.xml says `"$inside`"."
    }
    return @{ Id = [guid][System.IO.Path]::GetFileName($full); Path = [System.IO.Path]::GetDirectoryName($full); Name = $name; Gpo = [guid]$gpo }
}

function Invoke-Rollback {
    $saved = Find-SavedGpo $Rollback
    $present = @($script:allGpos | Where-Object { "$($_.Id)" -eq "$($saved.Gpo)" })
    if (-not $Force) {
        if ($present.Count -eq 0) { throw "The domain has no GPO $($saved.Gpo), which this backup is from. -Force creates it again." }
        if (-not (Test-Ours $present[0])) {
            throw "The GPO $($saved.Gpo) `"$($present[0].DisplayName)`" was not created by this profile: its comment does not begin with `"$mark`". -Force restores it anyway."
        }
        if (-not (Test-Same $saved.Name $title)) {
            throw "The saved GPO is named `"$($saved.Name)`", this script's is `"$title`". -Force restores it anyway."
        }
    }
    if ($WhatIfPreference -and $present.Count -gt 0) { Write-Line "What if: save the GPO `"$($present[0].DisplayName)`" below $(Get-BackupPath)" }
    if (-not $PSCmdlet.ShouldProcess((Format-Shown "GPO $($saved.Gpo) $($saved.Name)"), (Format-Shown "Restore from $Rollback"))) { return 2 }
    $ConfirmPreference = 'None'
    if ($present.Count -gt 0) { $null = Save-Gpo $present[0] }
    $null = Restore-GPO -BackupId $saved.Id -Path $saved.Path @common -Confirm:$false
    Write-Line "Restored: $($saved.Name). Links are not part of a backup and stay as they are."
    return 0
}

function Undo-Import($Made, $Saved) {
    try {
        if ($null -ne $Made) {
            Remove-GPO -Guid $Made.Id @common -Confirm:$false
            Write-Problem 'The GPO that this run created was removed. Nothing is linked.'
        }
        elseif ($null -ne $Saved) {
            $null = Restore-GPO -BackupId $Saved.Id -Path $Saved.Path @common -Confirm:$false
            Write-Problem 'The GPO was restored as it was before this run.'
        }
    }
    catch { Write-Problem "The rollback failed, too: $($_.Exception.Message) Look at the GPO in the Group Policy Management Console." }
}

#endregion

#region the parts of the import

function Set-Status($Gpo) {
    if ($wantedStatus) {
        if ("$($Gpo.GpoStatus)" -ne $wantedStatus) { $Gpo.GpoStatus = $wantedStatus }
        return
    }
    # The script never enables the computer side: somebody can have disabled it on purpose.
    if ($userSideIsEmpty -and "$($Gpo.GpoStatus)" -eq 'AllSettingsEnabled') { $Gpo.GpoStatus = 'UserSettingsDisabled' }
    if (-not $userSideIsEmpty -and "$($Gpo.GpoStatus)" -eq 'UserSettingsDisabled') { $Gpo.GpoStatus = 'AllSettingsEnabled' }
    if ('AllSettingsDisabled', 'ComputerSettingsDisabled' -contains "$($Gpo.GpoStatus)") {
        Write-Problem "The GPO's status is $($Gpo.GpoStatus), so machines do not apply it. The script did not change that."
    }
}

function Get-AuthenticatedUsers {
    # The group's name depends on Windows' language; its SID does not.
    try {
        $sid = [System.Security.Principal.SecurityIdentifier]::new('S-1-5-11')
        return $sid.Translate([System.Security.Principal.NTAccount]).Value.Split('\')[-1]
    }
    catch { return 'Authenticated Users' }
}

function Set-Link([guid]$Id) {
    $arguments = @{ Guid = $Id; Target = $LinkTarget }
    if ($LinkOrder -gt 0) { $arguments.Order = $LinkOrder }
    $old = @($script:som.GpoLinks | Where-Object { "$($_.GpoId)" -eq "$Id" })
    if ($old.Count -eq 0) {
        $state = $(if ($EnableLink) { 'Yes' } else { 'No' })
        $null = New-GPLink @arguments -LinkEnabled $state @common
        Write-Line "Linked to $LinkTarget, enabled: $state"
        return
    }
    if ($EnableLink -and -not $old[0].Enabled) { $arguments.LinkEnabled = 'Yes' }
    if ($LinkOrder -eq $old[0].Order) { $arguments.Remove('Order') }
    if ($arguments.Count -gt 2) { $null = Set-GPLink @arguments @common }
    Write-Line "Linked to $LinkTarget already; the script never disables an enabled link."
}

function Get-LinkText($Gpo) {
    $order = $(if ($LinkOrder -gt 0) { ", at place $LinkOrder" })
    $old = @($script:som.GpoLinks | Where-Object { $null -ne $Gpo -and "$($_.GpoId)" -eq "$($Gpo.Id)" })
    if ($old.Count -eq 0) {
        $state = $(if ($EnableLink) { 'enabled' } else { 'disabled' })
        return "link the GPO to $LinkTarget, $state$order"
    }
    $state = $(if ($old[0].Enabled) { 'it is enabled and stays so' } elseif ($EnableLink) { 'it is disabled and becomes enabled' } else { 'it is disabled and stays so' })
    return "keep the link to ${LinkTarget}: $state$order"
}

# The name of the WMI filter that a GPO has; empty where it has none, and where there is no GPO.
function Get-FilterName($Gpo) {
    $filter = $(if ($null -ne $Gpo) { Get-Part $Gpo 'WmiFilter' })
    if ($null -eq $filter) { return '' }
    return "$($filter.Name)"
}

# What comes after the import, in order: nothing is linked before its filter and its group are set.
function Get-PlacementStep($Gpo) {
    if ($null -ne $script:filter) {
        $old = Get-FilterName $Gpo
        $has = $(if ($old) { ", in the place of `"$old`"" })
        if (Test-Same $old $script:filter.Name) { $has = ', which it has already' }
        @{ Do = 'filter'; Text = "give the GPO the WMI filter `"$($script:filter.Name)`"$has" }
    }
    if ($ApplyGroup) {
        @{ Do = 'apply'; Text = "permission to apply the GPO: $ApplyGroup" }
        @{ Do = 'read'; Text = "permission to read the GPO, and no longer to apply it: $(Get-AuthenticatedUsers)" }
    }
    if ($LinkTarget) { @{ Do = 'link'; Text = (Get-LinkText $Gpo) } }
}

function Invoke-PlacementStep($Step, $Gpo) {
    switch ($Step.Do) {
        'filter' { if (-not (Test-Same (Get-FilterName $Gpo) $script:filter.Name)) { $Gpo.WmiFilter = $script:filter } }
        'apply' { $null = Set-GPPermission -Guid $Gpo.Id -TargetName $ApplyGroup -TargetType Group -PermissionLevel GpoApply @common }
        'read' { $null = Set-GPPermission -Guid $Gpo.Id -TargetName (Get-AuthenticatedUsers) -TargetType Group -PermissionLevel GpoRead -Replace @common }
        'link' { Set-Link $Gpo.Id }
    }
}

# The exit code. The import that was compared before it is never undone.
function Invoke-Placement($Gpo) {
    $steps = @(Get-PlacementStep $Gpo)
    for ($at = 0; $at -lt $steps.Count; $at++) {
        try { Invoke-PlacementStep $steps[$at] $Gpo }
        catch {
            Write-Problem "Failed: $($steps[$at].Text): $($_.Exception.Message)"
            Write-Problem "The settings of the GPO are in place$(if ($NoReadBack) { ', not compared,' } else { ' and compared,' }) and remain."
            for ($other = 0; $other -lt $steps.Count; $other++) {
                if ($other -lt $at) { Write-Problem "Done: $($steps[$other].Text)" }
                if ($other -gt $at) { Write-Problem "Not done: $($steps[$other].Text)" }
            }
            Write-Problem 'Fix the cause, then run the script again with the same options and -LinkOnly.'
            return 1
        }
        Write-Line "Done: $($steps[$at].Text)"
    }
    return 0
}

function Test-Gpo($Gpo, [string]$When) {
    $wrong = @(@(Get-Difference $Gpo.Id) + @(Get-ExtensionDifference $Gpo))
    foreach ($line in $wrong) { Write-Problem "Not as the profile says ${When}: $line" }
    if ($wrong.Count -gt 0) { throw "$($wrong.Count) differences $When." }
    $rows = @($policy) + @($preferences)
    $compared = @($rows | Where-Object { Test-Readable $_ }).Count
    Write-Line "Read back and compared: $compared values, and the names of the client-side extensions."
    if ($compared -lt $rows.Count) {
        Write-Line "Not read back: $($rows.Count - $compared) records on whole keys or on absent values; the cmdlets do not show them."
    }
}

function Import-Copy([guid]$Id, $Source) {
    $folder = New-PrivateFolder
    try {
        Copy-Source $Source $folder
        $null = Import-GPO -BackupId $backupId -Path $folder -TargetGuid $Id @common
    }
    finally { Remove-Copy $folder }
}

function Test-Imported($Gpo) {
    Test-Gpo $Gpo 'after the import'
    $surplus = @(Get-Surplus $Gpo @())
    foreach ($line in $surplus) { Write-Problem "In the GPO and not in the profile after the import: $line" }
    if ($surplus.Count -gt 0) { throw "$($surplus.Count) settings in the GPO are not in the profile after the import." }
}

# Import-GPO copies the list of values with the other files of the backup. Where it did not, the
# list is written here: without it the next run takes what this import wrote for drift.
function Set-ValueList($Gpo, $Source) {
    $wanted = [byte[]]$Source["$backupId/DomainSysvol/GPO/$valuesFile"]
    try {
        $path = [System.IO.Path]::Combine((Get-SysvolFolder $Gpo), $valuesFile)
        if ([System.IO.File]::Exists($path) -and (Get-Sha256 ([System.IO.File]::ReadAllBytes($path))) -eq (Get-Sha256 $wanted)) { return }
        [System.IO.File]::WriteAllBytes($path, $wanted)
    }
    catch { Write-Problem "The list of values was not written ($($_.Exception.Message)). The next run can list values of this import as drift; -AcceptDrift continues." }
}

function Invoke-Import([guid]$Id, $Source) {
    Import-Copy $Id $Source
    $gpo = Get-GPO -Guid $Id @common
    if ($NoReadBack) { Write-Problem $notCompared }
    else { Test-Imported $gpo }
    # The next run finds in it whose GPO this is.
    if (-not [string]::Equals("$($gpo.Description)", $comment, [System.StringComparison]::Ordinal)) { $gpo.Description = $comment }
    Set-ValueList $gpo $Source
    Set-Status $gpo
    return $gpo
}

# What an import does, for -WhatIf.
function Get-ImportStep($Gpo) {
    if ($null -eq $Gpo) { "create the GPO `"$title`" on $Server" }
    else { "save the GPO `"$title`" below $(Get-BackupPath)" }
    "import the backup $backupId from a copy of what was checked in $gpoFolder"
    $back = $(if ($null -eq $Gpo) { 'remove the new GPO' } else { 'restore the saved GPO' })
    if ($NoReadBack) { 'compare NOTHING with the profile (-NoReadBack)' }
    else { "read back and compare the values and the names of the client-side extensions; at a difference: $back" }
    'write the comment of the GPO: the profile, why and revision'
    "leave the list of its values, $valuesFile, in the folder of the GPO"
    $status = $(if ($null -eq $Gpo) { 'AllSettingsEnabled' } else { "$($Gpo.GpoStatus)" })
    if ($wantedStatus) {
        if ($status -ne $wantedStatus) { "set the GPO's status to $wantedStatus, as the profile says" }
        return
    }
    if ($userSideIsEmpty -and $status -eq 'AllSettingsEnabled') { 'disable the user side, which is empty' }
    if (-not $userSideIsEmpty -and $status -eq 'UserSettingsDisabled') { 'enable the user side' }
}

function Show-Plan($Gpo) {
    $steps = @($(if (-not $LinkOnly) { Get-ImportStep $Gpo })) + @(Get-PlacementStep $Gpo | ForEach-Object { $_.Text })
    if (-not $LinkTarget) { $steps += 'link nothing (-LinkTarget)' }
    for ($number = 1; $number -le $steps.Count; $number++) { Write-Line "What if: step ${number}: $($steps[$number - 1])" }
}

function Test-Linkable($Gpo) {
    if ($null -eq $Gpo) { throw "There is no GPO named `"$title`" to link. Import it first, without -LinkOnly." }
    if (-not (Test-Ours $Gpo)) {
        throw "The GPO named `"$title`" was not created by this profile: its comment does not begin with `"$mark`"."
    }
    if ($NoReadBack) { Write-Problem $notCompared }
    else { Test-Gpo $Gpo 'in the GPO' }
    $drift = @(Get-Drift $Gpo)
    foreach ($line in $drift) { Write-Problem "The GPO has what the profile does not have: $line" }
    if ($drift.Count -gt 0 -and -not $AcceptDrift) { throw "$($drift.Count) settings are not in the profile. -AcceptDrift links the GPO with them." }
    if ('AllSettingsDisabled', 'ComputerSettingsDisabled' -contains "$($Gpo.GpoStatus)") {
        Write-Problem "The GPO's status is $($Gpo.GpoStatus), so machines do not apply it."
    }
}

function Test-Existing($Gpo) {
    if ($null -eq $Gpo) {
        $renamed = @($script:allGpos | Where-Object { Test-Ours $_ })
        if ($renamed.Count -eq 0 -or $Force) { return }
        throw "This profile's GPO is named `"$($renamed[0].DisplayName)`". Rename it to `"$title`" and run again; -Force creates a second one."
    }
    $ours = Test-Ours $Gpo
    if (-not $ours -and -not $Force) {
        throw "A GPO named `"$title`" exists and was not created by this profile: its comment does not begin with `"$mark`". -Force overwrites it."
    }
    $drift = @(Get-Drift $Gpo)
    if ($drift.Count -eq 0) { return }
    Write-Problem "The GPO has values that neither this profile nor its last import has; an import removes them:"
    foreach ($line in $drift) { Write-Problem "  $line" }
    if ($ours -and -not $AcceptDrift) { throw "$($drift.Count) settings would be lost. -AcceptDrift continues." }
}

function Test-Options {
    if ($LinkOnly -and $Rollback) { throw '-LinkOnly and -Rollback cannot be used together.' }
    if ($NoReadBack -and $Rollback) { throw '-NoReadBack and -Rollback cannot be used together.' }
    if ($LinkOnly -and -not $LinkTarget -and -not $WmiFilter -and -not $ApplyGroup) {
        throw '-LinkOnly requires -LinkTarget, -WmiFilter or -ApplyGroup.'
    }
    if (($EnableLink -or $LinkOrder) -and -not $LinkTarget) { throw '-EnableLink and -LinkOrder require -LinkTarget.' }
    if ($EnableLink -and -not $WmiFilter -and -not $ApplyGroup) {
        throw '-EnableLink requires -WmiFilter or -ApplyGroup: without one the GPO would apply to every machine below the target, whatever its operating system.'
    }
    if (-not (Get-Command -Name Import-GPO -ErrorAction SilentlyContinue)) {
        throw 'The GroupPolicy module is missing. Install-WindowsFeature GPMC adds it to a server, RSAT to a client.'
    }
}

#endregion

#region the entry

# Invoke-GpogenImport sets what the functions above read: the profile's data by the names below, and
# its own parameters.
function Invoke-Run {
    $made = $null
    $saved = $null
    try {
        Test-Options
        if (-not $Server) { $Server = Find-Server }
        $common.Server = $Server
        if ($Domain) { $common.Domain = $Domain }
        $source = $null
        if (-not $LinkOnly -and -not $Rollback) { $source = Read-Source }
        $script:allGpos = @(Get-GPO -All @common)
        if ($Rollback) {
            return (Invoke-Rollback)
        }
        $existing = Find-Gpo
        if ($LinkOnly) { Test-Linkable $existing }
        else { Test-Existing $existing }
        $script:filter = $null
        if ($WmiFilter) { $script:filter = Find-WmiFilter $script:allGpos[0].DomainName }
        if ($LinkTarget) { $script:som = Get-GPInheritance -Target $LinkTarget @common }
        $action = $(if ($LinkOnly) { 'Filter, permissions and link' } elseif ($null -eq $existing) { 'Create and import' } else { 'Save and import' })
        if ($WhatIfPreference) { Show-Plan $existing }
        if (-not $PSCmdlet.ShouldProcess((Format-Shown "GPO $title on $Server"), $action)) { return 2 }
        # One question is enough: the steps below belong together.
        $ConfirmPreference = 'None'
        $gpo = $existing
        if (-not $LinkOnly) {
            if ($null -eq $existing) {
                $made = New-GPO -Name $title -Comment $mark @common
                $target = $made.Id
            }
            else {
                $saved = Save-Gpo $existing
                $target = $existing.Id
            }
            $gpo = Invoke-Import $target $source
        }
    }
    catch {
        Write-Problem $_.Exception.Message
        Undo-Import $made $saved
        return 1
    }
    $code = Invoke-Placement $gpo
    if ($NoReadBack) { Write-Problem $notCompared }
    if ($code -eq 0) { Write-Line "Done$(if ($NoReadBack) { ', NOT compared' }): $title" }
    return $code
}

function Invoke-GpogenImport {
    <#
    .SYNOPSIS
    Imports the GPO of one profile, reads it back and compares it.

    .DESCRIPTION
    Imports the GPO backup in the folder that Data names. Data has the SHA-256 of each file of the backup: if a file differs, is missing, or is additional, the script stops before it
    changes anything. It imports a copy of the bytes that it checked. Requires the GroupPolicy module
    (RSAT, or the feature GPMC), and the right to create GPOs or to edit this GPO.

    If the GPO does not exist, the script creates it. If this profile created the GPO before, the script
    first saves it with Backup-GPO, and prints the command that restores it. If the GPO has values that
    neither this profile nor its last import has, the script lists them and stops before it changes
    anything. The script refuses a GPO of the same name from another source.

    After the import, the script reads back every value with its type and the names of the client-side
    extensions, and compares them. A value, an extension or a file in SYSVOL that the profile does not have
    is a difference, too. After a failure or a difference, the script removes a new GPO, and restores an
    existing one. It links the GPO only with -LinkTarget; the link is disabled unless you use -EnableLink.

    The WMI filter, the permissions and the link come last, in this order. If one of them fails, the
    imported GPO remains, the script skips the steps after it, and reports both; -LinkOnly repeats these
    steps.

    .PARAMETER Data
    The data of the profile: Title, Mark, Comment, BackupId, UserSideIsEmpty, Status, Extensions, Files,
    Policy, Preferences, Folder (of the GPO backup), and Script (the path of the script that has all this).

    .PARAMETER Server
    The domain controller that every step uses. Default: the PDC emulator of the domain.

    .PARAMETER Domain
    The DNS name of the domain. Default: the domain of the user who runs the script.

    .PARAMETER BackupPath
    The folder in which the script first saves an existing GPO. The script creates it if it does not
    exist. Default: gpogen-backups in the user's documents.

    .PARAMETER AcceptDrift
    Continues although the GPO has values that are not in the profile. The import removes them.

    .PARAMETER Force
    Continues although another source created the GPO of this name, or the GPO of this profile has another
    name. With -Rollback: although another source created the GPO to restore, or it was deleted, or had
    another name.

    .PARAMETER NoReadBack
    Does not compare after the import, and therefore does not roll back after a difference: whether the
    cmdlets return in a real domain what this script expects is unproven. The script warns about it at the
    start and at the end. Check the report of the GPO before you link it. The script still checks an existing
    GPO before the import. Not with -Rollback.

    .PARAMETER LinkOnly
    Imports nothing and changes no setting of the GPO. The script finds the GPO of this profile, compares it
    as after an import, stops if it differs, and then performs only the steps of -WmiFilter, -ApplyGroup and
    -LinkTarget.

    .PARAMETER LinkTarget
    The distinguished name of the organizational unit or domain to link the GPO to.

    .PARAMETER EnableLink
    Enables the link. Requires -WmiFilter or -ApplyGroup, because the settings are only for one operating
    system.

    .PARAMETER LinkOrder
    The order of the link among the links of the target.

    .PARAMETER WmiFilter
    The name of an existing WMI filter to attach.

    .PARAMETER ApplyGroup
    The group whose members apply the GPO. Authenticated Users keep the right to read it, which
    machines require since MS16-072. Requires the right "Edit settings, delete, modify security" on the
    GPO. After you add a machine to a group, its membership takes effect only after its next restart.

    .PARAMETER Rollback
    The folder of a saved GPO, as an earlier run printed it. The script restores it if this profile created
    the GPO with the same GUID, and does nothing else. It first saves the current state, as before an import.
    The script trusts the content of the folder: keep it where only administrators can write.

    .OUTPUTS
    The exit code: 0 done, 1 refused, failed or different, 2 not done (-WhatIf, or
    somebody declined).

    .EXAMPLE
    PS> .\Import-NAMEGpo.ps1 -WhatIf

    The script of a profile calls this function with the profile's data.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([int])]
    param(
        [Parameter(Mandatory = $true)]
        [System.Collections.IDictionary]$Data,
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
    $ErrorActionPreference = 'Stop'
    $title = $Data.Title
    $mark = $Data.Mark
    $comment = $Data.Comment
    $backupId = $Data.BackupId
    $userSideIsEmpty = $Data.UserSideIsEmpty
    $wantedStatus = $Data.Status
    $extensions = $Data.Extensions
    $files = $Data.Files
    $policy = $Data.Policy
    $preferences = $Data.Preferences
    $gpoFolder = $Data.Folder
    $scriptPath = $Data.Script
    $common = @{}
    return (Invoke-Run)
}

#endregion

Export-ModuleMember -Function Invoke-GpogenImport
