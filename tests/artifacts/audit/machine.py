"""A machine for the audit script: Wine's registry, and stand-ins that answer as documented.

The fixtures hold what Microsoft's pages say that the classes, cmdlets and COM objects answer
(Win32_OperatingSystem, Win32_DeviceGuard, Win32_Service, RSOP_RegistryPolicySetting, RSOP_GPO,
RSOP_Session, Get-WindowsPackage, Get-HotFix, Get-WinEvent, IUpdateHistoryEntry): one expression of
PowerShell each, which a test replaces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gpogen.fleet.contradictions import contradiction_in
from gpogen.fleet.report import read_report
from gpogen.formats import reg
from gpogen.policy.records import Record
from gpogen.policy.types import Action
from tests.artifacts.powershell.harness import Outcome, Wine

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "docs" / "audit-report.schema.json"
CURRENT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
PENDING = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
ENROLMENT = rf"{CURRENT}\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64"
MEMORY = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
SERVICING = r"SYSTEM\CurrentControlSet\Control\SecureBoot\Servicing"
GPO = "{6AC1786C-016F-11D2-945F-00C04FB984F9}"
OTHER_GPO = "{11111111-2222-3333-4444-555555555555}"
THROWS = "{ throw [System.UnauthorizedAccessException]::new('Access is denied.') }"
NOTHING = "{ }"
BIOS = "throw [System.PlatformNotSupportedException]::new('Cmdlet not supported on this platform.')"
_CLEARED = (
    r"SOFTWARE\Policies",
    PENDING,
    ENROLMENT,
    r"SYSTEM\CurrentControlSet\Control\DeviceGuard",
    SERVICING,
    r"SOFTWARE\Gpogen",
)


@dataclass(frozen=True, slots=True)
class Edition:
    """How a system shows itself."""

    build: str
    revision: int
    edition: str
    sku: int
    rollup: str
    baseline: str


EDITIONS = {
    "windows-server-2022-azure-edition": Edition(
        "20348", 5386, "ServerTurbineCor", 408, "20348.5386.1.9", "KB5099540"
    ),
    "windows-server-2025-azure-edition": Edition(
        "26100", 33438, "ServerTurbineCor", 408, "26100.33438.1.7", "KB5122871"
    ),
    "windows-server-2025-standard": Edition(
        "26100", 33438, "ServerStandard", 13, "26100.33438.1.7", "KB5122871"
    ),
    "windows-server-2025-datacenter": Edition(
        "26100", 33438, "ServerDatacenter", 12, "26100.33438.1.7", "KB5122871"
    ),
}


def package(name: str, state: str = "Installed", day: str = "2026-09-12") -> str:
    return (
        f"@{{ PackageName = '{name}'; PackageState = '{state}'; ReleaseType = 'SecurityUpdate'; "
        f"InstallTime = [datetime]'{day}T01:00:00Z' }}"
    )


def rollup(version: str, **more: str) -> str:
    return package(f"Package_for_RollupFix~31bf3856ad364e35~amd64~~{version}", **more)


def hotfix(kb: str, day: str = "2026-09-12") -> str:
    installed = f"InstalledOn = [datetime]'{day}'"
    return f"@{{ HotFixID = '{kb}'; Description = 'Security Update'; {installed} }}"


def history(*entries: tuple[str, str, int, int]) -> str:
    """Title, day, operation and result code of each entry, as IUpdateHistoryEntry has them."""
    items = "; ".join(
        f"[pscustomobject]@{{ Title = '{title}'; Date = [datetime]'{day}'; "
        f"Operation = {operation}; ResultCode = {result} }}"
        for title, day, operation, result in entries
    )
    return (
        "{ New-ComObjectStub 'Microsoft.Update.Session' @{} @{ CreateUpdateSearcher = { "
        "New-ComObjectStub 'Searcher' @{} @{ "
        f"GetTotalHistoryCount = {{ {len(entries)} }}; QueryHistory = {{ {items} }} }} }} }} }}"
    )


def restart(needed: bool) -> str:
    return (
        "{ New-ComObjectStub 'Microsoft.Update.SystemInfo' "
        f"@{{ RebootRequired = ${str(needed).lower()} }} @{{}} }}"
    )


def services(*, update: str = "Manual", agent: str = "Running") -> str:
    rows = []
    if update:
        rows.append(f"@{{ Name = 'wuauserv'; StartMode = '{update}'; State = 'Stopped' }}")
    if agent:
        rows.append(f"@{{ Name = 'himds'; StartMode = 'Auto'; State = '{agent}' }}")
    return f"{{ {'; '.join(rows)} }}"


def rsop(records: Iterable[Record], gpo: str = GPO, *, precedence: int = 1) -> list[str]:
    """Instances of RSOP_RegistryPolicySetting."""
    return [
        f"@{{ registryKey = '{record.key}'; valueName = '{record.name}'; "
        f"value = [byte[]]@({','.join(map(str, record.data))}); "
        f"valueType = [uint32]{record.type}; deleted = $false; precedence = [uint32]{precedence}; "
        f"GPOID = 'CN={gpo},CN=Policies,CN=System,DC=contoso,DC=com' }}"
        for record in records
        if record.action is Action.SET
    ]


def gpos(*pairs: tuple[str, str]) -> str:
    rows = [
        f"@{{ id = 'cn={guid},cn=policies,cn=system,DC=contoso,DC=com'; guidName = '{guid}'; "
        f"name = '{name}' }}"
        for guid, name in pairs
    ]
    return f"{{ {'; '.join(rows)} }}"


def block(rows: Sequence[str]) -> str:
    return f"{{ {'; '.join(rows)} }}"


def fixtures(os: str, **changes: str) -> dict[str, str]:
    """Answers of a machine that is in order; ``changes`` by the last word of their name."""
    system = EDITIONS[os]
    made = {
        "Get-CimInstance Win32_OperatingSystem": (
            "@{ Caption = 'Microsoft Windows Server'; "
            f"OperatingSystemSKU = [uint32]{system.sku}; ProductType = [uint32]3; "
            "LastBootUpTime = [datetime]'2026-09-12T02:00:00Z' }"
        ),
        "Get-CimInstance Win32_ComputerSystem": "@{ Domain = 'contoso.com'; PartOfDomain = $true }",
        "Get-CimInstance Win32_DeviceGuard": ("@{ VirtualizationBasedSecurityStatus = [uint32]2 }"),
        "Get-CimInstance Win32_Service": services(),
        "Get-CimInstance RSOP_GPO": gpos((GPO, "Hotpatch"), (OTHER_GPO, "Old updates")),
        "Get-CimInstance RSOP_Session": "@{ SOM = 'OU=Servers,DC=contoso,DC=com' }",
        "Get-CimInstance RSOP_RegistryPolicySetting": NOTHING,
        # What the query of targeting finds; only ISO preparation has one.
        "Get-CimInstance": "@{ OperatingSystemSKU = [uint32]408; Version = '10.0.20348' }",
        "Get-WindowsPackage": rollup(system.rollup),
        "Get-HotFix": hotfix(system.baseline),
        "Get-WinEvent": (
            "{ Write-Error -Message 'No events were found.' -ErrorId NoMatchingEventsFound "
            "-ErrorAction Stop }"
        ),
        "New-Object Microsoft.Update.SystemInfo": restart(False),
        "New-Object Microsoft.Update.Session": history(
            (
                f"2026-09 Security Update ({system.baseline}) ({system.build}.{system.revision})",
                "2026-09-12",
                1,
                2,
            ),
        ),
    }
    for word, text in changes.items():
        name = next(key for key in made if key.replace(".", "_").endswith(word))
        made[name] = text
    return made


def version(os: str, **changes: Any) -> str:
    """The registry's facts of a system, as the body of a .reg file."""
    system = replace(EDITIONS[os], **changes)
    prepared = (
        f'[HKEY_LOCAL_MACHINE\\{MEMORY}]\n"HotPatchTableSize"=dword:00001000\n\n'
        f'[HKEY_LOCAL_MACHINE\\{ENROLMENT}]\n"Name"="Hotpatch Enrollment Package"\n\n'
    )
    return (
        f'[HKEY_LOCAL_MACHINE\\{CURRENT}]\n"CurrentBuild"="{system.build}"\n'
        f'"UBR"=dword:{system.revision:08x}\n"EditionID"="{system.edition}"\n'
        f'"InstallationType"="Server Core"\n\n{prepared if system.build == "20348" else ""}'
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """How a machine answers in one run of several that one engine makes.

    Attributes:
        answers: the fixtures.
        secure_boot: what Confirm-SecureBootUEFI says.
        revision: the UBR of the registry; None for the one that is there.
        edition: the EditionID of the registry in this run alone; None for the one that is there.
        denied: a key of HKLM that nobody may read in this run; None for none.
    """

    answers: Mapping[str, str]
    secure_boot: str = "$true"
    revision: int | None = None
    edition: str | None = None
    denied: str | None = None


AT_ONCE = 4
"""Runs that one engine makes within the time that a call may take."""
_DRIVER = r"""
param([string]$Script, [string]$Cases)
$version = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
function Set-Rights([string]$Name, [string]$Sddl) {
    $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($Name,
        [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree,
        [System.Security.AccessControl.RegistryRights]::ChangePermissions)
    $acl = [System.Security.AccessControl.RegistrySecurity]::new()
    $acl.SetSecurityDescriptorSddlForm($Sddl,
        [System.Security.AccessControl.AccessControlSections]::Access)
    $key.SetAccessControl($acl)
    $key.Dispose()
}
foreach ($case in ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases))) {
    [System.Environment]::SetEnvironmentVariable('PSRUN_FIXTURES', $case.fixtures)
    Set-Item -Path Function:global:Confirm-SecureBootUEFI -Value ([scriptblock]::Create(
            "[CmdletBinding()] param() $($case.secure_boot)"))
    if ($null -ne $case.revision) {
        [Microsoft.Win32.Registry]::SetValue($version, 'UBR', [int]$case.revision)
    }
    $edition = [Microsoft.Win32.Registry]::GetValue($version, 'EditionID', '')
    if ($null -ne $case.edition) {
        [Microsoft.Win32.Registry]::SetValue($version, 'EditionID', $case.edition)
    }
    if ($null -ne $case.denied) { Set-Rights $case.denied 'D:P(D;;KR;;;WD)(A;;KA;;;WD)' }
    & $Script -AsJson
    "exit $LASTEXITCODE"
    if ($null -ne $case.denied) { Set-Rights $case.denied 'D:P(A;;KA;;;WD)' }
    [Microsoft.Win32.Registry]::SetValue($version, 'EditionID', $edition)
}
"""


@dataclass(frozen=True)
class Machine:
    """A machine whose registry is Wine's and whose other answers are fixtures."""

    wine: Wine
    folder: Path
    validator: Any
    secure_boot: str = "$true"
    answers: dict[str, str] = field(default_factory=dict)

    def reset(self, os: str, **changes: Any) -> None:
        self.wine.clear(*_CLEARED)
        self.wine.call("wine", "reg", "delete", rf"HKLM\{MEMORY}", "/v", "HotPatchTableSize", "/f")
        self.wine.load(version(os, **changes), self.folder)
        self.answers.clear()
        self.answers.update(fixtures(os))

    def answer(self, os: str, **changes: str) -> None:
        self.answers.update(fixtures(os, **changes))

    def write(self, records: Iterable[Record]) -> None:
        """Write records by regedit."""
        path = self.folder / "values.reg"
        path.write_bytes(reg.encode(list(records)))
        assert self.wine.call("wine", "reg", "import", f"Z:{path}").code == 0

    def deny(self, key: str, *, denied: bool = True) -> None:
        """Refuse everybody to read a key, by an access control entry of the registry's own."""
        rights = "(D;;KR;;;WD)" if denied else ""
        script = self.folder / "deny.ps1"
        script.write_text(
            f"$key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('{key}', "
            "[Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, "
            "[System.Security.AccessControl.RegistryRights]::ChangePermissions)\n"
            "$acl = [System.Security.AccessControl.RegistrySecurity]::new()\n"
            f"$acl.SetSecurityDescriptorSddlForm('D:P{rights}(A;;KA;;;WD)', "
            "[System.Security.AccessControl.AccessControlSections]::Access)\n"
            "$key.SetAccessControl($acl)\n"
        )
        done = self.wine.plain(script)
        assert done.code == 0, done.out

    def _fixtures(self, name: str, answers: Mapping[str, str]) -> str:
        """Write fixtures into a file, and return its path as Wine has it."""
        path = self.folder / name
        lines = [f"'{name}' = {text}" for name, text in answers.items()]
        path.write_text("@{\n" + "\n".join(lines) + "\n}\n", encoding="utf-8-sig")
        return f"Z:{path}"

    def reports(self, script: Path, cases: Sequence[Case]) -> list[dict[str, Any]]:
        """Return the checked report of each case; one engine makes several."""
        driver, listed = self.folder / "cases.ps1", self.folder / "cases.json"
        driver.write_text(_DRIVER)
        found = []
        for start in range(0, len(cases), AT_ONCE):
            part = cases[start : start + AT_ONCE]
            rows = [
                {
                    "fixtures": self._fixtures(f"case-{start + number}.ps1", case.answers),
                    "secure_boot": case.secure_boot,
                    "revision": case.revision,
                    "edition": case.edition,
                    "denied": case.denied,
                }
                for number, case in enumerate(part)
            ]
            listed.write_text(json.dumps(rows))
            done = self.run(driver, "-Script", f"Z:{script}", "-Cases", f"Z:{listed}")
            lines = [line for line in done.out.splitlines() if line.startswith(("{", "exit "))]
            assert len(lines) == 2 * len(part), done.out[-2000:]
            found += [
                self.checked(text, int(code.removeprefix("exit ")))
                for text, code in zip(lines[::2], lines[1::2], strict=True)
            ]
        return found

    def run(self, script: Path, *arguments: str) -> Outcome:
        modules = self.wine.home / "modules"
        answers = self._fixtures("fixtures.ps1", self.answers)
        prelude = self.folder / "prelude.ps1"
        prelude.write_text(
            f"function Confirm-SecureBootUEFI {{ [CmdletBinding()] param() {self.secure_boot} }}\n"
        )
        wine = replace(
            self.wine,
            environment={
                **self.wine.environment,
                "PSRUN_FIXTURES": answers,
                "PSRUN_CALLS": f"Z:{self.folder / 'calls.json'}",
                "PROCESSOR_ARCHITECTURE": "AMD64",
            },
        )
        return wine.call(
            str(self.wine.home / "psrun-wine"),
            "-ModulePath",
            f"Z:{modules}",
            "-Prelude",
            f"Z:{modules / 'prelude.ps1'}",
            "-Prelude",
            f"Z:{prelude}",
            "-File",
            f"Z:{script}",
            *arguments,
            folder=self.folder,
        )

    def report(self, script: Path, *arguments: str) -> dict[str, Any]:
        """Run a script; its report fits the schema, and agrees with its exit code."""
        done = self.run(script, "-AsJson", *arguments)
        assert done.code != 1, done.out
        return self.checked(done.out, done.code)

    def checked(self, text: str, code: int) -> dict[str, Any]:
        assert text.isascii()
        assert len(text.strip().splitlines()) == 1, text
        made: dict[str, Any] = json.loads(text)
        self.validator.validate(made)
        assert contradiction_in(read_report(text.encode("ascii"))) == ""
        assert made["summary"]["exit_code"] == code
        return made

    @property
    def commands(self) -> set[str]:
        lines = (self.folder / "calls.json").read_text(encoding="utf-8").splitlines()
        return {json.loads(line)["command"] for line in lines}


def by_id(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in report["requirements"]}


def checks(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in report["readiness"]}
