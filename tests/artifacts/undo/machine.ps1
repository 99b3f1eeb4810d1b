# A machine for the Set and Undo scripts: what Windows answers, and how the registry is looked at.
$global:Sku = 13
$global:Tag = 'None'
$global:Managed = @()
$global:RsopFails = $false

function global:Get-CimInstance {
    [CmdletBinding()]
    param([string]$Namespace, [string]$ClassName, [string]$Filter)
    switch ($ClassName) {
        'Win32_OperatingSystem' { return [pscustomobject]@{ OperatingSystemSKU = [uint32]$global:Sku } }
        'Win32_SystemEnclosure' { return [pscustomobject]@{ SMBIOSAssetTag = $global:Tag } }
        'Win32_DeviceGuard' { return [pscustomobject]@{ VirtualizationBasedSecurityStatus = [uint32]0 } }
        'RSOP_GPO' {
            if ($global:RsopFails) { throw 'Invalid namespace' }
            return [pscustomobject]@{ id = 'cn={1}'; name = 'Old "GPO"' }
        }
        'RSOP_RegistryPolicySetting' { return $global:Managed }
    }
    throw "no stand-in for $ClassName"
}

function global:Confirm-SecureBootUEFI { [CmdletBinding()] param() return $true }

function global:Get-Record { return [System.IO.Directory]::GetFiles('C:\Program Files\gpogen', 'Set-*.json') }

function global:Edit-Record([string]$Old, [string]$New, [bool]$Sign) {
    foreach ($path in @(Get-Record)) {
        $text = [System.IO.File]::ReadAllText($path)
        $changed = $text.Replace($Old, $New)
        if ($changed -eq $text) { throw "the record has no $Old" }
        if ($Sign) {
            $body = [regex]::Match($changed, '(?s)"record":(.+)\}\s*\z').Groups[1].Value
            $hash = [System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.Text.Encoding]::UTF8.GetBytes($body))).ToLowerInvariant()
            $changed = "{`"sha256`":`"$hash`",`"record`":$body}"
        }
        [System.IO.File]::WriteAllText($path, $changed)
    }
}

# Everybody may do this with the record or its folder, or nobody but the owner any more. Wine keeps
# reading and writing only: of other rights alone it keeps none.
function global:Set-Right([bool]$Folder, [string]$Right, [bool]$Given) {
    $path = @(Get-Record)[0]
    $item = $(if ($Folder) { [System.IO.DirectoryInfo]::new([System.IO.Path]::GetDirectoryName($path)) } else { [System.IO.FileInfo]::new($path) })
    $security = [System.IO.FileSystemAclExtensions]::GetAccessControl($item)
    $everybody = [System.Security.Principal.SecurityIdentifier]::new('S-1-1-0')
    $security.PurgeAccessRules($everybody)
    $rights = [System.Security.AccessControl.FileSystemRights]$(if ($Given) { "ReadAndExecute, $Right" } else { 'ReadAndExecute' })
    $security.AddAccessRule([System.Security.AccessControl.FileSystemAccessRule]::new($everybody, $rights, 'Allow'))
    [System.IO.FileSystemAclExtensions]::SetAccessControl($item, $security)
}

function global:Reset-Machine([string[]]$Roots) {
    $global:Sku = 13; $global:Tag = 'None'; $global:Managed = @(); $global:RsopFails = $false
    Set-Edition '20348' 'ServerTurbineCor'
    if ([System.IO.Directory]::Exists('C:\Program Files\gpogen')) { [System.IO.Directory]::Delete('C:\Program Files\gpogen', $true) }
    foreach ($path in $Roots) { if (Test-Path -LiteralPath "HKLM:\$path") { Remove-Item -LiteralPath "HKLM:\$path" -Recurse -Force } }
}

# On a busy machine a program may not start in Wine, once.
function global:Invoke-RegTool([string[]]$Arguments) {
    foreach ($attempt in 1, 2) {
        $null = & "$env:SystemRoot\system32\reg.exe" @Arguments
        if ($LASTEXITCODE -eq 0) { return }
    }
    throw "reg.exe $Arguments ended with $LASTEXITCODE"
}

# The profile's edition and build.
function global:Set-Edition([string]$Build, [string]$Edition) {
    $key = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    Set-ItemProperty -LiteralPath $key -Name CurrentBuild -Value $Build
    Set-ItemProperty -LiteralPath $key -Name EditionID -Value $Edition
}

# Nobody may set a value of the key, or everybody may again.
function global:Set-Lock([string]$Path, [bool]$Locked) {
    $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    $key = $root.OpenSubKey($Path, [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, [System.Security.AccessControl.RegistryRights]::ChangePermissions)
    $security = [System.Security.AccessControl.RegistrySecurity]::new()
    $sddl = $(if ($Locked) { 'D:(D;;0x2;;;WD)(A;;KA;;;WD)' } else { 'D:(A;;KA;;;WD)' })
    $security.SetSecurityDescriptorSddlForm($sddl, [System.Security.AccessControl.AccessControlSections]::Access)
    $key.SetAccessControl($security)
    $key.Close()
}

Set-Edition '20348' 'ServerTurbineCor'
