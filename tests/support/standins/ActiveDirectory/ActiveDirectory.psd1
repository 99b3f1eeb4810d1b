@{
    RootModule        = 'ActiveDirectory.psm1'
    ModuleVersion     = '1.0.1.0'
    GUID              = '3b796ea2-56a5-5541-824b-8c03261b9b56'
    Description       = 'Recording stand-in for ActiveDirectory.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @(
        'Get-ADDomain'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
