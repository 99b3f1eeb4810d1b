# Stand-in for GroupPolicy: the documented commands and parameters; every call is recorded, answers come from fixtures.
# Signatures: see ../README.md. The real module is not needed and nothing of it is here.

Import-Module "$PSScriptRoot/../PsrunRecorder/PsrunRecorder.psd1"

Add-PsrunEnum 'Microsoft.GroupPolicy.Commands.GpoConfiguration' ([ordered] @{ User = 0; Computer = 1 })
Add-PsrunEnum 'Microsoft.GroupPolicy.Commands.PermissionTrusteeType' ([ordered] @{ Computer = 0; User = 1; Group = 2 })
Add-PsrunEnum 'Microsoft.GroupPolicy.EnableLink' ([ordered] @{ Unspecified = 0; No = 1; Yes = 2 })
Add-PsrunEnum 'Microsoft.GroupPolicy.EnforceLink' ([ordered] @{ Unspecified = 0; No = 1; Yes = 2 })
Add-PsrunEnum 'Microsoft.GroupPolicy.GPPermissionType' ([ordered] @{ 'None' = 0; GpoApply = 65536; GpoRead = 65792; GpoEdit = 65793; GpoEditDeleteModifySecurity = 65794; GpoCustom = 65795; WmiFilterEdit = 131072; WmiFilterFullControl = 131073; WmiFilterCustom = 131074; StarterGpoRead = 197888; StarterGpoEdit = 197889; StarterGpoFullControl = 197890; StarterGpoCustom = 197891; SomCreateWmiFilter = 1049344; SomWmiFilterFullControl = 1049345; SomCreateGpo = 1049600; SomCreateStarterGpo = 1049856; SomLogging = 1573120; SomPlanning = 1573376; SomLink = 1835008 })
Add-PsrunEnum 'Microsoft.GroupPolicy.GpoStatus' ([ordered] @{ AllSettingsDisabled = 0; UserSettingsDisabled = 1; ComputerSettingsDisabled = 2; AllSettingsEnabled = 3 })

#region what the commands do without a fixture

# GPOs of this session, by id: New-GPO and Get-GPO agree on the identity of a name.
$script:Gpos = [ordered] @{}

function script:Get-GpoId([string] $Name) {
    $md5 = [System.Security.Cryptography.MD5]::Create()
    [guid]::new($md5.ComputeHash([System.Text.Encoding]::UTF8.GetBytes($Name.ToLowerInvariant())))
}

function script:Get-DomainName($p) {
    foreach ($key in 'Domain', 'DomainName', 'TargetDomain') { if ($p[$key]) { return [string] $p[$key] } }
    $name = [System.Environment]::GetEnvironmentVariable('USERDNSDOMAIN')
    if ($name) { $name.ToLowerInvariant() } else { 'contoso.com' }
}

# A property that can be set as on the real object; setting it is recorded as "Gpo.NAME".
function script:Add-GpoProperty($Gpo, [string] $Name, $Type, $Value) {
    $state = @{ Value = $Value }
    $record = { param($c, $p) Write-PsrunRecord $c $p $false }
    $getter = { $state.Value }.GetNewClosure()
    $setter = {
        $state.Value = $(if ($Type -and $null -ne $args[0]) { [System.Management.Automation.LanguagePrimitives]::ConvertTo($args[0], $Type) } else { $args[0] })
        & $record "Gpo.$Name" ([ordered] @{ Id = $this.Id; DisplayName = $this.DisplayName; Value = $state.Value })
    }.GetNewClosure()
    $Gpo.PSObject.Properties.Add([System.Management.Automation.PSScriptProperty]::new($Name, $getter, $setter))
}

function script:New-GpoObject([string] $Name, $Id, $p) {
    if ($null -eq $Id) { $Id = Get-GpoId $Name }
    if ($script:Gpos.Contains([string] $Id)) { return $script:Gpos[[string] $Id] }
    $domain = Get-DomainName $p
    $dn = 'DC=' + $domain.Replace('.', ',DC=')
    $gpo = New-PsrunObject 'Microsoft.GroupPolicy.Gpo' ([ordered] @{
            Id = $Id; DisplayName = $Name; Path = "cn={$("$Id".ToUpperInvariant())},cn=policies,cn=system,$dn"
            Owner = "$($domain.Split('.')[0].ToUpperInvariant())\Domain Admins"; DomainName = $domain
            CreationTime = [datetime] '2025-01-01T00:00:00'; ModificationTime = [datetime] '2025-01-01T00:00:00'
            User = (New-PsrunObject 'Microsoft.GroupPolicy.UserConfiguration' ([ordered] @{ DSVersion = 0; SysvolVersion = 0; Enabled = $true }))
            Computer = (New-PsrunObject 'Microsoft.GroupPolicy.ComputerConfiguration' ([ordered] @{ DSVersion = 0; SysvolVersion = 0; Enabled = $true }))
        })
    Add-GpoProperty $gpo 'GpoStatus' ([Microsoft.GroupPolicy.GpoStatus]) ([Microsoft.GroupPolicy.GpoStatus]::AllSettingsEnabled)
    Add-GpoProperty $gpo 'Description' ([string]) ([string] $p['Comment'])
    Add-GpoProperty $gpo 'WmiFilter' $null $null
    $script:Gpos[[string] $Id] = $gpo
    $gpo
}

# The GPO that the bound parameters name.
function script:Find-Gpo($p) {
    foreach ($key in 'TargetGuid', 'Guid', 'BackupId') {
        if ($null -ne $p[$key]) {
            if ($script:Gpos.Contains([string] $p[$key])) { return $script:Gpos[[string] $p[$key]] }
            return New-GpoObject "GPO $($p[$key])" $p[$key] $p
        }
    }
    foreach ($key in 'TargetName', 'Name', 'BackupGpoName') { if ($p[$key]) { return New-GpoObject $p[$key] $null $p } }
}

function script:New-GpoLinkObject($p) {
    $gpo = Find-Gpo $p
    New-PsrunObject 'Microsoft.GroupPolicy.GpoLink' ([ordered] @{
            GpoId = $gpo.Id; DisplayName = $gpo.DisplayName; Enabled = "$($p['LinkEnabled'])" -ne 'No'
            Enforced = "$($p['Enforced'])" -eq 'Yes'; GpoDomainName = $gpo.DomainName; Target = $p['Target']
            Order = $(if ($p['Order']) { $p['Order'] } else { 1 })
        })
}

function script:New-SomObject($p) {
    New-PsrunObject 'Microsoft.GroupPolicy.Som' ([ordered] @{
            Name = ([string] $p['Target']).Split(',')[0] -replace '^\w+=', ''
            ContainerType = $(if ([string] $p['Target'] -match '^\s*dc=') { 'Domain' } else { 'OU' }); Path = $p['Target']
            GpoInheritanceBlocked = "$($p['IsBlocked'])" -eq 'Yes'; GpoLinks = @(); InheritedGpoLinks = @()
        })
}

#endregion

#region combinations that the documentation rules out beyond the parameter sets

function script:Test-Key($p, [string[]] $Hive) {
    if ($p['Key'] -and [string] $p['Key'] -notmatch "^($($Hive -join '|'))(\\|$)") {
        "The key '$($p['Key'])' must begin with one of: $($Hive -join ', ')."
    }
}

function script:Test-DistinguishedName($p) {
    if ([string] $p['Target'] -notmatch '^\s*(cn|ou|dc)\s*=') { "The target '$($p['Target'])' is no LDAP distinguished name." }
}

#endregion

$script:Rules = @{
    'New-GPO'                    = @{ Type = 'Microsoft.GroupPolicy.Gpo'; Default = { param($p) New-GpoObject $p['Name'] $null $p } }
    'Get-GPO'                    = @{ Type = 'Microsoft.GroupPolicy.Gpo'; Default = { param($p) if ($p['All']) { $script:Gpos.get_Values() } else { Find-Gpo $p } } }
    'Remove-GPO'                 = @{ Default = { param($p) $gpo = Find-Gpo $p; $script:Gpos.Remove([string] $gpo.Id) } }
    'Backup-GPO'                 = @{ Type = 'Microsoft.GroupPolicy.GpoBackup'; Default = { param($p)
            $gpos = @(if ($p['All']) { $script:Gpos.get_Values() } else { Find-Gpo $p })
            foreach ($gpo in $gpos) {
                New-PsrunObject -Property ([ordered] @{ Id = (Get-GpoId "backup of $($gpo.Id)"); GpoId = $gpo.Id; DisplayName = $gpo.DisplayName
                        DomainName = $gpo.DomainName; BackupDirectory = $p['Path']; Comment = $p['Comment']; CreationTime = [datetime] '2025-01-01T00:00:00' })
            }
        } }
    'Restore-GPO'                = @{ Type = 'Microsoft.GroupPolicy.Gpo'; Default = { param($p) if (-not $p['All']) { Find-Gpo $p } } }
    'Import-GPO'                 = @{ Type = 'Microsoft.GroupPolicy.Gpo'; Target = { param($p) "$($p['TargetName'])$($p['TargetGuid'])" }
        Check = { param($p) if (-not $p.Contains('TargetName') -and -not $p.Contains('TargetGuid')) { 'Either -TargetGuid or -TargetName is needed.' } }
        Default = { param($p) Find-Gpo $p }
    }
    'New-GPLink'                 = @{ Type = 'Microsoft.GroupPolicy.GpoLink'; Target = { param($p) $p['Target'] }; Check = { param($p) Test-DistinguishedName $p }; Default = { param($p) New-GpoLinkObject $p } }
    'Set-GPLink'                 = @{ Type = 'Microsoft.GroupPolicy.GpoLink'; Target = { param($p) $p['Target'] }; Check = { param($p) Test-DistinguishedName $p }; Default = { param($p) New-GpoLinkObject $p } }
    'Get-GPInheritance'          = @{ Type = 'Microsoft.GroupPolicy.Som'; Check = { param($p) Test-DistinguishedName $p }; Default = { param($p) New-SomObject $p } }
    'Get-GPRegistryValue'        = @{ Type = 'Microsoft.GroupPolicy.PolicyRegistrySetting'; Needs = $true; Check = { param($p) Test-Key $p 'HKEY_LOCAL_MACHINE', 'HKLM', 'HKEY_CURRENT_USER', 'HKCU' } }
    'Get-GPPrefRegistryValue'    = @{ Type = 'Microsoft.GroupPolicy.PreferenceRegistrySetting'; Needs = $true }
    'Set-GPPermission'           = @{ Type = 'Microsoft.GroupPolicy.Gpo'; Default = { param($p) if (-not $p['All']) { Find-Gpo $p } } }
}

function New-GPO {
    [CmdletBinding(DefaultParameterSetName = 'New', SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, Position = 0)]
        [Alias('DisplayName')]
        [string]
        $Name,

        [Parameter()]
        [ValidateLength(1, 2048)]
        [string]
        $Comment,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'NewStarterGUID', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $StarterGpoGuid,

        [Parameter(ParameterSetName = 'NewStarterName', Mandatory = $true)]
        [string]
        $StarterGpoName
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Get-GPO {
    [CmdletBinding(DefaultParameterSetName = 'ByGUID', PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'ByGUID', Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $Guid,

        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [string]
        $Domain,

        [Parameter(Position = 2)]
        [Alias('DC')]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'GetAll')]
        [switch]
        $All,

        [Parameter(ParameterSetName = 'ByName', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [Alias('DisplayName')]
        [string]
        $Name
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Remove-GPO {
    [CmdletBinding(DefaultParameterSetName = 'ByGUID', SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'ByGUID', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('ID', 'GPOID')]
        [guid]
        $Guid,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [string]
        $Server,

        [Parameter()]
        [switch]
        $KeepLinks,

        [Parameter(ParameterSetName = 'ByName', Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('DisplayName')]
        [string]
        $Name
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Backup-GPO {
    [CmdletBinding(DefaultParameterSetName = 'BackupOne(GUID)', SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'BackupOne(GUID)', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $Guid,

        [Parameter(Mandatory = $true)]
        [Alias('backupLocation')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Path,

        [Parameter()]
        [ValidateLength(1, 2048)]
        [string]
        $Comment,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'BackupOne(Name)', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [Alias('DisplayName')]
        [string]
        $Name,

        [Parameter(ParameterSetName = 'BackupAll')]
        [ValidateNotNullOrEmpty()]
        [switch]
        $All
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Restore-GPO {
    [CmdletBinding(DefaultParameterSetName = 'RestoreFromBackupId', SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'RestoreFromBackupId', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $BackupId,

        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('backupLocation', 'BackupDirectory')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Path,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'RestoreFromGpo(GUID)', Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [guid]
        $Guid,

        [Parameter(ParameterSetName = 'RestoreFromGpo(Name)', Mandatory = $true, Position = 0)]
        [Alias('DisplayName')]
        [string]
        $Name,

        [Parameter(ParameterSetName = 'RestoreAll', Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [switch]
        $All
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Import-GPO {
    [CmdletBinding(DefaultParameterSetName = 'ImportGUID', SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'ImportGUID', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $BackupId,

        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('backupLocation', 'BackupDirectory')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Path,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [guid]
        $TargetGuid,

        [Parameter()]
        [string]
        $TargetName,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]
        $MigrationTable,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [switch]
        $CreateIfNeeded,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'ImportName', Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('DisplayName')]
        [string]
        $BackupGpoName
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function New-GPLink {
    [CmdletBinding(DefaultParameterSetName = 'LinkbyGUID', SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'LinkbyGUID', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('ID')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $Guid,

        [Parameter(Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [string]
        $Target,

        [Parameter()]
        [Microsoft.GroupPolicy.EnableLink]
        $LinkEnabled,

        [Parameter()]
        [int]
        $Order,

        [Parameter()]
        [Alias('DomainName')]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [string]
        $Server,

        [Parameter()]
        [Microsoft.GroupPolicy.EnforceLink]
        $Enforced,

        [Parameter(ParameterSetName = 'LinkbyName', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [Alias('DisplayName')]
        [string]
        $Name
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Set-GPLink {
    [CmdletBinding(DefaultParameterSetName = 'LinkGUID', SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'LinkGUID', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('ID', 'GPOID')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $Guid,

        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string]
        $Target,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [Microsoft.GroupPolicy.EnableLink]
        $LinkEnabled,

        [Parameter()]
        [int]
        $Order,

        [Parameter()]
        [Alias('DomainName')]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [string]
        $Server,

        [Parameter()]
        [Microsoft.GroupPolicy.EnforceLink]
        $Enforced,

        [Parameter(ParameterSetName = 'LinkName', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [Alias('DisplayName')]
        [string]
        $Name
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Get-GPInheritance {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('path')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Target,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [string]
        $Server
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Get-GPRegistryValue {
    [CmdletBinding(DefaultParameterSetName = 'GetByGUID', PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'GetByGUID', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $Guid,

        [Parameter(Mandatory = $true)]
        [Alias('FullKeyPath')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Key,

        [Parameter()]
        [ValidateNotNull()]
        [string]
        $ValueName,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'GetByName', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [Alias('DisplayName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Name
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Get-GPPrefRegistryValue {
    [CmdletBinding(DefaultParameterSetName = 'GetByGUID', PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'GetByGUID', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidateNotNullOrEmpty()]
        [guid]
        $Guid,

        [Parameter(Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [Microsoft.GroupPolicy.Commands.GpoConfiguration]
        $Context,

        [Parameter(Mandatory = $true)]
        [Alias('FullKeyPath')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Key,

        [Parameter()]
        [ValidateNotNull()]
        [string]
        $ValueName,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [int]
        $Order,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('DomainName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Domain,

        [Parameter()]
        [Alias('DC')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'GetByName', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [Alias('DisplayName')]
        [ValidateNotNullOrEmpty()]
        [string]
        $Name
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Set-GPPermission {
    [CmdletBinding(DefaultParameterSetName = 'PermissionOne(GUID)', SupportsShouldProcess = $true, PositionalBinding = $false)]
    [Alias('Set-GPPermissions')]
    param(
        [Parameter(ParameterSetName = 'PermissionOne(GUID)', Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('ID')]
        [guid]
        $Guid,

        [Parameter(Mandatory = $true)]
        [Microsoft.GroupPolicy.GPPermissionType]
        $PermissionLevel,

        [Parameter(Mandatory = $true)]
        [string]
        $TargetName,

        [Parameter(Mandatory = $true)]
        [Microsoft.GroupPolicy.Commands.PermissionTrusteeType]
        $TargetType,

        [Parameter()]
        [Alias('Domain')]
        [string]
        $DomainName,

        [Parameter()]
        [Alias('DC')]
        [string]
        $Server,

        [Parameter()]
        [switch]
        $Replace,

        [Parameter(ParameterSetName = 'PermissionOne(Name)', Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('DisplayName')]
        [string]
        $Name,

        [Parameter(ParameterSetName = 'PermissionAll', Mandatory = $true)]
        [switch]
        $All
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

Export-ModuleMember -Function @(
    'New-GPO',
    'Get-GPO',
    'Remove-GPO',
    'Backup-GPO',
    'Restore-GPO',
    'Import-GPO',
    'New-GPLink',
    'Set-GPLink',
    'Get-GPInheritance',
    'Get-GPRegistryValue',
    'Get-GPPrefRegistryValue',
    'Set-GPPermission'
)
