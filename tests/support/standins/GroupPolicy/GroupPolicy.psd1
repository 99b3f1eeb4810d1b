@{
    RootModule        = 'GroupPolicy.psm1'
    ModuleVersion     = '1.0.0.0'
    GUID              = 'e72063fe-2b62-508e-8413-2097bb37e1e8'
    Description       = 'Recording stand-in for GroupPolicy.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @(
        'New-GPO',
        'Get-GPO',
        'Remove-GPO',
        'Backup-GPO',
        'Restore-GPO',
        'Import-GPO',
        'Set-GPPermission',
        'New-GPLink',
        'Set-GPLink',
        'Get-GPInheritance',
        'Get-GPRegistryValue',
        'Get-GPPrefRegistryValue'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
