# Stand-in for ActiveDirectory: the documented commands and parameters; every call is recorded, answers come from fixtures.
# Signatures: see ../README.md. The real module is not needed and nothing of it is here.

Import-Module "$PSScriptRoot/../PsrunRecorder/PsrunRecorder.psd1"

Add-PsrunEnum 'Microsoft.ActiveDirectory.Management.ADAuthType' ([ordered] @{ Negotiate = 0; Basic = 1 })
Add-PsrunEnum 'Microsoft.ActiveDirectory.Management.ADCurrentDomainType' ([ordered] @{ LocalComputer = 0; LoggedOnUser = 1 })

$script:Rules = @{
    'Get-ADDomain'             = @{ Needs = $true; Type = 'Microsoft.ActiveDirectory.Management.ADDomain' }
}

function Get-ADDomain {
    [CmdletBinding(DefaultParameterSetName = 'Current', PositionalBinding = $false)]
    param(
        [Parameter()]
        [Microsoft.ActiveDirectory.Management.ADAuthType]
        $AuthType,

        [Parameter()]
        [System.Management.Automation.Credential()]
        [pscredential]
        $Credential,

        [Parameter(ParameterSetName = 'Current')]
        [Microsoft.ActiveDirectory.Management.ADCurrentDomainType]
        $Current,

        [Parameter()]
        [string]
        $Server,

        [Parameter(ParameterSetName = 'Identity', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [object]
        $Identity
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

Export-ModuleMember -Function @(
    'Get-ADDomain'
)
