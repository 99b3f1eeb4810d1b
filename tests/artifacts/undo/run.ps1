# Runs the cases of a file, one after another; each step's registry is exported by reg.exe.
param([Parameter(Mandatory = $true)][string]$Cases, [Parameter(Mandatory = $true)][string]$Out)
$ErrorActionPreference = 'Stop'
$lines = [System.Collections.Generic.List[string]]::new()
$number = 0
foreach ($case in (ConvertFrom-Json ([System.IO.File]::ReadAllText($Cases)))) {
    Reset-Machine $case.roots
    foreach ($run in $case.runs) {
        $number++
        if ($run.load) { Invoke-RegTool 'import', $run.load }
        $early = ''
        if ($run.before) { try { . ([scriptblock]::Create($run.before)) } catch { $early = "before: $($_.Exception.Message)" } }
        $parameters = @{}
        foreach ($property in $run.arguments.PSObject.Properties) { $parameters[$property.Name] = $property.Value }
        $global:LASTEXITCODE = 99
        $objects = @()
        $text = ''
        if ($run.script) {
            try {
                $all = @(& $run.script @parameters *>&1)
                $objects = @($all | Where-Object { $_.PSObject.TypeNames -like 'Gpogen.*' })
                $text = @($all | Where-Object { $_.PSObject.TypeNames -notlike 'Gpogen.*' } | ForEach-Object { "$_" }) -join "`n"
            }
            catch { $text = "thrown: $($_.Exception.Message)" }
        }
        $code = $global:LASTEXITCODE
        $exports = @()
        foreach ($path in $case.roots) {
            $file = "$Out.$number.$($exports.Count).reg"
            if (Test-Path -LiteralPath "HKLM:\$path") { Invoke-RegTool 'export', "HKLM\$path", $file, '/y' }
            $exports += $file
        }
        $lines.Add((ConvertTo-Json -Depth 6 -Compress -InputObject @{ case = $case.name; code = $code; text = $early + $text; objects = $objects; number = $number }))
    }
}
[System.IO.File]::WriteAllLines($Out, $lines)
