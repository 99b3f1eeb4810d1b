# Shared by the stand-in modules beside it: records calls (PSRUN_CALLS), answers from fixtures
# (PSRUN_FIXTURES), and makes the .NET types that the real modules would bring.
# Engine features and .NET only: nothing of the Utility or Management cmdlets is needed.

$script:FixturePath = $null
$script:FixtureTable = $null
$script:TypeModule = $null

#region types

function script:Get-TypeModule {
    if ($null -eq $script:TypeModule) {
        $name = [System.Reflection.AssemblyName]::new('PsrunStandInTypes')
        $assembly = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly(
            $name, [System.Reflection.Emit.AssemblyBuilderAccess]::Run)
        $script:TypeModule = $assembly.DefineDynamicModule('PsrunStandInTypes')
    }
    , $script:TypeModule
}

# An enum with the real full name, unless the engine has it already.
function Add-PsrunEnum {
    param([string] $Name, [System.Collections.IDictionary] $Members, [switch] $Flags)
    if ($Name -as [type]) { return }
    $builder = (Get-TypeModule).DefineEnum($Name, [System.Reflection.TypeAttributes]::Public, [int])
    foreach ($key in $Members.Keys) { $null = $builder.DefineLiteral([string] $key, [int] $Members[$key]) }
    if ($Flags) {
        $constructor = [System.FlagsAttribute].GetConstructor([type]::EmptyTypes)
        $builder.SetCustomAttribute(
            [System.Reflection.Emit.CustomAttributeBuilder]::new($constructor, [object[]] @()))
    }
    $null = $builder.CreateType()
}

# A PSCustomObject that carries type names (most special first).
function New-PsrunObject {
    param([string[]] $TypeName, [System.Collections.IDictionary] $Property)
    $object = [psobject]::new()
    if ($Property) {
        foreach ($key in $Property.Keys) {
            $object.PSObject.Properties.Add([psnoteproperty]::new([string] $key, $Property[$key]))
        }
    }
    if ($TypeName) { Add-PsrunTypeName $object $TypeName }
    $object
}

function Add-PsrunTypeName {
    param($Object, [string[]] $TypeName)
    for ($i = $TypeName.Count - 1; $i -ge 0; $i--) {
        if ($Object.PSObject.TypeNames -notcontains $TypeName[$i]) {
            $Object.PSObject.TypeNames.Insert(0, $TypeName[$i])
        }
    }
}

#endregion types

#region JSON

function ConvertTo-PsrunJson {
    param($Value)
    $text = [System.Text.StringBuilder]::new()
    Add-Json $text $Value 0
    $text.ToString()
}

function script:Add-JsonString([System.Text.StringBuilder] $Text, [string] $Value) {
    $null = $Text.Append('"')
    foreach ($char in $Value.ToCharArray()) {
        $code = [int] $char
        if ($code -eq 34) { $null = $Text.Append('\"') }
        elseif ($code -eq 92) { $null = $Text.Append('\\') }
        elseif ($code -lt 32 -or $code -eq 127 -or ($code -ge 0xD800 -and $code -le 0xDFFF) -or
            $code -eq 0x2028 -or $code -eq 0x2029) {
            $null = $Text.Append('\u').Append($code.ToString('x4'))
        }
        else { $null = $Text.Append($char) }
    }
    $null = $Text.Append('"')
}

function script:Add-Json([System.Text.StringBuilder] $Text, $Value, [int] $Depth) {
    $invariant = [System.Globalization.CultureInfo]::InvariantCulture
    if ($null -eq $Value -or $Value -is [System.DBNull]) { $null = $Text.Append('null'); return }
    $plain = $Value
    if ($Value -is [psobject]) { $plain = ([psobject] $Value).psobject.BaseObject }
    if ($plain -is [string] -or $plain -is [char]) { Add-JsonString $Text ([string] $plain); return }
    if ($plain -is [bool]) { $null = $Text.Append($(if ($plain) { 'true' } else { 'false' })); return }
    if ($plain -is [switch]) { $null = $Text.Append($(if ($plain.IsPresent) { 'true' } else { 'false' })); return }
    if ($plain -is [enum]) { Add-JsonString $Text $plain.ToString(); return }
    if ($plain -is [datetime] -or $plain -is [System.DateTimeOffset]) {
        Add-JsonString $Text $plain.ToString('o', $invariant); return
    }
    if ($plain -is [timespan]) { Add-JsonString $Text $plain.ToString('c', $invariant); return }
    if ($plain -is [guid]) { Add-JsonString $Text $plain.ToString('D'); return }
    if ($plain -is [uri]) { Add-JsonString $Text $plain.OriginalString; return }
    if ($plain -is [type]) { Add-JsonString $Text $plain.FullName; return }
    if ($plain -is [double] -or $plain -is [single]) {
        if ([double]::IsNaN($plain) -or [double]::IsInfinity($plain)) { Add-JsonString $Text ([string] $plain); return }
        $null = $Text.Append($plain.ToString('R', $invariant)); return
    }
    if ($plain -is [System.ValueType] -and $plain -is [System.IFormattable] -and
        ($plain.GetType().IsPrimitive -or $plain -is [decimal] -or $plain -is [bigint])) {
        $null = $Text.Append($plain.ToString($null, $invariant)); return
    }
    if ($plain -is [securestring]) { Add-JsonString $Text '<SecureString>'; return }
    if ($plain -is [pscredential]) {
        $null = $Text.Append('{"UserName": '); Add-JsonString $Text $plain.UserName
        $null = $Text.Append(', "Password": "<SecureString>"}'); return
    }
    if ($plain -is [scriptblock]) { Add-JsonString $Text $plain.ToString(); return }
    if ($plain -is [System.Xml.XmlNode]) { Add-JsonString $Text $plain.OuterXml; return }
    if ($Depth -ge 8) { Add-JsonString $Text ([string] $plain); return }
    if ($plain -is [System.Collections.IDictionary]) {
        $null = $Text.Append('{'); $first = $true
        foreach ($key in @($plain.get_Keys())) {
            if (-not $first) { $null = $Text.Append(', ') }
            $first = $false
            Add-JsonString $Text ([string] $key); $null = $Text.Append(': ')
            Add-Json $Text $plain.get_Item($key) ($Depth + 1)
        }
        $null = $Text.Append('}'); return
    }
    if ($plain -is [System.Collections.IEnumerable]) {
        $null = $Text.Append('['); $first = $true
        foreach ($item in $plain) {
            if (-not $first) { $null = $Text.Append(', ') }
            $first = $false
            Add-Json $Text $item ($Depth + 1)
        }
        $null = $Text.Append(']'); return
    }
    if ($plain -is [System.Management.Automation.PSCustomObject] -or
        $plain.GetType().Assembly.GetName().Name -eq 'PsrunStandInTypes') {
        $null = $Text.Append('{'); $first = $true
        foreach ($property in ([psobject] $Value).psobject.Properties) {
            if (-not $first) { $null = $Text.Append(', ') }
            $first = $false
            Add-JsonString $Text $property.Name; $null = $Text.Append(': ')
            Add-Json $Text $property.Value ($Depth + 1)
        }
        $null = $Text.Append('}'); return
    }
    Add-JsonString $Text ([string] $Value)
}

#endregion JSON

#region recording

# Appends one line to the file named by PSRUN_CALLS.
function Write-PsrunRecord {
    param([string] $Command, [System.Collections.IDictionary] $Parameters, [bool] $WhatIf)
    $path = [System.Environment]::GetEnvironmentVariable('PSRUN_CALLS')
    if ([string]::IsNullOrEmpty($path)) { return }
    $text = [System.Text.StringBuilder]::new()
    $null = $text.Append('{"command": '); Add-JsonString $text $Command
    $null = $text.Append(', "parameters": '); Add-Json $text $Parameters 0
    $null = $text.Append(', "whatif": ').Append($(if ($WhatIf) { 'true' } else { 'false' })).Append("}`n")
    [System.IO.File]::AppendAllText($path, $text.ToString(), [System.Text.UTF8Encoding]::new($false))
}

#endregion recording

#region fixtures

function Get-PsrunFixtureTable {
    $path = [System.Environment]::GetEnvironmentVariable('PSRUN_FIXTURES')
    if ([string]::IsNullOrEmpty($path)) { return @{} }
    if ($script:FixturePath -ne $path) {
        if (-not [System.IO.File]::Exists($path)) { throw "PSRUN_FIXTURES: no such file: $path" }
        # A module of its own: top-level variables and functions of the file stay usable in its scriptblocks.
        $module = New-Module -Name PsrunFixtures -ScriptBlock { $ErrorActionPreference = 'Continue' }
        $table = @(. $module { . $args[0] } $path)
        $table = $table | Where-Object { $_ -is [System.Collections.IDictionary] }
        if ($null -eq $table -or @($table).Count -ne 1) { throw "PSRUN_FIXTURES: $path must return one hashtable" }
        $script:FixtureTable = @($table)[0]
        $script:FixturePath = $path
    }
    $script:FixtureTable
}

# The first of the names that the fixtures know; nothing when none.
function script:Find-FixtureKey([string[]] $Name) {
    $table = Get-PsrunFixtureTable
    foreach ($candidate in $Name) {
        foreach ($key in $table.get_Keys()) { if ([string] $key -eq $candidate) { return [string] $key } }
    }
}

function Test-PsrunFixture {
    param([string[]] $Name)
    $null -ne (Find-FixtureKey $Name)
}

# What the fixture says: a scriptblock is run with the bound parameters, anything else is returned.
# Errors that a scriptblock writes come out as ErrorRecords; what it throws is thrown.
function Invoke-PsrunFixture {
    param([string[]] $Name, [System.Collections.IDictionary] $Parameters)
    $value = (Get-PsrunFixtureTable).get_Item((Find-FixtureKey $Name))
    if ($value -is [scriptblock]) { & $value $Parameters 2>&1 }
    else { $value }
}

#endregion fixtures

#region the call of a stand-in

# Called by every stand-in as its whole process block. $Rules[command name] may have:
#   Type     type name(s) of what it returns (a fixture's hashtables become objects in any case)
#   Default  scriptblock param($p): what it returns without a fixture
#   Needs    $true: without a fixture (and Default) the call fails, as it must return data
#   Check    scriptblock param($p): returns a message where the real command refuses the combination
#   Target   scriptblock param($p): the target that -WhatIf names
#   Key      scriptblock param($p): a word; the fixture "COMMAND WORD" is then preferred to "COMMAND"
function Invoke-PsrunCall {
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Bound,
        [System.Collections.IDictionary] $Rules)

    # A compiled cmdlet sees the preferences of the scope that calls it; a module's function does not.
    $callerWhatIf = $Cmdlet.SessionState.PSVariable.GetValue('WhatIfPreference')
    $ErrorActionPreference = $Cmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference')
    $ConfirmPreference = $Cmdlet.SessionState.PSVariable.GetValue('ConfirmPreference')
    $WarningPreference = $Cmdlet.SessionState.PSVariable.GetValue('WarningPreference')

    $name = $Cmdlet.MyInvocation.MyCommand.Name
    $rule = @{}
    if ($Rules -and $Rules.ContainsKey($name)) { $rule = $Rules[$name] }
    $parameters = [ordered] @{}
    foreach ($key in $Bound.get_Keys()) { if ($key -ne 'WhatIf') { $parameters[$key] = $Bound[$key] } }

    $should = $false
    foreach ($attribute in $Cmdlet.MyInvocation.MyCommand.ScriptBlock.Attributes) {
        if ($attribute -is [System.Management.Automation.CmdletBindingAttribute]) { $should = $attribute.SupportsShouldProcess }
    }
    $whatIf = $false
    if ($should) {
        if ($Bound.ContainsKey('WhatIf')) { $whatIf = [bool] $Bound['WhatIf'] }
        elseif ($callerWhatIf) { $whatIf = $true }
    }
    $WhatIfPreference = $whatIf

    if ($rule.ContainsKey('Check')) {
        $message = & $rule['Check'] $parameters
        if ($message) {
            $Cmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new(
                    [System.ArgumentException]::new([string] @($message)[0]), 'InvalidParameterCombination',
                    [System.Management.Automation.ErrorCategory]::InvalidArgument, $null))
        }
    }

    if ($should) {
        $target = ''
        if ($rule.ContainsKey('Target')) { $target = [string] (& $rule['Target'] $parameters) }
        else {
            foreach ($key in 'Name', 'DisplayName', 'Guid', 'Id', 'TaskName', 'VMName', 'MachineName', 'ResourceGroupName') {
                if ($parameters.Contains($key)) { $target = [string] $parameters[$key]; break }
            }
        }
        if ($whatIf) { Write-PsrunRecord $name $parameters $true }
        if (-not $Cmdlet.ShouldProcess($target, $name) -or $whatIf) { return }
    }
    Write-PsrunRecord $name $parameters $false

    # "NAME KEY" (as "Get-CimInstance Win32_BIOS") comes before "NAME".
    $names = @($name)
    if ($rule.ContainsKey('Key')) {
        $key = [string] (& $rule['Key'] $parameters)
        if ($key) { $names = "$name $key", $name }
    }

    try {
        if (Test-PsrunFixture $names) { $answer = @(Invoke-PsrunFixture $names $parameters) }
        elseif ($rule.ContainsKey('Default')) { $answer = @(& $rule['Default'] $parameters) }
        elseif ($rule['Needs']) {
            $shown = foreach ($key in $parameters.get_Keys()) {
                if ($parameters[$key] -is [switch]) { "-$key" } else { "-$key $($parameters[$key])" }
            }
            throw [System.InvalidOperationException]::new("no fixture for $name $shown".TrimEnd())
        }
        else { $answer = @() }
    }
    catch {
        $Cmdlet.ThrowTerminatingError($_)
    }

    foreach ($item in $answer) {
        if ($null -eq $item) { continue }
        if ($item -is [System.Management.Automation.ErrorRecord]) { $Cmdlet.WriteError($item); continue }
        if ($item -is [System.Exception]) {
            $Cmdlet.WriteError([System.Management.Automation.ErrorRecord]::new($item, "$($item.GetType().Name)",
                    [System.Management.Automation.ErrorCategory]::NotSpecified, $null))
            continue
        }
        if ($item -is [System.Collections.IDictionary]) { $item = New-PsrunObject -Property $item }
        if ($rule.ContainsKey('Type')) {
            $types = $rule['Type']
            if ($types -is [scriptblock]) { $types = & $types $parameters }
            if ($types -and $item -isnot [string] -and $item -isnot [System.ValueType]) { Add-PsrunTypeName $item @($types) }
        }
        $item
    }
}

#endregion the call of a stand-in

Export-ModuleMember -Function Add-PsrunEnum, New-PsrunObject, Add-PsrunTypeName, ConvertTo-PsrunJson,
    Write-PsrunRecord, Get-PsrunFixtureTable, Test-PsrunFixture, Invoke-PsrunFixture, Invoke-PsrunCall
