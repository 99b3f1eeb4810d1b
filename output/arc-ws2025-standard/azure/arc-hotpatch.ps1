<#
.SYNOPSIS
Enrolls machines of Azure Arc for hotpatch, and reads and undoes that.

.DESCRIPTION
Profile: arc-ws2025-standard
GPO: Hotpatch: Azure Arc, Windows Server 2025 Standard
Why: Azure Update Manager installs and restarts; the GPO prevents Windows from doing it automatically.
For: Windows Server 2025 Standard, Desktop Experience, member servers, Azure Arc-enabled servers
Digest: de9eec788cdec657bd30e9937d0f078d67dfdb731b60298b9c4de3b5a487c5d9
Made by: gpogen 0.1.0

The author of this file has not run it against Azure: it was tested against a stand-in of Azure
Resource Manager. Try -WhatIf first, then one machine.

Actions:
  status      reads; changes nothing
  enroll      enables the hotpatch license of the machine and waits until it is Enabled or Failed
  disenroll   disables the license and waits until it is Disabled or Failed
  opt-out     keeps the license, and lets the machine install cumulative updates
  opt-in      ends the opt-out: the machine installs hotpatches again

It calls Azure by `az rest` of the Azure CLI, as the account that `az login` signed in. Required role:
Azure Connected Machine Resource Administrator on the machines. -WhatIf prints each request and sends
only those that read.

Exit codes: 0 done, 1 something failed or was refused, 2 wrong usage, or not enabled (status), or
there is something to do (-WhatIf), 3 not known: the time limit passed.

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

.PARAMETER Location
The region; by default, that of the profile. The script refuses a machine of another region.

.PARAMETER Jobs
The number of machines that it works on at the same time.

.PARAMETER Results
The file for the results, one row for each machine. A later run skips the machines that the file shows
as done. The action status adds its rows only to a file that you name.

.PARAMETER Again
Does not skip anything.

.PARAMETER Poll
How often to ask, in seconds, unless Azure asks for another interval.

.PARAMETER Limit
How long to wait for one machine, in seconds.

.EXAMPLE
PS> .\arc-hotpatch.ps1 enroll -WhatIf

.EXAMPLE
PS> .\arc-hotpatch.ps1 enroll -Machine server-01
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true, Position = 0)]
    [ValidateSet('status', 'enroll', 'disenroll', 'opt-out', 'opt-in')]
    [string]$Action,
    [string[]]$Machine = @(),
    [string[]]$List = @(),
    [string[]]$Query = @(),
    [string]$Subscription = '',
    [string]$ResourceGroup = '',
    [ValidatePattern('^([a-z][a-z0-9]{2,39})?\z')]
    [string]$Location = '',
    [ValidateRange(1, 50)]
    [int]$Jobs = 8,
    [string]$Results = 'arc-hotpatch-results.csv',
    [switch]$Again,
    [ValidateRange(1, 3600)]
    [int]$Poll = 30,
    [ValidateRange(1, 86400)]
    [int]$Limit = 1800
)

$ErrorActionPreference = 'Stop'
$Action = $Action.ToLowerInvariant()
$named = @()
$api = '2026-07-15' # Microsoft.HybridCompute

$provider = 'Microsoft.HybridCompute/machines'
$plan = [bool]$WhatIfPreference
$recorded = $PSBoundParameters.ContainsKey('Results')
$cmdlet = $PSCmdlet
$first = 'Start-Machine'
$look = $(if ($Action -like 'opt-*') { 'Read-Machine' } else { 'Read-License' })

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


# --- What a request says --------------------------------------------------------------------------

# No location in a PATCH. productProfile.subscriptionStatus is billing and is never sent.
function Get-PatchBody($Word) {
    $product = @{ productType = 'WindowsServer'; productFeatures = @(@{ name = 'Hotpatch'; subscriptionStatus = $Word }) }
    return (ConvertTo-Json -Depth 9 @{ properties = @{ productProfile = $product } })
}

function Get-PutBody($Where) {
    $product = @{ productType = 'WindowsServer'; productFeatures = @(@{ name = 'Hotpatch'; subscriptionStatus = 'Enabled' }) }
    return (ConvertTo-Json -Depth 9 @{ location = $Where; properties = @{ productProfile = $product } })
}

# The settings beside enableHotpatching are passed on as they are.
function Get-OptBody($Found, $Value) {
    $old = Get-Setting $Found
    $new = @{ enableHotpatching = $Value }
    foreach ($name in 'assessmentMode', 'patchMode') { if ($null -ne $old.$name) { $new[$name] = $old.$name } }
    return (ConvertTo-Json -Depth 9 @{ properties = @{ osProfile = @{ windowsConfiguration = @{ patchSettings = $new } } } })
}

function Get-Setting($Found) { return $Found.properties.osProfile.windowsConfiguration.patchSettings }

function Get-Feature($Found) {
    return @($Found.properties.productProfile.productFeatures | Where-Object { $_.name -ceq 'Hotpatch' })[0]
}

# What no call may change, for a comparison.
function Get-Rest($Kind, $Found) {
    $p = $Found.properties
    if ($Kind -eq 'profile') {
        $others = @($p.productProfile.productFeatures | Where-Object { $null -ne $_ -and $_.name -cne 'Hotpatch' } |
            ForEach-Object { [pscustomobject]@{ name = $_.name; subscriptionStatus = $_.subscriptionStatus } })
        return [pscustomobject]@{
            location  = $Found.location
            tags      = $Found.tags
            assurance = $p.softwareAssurance
            esu       = $p.esuProfile.assignedLicense
            type      = Get-Word $p.productProfile.productType 'WindowsServer'
            billed    = 'Enabled', 'Enabling' -ccontains $p.productProfile.subscriptionStatus
            features  = $others
        }
    }
    $setting = Get-Setting $Found
    return [pscustomobject]@{
        location = $Found.location
        tags     = $Found.tags
        kind     = $Found.kind
        identity = $Found.identity.type
        settings = [pscustomobject]@{ assessmentMode = $setting.assessmentMode; patchMode = $setting.patchMode }
        linux    = $p.osProfile.linuxConfiguration
        scope    = $p.privateLinkScopeResourceId
        cluster  = $p.parentClusterResourceId
        data     = $p.locationData
    }
}

# --- One machine ----------------------------------------------------------------------------------

function Start-Machine($Job) {
    $Job.Resource = '/subscriptions/{0}/resourceGroups/{1}/providers/{2}/{3}' -f $Job.Subscription, $Job.Group, $provider, $Job.Machine
    $Job.Sent = $false
    $Job.Moved = $false
    $Job.Before = ''
    $Job.Kept = $null
    $Job.State = ''
    Read-Resource $Job $Job.Resource 'Step-Machine'
}

# The machine itself: says why hotpatch cannot be enabled on it, and goes on with the action.
function Step-Machine($Job, $Answer) {
    if ($Answer.Status -eq 404) { Write-Row $Job 'refused' '' 'not found: no such machine, or no right to read it'; return }
    if ($Answer.Status -ne 200) { Write-Unread $Job $Answer; return }
    $Job.Found = $Answer.Json
    if ($Action -eq 'enroll' -or $Action -eq 'opt-in') {
        $why = Get-Refusal $Job.Found.location $Job.Found.properties
        if ($why) { Write-Row $Job 'refused' $Job.Found.properties.status $why; return }
    }
    if ($Action -like 'opt-*') { Step-Opt $Job }
    else { Read-License $Job $null }
}

function Get-Refusal($Where, $Found) {
    if ($Found.status -cne 'Connected') { return "the agent must be Connected; it is $(Get-Word $Found.status 'unknown')" }
    if ("$($Found.osSku)" -match 'azure edition') { return 'Azure Edition needs no license of Azure Arc' }
    if ("$($Found.osSku)" -notmatch 'windows server 2025') {
        return "must be Windows Server 2025 Standard or Datacenter; got '$($Found.osSku)'"
    }
    $early = "the build must be 26100.1742 or later; got '$($Found.osVersion)'"
    if ("$($Found.osVersion)" -match '^10\.0\.26100\.([0-9]{1,6})\z') { if ([int]$Matches[1] -lt 1742) { return $early } }
    elseif ("$($Found.osVersion)" -cne '10.0.26100') { return $early }
    if ($Location -and $Where -cne $Location) { return "the machine is in '$Where', not in '$Location'" }
    return ''
}

function Get-Word($Text, $Other) {
    if ("$Text") { return "$Text" }
    return $Other
}

function Read-License($Job, $Answer) { Read-Resource $Job "$($Job.Resource)/licenseProfiles/default" 'Step-License' }

function Read-Machine($Job, $Answer) { Read-Resource $Job $Job.Resource 'Step-Machine' }

# The license: GET first. Where there is a profile, PATCH; only 404 lets it be created.
function Step-License($Job, $Answer) {
    if ($Answer.Status -ne 200 -and $Answer.Status -ne 404) {
        Write-Unread $Job $Answer
        return
    }
    $found = $(if ($Answer.Status -eq 200) { $Answer.Json } else { $null })
    $hotpatch = Get-Feature $found
    $Job.Licensed = [bool]$found
    $Job.State = "$($hotpatch.subscriptionStatus)"
    if ($Action -eq 'status') { Write-Status $Job $hotpatch; return }
    $product = $found.properties.productProfile.productType
    if ($product -and $product -cne 'WindowsServer') { Write-Row $Job 'refused' $Job.State "the license profile is for $product"; return }
    $off = $Action -eq 'disenroll'
    if (-not $found -and $off -and -not $Job.Sent) { Write-Row $Job 'done' '' 'there is no license profile'; return }
    if ($Job.Sent -and $Job.State -cne $Job.Before) { $Job.Moved = $true }
    $wanted = $(if ($off) { 'Disabled' } else { 'Enabled' })
    if ($Job.State -ceq $wanted -or ($off -and -not $Job.State)) {
        $loss = Get-Loss $Job 'profile' $found
        if ($loss) { Write-Row $Job 'failed' $Job.State $loss; return }
        Read-Resource $Job $Job.Resource 'Step-Enrolled'
        return
    }
    if ($Job.State -ceq 'Failed' -and $Job.Sent -and $Job.Moved) {
        Write-Row $Job 'failed' 'Failed' (Get-Failure $hotpatch)
        return
    }
    if ($Job.Sent -or $Job.State -ceq 'Enabling' -or $Job.State -ceq 'Disabling') {
        Wait-Look $Job $Poll 'the time limit passed'
        return
    }
    Start-License $Job $found $off
}

function Start-License($Job, $Found, $Off) {
    $path = "$($Job.Resource)/licenseProfiles/default"
    if ($Found) {
        $Job.Kept = Get-Kept 'profile' $Found
        Send-Change $Job 'patch' $path (Get-PatchBody $(if ($Off) { 'Disable' } else { 'Enable' }))
        return
    }
    # A machine that shows an ESU license or Software Assurance has a profile, whatever the answer says.
    $shown = $Job.Found.properties.licenseProfile
    if ($shown.softwareAssurance.softwareAssuranceCustomer -eq $true -or $shown.softwareAssuranceCustomer -eq $true -or
        $shown.esuProfile.licenseAssignmentState -ceq 'Assigned') {
        Write-Row $Job 'refused' '' 'the machine shows Software Assurance or an ESU license, but no license profile'
        return
    }
    Send-Change $Job 'put' $path (Get-PutBody $Job.Found.location)
}

function Get-Failure($Hotpatch) {
    if ($null -eq $Hotpatch.error) { return '' }
    return "$($Hotpatch.error.code): $($Hotpatch.error.message)"
}

function Step-Enrolled($Job, $Answer) {
    $text = "the machine: HTTP $($Answer.Status)"
    if ($Answer.Status -eq 200) { $text = Get-Note $Answer.Json }
    Write-Row $Job 'done' $Job.State $text
}

# What Azure reports about the machine, in addition to the license.
function Get-Note($Found) {
    $setting = Get-Setting $Found
    $on = $(if ($null -eq $setting.enableHotpatching) { 'not set' } else { "$($setting.enableHotpatching)".ToLowerInvariant() })
    $text = "hotpatchEnablementStatus $(Get-Word $setting.status.hotpatchEnablementStatus 'not set'), enableHotpatching $on"
    if ($setting.status.error.message) { $text += ": $($setting.status.error.message)" }
    return $text
}

# Whether the machine gets hotpatches although it is enrolled.
function Step-Opt($Job) {
    $wanted = $Action -eq 'opt-in'
    $setting = Get-Setting $Job.Found
    $Job.State = "$($setting.status.hotpatchEnablementStatus)"
    if ($setting.enableHotpatching -is [bool] -and $setting.enableHotpatching -eq $wanted) {
        $loss = Get-Loss $Job 'machine' $Job.Found
        if ($loss) { Write-Row $Job 'failed' $Job.State $loss; return }
        if ($Job.State -ceq $(if ($wanted) { 'Enabled' } else { 'Disabled' })) { Write-Row $Job 'done' $Job.State ''; return }
        if ($wanted -and $Job.State -ceq 'ActionRequired') { Write-Row $Job 'failed' $Job.State $setting.status.error.message; return }
        Wait-Look $Job $Poll 'the time limit passed'
        return
    }
    if ($Job.Sent) { Wait-Look $Job $Poll 'the time limit passed'; return }
    $Job.Kept = Get-Kept 'machine' $Job.Found
    Send-Change $Job 'patch' $Job.Resource (Get-OptBody $Job.Found $wanted)
}

function Write-Status($Job, $Hotpatch) {
    $license = $(if ($Job.Licensed) { Get-Word $Job.State 'not enrolled' } else { 'no license profile' })
    $state = "$((Get-Setting $Job.Found).status.hotpatchEnablementStatus)"
    $text = "license $license, $(Get-Note $Job.Found)"
    $failure = Get-Failure $Hotpatch
    if ($failure) { $text += "; $failure" }
    $good = $license -ceq 'Enabled' -and $state -ceq 'Enabled'
    Write-Row $Job $(if ($good) { 'done' } else { 'different' }) $state $text
}

Start-Run
