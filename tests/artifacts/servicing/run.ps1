# Runs the cases of a file, one after another, and prints one JSON object for each run.
param([Parameter(Mandatory = $true)][string]$Cases, [Parameter(Mandatory = $true)][string]$Out)
$ErrorActionPreference = 'Stop'
# The host of the tests asks nobody; this one answers, on the same screen.
$inner = [System.Reflection.BindingFlags]'NonPublic,Instance'
$global:Person.Own.Screen = $Host.GetType().GetProperty('ExternalHost', $inner).GetValue($Host).UI.RawUI
$Host.GetType().GetMethod('SetHostRef', $inner).Invoke($Host, @($global:Person))
$lines = [System.Collections.Generic.List[string]]::new()
foreach ($case in (ConvertFrom-Json ([System.IO.File]::ReadAllText($Cases)))) {
    Reset-Machine
    foreach ($run in $case.runs) {
        $global:Did.Clear()
        $parameters = @{}
        foreach ($property in $run.arguments.PSObject.Properties) { $parameters[$property.Name] = $property.Value }
        $global:Person.Own.Answers.Clear()
        $global:Person.Own.Asked.Clear()
        foreach ($answer in $run.answers) { $global:Person.Own.Answers.Enqueue($answer) }
        $global:LASTEXITCODE = 99
        $objects = @()
        $text = ''
        try {
            if ($run.before) { . ([scriptblock]::Create($run.before)) }
            $all = @(& $run.script @parameters *>&1)
            $objects = @($all | Where-Object { $_.PSObject.TypeNames -like 'Gpogen.*' })
            $text = @($all | Where-Object { $_.PSObject.TypeNames -notlike 'Gpogen.*' } | ForEach-Object { "$_" }) -join "`n"
        }
        catch { $text = "thrown: $($_.Exception.Message)" }
        $lines.Add((ConvertTo-Json -Depth 6 -Compress -InputObject @{ case = $case.name; code = $global:LASTEXITCODE; text = $text; asked = @($global:Person.Own.Asked); files = @(Get-Kept); did = @($global:Did); objects = $objects; packages = @($global:Machine.Packages.Keys); tasks = @($global:Machine.Tasks.Keys); values = @(Get-Prepared); mode = @(Get-Au) }))
    }
}
[System.IO.File]::WriteAllLines($Out, $lines)
