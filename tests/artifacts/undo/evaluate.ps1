# Prints what the records in a script give when PowerShell evaluates them: a line of JSON for each.
param([Parameter(Mandatory = $true)][string]$Script)
$ErrorActionPreference = 'Stop'
$errors = $null
$tree = [System.Management.Automation.Language.Parser]::ParseFile($Script, [ref]$null, [ref]$errors)
if ($errors) { throw "$errors" }
$wanted = 'policy', 'preferences', 'records'
foreach ($statement in $tree.EndBlock.Statements) {
    if ($statement -isnot [System.Management.Automation.Language.AssignmentStatementAst]) { continue }
    if ($wanted -notcontains "$($statement.Left.VariablePath)") { continue }
    foreach ($row in @(& ([scriptblock]::Create($statement.Right.Extent.Text)))) {
        # As UTF-16, so that no encoding of the output has a say.
        $value = @($row['Value'] | ForEach-Object { [System.Convert]::ToHexString([System.Text.Encoding]::Unicode.GetBytes("$_")) })
        $name = [System.Convert]::ToHexString([System.Text.Encoding]::Unicode.GetBytes($row.Name))
        [System.Console]::Out.WriteLine((ConvertTo-Json -Compress -InputObject @{ list = "$($statement.Left.VariablePath)"; key = $row.Key; name = $name; value = $value }))
    }
}
