"""What the audit script says of machines that lack something, or that refuse to say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_test
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Action, Hive, RegType
from tests.artifacts.audit.machine import (
    BIOS,
    GPO,
    NOTHING,
    OTHER_GPO,
    PENDING,
    SERVICING,
    THROWS,
    Case,
    Machine,
    block,
    by_id,
    checks,
    fixtures,
    history,
    hotfix,
    package,
    restart,
    rollup,
    rsop,
    services,
)
from tests.artifacts.factory import WINDOWS_UPDATE, compiled, header, value
from tests.artifacts.powershell.harness import write
from tests.artifacts.powershell.samples import ACTIONS, ALL_TYPES, BASE

OS = "windows-server-2025-standard"
ARC = header(name="arc", pascal="Arc", os=OS, platform="azure-arc", revision="", ring="")
SAMPLE = compiled(header=ARC, policy=(value(), value("NoAutoUpdate", 0)))
AU = f"HKLM\\{WINDOWS_UPDATE}"
pytestmark = pytest.mark.slow


def vbs(status: int) -> str:
    return f"@{{ VirtualizationBasedSecurityStatus = [uint32]{status} }}"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return write(powershell_test.emit(SAMPLE), tmp_path)[0]


@pytest.fixture
def ready(machine: Machine) -> Machine:
    """A machine that complies."""
    machine.reset(OS)
    machine.write(item.record for item in SAMPLE.policy)
    return machine


def test_data_of_every_type_is_compared_and_shown(machine: Machine, tmp_path: Path) -> None:
    sample = compiled(header=ARC, policy=ALL_TYPES)
    path = write(powershell_test.emit(sample), tmp_path)[0]
    machine.reset(OS)
    machine.write(item.record for item in ALL_TYPES)
    report = machine.report(path)
    for item in report["requirements"]:
        assert item["reason"] == "as-expected", item
        assert {**item["found"], "state": None} == {**item["expected"], "state": None}
    shown = {item["name"]: item["found"]["value"] for item in report["requirements"]}
    assert shown["dword high"] == 0xFFFFFFFE
    assert shown["qword high"] == str(2**64 - 2)
    assert shown["bytes"] == bytes(range(256)).hex()
    assert shown["list"] == ["one", "two;[three]"]
    machine.write(
        set_value(Hive.HKLM, BASE, item.record.name, RegType.EXPAND_SZ, "x") for item in ALL_TYPES
    )
    wrong = {item["reason"] for item in machine.report(path)["requirements"]}
    assert wrong == {"wrong-type", "differs"}


def test_actions_on_keys_and_values_are_judged(machine: Machine, tmp_path: Path) -> None:
    sample = replace(ACTIONS, header=replace(ARC, name="actions", pascal="Actions"))
    path = write(powershell_test.emit(sample), tmp_path)[0]
    machine.reset(OS)
    before = by_id(machine.report(path, "-Direct"))
    assert before[f"HKLM\\{BASE}!kept"]["reason"] == "missing"
    assert before[f"HKLM\\{BASE}\\New!maybe"]["reason"] == "missing"
    machine.write(
        set_value(Hive.HKLM, key, name, RegType.DWORD, 1)
        for key, name in (
            (BASE, "kept"),
            (BASE, "more"),
            (rf"{BASE}\Old", "x"),
            (rf"{BASE}\New", "maybe"),
        )
    )
    report = machine.report(path, "-Direct")
    found = by_id(report)
    assert len(found) == len(report["requirements"])
    surplus = found[rf"HKLM\{BASE} (delete-values)"]
    assert (surplus["reason"], surplus["found"]["value"]) == ("surplus", ["more"])
    old = found[rf"HKLM\{BASE}\Old (delete-keys)"]
    assert (old["reason"], old["found"]["value"]) == ("surplus", ["Old"])
    assert found[rf"HKLM\{BASE}\Older (delete-keys)"]["reason"] == "as-expected"
    assert found[rf"HKLM\{BASE}\New!maybe"]["reason"] == "as-expected"
    assert [item["what"] for item in report["not_checked"]] == [rf"HKCU\{BASE}!user"]


def test_a_key_that_nobody_may_read_is_unknown_and_not_missing(
    ready: Machine, script: Path
) -> None:
    ready.deny(WINDOWS_UPDATE)
    try:
        report = ready.report(script)
    finally:
        ready.deny(WINDOWS_UPDATE, denied=False)
    assert report["summary"]["verdict"] == "unknown"
    assert {
        (item["compliant"], item["reason"], item["origin"]) for item in by_id(report).values()
    } == {(None, "unreadable", "unknown")}
    assert any("not allowed" in item["message"] for item in report["errors"])


def test_the_gpo_that_wins_is_named_and_another_data_is_no_policy_of_it(
    ready: Machine, script: Path
) -> None:
    mine, other = (item.record for item in SAMPLE.policy)
    theirs = replace(other, data=b"\1\0\0\0")
    ready.write([theirs])
    rows = [*rsop([mine]), *rsop([theirs], OTHER_GPO), *rsop([other], GPO, precedence=2)]
    ready.answer(OS, RSOP_RegistryPolicySetting=block(rows))
    found = by_id(ready.report(script))
    assert [found[f"{AU}!AUOptions"][key] for key in ("origin", "gpo", "gpo_id")] == [
        "policy",
        "Hotpatch",
        GPO,
    ]
    missed = found[f"{AU}!NoAutoUpdate"]
    assert (missed["reason"], missed["origin"], missed["gpo"]) == (
        "differs",
        "policy",
        "Old updates",
    )
    ready.write([other])
    assert by_id(ready.report(script))[f"{AU}!NoAutoUpdate"]["origin"] == "local"


def test_the_copy_of_a_gpos_preferences_tells_a_preference(ready: Machine, script: Path) -> None:
    data = ready.wine.prefix / "drive_c" / "ProgramData"
    own = data / "Microsoft" / "Group Policy" / "History" / GPO
    file = own / "Machine" / "Preferences" / "Registry" / "Registry.xml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        '<RegistrySettings><Registry name="AUOptions"><Properties action="U" '
        f'hive="HKEY_LOCAL_MACHINE" key="{WINDOWS_UPDATE}" name="AUOptions" type="REG_DWORD" '
        'value="00000004"/></Registry></RegistrySettings>'
    )
    try:
        found = by_id(ready.report(script))
        assert found[f"{AU}!AUOptions"]["origin"] == "preference"
        assert found[f"{AU}!AUOptions"]["gpo"] == "Hotpatch"
        assert found[f"{AU}!NoAutoUpdate"]["origin"] == "local"
        file.write_text('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///c:/x">]><a>&b;</a>')
        report = ready.report(script)
        assert by_id(report)[f"{AU}!AUOptions"]["origin"] == "unknown"
        assert any("preferences" in item["what"] for item in report["errors"])
    finally:
        file.unlink()


def test_without_rsop_no_origin_is_guessed(ready: Machine, script: Path) -> None:
    ready.answer(OS, RSOP_RegistryPolicySetting=THROWS, RSOP_GPO=THROWS)
    report = ready.report(script)
    assert {item["origin"] for item in report["requirements"]} == {"unknown"}
    assert report["summary"]["verdict"] == "compliant"


LACKS: list[tuple[dict[str, str], str, str, int]] = [
    ({"Win32_DeviceGuard": vbs(0)}, "vbs-running", "problem", 2),
    ({"Win32_DeviceGuard": vbs(1)}, "vbs-running", "problem", 2),
    ({"Win32_DeviceGuard": THROWS}, "vbs-running", "unknown", 3),
    ({"Win32_DeviceGuard": NOTHING}, "vbs-running", "unknown", 3),
    ({"Win32_Service": services(update="Disabled")}, "update-service", "problem", 2),
    ({"Win32_Service": services(update="")}, "update-service", "problem", 2),
    ({"Win32_Service": services(agent="Stopped")}, "arc-agent", "problem", 2),
    ({"Win32_Service": services(agent="")}, "arc-agent", "problem", 2),
    ({"Win32_Service": THROWS}, "arc-agent", "unknown", 3),
    ({"Microsoft_Update_SystemInfo": restart(True)}, "pending-restart", "attention", 0),
    ({"Microsoft_Update_SystemInfo": THROWS}, "pending-restart", "unknown", 0),
]


def test_each_lack_is_told_by_its_check(ready: Machine, script: Path) -> None:
    cases = [Case(answers=fixtures(OS, **changes)) for changes, *_ in LACKS]
    for (changes, check, state, code), report in zip(
        LACKS, ready.reports(script, cases), strict=True
    ):
        assert checks(report)[check]["state"] == state, changes
        assert report["summary"]["exit_code"] == code, changes
        others = [key for key, item in checks(report).items() if item["state"] == "problem"]
        assert others == [check] * (state == "problem"), changes


def test_another_edition_and_an_old_build_are_problems(ready: Machine, script: Path) -> None:
    ready.reset(OS, edition="ServerEssentials", sku=50)
    ready.answer(OS, Win32_OperatingSystem="@{ Caption = 'x'; OperatingSystemSKU = [uint32]50 }")
    report = ready.report(script)
    assert checks(report)["operating-system"]["state"] == "problem"
    assert checks(report)["build"]["state"] == "unknown"
    ready.reset(OS, revision=1500)
    assert checks(ready.report(script))["build"]["state"] == "problem"
    ready.reset(OS, build="20348")
    assert checks(ready.report(script))["operating-system"]["state"] == "problem"
    # Server Core whose EditionID no source has: the SKU decides.
    ready.reset(OS, edition="ServerStandardSomething")
    assert checks(ready.report(script))["operating-system"]["state"] == "ok"


def test_bios_no_secure_boot_and_no_answer_differ(ready: Machine, script: Path) -> None:
    says = {"bios": BIOS, "off": "$false", "refused": "throw 'Access denied.'"}
    cases = [Case(answers=fixtures(OS), secure_boot=text) for text in says.values()]
    states = {
        name: tuple(checks(report)[check]["state"] for check in ("firmware", "secure-boot"))
        for name, report in zip(says, ready.reports(script, cases), strict=True)
    }
    assert states == {
        "bios": ("problem", "problem"),
        "off": ("ok", "problem"),
        "refused": ("unknown", "unknown"),
    }


def test_certificates_and_their_events_are_told(ready: Machine, script: Path) -> None:
    ready.wine.load(
        f'[HKEY_LOCAL_MACHINE\\{SERVICING}]\n"UEFICA2023Status"="InProgress"\n'
        '"UEFICA2023Error"=dword:80070005\n"WindowsUEFICA2023Capable"=dword:00000001\n',
        ready.folder,
    )
    event = "@{ Id = %d; TimeCreated = [datetime]'2026-10-0%d'; ProviderName = 'x' }"
    ready.answer(OS, WinEvent=block([event % (1795, 1), event % (1795, 3), event % (1801, 2)]))
    report = ready.report(script)
    boot = report["secure_boot"]
    assert (boot["certificates"], boot["error"], boot["capable"]) == ("InProgress", 0x80070005, 1)
    assert [(one["id"], one["count"]) for one in boot["events"]] == [(1795, 2), (1801, 1)]
    check = checks(report)["secure-boot-certificates"]
    assert check["state"] == "attention"
    assert "event 1795" in check["found"]
    ready.answer(OS, WinEvent=THROWS)
    assert ready.report(script)["secure_boot"]["events"] is None


def test_a_restart_that_servicing_waits_for_is_told(ready: Machine, script: Path) -> None:
    ready.wine.load(f"[HKEY_LOCAL_MACHINE\\{PENDING}]\n", ready.folder)
    pending = rollup("26100.33451.1.1", state="InstallPending", day="2026-09-15")
    ready.answer(OS, WindowsPackage=block([rollup("26100.33438.1.7"), pending]))
    found = ready.report(script)["train"]["pending_restart"]
    assert found["state"] == "yes"
    assert found["reasons"][0] == "Component Based Servicing"
    assert found["reasons"][1].startswith("InstallPending: Package_for_RollupFix")


def entry(
    kb: str, title: str, day: str, operation: int = 1, result: int = 2
) -> tuple[str, str, int, int]:
    return (f"{day[:7]} {title} ({kb})", day, operation, result)


def test_the_place_on_the_train(ready: Machine, script: Path) -> None:
    """Unplanned baseline, cumulative update, hotpatch by number alone, and what nobody knows."""

    none = history()
    old = {"WindowsPackage": rollup("26100.6899.1.1"), "HotFix": hotfix("KB5066835")}
    oob = history(entry("KB5070881", "Security Update", "2025-10-25"))
    hot = history(entry("KB5120228", "Hotpatch for Microsoft server", "2026-08-15"))
    july = {"WindowsPackage": rollup("26100.33158.1.1"), "HotFix": hotfix("KB5099536")}
    silent = {"WindowsPackage": THROWS, "HotFix": THROWS, "Microsoft_Update_Session": THROWS}
    # Failed and uninstalled updates are on no machine; what is not readable leaves the rest.
    failed = history(
        entry("KB5129235", "Security Update", "2026-09-16", 1, 4),
        entry("KB5120233", "Cumulative Update", "2026-08-12", 2, 2),
        entry("KB5120233", "Cumulative Update", "2026-08-11", 1, 2),
    )
    unread = {"Microsoft_Update_Session": none, "WindowsPackage": THROWS}
    # The cumulative update of the day after the baseline is known by its package alone.
    both = block([rollup("26100.33438.1.7"), rollup("26100.33451.1.1", day="2026-09-16")])
    on = ("on", "KB5122871", None, None)
    wanted: list[tuple[int, dict[str, str], tuple[str, str | None, str | None, str | None]]] = [
        (33438, {}, on),
        (6905, {**old, "Microsoft_Update_Session": oob}, ("off", "KB5066835", None, "KB5070881")),
        # A newer baseline is out: no hotpatches until it is installed.
        (33222, {**july, "Microsoft_Update_Session": hot}, ("off", "KB5099536", "KB5120228", None)),
        # An update nobody knows: the build is that of no release.
        (33500, {}, ("unknown", "KB5122871", None, None)),
        (33438, silent, ("unknown", "KB5122871", None, None)),
        (33438, {"Microsoft_Update_Session": failed}, on),
        (33438, unread, on),
        (33451, {"WindowsPackage": both}, ("off", "KB5122871", None, "KB5129235")),
    ]
    cases = [
        Case(answers=fixtures(OS, **changes), revision=revision) for revision, changes, _ in wanted
    ]
    for (revision, changes, place), report in zip(
        wanted, ready.reports(script, cases), strict=True
    ):
        train = report["train"]
        names = ("last_baseline", "last_hotpatch", "off_by")
        kbs = [train[name] and train[name]["kb"] for name in names]
        assert (train["position"], *kbs) == place, (revision, changes)


def test_only_packages_of_updates_are_listed_the_newest_first(ready: Machine, script: Path) -> None:
    rows = [
        package("Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.26100.1"),
        rollup("26100.33158.1.10", state="Superseded", day="2026-07-19"),
        package("Package_for_KB5003508~31bf3856ad364e35~amd64~~10.0.1.1", day="2026-07-01"),
        rollup("26100.33438.1.7"),
    ]
    ready.answer(OS, WindowsPackage=block(rows))
    found = ready.report(script)["train"]["packages"]
    assert [item["name"].split("~")[-1] for item in found] == [
        "26100.33438.1.7",
        "26100.33158.1.10",
        "10.0.1.1",
    ]


def test_the_resource_of_the_arc_agent_is_told(ready: Machine, script: Path) -> None:
    data = ready.wine.prefix / "drive_c" / "ProgramData"
    file = data / "AzureConnectedMachineAgent" / "Config" / "agentconfig.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.write_text('{"subscriptionId":"s-1","resourceGroup":"g","resourceName":"WEB-01"}')
        assert ready.report(script)["machine"]["azure_resource_id"] == (
            "/subscriptions/s-1/resourceGroups/g/providers/Microsoft.HybridCompute/machines/WEB-01"
        )
        file.write_text('{"subscriptionId":"s-1')
        assert ready.report(script)["machine"]["azure_resource_id"] is None
    finally:
        file.unlink()


def test_a_machine_on_which_nothing_answers_is_unknown(machine: Machine, script: Path) -> None:
    machine.reset(OS)
    machine.write(item.record for item in SAMPLE.policy)
    machine.answers.update(dict.fromkeys(machine.answers, THROWS))
    silent = replace(machine, secure_boot="throw 'no'")
    report = silent.report(script)
    assert report["summary"]["verdict"] == "unknown"
    assert report["train"]["packages"] is None
    assert report["train"]["updates"] is None
    assert report["train"]["pending_restart"]["state"] == "unknown"
    assert len(report["errors"]) >= 10


def test_targeting_that_cannot_be_asked_is_unknown(machine: Machine, tmp_path: Path) -> None:
    wql = ("SELECT Version FROM Win32_OperatingSystem",)
    item = value("Targeted", 1, key=r"SOFTWARE\Gpogen", wql=wql)
    sample = compiled(header=ARC, policy=(), preferences=(item,))
    path = write(powershell_test.emit(sample), tmp_path)[0]
    machine.reset(OS)
    reasons = []
    for says in (THROWS, NOTHING, "@{ Version = '1' }"):
        machine.answers["Get-CimInstance"] = says
        reasons.append(machine.report(path)["requirements"][0]["reason"])
    assert reasons == ["target-unknown", "not-targeted", "missing"]


def test_a_secured_key_and_an_odd_type_are_said_not_to_be_checked() -> None:
    odd = Record(Hive.HKLM, BASE, "short", Action.SET, RegType.DWORD_BIG_ENDIAN, b"\1\0\0\0")
    item = replace(SAMPLE.policy[0], record=odd)
    data = powershell_test.emit(compiled(header=ARC, policy=(item,)))[0].data.decode("ascii")
    assert (
        rf"@{{ What = 'HKLM\{BASE}!short'; Reason = 'it has a type that .NET cannot write' }}"
        in data
    )
