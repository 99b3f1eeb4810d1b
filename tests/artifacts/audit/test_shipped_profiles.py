"""Every shipped profile's audit script on a machine that has all of it, and that has none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_test
from gpogen.artifacts.audit_rows import audit
from gpogen.artifacts.powershell_text import ValueRow
from gpogen.compile.result import Compiled
from gpogen.fleet.drift import NOT_COMPARABLE, compare
from gpogen.fleet.report import read_report
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Action, Hive, RegType, Via
from gpogen.verify.verify import compile_profile
from tests.artifacts.audit.machine import (
    EDITIONS,
    GPO,
    OTHER_GPO,
    Case,
    Machine,
    block,
    by_id,
    checks,
    fixtures,
    restart,
    rsop,
    services,
)
from tests.artifacts.powershell.harness import write

PROFILES = Path(__file__).resolve().parents[3] / "profiles"
NAMES = sorted(path.stem for path in PROFILES.glob("*.yaml") if path.stem != "hotpatch-base")
pytestmark = pytest.mark.slow


def profile(name: str) -> Compiled:
    return compile_profile(PROFILES / f"{name}.yaml")


def script(compiled: Compiled, folder: Path) -> Path:
    return write(powershell_test.emit(compiled), folder)[0]


def records(compiled: Compiled) -> list[Record]:
    return [item.record for item in (*compiled.policy, *compiled.preferences)]


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_that_has_all_is_compliant_and_one_that_has_none_is_not(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    compiled = profile(name)
    os = compiled.header.os
    path = script(compiled, tmp_path)
    machine.reset(os)
    machine.write(records(compiled))
    policy = [item.record for item in compiled.policy]
    machine.answer(os, RSOP_RegistryPolicySetting=block(rsop(policy)))
    report = machine.report(path)
    assert report["errors"] == []
    wrong = [item for item in report["requirements"] if item["reason"] != "as-expected"]
    assert wrong == []
    assert report["summary"]["verdict"] == "compliant", report["readiness"]
    assert report["summary"]["requirements"]["total"] >= len(policy)
    set_by_policy = [
        item
        for item in report["requirements"]
        if item["via"] == "policy" and item["action"] == "set"
    ]
    assert {(item["origin"], item["gpo"], item["gpo_id"]) for item in set_by_policy} == {
        ("policy", "Hotpatch", GPO)
    }
    assert report["machine"]["ou"] == "OU=Servers,DC=contoso,DC=com"
    assert report["machine"]["domain"] == "contoso.com"
    assert report["profile"]["digest"] == compiled.header.digest
    ids = [item["id"] for item in report["requirements"]]
    assert ids == [row.id for row in audit(compiled).group_policy]
    read = read_report(json.dumps(report).encode())
    assert compare(compiled, read).drifts == ()
    # The same answers, judged again for another version of the profile.
    assert read["profile"] is not None
    read["profile"]["digest"] = "0" * 64
    again = {item.reason for item in compare(compiled, read).drifts}
    assert again <= {NOT_COMPARABLE}

    machine.reset(os)
    bare = machine.report(path)
    assert bare["summary"]["exit_code"] == 2
    for item in bare["requirements"]:
        iso = item["title"] == "ISO preparation" and item["found"]["state"] == "present"
        met = item["action"] == "delete" or iso
        assert item["compliant"] is met, item
        assert item["reason"] == ("as-expected" if met else "missing")


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_without_the_gpo_is_judged_by_what_the_set_script_writes(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    compiled = profile(name)
    os = compiled.header.os
    machine.reset(os)
    machine.write(item.record for item in compiled.direct)
    report = machine.report(script(compiled, tmp_path), "-Direct")
    assert report["profile"]["route"] == "direct"
    assert {item["via"] for item in report["requirements"]} == {"direct"}
    assert report["summary"]["verdict"] == "compliant", report
    origins = {item["origin"] for item in report["requirements"]}
    assert origins <= {"local", "absent"}


@pytest.mark.parametrize("name", NAMES)
def test_each_situation_is_told_for_every_profile(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    """Compliant, other edition, VBS off, restart, no update service, two GPOs, refused reads."""
    compiled = profile(name)
    os = compiled.header.os
    machine.reset(os)
    machine.write(records(compiled))
    policy = [item.record for item in compiled.policy if item.record.action is Action.SET]
    first, others = policy[0], policy[1:]
    mine = block(rsop(policy))
    two = block([*rsop([first], OTHER_GPO), *rsop([first], precedence=2), *rsop(others)])
    sku = "@{ Caption = 'x'; OperatingSystemSKU = [uint32]50; ProductType = [uint32]3 }"
    off = "@{ VirtualizationBasedSecurityStatus = [uint32]0 }"

    def case(edition: str | None = None, denied: str | None = None, **changes: str) -> Case:
        rows = {"RSOP_RegistryPolicySetting": mine} | changes
        return Case(answers=fixtures(os, **rows), edition=edition, denied=denied)

    cases = {
        "compliant": case(),
        "edition": case("ServerEssentials", Win32_OperatingSystem=sku),
        "vbs": case(Win32_DeviceGuard=off),
        "restart": case(Microsoft_Update_SystemInfo=restart(True)),
        "service": case(Win32_Service=services(update="")),
        "gpos": case(RSOP_RegistryPolicySetting=two),
        "denied": case(denied=first.key),
    }
    made = machine.reports(script(compiled, tmp_path), list(cases.values()))
    found = dict(zip(cases, made, strict=True))

    codes = {word: report["summary"]["exit_code"] for word, report in found.items()}
    assert codes == dict.fromkeys(cases, 0) | dict.fromkeys(("edition", "vbs", "service"), 2) | {
        "denied": 3
    }
    for word, check, state in (
        ("edition", "operating-system", "problem"),
        ("vbs", "vbs-running", "problem"),
        ("restart", "pending-restart", "attention"),
        ("service", "update-service", "problem"),
    ):
        assert checks(found[word])[check]["state"] == state
        assert checks(found["compliant"])[check]["state"] == "ok"
    winners = {
        item["gpo"]: (item["key"].lower(), item["name"].lower())
        for item in found["gpos"]["requirements"]
        if item["gpo"] == "Old updates"
    }
    assert winners == {"Old updates": (rf"hklm\{first.key}".lower(), first.name.lower())} or (
        winners == {"Old updates": (first.key.lower(), first.name.lower())}
    )
    for item in found["denied"]["requirements"]:
        is_refused = item["key"].lower().endswith(first.key.lower())
        assert (item["reason"] == "unreadable") is is_refused, item
        assert item["compliant"] is (None if is_refused else True), item


@pytest.mark.parametrize("name", NAMES)
def test_each_requirement_that_is_of_another_type_or_surplus_is_told(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    compiled = profile(name)
    machine.reset(compiled.header.os)
    rows = [row.row for row in audit(compiled).group_policy]
    wrong = {
        (row.key, row.name): set_value(
            Hive.HKLM, row.key.removeprefix("HKLM\\"), row.name, RegType.EXPAND_SZ, "other"
        )
        for row in rows
        if row.action in ("set", "delete")
    }
    machine.write(wrong.values())
    report = machine.report(script(compiled, tmp_path))

    assert report["summary"]["exit_code"] == 2
    reasons = {"set": "wrong-type", "delete": "surplus"}
    for item in report["requirements"]:
        if item["action"] in reasons:
            assert (item["compliant"], item["reason"]) == (False, reasons[item["action"]]), item


DRIVER = r"""
param([string]$Script, [string]$Cases)
$Output = 'Json'
$AsJson = $Direct = $EventLog = $false
$ReportPath = $LogPath = ''
# The script's own functions and rows, all of it but the part that runs them.
$tree = [System.Management.Automation.Language.Parser]::ParseFile($Script, [ref]$null, [ref]$null)
$try = $tree.EndBlock.Statements | Where-Object {
    $_ -is [System.Management.Automation.Language.TryStatementAst] } | Select-Object -First 1
$start = $tree.ParamBlock.Extent.EndOffset
. ([scriptblock]::Create($tree.Extent.Text.Substring($start, $try.Extent.StartOffset - $start)))
$targets = @{}
$firmware = $trainText = 'not known'
$root = Open-Root
$policy = Read-Policy
$preferences = Read-Preference
$report = New-Report
function Show-Report {
    $found = [System.Collections.Generic.List[object]]::new()
    foreach ($row in $groupPolicyRows) { $found.Add((Test-Row $row)) }
    $report.requirements = $found
    $report.summary = Get-Summary $found $report.readiness
    $wrong = @($found | Where-Object { $true -ne $_.compliant } |
        ForEach-Object { @($_.key, $_.name, $_.reason) -join [char]9 })
    "case $($report.summary.exit_code)"
    foreach ($line in $wrong) { "wrong $line" }
}
ConvertTo-AsciiJson $report
Show-Report
foreach ($case in ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases))) {
    $key = $root.CreateSubKey($case.key)
    $there = @($key.GetValueNames()) -contains $case.name
    if ($there) {
        $kind = $key.GetValueKind($case.name)
        $value = $key.GetValue($case.name, $null, $raw)
    }
    if ($case.miss -eq 'missing') { $key.DeleteValue($case.name) }
    elseif ($case.miss -eq 'differs') {
        $key.SetValue($case.name, $(if ($kind -eq 'DWord') { 77 } else { 'other' }), $kind)
    }
    else { $key.SetValue($case.name, [byte[]](1, 2), [Microsoft.Win32.RegistryValueKind]::Binary) }
    Show-Report
    if ($there) { $key.SetValue($case.name, $value, $kind) } else { $key.DeleteValue($case.name) }
}
Show-Report
"""


@pytest.mark.parametrize("name", NAMES)
def test_each_requirement_that_is_missed_is_named_alone(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    """Each value in each way, one at a time: one engine runs the functions of the script."""
    compiled = profile(name)
    os = compiled.header.os
    machine.reset(os)
    machine.write(records(compiled))
    path = script(compiled, tmp_path)
    (driver := tmp_path / "driver.ps1").write_text(DRIVER)
    rows = [row.row for row in audit(compiled).group_policy]
    cases = [
        {"key": row.key, "name": row.name, "miss": miss} for row in rows for miss in _misses(row)
    ]
    (listed := tmp_path / "cases.json").write_text(json.dumps(cases))

    done = machine.run(driver, "-Script", f"Z:{path}", "-Cases", f"Z:{listed}")

    first, *lines = done.out.splitlines()
    machine.validator.validate(json.loads(first))
    assert json.loads(first)["summary"]["exit_code"] == 0
    wanted = ["case 0"]
    for case in cases:
        wanted += ["case 2", "wrong {key}\t{name}\t{miss}".format_map(case)]
    assert lines == [*wanted, "case 0"]
    assert {row.action for row in rows} <= {"set", "delete", "soft"}


def _misses(row: ValueRow) -> tuple[str, ...]:
    return {"set": ("missing", "differs", "wrong-type"), "soft": ("missing",)}.get(
        row.action, ("surplus",)
    )


def test_the_whole_script_names_a_requirement_that_is_missed_alone(
    machine: Machine, tmp_path: Path
) -> None:
    compiled = profile("arc-ws2025-standard")
    machine.reset(compiled.header.os)
    all_of_it = records(compiled)
    machine.write(all_of_it[:-1])
    report = machine.report(script(compiled, tmp_path))

    wrong = [item for item in report["requirements"] if item["compliant"] is not True]
    assert [(item["key"], item["name"], item["reason"]) for item in wrong] == [
        (all_of_it[-1].key, all_of_it[-1].name, "missing")
    ]
    assert report["summary"]["exit_code"] == 2


def test_the_profiles_are_of_all_systems() -> None:
    assert {profile(name).header.os for name in NAMES} == set(EDITIONS)
    assert all(item.record.via is Via.POLICY for item in profile(NAMES[0]).policy)


def test_checks_have_each_id_once(machine: Machine, tmp_path: Path) -> None:
    compiled = profile("azlocal-ws2022-iso")
    machine.reset(compiled.header.os)
    report = machine.report(script(compiled, tmp_path))
    assert len(checks(report)) == len(report["readiness"])
    assert len(by_id(report)) == len(report["requirements"])
