<#
.SYNOPSIS
Lists and installs updates now, as menu 6 of SConfig does. For the profile arc-ws2025-datacenter.

.DESCRIPTION
Profile: arc-ws2025-datacenter
GPO: Hotpatch: Azure Arc, Windows Server 2025 Datacenter
Why: Windows Update installs on Sunday at 03:00, and restarts in baseline months.
For: Windows Server 2025 Datacenter, Server Core, member servers, Azure Arc-enabled servers
Digest: 4d7c7d7562bf071ba05d2ff3ed8411434d350d03f5688431a9f282e5009ceb3e
Made by: gpogen 0.1.0

Searches as SConfig does, at the service that the machine uses, and shows for each update whether it is
a hotpatch, whether it restarts the machine, and whether it takes the machine off the hotpatch train.
Then the script downloads and installs the updates that the parameters select, and accepts their
license terms.

On build 26100 and later, Windows says whether an update restarts the machine after it has downloaded
the bootstrapper, a small file. On earlier builds, only the title and the metadata of the update say
it. If the answer is unknown, the script shows unknown, and -ExcludeRestart excludes the update.

The script installs optional updates, previews, and updates that take a machine off the train
according to the release data only if -IncludeKB names them. The script has no release data: gpogen
releases export writes the file for -ReleaseData. Without it, an ordinary cumulative update and a
baseline look the same.

In a remote session, Windows refuses to download and install. The script then runs a copy of itself
in a scheduled task as SYSTEM, waits for it, and shows its output.

Such an installation ignores maintenance windows, rings, and the availability-first order of Azure.

Exit code: 0 done, or nothing to do; 1 the script failed; 2 there are updates that were not installed
or hidden (-AssessOnly, -WhatIf, or declined); 3 unknown; 4 refused, nothing changed; 5 -HotpatchOnly
found a cumulative update that restarts; 3010 installed, but a restart is required.

.PARAMETER AssessOnly
Shows the updates and installs nothing. It downloads the bootstrappers, which say whether an update
restarts the machine.

.PARAMETER HotpatchOnly
Installs hotpatches only. If a cumulative update is offered, too, the exit code is 5.

.PARAMETER ExcludeRestart
Excludes updates that restart the machine, or can.

.PARAMETER Classification
Installs these classes only: Critical, Security, UpdateRollup, FeaturePack, ServicePack, Definition,
Tools, Updates.

.PARAMETER IncludeKB
Installs these updates only; with -Classification, these in addition.

.PARAMETER ExcludeKB
Excludes these updates, whatever the other parameters select.

.PARAMETER HideKB
Hides these updates and installs nothing. The search of Windows Update then excludes them. Whether the
automatic installation of a hotpatch respects it is unproven.

.PARAMETER Search
All: SConfig's "All updates". Recommended: SConfig's "Recommended updates".

.PARAMETER ReleaseData
The file from gpogen releases export.

.PARAMETER AllowRestart
Restarts the machine if an installed update requires it.

.PARAMETER Force
With -AllowRestart, continues on a domain controller without asking.

.PARAMETER LogPath
A file to which the script appends its steps.

.PARAMETER FromTask
For the scheduled task, which reads what to do from HKEY_LOCAL_MACHINE\SOFTWARE\gpogen.

.EXAMPLE
PS> .\Install-Updates.ps1 -AssessOnly

Lists the updates that are offered.

.EXAMPLE
PS> .\Install-Updates.ps1 -HotpatchOnly -ReleaseData .\releases.txt

Installs the hotpatch of the month, and nothing that restarts the machine.

.EXAMPLE
PS> .\Install-Updates.ps1 -Classification Security,Critical -ExcludeKB KB5070881 -AllowRestart

Installs two classes except for one update, and restarts the machine if required.
#>
[CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'Install')]
[OutputType([pscustomobject])]
param(
    [Parameter(Mandatory = $true, ParameterSetName = 'Assess')]
    [switch]$AssessOnly,
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [switch]$HotpatchOnly,
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [switch]$ExcludeRestart,
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [ValidatePattern('\A(?i:Critical|Security|UpdateRollup|FeaturePack|ServicePack|Definition|Tools|Updates)(?i:,(?:Critical|Security|UpdateRollup|FeaturePack|ServicePack|Definition|Tools|Updates))*\z')]
    [string[]]$Classification = @(),
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [ValidatePattern('\A(?i:KB)[0-9]{6,8}(?i:,KB[0-9]{6,8})*\z')]
    [string[]]$IncludeKB = @(),
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [ValidatePattern('\A(?i:KB)[0-9]{6,8}(?i:,KB[0-9]{6,8})*\z')]
    [string[]]$ExcludeKB = @(),
    [Parameter(Mandatory = $true, ParameterSetName = 'Hide')]
    [ValidatePattern('\A(?i:KB)[0-9]{6,8}(?i:,KB[0-9]{6,8})*\z')]
    [string[]]$HideKB,
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [ValidateSet('All', 'Recommended')]
    [string]$Search = 'All',
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [ValidateNotNullOrEmpty()]
    [string]$ReleaseData,
    [Parameter(ParameterSetName = 'Install')]
    [switch]$AllowRestart,
    [Parameter(ParameterSetName = 'Install')]
    [switch]$Force,
    [Parameter(ParameterSetName = 'Assess')]
    [Parameter(ParameterSetName = 'Install')]
    [Parameter(ParameterSetName = 'Hide')]
    [ValidateNotNullOrEmpty()]
    [string]$LogPath,
    [Parameter(Mandatory = $true, ParameterSetName = 'Task')]
    [switch]$FromTask
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where this script cannot access the registry. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$scriptName = 'Install-Updates'
# SConfig.Update.psm1
$criteria = @{
    All = "IsInstalled=0 and DeploymentAction='Installation' or IsInstalled=0 and DeploymentAction='OptionalInstallation' or IsPresent=1 and DeploymentAction='Uninstallation' or IsInstalled=1 and DeploymentAction='Installation' and RebootRequired=1 or IsInstalled=0 and DeploymentAction='Uninstallation' and RebootRequired=1"
    Recommended = "IsInstalled=0 and Type='Software' and AutoSelectOnWebsites=1"
}
$featureUpdate = '3689BDC8-B205-4AF4-8D4A-A63924C5E9D5'
$classes = @{
    Critical = 'E6CF1350-C01B-414D-A61F-263D14D133B4'
    Security = '0FA1201D-4330-4FA8-8AE9-B877473B6441'
    UpdateRollup = '28BC880E-0592-4CBF-8F95-C79B17911D5F'
    FeaturePack = 'B54E7D24-7ADD-428F-8B75-90A396FA584F'
    ServicePack = '68C5B0A3-D1A6-4553-AE49-01D3A7827828'
    Definition = 'E0789628-CE08-4437-BE74-2495B842F43B'
    Tools = 'B4832BD8-E735-4761-8DAF-37F882276DAB'
    Updates = 'CD5FFD1E-E932-4E3A-BF74-18BF0B1BBD83'
}
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
#region what is offered

# powershell.exe -File gives a list as one text with commas.
function Split-List([string[]]$Items) {
    foreach ($item in $Items) { foreach ($part in $item.Split(',')) { $part.ToUpperInvariant() } }
}

function New-Agent {
    $session = New-Object -ComObject 'Microsoft.Update.Session'
    $session.ClientApplicationID = 'gpogen'
    return $session
}

# Whether it restarts: no, yes, maybe (it says so itself), unknown, or unanswered (Windows was asked).
function Get-Restart($Update, $Session, [ref]$Asked) {
    $Asked.Value = $false
    if ((Test-Bootstrapper $Update) -and -not $WhatIfPreference) {
        try {
            $one = New-Object -ComObject 'Microsoft.Update.UpdateColl'
            $null = $one.Add($Update)
            $downloader = $Session.CreateUpdateDownloader()
            $downloader.Updates = $one
            # 1: the bootstrapper alone.
            $null = $downloader.Download2(1)
            $answer = [bool]$Update.EvaluateExtendedDynamicProperty('DoesUpdateRequireReboot')
            $Asked.Value = $true
            return $(if ($answer) { 'yes' } else { 'no' })
        }
        catch {
            Write-Trouble "Whether $($Update.Title) restarts the machine is unknown: $($_.Exception.Message)"
            return 'unanswered'
        }
    }
    $behavior = "$(Get-Part (Get-Part $Update 'InstallationBehavior') 'RebootBehavior')"
    # That a hotpatch says 0 is not known, so 2 (can request) means unknown for what calls itself one.
    switch ($behavior) {
        '0' { return 'no' }
        '1' { return 'yes' }
        '2' { return $(if ($Update.Title -match 'Hotpatch') { 'unknown' } else { 'maybe' }) }
    }
    return 'unknown'
}

function Test-Bootstrapper($Update) {
    # IUpdateEx is of build 26100; before it there is no such property.
    try { return [bool]$Update.ExtendedStaticProperty('ContainsUpdateBootstrapper') }
    catch { return $false }
}

# hotpatch, cumulative, or other for what is not an update of the system itself.
function Get-Kind([string]$Title, [string]$Type, [string]$Restart, [bool]$Asked) {
    # 2026-02 Cumulative Update for ...; 2026-08 Security Update (KB5120233) (26100.33296)
    $isSystem = $Type -or $Title -match 'Hotpatch' -or $Title -match 'Cumulative Update (Preview )?for (Windows|Microsoft server)' -or $Title -match '\(2[0-9]{4}\.[0-9]+\)'
    if (-not $isSystem) { return 'other' }
    if ($Asked) { return $(if ($Restart -eq 'no') { 'hotpatch' } else { 'cumulative' }) }
    if ($Type) { return $(if ($Type -match 'hotpatch') { 'hotpatch' } else { 'cumulative' }) }
    return $(if ($Title -match 'Hotpatch') { 'hotpatch' } else { 'cumulative' })
}

# Whether the machine is on the hotpatch train afterwards: a preview is never a baseline.
function Get-Train([string]$Kind, [string]$Type, [string]$Title) {
    if ($Kind -ne 'cumulative') { return 'stays' }
    if ($Type -eq 'cumulative' -or $Title -match 'Preview') { return 'leaves' }
    return $(if ($Type -match 'baseline') { 'stays' } else { 'unknown' })
}

function New-Row($Update, $Session, $Types) {
    $kbs = @($Update.KBArticleIDs | ForEach-Object { "KB$_".ToUpperInvariant() })
    $type = "$(@($kbs | ForEach-Object { $Types[$_] } | Where-Object { $_ }) | Select-Object -First 1)"
    $asked = $false
    $restart = Get-Restart $Update $Session ([ref]$asked)
    $kind = Get-Kind "$($Update.Title)" $type $restart $asked
    if ($kind -eq 'cumulative' -and $restart -ne 'no') { $restart = 'yes' }
    $train = Get-Train $kind $type "$($Update.Title)"
    return [pscustomobject]@{ PSTypeName = 'Gpogen.Update'; KB = $kbs -join ' '; Kind = $kind; Restart = $restart; Train = $train; Chosen = $false; Reason = ''; Result = ''; Title = Format-Shown $Update.Title; Classes = @($Update.Categories | ForEach-Object { "$($_.CategoryID)".ToUpperInvariant() }) }
}

# Why an update is left out; nothing if it is chosen.
function Get-LeftOut($Update, $Row) {
    $own = @($Row.KB.Split(' ') | Where-Object { $_ })
    $named = @($own | Where-Object { $include -contains $_ }).Count -gt 0
    if (@($own | Where-Object { $exclude -contains $_ }).Count -gt 0) { return '-ExcludeKB names it' }
    if ("$(Get-Part $Update 'DeploymentAction')" -eq '2') { return 'it is to be uninstalled, which this script does not do' }
    if ((Get-Part $Update 'IsInstalled') -eq $true) { return 'it is installed, and waits for a restart' }
    if ((Get-Part $Update 'IsHidden') -eq $true -and -not $named) { return 'it is hidden' }
    if ("$(Get-Part $Update 'DeploymentAction')" -eq '4' -and -not $named) { return 'it is optional; -IncludeKB installs it' }
    if ($Row.Classes -contains $featureUpdate) { return 'it is a feature update' }
    if ($HotpatchOnly -and $Row.Kind -ne 'hotpatch') { return '-HotpatchOnly: it is not a hotpatch' }
    if ($HotpatchOnly -and $Row.Restart -eq 'yes') { return '-HotpatchOnly: it restarts the machine' }
    if ($HotpatchOnly -and $Row.Restart -eq 'unanswered') { return '-HotpatchOnly: Windows could not say whether it restarts the machine' }
    if ($ExcludeRestart -and $Row.Restart -ne 'no') { return "-ExcludeRestart: whether it restarts: $($Row.Restart)" }
    if ($Row.Train -eq 'leaves' -and -not $named) { return 'it takes the machine off the hotpatch train; -IncludeKB installs it' }
    $inClass = @($Row.Classes | Where-Object { $wantedClasses -contains $_ }).Count -gt 0
    if ($named -or $inClass) { return }
    if ($wantedClasses.Count -gt 0) { return '-Classification does not name its class' }
    if ($include.Count -gt 0) { return '-IncludeKB does not name it' }
}

function Find-Update($Session) {
    $searcher = $Session.CreateUpdateSearcher()
    $found = $searcher.Search($criteria[$Search])
    # 2 succeeded, 3 with errors: then nobody knows what else there is.
    $script:complete = "$($found.ResultCode)" -eq '2'
    return @($found.Updates)
}

#endregion

#region what is done

function New-Collection($Updates) {
    $collection = New-Object -ComObject 'Microsoft.Update.UpdateColl'
    foreach ($update in $Updates) {
        if (-not $update.EulaAccepted) { $update.AcceptEula() }
        $null = $collection.Add($update)
    }
    return , $collection
}

$results = @{ 0 = 'not started'; 1 = 'in progress'; 2 = 'installed'; 3 = 'installed with errors'; 4 = 'failed'; 5 = 'stopped' }

# Downloads and installs; the rows get their results. True where a restart is needed.
function Install-Chosen($Session, $Updates, $Rows) {
    $collection = New-Collection $Updates
    $downloader = $Session.CreateUpdateDownloader()
    $downloader.Updates = $collection
    Write-Step "Downloads $($Updates.Count) updates."
    $null = $downloader.Download()
    $installer = $Session.CreateUpdateInstaller()
    $installer.Updates = $collection
    Write-Step "Installs $($Updates.Count) updates."
    $done = $installer.Install()
    for ($number = 0; $number -lt $Updates.Count; $number++) { $Rows[$number].Result = $results[[int]$done.GetUpdateResult($number).ResultCode] }
    return [bool]$done.RebootRequired
}

function Hide-Update($Updates) {
    $found = @()
    foreach ($update in $Updates) {
        $kbs = @($update.KBArticleIDs | ForEach-Object { "KB$_".ToUpperInvariant() } | Where-Object { $hide -contains $_ })
        if ($kbs.Count -eq 0) { continue }
        $found += $kbs
        if (-not $PSCmdlet.ShouldProcess($update.Title, 'Hide the update')) {
            $script:declined = $true
            continue
        }
        $update.IsHidden = $true
        $script:hidden += Format-Shown $update.Title
        Write-Step "Hidden: $($update.Title)"
    }
    $missing = @($hide | Where-Object { $found -notcontains $_ })
    foreach ($kb in $missing) {
        $script:problems += "Not offered now, so not hidden: $kb. Run this again when it is offered."
        Write-Trouble $script:problems[-1]
    }
    if ($declined) { return 2 }
    return $(if ($missing.Count -gt 0) { 3 } else { 0 })
}

function Get-Refusal {
    Get-PlatformRefusal $true
    if ($hide.Count -gt 0) { return }
    $pending = @(Get-PendingRestart)
    if ($pending.Count -gt 0) { "A restart is pending ($($pending -join ', ')). Restart the machine first." }
    if ($AllowRestart) { Get-RestartDanger }
}

function Write-Row($Rows) {
    foreach ($row in $Rows) {
        if ($row.Kind -eq 'cumulative' -and $row.Train -eq 'leaves') { Write-Trouble "$($row.KB) takes this machine off the hotpatch train until the next baseline." }
        if ($row.Kind -eq 'cumulative' -and $row.Train -eq 'unknown') { Write-Trouble "$($row.KB) is a cumulative update. If it is not a baseline, it takes this machine off the hotpatch train; use -ReleaseData to find out." }
        Write-Step "$(if ($row.Chosen) { 'chosen' } else { 'left out' }): $($row.KB) $($row.Kind), restart $($row.Restart): $($row.Title)$(if ($row.Reason) { " ($($row.Reason))" })"
    }
}

# The exit code of a run that had no error.
function Get-Code($Rows, [bool]$Restart) {
    $bad = @($Rows | Where-Object { $_.Chosen -and 'installed' -ne $_.Result })
    if ($bad.Count -gt 0) { return 1 }
    if ($Restart) { return 3010 }
    if ($declined) { return 2 }
    if ($HotpatchOnly -and @($Rows | Where-Object { $_.Kind -eq 'cumulative' }).Count -gt 0) { return 5 }
    if ($HotpatchOnly -and @($Rows | Where-Object { $_.Restart -eq 'unanswered' }).Count -gt 0) { return 3 }
    return $(if ($complete) { 0 } else { 3 })
}

function Invoke-Update {
    $session = New-Agent
    $types = Read-ReleaseData
    $updates = @(Find-Update $session)
    if ($hide.Count -gt 0) {
        $script:code = Hide-Update $updates
        return
    }
    $rows = @($updates | ForEach-Object { New-Row $_ $session $types })
    $chosen = @()
    for ($number = 0; $number -lt $rows.Count; $number++) {
        $rows[$number].Reason = "$(Get-LeftOut $updates[$number] $rows[$number])"
        $rows[$number].Chosen = -not $rows[$number].Reason
        if ($rows[$number].Chosen) { $chosen += $number }
    }
    Write-Row $rows
    if (-not $complete) { Write-Trouble 'The search ended with errors: there can be more updates.' }
    $script:rows = $rows
    if ($HotpatchOnly -and @($rows | Where-Object { $_.Kind -eq 'cumulative' }).Count -gt 0) { Write-Trouble 'A cumulative update that restarts is offered: this month is a baseline, or this machine is off the train.' }
    if ($AssessOnly -or $WhatIfPreference) {
        Write-Step 'Nothing was installed.'
        $script:code = $(if (-not $complete) { 3 } elseif ($HotpatchOnly -and @($rows | Where-Object { $_.Kind -eq 'cumulative' }).Count -gt 0) { 5 } elseif ($chosen.Count -gt 0) { 2 } else { 0 })
        return
    }
    $agreed = @($chosen | Where-Object { $PSCmdlet.ShouldProcess($rows[$_].Title, 'Download and install') })
    foreach ($number in $chosen) { if ($agreed -notcontains $number) { $rows[$number].Chosen = $false; $rows[$number].Reason = 'declined'; $script:declined = $true } }
    $restart = $false
    if ($agreed.Count -gt 0) { $restart = Install-Chosen $session @($agreed | ForEach-Object { $updates[$_] }) @($agreed | ForEach-Object { $rows[$_] }) }
    foreach ($row in $rows) { if ($row.Result) { Write-Step "$($row.Result): $($row.KB) $($row.Title)" } }
    $script:code = Get-Code $rows $restart
    $script:restart = $restart
}

#endregion

#region a remote session

function Test-Remote {
    if ($null -ne (Get-Variable -Name PSSenderInfo -ValueOnly -ErrorAction SilentlyContinue)) { return $true }
    # S-1-5-2: the account signed in over the network.
    $groups = [System.Security.Principal.WindowsIdentity]::GetCurrent().Groups
    return @($groups | Where-Object { "$_" -eq 'S-1-5-2' }).Count -gt 0
}

# What the task needs to know; the arguments of the task name nothing of it.
function Save-Task {
    $what = @{ Search = $Search; ReleaseData = ''; Classification = $Classification -join ','; IncludeKB = $include -join ','; ExcludeKB = $exclude -join ','; HideKB = $hide -join ',' }
    # Not -AllowRestart: this session restarts the machine, once it has shown the result.
    foreach ($name in 'AssessOnly', 'HotpatchOnly', 'ExcludeRestart') { $what[$name] = "$(Get-Variable -Name $name -ValueOnly)" }
    if ($ReleaseData) {
        # SYSTEM may not reach the administrator's file, and nobody else writes to the copy.
        $null = [System.IO.Directory]::CreateDirectory($programs)
        [System.IO.File]::WriteAllBytes($releaseCopy, [System.IO.File]::ReadAllBytes((Get-FullPath $ReleaseData)))
        $what.ReleaseData = $releaseCopy
    }
    Save-State $what
}

function Read-Task {
    if (-not (Test-Key $stateKey)) { throw '-FromTask is for the scheduled task of a remote session, and there is none.' }
    $script:isTask = $true
    Open-Log
    foreach ($name in 'AssessOnly', 'HotpatchOnly', 'ExcludeRestart') { Set-Variable -Scope Script -Name $name -Value ([switch]("$(Read-Value $stateKey $name)" -eq 'True')) }
    foreach ($name in 'Classification', 'IncludeKB', 'ExcludeKB', 'HideKB', 'Search', 'ReleaseData') {
        $value = "$(Read-Value $stateKey $name)"
        if ($value) { Set-Variable -Scope Script -Name $name -Value $value }
    }
}

# Queued and unknown are not the end of a task either.
function Test-TaskRuns {
    $task = @(Get-ScheduledTask -ErrorAction Stop | Where-Object { $_.TaskName -eq $taskName })
    return $task.Count -gt 0 -and 'Running', 'Queued', 'Unknown' -contains "$($task[0].State)"
}

# Two hours: a cumulative update of a slow machine.
function Wait-Result {
    for ($round = 0; $round -lt 1440; $round++) {
        Start-Sleep -Seconds 5
        # In this order: the task writes its result before it ends.
        $runs = Test-TaskRuns
        if ([System.IO.File]::Exists($resultPath)) { return $true }
        if (-not $runs) { throw "The task ended without a result (it returned $(@(Get-ScheduledTaskInfo -TaskName $taskName)[0].LastTaskResult))." }
    }
    return $false
}

function Show-Result {
    $said = ConvertFrom-Json ([System.IO.File]::ReadAllText($resultPath))
    $script:rows = @($said.Updates)
    foreach ($row in $script:rows) { $row.PSObject.TypeNames.Insert(0, 'Gpogen.Update') }
    Write-Row $script:rows
    foreach ($title in @($said.Hidden)) { Write-Step "Hidden: $title" }
    foreach ($line in @($said.Problems)) { Write-Trouble $line }
    $script:code = [int]$said.Code
    $script:restart = [bool]$said.Restart
}

function Clear-Task {
    Clear-State
    foreach ($path in $resultPath, $releaseCopy) { if ([System.IO.File]::Exists($path)) { [System.IO.File]::Delete($path) } }
}

function Invoke-Remote {
    if (Test-TaskRuns) {
        Write-Trouble "Refused: the task `"$taskName`" of another session still runs on this machine."
        $script:code = 4
        return
    }
    if (-not $AssessOnly -and -not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, "$(if ($hide.Count -gt 0) { 'Hide' } else { 'Download and install' }) updates by a scheduled task of SYSTEM")) {
        Write-Step 'The scheduled task was declined.'
        $script:code = 2
        return
    }
    $null = Read-ReleaseData
    $ended = $true
    try {
        Clear-Task
        Save-Task
        Register-Task '-FromTask' $false
        Write-Step 'In a remote session, Windows installs nothing: a scheduled task that runs as SYSTEM does it now.'
        Start-ScheduledTask -TaskName $taskName -ErrorAction Stop
        $ended = Wait-Result
        if (-not $ended) { throw "The task still runs after two hours, and continues without this session. It stays until the next run of this script." }
        Show-Result
    }
    finally { if ($ended) { Clear-Task } }
}

# Whole or not at all, because somebody waits for the file.
function Save-Result {
    $text = ConvertTo-Json -Depth 4 -Compress -InputObject @{ Code = $code; Restart = $restart; Updates = @($rows); Hidden = @($hidden); Problems = @($problems) }
    [System.IO.File]::WriteAllText("$resultPath.partial", $text)
    [System.IO.File]::Move("$resultPath.partial", $resultPath)
}

#endregion

$code = 1
$rows = @()
$problems = @()
$complete = $true
$restart = $false
$declined = $false
$isTask = $false
$hidden = @()
$root = $null
$resultPath = [System.IO.Path]::Combine($programs, "$scriptName.json")
$releaseCopy = [System.IO.Path]::Combine($programs, "$scriptName.releases.txt")
$include = @()
$exclude = @()
$hide = @()
$wantedClasses = @()
try {
    Test-Process 'Updates require'
    $root = Open-Root
    if ($PSCmdlet.ParameterSetName -eq 'Task') { Read-Task }
    $include = @(Split-List $IncludeKB)
    $exclude = @(Split-List $ExcludeKB)
    $hide = @(Split-List $HideKB)
    $wantedClasses = @(Split-List $Classification | ForEach-Object { $name = $_; $classes.Keys | Where-Object { $_ -eq $name } | ForEach-Object { $classes[$_] } })
    $refusals = @(if (-not $AssessOnly) { Get-Refusal })
    if ($refusals.Count -eq 0 -and $AllowRestart -and -not $AssessOnly -and -not (Confirm-DomainController)) { $refusals = @('This machine is a domain controller. Check that the others replicate (repadmin /replsummary), and run the script with -Force.') }
    foreach ($refusal in $refusals) {
        $problems += "Refused: $refusal"
        Write-Trouble $problems[-1]
    }
    if ($refusals.Count -gt 0) { $code = 4 }
    elseif (-not $WhatIfPreference -and -not $FromTask -and (Test-Remote)) { Invoke-Remote }
    else { Invoke-Update }
}
catch {
    $code = 1
    Write-Failure $_
    $problems += "The script failed: $($_.Exception.Message)"
}
finally { if ($null -ne $root) { $root.Close() } }
if ($isTask) { Save-Result }
else { $rows }
if ($restart -and $AllowRestart -and $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Restart')) { Restart-Allowed '' }
exit $code
