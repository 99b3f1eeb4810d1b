<#
.SYNOPSIS
Sets Windows Update's mode as SConfig does, for the profile azlocal-ws2025-core.

.DESCRIPTION
Profile: azlocal-ws2025-core
GPO: Hotpatch: Azure Local VMs, Windows Server 2025 Azure Edition Core
Why: Hotpatch for Server Core on Azure Local, installed and restarted by Windows Update.
For: Windows Server 2025 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: 495005a56c515f963fb89964ed3de41b8145a42b239daf4ddbd8c4d8b8dba386
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
Exit code: 0 the mode is set, 1 a difference or a failure.

.EXAMPLE
PS> .\Set-UpdateMode.ps1 -WhatIf

Says what would be written, and changes nothing.

.EXAMPLE
PS> .\Set-UpdateMode.ps1

Writes what differs. Run it elevated.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param()

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where the registry cannot be reached as this script needs. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
$ErrorActionPreference = 'Stop'

$path = 'SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
$wanted = @(
    @{ Name = 'AUOptions'; Value = 4 }
    @{ Name = 'NoAutoUpdate'; Value = 0 }
)
$shows = 'Automatic'
$root = [Microsoft.Win32.RegistryKey]::OpenBaseKey(
    [Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)

# The value when it is a DWord, otherwise nothing: the rules below look at numbers only.
function Get-Number($Name) {
    $key = $root.OpenSubKey($path)
    if ($null -eq $key) { return }
    try {
        if ($key.GetValueNames() -notcontains $Name) { return }
        if ("$($key.GetValueKind($Name))" -eq 'DWord') { return $key.GetValue($Name) }
    }
    finally { $key.Close() }
}

function Test-Present($Name) {
    $key = $root.OpenSubKey($path)
    if ($null -eq $key) { return $false }
    try { return ($key.GetValueNames() -contains $Name) }
    finally { $key.Close() }
}

function Test-Wanted($Item) {
    if ($null -eq $Item.Value) { return (-not (Test-Present $Item.Name)) }
    $found = Get-Number $Item.Name
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
    if ((Get-Number 'NoAutoUpdate') -eq 1) { return 'Manual' }
    switch (Get-Number 'AUOptions') {
        3 { return 'Download only' }
        4 { return 'Automatic' }
    }
    return 'Not configured'
}

function Test-Elevated {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = [System.Security.Principal.WindowsPrincipal]::new($identity)
    return $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

$changed = 0
try {
    if (-not $WhatIfPreference -and -not (Test-Elevated)) {
        Write-Warning 'Writing below HKEY_LOCAL_MACHINE needs an elevated PowerShell: open it by "Run as administrator". Nothing was changed.'
        exit 1
    }
    foreach ($item in $wanted) {
        if (Test-Wanted $item) { continue }
        $what = $(if ($null -eq $item.Value) { 'Delete' } else { "Set to $($item.Value)" })
        if ($PSCmdlet.ShouldProcess("HKEY_LOCAL_MACHINE\$path, value $($item.Name)", $what)) {
            Set-Wanted $item
            $changed++
            Write-Host "$($item.Name): $what"
        }
    }
    if ($WhatIfPreference) {
        Write-Host 'Nothing was changed (-WhatIf).'
        exit 0
    }
    $wrong = @($wanted | Where-Object { -not (Test-Wanted $_) })
    $now = Get-ShownMode
}
catch {
    Write-Warning "The run failed: $($_.Exception.Message)"
    exit 1
}

foreach ($item in $wrong) { Write-Warning "Not as the profile says after writing: $($item.Name)" }
if ($now -ne $shows) { Write-Warning "SConfig shows `"$now`", expected was `"$shows`"." }
if ($wrong.Count -gt 0 -or $now -ne $shows) { exit 1 }
if ($changed -eq 0) { Write-Host 'Nothing was changed: the mode was set already.' }
Write-Host "SConfig shows: $now"
exit 0
