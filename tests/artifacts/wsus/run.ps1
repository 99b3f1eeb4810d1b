# Runs each case of a list on a server of its own, and writes a line of JSON about it.
param([string] $Cases, [string] $Out)

function New-Thing([hashtable] $Values, [hashtable] $Methods) {
    $thing = [pscustomobject] $Values
    foreach ($name in @($Methods.get_Keys())) { $thing.PSObject.Methods.Add([psscriptmethod]::new($name, $Methods[$name])) }
    return $thing
}

function New-Update($Row) {
    $approvals = @{}
    foreach ($one in $Row.approvals.PSObject.Properties) { $approvals[$one.Name] = $one.Value }
    $number = $Row.kb.Substring(2)
    return New-Thing @{
        Id = [pscustomobject] @{ UpdateId = [guid] $Row.id; RevisionNumber = 1 }
        Title = $Row.title; KnowledgebaseArticles = @($number); ProductTitles = @($Row.products)
        IsDeclined = $Row.declined; IsLatestRevision = $Row.latest; Approvals = $approvals
        Broken = $Row.broken; Stuck = $Row.stuck
    } @{
        GetUpdateApprovals = {
            param($Group)
            foreach ($name in @($this.Approvals.get_Keys())) {
                if ($null -eq $Group -or $Group.Name -eq $name) { [pscustomobject] @{ Action = $this.Approvals[$name] } }
            }
        }
    }
}

$number = 0
foreach ($case in (ConvertFrom-Json ([System.IO.File]::ReadAllText($Cases)))) {
    $number++
    $global:updates = @($case.updates | ForEach-Object { New-Update $_ })
    $global:products = @($case.products | ForEach-Object { [pscustomobject] @{ Product = [pscustomobject] @{ Title = $_ }; Chosen = $false } })
    $global:groups = @($case.groups | ForEach-Object { [pscustomobject] @{ Name = $_ } })
    $global:wsus = New-Thing @{ Name = 'wsus-01' } @{
        GetComputerTargetGroups = { $global:groups }
        SearchUpdates = { param($Text) $global:updates | Where-Object { "$($_.Title) $($_.KnowledgebaseArticles)".Contains($Text) } }
        GetUpdate = { param($Id) $global:updates | Where-Object { $_.Id.UpdateId -eq $Id.UpdateId } }
    }
    if ($case.bare) { $global:wsus = [pscustomobject] @{ Name = 'wsus-01' } }
    $calls = "$Out.$number"
    [System.Environment]::SetEnvironmentVariable('PSRUN_CALLS', $calls)
    $arguments = @{}
    foreach ($one in $case.arguments.PSObject.Properties) { $arguments[$one.Name] = $one.Value }
    $global:LASTEXITCODE = 0
    $said = @(& $case.script @arguments 3>&1 6>&1)
    $rows = @($said | Where-Object { $_.PSObject.TypeNames -contains 'Gpogen.WsusApproval' } | ForEach-Object { @{ kb = $_.Kb; result = $_.Result; detail = $_.Detail; title = $_.Title } })
    $text = @($said | Where-Object { $_.PSObject.TypeNames -notcontains 'Gpogen.WsusApproval' } | ForEach-Object { "$_" }) -join "`n"
    $state = @{}
    foreach ($update in $global:updates) { $state["$($update.Id.UpdateId)"] = @{ approvals = $update.Approvals; declined = $update.IsDeclined } }
    $line = ConvertTo-Json -Depth 6 -Compress @{
        name = $case.name; code = $LASTEXITCODE; rows = $rows; text = $text; state = $state
        chosen = @($global:products | Where-Object { $_.Chosen } | ForEach-Object { $_.Product.Title })
        calls = @(if ([System.IO.File]::Exists($calls)) { [System.IO.File]::ReadAllLines($calls) })
    }
    [System.IO.File]::AppendAllText($Out, $line + "`n")
}
