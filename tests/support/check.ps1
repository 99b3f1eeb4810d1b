# Parses each script that a list of paths names and writes a line of JSON about it: the parser's
# errors, what Windows PowerShell 5.1 does not take, the commands with the names of their
# parameters, the functions, and what #Requires asks for. Needs PowerShell 7.
param([Parameter(Mandatory)] [string] $Listed)

$ErrorActionPreference = 'Stop'
$newerTokens = 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr'
$newerParameters = 'Parallel', 'AsHashtable', 'SkipCertificateCheck'

function Get-Place($Extent, [string] $What) {
    '{0}:{1}: {2}' -f $Extent.StartLineNumber, $Extent.StartColumnNumber, $What
}

function Test-IsNewer($Token) {
    if ($newerTokens -contains "$($Token.Kind)") { return $true }
    $Token -is [System.Management.Automation.Language.StringToken] -and $Token.Text.Contains('`u{') -and
        "$($Token.Kind)" -notin 'StringLiteral', 'HereStringLiteral'
}

function Get-NewerSyntax($Tree) {
    foreach ($node in $Tree.FindAll({ $true }, $true)) {
        if ($node -is [System.Management.Automation.Language.TernaryExpressionAst]) {
            Get-Place $node.Extent 'the ternary operator'
        }
        if ($node -is [System.Management.Automation.Language.ScriptBlockAst]) {
            if ($node.CleanBlock) { Get-Place $node.CleanBlock.Extent 'a clean block' }
        }
        if ($node -is [System.Management.Automation.Language.CommandParameterAst]) {
            if ($newerParameters -contains $node.ParameterName) { Get-Place $node.Extent $node.Extent.Text }
        }
    }
}

function Get-CalledCommands($Tree) {
    $found = [ordered] @{}
    $calls = $Tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
    foreach ($call in $calls) {
        $name = $call.GetCommandName()
        if (-not $name) { continue }
        if (-not $found.Contains($name)) { $found[$name] = [System.Collections.Generic.SortedSet[string]]::new() }
        foreach ($element in $call.CommandElements) {
            if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
                $null = $found[$name].Add($element.ParameterName.ToLowerInvariant())
            }
        }
    }
    $sorted = [ordered] @{}
    foreach ($name in @($found.get_Keys()) | Sort-Object) { $sorted[$name] = @($found[$name]) }
    $sorted
}

function Get-DefinedFunctions($Tree) {
    $found = $Tree.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true)
    $found | ForEach-Object { $_.Name } | Sort-Object -Unique
}

foreach ($path in [System.IO.File]::ReadAllLines($Listed)) {
    $bytes = [System.IO.File]::ReadAllBytes($path)
    $marked = $bytes.Length -gt 2 -and $bytes[0] -eq 0xEF -and $bytes[1] -eq 0xBB -and $bytes[2] -eq 0xBF
    $text = [System.Text.UTF8Encoding]::new($false).GetString($bytes).TrimStart([char] 0xFEFF)
    $tokens = $null
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($text, $path, [ref] $tokens, [ref] $errors)
    $newer = @(
        if (-not $marked -and $text -cmatch '[^\x00-\x7F]') { 'characters beyond ASCII without a byte order mark' }
        foreach ($token in $tokens) { if (Test-IsNewer $token) { Get-Place $token.Extent $token.Text } }
        Get-NewerSyntax $tree
    )
    $asked = $tree.ScriptRequirements
    $requires = @(
        if ($asked.RequiredPSVersion) { "Version $($asked.RequiredPSVersion)" }
        if ($asked.IsElevationRequired) { 'RunAsAdministrator' }
        foreach ($module in $asked.RequiredModules) { "Module $($module.Name)" }
    )
    $report = [ordered] @{
        file = $path
        errors = @($errors | ForEach-Object { Get-Place $_.Extent $_.Message })
        newer = $newer
        commands = Get-CalledCommands $tree
        functions = @(Get-DefinedFunctions $tree)
        requires = $requires
    }
    [Console]::Out.WriteLine((ConvertTo-Json -InputObject $report -Depth 5 -Compress))
}
