"""The condition of each rule about one value: which of the numbers 0 to 9 it finds."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from gpogen.releases.knowledge import know
from gpogen.rules.dated import NOTICE_MONTHS, STALE_DAYS
from gpogen.rules.inputs import Today, judge_today
from tests.support.profiles import OS_2022, OS_2025, checked, ids

WU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
AU = rf"{WU}\AU"
DG = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
LSA = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa"
SB = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot"
DO = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeliveryOptimization"
ALL = frozenset(range(10))
Values = tuple[tuple[str, str, int], ...]

ONE: tuple[tuple[str, str, str, frozenset[int], Values], ...] = (
    ("HP003", DG, "EnableVirtualizationBasedSecurity", frozenset((0,)), ()),
    ("HP005", DG, "RequirePlatformSecurityFeatures", frozenset((3,)), ()),
    ("HP005", DG, "HVCIMATRequired", frozenset((1,)), ()),
    ("HP033", DG, "LsaCfgFlags", frozenset((1,)), ()),
    ("HP033", LSA, "LsaCfgFlags", frozenset((1,)), ()),
    ("HP033", DG, "HypervisorEnforcedCodeIntegrity", frozenset((1,)), ()),
    ("MACHINE-IDENTITY-ENFORCED", DG, "MachineIdentityIsolation", frozenset((2,)), ()),
    ("SHADOW-STACKS-HVCI", DG, "ConfigureKernelShadowStacksLaunch", frozenset((1, 2)), ()),
    (
        "SHADOW-STACKS-HVCI",
        DG,
        "HypervisorEnforcedCodeIntegrity",
        ALL - {1, 2},
        ((DG, "ConfigureKernelShadowStacksLaunch", 2),),
    ),
    (
        "HP014",
        WU,
        "DeferQualityUpdates",
        frozenset((1,)),
        ((WU, "DeferQualityUpdatesPeriodInDays", 15),),
    ),
    ("HP015", WU, "ManagePreviewBuildsPolicyValue", frozenset((2,)), ()),
    (
        "HP015",
        WU,
        "AllowOptionalContent",
        frozenset((1, 2, 3)),
        ((WU, "SetAllowOptionalContent", 1),),
    ),
    ("HP015", WU, "SetAllowOptionalContent", frozenset((1,)), ((WU, "AllowOptionalContent", 1),)),
    ("HP016", WU, "ExcludeWUDriversInQualityUpdate", frozenset((0,)), ()),
    ("HP017", AU, "AllowMUUpdateService", frozenset((1,)), ()),
    ("AU-1-NOT-POLICY", AU, "AUOptions", frozenset((1,)), ()),
    ("AU-5-DEAD", AU, "AUOptions", frozenset((5,)), ()),
    ("AU-6-UNKNOWN", AU, "AUOptions", frozenset((6,)), ()),
    ("AU-SCHEDULE-ONLY-4", AU, "AUOptions", ALL - {4}, ((AU, "ScheduledInstallDay", 1),)),
    (
        "AU-DISABLED-KILLS",
        AU,
        "NoAutoUpdate",
        frozenset((1,)),
        ((AU, "DetectionFrequencyEnabled", 1),),
    ),
    ("AU-DISABLED-KILLS", AU, "UseWUServer", frozenset((1,)), ((AU, "NoAutoUpdate", 1),)),
    (
        "AU-MAINT-VS-SCHEDULE",
        AU,
        "AutomaticMaintenanceEnabled",
        frozenset((1,)),
        ((AU, "ScheduledInstallTime", 3),),
    ),
    (
        "AU-WEEKS",
        AU,
        "ScheduledInstallEveryWeek",
        frozenset((1,)),
        ((AU, "ScheduledInstallThirdWeek", 1),),
    ),
    (
        "AU-WEEKS",
        AU,
        "ScheduledInstallFourthWeek",
        frozenset((1,)),
        ((AU, "ScheduledInstallEveryWeek", 1),),
    ),
    ("FEATURE-UPDATE-HOLD", WU, "DeferFeatureUpdates", frozenset((1,)), ()),
    ("FEATURE-UPDATE-HOLD", WU, "SetComplianceDeadlineForFU", frozenset((1,)), ()),
    ("REBOOT-LOGGEDON-NEEDS-4", AU, "NoAutoRebootWithLoggedOnUsers", frozenset((1,)), ()),
    (
        "REBOOT-LOGGEDON-NEEDS-4",
        AU,
        "AUOptions",
        ALL - {4},
        ((AU, "NoAutoRebootWithLoggedOnUsers", 1),),
    ),
    (
        "REBOOT-LOGGEDON-VS-ALWAYS",
        AU,
        "AlwaysAutoRebootAtScheduledTime",
        frozenset((1,)),
        ((AU, "NoAutoRebootWithLoggedOnUsers", 1),),
    ),
    (
        "REBOOT-LOGGEDON-VS-ALWAYS",
        AU,
        "NoAutoRebootWithLoggedOnUsers",
        frozenset((1,)),
        ((AU, "AlwaysAutoRebootAtScheduledTime", 1),),
    ),
    (
        "ACTIVEHOURS-DEAD",
        WU,
        "SetActiveHours",
        frozenset((1,)),
        ((AU, "NoAutoRebootWithLoggedOnUsers", 1),),
    ),
    ("DEADLINE-NAME-BY-OS", WU, "SetComplianceDeadline", frozenset((1,)), ()),
    (
        "DEADLINE-NAME-BY-OS",
        WU,
        "SetComplianceDeadlineForQU",
        ALL - {1},
        ((WU, "SetComplianceDeadline", 1),),
    ),
    (
        "DEADLINE-OVERRIDES-ALWAYS",
        AU,
        "AlwaysAutoRebootAtScheduledTime",
        frozenset((1,)),
        ((WU, "SetComplianceDeadlineForQU", 1),),
    ),
    (
        "DEADLINE-OVERRIDES-AU",
        WU,
        "SetComplianceDeadlineForQU",
        frozenset((1,)),
        ((AU, "ScheduledInstallDay", 1),),
    ),
    ("RESTARTDEADLINE-2025", WU, "SetRestartWarningSchd", ALL, ()),
    ("DEAD-ON-WIN10", AU, "AutoInstallMinorUpdates", ALL, ()),
    (
        "SCANSOURCE-NEEDS-USE",
        AU,
        "UseUpdateClassPolicySource",
        ALL - {1},
        ((WU, "SetPolicyDrivenUpdateSourceForQualityUpdates", 0),),
    ),
    (
        "SCANSOURCE-WSUS-NEEDS-URL",
        WU,
        "SetPolicyDrivenUpdateSourceForQualityUpdates",
        frozenset((1,)),
        (),
    ),
    (
        "SCANSOURCE-WSUS-NEEDS-URL",
        AU,
        "UseWUServer",
        ALL - {1},
        ((WU, "SetPolicyDrivenUpdateSourceForQualityUpdates", 1),),
    ),
    (
        "SCANSOURCE-VS-DUALSCAN",
        WU,
        "DisableDualScan",
        frozenset((1,)),
        ((AU, "UseUpdateClassPolicySource", 1),),
    ),
    (
        "SCANSOURCE-VS-DUALSCAN",
        AU,
        "UseUpdateClassPolicySource",
        frozenset((1,)),
        ((WU, "DisableDualScan", 1),),
    ),
    (
        "NOINTERNET-VS-WU-SOURCE",
        WU,
        "DoNotConnectToWindowsUpdateInternetLocations",
        frozenset((1,)),
        ((WU, "SetPolicyDrivenUpdateSourceForQualityUpdates", 0),),
    ),
    (
        "NOINTERNET-VS-WU-SOURCE",
        WU,
        "SetPolicyDrivenUpdateSourceForQualityUpdates",
        frozenset((0,)),
        ((WU, "DoNotConnectToWindowsUpdateInternetLocations", 1),),
    ),
    ("WSUS-NEEDS-BOTH-URLS", AU, "UseWUServer", frozenset((1,)), ()),
    ("WSUS-ALT-FILL", WU, "FillEmptyContentUrls", frozenset((1,)), ()),
    ("WSUS-REQUIRED-BY", WU, "DisableDualScan", frozenset((1,)), ()),
    ("WSUS-REQUIRED-BY", AU, "UseWUServer", ALL - {1}, ((WU, "DisableDualScan", 1),)),
    ("WSUS-DUALSCAN", WU, "DeferQualityUpdates", frozenset((1,)), ((AU, "UseWUServer", 1),)),
    ("WSUS-DUALSCAN", AU, "UseWUServer", frozenset((1,)), ((WU, "DeferQualityUpdates", 1),)),
    (
        "WSUS-DUALSCAN",
        AU,
        "UseUpdateClassPolicySource",
        ALL - {1},
        ((AU, "UseWUServer", 1), (WU, "DeferQualityUpdates", 1)),
    ),
    ("SECUREBOOT-OPT-OUT", SB, "HighConfidenceOptOut", frozenset((1,)), ()),
    ("DO-BYPASS", DO, "DODownloadMode", frozenset(), ()),
)


def dwords(*values: tuple[str, str, int]) -> str:
    items = "".join(
        f"  - {{key: '{key}', name: {name}, type: dword, data: {data}}}\n"
        for key, name, data in values
    )
    return f"registry:\n{items}"


@pytest.mark.parametrize(
    ("rule", "key", "name", "wanted", "beside"),
    ONE,
    ids=[f"{row[0]}-{row[2]}-{number}" for number, row in enumerate(ONE)],
)
def test_a_rule_about_one_value_finds_these_numbers(
    rule: str, key: str, name: str, wanted: frozenset[int], beside: Values
) -> None:
    found = {
        number
        for number in ALL
        if rule in ids(checked(dwords((key, name, number), *beside), orchestration="third-party"))
    }

    assert found == wanted


@pytest.mark.parametrize(
    ("start", "end", "most", "wrong"),
    [
        (4, 22, None, False),
        (4, 23, None, True),
        (22, 8, None, False),
        (8, 8, None, True),
        (8, 20, 12, False),
        (8, 21, 12, True),
    ],
)
def test_active_hours_span_at_most_18_hours_or_the_maximum(
    start: int, end: int, most: int | None, wrong: bool
) -> None:
    values = [(WU, "ActiveHoursStart", start), (WU, "ActiveHoursEnd", end)]
    values += [(WU, "ActiveHoursMaxRange", most)] if most else []

    assert ("ACTIVEHOURS-SPAN" in ids(checked(dwords(*values)))) is wrong


@pytest.mark.parametrize(
    ("os", "name", "wrong"),
    [
        (OS_2022, "SetComplianceDeadline", False),
        (OS_2022, "SetComplianceDeadlineForQU", True),
        (OS_2025, "SetComplianceDeadline", True),
        (OS_2025, "SetComplianceDeadlineForQU", False),
    ],
)
def test_each_system_has_its_own_name_of_the_deadline(os: str, name: str, wrong: bool) -> None:
    assert ("DEADLINE-NAME-BY-OS" in ids(checked(dwords((WU, name, 1)), os=os))) is wrong


def _today(day: datetime.date, family: str) -> list[str]:
    knowledge = know()
    found = judge_today(Today(knowledge=knowledge, family=family, day=day, subjects=()))
    return [told.finding.id for told in found]


@pytest.mark.parametrize("family", sorted(know().systems))
def test_release_data_is_stale_from_the_46th_day_on(family: str) -> None:
    as_of = know().as_of[family]

    assert "HP020" not in _today(as_of + datetime.timedelta(days=STALE_DAYS), family)
    assert "HP020" in _today(as_of + datetime.timedelta(days=STALE_DAYS + 1), family)


@pytest.mark.parametrize("count", [0, 1, 2, 6, 7])
def test_past_months_without_data_are_counted_and_the_newest_six_named(count: int) -> None:
    knowledge, family = know(), "windows-server-2022"
    as_of = knowledge.as_of[family]
    known = sorted(
        month
        for (os, month), row in knowledge.releases.items()
        if os == family and row.date < as_of and month >= knowledge.systems[family].first
    )
    lost = known[len(known) - count :]
    left = {key: row for key, row in knowledge.releases.items() if key[1] not in lost}
    today = Today(
        knowledge=replace(knowledge, releases=left), family=family, day=as_of, subjects=()
    )

    said = [told.finding.message for told in judge_today(today) if told.finding.id == "HP020"]

    named = ", ".join(map(str, lost[-6:]))
    counts = {0: "", 1: "1 past month has", 2: "2 past months have", 6: "6 past months have"}
    more = "the newest: " if count == 7 else ""
    expected = f"but {counts.get(count, '7 past months have')} no data: {more}{named}"
    assert [message.partition(", ")[2] for message in said] == ([expected] if count else [])


def test_the_end_of_hotpatch_is_reported_from_six_months_before_it() -> None:
    ending = {family: row.ends for family, row in know().systems.items() if row.ends}
    assert ending
    for family, month in ending.items():
        first = (month + (1 - NOTICE_MONTHS)).first_day
        assert "HP030" not in _today(first - datetime.timedelta(days=1), family)
        assert "HP030" in _today(first, family)


def test_the_end_of_hotpatch_is_past_from_the_month_after_it_on() -> None:
    knowledge = know()
    family, system = next((key, row) for key, row in knowledge.systems.items() if row.ends)
    assert system.ends is not None
    over = (system.ends + 1).first_day
    for day, word in ((over - datetime.timedelta(days=1), "ends"), (over, "ended")):
        today = Today(knowledge=knowledge, family=family, day=day, subjects=())
        (message,) = (
            told.finding.message for told in judge_today(today) if told.finding.id == "HP030"
        )
        assert f" {word} with " in message
