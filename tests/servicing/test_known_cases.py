"""Cases that administrators met, each judged by hand."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from gpogen.errors import UsageError
from gpogen.finding import Finding, Severity
from gpogen.formats import pol
from gpogen.rules.check import subject_of
from gpogen.servicing.answer import Restarts, Servicing, Who
from gpogen.workspace.foreign import judge_foreign
from gpogen.workspace.select import select_shipped
from gpogen.workspace.target import ForeignTarget, parse_target
from tests.support.profiles import OS_2022, OS_2025, checked, compiled, effects

ARC = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
VM = {"platform": "azure-vm", "os": OS_2022, "orchestration": "azure-guest-patching"}
QUIET = "vbs: {enforce: policy+registry}\n"
DEADLINE = "restart: {policy: deadline, days: 2, grace_days: 1}\n"


def told(rule: str, body: str, **head: str) -> list[Finding]:
    return [item for item in checked(QUIET + body, **head).findings if item.id == rule]


def servicing(body: str, **head: str) -> Servicing:
    subject = subject_of(checked(QUIET + body, **head))
    assert subject is not None
    return subject.servicing


def test_mode_off_under_group_policy_is_an_error() -> None:
    (found,) = told("HP027", "updates: {mode: off}\n")

    assert found.severity is Severity.ERROR
    assert "nothing installs updates" in found.message


def test_no_mode_under_group_policy_is_a_warning_that_cites_what_is_unproven() -> None:
    (found,) = told("HP027", "updates: {drivers: exclude}\n")

    assert found.severity is Severity.WARNING
    assert "UNPROVEN-G" in found.message


@pytest.mark.parametrize(
    "who", ["azure-update-manager", "configmgr", "third-party", "manual", "cluster-aware"]
)
def test_a_deadline_beside_another_installer_is_an_error(who: str) -> None:
    (found,) = told("HP027", "updates: {mode: download}\n" + DEADLINE, orchestration=who, **ARC)

    assert found.severity is Severity.ERROR
    assert "deadline" in found.message
    assert "installs nothing" not in found.message


@pytest.mark.parametrize("who", ["cluster-aware", "group-policy"])
def test_a_deadline_on_a_cluster_node_is_an_error(who: str) -> None:
    role = {"extra_target": ", role: cluster-node", "orchestration": who}

    assert [item.severity for item in told("HP034", DEADLINE, **role)] == [Severity.ERROR]


def test_a_deadline_alone_under_group_policy_installs() -> None:
    assert told("HP027", DEADLINE) == []
    assert servicing(DEADLINE).who == {Who.DEADLINE}


def test_download_beside_a_deadline_does_not_say_that_nothing_installs() -> None:
    (found,) = told("HP027", "updates: {mode: download}\n" + DEADLINE)

    assert "has no effect" in found.message


AZURE = "azure: {patch_mode: AutomaticByPlatform, bypass_platform_safety_checks: %s, %s}\n"


@pytest.mark.parametrize(
    ("bypass", "schedule", "who", "installer"),
    [
        ("true", "true", "azure-update-manager", Who.UPDATE_MANAGER),
        ("true", "false", "azure-guest-patching", Who.NOBODY),
        ("false", "false", "azure-guest-patching", Who.GUEST_PATCHING),
        ("false", "true", "azure-update-manager", Who.NOBODY),
    ],
)
def test_the_azure_table(bypass: str, schedule: str, who: str, installer: Who) -> None:
    hotpatching = "enable_hotpatching: false, " if bypass == schedule == "true" else ""
    body = AZURE % (bypass, f"{hotpatching}maintenance_schedule: {schedule}")
    head = {**VM, "orchestration": who}

    assert servicing(body, **head).who == {installer}
    found = told("HP024", body, **head)
    assert bool(found) is (installer is Who.NOBODY)
    assert {item.severity for item in found} <= {Severity.ERROR}
    for item in found:
        assert "azure-guest-patching" in item.fix
        assert "azure-update-manager" in item.fix


@pytest.mark.parametrize("mode", ["AutomaticByOS", "Manual"])
def test_the_other_patch_modes_are_no_platform_patching(mode: str) -> None:
    (found,) = told("HP024", f"azure: {{patch_mode: {mode}}}\n", **VM)

    assert found.severity is Severity.ERROR


def test_hotpatching_with_a_schedule_is_one_error_with_both_choices() -> None:
    body = AZURE % ("true", "maintenance_schedule: true, enable_hotpatching: true")
    errors = [
        item
        for item in checked(
            QUIET + body, **{**VM, "orchestration": "azure-update-manager"}
        ).findings
        if item.severity is Severity.ERROR
    ]

    assert [item.id for item in errors] == ["HP024"]
    assert "choose one" in errors[0].fix


def test_a_gpo_fights_with_the_platform_on_azure_vms_and_not_on_arc() -> None:
    body = "updates: {mode: download}\n"

    assert [item.id for item in told("HP027", body, **VM)] == ["HP027"]
    assert told("HP027", body, orchestration="azure-update-manager", **ARC) == []


def test_no_more_than_no_auto_update_fights_with_the_platform_unless_it_writes_the_same() -> None:
    def of(number: int, azure: str = "", **head: str) -> list[Finding]:
        key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
        item = f"{{key: '{key}', name: NoAutoUpdate, type: dword, data: {number}}}"
        found = told("HP027", f"registry:\n  - {item}\n{azure}", **head)
        return [item for item in found if "Azure VM platform" in item.message]

    by_os = "azure: {patch_mode: AutomaticByOS}\n"
    assert [item.severity for item in of(0, **VM)] == [Severity.WARNING]
    assert of(1, **VM) == []
    assert of(0, by_os, **VM) == []
    assert of(0, orchestration="azure-update-manager", **ARC) == []


def test_guest_patching_takes_windows_update_as_the_source_and_minds_a_deferral() -> None:
    assert told("HP037", "updates: {source: windows-update}\n", **VM) == []
    (found,) = told("HP037", "updates: {quality_deferral_days: 3}\n", **VM)
    assert found.severity is Severity.WARNING
    assert "still applies" in found.message
    assert told("HP037", DEADLINE, **VM) == []  # HP027 says it, once.
    assert [item.severity for item in told("HP027", DEADLINE, **VM)] == [Severity.ERROR]


@pytest.mark.parametrize("source", ["", "source: windows-update, "])
def test_an_absent_source_is_windows_update(source: str) -> None:
    body = f"updates: {{{source}mode: install-on-schedule}}\n"

    for rule in ("FEATURE-UPDATE-HOLD", "HP016", "HP036"):
        assert told(rule, body, os=OS_2022), rule


def test_wsus_brings_neither_a_feature_update_nor_drivers() -> None:
    wsus = "source: {wsus: {server: 'https://w', status_server: 'https://w'}}"
    body = f"updates: {{{wsus}, mode: install-on-schedule}}\n"

    for rule in ("FEATURE-UPDATE-HOLD", "HP016", "HP036"):
        assert not told(rule, body, os=OS_2022), rule


def test_arc_connected_guests_on_azure_local_are_not_told_never() -> None:
    (found,) = told("HP011", "", os="windows-server-2025-datacenter")

    assert "Azure Arc" in found.message
    assert "gets no hotpatches" not in found.message
    (found,) = told("HP010", "", orchestration="azure-update-manager")
    assert "cannot configure hotpatch" in found.message


@pytest.mark.parametrize(("os", "severity"), [(OS_2022, "error"), (OS_2025, "info")])
def test_dual_scan_beside_a_scan_source_is_dead_on_2025(os: str, severity: str) -> None:
    scan = "scan: {feature: wsus, quality: windows-update, drivers: wsus, other: wsus}"
    body = (
        "updates: {source: {wsus: {server: 'https://w', status_server: 'https://w'}, "
        f"{scan}}}}}\n"
        "policies:\n  - {policy: WindowsUpdate.DisableDualScan, state: enabled}\n"
    )

    assert [item.severity for item in told("SCANSOURCE-VS-DUALSCAN", body, os=os)] == [severity]


@pytest.mark.parametrize("word", ["when-required", "none"])
def test_when_required_restarts_after_the_installation(word: str) -> None:
    body = f"updates: {{mode: install-on-schedule}}\nrestart: {{policy: {word}}}\n"

    assert servicing(body).restarts is Restarts.AFTER
    assert told("HP018", body) == []
    written = effects(compiled(QUIET + body).policy)
    assert written["AlwaysAutoRebootAtScheduledTime"] == 0


def test_without_a_restart_policy_nothing_is_written_and_a_schedule_is_a_note() -> None:
    body = "updates: {mode: install-on-schedule}\n"

    assert "AlwaysAutoRebootAtScheduledTime" not in effects(compiled(QUIET + body).policy)
    assert [item.severity for item in told("HP018", body)] == [Severity.INFO]


def test_no_shipped_profile_forces_restarts_or_is_worse_than_a_note() -> None:
    found = select_shipped()

    assert {item.severity for item in found.findings} <= {Severity.INFO}
    for item in found.profiles:
        assert "UNPROVEN-A" not in {fact.id for fact in item.unproven}


def test_raw_values_count_as_words_do() -> None:
    body = (
        "registry:\n  - {key: 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU', "
        "name: NoAutoUpdate, type: dword, data: 1}\n"
    )

    assert servicing(body).who == {Who.NOBODY}
    assert told("HP027", body)[0].severity is Severity.ERROR


def test_a_schedule_of_update_manager_without_security_updates_installs_no_hotpatch() -> None:
    body = 'update_manager: {at: "22:00", duration: "03:00", classifications: [Definition]}\n'
    (found,) = told("HP027", body, orchestration="azure-update-manager", **ARC)

    assert found.severity is Severity.ERROR
    assert "Security" in found.fix


# --- somebody else's GPO

WU = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
AU = WU + r"\AU"
SERVICE = r"SYSTEM\CurrentControlSet\Services\wuauserv"
LSA = r"SYSTEM\CurrentControlSet\Control\Lsa"
FOREIGN = [
    (AU, "NoAutoUpdate", 1),
    (AU, "AUOptions", 2),
    (AU, "AUOptions", 3),
    (WU, "DoNotConnectToWindowsUpdateInternetLocations", 1),
    (WU, "DisableWindowsUpdateAccess", 1),
    (SERVICE, "Start", 4),
]


def foreign(tmp_path: Path, *values: tuple[str, str, int], who: str = "") -> list[Finding]:
    path = tmp_path / "registry.pol"
    entries = [pol.PolEntry(key, name, 4, struct.pack("<I", data)) for key, name, data in values]
    path.write_bytes(pol.encode(entries))
    target = ForeignTarget("azure-arc", "windows-server-2025-standard", who)
    return [item for item in judge_foreign(str(path), target).findings if item.id == "HP027"]


@pytest.mark.parametrize("value", FOREIGN, ids=lambda value: f"{value[1]}-{value[2]}")
def test_a_gpo_that_lets_nobody_install_is_a_warning_unless_something_else_does(
    tmp_path: Path, value: tuple[str, str, int]
) -> None:
    (found,) = foreign(tmp_path, value)
    assert found.severity is Severity.WARNING
    assert "nothing in this GPO installs updates" in found.message
    for who in ("configmgr", "azure-update-manager", "third-party", "cluster-aware"):
        assert foreign(tmp_path, value, who=who) == []


def test_a_gpo_that_is_to_install_and_does_not_is_an_error(tmp_path: Path) -> None:
    for value in (FOREIGN[0], *FOREIGN[3:]):
        (found,) = foreign(tmp_path, value, who="group-policy")
        assert found.severity is Severity.ERROR


def test_a_gpo_that_installs_beside_another_installer_is_an_error(tmp_path: Path) -> None:
    assert foreign(tmp_path, (AU, "AUOptions", 4)) == []
    (found,) = foreign(tmp_path, (AU, "AUOptions", 4), who="configmgr")
    assert found.severity is Severity.ERROR


def test_of_two_values_the_last_one_counts(tmp_path: Path) -> None:
    off, on = (AU, "NoAutoUpdate", 1), (AU, "NoAutoUpdate", 0)

    assert foreign(tmp_path, on, off, (AU, "AUOptions", 4)) != []
    assert foreign(tmp_path, off, on, (AU, "AUOptions", 4)) == []


@pytest.mark.parametrize(
    "entry",
    [
        pol.PolEntry(AU, "**del.AUOptions", 1, b" \0\0\0"),
        pol.PolEntry(AU, "**delvals.", 1, b" \0\0\0"),
        pol.PolEntry(WU, "**DeleteKeys", 1, "AU\0".encode("utf-16-le")),
        pol.PolEntry(
            WU[: -len(r"\WindowsUpdate")],
            "**DeleteKeys",
            1,
            "x;windowsupdate\0".encode("utf-16-le"),
        ),
    ],
    ids=lambda entry: f"{entry.name} {len(entry.key)}",
)
def test_a_mode_that_is_removed_by_whatever_instruction_is_not_known(
    tmp_path: Path, entry: pol.PolEntry
) -> None:
    path = tmp_path / "registry.pol"
    path.write_bytes(pol.encode([pol.PolEntry(AU, "AUOptions", 4, b"\4\0\0\0"), entry]))
    target = ForeignTarget("azure-arc", "windows-server-2025-standard", "")
    (found,) = (i for i in judge_foreign(str(path), target).findings if i.id == "HP027")

    assert "UNPROVEN-G" in found.message


def test_each_block_has_a_place_and_a_fix_that_takes_it_out(tmp_path: Path) -> None:
    for value in FOREIGN[3:]:
        (found,) = foreign(tmp_path, value)
        assert found.at is not None
        assert found.at.line == 1
        assert "remove that value from the GPO" in found.fix


def test_wsus_makes_blocked_addresses_right(tmp_path: Path) -> None:
    assert foreign(tmp_path, FOREIGN[3], (AU, "UseWUServer", 1)) == []


def test_a_gpo_that_does_not_speak_of_updates_is_left_alone(tmp_path: Path) -> None:
    assert foreign(tmp_path, (r"SOFTWARE\Policies\X", "Y", 1)) == []


def test_a_uefi_lock_of_credential_guard_by_its_own_key_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "registry.pol"
    path.write_bytes(pol.encode([pol.PolEntry(LSA, "LsaCfgFlags", 4, b"\1\0\0\0")]))
    findings = judge_foreign(str(path), ForeignTarget()).findings

    assert "HP033" in {item.id for item in findings}


def test_an_installer_that_the_platform_does_not_have_is_a_wrong_option() -> None:
    with pytest.raises(UsageError, match="azure-guest-patching does not orchestrate"):
        parse_target("azure-arc", "azure-guest-patching")


# --- decided where two parts met


def raw(name: str, data: str, kind: str = "dword", key: str = WU) -> str:
    return f"registry:\n  - {{key: 'HKLM\\{key}', name: {name}, type: {kind}, data: {data}}}\n"


NO_INTERNET = raw("DoNotConnectToWindowsUpdateInternetLocations", "1")


@pytest.mark.parametrize("head", [{**ARC, "orchestration": "azure-update-manager"}, VM])
def test_azure_installs_nothing_through_a_blocked_client(head: dict[str, str]) -> None:
    (found,) = told("HP027", NO_INTERNET, **head)

    assert found.severity is Severity.WARNING
    assert "blocked" in found.message
    assert told("WSUS-REQUIRED-BY", NO_INTERNET, **head) == []


def test_blocked_addresses_are_one_finding() -> None:
    body = "updates: {mode: install-on-schedule, drivers: exclude}\n" + NO_INTERNET
    found = [item.id for item in checked(QUIET + body).findings if item.severity != Severity.INFO]

    assert found == ["HP027"]


def test_an_option_that_is_dead_is_one_finding() -> None:
    body = "updates: {mode: local-admin, drivers: exclude}\n"

    assert [item.id for item in checked(QUIET + body).findings] == ["AU-5-DEAD"]


def test_cluster_aware_without_a_cluster_is_a_warning() -> None:
    (found,) = told("ORCHESTRATION-PLATFORM", "", orchestration="cluster-aware")

    assert found.severity is Severity.WARNING
    node = {"orchestration": "cluster-aware", "extra_target": ", role: cluster-node"}
    assert told("ORCHESTRATION-PLATFORM", "", **node) == []


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        (raw("NoAutoUpdate", "0", key=AU), 1),
        ("updates: {mode: download}\n", 0),
        ("updates: {mode: 'off'}\n", 0),
    ],
)
@pytest.mark.parametrize("who", ["manual", "configmgr", "cluster-aware", "third-party"])
def test_who_sets_no_mode_leaves_it_to_the_machine(who: str, body: str, count: int) -> None:
    found = told("HP027", body, orchestration=who)

    assert [item.severity for item in found] == [Severity.WARNING] * count
    for item in found:
        assert f"the installer is {who}, but Windows might install too" in item.message
        assert item.fix == "write `updates: {mode: download}`"


def test_update_manager_may_leave_the_mode_unset_as_microsoft_says() -> None:
    arc = {"platform": "azure-arc", "os": "windows-server-2025-standard"}

    assert told("HP027", "", orchestration="azure-update-manager", **arc) == []


@pytest.mark.parametrize("who", ["configmgr", "third-party", "cluster-aware"])
def test_a_gpo_of_others_need_not_speak_of_updates_beside_another_installer(
    tmp_path: Path, who: str
) -> None:
    assert foreign(tmp_path, (r"SOFTWARE\Policies\X", "Y", 1), who=who) == []
    (said,) = foreign(tmp_path, (AU, "NoAutoUpdate", 0), who=who)
    assert said.severity is Severity.WARNING
    assert "option 3" in said.fix
    assert foreign(tmp_path, (AU, "AUOptions", 3), who=who) == []


@pytest.mark.parametrize("name", ["NoAutoUpdate", "AUOptions"])
@pytest.mark.parametrize(
    ("kind", "data"), [("sz", "'1'"), ("qword", "1"), ("binary", "'01000000'")]
)
def test_a_value_of_another_type_says_nothing_of_who_installs(
    name: str, kind: str, data: str
) -> None:
    assert servicing(raw(name, data, kind, AU)).who == {Who.UNKNOWN}


def test_a_gpo_that_empties_the_key_removes_the_mode() -> None:
    body = f"registry:\n  - {{key: 'HKLM\\{AU}', action: delete-values}}\n"
    found = servicing(body, orchestration="configmgr")

    assert found.who == {Who.CONFIGMGR, Who.UNKNOWN}


SCHEDULED = "updates: {mode: download, schedule: {day: sunday}}\n"
SIGNED_IN = "updates: {mode: download}\nrestart: {policy: not-while-users-are-logged-on}\n"


@pytest.mark.parametrize(
    ("rule", "body", "offer"),
    [
        ("AU-SCHEDULE-ONLY-4", SCHEDULED, "mode install-on-schedule"),
        ("REBOOT-LOGGEDON-NEEDS-4", SIGNED_IN, "mode install-on-schedule"),
    ],
)
def test_a_schedule_is_offered_only_where_windows_is_to_install(
    rule: str, body: str, offer: str
) -> None:
    arc = {"azure-update-manager": ARC}
    for who in (
        "group-policy",
        "sconfig",
        "configmgr",
        "third-party",
        "manual",
        "cluster-aware",
        "azure-update-manager",
    ):
        for role in ("member", "cluster-node"):
            head = {"orchestration": who, "extra_target": f", role: {role}", **arc.get(who, {})}
            (found,) = told(rule, body, **head)
            fits = who in ("group-policy", "sconfig") and role == "member"
            assert (offer in found.fix) is fits, (who, role)


@pytest.mark.parametrize("who", ["", "group-policy", "configmgr", "third-party", "manual"])
def test_a_gpo_of_others_is_offered_option_4_only_where_windows_is_to_install(
    tmp_path: Path, who: str
) -> None:
    values = ((AU, "AUOptions", 3), (AU, "ScheduledInstallFirstWeek", 1))
    path = tmp_path / "registry.pol"
    entries = [pol.PolEntry(key, name, 4, struct.pack("<I", data)) for key, name, data in values]
    path.write_bytes(pol.encode(entries))
    target = ForeignTarget("azure-arc", "windows-server-2025-standard", who)
    found = judge_foreign(str(path), target).findings
    (said,) = (item for item in found if item.id == "AU-SCHEDULE-ONLY-4")

    assert ("AUOptions 4" in said.fix) is (who in ("", "group-policy"))
