<#
.SYNOPSIS
Sets who patches Azure VMs (properties.osProfile.windowsConfiguration.patchSettings).

.DESCRIPTION
Profile: azurevm-ws2022-hotpatch
GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
Made by: gpogen 0.1.0

The author of this file has not run it against Azure: it was tested against a stand-in of Azure
Resource Manager. Try -WhatIf first, then one VM.

Actions:
  status      reads the settings, and says who patches
  apply       writes the settings of the profile by PATCH and waits until the VM has them
  image       looks whether the region of -Location has the image of the profile
  size        looks whether the subscription can use the VM size of -Size there, with generation 2

It calls Azure by `az rest` of the Azure CLI, as the account that `az login` signed in. Required role:
Virtual Machine Contributor on the VMs; image and size need Reader on the subscription. -WhatIf prints
each request and sends only those that read.
enableAutomaticUpdates and provisionVMAgent can be set only when a VM is created: nothing here writes
them.

Exit codes: 0 done, 1 something failed or was refused, 2 wrong usage, or not as the profile says
(status), or there is something to do (-WhatIf), 3 not known: the time limit passed.

.PARAMETER Machine
VMs, by name or resource id.

.PARAMETER List
A file with the VMs, one name or resource id on each line.

.PARAMETER Query
A file with a Resource Graph query whose result has a column id.

.PARAMETER Subscription
The id of the subscription of VMs that you name without a resource id.

.PARAMETER ResourceGroup
The resource group of VMs that you name without a resource id.

.PARAMETER Location
The region, for image and size.

.PARAMETER Size
The VM size, for size, such as Standard_D2s_v5.

.PARAMETER Jobs
The number of VMs that it works on at the same time.

.PARAMETER Results
The file for the results, one row for each VM. A later run skips the VMs that the file shows as done. The
action status adds its rows only to a file that you name.

.PARAMETER Again
Does not skip anything.

.PARAMETER Poll
How often to ask, in seconds, unless Azure asks for another interval.

.PARAMETER Limit
How long to wait for one VM, in seconds.

.EXAMPLE
PS> .\patch-settings.ps1 apply -Machine vm-01 -Subscription 00000000-0000-0000-0000-000000000000 -ResourceGroup servers -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true, Position = 0)]
    [ValidateSet('status', 'apply', 'image', 'size')]
    [string]$Action,
    [string[]]$Machine = @(),
    [string[]]$List = @(),
    [string[]]$Query = @(),
    [string]$Subscription = '',
    [string]$ResourceGroup = '',
    [ValidatePattern('^([a-z][a-z0-9]{2,39})?\z')]
    [string]$Location = '',
    [ValidatePattern('^[A-Za-z0-9_-]{0,64}\z')]
    [string]$Size = '',
    [ValidateRange(1, 50)]
    [int]$Jobs = 8,
    [string]$Results = 'patch-settings-results.csv',
    [switch]$Again,
    [ValidateRange(1, 3600)]
    [int]$Poll = 30,
    [ValidateRange(1, 86400)]
    [int]$Limit = 1800
)

$ErrorActionPreference = 'Stop'
$Action = $Action.ToLowerInvariant()
$wanted = ConvertFrom-Json '{"automaticByPlatformSettings": {"bypassPlatformSafetyChecksOnUserSchedule": false}, "enableHotpatching": true, "patchMode": "AutomaticByPlatform"}'
$image = @{ Publisher = 'MicrosoftWindowsServer'; Offer = 'WindowsServer'; Sku = '2022-datacenter-azure-edition-hotpatch' }
$images = 'MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-core MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-core-smalldisk MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-hotpatch MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-hotpatch-smalldisk MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition-smalldisk MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition-core MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition-core-smalldisk'
$api = '2024-03-01' # Microsoft.Compute
$assignmentsApi = '2023-04-01' # Microsoft.Maintenance

$provider = 'Microsoft.Compute/virtualMachines'
$plan = [bool]$WhatIfPreference
$recorded = $PSBoundParameters.ContainsKey('Results')
$cmdlet = $PSCmdlet
$named = @()
$first = 'Start-Vm'
$look = 'Read-Vm'

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


function Get-Windows($Found) { return $Found.properties.osProfile.windowsConfiguration }

# What no call may change, for a comparison: all but the settings and the state of the change.
function Get-Rest($Kind, $Found) {
    $copy = ConvertFrom-Json (ConvertTo-Json -Depth 30 -Compress $Found)
    $copy.PSObject.Properties.Remove('etag')
    # The extensions: the platform adds that of its patching.
    $copy.PSObject.Properties.Remove('resources')
    $copy.properties.PSObject.Properties.Remove('provisioningState')
    $copy.properties.PSObject.Properties.Remove('instanceView')
    $windows = Get-Windows $copy
    if ($windows) { $windows.PSObject.Properties.Remove('patchSettings') }
    return $copy
}

# The first object with the values of the second over them.
function Merge-Object($Old, $New) {
    $merged = @{}
    if ($Old) { foreach ($one in $Old.PSObject.Properties) { $merged[$one.Name] = $one.Value } }
    foreach ($one in $New.PSObject.Properties) {
        if ($one.Value -is [System.Management.Automation.PSCustomObject]) {
            $merged[$one.Name] = Merge-Object $merged[$one.Name] $one.Value
        }
        else { $merged[$one.Name] = $one.Value }
    }
    return $merged
}

function Get-VmBody($Found) {
    $settings = Merge-Object (Get-Windows $Found).patchSettings $wanted
    return (ConvertTo-Json -Depth 9 @{ properties = @{ osProfile = @{ windowsConfiguration = @{ patchSettings = $settings } } } })
}

function Test-Wanted($Has, $Wants) {
    foreach ($one in $Wants.PSObject.Properties) {
        $value = $Has.($one.Name)
        if ($one.Value -is [System.Management.Automation.PSCustomObject]) {
            if (-not (Test-Wanted $value $one.Value)) { return $false }
        }
        elseif ($null -eq $value -or "$value" -cne "$($one.Value)") { return $false }
    }
    return $true
}

# Who patches (Microsoft Learn, prerequisites of scheduled patching), by the settings and by whether
# a maintenance configuration is assigned to the VM itself. The VM does not show the dynamic scopes that
# find it.
function Get-Patcher($Job) {
    $settings = (Get-Windows $Job.Found).patchSettings
    if ($settings.patchMode -cne 'AutomaticByPlatform') {
        $mode = $(if ($settings.patchMode) { $settings.patchMode } else { 'not set' })
        return "not the platform: patchMode is $mode"
    }
    $bypass = $settings.automaticByPlatformSettings.bypassPlatformSafetyChecksOnUserSchedule -eq $true
    if ($bypass) { return $(if ($Job.Assigned) { 'the schedule' } else { 'nobody, unless a dynamic scope assigns a schedule' }) }
    return $(if ($Job.Assigned) { 'nobody: neither the schedule nor guest patching runs' } else { 'automatic guest patching, or nobody if a dynamic scope assigns a schedule' })
}

# Says why the settings cannot be written, or would leave the VM unpatched.
function Get-Refusal($Job) {
    $windows = Get-Windows $Job.Found
    if (-not $windows) { return 'the VM has no osProfile.windowsConfiguration' }
    $now = "$($windows.patchSettings.patchMode)"
    $mode = "$($wanted.patchMode)"
    $change = "patchMode cannot change from $now to $mode"
    $both = @($now, $mode) | Sort-Object
    switch ("$($both[0]) $($both[1])") {
        'AutomaticByOS Manual' { return $change }
        'AutomaticByPlatform Manual' {
            if ($windows.enableAutomaticUpdates -eq $true) { return "$change with enableAutomaticUpdates true" }
        }
        'AutomaticByOS AutomaticByPlatform' {
            if ($windows.enableAutomaticUpdates -eq $false) { return "$change with enableAutomaticUpdates false" }
        }
    }
    if ($wanted.enableHotpatching -eq $true) {
        if ($windows.provisionVMAgent -ne $true) { return 'hotpatching requires provisionVMAgent true' }
        $from = $Job.Found.properties.storageProfile.imageReference
        $name = $(if ($from.sku) { "$($from.publisher)/$($from.offer)/$($from.sku)" } elseif ($from.id) { $from.id } else { 'none' })
        if (($images -split ' ') -notcontains $name) { return "hotpatching requires a hotpatch image; the VM has '$name'" }
    }
    $bypass = $wanted.automaticByPlatformSettings.bypassPlatformSafetyChecksOnUserSchedule
    if ($mode -ceq 'AutomaticByPlatform' -and $bypass -eq $false -and $Job.Assigned) {
        return 'a maintenance configuration is assigned: neither it nor guest patching would run'
    }
    return ''
}

function Start-Vm($Job) {
    $Job.Sent = $false
    $Job.Before = ''
    $Job.Kept = $null
    $Job.State = ''
    $Job.Resource = '/subscriptions/{0}/resourceGroups/{1}/providers/{2}/{3}' -f $Job.Subscription, $Job.Group, $provider, $Job.Machine
    if ($Action -eq 'image') {
        $start = "/subscriptions/$($Job.Subscription)/providers/Microsoft.Compute/locations/$Location/publishers"
        Read-Resource $Job "$start/$($image.Publisher)/artifacttypes/vmimage/offers/$($image.Offer)/skus/$($image.Sku)/versions" 'Step-Image'
        return
    }
    if ($Action -eq 'size') {
        $arguments = 'vm list-skus --location {0} --size {1} --resource-type virtualMachines --all --subscription {2} --output json' -f $Location, $Size, $Job.Subscription
        if ($plan) { Write-Host "az $arguments" }
        $Job.Url = ''
        $Job.Then = 'Step-Size'
        Start-Az $Job $arguments
        return
    }
    Read-Resource $Job $Job.Resource 'Step-First'
}

function Read-Vm($Job, $Answer) { Read-Resource $Job $Job.Resource 'Step-Vm' }

function Test-Found($Answer) { return $Answer.Status -eq 200 }

function Write-NotFound($Job, $Answer) {
    if ($Answer.Status -eq 404) { Write-Row $Job 'refused' '' 'not found: no such VM, or no right to read it' }
    else { Write-Unread $Job $Answer }
}

# The VM itself.
function Step-First($Job, $Answer) {
    if (-not (Test-Found $Answer)) { Write-NotFound $Job $Answer; return }
    $Job.Found = $Answer.Json
    $Job.Path = "$($Job.Resource)/providers/Microsoft.Maintenance/configurationAssignments"
    $Job.Then = 'Step-Assigned'
    Start-Call $Job 'get' $Job.Path $assignmentsApi $null
}

function Step-Assigned($Job, $Answer) {
    if ($null -eq $Answer) { Step-First $Job @{ Status = 200; Json = $Job.Found }; return }
    if ((Test-Passing $Answer) -and (Set-Pause $Job (Get-Patience $Answer) 'Step-Assigned')) { return }
    if ($Answer.Status -ne 200) { Write-Row $Job 'failed' '' "assignments: HTTP $($Answer.Status): $($Answer.Detail)"; return }
    $Job.Assigned = @($Answer.Json.value | Where-Object { $null -ne $_ }).Count -gt 0
    Step-Vm $Job @{ Status = 200; Json = $Job.Found }
}

function Step-Vm($Job, $Answer) {
    if (-not (Test-Found $Answer)) { Write-NotFound $Job $Answer; return }
    $Job.Found = $Answer.Json
    $Job.State = Get-Patcher $Job
    $settings = (Get-Windows $Job.Found).patchSettings
    $same = Test-Wanted $settings $wanted
    if ($Action -eq 'status') {
        Write-Row $Job $(if ($same) { 'done' } else { 'different' }) $Job.State (ConvertTo-Json -Depth 9 -Compress $settings)
        return
    }
    if ($same -and -not $Job.Sent) { Write-Row $Job 'done' $Job.State 'the settings were there'; return }
    if (-not $Job.Sent) {
        $why = Get-Refusal $Job
        if ($why) { Write-Row $Job 'refused' $Job.State $why; return }
        $Job.Kept = Get-Kept 'vm' $Job.Found
        Send-Change $Job 'patch' $Job.Resource (Get-VmBody $Job.Found)
        return
    }
    $done = $Job.Found.properties.provisioningState
    if ($done -ceq 'Failed') { Write-Row $Job 'failed' $Job.State 'provisioningState is Failed'; return }
    if ($done -ceq 'Succeeded' -and $same) {
        $loss = Get-Loss $Job 'vm' $Job.Found
        if ($loss) { Write-Row $Job 'failed' $Job.State $loss; return }
        Write-Row $Job 'done' $Job.State ''
        return
    }
    Wait-Look $Job $Poll 'the time limit passed'
}

# Whether the region has the image: without it, the creation of a VM fails with HTTP 400.
function Step-Image($Job, $Answer) {
    if ($Answer.Status -ne 200 -and $Answer.Status -ne 404) {
        Write-Row $Job 'failed' '' "versions: HTTP $($Answer.Status): $($Answer.Detail)"
        return
    }
    $count = $(if ($Answer.Status -eq 200) { @($Answer.Json | Where-Object { $null -ne $_ }).Count } else { 0 })
    if ($count -eq 0) { Write-Row $Job 'different' $Location 'the region does not have the image' }
    else { Write-Row $Job 'done' $Location "$count versions" }
}

# Whether the subscription can use the VM size there; hotpatch requires generation 2. az finds names that
# contain the size, too.
function Step-Size($Job, $Answer) {
    if ($Answer.Status -ne 200) { Write-Row $Job 'failed' '' "az vm list-skus: $($Answer.Detail)"; return }
    $found = @($Answer.Json | Where-Object { $null -ne $_ -and $_.name -eq $Size })
    if ($found.Count -eq 0) { Write-Row $Job 'different' $Location 'the region does not have the size'; return }
    $limits = @($found[0].restrictions | Where-Object { $null -ne $_ })
    $closed = @($limits | Where-Object { $_.type -ceq 'Location' } | ForEach-Object { $_.reasonCode })
    if ($closed.Count -gt 0) { Write-Row $Job 'different' $Location "the subscription cannot use it there: $($closed -join ', ')"; return }
    $generations = @($found[0].capabilities | Where-Object { $_.name -ceq 'HyperVGenerations' } | ForEach-Object { $_.value -split ',' })
    if ($generations -cnotcontains 'V2') { Write-Row $Job 'different' $Location 'the size has no generation 2'; return }
    $zones = @($limits | Where-Object { $_.type -ceq 'Zone' } | ForEach-Object { $_.restrictionInfo.zones } | Sort-Object -Unique)
    Write-Row $Job 'done' $Location $(if ($zones.Count -gt 0) { "not in zone $($zones -join ', ')" } else { '' })
}

if ('image', 'size' -contains $Action) {
    if (-not $Location) { Stop-Wrong "$($Action): name the region by -Location" }
    $named = @($(if ($Action -eq 'image') { $image.Sku } else { $Size }))
    if (-not $named[0]) { Stop-Wrong $(if ($Action -eq 'image') { 'image: the profile names no image' } else { 'size: name the VM size by -Size' }) }
    $ResourceGroup = $Location
    $Machine = @()
    $List = @()
    $Query = @()
}
Start-Run
