<#
.SYNOPSIS
Removes a bad hotpatch or a bad baseline from this machine. For the profile arc-ws2025-standard.

.DESCRIPTION
Profile: arc-ws2025-standard
GPO: Hotpatch: Azure Arc, Windows Server 2025 Standard
Why: Azure Update Manager installs and restarts; the GPO prevents Windows from doing it automatically.
For: Windows Server 2025 Standard, Desktop Experience, member servers, Azure Arc-enabled servers
Digest: de9eec788cdec657bd30e9937d0f078d67dfdb731b60298b9c4de3b5a487c5d9
Made by: gpogen 0.1.0

Windows does not roll back a hotpatch automatically. This script does, step by step. It first prints
the plan. Without parameters, it lists the packages that it could remove, and changes nothing.

A bad hotpatch (-Hotpatch): the script removes its package by name, and the machine restarts. The
baseline must still be installed; otherwise the script refuses. Microsoft does not document how the
package of a hotpatch is named (UNPROVEN-K), so the script compares several signs. It refuses if one of
them contradicts the others, or if only the package itself indicates a hotpatch:
- the package: it must not be a cumulative update or from another product such as .NET; it must be of
  this Windows build and newer than the installed baseline; and no newer hotpatch must follow it
- the build of this machine: it must be that of the package
- the history of Windows Update: the title of the update must have the word Hotpatch
- the release data (-ReleaseData): the update must be a hotpatch there
At least one of the last two must indicate a hotpatch.

If Windows names or numbers the package of a hotpatch in another way, the script finds no package, or
refuses it. Then name the package with -PackageName, and give -ReleaseData. The script still requires all
of the following; if one is missing, it refuses:
- the package is an update of Windows, installed, not permanent, and not of .NET or the servicing stack
- in the release data, the KB number is a hotpatch, and its build is that of this machine
- the history of Windows Update does not contradict; it must confirm a hotpatch whose build another
  update has, too
- a cumulative update with a lower build is installed below
- the package names this KB number, or has its build, or, if it has neither, was installed after every
  other update

A bad baseline (-Baseline): the script removes its package, the machine restarts, and the script
installs the previous baseline (-Previous) from a folder of .msu files, because Windows Update does not
offer older updates. Then the machine restarts again. Windows Server 2025 has checkpoint updates: put
the .msu of the previous baseline and those of the checkpoints before it into the folder, and no other
.msu file. Before it removes anything, the script checks that Microsoft signed each .msu file, copies
the files to Program Files\gpogen\msu, where only administrators can write, and compares the copies with
the files that it checked. After the restart, it compares them again, and installs the copies. Whether
Windows can verify the .msu files of build 26100, which are images and not cabinets, is unproven
(UNPROVEN-L): if it cannot, give the hash of the file with -Sha256.
Windows keeps many cumulative updates as permanent packages, which cannot be removed: the script then
says so and changes nothing. In that case, restore the machine from a backup.

The script restarts the machine only with -AllowRestart. Without it, the script exits with 3010 at each
restart, and a scheduled task that runs as SYSTEM continues after your restart. The script keeps the
remaining steps in HKEY_LOCAL_MACHINE\SOFTWARE\gpogen, and copies of itself and of the .msu files in
Program Files\gpogen. At the end, it removes all of them and the task.

The script does not prevent the machine from installing the update again. It prints what to do:
- Before the removal: Add the KB number to kbNumbersToExclude of every maintenance configuration that these machines have, and exclude it from each one-time update.
- A pause of quality updates does not help, because the GPO deletes it.

Exit code: 0 done, 1 the script failed, 2 not done (-WhatIf, or somebody declined a step), 4 refused,
nothing changed, 3010 a restart is required.

.PARAMETER Hotpatch
The hotpatch to remove: its KB number (KB5070893), or the name of its package.

.PARAMETER PackageName
The package of the hotpatch, as Get-WindowsPackage -Online lists it, if the script does not find or
accept it by its KB number. Requires -ReleaseData.

.PARAMETER Baseline
The baseline to remove: its KB number, or the name of its package.

.PARAMETER Folder
A folder with the .msu files of the previous baseline and of its checkpoints.

.PARAMETER Previous
The KB number of the previous baseline. The name of one .msu file in the folder must contain it.

.PARAMETER PreviousBuild
The build of the previous baseline, such as 26100.6899; gpogen calendar shows it. The script checks it
at the end.

.PARAMETER Sha256
The SHA-256 of each .msu file whose signature Windows cannot verify. Take it from a source that you
trust, not from the folder itself.

.PARAMETER ReleaseData
The file from gpogen releases export.

.PARAMETER AllowRestart
Restarts the machine when the plan requires it.

.PARAMETER Force
Continues on a domain controller without asking.

.PARAMETER Resume
Continues a plan after a restart. The scheduled task uses it.

.PARAMETER Cancel
Removes an unfinished plan: the task, the copy of the script, and the remaining steps.

.PARAMETER LogPath
A file to which the script appends its steps.

.EXAMPLE
PS> .\Restore-HotpatchBaseline.ps1

Lists the packages with their KB numbers, and whether Windows can remove them.

.EXAMPLE
PS> .\Restore-HotpatchBaseline.ps1 -Hotpatch KB5070893 -WhatIf

Prints the plan.

.EXAMPLE
PS> .\Restore-HotpatchBaseline.ps1 -Hotpatch KB5070893 -AllowRestart -LogPath C:\Windows\Logs\gpogen-restore.log

Removes the hotpatch and restarts the machine.

.EXAMPLE
PS> .\Restore-HotpatchBaseline.ps1 -Hotpatch KB5070893 -PackageName Package_for_X~31bf3856ad364e35~amd64~~10.0.1.1 -ReleaseData .\releases.txt -WhatIf

Prints the plan for a package that the script does not recognize.

.EXAMPLE
PS> .\Restore-HotpatchBaseline.ps1 -Baseline KB5073379 -Folder D:\msu -Previous KB5066835 -PreviousBuild 26100.6899 -AllowRestart

Returns to the previous baseline.
#>
[CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'List')]
[OutputType([pscustomobject])]
param(
    [Parameter(Mandatory = $true, ParameterSetName = 'Hotpatch')]
    [ValidatePattern('\A[A-Za-z0-9_.~-]{1,260}\z')]
    [string]$Hotpatch,
    [Parameter(ParameterSetName = 'Hotpatch')]
    [ValidatePattern('\A[A-Za-z0-9_.~-]{1,260}\z')]
    [string]$PackageName,
    [Parameter(Mandatory = $true, ParameterSetName = 'Baseline')]
    [ValidatePattern('\A[A-Za-z0-9_.~-]{1,260}\z')]
    [string]$Baseline,
    [Parameter(Mandatory = $true, ParameterSetName = 'Baseline')]
    [ValidateNotNullOrEmpty()]
    [string]$Folder,
    [Parameter(Mandatory = $true, ParameterSetName = 'Baseline')]
    [ValidatePattern('\A(?i:KB)[0-9]{6,8}\z')]
    [string]$Previous,
    [Parameter(Mandatory = $true, ParameterSetName = 'Baseline')]
    [ValidatePattern('\A[0-9]{5}\.[0-9]{1,6}\z')]
    [string]$PreviousBuild,
    [Parameter(ParameterSetName = 'Baseline')]
    [ValidatePattern('\A[0-9A-Fa-f]{64}(?:,[0-9A-Fa-f]{64})*\z')]
    [string[]]$Sha256 = @(),
    [Parameter(ParameterSetName = 'Hotpatch')]
    [ValidateNotNullOrEmpty()]
    [string]$ReleaseData,
    [Parameter(ParameterSetName = 'Hotpatch')]
    [Parameter(ParameterSetName = 'Baseline')]
    [switch]$AllowRestart,
    [Parameter(ParameterSetName = 'Hotpatch')]
    [Parameter(ParameterSetName = 'Baseline')]
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
$scriptName = 'Restore-HotpatchBaseline'
$keep = @(
    'Before the removal: Add the KB number to kbNumbersToExclude of every maintenance configuration that these machines have, and exclude it from each one-time update.'
)
$pause = 'A pause of quality updates does not help, because the GPO deletes it.'
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
#region release data

$releaseTypes = @('baseline','unplanned-baseline','hotpatch','unknown','out-of-band-hotpatch','cumulative','out-of-band-baseline')

# KB number to build and revision; Read-ReleaseData fills it.
$releaseBuilds = @{}

# KB number to type, as gpogen releases export writes it: build|month|type|number|build and revision|other numbers.
function Read-ReleaseData {
    $types = @{}
    if (-not $ReleaseData) { return $types }
    $path = Get-FullPath $ReleaseData
    if ([System.IO.FileInfo]::new($path).Length -gt 1MB) { throw "$path must have at most 1 MB." }
    $own = (Get-Build).Split('.')[0]
    $lines = @([System.IO.File]::ReadAllLines($path))
    if ($lines.Count -eq 0 -or $lines[0] -cnotmatch '\A# gpogen release data as of [0-9]{4}-[0-9]{2}-[0-9]{2}\z') { throw "$path is not a file of gpogen releases export." }
    $wrong = @()
    for ($number = 1; $number -lt $lines.Count; $number++) {
        $problem = Get-ReleaseProblem $lines[$number] $types $own
        if ($problem) { $wrong += "line $($number + 1): $problem" }
    }
    if ($wrong.Count -gt 0) { throw "${path}: $(@($wrong | Select-Object -First 5) -join '; ')$(if ($wrong.Count -gt 5) { "; and $($wrong.Count - 5) more" })" }
    return $types
}

# What is wrong with a line; without a problem, its numbers go to the types.
function Get-ReleaseProblem([string]$Line, $Types, [string]$Own) {
    $parts = $Line.Split('|')
    if ($parts.Count -ne 6) { return "a line must have 6 parts; got $($parts.Count)" }
    if ($parts[0] -cnotmatch '\A[0-9]{5}\z') { return 'the build must have 5 digits' }
    if ($parts[1] -cnotmatch '\A[0-9]{4}-[0-9]{2}\z') { return 'the month must be in the form 2026-02' }
    if ($releaseTypes -cnotcontains $parts[2]) { return "the type must be one of $($releaseTypes -join ', ')" }
    if ($parts[4] -cnotmatch '\A([0-9]{5}\.[0-9]{1,6})?\z') { return 'the build and revision must be in the form 26100.32313' }
    foreach ($kb in @(@($parts[3]) + $parts[5].Split(' ') | Where-Object { $_ })) {
        if ($kb -cnotmatch '\AKB[0-9]{6,8}\z') { return 'a number must be in the form KB5075942' }
        if ($parts[0] -ne $Own) { continue }
        if ($Types.ContainsKey($kb) -and $Types[$kb] -ne $parts[2]) { return "$kb is $($Types[$kb]) on a line before, and $($parts[2]) here" }
        $Types[$kb] = $parts[2]
        if ($parts[4] -and $kb -eq $parts[3]) { $releaseBuilds[$kb] = $parts[4] }
    }
}

#endregion
# powershell.exe -File gives a list as one text with commas.
$hashes = @(foreach ($item in $Sha256) { $item.ToUpperInvariant().Split(',') })
#region packages

$present = 'Installed', 'InstallPending', 'UninstallPending', 'Superseded', 'PartiallyInstalled'

# Those that are named as updates are; with $Every, all.
function Get-Package([bool]$Every) {
    foreach ($item in @(Get-WindowsPackage -Online -ErrorAction Stop)) {
        $name = "$(Get-Part $item 'PackageName')"
        $isUpdate = $name -like 'Package_for_*' -and $name -notlike 'Package_for_ServicingStack*'
        if (($Every -or $isUpdate) -and $present -contains "$(Get-Part $item 'PackageState')") { @{ Name = $name; State = "$(Get-Part $item 'PackageState')"; Type = "$(Get-Part $item 'ReleaseType')"; Time = Get-Part $item 'InstallTime' } }
    }
}

# The KB number that the package itself names: in its name, its description or its address of help.
function Get-PackageKb([string]$Name) {
    $own = [regex]::Match($Name, '\APackage_for_(KB[0-9]{6,8})[_~]')
    if ($own.Success) { return $own.Groups[1].Value }
    $detail = @(Get-WindowsPackage -Online -PackageName $Name -ErrorAction Stop)
    foreach ($part in 'Description', 'SupportInformation') {
        $found = [regex]::Match("$(Get-Part $detail[0] $part)", '(?i)(?:KB|kbid=|/)([0-9]{6,8})\b')
        if ($found.Success) { return "KB$($found.Groups[1].Value)" }
    }
}

# By the package's own manifest; nothing where it cannot be read. CBS has the last word.
function Test-Permanent([string]$Name) {
    $file = [System.IO.Path]::Combine([System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::Windows), 'servicing', 'Packages', "$Name.mum")
    if (-not [System.IO.File]::Exists($file) -or [System.IO.FileInfo]::new($file).Length -gt 50MB) { return $null }
    return [regex]::IsMatch([System.IO.File]::ReadAllText($file), '<package\b[^>]*\bpermanence\s*=\s*"permanent"')
}

function Get-RollupBuild([string]$Name) {
    $version = [regex]::Match($Name, '\APackage_for_RollupFix~[^~]*~[^~]*~[^~]*~([0-9]{5})\.([0-9]{1,6})\.')
    if ($version.Success) { return "$($version.Groups[1].Value).$($version.Groups[2].Value)" }
}

function Get-Revision([string]$Build) { return [int]$Build.Split('.')[1] }

function Find-Package([string]$Wanted) {
    $every = @(Get-Package)
    if ($Wanted -notmatch '\A(?i:KB)[0-9]{6,8}\z') { return @($every | Where-Object { $_.Name -eq $Wanted } | ForEach-Object { $_.Name }) }
    return @($every | Where-Object { (Get-PackageKb $_.Name) -eq $Wanted.ToUpperInvariant() } | ForEach-Object { $_.Name })
}

#endregion

#region the plan

# The baseline that is below a package: the newest other cumulative update that is in force.
function Find-Below([string]$Name) {
    $others = @(Get-Package | Where-Object { $_.Name -ne $Name -and $_.State -eq 'Installed' -and (Get-RollupBuild $_.Name) } | Sort-Object -Property { Get-Revision (Get-RollupBuild $_.Name) })
    if ($others.Count -gt 0) { return $others[-1].Name }
}

# 26100.32313, by the package's version; nothing where the package is not of this Windows build.
function Get-PackageBuild([string]$Name) {
    $version = [regex]::Match($Name, '~([0-9]{5}\.[0-9]{1,6})\.[0-9]+\.[0-9]+\z')
    if ($version.Success -and $version.Groups[1].Value.Split('.')[0] -eq (Get-Build).Split('.')[0]) { return $version.Groups[1].Value }
}

# The packages of this Windows build above a revision that are not cumulative updates, as hotpatches are.
function Find-Above([int]$Revision) {
    foreach ($item in @(Get-Package)) {
        if ('Installed', 'InstallPending' -notcontains $item.State -or $item.Name -like 'Package_for_RollupFix*') { continue }
        $own = Get-PackageBuild $item.Name
        if ($own -and (Get-Revision $own) -gt $Revision) { $item.Name }
    }
}

# What Windows Update's history says of an update: yes, no, or nothing where it does not name it.
function Get-HistorySign([string]$Kb) {
    $session = New-Object -ComObject 'Microsoft.Update.Session'
    $searcher = $session.CreateUpdateSearcher()
    $count = [System.Math]::Min([int]$searcher.GetTotalHistoryCount(), 1000)
    if ($count -eq 0) { return }
    $titles = @(foreach ($entry in @($searcher.QueryHistory(0, $count))) { if ("$(Get-Part $entry 'Operation')" -eq '1' -and "$(Get-Part $entry 'Title')" -match "\b$Kb\b") { "$(Get-Part $entry 'Title')" } })
    if ($titles.Count -eq 0) { return }
    return $(if (@($titles | Where-Object { $_ -notmatch 'Hotpatch' }).Count -eq 0) { 'yes' } else { 'no' })
}

function Get-ReleaseSign([string]$Kb) {
    $type = "$((Read-ReleaseData)[$Kb])"
    if (-not $type -or $type -eq 'unknown') { return }
    return $(if ('hotpatch', 'out-of-band-hotpatch' -contains $type) { 'yes' } else { 'no' })
}

# Why the signs do not show that a package is a hotpatch; nothing where they do.
function Get-SignRefusal([string]$Name, [string]$Build) {
    $kb = "$(Get-PackageKb $Name)"
    $history = ''
    $release = ''
    if ($kb) {
        try { $history = "$(Get-HistorySign $kb)" } catch { Write-Trouble "Windows Update's history cannot be read: $($_.Exception.Message)" }
        $release = "$(Get-ReleaseSign $kb)"
    }
    $against = @(
        if ($Build -ne (Get-Build)) { "this machine's build is $(Get-Build), the package's is $Build" }
        if ($history -eq 'no') { "in Windows Update's history, $kb is not a hotpatch" }
        if ($release -eq 'no') { "in the release data, $kb is not a hotpatch" }
    )
    if ($against.Count -gt 0) { return "Whether $Name is a hotpatch is unknown, because the signs contradict each other: $($against -join '; ')." }
    if ($history -ne 'yes' -and $release -ne 'yes') { return "Whether $Name is a hotpatch is unknown: neither Windows Update's history nor -ReleaseData names it as one." }
}

# Microsoft does not say how a hotpatch's package is named. What could be a baseline, or be of another
# product, is refused: it must be of this Windows build, and newer than the baseline below it.
function Get-HotpatchRefusal([string]$Name) {
    if ($Name -like 'Package_for_RollupFix*') { return "$Name is a cumulative update, which can be the baseline. Use -Baseline." }
    $own = Get-PackageBuild $Name
    if (-not $own -or $Name -like '*DotNet*') { return "$Name is not a hotpatch of this machine's build $((Get-Build).Split('.')[0]): it belongs to another product, such as .NET." }
    $below = Find-Below $Name
    if (-not $below) { return "No baseline would be left below ${Name}: no other cumulative update is installed." }
    if ((Get-Revision $own) -le (Get-Revision (Get-RollupBuild $below))) { return "$Name is not newer than the installed baseline $below, so it is not a hotpatch on it." }
    $above = @(Find-Above (Get-Revision $own))
    if ($above.Count -gt 0) { return "A newer hotpatch is installed. Remove it first: $($above -join ', ')" }
    Get-SignRefusal $Name $own
}

# DISM's words for packages that are updates; not those of features, languages or Windows itself.
$updateTypes = 'CriticalUpdate', 'Hotfix', 'SecurityUpdate', 'SoftwareUpdate', 'Update', 'UpdateRollup'

# Whether a package is an update of Windows that can be a hotpatch.
function Test-WindowsUpdate($Package) { return $updateTypes -contains $Package.Type -and $Package.Name -notlike '*DotNet*' -and $Package.Name -notlike '*ServicingStack*' }

# A package that somebody named: what its name and version do not say, the release data and the build
# of this machine must say.
function Get-NamedRefusal([string]$Name) {
    $package = @(Get-Package $true | Where-Object { $_.Name -eq $Name })[0]
    if (-not (Test-WindowsUpdate $package)) { return "$Name is not an update of Windows that can be a hotpatch; its type is $($package.Type)." }
    $kb = $Hotpatch.ToUpperInvariant()
    if ((Get-ReleaseSign $kb) -ne 'yes' -or -not $releaseBuilds.ContainsKey($kb)) { return "In the release data, $kb must be a hotpatch of build $((Get-Build).Split('.')[0]), with its revision." }
    $build = $releaseBuilds[$kb]
    if ($build -ne (Get-Build)) { return "$kb has the build $build, and this machine $(Get-Build): the hotpatch is not what was installed last." }
    $history = ''
    try { $history = "$(Get-HistorySign $kb)" } catch { Write-Trouble "Windows Update's history cannot be read: $($_.Exception.Message)" }
    if ($history -eq 'no') { return "In Windows Update's history, $kb is not a hotpatch." }
    $same = @($releaseBuilds.Keys | Where-Object { $_ -ne $kb -and $releaseBuilds[$_] -eq $build })
    if ($same.Count -gt 0 -and $history -ne 'yes') { return "$($same -join ', ') has the build $build, too, and Windows Update's history does not say which one is installed." }
    $below = Find-Below $Name
    if (-not $below -or (Get-Revision (Get-RollupBuild $below)) -ge (Get-Revision $build)) { return "No baseline would be left below ${Name}: no cumulative update with a lower build than $build is installed." }
    Get-LinkRefusal $Name $kb $build
}

# Why the package may not be that of the KB number.
function Get-LinkRefusal([string]$Name, [string]$Kb, [string]$Build) {
    $said = "$(Get-PackageKb $Name)"
    if ($said -and $said -ne $Kb) { return "$Name is of $said, not of $Kb." }
    $own = "$(Get-PackageBuild $Name)"
    if ($Name -like 'Package_for_RollupFix*' -and $own -ne $Build) { return "$Name is a cumulative update of another build than ${Build}: it can be the baseline." }
    if ($said -or $own -eq $Build) { return }
    $every = @(Get-Package $true | Where-Object { Test-WindowsUpdate $_ })
    $time = @($every | Where-Object { $_.Name -eq $Name })[0].Time
    $later = @($every | Where-Object { $_.Name -ne $Name -and ($null -eq $time -or $null -eq $_.Time -or $_.Time -ge $time) } | ForEach-Object { $_.Name })
    if ($later.Count -gt 0) { return "$Name names neither $Kb nor its build, and whether it was installed after these is not known: $($later -join ', ')" }
}

function Get-BaselineRefusal([string]$Name) {
    $own = Get-RollupBuild $Name
    if (-not $own) { return "$Name is not a cumulative update, so not a baseline. Use -Hotpatch." }
    $below = Find-Below $Name
    if ($below -and (Get-Revision (Get-RollupBuild $below)) -gt (Get-Revision $own)) { "A newer cumulative update is installed. Remove it first: $below" }
    $above = @(Find-Above (Get-Revision $own))
    if ($above.Count -gt 0) { "A hotpatch is installed on this baseline. Remove it first, with -Hotpatch: $($above -join ', ')" }
}

function Get-StateRefusal([string]$Name) {
    $state = "$(@(Get-Package $true | Where-Object { $_.Name -eq $Name })[0].State)"
    if ($state -ne 'Installed') { "The state of $Name must be Installed; got $state." }
}

# The .msu files of the folder; .NET Framework finds .msux by *.msu, too.
function Find-Msu {
    $path = Get-FullPath $Folder
    if (-not [System.IO.Directory]::Exists($path)) { return @() }
    return @([System.IO.Directory]::GetFiles($path) | Where-Object { [System.IO.Path]::GetExtension($_) -eq '.msu' } | Sort-Object)
}

function Select-Previous([string[]]$Names) {
    return @($Names | Where-Object { [System.IO.Path]::GetFileName($_) -match "(?i)(?<![a-z0-9])$Previous(?![0-9])" })
}

# One sentence for each reason not to begin; all of them at once.
function Get-Refusal([string[]]$Found, [string]$Wanted) {
    Get-PlatformRefusal $true
    foreach ($danger in @(Get-RestartDanger)) { $danger }
    $pending = @(Get-PendingRestart)
    if ($pending.Count -gt 0) { "A restart is pending ($($pending -join ', ')). Restart the machine first." }
    if (Test-Key $stateKey) { 'There is an unfinished plan. Restart the machine, or run the script with -Cancel.' }
    if ($Found.Count -eq 0) { "No installed package is $(if ($PackageName) { $PackageName } else { $Wanted }). Run the script without parameters to see them." }
    if ($Found.Count -gt 1) { "$Wanted is $($Found.Count) packages. Name one: $($Found -join ', ')" }
    if ($PackageName -and ($Wanted -notmatch '\A(?i:KB)[0-9]{6,8}\z' -or -not $ReleaseData)) { '-PackageName requires a KB number in -Hotpatch, and -ReleaseData.'; return }
    if ($Found.Count -ne 1) { return }
    if ((Test-Permanent $Found[0]) -eq $true) { "Windows keeps $($Found[0]) as a permanent package, which cannot be removed. Restore the machine from a backup, or wait for the update that replaces it." }
    Get-StateRefusal $Found[0]
    if ($PackageName) { Get-NamedRefusal $Found[0] }
    elseif ($Hotpatch) { Get-HotpatchRefusal $Found[0] }
    if ($Baseline) {
        Get-BaselineRefusal $Found[0]
        Get-FolderRefusal
    }
}

function Get-FolderRefusal {
    $files = @(Find-Msu)
    $count = @(Select-Previous $files).Count
    if ($count -ne 1) { "The folder must have one .msu file whose name contains ${Previous}; got $count. Without it, no baseline would be left." }
    $space = @(if ($count -eq 1) { Get-SpaceRefusal $files })
    $space
    # Every byte is read, which takes a while.
    if ($count -eq 1 -and $space.Count -eq 0) { foreach ($file in $files) { Get-MsuRefusal $file } }
    $build = Get-Build
    if ($PreviousBuild.Split('.')[0] -ne $build.Split('.')[0]) { "The previous baseline must be of build $($build.Split('.')[0]); got $PreviousBuild." }
    elseif ((Get-Revision $PreviousBuild) -ge (Get-Revision $build)) { "The previous baseline must be older than this machine's build ${build}; got $PreviousBuild." }
}

function New-Step([string]$Do, [string]$What, [string]$Text) { return @{ Do = $Do; What = $What; Text = $Text } }

function New-Plan([string]$Name) {
    $restart = $(if ($AllowRestart) { 'Restart this machine' } else { 'Wait for the restart that you make' })
    if ($Baseline) { New-Step 'copy' '' "Copy $(@($msu.Keys) -join ', ') to $msuFolder" }
    New-Step 'remove' $Name "Remove the package $Name"
    New-Step 'restart' "$AllowRestart" $restart
    if ($Hotpatch) {
        $below = Find-Below $Name
        New-Step 'check' "$Name|$below|" "Check that $Name is gone and $below is installed"
        return
    }
    $file = [System.IO.Path]::Combine($msuFolder, @(Select-Previous @($msu.Keys))[0])
    New-Step 'add' "$file|$(ConvertTo-MsuText)" "Install $file"
    New-Step 'restart' "$AllowRestart" $restart
    New-Step 'check' "$Name||$PreviousBuild" "Check that $Name is gone and the build is $PreviousBuild"
}

function ConvertTo-Stored($Step) { return "$($Step.Do)`n$($Step.What)`n$($Step.Text)" }

function Read-Plan {
    $count = [int](Read-Value $stateKey 'Count')
    for ($number = 1; $number -le $count; $number++) {
        $parts = "$(Read-Value $stateKey "Step$number")".Split("`n")
        @{ Do = $parts[0]; What = $parts[1]; Text = $parts[2] }
    }
}

function Save-Plan($Plan, [int]$Next) {
    $values = @{ Count = $Plan.Count; Next = $Next; Wanted = $wanted }
    for ($number = 1; $number -le $Plan.Count; $number++) { $values["Step$number"] = ConvertTo-Stored $Plan[$number - 1] }
    Save-State $values
}

#endregion

#region what is done

function Clear-Plan {
    Clear-State
    Remove-MsuFolder
}

# Everything that goes on after the restart is there before the package goes. If that fails, or the
# removal does, no plan is left; but a package that is no longer Installed goes at the next restart,
# and then the plan continues.
function Start-Removal($Plan, [int]$Number) {
    try {
        Save-Plan $Plan $Number
        Register-Task '-Resume' $true
        Remove-Package $Plan[$Number - 1].What
    }
    catch {
        $first = $_
        try {
            $name = $Plan[$Number - 1].What
            if (@(Get-Package $true | Where-Object { $_.Name -eq $name -and $_.State -eq 'Installed' }).Count -gt 0) { Clear-Plan }
            else { Write-Trouble "Windows reported an error, but $name is no longer Installed. The plan continues after the next restart." }
        }
        catch { Write-Trouble "Whether the plan can be removed is unknown: $($_.Exception.Message) Run the script without parameters, and with -Cancel if the package is still Installed." }
        throw $first
    }
}

function Remove-Package([string]$Name) {
    try { $null = Remove-WindowsPackage -Online -PackageName $Name -NoRestart -ErrorAction Stop }
    catch {
        # CBS_E_CANNOT_UNINSTALL
        if ($_.Exception.HResult -eq -2146498523 -or "$($_.Exception.Message)" -match '(?i)0x800f0825|permanent package') {
            $script:refused = $true
            throw "Windows refuses to remove ${Name}: it is a permanent package (0x800f0825). Nothing was changed. Restore the machine from a backup, or wait for the update that replaces it."
        }
        throw
    }
}

# Windows Server 2022's servicing takes what is in the .msu; later ones find checkpoints beside it.
function Add-Msu([string]$What) {
    $file, $checked = $What.Split('|', 2)
    $wrong = @(Get-MsuDifference $checked)
    if ($wrong.Count -gt 0) { throw "Nothing was installed, because the .msu files are not those that were checked: $($wrong -join '; '). Put the files back and run the script with -Resume, or restart." }
    if ((Get-Build).Split('.')[0] -eq '20348') { Add-MsuContent $file }
    else { $null = Add-WindowsPackage -Online -PackagePath $file -NoRestart -ErrorAction Stop }
}

# Nothing when all is as planned, else what is not.
function Get-Difference([string]$What) {
    $gone, $kept, $build = $What.Split('|')
    $every = @(Get-Package $true)
    if (@($every | Where-Object { $_.Name -eq $gone }).Count -gt 0) { "$gone is still installed" }
    if ($kept -and @($every | Where-Object { $_.Name -eq $kept -and $_.State -eq 'Installed' }).Count -eq 0) { "$kept is not installed" }
    if ($build -and (Get-Build) -ne $build) { "the build is $(Get-Build), not $build" }
}

# What a plan that is removed leaves: a machine without the package, and without the one before it.
function Write-Lost {
    $plan = @(Read-Plan)
    $name = "$(@($plan | Where-Object { $_.Do -eq 'remove' } | ForEach-Object { $_.What }))"
    if (-not $name -or @(Get-Package $true | Where-Object { $_.Name -eq $name -and $_.State -eq 'Installed' }).Count -gt 0) { return }
    Write-Trouble "$name is removed already, or goes with the next restart."
    $next = [int](Read-Value $stateKey 'Next')
    for ($number = $next; $number -le $plan.Count; $number++) { if ('add', 'check' -contains $plan[$number - 1].Do) { Write-Trouble "Not done: $($plan[$number - 1].Text)" } }
}

function Write-Keep {
    Write-Step "To prevent Windows from installing $wanted again, do the following:"
    foreach ($line in $keep) { Write-Step "- $line" }
    Write-Step "- $pause"
}

function New-Result([string]$State, $Plan, [int]$Next) {
    return [pscustomobject]@{ PSTypeName = 'Gpogen.Restore'; State = $State; Update = $wanted; Build = Get-Build; Done = $Next - 1; Steps = @($Plan | ForEach-Object { $_.Text }) }
}

# Does the steps from one on; returns the exit code, after the result.
function Invoke-Plan($Plan, [int]$Next) {
    for ($number = $Next; $number -le $Plan.Count; $number++) {
        $step = $Plan[$number - 1]
        if ($step.Do -ne 'check' -and -not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, "Step ${number}: $($step.Text)")) {
            # A restart that was declined is one that somebody makes later. Before the removal there is no plan.
            if (Test-Key $stateKey) { Save-Plan $Plan $(if ($step.Do -eq 'restart') { $number + 1 } else { $number }) }
            Write-Step "Step $number was declined."
            New-Result 'Declined' $Plan $number
            $script:code = 2
            return
        }
        Write-Step "Step $number of $($Plan.Count): $($step.Text)"
        switch ($step.Do) {
            'copy' { Copy-Msu }
            'remove' { Start-Removal $Plan $number }
            'add' { Add-Msu $step.What }
            'restart' {
                Save-Plan $Plan ($number + 1)
                New-Result 'RestartNeeded' $Plan ($number + 1)
                $script:code = 3010
                if ($step.What -eq 'True') { Restart-Allowed }
                return
            }
            'check' {
                $wrong = @(Get-Difference $step.What)
                if ($wrong.Count -gt 0) { throw "After the restart, $($wrong -join '; '). See C:\Windows\Logs\CBS\CBS.log." }
            }
        }
    }
    Clear-Plan
    Write-Keep
    New-Result 'Done' $Plan ($Plan.Count + 1)
    $script:code = 0
}

function Get-Listing {
    foreach ($item in @(Get-Package)) {
        $permanent = Test-Permanent $item.Name
        [pscustomobject]@{ PSTypeName = 'Gpogen.Package'; KB = Get-PackageKb $item.Name; State = $item.State; Permanent = $(if ($null -eq $permanent) { 'not known' } elseif ($permanent) { 'yes' } else { 'no' }); Installed = $item.Time; PackageName = Format-Shown $item.Name }
    }
}

function Start-Restore {
    $found = @(if ($PackageName) { Get-Package $true | Where-Object { $_.Name -eq $PackageName } | ForEach-Object { $_.Name } } else { Find-Package $wanted })
    $refusals = @(Get-Refusal $found $wanted)
    if ($refusals.Count -eq 0 -and -not (Confirm-DomainController)) { $refusals = @('This machine is a domain controller. Check that the others replicate (repadmin /replsummary), and run the script with -Force.') }
    if ($refusals.Count -gt 0) {
        foreach ($refusal in $refusals) { Write-Trouble "Refused: $refusal" }
        $script:code = 4
        return
    }
    $plan = @(New-Plan $found[0])
    Write-Step "The plan for $wanted on ${env:COMPUTERNAME}:"
    for ($number = 1; $number -le $plan.Count; $number++) { Write-Step "  $number. $($plan[$number - 1].Text)" }
    if ($WhatIfPreference) {
        Write-Keep
        Write-Step 'Nothing was changed (-WhatIf).'
        New-Result 'WhatIf' $plan 1
        $script:code = 2
        return
    }
    Invoke-Plan $plan 1
}

function Resume-Restore {
    if (-not (Test-Key $stateKey)) {
        Write-Trouble 'Refused: there is no plan to continue.'
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
    $script:wanted = "$(Read-Value $stateKey 'Wanted')"
    $plan = @(Read-Plan)
    $next = [int](Read-Value $stateKey 'Next')
    if ($WhatIfPreference) {
        for ($number = $next; $number -le $plan.Count; $number++) { Write-Step "  $number. $($plan[$number - 1].Text)" }
        Write-Step 'Nothing was changed (-WhatIf).'
        New-Result 'WhatIf' $plan $next
        $script:code = 2
        return
    }
    if ($plan[$next - 1].Do -eq 'remove') {
        # The run ended between the plan and the step after the removal. What is installed decides.
        if (@(Get-Package $true | Where-Object { $_.Name -eq $plan[$next - 1].What }).Count -gt 0) {
            Clear-Plan
            throw 'The package was not removed before the machine restarted. The plan was removed: run the script again.'
        }
        $next += 2
    }
    Invoke-Plan $plan $next
}

#endregion

$code = 1
$refused = $false
$wanted = "$Hotpatch$Baseline"
$root = $null
try {
    Test-Process 'The packages of Windows require'
    $root = Open-Root
    switch ($PSCmdlet.ParameterSetName) {
        'List' {
            Get-Listing
            $code = 0
        }
        'Resume' { Resume-Restore }
        'Cancel' {
            $code = 2
            if ($PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Remove the unfinished plan')) {
                Write-Lost
                Clear-Plan
                $code = 0
            }
        }
        default { Start-Restore }
    }
}
catch {
    $code = $(if ($refused) { 4 } else { 1 })
    if ($refused) { Write-Step "Refused: $($_.Exception.Message)" }
    else { Write-Failure $_ }
}
finally {
    if ($null -ne $root) {
        Remove-UnusedMsu
        $root.Close()
    }
}
exit $code
