# A machine with packages, that restarts, for scripts that service it. Everything that they do is
# recorded in $global:Did. What the commands answer is what Microsoft's pages say: Get-, Add- and
# Remove-WindowsPackage (Dism), Get-CimInstance, ScheduledTasks, Restart-Computer, WUA's objects.
$global:Did = [System.Collections.Generic.List[string]]::new()
$global:CbsKey = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing'
$global:VersionKey = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'

function global:Reset-Machine {
    $global:Did.Clear()
    $global:Machine = @{
        Build = '26100'; Sku = 13; Product = 3; Elevated = $true; Cluster = $null; Drain = 0; Signatures = @{}; States = $null
        Packages = [ordered]@{}; AfterRestart = $null; Installs = @{}; Tasks = [ordered]@{}; Refuses = @{}; OnSleep = $null; OnStart = $null; Remote = $false; NoSearch = ''; Partly = $false; Vbs = 2; NoUefi = $false
        Tag = 'None'; Managed = @(); Updates = @(); History = @(); Server = @{}; Hotfixes = @()
    }
    if (Test-Path variable:global:PSSenderInfo) { Remove-Variable -Name PSSenderInfo -Scope Global }
    foreach ($key in "$global:CbsKey\RebootPending", 'HKLM:\SOFTWARE\gpogen') { if (Test-Path -LiteralPath $key) { Remove-Item -LiteralPath $key -Recurse -Force } }
    $kept = [System.IO.Path]::Combine([System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::ProgramFiles), 'gpogen')
    if ([System.IO.Directory]::Exists($kept)) { [System.IO.Directory]::Delete($kept, $true) }
    Set-Build '26100.32370'
}

function global:Set-Build([string]$Build) {
    $parts = $Build.Split('.')
    if (-not (Test-Path -LiteralPath $global:VersionKey)) { $null = New-Item -Path $global:VersionKey -Force }
    Set-ItemProperty -LiteralPath $global:VersionKey -Name CurrentBuild -Value $parts[0]
    Set-ItemProperty -LiteralPath $global:VersionKey -Name UBR -Value ([int]$parts[1]) -Type DWord
}

function global:Set-Pending([bool]$Is) {
    # The stand-ins inherit what the script's -Confirm asks for, which real cmdlets of DISM do not.
    $ConfirmPreference = 'None'
    if ($Is) { $null = New-Item -Path "$global:CbsKey\RebootPending" -Force }
    elseif (Test-Path -LiteralPath "$global:CbsKey\RebootPending") { Remove-Item -LiteralPath "$global:CbsKey\RebootPending" }
}

function global:Add-Rollup([string]$Build, [string]$Kb, [string]$State = 'Installed') {
    $name = "Package_for_RollupFix~31bf3856ad364e35~amd64~~$Build.1.7"
    $global:Machine.Packages[$name] = @{ State = $State; Kb = $Kb; Build = $Build }
    return $name
}

function global:Add-Named([string]$Kb, [string]$State = 'Installed') {
    $name = "Package_for_$Kb~31bf3856ad364e35~amd64~~26100.32400.1.3"
    $global:Machine.Packages[$name] = @{ State = $State; Kb = $Kb; Build = $null }
    $global:Machine.History += "2026-02 Hotpatch ($Kb) (26100.32400)"
    Set-Build '26100.32400'
    return $name
}

# What the restart brings: what is pending is done.
function global:Restart-Machine {
    foreach ($name in @($global:Machine.Packages.Keys)) {
        $package = $global:Machine.Packages[$name]
        if ($package.State -eq 'UninstallPending') {
            $global:Machine.Packages.Remove($name)
            if ($package.Kb) { $global:Machine.History = @($global:Machine.History | Where-Object { $_ -notmatch $package.Kb }) }
        }
        if ($package.State -eq 'InstallPending') {
            $package.State = 'Installed'
            foreach ($other in @($global:Machine.Packages.Values)) { if ($other -ne $package -and $other.Build -and $package.Build) { $other.State = 'Superseded' } }
        }
    }
    $left = @($global:Machine.Packages.Values | Where-Object { $_.Build } | Sort-Object -Property { [int]$_.Build.Split('.')[1] })
    if ($left.Count -gt 0) {
        $left[-1].State = 'Installed'
        Set-Build $left[-1].Build
    }
    else { Set-Build "$($global:Machine.Build).1742" }
    Set-Pending $false
}

function global:Confirm-NotRefused([string]$What) {
    if ($global:Machine.Refuses.ContainsKey($What)) { throw $global:Machine.Refuses[$What] }
}

function global:Get-WindowsPackage {
    [CmdletBinding()]
    param([switch]$Online, [string]$PackageName, [string]$PackagePath, [string]$Path)
    Confirm-NotRefused 'get'
    if ($PackageName) {
        $package = $global:Machine.Packages[$PackageName]
        if ($null -eq $package) { throw [System.Runtime.InteropServices.COMException]::new('The specified package is not valid Windows package.', -2146498555) }
        return [pscustomobject]@{ PackageName = $PackageName; PackageState = $package.State; Description = $(if ($package.Kb) { "Fix for $($package.Kb)" }); SupportInformation = $(if ($package.Kb) { "https://support.microsoft.com/help/$($package.Kb.Substring(2))" }) }
    }
    foreach ($name in $global:Machine.Packages.Keys) { [pscustomobject]@{ PackageName = $name; PackageState = $global:Machine.Packages[$name].State; ReleaseType = $(if ($global:Machine.Packages[$name]['Type']) { $global:Machine.Packages[$name].Type } else { 'SecurityUpdate' }); InstallTime = $(if ($global:Machine.Packages[$name]['Time']) { [datetime]$global:Machine.Packages[$name].Time } else { [datetime]'2026-09-12T01:00:00Z' }) } }
    [pscustomobject]@{ PackageName = 'Package_for_ServicingStack_8031~31bf3856ad364e35~amd64~~26100.8031.1.0'; PackageState = 'Installed'; ReleaseType = 'Update'; InstallTime = $null }
    [pscustomobject]@{ PackageName = 'Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.26100.1742'; PackageState = 'Installed'; ReleaseType = 'Foundation'; InstallTime = $null }
}

function global:Remove-WindowsPackage {
    [CmdletBinding()]
    param([switch]$Online, [string]$PackageName, [string]$PackagePath, [switch]$NoRestart, [string]$Path)
    Confirm-NotRefused 'remove'
    $global:Did.Add("remove $PackageName")
    $global:Machine.Packages[$PackageName].State = 'UninstallPending'
    Set-Pending $true
    Confirm-NotRefused 'removed'
    return [pscustomobject]@{ Path = ''; Online = $true; RestartNeeded = $true }
}

function global:Add-WindowsPackage {
    [CmdletBinding()]
    param([switch]$Online, [string]$PackagePath, [switch]$NoRestart, [switch]$IgnoreCheck, [switch]$PreventPending, [string]$Path)
    Confirm-NotRefused 'add'
    $file = [System.IO.Path]::GetFileName($PackagePath)
    $global:Did.Add("add $file")
    foreach ($kb in @($global:Machine.Installs.Keys)) {
        if ($file -notmatch $kb) { continue }
        $build = $global:Machine.Installs[$kb]
        if ($build) { $null = Add-Rollup $build $kb 'InstallPending' }
        else { $global:Machine.Packages["Package_for_$($kb.ToUpperInvariant())~31bf3856ad364e35~amd64~~20348.1.1.0"] = @{ State = 'InstallPending'; Kb = $kb.ToUpperInvariant(); Build = $null } }
        Set-Pending $true
    }
    return [pscustomobject]@{ Path = ''; Online = $true; RestartNeeded = $true }
}

function global:Get-CimInstance {
    [CmdletBinding()]
    param([string]$Namespace, [string]$ClassName, [string]$Filter, [uint32]$OperationTimeoutSec)
    switch ($ClassName) {
        'Win32_OperatingSystem' { return [pscustomobject]@{ OperatingSystemSKU = [uint32]$global:Machine.Sku; ProductType = [uint32]$global:Machine.Product } }
        'Win32_Service' { if ($null -ne $global:Machine.Cluster) { return [pscustomobject]@{ Name = 'ClusSvc'; StartMode = 'Auto'; State = 'Running' } } }
        'MSCluster_Node' {
            if ($global:Machine.Cluster -eq 'silent') { throw 'Access denied' }
            [pscustomobject]@{ Name = 'OTHER'; State = 0; NodeDrainStatus = 2 }
            [pscustomobject]@{ Name = $env:COMPUTERNAME; State = 2; NodeDrainStatus = [uint32]$global:Machine.Drain }
        }
        'Win32_SystemEnclosure' { return [pscustomobject]@{ SMBIOSAssetTag = $global:Machine.Tag } }
        'RSOP_GPO' { return [pscustomobject]@{ id = 'cn={1}'; name = 'Old "GPO"' } }
        'RSOP_RegistryPolicySetting' { return $global:Machine.Managed }
        'Win32_DeviceGuard' { return [pscustomobject]@{ VirtualizationBasedSecurityStatus = [uint32]$global:Machine.Vbs } }
        default { throw "no class $ClassName" }
    }
}

# What WinVerifyTrust answers about a file, by its name; files that no test names are Microsoft's.
function global:Get-AuthenticodeSignature {
    [CmdletBinding(DefaultParameterSetName = 'ByPath')]
    param([Parameter(Mandatory = $true, ParameterSetName = 'ByPath')][string[]]$FilePath, [Parameter(Mandatory = $true, ParameterSetName = 'ByLiteralPath')][Alias('PSPath')][string[]]$LiteralPath)
    $said = $global:Machine.Signatures[[System.IO.Path]::GetFileName($LiteralPath[0])]
    if ($null -eq $said) { $said = @{} }
    $status = $(if ($said['Status']) { $said['Status'] } else { 'Valid' })
    if ($status -eq 'error') { throw 'Access is denied' }
    if ($said['Then']) { & $said['Then'] $LiteralPath[0] }
    $ours = 'CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond, S=Washington, C=US'
    $certificate = [pscustomobject]@{ Subject = $(if ($said['Subject']) { $said['Subject'] } else { $ours }); Issuer = $(if ($said['Issuer']) { $said['Issuer'] } else { 'CN=Microsoft Windows Production PCA 2011, O=Microsoft Corporation, L=Redmond, S=Washington, C=US' }) }
    return [pscustomobject]@{ Status = [System.Management.Automation.SignatureStatus]$status; SignerCertificate = $(if ($status -eq 'NotSigned') { $null } else { $certificate }); Path = $LiteralPath[0] }
}

# Somebody who answers each question of -Confirm in turn: 0 yes, 2 no; without answers nobody does.
class AnsweringUi : System.Management.Automation.Host.PSHostUserInterface {
    [System.Management.Automation.Host.PSHostRawUserInterface]$Screen
    [System.Collections.Generic.Queue[int]]$Answers = [System.Collections.Generic.Queue[int]]::new()
    [System.Collections.Generic.List[string]]$Asked = [System.Collections.Generic.List[string]]::new()
    [System.Management.Automation.Host.PSHostRawUserInterface] get_RawUI() { return $this.Screen }
    [string] ReadLine() { throw 'nobody is here' }
    [securestring] ReadLineAsSecureString() { throw 'nobody is here' }
    [void] Write([string]$value) { }
    [void] Write([System.ConsoleColor]$fore, [System.ConsoleColor]$back, [string]$value) { }
    [void] WriteLine([string]$value) { }
    [void] WriteErrorLine([string]$value) { }
    [void] WriteDebugLine([string]$value) { }
    [void] WriteProgress([long]$id, [System.Management.Automation.ProgressRecord]$record) { }
    [void] WriteVerboseLine([string]$value) { }
    [void] WriteWarningLine([string]$value) { }
    [System.Collections.Generic.Dictionary[string, psobject]] Prompt([string]$caption, [string]$message, [System.Collections.ObjectModel.Collection[System.Management.Automation.Host.FieldDescription]]$descriptions) { throw 'nobody is here' }
    [int] PromptForChoice([string]$caption, [string]$message, [System.Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription]]$choices, [int]$default) {
        $this.Asked.Add($message)
        if ($this.Answers.Count -eq 0) { throw 'nobody is here' }
        return $this.Answers.Dequeue()
    }
    [pscredential] PromptForCredential([string]$caption, [string]$message, [string]$name, [string]$target) { throw 'nobody is here' }
    [pscredential] PromptForCredential([string]$caption, [string]$message, [string]$name, [string]$target, [System.Management.Automation.PSCredentialTypes]$types, [System.Management.Automation.PSCredentialUIOptions]$options) { throw 'nobody is here' }
}
class AnsweringHost : System.Management.Automation.Host.PSHost {
    [AnsweringUi]$Own = [AnsweringUi]::new()
    [string] get_Name() { return 'test' }
    [version] get_Version() { return '1.0' }
    [guid] get_InstanceId() { return '11111111-2222-3333-4444-555555555555' }
    [System.Management.Automation.Host.PSHostUserInterface] get_UI() { return $this.Own }
    [cultureinfo] get_CurrentCulture() { return [cultureinfo]::InvariantCulture }
    [cultureinfo] get_CurrentUICulture() { return [cultureinfo]::InvariantCulture }
    [void] SetShouldExit([int]$code) { }
    [void] EnterNestedPrompt() { }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
}
$global:Person = [AnsweringHost]::new()

function global:Restart-Computer {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([switch]$Force, [string[]]$ComputerName)
    $global:Did.Add('restart')
}

# The real commands' signatures are those of psrun's modules; here is what they keep.
function global:New-ScheduledTaskAction {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$Execute, [string]$Argument, [string]$WorkingDirectory)
    return [pscustomobject]@{ Execute = $Execute; Arguments = $Argument }
}
function global:New-ScheduledTaskTrigger {
    [CmdletBinding()]
    param([switch]$AtStartup, [switch]$Once, [datetime]$At)
    return [pscustomobject]@{ AtStartup = [bool]$AtStartup }
}
function global:New-ScheduledTaskPrincipal {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$UserId, [ValidateSet('None', 'Password', 'S4U', 'Interactive', 'Group', 'ServiceAccount', 'InteractiveOrPassword')][string]$LogonType, [ValidateSet('Limited', 'Highest')][string]$RunLevel)
    return [pscustomobject]@{ UserId = $UserId; RunLevel = $RunLevel }
}
function global:Register-ScheduledTask {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$TaskName, [object[]]$Action, [object[]]$Trigger, [object]$Principal, [string]$Description, [switch]$Force)
    Confirm-NotRefused 'task'
    $when = $(if ($Trigger) { ' at startup' } else { '' })
    $global:Did.Add("task $($Principal.UserId)${when}: $($Action[0].Arguments)")
    $global:Machine.Tasks[$TaskName] = @{ Action = $Action[0]; State = 'Ready'; Result = 267011 }
    return [pscustomobject]@{ TaskName = $TaskName }
}
function global:Unregister-ScheduledTask {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)][string[]]$TaskName)
    $global:Did.Add('no task')
    $global:Machine.Tasks.Remove($TaskName[0])
}
function global:Get-ScheduledTask {
    [CmdletBinding()]
    param([string[]]$TaskName)
    foreach ($name in @($global:Machine.Tasks.Keys)) { if (-not $TaskName -or $TaskName -contains $name) { [pscustomobject]@{ TaskName = $name; State = $global:Machine.Tasks[$name].State } } }
}
function global:Start-ScheduledTask {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$TaskName)
    $global:Did.Add('start task')
    if ($global:Machine.OnStart) { & $global:Machine.OnStart $global:Machine.Tasks[$TaskName] }
    if ($global:Machine.States) { $global:Machine.Tasks[$TaskName].State = $global:Machine.States[0] }
}
function global:Get-ScheduledTaskInfo {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string]$TaskName)
    return [pscustomobject]@{ TaskName = $TaskName; LastTaskResult = $global:Machine.Tasks[$TaskName].Result }
}
function global:Start-Sleep {
    [CmdletBinding()]
    param([int]$Seconds, [int]$Milliseconds)
    $global:Did.Add("sleep $Seconds")
    # What a task does while somebody waits: its next state, and at last what OnEnd does.
    if ($global:Machine.States) {
        $global:Machine.States = @($global:Machine.States | Select-Object -Skip 1)
        foreach ($task in $global:Machine.Tasks.Values) {
            if ($global:Machine.States) { $task.State = $global:Machine.States[0] }
            else {
                $task.State = 'Ready'
                & $global:RunTask $task
            }
        }
    }
    if ($global:Machine.OnSleep) { & $global:Machine.OnSleep }
}

# Objects of the Windows Update Agent: Session, Searcher, Downloader, Installer, UpdateColl, Update.
function global:New-Answering([hashtable]$Properties, [hashtable]$Methods) {
    $object = [pscustomobject]$Properties
    foreach ($name in $Methods.Keys) { $object.PSObject.Members.Add([System.Management.Automation.PSScriptMethod]::new($name, $Methods[$name])) }
    return $object
}

# One update; Bootstrap is what DoesUpdateRequireReboot answers, or nothing where there is no IUpdateEx.
function global:Add-Update([string]$Kb, [string]$Title, [int]$Behavior = 2, $Bootstrap = $null, [string[]]$Classes = @('0fa1201d-4330-4fa8-8ae9-b877473b6441'), [int]$Result = 2, [hashtable]$More = @{}) {
    $properties = @{
        Title = $Title; KBArticleIDs = @($Kb.Substring(2)); Categories = @($Classes | ForEach-Object { [pscustomobject]@{ CategoryID = $_ } })
        InstallationBehavior = [pscustomobject]@{ RebootBehavior = $Behavior }; EulaAccepted = $false; IsInstalled = $false; IsHidden = $false
        DeploymentAction = 1; Bootstrap = $Bootstrap; Downloaded = $false; Result = $Result
    }
    foreach ($name in $More.Keys) { $properties[$name] = $More[$name] }
    $methods = @{ AcceptEula = { $global:Did.Add("eula $($this.Title)"); $this.EulaAccepted = $true } }
    if ($null -ne $Bootstrap) {
        $methods.ExtendedStaticProperty = { return $true }
        $methods.EvaluateExtendedDynamicProperty = {
            if ($args[0] -ne 'DoesUpdateRequireReboot') { throw 'E_INVALIDARG' }
            if (-not $this.Downloaded) { throw 'WU_E_DM_NOTDOWNLOADED' }
            if ('error' -eq "$($this.Bootstrap)") { throw 'WU_E_NOT_SUPPORTED' }
            return $this.Bootstrap
        }
    }
    $global:Machine.Updates += New-Answering $properties $methods
}

function global:New-Object {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string]$TypeName, [string]$ComObject)
    switch ($ComObject) {
        'Microsoft.Update.UpdateColl' {
            $object = New-Answering @{ Items = [System.Collections.Generic.List[object]]::new() } @{ Add = { $this.Items.Add($args[0]); return $this.Items.Count - 1 } }
            return $object
        }
        'Microsoft.Update.Session' {
            return New-Answering @{ ClientApplicationID = '' } @{
                CreateUpdateSearcher = {
                    New-Answering @{} @{
                        GetTotalHistoryCount = { if ($global:Machine.NoSearch) { throw $global:Machine.NoSearch }; return @($global:Machine.History).Count }
                        # uoInstallation is 1.
                        QueryHistory = {
                            if ($args[1] -lt 1) { throw 'E_INVALIDARG' }
                            foreach ($title in @($global:Machine.History | Select-Object -Skip $args[0] -First $args[1])) { [pscustomobject]@{ Title = $title; Operation = 1; ResultCode = 2 } }
                        }
                        Search = {
                            if ($args[0] -notmatch 'IsInstalled=0') { throw 'WU_E_INVALID_CRITERIA' }
                            if ($global:Machine.NoSearch) { throw $global:Machine.NoSearch }
                            $global:Did.Add("search $($args[0].Length)")
                            [pscustomobject]@{ ResultCode = $(if ($global:Machine.Partly) { 3 } else { 2 }); Updates = @($global:Machine.Updates) }
                        } }
                }
                CreateUpdateDownloader = {
                    if ($global:Machine.Remote) { throw 'E_ACCESSDENIED' }
                    New-Answering @{ Updates = $null } @{
                        Download2 = {
                            if ($args[0] -ne 1) { throw 'E_INVALIDARG' }
                            foreach ($item in $this.Updates.Items) { $item.Downloaded = $true; $global:Did.Add("bootstrapper $($item.Title)") }
                        }
                        Download = { foreach ($item in $this.Updates.Items) { if (-not $item.EulaAccepted) { throw 'WU_E_EULAS_DECLINED' }; $global:Did.Add("download $($item.Title)") } }
                    }
                }
                CreateUpdateInstaller = {
                    New-Answering @{ Updates = $null } @{ Install = {
                            $items = @($this.Updates.Items)
                            foreach ($item in $items) { $global:Did.Add("install $($item.Title)") }
                            $restart = @($items | Where-Object { $_.Bootstrap -eq $true -or $_.InstallationBehavior.RebootBehavior -eq 1 }).Count -gt 0
                            New-Answering @{ RebootRequired = $restart; Items = $items } @{ GetUpdateResult = { [pscustomobject]@{ ResultCode = $this.Items[$args[0]].Result } } }
                        } }
                }
            }
        }
    }
    throw "no stand-in for $ComObject"
}

# What the scheduled task does: the copy, with its arguments, as SYSTEM, who has no session.
$global:RunTask = {
    param($Task)
    # A process of its own inherits nothing of the session.
    $ConfirmPreference = 'High'
    $rest = [regex]::Match($Task.Action.Arguments, '-File (".*)\z').Groups[1].Value
    $before = $global:Machine.Remote
    $global:Machine.Remote = $false
    Remove-Variable -Name PSSenderInfo -Scope Global
    try { $null = Invoke-Expression "& $rest *>&1" }
    finally { $global:Machine.Remote = $before; $global:PSSenderInfo = 'again' }
}

function global:Get-HotFix {
    [CmdletBinding()]
    param([string[]]$Id)
    foreach ($kb in $global:Machine.Hotfixes) { [pscustomobject]@{ HotFixID = $kb; Description = 'Update' } }
}

# Windows Server 2022 Azure Edition as it comes from the ISO.
function global:Set-Iso {
    Set-Build '20348.587'
    Set-ItemProperty -LiteralPath $global:VersionKey -Name EditionID -Value 'ServerTurbineCor'
    $global:Machine.Vbs = 0
    foreach ($key in 'HKLM:\SYSTEM\CurrentControlSet\Control\DeviceGuard', "$global:VersionKey\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64") { if (Test-Path -LiteralPath $key) { Remove-Item -LiteralPath $key -Recurse -Force } }
    $memory = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management'
    if (-not (Test-Path -LiteralPath $memory)) { $null = New-Item -Path $memory -Force }
    if ((Get-Item -LiteralPath $memory).Property -contains 'HotPatchTableSize') { Remove-ItemProperty -LiteralPath $memory -Name HotPatchTableSize }
    $global:Machine.Installs['kb5003508'] = ''
}

# The restart of such a machine: virtualization-based security runs if its value is set.
function global:Restart-Iso {
    Restart-Machine
    Set-Build '20348.587'
    $guard = 'HKLM:\SYSTEM\CurrentControlSet\Control\DeviceGuard'
    if ((Test-Path -LiteralPath $guard) -and (Get-ItemProperty -LiteralPath $guard).EnableVirtualizationBasedSecurity -eq 1 -and -not $global:Machine.NoUefi) { $global:Machine.Vbs = 2 }
    foreach ($name in @($global:Machine.Packages.Keys)) { if ($name -match 'KB5003508') { $global:Machine.Hotfixes = @('KB5003508') } }
}

# What the four values are.
function global:Get-Prepared {
    $hive = 'HKLM:\SYSTEM\CurrentControlSet\Control'
    $own = "$global:VersionKey\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64"
    foreach ($pair in @("$hive\DeviceGuard", 'EnableVirtualizationBasedSecurity'), @("$hive\Session Manager\Memory Management", 'HotPatchTableSize'), @($own, 'Name'), @($own, 'Version')) {
        $item = $(if (Test-Path -LiteralPath $pair[0]) { Get-Item -LiteralPath $pair[0] })
        if ($null -ne $item -and $item.Property -contains $pair[1]) { "$($pair[1]) $($item.GetValueKind($pair[1])) $($item.GetValue($pair[1]))" }
    }
}

# expand.exe SOURCE -F:FILES DESTINATION: the documented order, which Wine's own does not know.
# The .msu of a test is a list of the names in it.
function global:Expand-Standin {
    $global:LASTEXITCODE = 1
    if ($args.Count -ne 3 -or $args[1] -ne '-F:*.cab' -or -not [System.IO.Directory]::Exists($args[2])) { return 'usage' }
    foreach ($name in [System.IO.File]::ReadAllLines($args[0])) { if ($name -like '*.cab') { [System.IO.File]::WriteAllText([System.IO.Path]::Combine($args[2], $name), $name) } }
    $global:LASTEXITCODE = 0
}
Set-Alias -Scope Global -Name ([System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'expand.exe')) -Value Expand-Standin

# Everything in Windows Update's policy key, as a test compares it with what reg.exe shows.
$global:AuKey = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU'
function global:Set-Au {
    if (Test-Path -LiteralPath $global:AuKey) { Remove-Item -LiteralPath $global:AuKey -Recurse }
    $null = New-Item -Path $global:AuKey -Force
    Set-ItemProperty -LiteralPath $global:AuKey -Name AUOptions -Value '4'
    Set-ItemProperty -LiteralPath $global:AuKey -Name NoAutoUpdate -Value 5 -Type DWord
    Set-ItemProperty -LiteralPath $global:AuKey -Name mine -Value 9 -Type DWord
}
function global:Get-Au {
    if (-not (Test-Path -LiteralPath $global:AuKey)) { return }
    $item = Get-Item -LiteralPath $global:AuKey
    foreach ($name in @($item.GetValueNames() | Sort-Object)) { "$name $($item.GetValueKind($name)) $($item.GetValue($name))" }
}

# The files that a script keeps below Program Files, and what is left of its plan.
function global:Get-Kept {
    $folder = [System.IO.Path]::Combine([System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::ProgramFiles), 'gpogen')
    if ([System.IO.Directory]::Exists($folder)) { foreach ($path in [System.IO.Directory]::GetFiles($folder, '*', 'AllDirectories')) { $path.Substring($folder.Length + 1) } }
    if (Test-Path -LiteralPath 'HKLM:\SOFTWARE\gpogen') { foreach ($key in Get-ChildItem -LiteralPath 'HKLM:\SOFTWARE\gpogen') { "HKLM $($key.PSChildName)" } }
}
