<#
.SYNOPSIS
Assesses machines for missing patches, or installs patches now.

.DESCRIPTION
Profile: arc-ws2025-datacenter
GPO: Hotpatch: Azure Arc, Windows Server 2025 Datacenter
Why: Windows Update installs on Sunday at 03:00, and restarts in baseline months.
For: Windows Server 2025 Datacenter, Server Core, member servers, Azure Arc-enabled servers
Digest: 4d7c7d7562bf071ba05d2ff3ed8411434d350d03f5688431a9f282e5009ceb3e
Made by: gpogen 0.1.0

The author of this file has not run it against Azure: it was tested against a stand-in of Azure
Resource Manager. Try -WhatIf first, then one machine.

Actions:
  assess      looks for missing patches, and says how many there are
  install     installs patches now. That ignores the availability-first order of Azure, and it may
              restart machines, also in a hotpatch month

It calls Azure by `az rest` of the Azure CLI, as the account that `az login` signed in. Required
role: Azure Connected Machine Resource Administrator for Arc machines, Virtual Machine Contributor for
Azure VMs. -WhatIf prints each request, and sends none that assesses or installs.

Exit codes: 0 done, 1 something failed or was refused, 2 wrong usage, or the operation ended with
warnings, or there is something to do (-WhatIf), 3 not known: the time limit passed, or another
operation is under way.

.PARAMETER Reboot
Whether the installation restarts machines; required for install.

.PARAMETER Classifications
Classes that are installed.

.PARAMETER Include
Updates that are installed, such as KB5094125.

.PARAMETER Exclude
Updates that are not installed; the exclusions of the profile count, too.

.PARAMETER WithoutRestart
Only updates that never need a restart.

.PARAMETER Duration
How long the installation may take, such as PT2H30M.

.PARAMETER Machine
Machines, by name or resource id.

.PARAMETER List
A file with the machines, one name or resource id on each line.

.PARAMETER Query
A file with a Resource Graph query whose result has a column id.

.PARAMETER Subscription
The id of the subscription of machines that you name without a resource id; by default, that of the profile.

.PARAMETER ResourceGroup
The resource group of machines that you name without a resource id; by default, that of the profile.

.PARAMETER Jobs
The number of machines that it works on at the same time.

.PARAMETER Results
The file for the results, one row for each machine.

.PARAMETER Resume
Skips the machines that the file of the results shows as done.

.PARAMETER Poll
How often to ask, in seconds, unless Azure asks for another interval.

.PARAMETER Limit
How long to wait for one machine, in seconds.

.EXAMPLE
PS> .\patch-now.ps1 install -Reboot IfRequired -Classifications Critical, Security -List machines.txt -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true, Position = 0)]
    [ValidateSet('assess', 'install')]
    [string]$Action,
    [ValidateSet('', 'IfRequired', 'Never', 'Always')]
    [string]$Reboot = '',
    [ValidateSet('Critical', 'Security', 'UpdateRollUp', 'FeaturePack', 'ServicePack', 'Definition', 'Tools', 'Updates')]
    [string[]]$Classifications = @(),
    [ValidatePattern('^KB[0-9]{6,8}\z')]
    [string[]]$Include = @(),
    [ValidatePattern('^KB[0-9]{6,8}\z')]
    [string[]]$Exclude = @(),
    [switch]$WithoutRestart,
    [ValidatePattern('^PT(?=[0-9])([0-9]{1,2}H)?([0-9]{1,2}M)?\z')]
    [string]$Duration = 'PT2H',
    [string[]]$Machine = @(),
    [string[]]$List = @(),
    [string[]]$Query = @(),
    [string]$Subscription = '',
    [string]$ResourceGroup = '',
    [ValidateRange(1, 50)]
    [int]$Jobs = 8,
    [string]$Results = 'patch-now-results.csv',
    [switch]$Resume,
    [ValidateRange(1, 3600)]
    [int]$Poll = 30,
    [ValidateRange(1, 86400)]
    [int]$Limit = 14400
)

$ErrorActionPreference = 'Stop'
$Action = $Action.ToLowerInvariant()
$named = @()
$excluded = @(@()) + $Exclude
$api = '2026-07-15'
$provider = 'Microsoft.HybridCompute/machines'

$plan = [bool]$WhatIfPreference
$recorded = $true
$cmdlet = $PSCmdlet
$Again = -not $Resume
$first = 'Start-Patch'
$look = 'Read-Operation'

# --- Azure Resource Manager through az rest -------------------------------------------------------

$endpoint = '' # Azure Resource Manager of the cloud that az uses
$guid = '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'
$groupName = '[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]'
$machineName = '[A-Za-z0-9_.-]{1,64}'
$plain = New-Object System.Text.UTF8Encoding($false)

function Stop-Wrong($Text) {
    Write-Warning $Text
    exit 2
}

# Text of a service on one line, without control characters and not too long.
function Get-Plain($Text) {
    $line = ("$Text" -replace '[\x00-\x1f\x7f]', ' ' -replace ' {2,}', ' ').TrimEnd()
    if ($line.Length -gt 1000) { $line = $line.Substring(0, 1000) }
    return $line
}

function Find-Az {
    $found = @(Get-Command -Name az -CommandType Application -ErrorAction SilentlyContinue)
    if ([System.IO.Path]::DirectorySeparatorChar -eq '\') {
        $found = @($found | Where-Object { '.cmd', '.bat', '.exe' -contains [System.IO.Path]::GetExtension($_.Source) })
    }
    if ($found.Count -eq 0) { Stop-Wrong 'needs the Azure CLI (az), which is not on PATH' }
    return $found[0].Source
}

# Starts one request; Complete-Call takes its answer when the process has ended. Only names and
# numbers that were checked are in the arguments; the body is a file.
function Start-Call($Job, $Method, $Path, $Api, $Body) {
    $url = '{0}{1}?api-version={2}' -f $endpoint, $Path, $Api
    # A whole address that Azure gave.
    if ($Path.StartsWith("$endpoint/")) { $url = $Path }
    if ($plan) { Write-Host "$($Method.ToUpperInvariant()) $url" }
    $arguments = 'rest --method {0} --url "{1}" --output json --debug' -f $Method, $url
    if ($Body) {
        [System.IO.File]::WriteAllText([System.IO.Path]::Combine($work, "$($Job.Number).json"), $Body, $plain)
        $arguments += ' --body "@{0}.json"' -f $Job.Number
    }
    $Job.Url = $url
    Start-Az $Job $arguments
}

# Starts az. Job.Url is empty where it is not az rest.
function Start-Az($Job, $Arguments) {
    $start = New-Object System.Diagnostics.ProcessStartInfo
    $start.FileName = $az
    $start.Arguments = $Arguments
    $start.WorkingDirectory = $work
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $Job.Process = [System.Diagnostics.Process]::Start($start)
    $Job.Process.StandardInput.Close()
    $Job.Out = $Job.Process.StandardOutput.ReadToEndAsync()
    $Job.Log = $Job.Process.StandardError.ReadToEndAsync()
}

# The address of Azure Resource Manager in the cloud that az uses: public, US Government or China.
function Get-Endpoint {
    $job = @{ Url = '' }
    Start-Az $job 'cloud show --query endpoints.resourceManager --output tsv'
    $said = $job.Out.Result.Trim().TrimEnd('/')
    [void]$job.Log.Wait()
    $job.Process.Dispose()
    if ($said -match '^https://[A-Za-z0-9.-]+\z') { return $said }
    Write-Warning 'az cloud show names no address of Azure Resource Manager'
    exit 1
}

# The address of a header; empty for one that no address of Azure looks like.
function Get-Address($Text) {
    if ($Text -match '^[A-Za-z0-9:/_.~?=&%*+,;!@()-]+\z') { return $Text }
    return ''
}

# What Retry-After says, in seconds: it is a number or a date; -1 for anything else.
function Get-Second($Text) {
    $date = [DateTimeOffset]::MinValue
    $culture = [System.Globalization.CultureInfo]::InvariantCulture
    if ($Text -match '^[0-9]+\z') { $found = $(if ($Text.Length -gt 5) { 86400 } else { [int]$Text }) }
    elseif ([DateTimeOffset]::TryParseExact($Text, 'r', $culture, [System.Globalization.DateTimeStyles]::None, [ref]$date)) {
        $found = [int][Math]::Ceiling(($date - [DateTimeOffset]::UtcNow).TotalSeconds)
    }
    else { return -1 }
    return [Math]::Max(1, $found)
}

# Why az failed, in its words: answers of Azure have several lines.
function Get-Reason($Lines) {
    $said = @()
    foreach ($line in $Lines) {
        if ($said.Count -eq 0) {
            if ($line.StartsWith('ERROR: ')) { $said += $line.Substring(7) -replace '^cli\.[a-z._]*: ', '' }
        }
        elseif ($line -cmatch '^(DEBUG|INFO|WARNING|ERROR): ') { break }
        else { $said += $line }
    }
    return (Get-Plain ($said -join ' '))
}

# The answer: the HTTP status (0 when az tells none), whether a request had no answer, the seconds of
# Retry-After (-1 without), the address to follow, the object, and the error's text.
function Complete-Call($Job) {
    $answer = @{ Status = 0; Lost = $false; Retry = -1; Next = ''; Operation = ''; Json = $null; Detail = '' }
    $code = $Job.Process.ExitCode
    $lines = $Job.Log.Result -split '\r?\n'
    $answer.Detail = Get-Reason $lines
    $asked = $false
    if (-not $Job.Url) { if ($code -eq 0) { $answer.Status = 200 } }
    # az prints the status and the headers with --debug only. Text of the answer itself comes later.
    else {
        foreach ($line in $lines) {
            if ($line.Contains('Request URL: ') -and $line.Contains($Job.Url)) { $asked = $true }
            if (-not $asked) { continue }
            if (-not $answer.Status) {
                if ($line -match 'Response status: ([0-9]{3})') { $answer.Status = [int]$Matches[1] }
            }
            elseif ($line.Contains('Response content:')) { break }
            elseif ($line -match "'retry-after': '([^']*)'\z") { $answer.Retry = Get-Second $Matches[1] }
            elseif ($line -match "'location': '([^']*)'\z") { $answer.Next = Get-Address $Matches[1] }
            elseif ($line -match "'azure-asyncoperation': '([^']*)'\z") { $answer.Operation = Get-Address $Matches[1] }
        }
    }
    # Location leads to the result itself, Azure-AsyncOperation to its state.
    if (-not $answer.Next) { $answer.Next = $answer.Operation }
    $answer.Lost = $asked -and -not $answer.Status
    $good = $answer.Status -ge 200 -and $answer.Status -le 299
    if ($good -ne ($code -eq 0)) { $answer.Status = 0 }
    if ($good) {
        $text = $Job.Out.Result
        if ($text.Trim()) {
            try { $answer.Json = ConvertFrom-Json $text }
            catch { $answer.Status = 0; $answer.Detail = 'the answer is not JSON' }
        }
    }
    if (-not $answer.Status -and -not $answer.Detail) {
        $answer.Detail = "az rest ended with $code and told no HTTP status"
    }
    $Job.Process.Dispose()
    $Job.Process = $null
    return $answer
}

# The service is busy, or the network lost the answer.
function Test-Passing($Answer) { return $Answer.Lost -or (408, 429, 500, 502, 503, 504) -contains $Answer.Status }

function Get-Patience($Answer) {
    if ($Answer.Retry -ge 0) { return $Answer.Retry }
    return $Poll
}

# Goes on with a function after some seconds; false when the time limit has passed.
function Set-Pause($Job, $Seconds, $Then) {
    $now = [DateTime]::UtcNow
    if ($now -ge $Job.Deadline) { return $false }
    $due = $now.AddSeconds($Seconds)
    if ($due -gt $Job.Deadline) { $due = $Job.Deadline }
    $Job.Due = $due
    $Job.Then = $Then
    return $true
}

# Reads, and goes on with a function that takes the answer; tries again while the service is busy.
function Read-Resource($Job, $Path, $Then) {
    $Job.Path = $Path
    $Job.After = $Then
    $Job.Then = 'Complete-Read'
    Start-Call $Job 'get' $Path $api $null
}

function Complete-Read($Job, $Answer) {
    if ($null -eq $Answer) { Read-Resource $Job $Job.Path $Job.After; return }
    if ((Test-Passing $Answer) -and (Set-Pause $Job (Get-Patience $Answer) 'Complete-Read')) { return }
    & $Job.After $Job $Answer
}

# --- Results: one row for each machine -------------------------------------------------------------

$headRow = '"subscription","resource_group","machine","action","result","state","detail"'

function ConvertTo-Field($Text) {
    $text = Get-Plain $Text
    # No spreadsheet may take it for a formula.
    if ($text -match '^[=+@-]') { $text = " $text" }
    return '"' + $text.Replace('"', '""') + '"'
}

# Whether rows go into the file of results: those of a look only where -Results names it.
function Test-Recorded {
    if ($plan -or 'image', 'size' -contains $Action) { return $false }
    return $Action -ne 'status' -or $recorded
}

# Prints the row of a machine, and keeps it; the machine is done with.
function Write-Row($Job, $Result, $State, $Detail) {
    $fields = @($Job.Subscription, $Job.Group, $Job.Machine, $Action, $Result, $State, $Detail)
    $line = (@($fields | ForEach-Object { ConvertTo-Field $_ }) -join ',')
    Write-Output $line
    if (Test-Recorded) { [System.IO.File]::AppendAllText($resultFile, "$line`n", $plain) }
    $Job.Result = $Result
}

# What the last row of each machine says: a run that was stopped goes on where it was.
function Read-Results {
    $last = @{}
    if (-not (Test-Recorded)) { return $last }
    # Nothing is sent that cannot be recorded.
    try {
        [System.IO.File]::AppendAllText($resultFile, '', $plain)
        $text = [System.IO.File]::ReadAllText($resultFile)
    }
    catch { Stop-Wrong "-Results: the file '$(Get-Plain $Results)' cannot be written" }
    if (-not $text) {
        [System.IO.File]::WriteAllText($resultFile, "$headRow`n", $plain)
        return $last
    }
    # A row that was cut off must not merge with the next one.
    if (-not $text.EndsWith("`n")) { [System.IO.File]::AppendAllText($resultFile, "`n", $plain) }
    if ($Action -eq 'status') { return $last }
    foreach ($line in ($text -split '\r?\n')) {
        if ($line -match '^"([^",]*)","([^",]*)","([^",]*)","([^",]*)","([^",]*)",".*"$') {
            $last["$($Matches[1])/$($Matches[2])/$($Matches[3])".ToLowerInvariant()] = "$($Matches[4]) $($Matches[5])"
        }
    }
    return $last
}

# --- Which machines -------------------------------------------------------------------------------

# A machine by its name, or by the id of its resource; each machine once, because two changes of one
# machine at the same time do not see each other.
function Add-Machine($Text, $Where) {
    $s = $Subscription
    $g = $ResourceGroup
    if ($Text -match "^/subscriptions/(?<s>$guid)/resourceGroups/(?<g>$groupName)/providers/$provider/(?<m>$machineName)\z") {
        $s = $Matches['s']
        $g = $Matches['g']
        $Text = $Matches['m']
    }
    if ($Text -notmatch "^$machineName\z" -or $Text -notmatch '[A-Za-z0-9]') {
        Stop-Wrong "$($Where): must be the name or the resource id of a machine; got '$(Get-Plain $Text)'"
    }
    if ($s -notmatch "^$guid\z") { Stop-Wrong "$($Where): name the subscription by -Subscription" }
    if ($g -notmatch "^$groupName\z") { Stop-Wrong "$($Where): name the resource group by -ResourceGroup" }
    $key = "$s/$g/$Text".ToLowerInvariant()
    if ($seen.ContainsKey($key)) { return }
    $seen[$key] = $true
    [void]$machines.Add(@{ Subscription = $s; Group = $g; Machine = $Text })
}

function Read-File($Path, $Option) {
    $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    try { return [System.IO.File]::ReadAllText($full) }
    catch { Stop-Wrong "$($Option): the file $Path cannot be read" }
}

function Add-List($Path) {
    $number = 0
    foreach ($line in ((Read-File $Path '-List') -split '\r?\n')) {
        $number++
        if ($line -eq '' -or $line.StartsWith('#')) { continue }
        Add-Machine $line "$Path, line $number"
    }
}

# The machines that a Resource Graph query finds; each row of its result has the column id.
function Add-Query($Path) {
    $kql = Read-File $Path '-Query'
    if ($Subscription -notmatch "^$guid\z") { Stop-Wrong '-Query: name the subscription by -Subscription' }
    $job = @{ Number = 0 }
    $until = [DateTime]::UtcNow.AddSeconds($Limit)
    $token = ''
    do {
        $options = @{ '$top' = 1000 }
        if ($token) { $options['$skipToken'] = $token }
        $body = ConvertTo-Json -Depth 5 -Compress @{ subscriptions = @($Subscription); query = $kql; options = $options }
        while ($true) {
            Start-Call $job 'post' '/providers/Microsoft.ResourceGraph/resources' '2022-10-01' $body
            [void]$job.Out.Wait()
            [void]$job.Log.Wait()
            $job.Process.WaitForExit()
            $answer = Complete-Call $job
            if (-not (Test-Passing $answer) -or [DateTime]::UtcNow -ge $until) { break }
            Start-Sleep -Seconds (Get-Patience $answer)
        }
        if ($answer.Status -ne 200) {
            Write-Warning "-Query: HTTP $($answer.Status): $($answer.Detail)"
            exit 1
        }
        foreach ($row in $answer.Json.data) {
            if ("$($row.id)" -notlike '/*') { Stop-Wrong '-Query: each row of the result must have the resource id of a machine in the column id' }
            Add-Machine $row.id '-Query'
        }
        $token = $answer.Json.'$skipToken'
    } while ($token)
    if ("$($answer.Json.resultTruncated)" -eq 'true') {
        Write-Warning '-Query: Azure returned only a part of the result, and no way to the rest'
        exit 1
    }
}

# --- All of them, some at a time ------------------------------------------------------------------

# Drives all machines in one thread: each has one process of az, or waits.
function Invoke-Each($First, $Last) {
    $left = New-Object System.Collections.Queue
    foreach ($one in $machines) {
        $key = "$($one.Subscription)/$($one.Group)/$($one.Machine)".ToLowerInvariant()
        if (-not $Again -and $Last[$key] -eq "$Action done") {
            Write-Host "$($one.Machine): $Action is done, as $Results shows; -Again repeats it"
            continue
        }
        $one.Number = $left.Count + 1
        $left.Enqueue($one)
    }
    $open = @()
    try {
        while ($left.Count -gt 0 -or $open.Count -gt 0) {
            while ($left.Count -gt 0 -and $open.Count -lt $Jobs) {
                $one = $left.Dequeue()
                $one.Deadline = [DateTime]::UtcNow.AddSeconds($Limit)
                & $First $one
                $open += $one
            }
            foreach ($one in $open) {
                if ($one.Process) {
                    if (-not ($one.Process.HasExited -and $one.Out.IsCompleted -and $one.Log.IsCompleted)) { continue }
                    $answer = Complete-Call $one
                    & $one.Then $one $answer
                }
                elseif ([DateTime]::UtcNow -ge $one.Due) { & $one.Then $one $null }
            }
            foreach ($one in $open) { if ($one.Result) { [void]$ended.Add($one.Result) } }
            $open = @($open | Where-Object { -not $_.Result })
            if ($open.Count -gt 0) { Start-Sleep -Milliseconds 50 }
        }
    }
    finally {
        foreach ($one in $open) { if ($one.Process) { try { $one.Process.Kill() } catch { Write-Verbose "$_" } } }
    }
}

# The exit code: 1 something failed, 3 something is not known, 2 there is something to do, 0 all done.
function Get-Verdict {
    if ($ended -contains 'failed' -or $ended -contains 'refused') { return 1 }
    if ($ended -contains 'pending') { return 3 }
    if ($ended -contains 'planned' -or $ended -contains 'different') { return 2 }
    return 0
}

# --- A change -------------------------------------------------------------------------------------

# Waits before the next look.
function Wait-Look($Job, $Seconds, $Detail) {
    if (-not (Set-Pause $Job $Seconds $look)) { Write-Row $Job 'pending' $Job.State $Detail }
}

# Sends a change, unless -WhatIf. It is repeated from the reading on when the service is busy or
# another change is under way.
function Send-Change($Job, $Method, $Path, $Body) {
    if (-not $cmdlet.ShouldProcess($Job.Resource, "$Action, by $($Method.ToUpperInvariant())")) {
        Write-Host ("{0} {1}{2}?api-version={3}`n{4}" -f $Method.ToUpperInvariant(), $endpoint, $Path, $api, $Body)
        Write-Row $Job 'planned' $Job.State "$Method is not sent"
        return
    }
    $Job.Method = $Method
    $Job.Then = 'Step-Sent'
    Start-Call $Job $Method $Path $api $Body
}

function Step-Sent($Job, $Answer) {
    if (200, 201, 202 -contains $Answer.Status) { $Job.Sent = $true; $Job.Before = $Job.State }
    # The other conflicts pass when the other change has ended.
    elseif (($Answer.Status -ne 409 -or $Answer.Detail -match 'PropertyChangeNotAllowed') -and -not (Test-Passing $Answer)) {
        Write-Row $Job 'failed' $Job.State "$($Job.Method): HTTP $($Answer.Status): $($Answer.Detail)"
        return
    }
    $text = "$($Job.Method): HTTP $($Answer.Status); the time limit passed"
    if ($Answer.Detail) { $text += ": $($Answer.Detail)" }
    Wait-Look $Job (Get-Patience $Answer) $text
}

# The row after a read that failed. Once a change is sent, its end is not known.
function Write-Unread($Job, $Answer) {
    $text = "get: HTTP $($Answer.Status): $($Answer.Detail)"
    if ($Job.Sent) { Write-Row $Job 'pending' $Job.State "the change was sent; $text" }
    else { Write-Row $Job 'failed' $Job.State $text }
}

# Adds the values in an object, each by its path.
function Add-Flat($Flat, $Path, $Value) {
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        foreach ($one in $Value.PSObject.Properties) { Add-Flat $Flat "$Path.$($one.Name)" $one.Value }
    }
    elseif ($Value -is [array]) { for ($at = 0; $at -lt $Value.Count; $at++) { Add-Flat $Flat "$Path.$at" $Value[$at] } }
    elseif ($null -ne $Value) { $Flat[$Path.Substring(1)] = "$Value" }
}

# What must not change, by path.
function Get-Kept($Kind, $Found) {
    $flat = @{}
    Add-Flat $flat '' (Get-Rest $Kind $Found)
    return $flat
}

# Compares what must not change; names what did, and says nothing when nothing did.
function Get-Loss($Job, $Kind, $Found) {
    if ($null -eq $Job.Kept) { return '' }
    $now = Get-Kept $Kind $Found
    $names = @(@($Job.Kept.get_Keys()) + @($now.get_Keys()) | Sort-Object -Unique | Where-Object { $Job.Kept[$_] -cne $now[$_] })
    if ($names.Count -eq 0) { return '' }
    return "another property changed: $($names -join ', ')"
}

# Everything: which machines, one after the other, and the exit code.
function Start-Run {
    $script:az = Find-Az
    $script:seen = @{}
    $script:machines = New-Object System.Collections.ArrayList
    $script:ended = New-Object System.Collections.ArrayList
    $script:work = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "azure-$([guid]::NewGuid())")
    [void][System.IO.Directory]::CreateDirectory($work)
    $code = 1
    try {
        $script:endpoint = Get-Endpoint
        foreach ($one in $Machine) { Add-Machine $one '-Machine' }
        foreach ($one in $List) { Add-List $one }
        foreach ($one in $Query) { Add-Query $one }
        if ($Machine.Count + $List.Count + $Query.Count -eq 0) { foreach ($one in $named) { Add-Machine $one 'the profile' } }
        if ($machines.Count -eq 0) {
            if ($List.Count + $Query.Count -eq 0) { Stop-Wrong 'no machine: use -Machine, -List or -Query' }
            Stop-Wrong 'no machine: the list or the query names none'
        }
        $script:resultFile = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Results)
        $last = Read-Results
        Write-Output $headRow
        Invoke-Each $first $last
        $code = Get-Verdict
    }
    finally {
        try { [System.IO.Directory]::Delete($work, $true) }
        catch { Write-Verbose "$work stays: $_" }
    }
    exit $code
}


function Get-Rest($Kind, $Found) { return '' }

function Get-InstallBody {
    $windows = @{
        classificationsToInclude  = @($Classifications)
        kbNumbersToInclude        = @($Include)
        kbNumbersToExclude        = @($excluded)
        excludeKbsRequiringReboot = [bool]$WithoutRestart
    }
    return (ConvertTo-Json -Depth 5 @{ maximumDuration = $Duration; rebootSetting = $Reboot; windowsParameters = $windows })
}

function Start-Patch($Job) {
    $Job.Resource = '/subscriptions/{0}/resourceGroups/{1}/providers/{2}/{3}' -f $Job.Subscription, $Job.Group, $provider, $Job.Machine
    $Job.State = ''
    $Job.Address = ''
    Read-Resource $Job $Job.Resource 'Step-Found'
}

function Step-Found($Job, $Answer) {
    if ($Answer.Status -eq 404) { Write-Row $Job 'refused' '' 'not found: no such machine, or no right to read it'; return }
    if ($Answer.Status -ne 200) { Write-Row $Job 'failed' '' "get: HTTP $($Answer.Status): $($Answer.Detail)"; return }
    Send-Operation $Job $null
}

function Send-Operation($Job, $Answer) {
    $path = "$($Job.Resource)/$($Action)Patches"
    $body = $(if ($Action -eq 'install') { Get-InstallBody } else { $null })
    if (-not $cmdlet.ShouldProcess($Job.Resource, $Action)) {
        Write-Host ("POST {0}{1}?api-version={2}`n{3}" -f $endpoint, $path, $api, $body)
        Write-Row $Job 'planned' '' 'POST is not sent'
        return
    }
    $Job.Then = 'Step-Begun'
    Start-Call $Job 'post' $path $api $body
}

function Step-Begun($Job, $Answer) {
    if (200, 202 -contains $Answer.Status) { Step-Operation $Job $Answer; return }
    if ($Answer.Status -eq 409) { Write-Row $Job 'pending' '' "another operation is under way: $($Answer.Detail)"; return }
    # Only these two say that nothing has begun.
    if (429, 503 -contains $Answer.Status) {
        if (-not (Set-Pause $Job (Get-Patience $Answer) 'Send-Operation')) {
            Write-Row $Job 'pending' '' "HTTP $($Answer.Status); the time limit passed"
        }
        return
    }
    if (Test-Passing $Answer) {
        Write-Row $Job 'pending' '' "post: HTTP $($Answer.Status): whether it began is not known: $($Answer.Detail)"
        return
    }
    Write-Row $Job 'failed' '' "post: HTTP $($Answer.Status): $($Answer.Detail)"
}

function Read-Operation($Job, $Answer) {
    $Job.Then = 'Step-Operation'
    Start-Call $Job 'get' $Job.Address $api $null
}

# Follows the operation to its end. The answer of the operation names its status.
function Step-Operation($Job, $Answer) {
    if ($Answer.Status -eq 200) {
        # Azure-AsyncOperation has the result in properties.output.
        $found = $Answer.Json
        if ($found.properties.output.status) { $found = $found.properties.output }
        $Job.State = "$($found.status)"
        if ($Job.State -and 'InProgress', 'Accepted', 'NotStarted', 'Running' -cnotcontains $Job.State) { Write-End $Job $found; return }
    }
    elseif ($Answer.Status -ne 202 -and -not (Test-Passing $Answer)) {
        Write-Row $Job 'pending' $Job.State "it began; its end is not known: HTTP $($Answer.Status): $($Answer.Detail)"
        return
    }
    if ($Answer.Next) { $Job.Address = $Answer.Next }
    if (-not $Job.Address.StartsWith("$endpoint/")) { Write-Row $Job 'pending' $Job.State 'Azure named no address to follow'; return }
    Wait-Look $Job (Get-Patience $Answer) 'the time limit passed'
}

function Write-End($Job, $Found) {
    $said = @()
    if ($Found.availablePatchCountByClassification) {
        foreach ($one in $Found.availablePatchCountByClassification.PSObject.Properties) { $said += "$($one.Name) $($one.Value)" }
    }
    foreach ($name in 'criticalAndSecurityPatchCount', 'otherPatchCount', 'rebootPending', 'installedPatchCount', 'failedPatchCount', 'pendingPatchCount', 'rebootStatus') {
        if ($null -ne $Found.$name) {
            $value = $(if ($Found.$name -is [bool]) { "$($Found.$name)".ToLowerInvariant() } else { $Found.$name })
            $said += "$name $value"
        }
    }
    foreach ($name in 'error', 'errorDetails') { if ($Found.$name.message) { $said += "error $($Found.$name.message)" } }
    $result = $(if ($Job.State -ceq 'Succeeded') { 'done' } elseif ($Job.State -ceq 'CompletedWithWarnings') { 'different' } else { 'failed' })
    Write-Row $Job $result $Job.State ($said -join ', ')
}

if ($Action -eq 'install') {
    if (-not $Reboot) { Stop-Wrong 'install: name -Reboot' }
    if ($Classifications.Count + $Include.Count -eq 0) { Stop-Wrong 'install: name -Classifications or -Include' }
}
Start-Run
