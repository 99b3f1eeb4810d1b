<#
.SYNOPSIS
Checks whether this machine has the settings of the profile azurevm-ws2022-hotpatch, and whether it gets hotpatches. Changes nothing.

.DESCRIPTION
Profile: azurevm-ws2022-hotpatch
GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
Made by: gpogen 0.1.0

Checks every value of the profile: what is expected, what the machine has, and where that comes from
(policy, with the name of the GPO from root\rsop\computer; preference, from the copy of the GPO's
preferences on the client; local; absent). Then checks what hotpatch requires: edition, build, UEFI, Secure Boot and its
certificates, VBS running, the hotpatch table, the enrollment package, the Arc agent, the update
service. Also checks whether the machine is on the hotpatch train: packages, updates, the last
baseline and the last hotpatch, a pending restart. It uses release data of 2026-10-02.

The script does not change the machine. Only -ReportPath, -EventLog and -LogPath write; with -WhatIf,
the script lists what they would write, and writes nothing. Run the script as an administrator or as
SYSTEM; otherwise Windows refuses some of the answers. A check without an answer is unknown, never ok.

Exit code: 0 compliant, 1 the script failed, 2 not compliant, 3 unknown.

.PARAMETER Output
Object: one object for each requirement and each check of readiness, then a summary on the information
stream. Json: the report, one line of ASCII. Summary: text under 4 KB. State: one word, Compliant,
NotCompliant or Unknown.

.PARAMETER AsJson
The same as -Output Json. The schema of the report is gpogen-audit/1.

.PARAMETER Direct
Judges by the values that Set-AzurevmWs2022Hotpatch.ps1 writes, for a machine without the GPO.

.PARAMETER ReportPath
The folder to which the script writes the report, as a new file with a unique name. The script
writes it under another name (.partial) and renames it when it is complete. The script does not
list or read the folder: the right to create files, and to delete its own files, is sufficient.

.PARAMETER EventLog
Writes the report to the Application log, source Application, event 4100, 4102 or 4103 (4100 and
the exit code). If the report is too long, the script writes the summary.

.PARAMETER LogPath
A file to which the script appends its steps.

.EXAMPLE
PS> .\Test-AzurevmWs2022Hotpatch.ps1

Shows every requirement and check, and a summary.

.EXAMPLE
PS> .\Test-AzurevmWs2022Hotpatch.ps1 | Where-Object { $_.Compliant -ne $true }

Shows what the machine does not meet, and what is unknown.

.EXAMPLE
PS> .\Test-AzurevmWs2022Hotpatch.ps1 -AsJson | Set-Content -LiteralPath .\report.json -Encoding ascii

Writes the report to a file.

.EXAMPLE
PS> .\Test-AzurevmWs2022Hotpatch.ps1 -Output Summary

Shows a text under 4 KB, which Run Command of Azure keeps.

.EXAMPLE
PS> .\Test-AzurevmWs2022Hotpatch.ps1 -Output State -ReportPath '\\server\audit$'

Writes a report to a share, and prints one word.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType([pscustomobject], [string])]
param(
    [ValidateSet('Object', 'Json', 'Summary', 'State')]
    [string]$Output = 'Object',
    [switch]$AsJson,
    [switch]$Direct,
    [ValidateNotNullOrEmpty()]
    [string]$ReportPath,
    [switch]$EventLog,
    [ValidateNotNullOrEmpty()]
    [string]$LogPath
)

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    Write-Warning 'This PowerShell session runs in Constrained Language Mode, where this script cannot access the registry. Nothing was changed. Sign the script with a certificate that the application control policy trusts.'
    exit 1
}
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
#region text for people

# What a domain or a machine answers, and a profile's words, may hold characters that act on a
# terminal, and words that a build runner takes for its commands: ##vso[ and ##[ anywhere, ::word.
$hidden = '(?i)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\uDB40[\uDC00-\uDFFF]|(?<=#)#(?=(vso)?\[)|(?<=:):(?=[a-z])'

function Format-Shown($Text) {
    return [regex]::Replace("$Text", $hidden, { param($Match) -join ($Match.Value.ToCharArray() | ForEach-Object { '<U+{0:X4}>' -f [int]$_ }) })
}

# One argument of a command line for PowerShell, on one line whatever the text holds.
function Format-Quoted($Text) {
    $quoted = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($Text) + "'"
    $spelt = [regex]::Replace($quoted, $hidden, { param($Match) -join ($Match.Value.ToCharArray() | ForEach-Object { "' + [char]0x{0:X4} + '" -f [int]$_ }) })
    if ($spelt.Length -eq $quoted.Length) { return $quoted }
    return "($spelt)"
}

function Write-Line($Text) { Write-Host (Format-Shown $Text) }

function Write-Problem($Text) { Write-Warning (Format-Shown $Text) }

#endregion

#region what the script was built from

$scriptName = 'Test-AzurevmWs2022Hotpatch.ps1'
$schema = 'gpogen-audit/1'
$version = '0.1.0'
$kind = 'audit'
$route = $(if ($Direct) { 'direct' } else { 'group-policy' })
$profileFacts = [ordered]@{
    name = 'azurevm-ws2022-hotpatch'
    title = 'Hotpatch: Azure VMs, Windows Server 2022 Azure Edition'
    digest = '4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3'
    revision = ''
    ring = ''
    os = 'windows-server-2022-azure-edition'
    platform = 'azure-vm'
    orchestration = 'azure-guest-patching'
    route = $route
}
# Sets: the value of a machine with the GPO. One row a line, because gpogen verify reads them.
$groupPolicyRows = @(
    @{ Do = 'set'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'ConfigureSystemGuardLaunch'; Kind = 'DWord'; Value = 0; Names = @(); Policy = 'DeviceGuard.VirtualizationBasedSecurity'; Title = 'Turn On Virtualization Based Security'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'DeviceGuard.VirtualizationBasedSecurity'; Title = 'Turn On Virtualization Based Security'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'HVCIMATRequired'; Kind = 'DWord'; Value = 0; Names = @(); Policy = 'DeviceGuard.VirtualizationBasedSecurity'; Title = 'Turn On Virtualization Based Security'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'HypervisorEnforcedCodeIntegrity'; Kind = 'DWord'; Value = 3; Names = @(); Policy = 'DeviceGuard.VirtualizationBasedSecurity'; Title = 'Turn On Virtualization Based Security'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'LsaCfgFlags'; Kind = 'DWord'; Value = 3; Names = @(); Policy = 'DeviceGuard.VirtualizationBasedSecurity'; Title = 'Turn On Virtualization Based Security'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'SOFTWARE\Policies\Microsoft\Windows\DeviceGuard'; Name = 'RequirePlatformSecurityFeatures'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'DeviceGuard.VirtualizationBasedSecurity'; Title = 'Turn On Virtualization Based Security'; Via = 'policy'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'WindowsUpdate.ExcludeWUDriversInQualityUpdate'; Title = 'Do not include drivers with Windows Updates'; Via = 'policy'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'FillEmptyContentUrls'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ProductVersion'; Kind = 'String'; Value = ''; Names = @(); Policy = 'WindowsUpdate.TargetReleaseVersion'; Title = 'Select the target Feature Update version'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetDisablePauseUXAccess'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'WindowsUpdate.DisablePauseUXAccess'; Title = 'Remove access to "Pause updates" feature'; Via = 'policy'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetProxyBehaviorForUpdateDetection'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersion'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'WindowsUpdate.TargetReleaseVersion'; Title = 'Select the target Feature Update version'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersionInfo'; Kind = 'String'; Value = 'hold'; Names = @(); Policy = 'WindowsUpdate.TargetReleaseVersion'; Title = 'Select the target Feature Update version'; Via = 'policy'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'UpdateServiceUrlAlternate'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'policy'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUServer'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'policy'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUStatusServer'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'UseWUServer'; Kind = 'DWord'; Value = 0; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'policy'; Wql = @() }
    @{ Do = 'set'; Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1; Names = @(); Policy = ''; Title = 'Virtualization-based security (Control key)'; Via = 'preference'; Wql = @() }
)
# The same for a machine with the Set script.
$directRows = @(
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'direct'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ExcludeWUDriversInQualityUpdate'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'WindowsUpdate.ExcludeWUDriversInQualityUpdate'; Title = 'Do not include drivers with Windows Updates'; Via = 'direct'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'FillEmptyContentUrls'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'direct'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'ProductVersion'; Kind = 'String'; Value = ''; Names = @(); Policy = 'WindowsUpdate.TargetReleaseVersion'; Title = 'Select the target Feature Update version'; Via = 'direct'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetDisablePauseUXAccess'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'WindowsUpdate.DisablePauseUXAccess'; Title = 'Remove access to "Pause updates" feature'; Via = 'direct'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'SetProxyBehaviorForUpdateDetection'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'direct'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersion'; Kind = 'DWord'; Value = 1; Names = @(); Policy = 'WindowsUpdate.TargetReleaseVersion'; Title = 'Select the target Feature Update version'; Via = 'direct'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'TargetReleaseVersionInfo'; Kind = 'String'; Value = 'hold'; Names = @(); Policy = 'WindowsUpdate.TargetReleaseVersion'; Title = 'Select the target Feature Update version'; Via = 'direct'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'UpdateServiceUrlAlternate'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'direct'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUServer'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'direct'; Wql = @() }
    @{ Do = 'delete'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate'; Name = 'WUStatusServer'; Kind = ''; Value = $null; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'direct'; Wql = @() }
    @{ Do = 'set'; Key = 'Software\Policies\Microsoft\Windows\WindowsUpdate\AU'; Name = 'UseWUServer'; Kind = 'DWord'; Value = 0; Names = @(); Policy = 'WindowsUpdate.CorpWuURL'; Title = 'Specify intranet Microsoft update service location'; Via = 'direct'; Wql = @() }
    @{ Do = 'set'; Key = 'SYSTEM\CurrentControlSet\Control\DeviceGuard'; Name = 'EnableVirtualizationBasedSecurity'; Kind = 'DWord'; Value = 1; Names = @(); Policy = ''; Title = 'Virtualization-based security (Control key)'; Via = 'direct'; Wql = @() }
)
$notChecked = @(
)
$systems = @(
    @{ Word = 'windows-server-2022-azure-edition'; Title = 'Windows Server 2022 Datacenter: Azure Edition'; Build = '20348'; Minimum = ''; Editions = @('ServerTurbine','ServerTurbineCor'); Skus = @('407','408'); BySku = $false; NeedsArc = $false; Prepared = $true }
)
$releaseDate = '2026-10-02'
$families = @('windows-server-2022')
# Build|month|type|number|build and revision|other numbers, the oldest first.
$releaseLines = @(
    '20348|2021-08|cumulative|KB5005104|20348.202|'
    '20348|2021-09|cumulative|KB5005575|20348.230|'
    '20348|2021-09|cumulative|KB5005619|20348.261|'
    '20348|2021-10|cumulative|KB5006699|20348.288|'
    '20348|2021-10|cumulative|KB5006745|20348.320|'
    '20348|2021-11|cumulative|KB5007205|20348.350|'
    '20348|2021-11|cumulative|KB5007254|20348.380|'
    '20348|2021-12|cumulative|KB5008223|20348.405|'
    '20348|2022-01|cumulative|KB5010197|20348.407|'
    '20348|2022-01|baseline|KB5009555|20348.469|'
    '20348|2022-01|cumulative|KB5010796|20348.473|'
    '20348|2022-01|cumulative|KB5009608|20348.502|'
    '20348|2022-02|cumulative|KB5010354|20348.524|'
    '20348|2022-02|hotpatch|KB5010456||'
    '20348|2022-02|cumulative|KB5010421|20348.558|'
    '20348|2022-03|cumulative|KB5011497|20348.587|'
    '20348|2022-03|hotpatch|KB5011580||'
    '20348|2022-03|cumulative|KB5011558|20348.617|'
    '20348|2022-04|baseline|KB5012604|20348.643|'
    '20348|2022-04|cumulative|KB5012637|20348.681|'
    '20348|2022-05|unknown|KB5013944|20348.707|'
    '20348|2022-05|cumulative|KB5015013|20348.709|'
    '20348|2022-05|cumulative|KB5014021|20348.740|'
    '20348|2022-06|unknown|KB5014678|20348.768|'
    '20348|2022-06|cumulative|KB5014665|20348.803|'
    '20348|2022-07|baseline|KB5015827|20348.825|'
    '20348|2022-07|cumulative|KB5015879|20348.859|'
    '20348|2022-08|unknown|KB5016627|20348.887|'
    '20348|2022-08|cumulative|KB5016693|20348.946|'
    '20348|2022-09|unknown|KB5017316|20348.1006|'
    '20348|2022-09|cumulative|KB5017381|20348.1070|'
    '20348|2022-10|baseline|KB5018421|20348.1129|'
    '20348|2022-10|cumulative|KB5020436|20348.1131|'
    '20348|2022-10|cumulative|KB5018485|20348.1194|'
    '20348|2022-11|cumulative|KB5019081|20348.1249|'
    '20348|2022-11|hotpatch|KB5019080||'
    '20348|2022-11|cumulative|KB5021656|20348.1251|'
    '20348|2022-11|cumulative|KB5020032|20348.1311|'
    '20348|2022-12|unknown|KB5021249|20348.1366|'
    '20348|2022-12|cumulative|KB5022553|20348.1368|'
    '20348|2023-01|baseline|KB5022291|20348.1487|'
    '20348|2023-02|unknown|KB5022842|20348.1547|'
    '20348|2023-03|unknown|KB5023705|20348.1607|'
    '20348|2023-04|baseline|KB5025230|20348.1668|'
    '20348|2023-05|unknown|KB5026370|20348.1726|'
    '20348|2023-06|unknown|KB5027225|20348.1787|'
    '20348|2023-07|baseline|KB5028171|20348.1850|'
    '20348|2023-08|unknown|KB5029250|20348.1906|'
    '20348|2023-09|unknown|KB5030216|20348.1970|'
    '20348|2023-10|baseline|KB5031364|20348.2031|KB5031858'
    '20348|2023-11|cumulative|KB5032198|20348.2113|'
    '20348|2023-11|hotpatch|KB5032304|20348.2091|'
    '20348|2023-12|unknown|KB5033118|20348.2159|'
    '20348|2024-01|baseline|KB5034129|20348.2227|'
    '20348|2024-02|cumulative|KB5034770|20348.2322|'
    '20348|2024-02|hotpatch|KB5034860|20348.2277|'
    '20348|2024-03|cumulative|KB5035857|20348.2340|'
    '20348|2024-03|hotpatch|KB5035959|20348.2333|'
    '20348|2024-03|cumulative|KB5037422|20348.2342|'
    '20348|2024-04|baseline|KB5036909|20348.2402|'
    '20348|2024-05|cumulative|KB5037782|20348.2461|'
    '20348|2024-05|hotpatch|KB5037848|20348.2458|'
    '20348|2024-06|cumulative|KB5039227|20348.2527|'
    '20348|2024-06|hotpatch|KB5039330|20348.2522|'
    '20348|2024-06|cumulative|KB5041054|20348.2529|'
    '20348|2024-07|baseline|KB5040437|20348.2582|'
    '20348|2024-08|unplanned-baseline|KB5041160|20348.2655|'
    '20348|2024-09|cumulative|KB5042881|20348.2700|'
    '20348|2024-09|hotpatch|KB5042880|20348.2695|'
    '20348|2024-10|baseline|KB5044281|20348.2762|'
    '20348|2024-11|cumulative|KB5046616|20348.2849|'
    '20348|2024-11|hotpatch|KB5046698|20348.2819|'
    '20348|2024-12|cumulative|KB5048654|20348.2966|'
    '20348|2024-12|hotpatch|KB5048800|20348.2908|'
    '20348|2025-01|baseline|KB5049983|20348.3091|'
    '20348|2025-01|cumulative|KB5052819|20348.3095|'
    '20348|2025-02|cumulative|KB5051979|20348.3207|'
    '20348|2025-02|hotpatch|KB5052106|20348.3148|'
    '20348|2025-03|cumulative|KB5053603|20348.3328|'
    '20348|2025-03|hotpatch|KB5053638|20348.3270|'
    '20348|2025-04|baseline|KB5055526|20348.3453|'
    '20348|2025-04|cumulative|KB5058920|20348.3561|'
    '20348|2025-04|cumulative|KB5059092|20348.3566|'
    '20348|2025-05|cumulative|KB5058385|20348.3692|'
    '20348|2025-05|hotpatch|KB5058500|20348.3630|'
    '20348|2025-05|cumulative|KB5061906|20348.3695|'
    '20348|2025-06|cumulative|KB5060526|20348.3807|'
    '20348|2025-06|hotpatch|KB5060525|20348.3745|'
    '20348|2025-07|baseline|KB5062572|20348.3932|'
    '20348|2025-08|cumulative|KB5063880|20348.4052|'
    '20348|2025-08|hotpatch|KB5063812|20348.3989|'
    '20348|2025-09|cumulative|KB5065432|20348.4171|'
    '20348|2025-09|hotpatch|KB5065306|20348.4106|'
    '20348|2025-10|baseline|KB5066782|20348.4294|'
    '20348|2025-10|cumulative|KB5070884|20348.4297|'
    '20348|2025-10|out-of-band-hotpatch|KB5070892||'
    '20348|2025-11|cumulative|KB5068787|20348.4405|'
    '20348|2025-11|hotpatch|KB5068840|20348.4346|'
    '20348|2025-12|cumulative|KB5071547|20348.4529|'
    '20348|2025-12|hotpatch|KB5071413|20348.4467|'
    '20348|2026-01|baseline|KB5073457|20348.4648|'
    '20348|2026-01|cumulative|KB5077800|20348.4650|'
    '20348|2026-01|cumulative|KB5078136|20348.4651|'
    '20348|2026-01|out-of-band-hotpatch|KB5078238|20348.4655|'
    '20348|2026-02|cumulative|KB5075906|20348.4773|'
    '20348|2026-02|hotpatch|KB5075943|20348.4711|'
    '20348|2026-03|cumulative|KB5082314|20348.4776|'
    '20348|2026-03|cumulative|KB5078766|20348.4893|'
    '20348|2026-03|hotpatch|KB5078737|20348.4830|'
    '20348|2026-04|baseline|KB5082142|20348.5020|'
    '20348|2026-04|cumulative|KB5091575|20348.5024|'
    '20348|2026-04|out-of-band-hotpatch|KB5091576||'
    '20348|2026-05|cumulative|KB5087545|20348.5139|'
    '20348|2026-05|hotpatch|KB5087424|20348.5074|'
    '20348|2026-06|unknown|KB5094128|20348.5256|'
    '20348|2026-07|baseline|KB5099540|20348.5386|'
    '20348|2026-08|cumulative|KB5120242|20348.5499|'
    '20348|2026-08|hotpatch|KB5120229|20348.5440|'
    '20348|2026-09|unknown|KB5122882|20348.5622|'
    '20348|2026-09|cumulative|KB5129237|20348.5631|'
)

#endregion

# .NET takes a DWord as Int32 and a QWord as Int64, so the upper half of each range is negative.
function ConvertTo-Stored($Kind, $Value) {
    if ($Kind -eq 'DWord') { return [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32]$Value), 0) }
    if ($Kind -eq 'QWord') { return [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes([uint64]$Value), 0) }
    if ($Kind -eq 'MultiString') { return , [string[]]$Value }
    if ($Kind -eq 'Binary' -or $Kind -eq 'None') { return , [byte[]]$Value }
    return [string]$Value
}

# Hexadecimal, because -eq on text passes over characters that the culture ignores.
function Get-Fingerprint($Kind, $Stored) {
    if ($Kind -eq 'DWord') { $bytes = [System.BitConverter]::GetBytes([int]$Stored) }
    elseif ($Kind -eq 'QWord') { $bytes = [System.BitConverter]::GetBytes([long]$Stored) }
    elseif ($Kind -eq 'MultiString') { $bytes = [System.Text.Encoding]::Unicode.GetBytes("$(@($Stored).Count) $(@($Stored) -join [char]0)") }
    elseif ($Kind -eq 'Binary' -or $Kind -eq 'None') { $bytes = [byte[]]$Stored }
    else { $bytes = [System.Text.Encoding]::Unicode.GetBytes([string]$Stored) }
    return [System.BitConverter]::ToString([byte[]]$bytes)
}

function Test-Name($List, $Name) {
    foreach ($item in $List) {
        if ([string]::Equals($item, $Name, [System.StringComparison]::OrdinalIgnoreCase)) { return $true }
    }
    return $false
}

$raw = [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames
$failures = [System.Collections.Generic.List[object]]::new()
$typeNames = @{ String = 'REG_SZ'; ExpandString = 'REG_EXPAND_SZ'; Binary = 'REG_BINARY'; DWord = 'REG_DWORD'
    MultiString = 'REG_MULTI_SZ'; QWord = 'REG_QWORD'; None = 'REG_NONE'; Unknown = 'unknown' }
$currentVersion = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$timeout = 120

#region small things

function Write-Log([string]$Text) {
    Write-Verbose (Format-Shown $Text)
    if (-not $LogPath -or $WhatIfPreference) { return }
    $line = '{0} {1}{2}' -f [System.DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [System.Globalization.CultureInfo]::InvariantCulture), (Format-Shown $Text), [System.Environment]::NewLine
    [System.IO.File]::AppendAllText((Get-FullPath $LogPath), $line)
}

function Get-FullPath([string]$Path) {
    return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}

function Limit-Text($Text, [int]$Most = 1000) {
    $text = [string]$Text
    if ($text.Length -le $Most) { return $text }
    return $text.Substring(0, $Most)
}

function Add-Failure([string]$What, [string]$Message) {
    Write-Log "Could not be read: ${What}: $Message"
    if ($failures.Count -lt 100) { $failures.Add([ordered]@{ what = Limit-Text $What 200; message = Limit-Text $Message }) }
}

# Known is false where nobody answered, which is not the same as an answer without items.
function Get-Answer([string]$What, [scriptblock]$Ask) {
    Write-Log "Asks: $What"
    try { return @{ Known = $true; Items = @(& $Ask) } }
    catch {
        Add-Failure $What $_.Exception.Message
        return @{ Known = $false; Items = @() }
    }
}

function Get-First($Answer) {
    if ($Answer.Items.Count -gt 0) { return $Answer.Items[0] }
}

# Objects differ in what properties they have, and strict mode refuses those that are not there.
function Get-Part($Item, [string]$Name) {
    if ($null -eq $Item) { return $null }
    $property = $Item.PSObject.Properties[$Name]
    if ($null -ne $property) { return , $property.Value }
}

# A number as text in every culture; nothing where it is none.
function Get-Number($Item, [string]$Name) {
    $value = Get-Part $Item $Name
    if ($null -eq $value -or "$value" -notmatch '\A[0-9]{1,10}\z' -or [long]"$value" -gt 4294967295) { return $null }
    return [long]"$value"
}

function Get-Text($Item, [string]$Name, [int]$Most = 255) {
    $value = Get-Part $Item $Name
    if ($null -eq $value -or "$value" -eq '') { return $null }
    return Limit-Text $value $Most
}

function Format-Time($Value, [string]$Pattern = 'yyyy-MM-ddTHH:mm:ssZ') {
    if ($Value -isnot [System.DateTime]) { return $null }
    return $Value.ToUniversalTime().ToString($Pattern, [System.Globalization.CultureInfo]::InvariantCulture)
}

#endregion

#region the registry

function Open-Root {
    return [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
}

# State: present, absent or unreadable. With a name that of the value, else that of the key.
function Read-Registry([string]$Path, $Name = $null) {
    $answer = @{ State = 'absent'; Kind = ''; Value = $null; Names = @(); Keys = @() }
    $key = $null
    try {
        $key = $root.OpenSubKey($Path)
        if ($null -eq $key) { return $answer }
        $answer.Names = @($key.GetValueNames())
        if ($null -eq $Name) {
            $answer.Keys = @($key.GetSubKeyNames())
            $answer.State = 'present'
        }
        elseif (Test-Name $answer.Names $Name) {
            $answer.Kind = "$($key.GetValueKind($Name))"
            $answer.Value = $key.GetValue($Name, $null, $raw)
            $answer.State = 'present'
        }
    }
    catch {
        $answer.State = 'unreadable'
        Add-Failure "HKEY_LOCAL_MACHINE\$Path" $_.Exception.Message
    }
    finally { if ($null -ne $key) { $key.Close() } }
    return $answer
}

# Text or a number for people; nothing where there is none.
function Get-Fact([string]$Path, [string]$Name) {
    $answer = Read-Registry $Path $Name
    if ($answer.State -ne 'present') { return $null }
    if ($answer.Kind -eq 'DWord') { return [long]$answer.Value -band 4294967295 }
    if ('String', 'ExpandString' -contains $answer.Kind) { return [string]$answer.Value }
}

#endregion

#region data in the report

function Format-Bytes($Bytes) {
    return [System.BitConverter]::ToString([byte[]]$Bytes).Replace('-', '').ToLowerInvariant()
}

function ConvertTo-List($Items) {
    $list = [System.Collections.Generic.List[object]]::new()
    foreach ($item in @($Items)) { if ($list.Count -lt 100) { $list.Add((Limit-Text $item)) } }
    return , $list
}

function Test-LongList($Items) {
    foreach ($item in @($Items)) { if (([string]$item).Length -gt 1000) { return $true } }
    return @($Items).Count -gt 100
}

# Kind and data become type, value and whether it was cut.
function ConvertTo-Shown($Kind, $Value) {
    $shown = [ordered]@{ type = $(if ($Kind) { $typeNames[$Kind] } else { $null }); value = $null; cut = $false }
    if ($null -eq $Value) { return $shown }
    if ($Value -is [byte[]]) {
        $shown.cut = $Value.Length -gt 500
        $shown.value = $(if ($shown.cut) { Format-Bytes $Value[0..499] } else { Format-Bytes $Value })
    }
    elseif ($Kind -eq 'DWord') { $shown.value = [long]$Value -band 4294967295 }
    elseif ($Kind -eq 'QWord') { $shown.value = [System.BitConverter]::ToUInt64([System.BitConverter]::GetBytes((ConvertTo-Long $Value)), 0).ToString([System.Globalization.CultureInfo]::InvariantCulture) }
    elseif ($Value -is [array]) { $shown.value = ConvertTo-List $Value; $shown.cut = Test-LongList $Value }
    else { $shown.value = Limit-Text $Value; $shown.cut = ([string]$Value).Length -gt 1000 }
    return $shown
}

function ConvertTo-Long($Value) {
    if ($Value -is [long] -or $Value -is [int]) { return [long]$Value }
    return [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes([uint64]$Value), 0)
}

function Format-Data($Data) {
    if ($null -eq $Data.type -and $null -eq $Data.value) { return '' }
    if ($Data.value -is [System.Collections.IList]) { return "$($Data.type) $(@($Data.value) -join ', ')".Trim() }
    return "$($Data.type) $($Data.value)".Trim()
}

# Windows PowerShell's ConvertTo-Json and that of PowerShell 7 differ, and neither writes ASCII.
function ConvertTo-AsciiJson($Value) {
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { return $(if ($Value) { 'true' } else { 'false' }) }
    if ($Value -is [string]) {
        $escaped = [regex]::Replace($Value, '[^\x20-\x21\x23-\x5B\x5D-\x7E]|#(?=#)', { param($Match) '\u{0:x4}' -f [int]$Match.Value[0] })
        return '"' + $escaped + '"'
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $members = foreach ($name in $Value.Keys) { "$(ConvertTo-AsciiJson ([string]$name)):$(ConvertTo-AsciiJson $Value[$name])" }
        return '{' + (@($members) -join ',') + '}'
    }
    if ($Value -is [System.Collections.IList]) {
        $items = foreach ($item in $Value) { ConvertTo-AsciiJson $item }
        return '[' + (@($items) -join ',') + ']'
    }
    return ([System.IFormattable]$Value).ToString($null, [System.Globalization.CultureInfo]::InvariantCulture)
}

#endregion

#region where a value comes from

function Get-Place([string]$Key, [string]$Name) {
    return "$Key`n$Name".ToLowerInvariant()
}

function New-Table {
    return , [System.Collections.Generic.Dictionary[string, object]]::new([System.StringComparer]::Ordinal)
}

# A WQL condition would take the backslashes of a key for escapes, so the whole class is asked for.
function Read-Rsop([string]$Class) {
    return Get-Answer "root\rsop\computer, $Class" { Get-CimInstance -Namespace 'root\rsop\computer' -ClassName $Class -OperationTimeoutSec $timeout -ErrorAction Stop }
}

function Read-Policy {
    $names = New-Table
    $gpos = Read-Rsop 'RSOP_GPO'
    foreach ($gpo in $gpos.Items) {
        foreach ($id in (Get-Text $gpo 'id' 1000), (Get-Text $gpo 'guidName' 1000)) {
            if ($id) { $names[$id.ToLowerInvariant()] = $gpo }
        }
    }
    $settings = Read-Rsop 'RSOP_RegistryPolicySetting'
    $winning = New-Table
    foreach ($item in $settings.Items) {
        if ("$(Get-Part $item 'precedence')" -ne '1') { continue }
        $winning[(Get-Place "$(Get-Part $item 'registryKey')" "$(Get-Part $item 'valueName')")] = $item
    }
    return @{ Known = $settings.Known; Settings = $winning; Names = $names }
}

function Read-SafeXml([string]$Path) {
    $settings = [System.Xml.XmlReaderSettings]::new()
    $settings.DtdProcessing = [System.Xml.DtdProcessing]::Prohibit
    $settings.XmlResolver = $null
    $settings.MaxCharactersInDocument = 10MB
    $stream = [System.IO.File]::OpenRead($Path)
    try {
        $xml = [System.Xml.XmlDocument]::new()
        $xml.XmlResolver = $null
        $xml.Load([System.Xml.XmlReader]::Create($stream, $settings))
        return , $xml
    }
    finally { $stream.Dispose() }
}

# The client keeps each GPO's preferences below History\{GUID}.
function Read-Preference {
    $found = New-Table
    $folder = [System.IO.Path]::Combine([System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::CommonApplicationData), 'Microsoft', 'Group Policy', 'History')
    $answer = Get-Answer 'the copies of the GPOs'' preferences' {
        if (-not [System.IO.Directory]::Exists($folder)) { return }
        foreach ($gpo in [System.IO.Directory]::GetDirectories($folder)) {
            $file = [System.IO.Path]::Combine($gpo, 'Machine', 'Preferences', 'Registry', 'Registry.xml')
            if (-not [System.IO.File]::Exists($file)) { continue }
            foreach ($node in @((Read-SafeXml $file).SelectNodes('//Registry/Properties'))) {
                $hive = $node.GetAttribute('hive')
                if ($hive -ne 'HKEY_LOCAL_MACHINE' -or $node.GetAttribute('action') -eq 'D') { continue }
                $found[(Get-Place $node.GetAttribute('key') $node.GetAttribute('name'))] = [System.IO.Path]::GetFileName($gpo)
            }
        }
    }
    return @{ Known = $answer.Known; Items = $found }
}

# What RSOP holds is the data as bytes; a text ends with NUL there.
function Test-RsopData($Item, $Answer) {
    if (Get-Part $Item 'deleted') { return $false }
    $bytes = Get-Part $Item 'value'
    if ($null -eq $bytes) { return $false }
    try {
        $stored = $(switch ($Answer.Kind) {
            'DWord' { , [System.BitConverter]::GetBytes([int]$Answer.Value) }
            'QWord' { , [System.BitConverter]::GetBytes([long]$Answer.Value) }
            'MultiString' { , [System.Text.Encoding]::Unicode.GetBytes((@($Answer.Value) -join [char]0)) }
            'Binary' { , [byte[]]$Answer.Value }
            'None' { , [byte[]]$Answer.Value }
            default { , [System.Text.Encoding]::Unicode.GetBytes([string]$Answer.Value) }
        })
        $text = 'String', 'ExpandString', 'MultiString' -contains $Answer.Kind
        $left = Format-Bytes ([byte[]]@($bytes))
        $right = Format-Bytes ([byte[]]@($stored))
        if ($text) { return ($left -replace '(0000)+\z', '') -eq ($right -replace '(0000)+\z', '') }
        return $left -eq $right
    }
    catch { return $false }
}

function Get-GpoName($Id) {
    $found = $null
    if ($Id -and $policy.Names.TryGetValue("$Id".ToLowerInvariant(), [ref]$found)) { return Get-Text $found 'name' 500 }
    return $null
}

function Get-GpoId($Id) {
    $guid = [regex]::Match("$Id", '\{[0-9A-Fa-f-]{36}\}')
    if ($guid.Success) { return $guid.Value.ToUpperInvariant() }
    if ($Id) { return Limit-Text $Id 500 }
    return $null
}

# Origin, and the GPO where one is named.
function Get-Origin([string]$Key, [string]$Name, $Answer) {
    $none = @{ Origin = 'unknown'; Gpo = $null; Id = $null }
    if ($Answer.State -eq 'unreadable') { return $none }
    $item = $null
    $named = $policy.Settings.TryGetValue((Get-Place $Key $Name), [ref]$item)
    $id = $(if ($named) { Get-Part $item 'GPOID' })
    if ($Answer.State -eq 'absent') {
        $deletes = $named -and (Get-Part $item 'deleted')
        return @{ Origin = 'absent'; Gpo = $(if ($deletes) { Get-GpoName $id }); Id = $(if ($deletes) { Get-GpoId $id }) }
    }
    if ($named -and (Test-RsopData $item $Answer)) { return @{ Origin = 'policy'; Gpo = Get-GpoName $id; Id = Get-GpoId $id } }
    $guid = $null
    if ($preferences.Items.TryGetValue((Get-Place $Key $Name), [ref]$guid)) { return @{ Origin = 'preference'; Gpo = Get-GpoName $guid; Id = Get-GpoId $guid } }
    if ($policy.Known -and $preferences.Known) { $none.Origin = 'local' }
    return $none
}

#endregion

#region requirements

# True, false, or nothing where a query could not be asked; without queries true.
function Test-Target($Row) {
    foreach ($query in $Row.Wql) {
        if (-not $targets.ContainsKey($query)) {
            $targets[$query] = Get-Answer "root\cimv2, $query" { Get-CimInstance -Namespace 'root\cimv2' -Query $query -OperationTimeoutSec $timeout -ErrorAction Stop }
        }
        if (-not $targets[$query].Known) { return $null }
        if ($targets[$query].Items.Count -eq 0) { return $false }
    }
    return $true
}

function Test-Data($Row, $Answer) {
    # A value whose bytes do not fit its type comes back as something else, which no cast takes.
    try { return (Get-Fingerprint $Row.Kind $Answer.Value) -eq (Get-Fingerprint $Row.Kind (ConvertTo-Stored $Row.Kind $Row.Value)) }
    catch { return $false }
}

function Get-ValueReason($Row, $Answer) {
    if ($Answer.State -eq 'unreadable') { return 'unreadable' }
    if ($Row.Do -eq 'delete') { return $(if ($Answer.State -eq 'absent') { 'as-expected' } else { 'surplus' }) }
    if ($Answer.State -eq 'absent') { return 'missing' }
    if ($Row.Do -eq 'soft') { return 'as-expected' }
    if ($Answer.Kind -ne $Row.Kind) { return 'wrong-type' }
    return $(if (Test-Data $Row $Answer) { 'as-expected' } else { 'differs' })
}

# The values or subkeys that should not be there.
function Get-Surplus($Row, $Answer) {
    if ($Row.Do -eq 'delete-values') { return @($Answer.Names | Where-Object { -not (Test-Name $Row.Names $_) }) }
    foreach ($name in $Row.Names) {
        $below = Read-Registry "$($Row.Key)\$name"
        if ($below.State -eq 'present') { $name }
        elseif ($below.State -eq 'unreadable') { $Answer.State = 'unreadable' }
    }
}

function Get-KeyReason($Row, $Answer, $Surplus) {
    if ($Answer.State -eq 'unreadable') { return 'unreadable' }
    if ($Row.Do -eq 'create-key') { return $(if ($Answer.State -eq 'present') { 'as-expected' } else { 'missing' }) }
    return $(if ($Surplus.Count -eq 0) { 'as-expected' } else { 'surplus' })
}

# Unique for each row: one key can have several rows, and its default value one more.
function Get-RowId($Row) {
    if ('set', 'soft', 'delete' -contains $Row.Do) { return "HKLM\$($Row.Key)!$($Row.Name)" }
    if ($Row.Do -eq 'delete-keys') { return "HKLM\$($Row.Key)\$($Row.Names -join ';') (delete-keys)" }
    return "HKLM\$($Row.Key) ($($Row.Do))"
}

function New-Requirement($Row, $Expected, $Found, $Origin, [string]$Reason) {
    $met = $(if ('as-expected', 'not-targeted' -contains $Reason) { $true } elseif ('unreadable', 'target-unknown' -contains $Reason) { $null } else { $false })
    return [ordered]@{
        id = Limit-Text (Get-RowId $Row)
        action = $Row.Do; key = Limit-Text $Row.Key; name = Limit-Text $Row.Name
        policy = $(if ($Row.Policy) { Limit-Text $Row.Policy 255 } else { $null }); title = Limit-Text $Row.Title; via = $Row.Via
        expected = $Expected
        found = [ordered]@{ state = $Found.State; type = $Found.Data.type; value = $Found.Data.value; cut = $Found.Data.cut }
        origin = $Origin.Origin; gpo = $Origin.Gpo; gpo_id = $Origin.Id
        compliant = $met; reason = $Reason
    }
}

function Test-ValueRow($Row, $Targeted) {
    $answer = Read-Registry $Row.Key $Row.Name
    $reason = $(if ($Targeted) { Get-ValueReason $Row $answer } elseif ($null -eq $Targeted) { 'target-unknown' } else { 'not-targeted' })
    $expected = $(if ($Row.Do -eq 'delete') { ConvertTo-Shown '' $null } else { ConvertTo-Shown $Row.Kind $Row.Value })
    $data = $(if ($answer.State -eq 'present') { ConvertTo-Shown $answer.Kind $answer.Value } else { ConvertTo-Shown '' $null })
    return New-Requirement $Row $expected @{ State = $answer.State; Data = $data } (Get-Origin $Row.Key $Row.Name $answer) $reason
}

function Test-KeyRow($Row, $Targeted) {
    $answer = Read-Registry $Row.Key
    $surplus = @($(if ($Row.Do -ne 'create-key' -and $answer.State -ne 'unreadable') { Get-Surplus $Row $answer }))
    $reason = $(if ($Targeted) { Get-KeyReason $Row $answer $surplus } elseif ($null -eq $Targeted) { 'target-unknown' } else { 'not-targeted' })
    $origin = @{ Origin = $(if ($answer.State -eq 'absent') { 'absent' } else { 'unknown' }); Gpo = $null; Id = $null }
    $names = $(if ($Row.Do -ne 'create-key') { , [object[]]@($Row.Names) })
    $shown = $(if ($surplus.Count -gt 0) { , [object[]]$surplus })
    return New-Requirement $Row (ConvertTo-Shown '' $names) @{ State = $answer.State; Data = (ConvertTo-Shown '' $shown) } $origin $reason
}

function Test-Row($Row) {
    $targeted = Test-Target $Row
    if ('set', 'soft', 'delete' -contains $Row.Do) { return Test-ValueRow $Row $targeted }
    return Test-KeyRow $Row $targeted
}

#endregion

#region the machine

function Read-Machine {
    $system = Get-First (Get-Answer 'Win32_OperatingSystem' { Get-CimInstance -ClassName 'Win32_OperatingSystem' -OperationTimeoutSec $timeout -ErrorAction Stop })
    $computer = Get-First (Get-Answer 'Win32_ComputerSystem' { Get-CimInstance -ClassName 'Win32_ComputerSystem' -OperationTimeoutSec $timeout -ErrorAction Stop })
    $session = Get-First (Read-Rsop 'RSOP_Session')
    $build = Get-Fact $currentVersion 'CurrentBuild'
    $revision = Get-Fact $currentVersion 'UBR'
    if ("$build" -notmatch '\A[0-9]{1,6}\z') { $build = $null }
    elseif ("$revision" -match '\A[0-9]{1,6}\z') { $build = "$build.$revision" }
    $architecture = @([System.Environment]::GetEnvironmentVariable('PROCESSOR_ARCHITEW6432'), [System.Environment]::GetEnvironmentVariable('PROCESSOR_ARCHITECTURE') | Where-Object { $_ })
    return [ordered]@{
        name = Limit-Text ([System.Environment]::MachineName) 255
        domain = $(if (Get-Part $computer 'PartOfDomain') { Get-Text $computer 'Domain' })
        ou = Get-Text $session 'SOM' 1000
        os = Get-Text $system 'Caption'
        edition_id = $(Get-TextFact 'EditionID')
        installation_type = $(Get-TextFact 'InstallationType')
        sku = Get-Number $system 'OperatingSystemSKU'
        product_type = Get-Number $system 'ProductType'
        architecture = $(if ($architecture.Count -gt 0) { Limit-Text $architecture[0].ToLowerInvariant() 50 })
        build = $(if ($null -ne $build) { "$build" })
        last_boot = Format-Time (Get-Part $system 'LastBootUpTime')
        azure_resource_id = $(Read-ArcId)
    }
}

function Get-TextFact([string]$Name) {
    $text = Get-Fact $currentVersion $Name
    if ($null -ne $text) { return Limit-Text $text 100 }
}

# By the agent's own configuration; nothing where it is not there or not complete.
function Read-ArcId {
    $file = [System.IO.Path]::Combine([System.Environment]::GetFolderPath([System.Environment+SpecialFolder]::CommonApplicationData), 'AzureConnectedMachineAgent', 'Config', 'agentconfig.json')
    $answer = Get-Answer 'the configuration of the Arc agent' {
        if (-not [System.IO.File]::Exists($file)) { return }
        if ([System.IO.FileInfo]::new($file).Length -gt 1MB) { throw 'It is longer than 1 MB.' }
        ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($file))
    }
    $facts = Get-First $answer
    $parts = @((Get-Text $facts 'subscriptionId'), (Get-Text $facts 'resourceGroup'), (Get-Text $facts 'resourceName'))
    if (@($parts | Where-Object { $_ -and $_ -notmatch '[\s/]' }).Count -ne 3) { return $null }
    return '/subscriptions/{0}/resourceGroups/{1}/providers/Microsoft.HybridCompute/machines/{2}' -f $parts
}

function Read-SecureBoot {
    $state = [ordered]@{ enabled = $null; certificates = $null; error = $null; capable = $null; events = $null }
    $script:firmware = 'unknown'
    try {
        Write-Log 'Asks: Confirm-SecureBootUEFI'
        $state.enabled = [bool](Confirm-SecureBootUEFI -ErrorAction Stop)
        $script:firmware = 'UEFI'
    }
    catch {
        # The cmdlet refuses a machine with BIOS by this exception, and says so in no other way.
        if ($_.Exception -is [System.PlatformNotSupportedException] -or $_.Exception.InnerException -is [System.PlatformNotSupportedException]) {
            $script:firmware = 'not UEFI'
            $state.enabled = $false
        }
        else { Add-Failure 'Confirm-SecureBootUEFI' $_.Exception.Message }
    }
    $servicing = 'SYSTEM\CurrentControlSet\Control\SecureBoot\Servicing'
    $status = Get-Fact $servicing 'UEFICA2023Status'
    if ($null -ne $status) { $state.certificates = Limit-Text $status 100 }
    foreach ($pair in @('error', 'UEFICA2023Error'), @('capable', 'WindowsUEFICA2023Capable')) {
        $number = Get-Fact $servicing $pair[1]
        if ($number -is [long]) { $state[$pair[0]] = $number }
    }
    $state.events = Read-SecureBootEvent
    return $state
}

function Read-SecureBootEvent {
    $answer = Get-Answer 'the System log, events of Secure Boot' {
        $filter = @{ LogName = 'System'; ProviderName = 'Microsoft-Windows-TPM-WMI'; Id = 1795, 1796, 1801, 1808 }
        try { Get-WinEvent -FilterHashtable $filter -MaxEvents 500 -ErrorAction Stop }
        catch { if ("$($_.FullyQualifiedErrorId)" -notlike 'NoMatchingEventsFound*') { throw } }
    }
    if (-not $answer.Known) { return $null }
    $list = [System.Collections.Generic.List[object]]::new()
    foreach ($group in @($answer.Items | Group-Object -Property Id | Sort-Object -Property { [int]$_.Name })) {
        $times = @($group.Group | ForEach-Object { Get-Part $_ 'TimeCreated' } | Where-Object { $_ -is [System.DateTime] } | Sort-Object)
        if ($times.Count -gt 0) { $list.Add([ordered]@{ id = [int]$group.Name; count = $group.Count; last = Format-Time $times[-1] }) }
    }
    return , $list
}

#endregion

#region updates

function Read-Package {
    $answer = Get-Answer 'Get-WindowsPackage' { Get-WindowsPackage -Online -ErrorAction Stop }
    if (-not $answer.Known) { return $null }
    $every = @($answer.Items | Where-Object { "$(Get-Part $_ 'PackageName')" -like 'Package_for_*' } |
        Sort-Object -Descending -Property { Format-Time (Get-Part $_ 'InstallTime') }, { Get-Revision "$(Get-Part $_ 'PackageName')" })
    $list = [System.Collections.Generic.List[object]]::new()
    foreach ($item in @($every | Select-Object -First 100)) {
        $list.Add([ordered]@{ name = Limit-Text (Get-Part $item 'PackageName') 500; state = Limit-Text (Get-Part $item 'PackageState') 50; installed_at = Format-Time (Get-Part $item 'InstallTime') })
    }
    return , $list
}

# The version at the end of a package's name, so that it sorts as a number.
function Get-Revision([string]$Name) {
    $version = [regex]::Match($Name, '~([0-9]{1,8})\.([0-9]{1,8})(\.[0-9.]*)?\z')
    if (-not $version.Success) { return '' }
    return '{0:d8}.{1:d8}' -f [int]$version.Groups[1].Value, [int]$version.Groups[2].Value
}

# The history of the Windows Update Agent is on the machine: no service is asked.
function Read-History {
    return Get-Answer 'the history of Windows Update' {
        $session = New-Object -ComObject 'Microsoft.Update.Session'
        $searcher = $session.CreateUpdateSearcher()
        $count = [int]$searcher.GetTotalHistoryCount()
        if ($count -gt 0) { $searcher.QueryHistory(0, [Math]::Min($count, 300)) }
    }
}

function Get-HistoryState($Entry) {
    $result = "$(Get-Part $Entry 'ResultCode')"
    if ("$(Get-Part $Entry 'Operation')" -eq '2') { return $(if ('2', '3' -contains $result) { 'uninstalled' } else { 'failed' }) }
    if ('2', '3' -contains $result) { return 'installed' }
    return $(if ('0', '1' -contains $result) { 'pending' } else { 'failed' })
}

function New-Update([string]$Title, $Kb, [string]$State, $Date, [string]$By) {
    return [ordered]@{ kb = $(if ($Kb) { $Kb }); title = Limit-Text $Title 500; state = $State; date = Format-Time $Date 'yyyy-MM-dd'; by = $By }
}

# Definitions and the removal tool come every day and say nothing of the system.
$daily = 'KB2267602|KB4052623|KB890830|KB5007651|Defender'

function Read-Update {
    $history = Read-History
    $fixes = Get-Answer 'Get-HotFix' { Get-HotFix -ErrorAction Stop }
    if (-not $history.Known -and -not $fixes.Known) { return $null }
    $seen = New-Table
    $list = [System.Collections.Generic.List[object]]::new()
    foreach ($entry in @($history.Items | Sort-Object -Descending -Property { Format-Time (Get-Part $_ 'Date') })) {
        $title = "$(Get-Part $entry 'Title')"
        if (-not $title -or $title -match $daily) { continue }
        $kb = [regex]::Match($title, '\bKB[0-9]{6,8}\b').Value
        $state = Get-HistoryState $entry
        $place = $(if ($kb) { $kb } else { $title })
        # A later failure takes back nothing that an earlier run installed.
        if ($state -eq 'failed' -and $seen.ContainsKey($place)) { continue }
        if ($seen.ContainsKey($place) -and $seen[$place] -ne 'failed') { continue }
        $seen[$place] = $state
        if ($list.Count -lt 100) { $list.Add((New-Update $title $kb $state (Get-Part $entry 'Date') 'windows-update')) }
    }
    foreach ($fix in $fixes.Items) {
        $kb = "$(Get-Part $fix 'HotFixID')"
        if ($kb -notmatch '\AKB[0-9]{6,8}\z' -or $kb -match $daily) { continue }
        $date = $(try { Get-Part $fix 'InstalledOn' } catch { $null })
        if ($list.Count -lt 200) { $list.Add((New-Update "$(Get-Part $fix 'Description')" $kb.ToUpperInvariant() 'installed' $date 'hotfix')) }
    }
    return , $list
}

function Read-PendingRestart($Packages) {
    $reasons = [System.Collections.Generic.List[object]]::new()
    $unknown = $null -eq $Packages
    foreach ($pair in @('Component Based Servicing', 'SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending'), @('Windows Update', 'SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired')) {
        $key = Read-Registry $pair[1]
        if ($key.State -eq 'present') { $reasons.Add($pair[0]) }
        elseif ($key.State -eq 'unreadable') { $unknown = $true }
    }
    $agent = Get-Answer 'Microsoft.Update.SystemInfo' { [bool](New-Object -ComObject 'Microsoft.Update.SystemInfo').RebootRequired }
    if (-not $agent.Known) { $unknown = $true }
    elseif ((Get-First $agent) -and -not $reasons.Contains('Windows Update')) { $reasons.Add('Windows Update') }
    foreach ($package in @($Packages | Where-Object { $null -ne $_ -and 'InstallPending', 'UninstallPending' -contains $_.state } | Select-Object -First 5)) { $reasons.Add((Limit-Text "$($package.state): $($package.name)" 200)) }
    return [ordered]@{ state = $(if ($reasons.Count -gt 0) { 'yes' } elseif ($unknown) { 'unknown' } else { 'no' }); reasons = $reasons }
}

#endregion

#region the place on the train

function Read-Release([string]$Build) {
    $number = 0
    foreach ($line in $releaseLines) {
        $parts = $line.Split('|')
        if ($parts[0] -ne $Build) { continue }
        $number++
        @{ Number = $number; Month = $parts[1]; Type = $parts[2]; Kb = $parts[3]; Build = $parts[4]; Also = @($parts[5].Split(' ')) }
    }
}

function Format-Release($Release) {
    if ($null -eq $Release) { return $null }
    return [ordered]@{ month = $Release.Month; type = $Release.Type; kb = $(if ($Release.Kb) { $Release.Kb }); build = $(if ($Release.Build) { $Release.Build }) }
}

function Test-Type($Release, [string]$Word) {
    if ($Word -eq 'baseline') { return 'baseline', 'unplanned-baseline', 'out-of-band-baseline' -contains $Release.Type }
    if ($Word -eq 'hotpatch') { return 'hotpatch', 'out-of-band-hotpatch' -contains $Release.Type }
    return $Release.Type -eq $Word
}

# The builds that packages of cumulative updates name.
function Get-RollupBuild($Packages) {
    foreach ($package in @($Packages)) {
        if ($null -eq $package -or 'Installed', 'Superseded', 'UninstallPending' -notcontains $package.state) { continue }
        $version = [regex]::Match($package.name, '\APackage_for_RollupFix~[^~]*~[^~]*~[^~]*~([0-9]{5,6}\.[0-9]{1,6})\.')
        if ($version.Success) { $version.Groups[1].Value }
    }
}

function Get-InstalledKb($Packages, $Updates) {
    foreach ($update in @($Updates)) { if ($null -ne $update -and $update.state -eq 'installed' -and $update.kb) { $update.kb } }
    foreach ($package in @($Packages)) {
        if ($null -eq $package -or 'Installed', 'Superseded' -notcontains $package.state) { continue }
        $kb = [regex]::Match($package.name, '\APackage_for_(KB[0-9]{6,8})[_~]')
        if ($kb.Success) { $kb.Groups[1].Value }
    }
}

# The releases that are on the machine. One build can be that of a hotpatch and of a cumulative update.
function Get-Hit($Releases, $Kbs, $Rollups, [string]$Build) {
    foreach ($release in $Releases) {
        $same = @($Releases | Where-Object { $release.Build -and $_.Build -eq $release.Build })
        $numbers = @($release.Kb) + $release.Also | Where-Object { $_ }
        $byKb = @($numbers | Where-Object { $Kbs -contains $_ }).Count -gt 0
        $byRollup = $Rollups -contains $release.Build -and ($same.Count -eq 1 -or -not (Test-Type $release 'hotpatch'))
        $byBuild = $release.Build -eq $Build -and $same.Count -eq 1
        if ($byKb -or $byRollup -or $byBuild) { $release }
    }
}

function Get-Newest($Hits, [string]$Word) {
    $found = @($Hits | Where-Object { Test-Type $_ $Word })
    if ($found.Count -gt 0) { return $found[-1] }
}

# Where the machine stands, and why; unknown wherever an update that nobody knows may have come.
function Get-Position($Train, $Releases, $Hits, $Updates, $Packages) {
    if ($null -eq $Updates -and $null -eq $Packages) { return 'unknown', 'neither updates nor packages could be read' }
    if ($null -ne $Train.off_by) { return 'off', "$($Train.off_by.month) $($Train.off_by.type) $($Train.off_by.kb)" }
    $newest = @($Hits | Sort-Object -Property { $_.Number })
    if ($newest.Count -eq 0) { return 'unknown', 'no update of the release data is on it' }
    $newest = $newest[-1]
    if ($newest.Type -eq 'unknown') { return 'unknown', "the type of the update of $($newest.Month) is unknown" }
    $stands = "$($newest.Month) $($newest.Type) $($newest.Kb)".Trim()
    if ($newest.Build -and $newest.Build -ne $Train.build) { return 'unknown', "the build is $($Train.build), that of $stands is $($newest.Build)" }
    if (-not $newest.Build) { return 'unknown', "the build of $stands is unknown" }
    $later = @($Releases | Where-Object { $_.Number -gt $newest.Number })
    $baseline = @($later | Where-Object { Test-Type $_ 'baseline' })
    if ($baseline.Count -gt 0) { return 'off', "a newer baseline is released: $($baseline[-1].Month) $($baseline[-1].Kb); the machine has $stands" }
    if (@($later | Where-Object { $_.Type -eq 'unknown' }).Count -gt 0) { return 'unknown', "whether a newer baseline is released is unknown; the machine has $stands" }
    return 'on', $stands
}

function Read-Train($Machine) {
    $train = [ordered]@{ build = $Machine.build; packages = Read-Package; updates = Read-Update; last_baseline = $null; last_hotpatch = $null; off_by = $null; position = 'unknown'; pending_restart = $null; release_data = [ordered]@{ as_of = $releaseDate; systems = [object[]]@($families) } }
    $releases = @(Read-Release ("$($Machine.build)".Split('.')[0]))
    $hits = @(Get-Hit $releases @(Get-InstalledKb $train.packages $train.updates) @(Get-RollupBuild $train.packages) "$($Machine.build)")
    $baseline = Get-Newest $hits 'baseline'
    $off = Get-Newest $hits 'cumulative'
    $hotpatch = Get-Newest $hits 'hotpatch'
    # A hotpatch of a later month installs only on a machine that is back on the train.
    if ($null -ne $off -and (($null -ne $baseline -and $off.Number -lt $baseline.Number) -or ($null -ne $hotpatch -and [string]::CompareOrdinal($hotpatch.Month, $off.Month) -gt 0))) { $off = $null }
    $train.last_baseline = Format-Release $baseline
    $train.last_hotpatch = Format-Release $hotpatch
    $train.off_by = Format-Release $off
    $train.position, $script:trainText = Get-Position $train $releases $hits $train.updates $train.packages
    $train.pending_restart = Read-PendingRestart $train.packages
    return $train
}

#endregion

#region readiness

function New-Check([string]$Id, [string]$State, [bool]$Decides, [string]$Expected, [string]$Found, [string]$Text) {
    return [ordered]@{ id = $Id; state = $State; decides = $Decides; expected = Limit-Text $Expected; found = Limit-Text $Found; text = Limit-Text $Text }
}

# The system of the data that this machine is; nothing where it is none of them.
function Find-System($Machine) {
    $build = "$($Machine.build)".Split('.')[0]
    foreach ($system in $systems) {
        if ($system.Build -ne $build) { continue }
        if ($system.Editions -contains $Machine.edition_id) { return $system }
        if ($system.BySku -and $system.Skus -contains "$($Machine.sku)") { return $system }
    }
}

function Test-OperatingSystem($Machine, $System) {
    $expected = @($systems | ForEach-Object { "$($_.Title) ($($_.Editions -join ' or '), build $($_.Build))" }) -join '; '
    $found = "$($Machine.edition_id), build $($Machine.build)"
    if ($null -ne $System) { return New-Check 'operating-system' 'ok' $true $expected $found 'This edition gets hotpatches.' }
    if (-not $Machine.edition_id -or -not $Machine.build) { return New-Check 'operating-system' 'unknown' $true $expected 'not known' 'EditionID or the build could not be read.' }
    return New-Check 'operating-system' 'problem' $true $expected $found 'This is another edition or release: it gets ordinary cumulative updates, with a restart each month.'
}

function Test-Build($Machine, $System) {
    if ($null -eq $System) { return New-Check 'build' 'unknown' $true 'a build of a system that gets hotpatches' "$($Machine.build)" 'The system gets no hotpatches, or is unknown.' }
    if (-not $System.Minimum) { return New-Check 'build' 'ok' $true 'no minimum build is documented' "$($Machine.build)" 'Every build of this system is supported.' }
    $expected = "$($System.Minimum) or newer"
    $parts = "$($Machine.build)".Split('.')
    if ($parts.Count -ne 2) { return New-Check 'build' 'unknown' $true $expected "$($Machine.build)" 'The revision (UBR) could not be read.' }
    if ([int]$parts[1] -ge [int]$System.Minimum.Split('.')[1]) { return New-Check 'build' 'ok' $true $expected $Machine.build 'Hotpatch works from this build on.' }
    return New-Check 'build' 'problem' $true $expected $Machine.build 'Install the newest cumulative update of a baseline month, and restart.'
}

function Test-Architecture($Machine) {
    $state = $(if (-not $Machine.architecture) { 'unknown' } elseif ($Machine.architecture -eq 'amd64') { 'ok' } else { 'attention' })
    return New-Check 'architecture' $state $false 'amd64' "$($Machine.architecture)" 'Hotpatches for servers are known for amd64 only.'
}

function Test-Firmware($SecureBoot) {
    $state = @{ 'UEFI' = 'ok'; 'not UEFI' = 'problem'; 'unknown' = 'unknown' }[$firmware]
    New-Check 'firmware' $state $true 'UEFI' $firmware 'Hotpatch requires UEFI; a virtual machine must be generation 2. If this is unknown, run the script as an administrator.'
    $on = $SecureBoot.enabled
    $state = $(if ($null -eq $on) { 'unknown' } elseif ($on) { 'ok' } else { 'problem' })
    New-Check 'secure-boot' $state $true 'on' $(if ($null -eq $on) { 'not known' } elseif ($on) { 'on' } else { 'off' }) 'Hotpatch requires Secure Boot.'
}

function Test-Certificate($SecureBoot) {
    $failed = @($SecureBoot.events | Where-Object { $null -ne $_ -and 1795, 1796 -contains $_.id } | ForEach-Object { "event $($_.id), last $($_.last)" })
    $found = "$($SecureBoot.certificates)"
    if (-not $found) { $found = 'no UEFICA2023Status' }
    if ($null -ne $SecureBoot.error -and $SecureBoot.error -ne 0) { $failed += "UEFICA2023Error $($SecureBoot.error)" }
    if ($failed.Count -gt 0 -and $SecureBoot.certificates -ne 'Updated') { $found = "$found; $($failed -join '; ')" }
    $state = $(if ($SecureBoot.certificates -eq 'Updated') { 'ok' } else { 'attention' })
    return New-Check 'secure-boot-certificates' $state $false 'Updated' $found 'The Secure Boot certificates of 2011 have expiry dates from June to October 2026. Windows Server gets those of 2023 automatically on some platforms only; events 1795 and 1796 mean that the hypervisor or the firmware must be updated first.'
}

function Test-Vbs {
    $answer = Get-Answer 'Win32_DeviceGuard' { Get-CimInstance -Namespace 'root/Microsoft/Windows/DeviceGuard' -ClassName 'Win32_DeviceGuard' -OperationTimeoutSec $timeout -ErrorAction Stop }
    $status = "$(Get-Part (Get-First $answer) 'VirtualizationBasedSecurityStatus')"
    $words = @{ '0' = '0 (off)'; '1' = '1 (on, and not running)'; '2' = '2 (running)' }
    if (-not $words.ContainsKey($status)) { return New-Check 'vbs-running' 'unknown' $true '2 (running)' 'not known' 'Win32_DeviceGuard did not say whether virtualization-based security runs.' }
    $text = @{ '0' = 'Virtualization-based security is off: set EnableVirtualizationBasedSecurity, and restart.'; '1' = 'It is set but not running: restart, then check UEFI, Secure Boot and the virtualization of the host.'; '2' = 'Virtualization-based security runs.' }[$status]
    return New-Check 'vbs-running' $(if ($status -eq '2') { 'ok' } else { 'problem' }) $true '2 (running)' $words[$status] $text
}

# Whether a value is needed is documented for Windows Server 2022 only; elsewhere it is told, and no more.
function Test-PreparedValue([string]$Id, $Answer, [bool]$Is, [string]$Expected, $System) {
    $found = $(if ($Answer.State -eq 'present') { "$($Answer.Kind) $($Answer.Value)" } else { $Answer.State })
    if ($null -eq $System -or -not $System.Prepared) { return New-Check $Id $(if ($Answer.State -eq 'unreadable') { 'unknown' } else { 'ok' }) $false 'not documented for this system' $found 'Documented for Windows Server 2022 only.' }
    $state = $(if ($Is) { 'ok' } elseif ($Answer.State -eq 'unreadable') { 'unknown' } else { 'problem' })
    return New-Check $Id $state $true $Expected $found 'Windows Server 2022 requires it; Marketplace images have it, an ISO does not.'
}

function Test-Prepared($System) {
    $table = Read-Registry 'SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management' 'HotPatchTableSize'
    Test-PreparedValue 'hotpatch-table' $table ($table.State -eq 'present' -and $table.Kind -eq 'DWord' -and $table.Value -ne 0) 'HotPatchTableSize, not 0' $System
    $package = Read-Registry "$currentVersion\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64" 'Name'
    Test-PreparedValue 'enrolment-package' $package ($package.State -eq 'present' -and "$($package.Value)" -eq 'Hotpatch Enrollment Package') 'Hotpatch Enrollment Package' $System
}

function Test-Service($System) {
    $answer = Get-Answer 'Win32_Service' { Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = 'wuauserv' OR Name = 'himds'" -OperationTimeoutSec $timeout -ErrorAction Stop }
    $needed = $null -eq $System -or $System.NeedsArc
    if ($needed) {
        $agent = @($answer.Items | Where-Object { "$(Get-Part $_ 'Name')" -eq 'himds' })
        $found = $(if (-not $answer.Known) { 'not known' } elseif ($agent.Count -eq 0) { 'not installed' } else { "$(Get-Part $agent[0] 'State')" })
        $state = $(if (-not $answer.Known) { 'unknown' } elseif ($found -eq 'Running') { 'ok' } else { 'problem' })
        New-Check 'arc-agent' $state ($null -ne $System) 'himds is running' $found 'Hotpatches of Windows Server 2025 Standard and Datacenter require an Azure Arc license: the Connected Machine agent must run.'
        $hint = Read-Registry 'SOFTWARE\Microsoft\Azure Connected Machine Agent\Windows\Licenses\Features\Hotpatch' 'Subscription'
        $found = $(if ($hint.State -eq 'present') { "Subscription $($hint.Value)" } else { "no hint ($($hint.State))" })
        New-Check 'arc-licence' 'unknown' $false 'Enabled, in Azure' $found 'Only Azure knows whether the hotpatch license is enabled; the registry has only a hint, whose meaning no page of Microsoft documents.'
    }
    $update = @($answer.Items | Where-Object { "$(Get-Part $_ 'Name')" -eq 'wuauserv' })
    $found = $(if (-not $answer.Known) { 'not known' } elseif ($update.Count -eq 0) { 'not installed' } else { "$(Get-Part $update[0] 'StartMode')" })
    $state = $(if (-not $answer.Known) { 'unknown' } elseif ('Auto', 'Manual' -contains $found) { 'ok' } else { 'problem' })
    New-Check 'update-service' $state $true 'wuauserv is not disabled' $found 'Every tool installs hotpatches through the Windows Update service.'
}

function Test-Train($Train) {
    $pending = $Train.pending_restart
    New-Check 'pending-restart' $(@{ yes = 'attention'; no = 'ok'; unknown = 'unknown' }[$pending.state]) $false 'none' $(if ($pending.reasons.Count -gt 0) { @($pending.reasons) -join '; ' } else { $pending.state }) 'A pending restart delays updates, and VBS if it was just turned on.'
    New-Check 'train' $(@{ on = 'ok'; off = 'attention'; unknown = 'unknown' }[$Train.position]) $false 'on the hotpatch train' "$($Train.position): $trainText" "By release data of $releaseDate; gpogen train can have newer data. Off the train, each update requires a restart until the next baseline is installed."
    $titles = @($Train.updates | Where-Object { $null -ne $_ -and $_.state -eq 'installed' -and $_.title -match 'hotpatch' })
    $is = $null -ne $Train.last_hotpatch -or $titles.Count -gt 0
    $found = $(if ($null -ne $Train.last_hotpatch) { "$($Train.last_hotpatch.month) $($Train.last_hotpatch.kb)" } elseif ($titles.Count -gt 0) { "$($titles[0].title)" } elseif ($null -eq $Train.updates) { 'not known' } else { 'none' })
    New-Check 'hotpatch-installed' $(if ($is) { 'ok' } elseif ($null -eq $Train.updates) { 'unknown' } else { 'attention' }) $false 'one, after the first hotpatch month' $found 'An installed hotpatch proves that the machine gets hotpatches.'
}

function Test-PrerequisiteUpdate($System, $Train) {
    if ($null -eq $System -or -not $System.Prepared) { return }
    $kbs = @(Get-InstalledKb $Train.packages $Train.updates)
    $state = $(if ($kbs -contains 'KB5003508') { 'ok' } elseif ($null -eq $Train.updates -and $null -eq $Train.packages) { 'unknown' } else { 'attention' })
    return New-Check 'prerequisite-update' $state $false 'KB5003508' $(if ($state -eq 'ok') { 'KB5003508' } elseif ($state -eq 'unknown') { 'not known' } else { 'not listed' }) 'Prepares Windows Server 2022 for hotpatches; it does not prove that hotpatches are installed.'
}

function Read-Readiness($Machine, $SecureBoot, $Train) {
    $system = Find-System $Machine
    $list = [System.Collections.Generic.List[object]]::new()
    foreach ($check in @(
        Test-OperatingSystem $Machine $system
        Test-Build $Machine $system
        Test-Architecture $Machine
        Test-Firmware $SecureBoot
        Test-Certificate $SecureBoot
        Test-Vbs
        Test-Prepared $system
        Test-PrerequisiteUpdate $system $Train
        Test-Service $system
        Test-Train $Train
    )) { $list.Add($check) }
    return , $list
}

#endregion

#region the report

function Measure-State($Items, [string]$Name, $Value) {
    return @($Items | Where-Object { $Value -eq $_[$Name] }).Count
}

function Get-Summary($Requirements, $Readiness) {
    $met = @($Requirements | Where-Object { $true -eq $_.compliant }).Count
    $missed = @($Requirements | Where-Object { $false -eq $_.compliant }).Count
    $open = $Requirements.Count - $met - $missed
    $decisive = @($Readiness | Where-Object { $_.decides })
    $ready = $(if ((Measure-State $decisive 'state' 'problem') -gt 0) { 'not-ready' } elseif ((Measure-State $decisive 'state' 'unknown') -gt 0) { 'unknown' } else { 'ready' })
    $verdict = $(if ($missed -gt 0 -or $ready -eq 'not-ready') { 'not-compliant' } elseif ($open -gt 0 -or $ready -eq 'unknown') { 'unknown' } else { 'compliant' })
    return [ordered]@{
        verdict = $verdict
        exit_code = @{ 'compliant' = 0; 'not-compliant' = 2; 'unknown' = 3 }[$verdict]
        requirements = [ordered]@{ total = $Requirements.Count; compliant = $met; not_compliant = $missed; unknown = $open }
        readiness = [ordered]@{ verdict = $ready; ok = Measure-State $Readiness 'state' 'ok'; problem = Measure-State $Readiness 'state' 'problem'; attention = Measure-State $Readiness 'state' 'attention'; unknown = Measure-State $Readiness 'state' 'unknown' }
    }
}

function Read-Runner {
    $account = 'not known'
    $elevated = $null
    try {
        $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
        $account = $identity.Name
        $elevated = [System.Security.Principal.WindowsPrincipal]::new($identity).IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
    }
    catch { Add-Failure 'the account' $_.Exception.Message }
    return [ordered]@{ name = $scriptName; gpogen = $version; powershell = Limit-Text $PSVersionTable.PSVersion 50; edition = $(if ("$($PSVersionTable.PSEdition)" -eq 'Core') { 'Core' } else { 'Desktop' }); account = Limit-Text $account 255; elevated = $elevated }
}

function New-Report {
    $report = [ordered]@{ schema = $schema; kind = $kind; id = [guid]::NewGuid().ToString(); taken_at = Format-Time ([System.DateTime]::UtcNow); script = Read-Runner; profile = $profileFacts; machine = Read-Machine; summary = $null; requirements = $null; not_checked = $null; readiness = $null; secure_boot = Read-SecureBoot; train = $null; errors = $failures }
    $report.train = Read-Train $report.machine
    $requirements = [System.Collections.Generic.List[object]]::new()
    foreach ($row in $(if ($route -eq 'direct') { $directRows } else { $groupPolicyRows })) { $requirements.Add((Test-Row $row)) }
    $report.requirements = $requirements
    $open = [System.Collections.Generic.List[object]]::new()
    foreach ($item in $notChecked) { $open.Add([ordered]@{ what = Limit-Text $item.What; reason = Limit-Text $item.Reason }) }
    $report.not_checked = $open
    $report.readiness = Read-Readiness $report.machine $report.secure_boot $report.train
    $report.summary = Get-Summary $requirements $report.readiness
    return $report
}

function Get-SummaryLine($Report) {
    $counts = $Report.summary.requirements
    $ready = $Report.summary.readiness
    "$($Report.summary.verdict): $($Report.machine.name), $(if ($null -ne $Report.profile) { $Report.profile.name } else { 'readiness' }), $($Report.taken_at)"
    "build $($Report.machine.build), $($Report.machine.os); train $($Report.train.position): $trainText"
    "requirements: $($counts.compliant) of $($counts.total) met, $($counts.not_compliant) not met, $($counts.unknown) not known"
    "readiness: $($ready.verdict) ($($ready.ok) ok, $($ready.problem) problems, $($ready.attention) to look at, $($ready.unknown) not known)"
    foreach ($item in $Report.requirements) {
        if ($true -eq $item.compliant) { continue }
        $who = $(if ($item.gpo) { "$($item.origin), $($item.gpo)" } else { $item.origin })
        "- $($item.reason): $($item.key)!$($item.name): expected $("$($item.action) $(Format-Data $item.expected)".Trim()); found $("$($item.found.state) $(Format-Data $item.found)".Trim()) ($who)"
    }
    foreach ($check in @($Report.readiness | Where-Object { $_.state -ne 'ok' })) { "- $($check.state): $($check.id): expected $($check.expected); found $($check.found)" }
    foreach ($failure in $Report.errors) { "- could not be read: $($failure.what): $($failure.message)" }
}

# Under 4 KB whatever is in it: Run Command keeps the last 4 KB of a script's output.
function Format-Summary($Report) {
    $lines = @(Get-SummaryLine $Report | ForEach-Object { Limit-Text (Format-Shown $_) 300 })
    $kept = [System.Collections.Generic.List[string]]::new()
    $size = 0
    foreach ($line in $lines) {
        $size += [System.Text.Encoding]::UTF8.GetByteCount($line) + 2
        if ($size -gt 3800) { $kept.Add("and $($lines.Count - $kept.Count) lines more: see the report (-AsJson)"); break }
        $kept.Add($line)
    }
    return $kept -join [System.Environment]::NewLine
}

# Four columns make a table; Select-Object and others see all of them.
$columns = [System.Management.Automation.PSPropertySet]::new('DefaultDisplayPropertySet', [string[]]('Compliant', 'Name', 'Expected', 'Found'))
$display = [System.Management.Automation.PSMemberSet]::new('PSStandardMembers', [System.Management.Automation.PSMemberInfo[]]@($columns))

# For people and their terminals; the report has every character as it is.
function New-Entry([string]$Kind, $Name, $Expected, $Found, $Origin, $Gpo, $Compliant, $Reason, $Text) {
    $entry = [pscustomobject]@{ PSTypeName = 'Gpogen.Audit'; Kind = $Kind; Name = Format-Shown $Name; Expected = Format-Shown ("$Expected".Trim()); Found = Format-Shown ("$Found".Trim()); Origin = $Origin; Gpo = $(if ($Gpo) { Format-Shown $Gpo }); Compliant = $Compliant; Reason = $Reason; Text = Format-Shown $Text }
    $entry.PSObject.Members.Add($display)
    return $entry
}

function ConvertTo-Object($Report) {
    foreach ($item in $Report.requirements) {
        New-Entry 'Requirement' $item.id "$($item.action) $(Format-Data $item.expected)" "$($item.found.state) $(Format-Data $item.found)" $item.origin $item.gpo $item.compliant $item.reason $item.title
    }
    foreach ($check in $Report.readiness) {
        $met = $(switch ($check.state) { 'ok' { $true } 'problem' { $false } default { $null } })
        New-Entry 'Readiness' $check.id $check.expected $check.found $null $null $met $check.state $check.text
    }
}

# The other name is nobody's, the rename does not overwrite, and neither reads the folder.
function Save-Report([string]$Json, $Report) {
    $folder = Get-FullPath $ReportPath
    $machine = [regex]::Replace($Report.machine.name, '[^A-Za-z0-9_-]', '_')
    $name = '{0}-{1}-{2}.json' -f $machine, ($Report.taken_at -replace '[-:]', ''), $Report.id
    $path = [System.IO.Path]::Combine($folder, $name)
    if (-not $PSCmdlet.ShouldProcess($path, 'Write the report')) { return }
    $bytes = [System.Text.Encoding]::ASCII.GetBytes($Json + "`n")
    $stream = [System.IO.FileStream]::new("$path.partial", [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write, [System.IO.FileShare]::None)
    try {
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    }
    finally { $stream.Dispose() }
    [System.IO.File]::Move("$path.partial", $path)
    Write-Log "Wrote $path"
}

function Write-AuditEvent([string]$Json, [string]$Summary, [int]$Code) {
    if (-not $PSCmdlet.ShouldProcess('the Application log', 'Write an event')) { return }
    # 31,839 characters are the most that an event holds.
    $text = $(if ($Json.Length -le 30000) { $Json } else { $Summary })
    $type = $(if ($Code -eq 0) { [System.Diagnostics.EventLogEntryType]::Information } else { [System.Diagnostics.EventLogEntryType]::Warning })
    [System.Diagnostics.EventLog]::WriteEntry('Application', $text, $type, 4100 + $Code)
}

#endregion

if ($AsJson) { $Output = 'Json' }
$root = $null
$code = 1
try {
    Write-Log "$scriptName, gpogen $version, begins"
    $targets = @{}
    $firmware = 'unknown'
    $trainText = 'not known'
    $root = Open-Root
    $policy = Read-Policy
    $preferences = Read-Preference
    $report = New-Report
    $json = ConvertTo-AsciiJson $report
    $summary = Format-Summary $report
    $code = $report.summary.exit_code
    if ($ReportPath) { Save-Report $json $report }
    if ($EventLog) { Write-AuditEvent $json $summary $code }
    switch ($Output) {
        'Json' { $json }
        'Summary' { $summary }
        'State' { @{ 'compliant' = 'Compliant'; 'not-compliant' = 'NotCompliant'; 'unknown' = 'Unknown' }[$report.summary.verdict] }
        default {
            ConvertTo-Object $report
            foreach ($line in $summary.Split("`n")) { Write-Line $line.TrimEnd("`r") }
        }
    }
    Write-Log "Ends: $($report.summary.verdict), exit code $code"
}
catch {
    $code = 1
    $message = "The script failed: $($_.Exception.Message) ($($_.InvocationInfo.ScriptLineNumber))"
    Write-Problem $message
    try { Write-Log $message } catch { Write-Problem "The log cannot be written: $($_.Exception.Message)" }
}
finally { if ($null -ne $root) { $root.Close() } }
exit $code
