<#
.SYNOPSIS
Prepares this machine, Windows Server 2022 Azure Edition installed from an ISO, for hotpatch. For the profile azlocal-ws2022-iso.

.DESCRIPTION
Profile: azlocal-ws2022-iso
GPO: Hotpatch: Azure Local VMs, Windows Server 2022 Azure Edition from ISO
Why: Prepares VMs that were installed from an ISO; otherwise the same as azlocal-ws2022-core.
For: Windows Server 2022 Datacenter: Azure Edition, Server Core, member servers, VMs on Azure Local (formerly Azure Stack HCI)
Digest: b395e8c619ff62903af7579567a18518c8f3a83cdc808c67a1240d58155d57fb
Made by: gpogen 0.1.0

Performs the steps of Microsoft's page "Enable Hotpatch for Azure Edition virtual machines built from
ISO", in the same order:
1. EnableVirtualizationBasedSecurity 1, and a restart if virtualization-based security does not run
2. HotPatchTableSize 4096
3. Name and Version of the hotpatch enrollment package
4. KB5003508, from the file that -Update names, and a restart

KB5003508 is not in the Update Catalog; its address is
https://go.microsoft.com/fwlink/?linkid=2211714. The machine needs no internet access: download the
file elsewhere. The script does not use wusa.exe, which does not work in a remote session; it extracts
the .cab file from the .msu and adds it.

A machine from a Marketplace image is already prepared. The script refuses every system except Windows
Server 2022 Datacenter: Azure Edition, and, without -Force, Azure VMs. It skips steps that are done, so a second run changes nothing.

The script restarts the machine only with -AllowRestart. Without it, the script exits with 3010, and a
scheduled task that runs as SYSTEM continues after your restart. The script keeps the remaining steps in
HKEY_LOCAL_MACHINE\SOFTWARE\gpogen, and a copy of itself and of the update in Program Files\gpogen. At
the end, it removes all of them. It first checks that Microsoft signed the update, and before the
installation that the copy is the file that it checked.

There is no undo: on Azure Local, you cannot turn off hotpatch.

Exit code: 0 done, 1 the script failed, 2 not done (-WhatIf found steps, or somebody declined one), 4 refused,
nothing changed, 3010 a restart is required.

.PARAMETER Update
The file KB5003508.msu.

.PARAMETER Sha256
The SHA-256 of the update, if Windows cannot verify its signature. Take it from a source that you
trust, not from the folder of the file.

.PARAMETER AllowRestart
Restarts the machine when a step requires it.

.PARAMETER Force
Continues on a domain controller without asking, and on an Azure VM. A VM from a Marketplace image is
prepared already.

.PARAMETER Resume
Continues after a restart. The scheduled task uses it.

.PARAMETER Cancel
Removes the remaining steps.

.PARAMETER LogPath
A file to which the script appends its steps.

.EXAMPLE
PS> .\Enable-HotpatchFromIso.ps1 -Update D:\KB5003508.msu -WhatIf

Prints the steps that are not done yet.

.EXAMPLE
PS> .\Enable-HotpatchFromIso.ps1 -Update D:\KB5003508.msu -AllowRestart

Performs these steps, and restarts the machine.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType([pscustomobject])]
param(
    [Parameter(Mandatory = $true, ParameterSetName = 'Enable')]
    [ValidateNotNullOrEmpty()]
    [string]$Update,
    [Parameter(ParameterSetName = 'Enable')]
    [ValidatePattern('\A[0-9A-Fa-f]{64}\z')]
    [string[]]$Sha256 = @(),
    [Parameter(ParameterSetName = 'Enable')]
    [switch]$AllowRestart,
    [Parameter(ParameterSetName = 'Enable')]
    [switch]$Force,
    [Parameter(Mandatory = $true, ParameterSetName = 'Resume')]
    [switch]$Resume,
    [Parameter(Mandatory = $true, ParameterSetName = 'Cancel')]
    [switch]$Cancel,
    [ValidateNotNullOrEmpty()]
    [string]$LogPath
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where this script cannot access the registry. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$scriptName = 'Enable-HotpatchFromIso'
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

#region what a script that services this machine needs

$raw = [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames
$servicing = 'SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing'
$automatic = 'SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update'
$programs = [System.IO.Path]::Combine([System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::ProgramFiles), 'gpogen')
$stateKey = "SOFTWARE\gpogen\$scriptName"
$taskName = "gpogen $scriptName"

# DISM and Windows Update need a 64-bit process; a 32-bit one, as of some management agents, sees
# another Program Files than the task that continues.
function Test-Process([string]$What) {
    if (-not [System.Environment]::Is64BitProcess) { throw "$What a 64-bit PowerShell. From a 32-bit process, start $env:windir\Sysnative\WindowsPowerShell\v1.0\powershell.exe." }
    if (-not (Test-Elevated)) { throw "$What an elevated PowerShell: open it with `"Run as administrator`"." }
}

function Read-Value([string]$Path, [string]$Name) {
    $key = $root.OpenSubKey($Path)
    if ($null -eq $key) { return $null }
    try { return $key.GetValue($Name, $null, $raw) }
    finally { $key.Close() }
}

function Test-Key([string]$Path) {
    $key = $root.OpenSubKey($Path)
    if ($null -eq $key) { return $false }
    $key.Close()
    return $true
}

# 26100.6899: CurrentBuild and UBR.
function Get-Build {
    $version = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    return "$(Read-Value $version 'CurrentBuild').$(Read-Value $version 'UBR')"
}

# What waits for a restart, or for the end of one: after it, servicing goes on for some minutes.
function Get-PendingRestart {
    foreach ($name in 'RebootPending', 'RebootInProgress', 'PackagesPending') {
        if (Test-Key "$servicing\$name") { "Component Based Servicing: $name" }
    }
    if (Test-Key "$automatic\RebootRequired") { 'Windows Update: RebootRequired' }
}

function Wait-Servicing([int]$Rounds) {
    for ($round = 0; $round -lt $Rounds -and @(Get-PendingRestart).Count -gt 0; $round++) { Start-Sleep -Seconds 15 }
}

# Why a restart of this machine would do harm; nothing where it would not.
function Get-RestartDanger {
    $service = @(Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = 'ClusSvc'" -ErrorAction Stop)
    if ($service.Count -eq 0 -or "$(Get-Part $service[0] 'StartMode')" -eq 'Disabled') { return }
    try { $node = @(Get-CimInstance -Namespace 'root\MSCluster' -ClassName 'MSCluster_Node' -ErrorAction Stop | Where-Object { "$(Get-Part $_ 'Name')" -eq $env:COMPUTERNAME }) }
    catch { return "This machine is a cluster node, and whether it is drained cannot be read: $($_.Exception.Message)" }
    # 2 is NodeDrainStatusCompleted.
    if ($node.Count -ne 1 -or "$(Get-Part $node[0] 'NodeDrainStatus')" -ne '2') { return 'This machine is a cluster node that is not drained. Drain it first (Suspend-ClusterNode -Drain -Wait).' }
}

# Again before each restart: somebody may have taken the node back meanwhile. The caller has asked
# already, so Restart-Computer asks nothing.
function Restart-Allowed([string]$Then = ': the script then continues') {
    try {
        $dangers = @(Get-RestartDanger)
        foreach ($danger in $dangers) { Write-Trouble "Not restarted: $danger Then restart it$Then." }
        if ($dangers.Count -eq 0) { Restart-Computer -Force -Confirm:$false -ErrorAction Stop }
    }
    catch { Write-Trouble "Not restarted: $($_.Exception.Message) Restart this machine$Then." }
}

function Test-DomainController {
    $system = @(Get-CimInstance -ClassName 'Win32_OperatingSystem' -ErrorAction Stop)
    return "$(Get-Part $system[0] 'ProductType')" -eq '2'
}

# A person is asked; where nobody can answer, -Force is the answer. -WhatIf asks nobody, and says so.
function Confirm-DomainController {
    if ($Force -or -not (Test-DomainController)) { return $true }
    if ($WhatIfPreference) {
        Write-Step 'This machine is a domain controller: without -WhatIf, the script asks before it continues, or requires -Force.'
        return $true
    }
    try { return $PSCmdlet.ShouldContinue('Other domain controllers of the domain must replicate with this one before and after the restart (repadmin /replsummary).', 'This machine is a domain controller. Continue?') }
    catch { return $false }
}

# What the task needs, the path of the log included.
function Save-State([hashtable]$Values) {
    if ($WhatIfPreference) { return }
    if ($LogPath) { $Values.LogPath = Get-FullPath $LogPath }
    $key = $root.CreateSubKey($stateKey)
    try { foreach ($name in $Values.Keys) { $key.SetValue($name, [string]$Values[$name], [Microsoft.Win32.RegistryValueKind]::String) } }
    finally { $key.Close() }
}

function Open-Log {
    $path = "$(Read-Value $stateKey 'LogPath')"
    if ($path -and -not $LogPath) { $script:LogPath = $path }
}

function Clear-State {
    if ($WhatIfPreference) { return }
    $root.DeleteSubKeyTree($stateKey, $false)
    $task = @(Get-ScheduledTask -ErrorAction Stop | Where-Object { $_.TaskName -eq $taskName })
    if ($task.Count -gt 0) { Unregister-ScheduledTask -TaskName $taskName -Confirm:$false -ErrorAction Stop }
    $copy = [System.IO.Path]::Combine($programs, "$scriptName.ps1")
    if ([System.IO.File]::Exists($copy)) { [System.IO.File]::Delete($copy) }
}

# Program Files and HKEY_LOCAL_MACHINE\SOFTWARE: only administrators write there, so nobody else
# decides what SYSTEM runs. The bytes are copied without the mark of a download.
function Copy-Script {
    if (-not $PSCommandPath) { throw 'Run the script from a file (powershell.exe -File), because it continues from a copy.' }
    $null = [System.IO.Directory]::CreateDirectory($programs)
    $copy = [System.IO.Path]::Combine($programs, "$scriptName.ps1")
    if ($PSCommandPath -ne $copy) { [System.IO.File]::WriteAllBytes($copy, [System.IO.File]::ReadAllBytes($PSCommandPath)) }
    return $copy
}

function Expand-Msu([string]$File, [string]$To) {
    $expand = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'expand.exe')
    $null = & $expand $File '-F:*.cab' $To
    if ($LASTEXITCODE -ne 0) { throw "expand.exe ended with ${LASTEXITCODE}: $File" }
}

# Without wusa.exe, which runs in no remote session. The servicing stack comes first.
function Add-MsuContent([string]$File) {
    $folder = [System.IO.Path]::Combine($programs, [guid]::NewGuid().ToString('N'))
    $null = [System.IO.Directory]::CreateDirectory($folder)
    try {
        Expand-Msu $File $folder
        $cabs = @([System.IO.Directory]::GetFiles($folder, '*.cab') | Where-Object { [System.IO.Path]::GetFileName($_) -notmatch '(?i)\AWSUSSCAN' } | Sort-Object -Property { [System.IO.Path]::GetFileName($_) -notmatch '(?i)\ASSU-' }, { $_ })
        if ($cabs.Count -eq 0) { throw "$File has no .cab file." }
        foreach ($cab in $cabs) { $null = Add-WindowsPackage -Online -PackagePath $cab -NoRestart -ErrorAction Stop }
    }
    finally { [System.IO.Directory]::Delete($folder, $true) }
}

# A task of SYSTEM that runs this script with one switch, at startup or when it is started.
# Task Scheduler replaces $(...) and %...% in its arguments, so nothing that somebody chose is in
# them: it is in the state, which only administrators write.
function Register-Task([string]$Switch, [bool]$AtStartup) {
    if ($WhatIfPreference) { return }
    $copy = Copy-Script
    if ($copy -match '["%]|\$\(') { throw "The path of Program Files must have no quotation mark, no % and no `$(; got $programs" }
    $shell = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'WindowsPowerShell', 'v1.0', 'powershell.exe')
    $action = New-ScheduledTaskAction -Execute $shell -Argument "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File `"$copy`" $Switch"
    $principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
    $more = @{}
    if ($AtStartup) { $more.Trigger = New-ScheduledTaskTrigger -AtStartup }
    $null = Register-ScheduledTask -TaskName $taskName -Action $action -Principal $principal -Description 'Created by gpogen; the script removes this task at the end.' -Force -ErrorAction Stop @more
}

#endregion
#region update files

# Beside the copy of the script: only administrators write there, so what SYSTEM installs after a
# restart is what was checked before it.
$msuFolder = [System.IO.Path]::Combine($programs, 'msu')
# The files that passed the checks, by name: path, length and SHA-256.
$msu = [ordered]@{}
$copied = $false

function Get-FileSha256([string]$Path) {
    $stream = [System.IO.File]::Open($Path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, [System.IO.FileShare]::Read)
    try {
        $sha = [System.Security.Cryptography.SHA256]::Create()
        try { return [System.BitConverter]::ToString($sha.ComputeHash($stream)).Replace('-', '') }
        finally { $sha.Dispose() }
    }
    finally { $stream.Dispose() }
}

# A .msu file is a cabinet, or an image since build 26100.
function Test-MsuHead([string]$Path) {
    $head = [byte[]]::new(8)
    $stream = [System.IO.File]::Open($Path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, [System.IO.FileShare]::Read)
    try { $count = $stream.Read($head, 0, 8) }
    finally { $stream.Dispose() }
    $text = [System.Text.Encoding]::ASCII.GetString($head, 0, $count)
    return $text.StartsWith('MSCF', [System.StringComparison]::Ordinal) -or $text.StartsWith('MSWIM', [System.StringComparison]::Ordinal)
}

# O=Microsoft Corporation as a separate part; the content of a quoted part does not count.
function Test-MicrosoftName([string]$Name) {
    return [regex]::IsMatch([regex]::Replace($Name, '"(?:[^"]|"")*"', '""'), '(?:\A|, )O=Microsoft Corporation(?:, |\z)')
}

# Why a file is not installed; nothing if Microsoft signed it, or if -Sha256 names it.
function Get-SignatureRefusal([string]$Name, [string]$Path, [string]$Hash) {
    $signature = Get-AuthenticodeSignature -LiteralPath $Path -ErrorAction Stop
    $status = "$(Get-Part $signature 'Status')"
    $certificate = Get-Part $signature 'SignerCertificate'
    if ($status -eq 'Valid') {
        if ((Test-MicrosoftName "$(Get-Part $certificate 'Subject')") -and (Test-MicrosoftName "$(Get-Part $certificate 'Issuer')")) { return }
        return "$Name is not signed by Microsoft; its signer is $(Get-Part $certificate 'Subject')."
    }
    if ($status -eq 'HashMismatch') { return "$Name differs from what was signed (HashMismatch): it is incomplete, or somebody changed it." }
    if ($status -eq 'NotTrusted') { return "This machine does not trust the signer of $Name (NotTrusted)." }
    if ($hashes -contains $Hash) { return }
    return "Windows cannot verify the signature of $Name ($status). To install it, name its SHA-256 with -Sha256, from a source other than this folder."
}

function Get-MsuRefusal([string]$Path) {
    $name = [System.IO.Path]::GetFileName($Path)
    try {
        $length = [System.IO.FileInfo]::new($Path).Length
        if ($length -eq 0) { return "$name is empty." }
        if (-not (Test-MsuHead $Path)) { return "$name is not an update package: it must begin with MSCF or MSWIM." }
        $hash = Get-FileSha256 $Path
        $refusal = Get-SignatureRefusal $name $Path $hash
        if ($refusal) { return $refusal }
        $script:msu[$name] = @{ Path = $Path; Length = $length; Hash = $hash }
    }
    catch { return "$name cannot be checked: $($_.Exception.Message)" }
}

# The copy, and what is taken out of it.
function Get-SpaceRefusal([string[]]$Paths) {
    $needed = [long]0
    foreach ($path in $Paths) { $needed += 2 * [System.IO.FileInfo]::new($path).Length }
    $free = [System.IO.DriveInfo]::new([System.IO.Path]::GetPathRoot($programs)).AvailableFreeSpace
    if ($free -lt $needed) { "The drive of $programs must have $needed bytes free; got $free." }
}

# The copies must be the bytes that were checked.
function Copy-Msu {
    Remove-MsuFolder
    $script:copied = $true
    $null = [System.IO.Directory]::CreateDirectory($msuFolder)
    foreach ($name in $msu.Keys) {
        $copy = [System.IO.Path]::Combine($msuFolder, $name)
        [System.IO.File]::Copy($msu[$name].Path, $copy, $true)
        [System.IO.File]::SetAttributes($copy, [System.IO.FileAttributes]::Normal)
    }
    $wrong = @(Get-MsuDifference (ConvertTo-MsuText))
    if ($wrong.Count -gt 0) { throw "The copies differ from the files that were checked: $($wrong -join '; ')." }
    # Again: somebody who writes to the folder can show another file to the first check than to the copy.
    $wrong = @(foreach ($name in $msu.Keys) { Get-SignatureRefusal $name ([System.IO.Path]::Combine($msuFolder, $name)) $msu[$name].Hash })
    if ($wrong.Count -gt 0) { throw "The copies are not what was checked: $($wrong -join ' ')" }
}

# No name of a file has a vertical bar.
function ConvertTo-MsuText { return @(foreach ($name in $msu.Keys) { $name; $msu[$name].Hash }) -join '|' }

# What is not as it was checked; nothing where all is.
function Get-MsuDifference([string]$Text) {
    $parts = $Text.Split('|')
    $names = @(for ($at = 0; $at + 1 -lt $parts.Count; $at += 2) { $parts[$at] })
    $there = @(if ([System.IO.Directory]::Exists($msuFolder)) { [System.IO.Directory]::GetFileSystemEntries($msuFolder) | ForEach-Object { [System.IO.Path]::GetFileName($_) } })
    foreach ($name in $there) { if ($names -notcontains $name) { "$name was added to $msuFolder" } }
    for ($at = 0; $at + 1 -lt $parts.Count; $at += 2) {
        $path = [System.IO.Path]::Combine($msuFolder, $parts[$at])
        if (-not [System.IO.File]::Exists($path)) { "$path was not found" }
        elseif ((Get-FileSha256 $path) -ne $parts[$at + 1]) { "the SHA-256 of $path must be $($parts[$at + 1])" }
    }
}

function Remove-MsuFolder {
    if ([System.IO.Directory]::Exists($msuFolder)) { [System.IO.Directory]::Delete($msuFolder, $true) }
}

# A run that left no plan leaves no copies.
function Remove-UnusedMsu { if ($copied -and -not (Test-Key $stateKey)) { Remove-MsuFolder } }

#endregion
$hashes = @(foreach ($item in $Sha256) { $item.ToUpperInvariant() })
#region the steps

$values = [ordered]@{
    Vbs = @{ Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1 }
    Table = @{ Key = 'SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management'; Name = 'HotPatchTableSize'; Kind = 'DWord'; Value = 4096 }
    Name = @{ Key = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64'; Name = 'Name'; Kind = 'String'; Value = 'Hotpatch Enrollment Package' }
    Version = @{ Key = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64'; Name = 'Version'; Kind = 'String'; Value = '10.0.20348.1129' }
}

function Test-Value($Item) {
    $key = $root.OpenSubKey($Item.Key)
    if ($null -eq $key) { return $false }
    try {
        if ($key.GetValueNames() -notcontains $Item.Name) { return $false }
        return "$($key.GetValueKind($Item.Name))" -eq $Item.Kind -and [string]::Equals("$($key.GetValue($Item.Name))", "$($Item.Value)", [System.StringComparison]::Ordinal)
    }
    finally { $key.Close() }
}

# CreateSubKey opens a key that is there already and empties nothing.
function Set-Value($Item) {
    $key = $root.CreateSubKey($Item.Key)
    try { $key.SetValue($Item.Name, $(if ($Item.Kind -eq 'DWord') { [int]$Item.Value } else { [string]$Item.Value }), [Microsoft.Win32.RegistryValueKind]$Item.Kind) }
    finally { $key.Close() }
}

# 2: running.
function Test-Vbs {
    $guard = @(Get-CimInstance -Namespace 'root/Microsoft/Windows/DeviceGuard' -ClassName 'Win32_DeviceGuard' -ErrorAction Stop)
    return "$(Get-Part $guard[0] 'VirtualizationBasedSecurityStatus')" -eq '2'
}

# Both, because Get-HotFix lists a package only once it is installed, and DISM one that waits, too.
function Test-Update {
    $packages = @(Get-WindowsPackage -Online -ErrorAction Stop | Where-Object { "$(Get-Part $_ 'PackageName')" -match '\APackage_for_KB5003508[_~]' -and 'Installed', 'InstallPending', 'Superseded' -contains "$(Get-Part $_ 'PackageState')" })
    if ($packages.Count -gt 0) { return $true }
    return @(Get-HotFix -ErrorAction Stop | Where-Object { "$(Get-Part $_ 'HotFixID')" -eq 'KB5003508' }).Count -gt 0
}

function New-Step([string]$Do, [string]$What, [string]$Text) { return @{ Do = $Do; What = $What; Text = $Text } }

function Get-SetStep([string]$Word) {
    $item = $values[$Word]
    if (-not (Test-Value $item)) { New-Step 'set' $Word "Set HKEY_LOCAL_MACHINE\$($item.Key), $($item.Name), to $($item.Value)" }
}

# What is not done yet, in the order of Microsoft's page.
function Get-Plan {
    $restart = $(if ("$AllowRestart" -eq 'True') { 'Restart this machine' } else { 'Wait for the restart that you make' })
    # First, because after the restart SYSTEM goes on, who may not reach the administrator's file.
    if (-not $Resume -and -not (Test-Update)) { New-Step 'copy' '' "Copy $(@($msu.Keys)[0]) to $msuFolder" }
    $first = @(Get-SetStep 'Vbs')
    $first
    if ($first.Count -gt 0 -or -not (Test-Vbs)) { New-Step 'restart' "$AllowRestart" "$restart, so that virtualization-based security runs" }
    foreach ($word in 'Table', 'Name', 'Version') { Get-SetStep $word }
    if (-not (Test-Update)) {
        New-Step 'add' 'KB5003508' 'Install KB5003508'
        New-Step 'restart' "$AllowRestart" "$restart, so that KB5003508 is installed"
    }
    New-Step 'check' '' 'Check that virtualization-based security runs, the values are set, and KB5003508 is installed'
}

function Get-Difference {
    if (-not (Test-Vbs)) { 'virtualization-based security does not run: the machine needs UEFI firmware with Secure Boot (a generation 2 virtual machine)' }
    foreach ($word in $values.Keys) { if (-not (Test-Value $values[$word])) { "$($values[$word].Name) is not set" } }
    if (-not (Test-Update)) { 'KB5003508 is not installed' }
}

function Get-Refusal {
    $version = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $edition = "$(Read-Value $version 'EditionID')"
    if ((Get-Build).Split('.')[0] -ne '20348' -or 'ServerTurbine', 'ServerTurbineCor' -notcontains $edition) { "This machine must be Windows Server 2022 Datacenter: Azure Edition (build 20348, ServerTurbine or ServerTurbineCor); got build $(Get-Build), $edition." }
    Get-PlatformRefusal ([bool]$Force)
    foreach ($danger in @(Get-RestartDanger)) { $danger }
    $pending = @(Get-PendingRestart)
    if ($pending.Count -gt 0) { "A restart is pending ($($pending -join ', ')). Restart the machine first." }
    if (Test-Key $stateKey) { 'A run is not finished. Restart the machine, or run the script with -Cancel.' }
    $path = Get-FullPath $Update
    if (-not [System.IO.File]::Exists($path)) { "The update was not found: $path" }
    elseif ([System.IO.Path]::GetFileName($path) -notmatch '(?i)(?<![a-z0-9])KB5003508(?![0-9]).*\.msu\z') { "The update must be KB5003508.msu; got $([System.IO.Path]::GetFileName($path))." }
    else {
        Get-SpaceRefusal $path
        Get-MsuRefusal $path
    }
}

#endregion

#region what is done

function New-Result([string]$State, $Plan) {
    return [pscustomobject]@{ PSTypeName = 'Gpogen.Enable'; State = $State; Build = Get-Build; Steps = @($Plan | ForEach-Object { $_.Text }) }
}

function Clear-Run {
    Clear-State
    Remove-MsuFolder
}

# Without the task, nothing would continue: so there is no state without it.
function Save-Run([string]$Text) {
    $isNew = -not (Test-Key $stateKey)
    try {
        Save-State @{ AllowRestart = "$AllowRestart"; Restarted = $Text; Msu = $checked }
        Register-Task '-Resume' $true
    }
    catch {
        $first = $_
        if ($isNew) { try { Clear-Run } catch { Write-Trouble "What is left to do cannot be forgotten: $($_.Exception.Message) Run the script with -Cancel." } }
        throw $first
    }
}

function Add-Update {
    $wrong = @(Get-MsuDifference $checked)
    if ($wrong.Count -gt 0) { throw "KB5003508 was not installed, because the .msu file is not the one that was checked: $($wrong -join '; '). Run the script with -Cancel, and then again with -Update." }
    Add-MsuContent ([System.IO.Path]::Combine($msuFolder, $checked.Split('|')[0]))
}

# After a restart, the plan is made anew: what is done is left out.
function Invoke-Plan($Plan) {
    for ($number = 1; $number -le $Plan.Count; $number++) {
        $step = $Plan[$number - 1]
        if ($step.Do -ne 'check' -and -not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, $step.Text)) {
            Write-Step "Declined: $($step.Text)"
            New-Result 'Declined' $Plan
            $script:code = 2
            return
        }
        Write-Step "Step: $($step.Text)"
        switch ($step.Do) {
            'set' { Set-Value $values[$step.What] }
            'copy' { Copy-Msu }
            'add' { Add-Update }
            'restart' {
                if ("$(Read-Value $stateKey 'Restarted')" -eq $step.Text) { throw "A restart changed nothing: $(@(Get-Difference) -join '; ')." }
                Save-Run $step.Text
                New-Result 'RestartNeeded' $Plan
                $script:code = 3010
                if ($step.What -eq 'True') { Restart-Allowed }
                return
            }
            'check' {
                $wrong = @(Get-Difference)
                if ($wrong.Count -gt 0) { throw "Not as planned: $($wrong -join '; ')." }
            }
        }
    }
    Clear-Run
    New-Result 'Done' $Plan
    $script:code = 0
}

# The check alone changes nothing.
function Complete-WhatIf($Plan) {
    Write-Step 'Nothing was changed (-WhatIf).'
    New-Result 'WhatIf' $Plan
    $script:code = $(if ($Plan.Count -gt 1) { 2 } else { 0 })
}

function Start-Enable {
    $refusals = @(Get-Refusal)
    if ($refusals.Count -eq 0 -and -not (Confirm-DomainController)) { $refusals = @('This machine is a domain controller. Check that the others replicate (repadmin /replsummary), and run the script with -Force.') }
    if ($refusals.Count -gt 0) {
        foreach ($refusal in $refusals) { Write-Trouble "Refused: $refusal" }
        $script:code = 4
        return
    }
    $script:checked = ConvertTo-MsuText
    $plan = @(Get-Plan)
    Write-Step "The plan for ${env:COMPUTERNAME}:"
    for ($number = 1; $number -le $plan.Count; $number++) { Write-Step "  $number. $($plan[$number - 1].Text)" }
    if ($WhatIfPreference) {
        Complete-WhatIf $plan
        return
    }
    Invoke-Plan $plan
}

function Resume-Enable {
    if (-not (Test-Key $stateKey)) {
        Write-Trouble 'Refused: there is nothing to continue.'
        $script:code = 4
        return
    }
    Open-Log
    if (-not $WhatIfPreference) { Wait-Servicing 60 }
    $pending = @(Get-PendingRestart)
    if ($pending.Count -gt 0) {
        Write-Trouble "The restart is not finished, or another one is pending ($($pending -join ', ')). Restart the machine: the script then continues."
        $script:code = 3010
        return
    }
    $script:AllowRestart = "$(Read-Value $stateKey 'AllowRestart')" -eq 'True'
    $script:checked = "$(Read-Value $stateKey 'Msu')"
    $plan = @(Get-Plan)
    if ($WhatIfPreference) {
        for ($number = 1; $number -le $plan.Count; $number++) { Write-Step "  $number. $($plan[$number - 1].Text)" }
        Complete-WhatIf $plan
        return
    }
    Invoke-Plan $plan
}

#endregion

$code = 1
$checked = ''
$root = $null
try {
    Test-Process 'The preparation requires'
    $root = Open-Root
    switch ($PSCmdlet.ParameterSetName) {
        'Resume' { Resume-Enable }
        'Cancel' {
            $code = 2
            if ($PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Remove the remaining steps')) {
                Clear-Run
                $code = 0
            }
        }
        default { Start-Enable }
    }
}
catch {
    $code = 1
    Write-Failure $_
}
finally {
    if ($null -ne $root) {
        Remove-UnusedMsu
        $root.Close()
    }
}
exit $code
