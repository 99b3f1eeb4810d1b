@{
    RootModule        = 'UpdateServices.psm1'
    ModuleVersion     = '2.0.0.0'
    GUID              = '6d7dbd2a-3c1d-5a0e-9a4d-2c5f0a1f7b10'
    Description       = 'Recording stand-in for UpdateServices.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @(
        'Approve-WsusUpdate', 'Deny-WsusUpdate', 'Get-WsusProduct', 'Get-WsusServer', 'Get-WsusUpdate', 'Set-WsusProduct'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
