# What the stand-in of UpdateServices answers: the server that the case at hand has made.
@{
    'Get-WsusServer'     = { param($p) $global:wsus }
    'Get-WsusProduct'    = { param($p) $global:products }
    'Get-WsusUpdate'     = { param($p) $global:updates | Where-Object { $_.Id.UpdateId -eq $p.UpdateId } }
    'Approve-WsusUpdate' = {
        param($p)
        if ($p.Update.Broken) { throw 'the license agreement must be accepted' }
        if (-not $p.Update.Stuck) { $p.Update.Approvals["$($p.TargetGroupName)"] = "$($p.Action)" }
    }
    'Deny-WsusUpdate'    = { param($p) $p.Update.IsDeclined = $true }
    'Set-WsusProduct'    = { param($p) $p.Product.Chosen = -not $p.Disable }
}
