<#
.SYNOPSIS
Sets this machine's registry values for the profile azlocal-ws2022-iso, without Group Policy.

.DESCRIPTION
Profile: azlocal-ws2022-iso
GPO: Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition from ISO
Why: Prepares VMs that were installed from an ISO, then as azlocal-ws2022-core.
For: Windows Server 2022 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: 584459368c93dee14902f59e94c92efc79cde16fff2ec099025279ff51e09c78
Made by: gpogen 0.1.0

For a machine without a domain. The values are written and deleted directly under
HKEY_LOCAL_MACHINE, as SConfig and Windows Admin Center do, and never in
System32\GroupPolicy. gpedit.msc and gpresult therefore do not show them.
A domain's Group Policy that sets the same values wins again at its next processing.

There is no undo. -WhatIf lists what would be written and deleted. A key that is deleted, or
that loses values, is saved first with all that is below it, as a .reg file; the command that
imports it is printed. If that fails, nothing is changed. Values that are only overwritten are
not saved: do it first by reg.exe export (README.txt has the commands).

Only what differs is written. Everything is read back and compared, with its type.
Exit code: 0 everything is as the profile says, 1 a difference or a failure.

Not set by this script, although the profile's GPO has it:
- HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard: EnableVirtualizationBasedSecurity, RequirePlatformSecurityFeatures, HypervisorEnforcedCodeIntegrity, HVCIMATRequired, LsaCfgFlags, ConfigureSystemGuardLaunch: tests showed that it has no effect when written directly: an extension of Group Policy processes this key

.PARAMETER BackupPath
The folder in which the script saves deleted keys, with a new folder for each run. The script
creates it if it does not exist. Default: gpogen-backups in the user's documents.

.EXAMPLE
PS> .\Set-AzlocalWs2022Iso.ps1 -WhatIf

Says what would be written and deleted, and changes nothing. It needs no elevation.

.EXAMPLE
PS> .\Set-AzlocalWs2022Iso.ps1

Writes what differs. Run it elevated; a second run changes nothing.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string]$BackupPath
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where the registry cannot be reached as this script needs. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
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

$records = @(
    # ISO preparation
    @{ Do = 'set'; Key = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64'; Name = 'Name'; Kind = 'String'; Value = 'Hotpatch Enrollment Package' }
    @{ Do = 'set'; Key = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64'; Name = 'Version'; Kind = 'String'; Value = '10.0.20348.1129' }
    # Specify intranet Microsoft update service location
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUServer' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUStatusServer' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'UpdateServiceUrlAlternate' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'FillEmptyContentUrls' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetProxyBehaviorForUpdateDetection' }
    # Select the target Feature Update version
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersion'; Kind = 'DWord'; Value = 1 }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ProductVersion'; Kind = 'String'; Value = '' }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersionInfo'; Kind = 'String'; Value = 'hold' }
    # Select when Quality Updates are received
    # Nothing that restarts a server may come in a hotpatch month by itself.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdates'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DeferQualityUpdatesPeriodInDays' }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'PauseQualityUpdatesStartTime' }
    # Do not include drivers with Windows Updates
    # Nothing that restarts a server may come in a hotpatch month by itself.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1 }
    # Remove access to "Pause updates" feature
    # Nobody pauses a baseline by hand.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetDisablePauseUXAccess'; Kind = 'DWord'; Value = 1 }
    # Configure Automatic Updates
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'NoAutoUpdate'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AUOptions'; Kind = 'DWord'; Value = 4 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AutomaticMaintenanceEnabled' }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'ScheduledInstallDay'; Kind = 'DWord'; Value = 0 }
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
    # A baseline that waits for its restart keeps all hotpatches behind it away.
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTime'; Kind = 'DWord'; Value = 0 }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'AlwaysAutoRebootAtScheduledTimeMinutes' }
    # Virtualization-based security (Control key)
    # Hotpatches install only while VBS runs.
    @{ Do = 'set'; Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1 }
    # ISO preparation
    @{ Do = 'set'; Key = 'SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management'; Name = 'HotPatchTableSize'; Kind = 'DWord'; Value = 4096 }
)
$restarts = @(
    'Once, after VBS is first turned on: VBS runs only after a restart.'
    'Once, after KB5003508 and the preparation values of an ISO installation.'
    'In every baseline month (planned: January, April, July, October; unplanned baselines can follow in any month): Windows, after the installation; a signed-in user may delay it.'
)
$raw = [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames
$root = [Microsoft.Win32.RegistryKey]::OpenBaseKey(
    [Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
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
    Write-Line "Saved before anything is deleted: HKEY_LOCAL_MACHINE\$Path. To bring it back:"
    Write-Line "& $(Format-Quoted $reg) import $(Format-Quoted $File) /reg:64"
}

function Save-Doomed($Keys) {
    # A unique name, so that no earlier file is lost.
    $folder = [System.IO.Path]::Combine((Get-BackupPath), 'Set-AzlocalWs2022Iso-' + [guid]::NewGuid().ToString('N'))
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

function Test-Elevated {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = [System.Security.Principal.WindowsPrincipal]::new($identity)
    return $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

$words = @{ 'set' = 'Set'; 'soft' = 'Set because absent'; 'create-key' = 'Create'
    'delete' = 'Delete'; 'delete-values' = 'Delete'; 'delete-keys' = 'Delete' }
# Only a warning: what the profile is for is known, what this machine will become is not.
$build = "$([Microsoft.Win32.Registry]::GetValue('HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion', 'CurrentBuild', ''))"
if ($build -ne '20348') {
    Write-Problem ("This machine's Windows build is $build. The profile is for build {0}: {1}" -f '20348', 'Windows Server 2022 Datacenter: Azure Edition')
}
$changed = @()
try {
    if (-not $WhatIfPreference -and -not (Test-Elevated)) {
        Write-Problem 'Writing below HKEY_LOCAL_MACHINE needs an elevated PowerShell: open it by "Run as administrator". Nothing was changed.'
        exit 1
    }
    $doomed = @(Get-DoomedTop)
    if ($WhatIfPreference) { foreach ($key in $doomed) { Write-Line "What if: save HKEY_LOCAL_MACHINE\$key below $(Get-BackupPath)" } }
    elseif ($doomed.Count -gt 0) { Save-Doomed $doomed }
    foreach ($record in $records) {
        if (Test-Record $record) { continue }
        $place = Format-Shown (Get-Place $record)
        if ($PSCmdlet.ShouldProcess($place, $words[$record.Do])) {
            Set-Record $record
            $changed += $record
            Write-Line "$($words[$record.Do]): $place"
        }
    }
    if ($WhatIfPreference) {
        Write-Line 'Nothing was changed (-WhatIf).'
        exit 0
    }
    $wrong = @($records | Where-Object { -not (Test-Record $_) })
}
catch {
    Write-Problem "The run failed: $($_.Exception.Message)"
    Write-Problem "$($changed.Count) of $($records.Count) settings had been changed. Run the script again when the cause is gone."
    exit 1
}

foreach ($record in $wrong) { Write-Problem "Not as the profile says after writing: $(Get-Place $record)" }
if ($wrong.Count -gt 0) { exit 1 }
if ($changed.Count -eq 0) {
    Write-Line "Nothing was changed: all $($records.Count) settings are as the profile says."
    exit 0
}
Write-Line "$($changed.Count) of $($records.Count) settings were changed; all were read back and are as the profile says."
if (@($changed | Where-Object { $_.Key -like '*\DeviceGuard*' }).Count -gt 0) {
    Write-Line 'Restart: virtualization-based security starts with the next restart of this machine.'
}
foreach ($line in $restarts) { Write-Line "Restart: $line" }
exit 0
