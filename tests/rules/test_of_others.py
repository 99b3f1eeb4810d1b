"""What the rules find in somebody else's GPO, which may be one of several: each condition."""

from __future__ import annotations

import pytest

from gpogen.compile.drafts import Draft
from gpogen.compile.origin import Origin
from gpogen.compile.subject import Subject
from gpogen.finding import Finding, Place, Severity
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType, Via
from gpogen.rules.engine import judge
from gpogen.servicing.machines import Machines

WU = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
AU = rf"{WU}\AU"
DG = r"SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
UPDATE = r"SOFTWARE\Microsoft\PolicyManager\current\device\Update"
MEMORY = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
Values = dict[str, int | str]


def gpo(*records: Record, family: str = "", named: str | None = None, **more: str) -> list[Finding]:
    """Return what is found in records, each at a line of its own."""
    drafts = tuple(
        Draft(
            record=one,
            origin=Origin(policy=None, title="", why="", places=(Place("GPO", line, 1),)),
            rank=(line,),
        )
        for line, one in enumerate(records, 1)
    )
    extensions = more.pop("extensions", None)
    machines = Machines(**more) if more else None
    start = Place("GPO", 99, 1)
    return list(
        judge(
            Subject(
                drafts=drafts,
                family=family,
                machines=machines,
                named=named,
                start=start,
                extensions=extensions,
            )
        )
    )


def records(key: str, values: Values) -> tuple[Record, ...]:
    return tuple(
        set_value(
            Hive.HKLM, key, name, RegType.SZ if isinstance(data, str) else RegType.DWORD, data
        )
        for name, data in values.items()
    )


def told(rule: str, found: list[Finding]) -> list[str]:
    return [one.message for one in found if one.id == rule]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("ScheduledInstallDay", False),
        ("ScheduledInstallTime", False),
        ("ScheduledInstallEveryWeek", False),
        ("ScheduledInstallFirstWeek", True),
        ("ScheduledInstallSecondWeek", True),
        ("ScheduledInstallThirdWeek", True),
        ("ScheduledInstallFourthWeek", True),
    ],
)
def test_only_single_weeks_say_that_others_want_a_schedule(name: str, counts: bool) -> None:
    unused = told("AU-SCHEDULE-ONLY-4", gpo(*records(AU, {"AUOptions": 3, name: 1})))
    assert unused == ["a schedule is set, but AUOptions 3 does not use it"] * counts
    off = told("AU-SCHEDULE-ONLY-4", gpo(*records(AU, {"NoAutoUpdate": 1, name: 1})))
    assert off == ["a schedule is set, but NoAutoUpdate 1 does not use it"] * counts
    for used in ({"AUOptions": 4}, {"NoAutoUpdate": 0}, {}):
        assert told("AU-SCHEDULE-ONLY-4", gpo(*records(AU, {**used, name: 1}))) == []


@pytest.mark.parametrize(
    ("named", "machines", "may"),
    [
        (None, {}, True),
        ("group-policy", {}, True),
        ("sconfig", {}, True),
        ("third-party", {}, False),
        ("configmgr", {}, False),
        ("manual", {}, False),
        (None, {"platform": "azure-local"}, True),
        (None, {"platform": "azure-arc"}, True),
        (None, {"platform": "azure-vm"}, False),
        (None, {"platform": "azure-local", "role": "cluster-node"}, False),
        ("group-policy", {"platform": "azure-local", "role": "cluster-node"}, False),
        ("group-policy", {"platform": "azure-local", "role": "domain-controller"}, True),
    ],
)
def test_the_fix_names_a_scheduled_installation_only_where_windows_may_install(
    named: str | None, machines: dict[str, str], may: bool
) -> None:
    values = {"AUOptions": 3, "ScheduledInstallFirstWeek": 1, "NoAutoRebootWithLoggedOnUsers": 1}
    found = {one.id: one.fix for one in gpo(*records(AU, {**values}), named=named, **machines)}

    assert (found["AU-SCHEDULE-ONLY-4"] == "clear the weeks of the schedule") is not may
    assert (found["REBOOT-LOGGEDON-NEEDS-4"] == "remove it") is not may
    assert all(found.values())


@pytest.mark.parametrize("option", [None, *range(8)])
@pytest.mark.parametrize("logged_on", [0, 1, 2])
def test_no_restart_while_users_are_logged_on_needs_a_mode_to_be_judged(
    option: int | None, logged_on: int
) -> None:
    mode: Values = {} if option is None else {"AUOptions": option}
    found = gpo(*records(AU, {**mode, "NoAutoRebootWithLoggedOnUsers": logged_on}))

    assert bool(told("REBOOT-LOGGEDON-NEEDS-4", found)) is (
        logged_on == 1 and option not in (None, 4)
    )


@pytest.mark.parametrize(
    ("name", "counts"),
    [("ScheduledInstallTime", False), ("ScheduledInstallFirstWeek", True)],
)
@pytest.mark.parametrize("on", [0, 1, 2])
def test_automatic_maintenance_of_others_is_held_against_a_week(
    name: str, counts: bool, on: int
) -> None:
    found = gpo(*records(AU, {"AutomaticMaintenanceEnabled": on, name: 1}))

    hits = [one for one in found if one.id == "AU-MAINT-VS-SCHEDULE"]
    assert bool(hits) is (counts and on == 1)
    assert [one.at.line for one in hits if one.at] == [2] * len(hits)


@pytest.mark.parametrize("used", [None, 0, 1, 2])
@pytest.mark.parametrize(
    ("key", "name"),
    [(AU, "DetectionFrequencyEnabled"), (WU, "TargetGroupEnabled"), (WU, "DisableDualScan")],
)
def test_another_gpo_may_bring_wsus_unless_this_one_turns_it_off(
    key: str, name: str, used: int | None
) -> None:
    use = () if used is None else records(AU, {"UseWUServer": used})

    wanted = [f"{name} has no effect without WSUS (UseWUServer 1)"]
    assert told("WSUS-REQUIRED-BY", gpo(*records(key, {name: 1}), *use)) == (
        wanted if used in (0, 2) else []
    )
    assert told("WSUS-REQUIRED-BY", gpo(*records(key, {name: 0}), *use)) == []


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"AUOptions": 4}, True),
        ({"AUOptions": 3}, False),
        ({"AUOptions": 4, "UseWUServer": 1}, False),
        ({"AUOptions": 4, "NoAutoUpdate": 1}, False),
        ({}, False),
    ],
)
def test_drivers_and_the_next_windows_come_where_the_gpo_lets_windows_install(
    values: Values, wanted: bool
) -> None:
    found = gpo(*records(AU, values), family="windows-server-2022", platform="azure-local")
    assert bool(told("HP016", found)) is wanted
    assert bool(told("FEATURE-UPDATE-HOLD", found)) is wanted
    for number, count in ((0, 1), (1, 0), (2, 0)):
        drivers = records(WU, {"ExcludeWUDriversInQualityUpdate": number})
        assert len(told("HP016", gpo(*records(AU, values), *drivers))) == count
    for family in ("", "windows-server-2025"):
        assert told("FEATURE-UPDATE-HOLD", gpo(*records(AU, values), family=family)) == []


@pytest.mark.parametrize("via", Via)
@pytest.mark.parametrize(
    ("record", "severity"),
    [
        (records(MEMORY, {"HotPatchTableSize": 4096})[0], Severity.INFO),
        (records(UPDATE, {"AllowRebootlessUpdates": 1})[0], Severity.INFO),
        (records(r"SOFTWARE\Contoso", {"A": 1})[0], None),
        (records(AU, {"AUOptions": 4})[0], None),
        (delete_value(Hive.HKLM, MEMORY, "HotPatchTableSize"), None),
    ],
)
def test_of_others_only_known_values_are_said_to_stay(
    record: Record, severity: Severity | None, via: Via
) -> None:
    one = Record(record.hive, record.key, record.name, record.action, record.type, record.data, via)
    stays = severity if via is Via.POLICY else None

    assert [item.severity for item in gpo(one) if item.id == "HP031"] == ([stays] if stays else [])


@pytest.mark.parametrize(
    ("integrity", "severity"),
    [
        (None, Severity.INFO),
        (0, Severity.WARNING),
        (1, None),
        (2, None),
        (3, Severity.INFO),
        (4, Severity.WARNING),
    ],
)
@pytest.mark.parametrize("stacks", range(4))
def test_another_gpo_may_turn_memory_integrity_on_unless_this_one_turns_it_off(
    integrity: int | None, severity: Severity | None, stacks: int
) -> None:
    values: Values = {"ConfigureKernelShadowStacksLaunch": stacks}
    values |= {} if integrity is None else {"HypervisorEnforcedCodeIntegrity": integrity}
    found = [one for one in gpo(*records(DG, values)) if one.id == "SHADOW-STACKS-HVCI"]

    assert [one.severity for one in found] == ([severity] if severity and stacks in (1, 2) else [])
    shown = "not set" if integrity is None else str(integrity)
    assert all(one.message.endswith(f"HypervisorEnforcedCodeIntegrity is {shown}") for one in found)


VBS = "EnableVirtualizationBasedSecurity"
SIDE = "{F312195E-3D9D-447A-A3F5-08DFFA24735E}"


@pytest.mark.parametrize(
    ("extensions", "wrong"),
    [
        ("", True),
        ("[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}]", True),
        (f"[{SIDE}]", False),
        (f"[{SIDE.lower()}]", False),
    ],
)
def test_the_vbs_policy_needs_its_extension_in_any_case_of_letters(
    extensions: str, wrong: bool
) -> None:
    (policy,) = records(DG, {VBS: 1})
    by_preference = Record(
        Hive.HKLM, DG, VBS, Action.SET, RegType.DWORD, policy.data, Via.PREFERENCE
    )
    control = records(r"SYSTEM\CurrentControlSet\Control\DeviceGuard", {VBS: 1})

    def missing(*found: Record) -> int:
        return len(told("HP006", gpo(*found, platform="azure-local", extensions=extensions)))

    assert missing(policy) == wrong
    assert missing(by_preference) == missing(*control) == missing() == 0
    assert told("HP006", gpo(policy)) == []


@pytest.mark.parametrize(
    ("platform", "severity"),
    [
        ("azure-vm", Severity.ERROR),
        ("azure-local", Severity.ERROR),
        ("azure-arc", Severity.WARNING),
        ("", Severity.WARNING),
    ],
)
def test_dma_protection_is_an_error_only_where_every_machine_is_virtual(
    platform: str, severity: Severity
) -> None:
    machines = {"platform": platform} if platform else {}
    found = gpo(*records(DG, {"RequirePlatformSecurityFeatures": 3}), **machines)

    assert [one.severity for one in found if one.id == "HP005"] == [severity]


@pytest.mark.parametrize("platform", ["azure-local", "azure-vm", "azure-arc", ""])
@pytest.mark.parametrize("action", [Action.SET, Action.DELETE])
def test_the_iso_preparation_of_others_is_judged_for_known_machines(
    platform: str, action: Action
) -> None:
    (record,) = records(MEMORY, {"HotPatchTableSize": 4096})
    record = (
        record if action is Action.SET else delete_value(Hive.HKLM, MEMORY, "HotPatchTableSize")
    )
    machines = {"platform": platform} if platform else {}
    other = records(MEMORY, {"LargeSystemCache": 1})

    assert len(told("HP008", gpo(record, *other, **machines))) == (
        platform != "" and action is Action.SET
    )


@pytest.mark.parametrize(
    ("family", "severity"),
    [
        ("windows-server-2022", Severity.INFO),
        ("windows-server-2025", Severity.WARNING),
        ("", Severity.WARNING),
    ],
)
@pytest.mark.parametrize(
    ("values", "wsus"),
    [
        ({"UseWUServer": 1}, True),
        ({"UseWUServer": 0}, False),
        ({}, False),
        ({"UseWUServer": 1, "UseUpdateClassPolicySource": 1}, True),
    ],
)
def test_hotpatches_must_be_approved_where_quality_updates_come_from_wsus(
    values: Values, wsus: bool, family: str, severity: Severity
) -> None:
    found = gpo(*records(AU, values), family=family)
    assert [one.severity for one in found if one.id == "HP013"] == [severity] * wsus

    for source in (0, 1):
        quality = records(WU, {"SetPolicyDrivenUpdateSourceForQualityUpdates": source})
        by_class = values.get("UseUpdateClassPolicySource") == 1
        rest = bool(told("HP013", gpo(*records(AU, values), *quality, family=family)))
        assert rest is (wsus and not (by_class and source == 0))
