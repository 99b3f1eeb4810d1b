<#
.SYNOPSIS
Sets Windows Update's mode as SConfig does, for the profile azlocal-ws2022-iso.

.DESCRIPTION
Profile: azlocal-ws2022-iso
GPO: Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition from ISO
Why: Prepares VMs that were installed from an ISO; otherwise the same as azlocal-ws2022-core.
For: Windows Server 2022 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: 2c8ab8c7218829ae56b375f5b73e8e4015b7acac899e55d3d9413bc42b3dc484
Made by: gpogen 0.1.0

Writes what menu item 5 of SConfig writes (SConfig.Update.psm1), two values under
HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU:
NoAutoUpdate = 0, AUOptions = 4.
The profile's mode is install-on-schedule.
SConfig's own word for it is Automatic.

SConfig asks its questions by Read-Host and takes no answers from a script, so this script
writes the same two values and then applies SConfig's own rule for what it shows.
A domain's Group Policy that sets them wins again at its next processing.
There is no undo: choose another mode in SConfig's menu 5, or run another profile's script. The
schedule, the restart and everything else of the profile are not set here.
Set-UpdateMode.cmd, which Server Core gets, too, writes the same. SConfig's menu 6, Install updates,
is powershell\Install-Updates.ps1.
A host of Azure Local is refused: only its solution updates may service it.

Exit code: 0 the mode is set, 1 the script failed, 2 not set (-WhatIf, or declined), 4 refused and
nothing was changed.

.PARAMETER LogPath
A file to which the steps are added.

.EXAMPLE
PS> .\Set-UpdateMode.ps1 -WhatIf

Says what would be written, and changes nothing.

.EXAMPLE
PS> .\Set-UpdateMode.ps1

Writes what differs. Run it elevated.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType([pscustomobject])]
param(
    [ValidateNotNullOrEmpty()]
    [string]$LogPath
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where this script cannot access the registry. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$scriptName = 'Set-UpdateMode'
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

# 406: a host of Azure Local, whose updates only its own solution updates may bring.
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
    if (Test-AzureLocalHost) { 'This machine is a host of Azure Local, which only its solution updates may service.' }
    if (-not $Forced -and (Test-AzureVm)) { 'This machine is an Azure VM, where Azure decides how updates install. -Force goes on.' }
}

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

function New-Result([int]$Changed) {
    return [pscustomobject]@{ PSTypeName = 'Gpogen.UpdateMode'; Shown = Get-ShownMode; Wanted = $shows; Changed = $Changed; AUOptions = Get-DWord 'AUOptions'; NoAutoUpdate = Get-DWord 'NoAutoUpdate' }
}

function Set-Mode {
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
    New-Result $changed
    $wrong = @($wanted | Where-Object { -not (Test-Wanted $_) })
    if ($WhatIfPreference) { Write-Step 'Nothing was changed (-WhatIf).' }
    elseif ($wrong.Count -eq 0 -and $changed -eq 0) { Write-Step 'Nothing was changed: the mode was already set.' }
    foreach ($item in $wrong) { if (-not $WhatIfPreference) { Write-Problem "Not as the profile says: $($item.Name)" } }
    $script:code = $(if ($wrong.Count -gt 0) { 2 } else { 0 })
    if ($wrong.Count -gt 0) { return }
    $now = Get-ShownMode
    if ($now -ne $shows) { throw "SConfig shows `"$now`", expected was `"$shows`"." }
    Write-Step "SConfig shows: $now"
}

$code = 1
$root = $null
try {
    if (-not $WhatIfPreference -and -not (Test-Elevated)) { throw 'Writing below HKEY_LOCAL_MACHINE requires an elevated PowerShell: open it with "Run as administrator". Nothing was changed.' }
    $root = Open-Root
    $refusals = @(Get-PlatformRefusal $true)
    foreach ($refusal in $refusals) { Write-Problem "Refused: $refusal" }
    if ($refusals.Count -gt 0) { $code = 4 }
    else { Set-Mode }
}
catch {
    $code = 1
    Write-Failure $_
}
finally { if ($null -ne $root) { $root.Close() } }
exit $code
