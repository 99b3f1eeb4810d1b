@{
    RootModule        = 'PsrunRecorder.psm1'
    ModuleVersion     = '1.0.0'
    GUID              = '5f0d2a51-6a0c-4f3f-9a55-2f1f5c9b1f01'
    Description       = 'Recorder and fixtures of the stand-in modules.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @('Add-PsrunEnum', 'New-PsrunObject', 'Add-PsrunTypeName', 'ConvertTo-PsrunJson',
        'Write-PsrunRecord', 'Get-PsrunFixtureTable', 'Test-PsrunFixture', 'Invoke-PsrunFixture', 'Invoke-PsrunCall')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
