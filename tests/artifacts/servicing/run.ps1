# Runs the cases of a file, one after another, and prints one JSON object for each run.
param([Parameter(Mandatory = $true)][string]$Cases, [Parameter(Mandatory = $true)][string]$Out)
$ErrorActionPreference = 'Stop'
$lines = [System.Collections.Generic.List[string]]::new()
foreach ($case in (ConvertFrom-Json ([System.IO.File]::ReadAllText($Cases)))) {
    Reset-Machine
    foreach ($run in $case.runs) {
        $global:Did.Clear()
        if ($run.before) { . ([scriptblock]::Create($run.before)) }
        $parameters = @{}
        foreach ($property in $run.arguments.PSObject.Properties) { $parameters[$property.Name] = $property.Value }
        $global:LASTEXITCODE = 99
        $objects = @()
        $text = ''
        try {
            $all = @(& $run.script @parameters *>&1)
            $objects = @($all | Where-Object { $_.PSObject.TypeNames -like 'Gpogen.*' })
            $text = @($all | Where-Object { $_.PSObject.TypeNames -notlike 'Gpogen.*' } | ForEach-Object { "$_" }) -join "`n"
        }
        catch { $text = "thrown: $($_.Exception.Message)" }
        $lines.Add((ConvertTo-Json -Depth 6 -Compress -InputObject @{ case = $case.name; code = $global:LASTEXITCODE; text = $text; did = @($global:Did); objects = $objects; packages = @($global:Machine.Packages.Keys); tasks = @($global:Machine.Tasks.Keys); values = @(Get-Prepared); mode = @(Get-Au) }))
    }
}
[System.IO.File]::WriteAllLines($Out, $lines)
