# Stand-in for UpdateServices: the documented commands and parameters; every call is recorded, answers come from fixtures.
# Signatures: see ../README.md. The real module is not needed and nothing of it is here.

Import-Module "$PSScriptRoot/../PsrunRecorder/PsrunRecorder.psd1"

# The order of the members is that of the documentation; the numbers are not.
Add-PsrunEnum 'Microsoft.UpdateServices.Administration.UpdateApprovalAction' ([ordered] @{ Install = 0; Uninstall = 1; NotApproved = 2; All = 3 })
Add-PsrunEnum 'Microsoft.UpdateServices.Commands.WsusApprovedState' ([ordered] @{ Approved = 0; Unapproved = 1; AnyExceptDeclined = 2; Declined = 3 })
Add-PsrunEnum 'Microsoft.UpdateServices.Commands.WsusUpdateClassifications' ([ordered] @{ All = 0; Critical = 1; Security = 2; WSUS = 3 })
Add-PsrunEnum 'Microsoft.UpdateServices.Commands.WsusUpdateInstallationState' ([ordered] @{ NoStatus = 0; InstalledOrNotApplicable = 1; InstalledOrNotApplicableOrNoStatus = 2; Failed = 3; Needed = 4; FailedOrNeeded = 5; Any = 6 })

$script:Rules = @{
    'Approve-WsusUpdate' = @{ Target = { param($p) $p.Update.Title } }
    'Deny-WsusUpdate'    = @{ Target = { param($p) $p.Update.Title } }
    'Get-WsusProduct'    = @{ Needs = $true; Type = 'Microsoft.UpdateServices.Commands.WsusProduct' }
    'Get-WsusServer'     = @{ Needs = $true; Type = 'Microsoft.UpdateServices.Internal.BaseApi.UpdateServer' }
    'Get-WsusUpdate'     = @{ Needs = $true; Type = 'Microsoft.UpdateServices.Commands.WsusUpdate' }
    'Set-WsusProduct'    = @{ Target = { param($p) $p.Product.Product.Title } }
}

function Approve-WsusUpdate {
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, ValueFromPipeline = $true)]
        [object]
        $Update,

        [Parameter(Mandatory = $true)]
        [Microsoft.UpdateServices.Administration.UpdateApprovalAction]
        $Action,

        [Parameter(Mandatory = $true)]
        [string]
        $TargetGroupName
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Deny-WsusUpdate {
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, ValueFromPipeline = $true)]
        [object]
        $Update
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Get-WsusProduct {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromPipeline = $true)]
        [object]
        $UpdateServer,

        [Parameter()]
        [string]
        $TitleIncludes
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Get-WsusServer {
    [CmdletBinding(DefaultParameterSetName = 'DefaultServer', PositionalBinding = $false)]
    param(
        [Parameter(ParameterSetName = 'ServerSpecified', Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        [string]
        $Name,

        [Parameter(ParameterSetName = 'ServerSpecified')]
        [switch]
        $UseSsl,

        [Parameter(ParameterSetName = 'ServerSpecified', Mandatory = $true)]
        [int]
        $PortNumber
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Get-WsusUpdate {
    [CmdletBinding(DefaultParameterSetName = 'Scoped', PositionalBinding = $false)]
    param(
        [Parameter(ValueFromPipeline = $true)]
        [object]
        $UpdateServer,

        [Parameter(ParameterSetName = 'ID', Mandatory = $true)]
        [guid]
        $UpdateId,

        [Parameter(ParameterSetName = 'ID')]
        [int]
        $RevisionNumber,

        [Parameter(ParameterSetName = 'Scoped')]
        [Microsoft.UpdateServices.Commands.WsusUpdateClassifications]
        $Classification,

        [Parameter(ParameterSetName = 'Scoped')]
        [Microsoft.UpdateServices.Commands.WsusApprovedState]
        $Approval,

        [Parameter(ParameterSetName = 'Scoped')]
        [Microsoft.UpdateServices.Commands.WsusUpdateInstallationState]
        $Status
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

function Set-WsusProduct {
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, ValueFromPipeline = $true)]
        [object]
        $Product,

        [Parameter()]
        [switch]
        $Disable
    )
    process { Invoke-PsrunCall $PSCmdlet $PSBoundParameters $script:Rules }
}

Export-ModuleMember -Function @(
    'Approve-WsusUpdate', 'Deny-WsusUpdate', 'Get-WsusProduct', 'Get-WsusServer', 'Get-WsusUpdate', 'Set-WsusProduct'
)
