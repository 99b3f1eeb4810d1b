"""What a rule says where the examples of its page show one case of several."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace

import pytest

from gpogen.calendar.overlay import lay_over
from gpogen.catalog.months import Month, months_from
from gpogen.catalog.platforms import images
from gpogen.compile.drafts import Draft
from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Finding, Place, Severity
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.releases.knowledge import know
from gpogen.rules.allow import Judgment
from gpogen.rules.check import subject_of
from gpogen.rules.early import _named
from gpogen.rules.engine import judge
from gpogen.rules.inputs import Overlays, judge_calendar
from tests.support.profiles import OS_2022, OS_2025, checked
from tests.support.rules import UNDATED, check_text, names
from tools.rule_pages import Example

WU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
AU = rf"{WU}\AU"
VBS = "vbs: {enforce: policy+registry}\n"


def only(rule: str, body: str, **head: str) -> list[Finding]:
    return [item for item in checked(body, **head).findings if item.id == rule]


def item(key: str, name: str, data: int, more: str = "") -> str:
    return f"  - {{key: '{key}', name: {name}, type: dword, data: {data}{more}}}\n"


def subject(body: str, **head: str) -> Authored:
    found = subject_of(checked(body, **head))
    assert found is not None
    return found


NOISE = (
    Record(Hive.HKLM, "Software\\Contoso", "First", Action.SET, RegType.DWORD, b"\1\0\0\0"),
    Record(Hive.HKCU, "Software\\Policies\\Contoso", "Second", Action.DELETE),
    Record(Hive.HKLM, WU.removeprefix("HKLM\\"), "Unknown", Action.DELETE),
    Record(Hive.HKLM, "Software\\Policies\\Contoso", "Third", Action.SET, RegType.SZ, b"\0\0"),
)


@pytest.mark.parametrize(("rule", "example"), UNDATED, ids=names(UNDATED))
def test_a_rule_finds_the_same_among_other_values(rule: str, example: Example) -> None:
    own = subject_of(check_text(example.fails))
    assert own is not None
    start = Place("GPO", 1, 1)
    foreign = Subject(
        drafts=own.drafts, family=own.family, machines=own.machines, named=own.named, start=start
    )
    origin = own.drafts[0].origin if own.drafts else None
    if origin is None:
        pytest.skip("the rule is about the words; it reads no value")
    noise = tuple(Draft(record=one, origin=origin, rank=(0, 0, 0, 0)) for one in NOISE)

    def found(subject: Subject) -> list[tuple[str, Place | None]]:
        return [(one.message, one.at) for one in judge(subject) if one.id == rule]

    alone = found(foreign)
    for drafts in ((*noise, *own.drafts), (*own.drafts, *noise)):
        assert found(replace(foreign, drafts=drafts)) == alone


@pytest.mark.parametrize(
    ("urls", "message"),
    [
        ("", "UseWUServer is 1, but WUServer and WUStatusServer are missing"),
        ("WUServer", "UseWUServer is 1, but WUStatusServer is missing"),
        ("WUStatusServer", "UseWUServer is 1, but WUServer is missing"),
    ],
)
def test_each_missing_address_of_wsus_is_named(urls: str, message: str) -> None:
    url = f"  - {{key: '{WU}', name: {urls}, type: sz, data: 'https://w'}}\n" if urls else ""
    body = f"{VBS}registry:\n{item(AU, 'UseWUServer', 1)}{url}"

    assert [one.message for one in only("WSUS-NEEDS-BOTH-URLS", body)] == [message]


@pytest.mark.parametrize(("os", "wanted"), [(OS_2022, False), (OS_2025, True)])
def test_the_value_against_dual_scan_counts_on_windows_server_2022_alone(
    os: str, wanted: bool
) -> None:
    values = item(AU, "UseWUServer", 1) + item(WU, "DeferQualityUpdates", 1)
    without = only("WSUS-DUALSCAN", f"{VBS}registry:\n{values}", os=os)
    beside = f"{VBS}registry:\n{values}{item(WU, 'DisableDualScan', 1)}"

    assert without
    assert bool(only("WSUS-DUALSCAN", beside, os=os)) is wanted


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
def test_the_images_of_the_system_and_no_others_are_offered(os: str) -> None:
    wanted = [row.sku for row in images() if row.os == os]
    target = f"target: {{platform: azure-local, os: {os}}}\norchestration: third-party\n"
    (found,) = [one for one in check_text(target + VBS).findings if one.id == "HP012"]

    assert len(wanted) == 4
    assert found.fix == f"write one of: {', '.join(wanted)}"


@pytest.mark.parametrize("edition", ["standard", "datacenter"])
@pytest.mark.parametrize(
    ("platform", "message"),
    [
        ("azure-local", "gets hotpatches on Azure Local only when it is connected to Azure Arc"),
        ("azure-vm", "gets no hotpatches on Azure virtual machines; allowed: windows-server-2022"),
    ],
)
def test_an_edition_that_needs_arc_is_told_so_where_arc_is_a_way(
    platform: str, message: str, edition: str
) -> None:
    os = f"windows-server-2025-{edition}"
    target = f"target: {{platform: {platform}, os: {os}}}\norchestration: third-party\n"
    (found,) = [one for one in check_text(target + VBS).findings if one.id == "HP011"]

    assert message in found.message
    assert found.fix == "connect the machines to Azure Arc and write `platform: azure-arc`"


@pytest.mark.parametrize(
    ("platform", "fix"), [("azure-local", False), ("azure-vm", True), ("azure-arc", False)]
)
def test_only_on_an_azure_vm_the_fix_leaves_the_restart_to_azure(platform: str, fix: bool) -> None:
    body = f"{VBS}updates: {{mode: install-on-schedule}}\nrestart: {{policy: at-scheduled-time}}\n"
    head = {"platform": platform, "extra_target": ", role: domain-controller"}
    head |= {"os": "windows-server-2025-standard"} if platform == "azure-arc" else {}
    (found,) = only("HP035", body, **head)

    assert ("Azure decides when a VM restarts" in found.fix) is fix


@pytest.mark.parametrize(
    ("mode", "restart", "wanted"),
    [
        ("install-on-schedule", "at-scheduled-time", True),
        ("install-on-schedule", "when-required", True),
        ("install-on-schedule", "not-while-users-are-logged-on", False),
        ("download", "at-scheduled-time", False),
        ("notify", "when-required", False),
    ],
)
def test_domain_controllers_restart_together_by_a_schedule_with_a_forced_restart(
    mode: str, restart: str, wanted: bool
) -> None:
    body = f"{VBS}updates: {{mode: {mode}}}\nrestart: {{policy: {restart}}}\n"

    assert bool(only("HP035", body, extra_target=", role: domain-controller")) is wanted
    assert not only("HP035", body)


@pytest.mark.parametrize(
    ("values", "winner"),
    [
        ((), ""),
        (("NoAutoRebootWithLoggedOnUsers",), "NoAutoRebootWithLoggedOnUsers"),
        (("AlwaysAutoRebootAtScheduledTime",), "AlwaysAutoRebootAtScheduledTime"),
        (
            ("AlwaysAutoRebootAtScheduledTime", "NoAutoRebootWithLoggedOnUsers"),
            "NoAutoRebootWithLoggedOnUsers",
        ),
    ],
)
@pytest.mark.parametrize("old", ["SetAutoRestartDeadline", "SetEngagedRestartTransitionSchedule"])
def test_the_first_setting_that_overrides_an_older_deadline_is_named(
    values: tuple[str, ...], winner: str, old: str
) -> None:
    body = "".join(item(AU, name, 1) for name in values)
    found = only("RESTARTDEADLINE-OVERRIDDEN", f"{VBS}registry:\n{item(WU, old, 1)}{body}")

    wanted = [f"{old} has no effect, because {winner} is set"] if winner else []
    assert [one.message for one in found] == wanted
    assert [len(one.related) for one in found] == [len(values)] * len(wanted)


BASELINE = {
    "RequirePlatformSecurityFeatures": (1, {1: True, 3: False}),
    "HypervisorEnforcedCodeIntegrity": (2, {0: False, 1: False, 2: True, 3: True}),
    "HVCIMATRequired": (1, {0: False, 1: True}),
    "ConfigureKernelShadowStacksLaunch": (2, {0: True, 1: False, 2: True, 3: False}),
}


@pytest.mark.parametrize("name", BASELINE)
def test_a_value_differs_from_the_osconfig_baseline_or_leaves_it_alone(name: str) -> None:
    number, values = BASELINE[name]
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
    for data, fits in values.items():
        told = f"{name} is {data} in this profile, but {number} in the OSConfig baseline"
        body = "vbs: unmanaged\nassured: [{what: osconfig-baseline, why: x}]\nregistry:\n"
        found = [one.message for one in only("OSCONFIG-BASELINE", body + item(key, name, data))]
        assert found == ([] if fits else [told])
        undeclared = body.replace("osconfig-baseline", "vbs-managed-elsewhere")
        assert only("OSCONFIG-BASELINE", undeclared + item(key, name, data)) == []


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        (", via: preference", True),
        (", via: preference, action: soft", True),
        ("", False),
        (", action: soft", False),
    ],
)
def test_the_first_variable_of_a_preference_is_named(more: str, wanted: bool) -> None:
    value = f"type: sz, data: '%ONE% and %TWO%'{more}"
    body = rf"{VBS}registry: [{{key: 'HKLM\SOFTWARE\Contoso', name: V, {value}}}]"
    found = [one.message for one in only("GPP-VARIABLES", body)]

    assert len(found) == wanted
    assert all("contains %ONE%, which" in message for message in found)
    gone = body.replace("type: sz, data: '%ONE% and %TWO%'", "action: delete").replace(
        "V,", "'%V%',"
    )
    if "action: soft" not in more:
        assert only("GPP-VARIABLES", gone) == []


@pytest.mark.parametrize(("action", "wanted"), [("set", True), ("soft", True), ("delete", False)])
@pytest.mark.parametrize("name", ["HotPatchingEnabled", "AllowRebootlessUpdates", "Allow"])
def test_a_value_that_claims_hotpatch_is_found_unless_it_is_deleted(
    name: str, action: str, wanted: bool
) -> None:
    data = "" if action == "delete" else ", type: dword, data: 1"
    body = f"{VBS}registry: [{{key: '{WU}', name: {name}, action: {action}{data}}}]"

    assert bool(only("HP001", body)) is (wanted and name != "Allow")


@pytest.mark.parametrize("rule", ["HP036", "HP018", "HP027", "HP004"])
def test_an_allow_that_silences_nothing_says_where(rule: str) -> None:
    body = "vbs: {enforce: policy+registry}\nupdates: {mode: off}\n"
    text = f"allow: [{{rule: {rule}, why: x}}]\n{body}"
    result = checked(text, orchestration="third-party")

    told = [one.message for one in result.findings if "silences nothing" in one.message]
    assert told == [f"allow: {rule} silences nothing here"]


@pytest.mark.parametrize("computer", ["enabled", "disabled"])
@pytest.mark.parametrize("user", ["enabled", "disabled"])
def test_no_rule_judges_a_gpo_whose_computer_side_is_disabled(computer: str, user: str) -> None:
    body = f"gpo: {{computer: {computer}, user: {user}}}\nupdates: {{mode: install-on-schedule}}\n"

    assert ("HP004" in {one.id for one in checked(body).findings}) is (computer == "enabled")


LAZY = "restart: {policy: when-required}\n"
RUN = "updates: {mode: install-on-schedule, schedule: {day: saturday, at: '04:00'}"
ROME = ", time_zone: Europe/Rome"


def calendar(*profiles: Authored, first: str = "2026-01", count: int = 12) -> list[Finding]:
    months = months_from(Month.parse(first), count)
    today = datetime.date(2026, 11, 24)
    laid = tuple(lay_over(one, know(), months, today=today) for one in profiles)
    return [told.finding for told in judge_calendar(Overlays(items=laid))]


def pause(start: str) -> str:
    values = f"{{PauseQualityUpdatesStartTime: '{start}'}}"
    policy = f"{{policy: WindowsUpdate.DeferQualityUpdates, state: enabled, values: {values}}}"
    return f"{VBS}{LAZY}{RUN}}}\npolicies: [{policy}]\n"


def test_a_deferral_that_skips_baselines_names_them_and_how_the_first_would_install() -> None:
    deferred = f"{VBS}{LAZY}{RUN}, quality_deferral_days: 30}}\n"
    several = calendar(subject(deferred, extra_target=ROME))
    one = calendar(subject(deferred, extra_target=ROME), first="2026-01", count=1)

    assert [item.id for item in several] == ["HP014"]
    assert several[0].severity is Severity.ERROR
    assert several[0].fix == "set `quality_deferral_days: 14` or less"
    assert several[0].message.startswith(
        "the deferral of 30 days skips the baselines of 2026-01-13,"
    )
    assert ": the first would install on 2026-02-14, and the next release comes on 2026-02-10" in (
        several[0].message
    )
    assert one[0].message == (
        "the deferral of 30 days skips the baseline of 2026-01-13: it would install on 2026-02-14, "
        "and the next release comes on 2026-02-10"
    )
    assert several[0].profiles == ("sample",)


def test_a_pause_that_skips_a_baseline_is_named_with_its_days() -> None:
    found = calendar(subject(pause("2026-07-10"), extra_target=ROME))

    (hit,) = [item for item in found if item.id == "HP014"]
    assert (
        hit.fix == "pause after the baseline is installed, or remove PauseQualityUpdatesStartTime"
    )
    assert hit.message.startswith(
        "the pause from 2026-07-10 to 2026-08-14 skips the baseline of 2026-07-14: it would install"
    )


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 9])
def test_domain_controllers_of_several_profiles_are_named_up_to_four(count: int) -> None:
    body = f"{VBS}updates: {{mode: install-on-schedule}}\nrestart: {{policy: at-scheduled-time}}\n"
    target = ", role: domain-controller" + ROME
    own = subject(body, extra_target=target)
    many = [
        replace(own, profile=own.profile.model_copy(update={"name": f"dc-{number}"}))
        for number in range(1, count + 1)
    ]
    (found,) = [item for item in calendar(*many) if item.id == "HP035"]

    shown = [f"dc-{number}" for number in range(1, count + 1)]
    told = " and ".join(shown) if count <= 4 else f"{', '.join(shown[:4])} and {count - 4} more"
    assert found.message.startswith(f"the domain controllers of {told} restart in the same hour")


EARLY = "the run is before the month's release, so updates install a month late: "


@pytest.mark.parametrize(
    ("zone", "day", "weeks", "begins", "ends", "fix"),
    [
        ("Europe/Rome", "tuesday", "second", EARLY + "every month", ", in Europe/Rome", True),
        ("", "tuesday", "first", EARLY + "every month", ", in every time zone", False),
        (
            "Europe/Rome",
            "wednesday",
            "second",
            EARLY + "2026-01, ",
            " and 7 more, in Europe/Rome",
            True,
        ),
        ("", "tuesday", "second", EARLY + "every month", ", in every time zone", False),
    ],
)
def test_a_run_before_the_release_names_months_and_zone(
    zone: str, day: str, weeks: str, begins: str, ends: str, fix: bool
) -> None:
    schedule = f"{{day: {day}, at: '03:00', weeks: [{weeks}]}}"
    body = f"{VBS}{LAZY}updates: {{mode: install-on-schedule, schedule: {schedule}}}\n"
    (hit,) = only("HP032", body, extra_target=f", time_zone: {zone}" if zone else "")

    assert hit.message.startswith(begins)
    assert ends in hit.message
    week = "run every week (`weeks: every`), or in a week that is always later than the release"
    assert hit.fix.startswith(week)
    assert (hit.fix == week) is fix, "without a zone, the fix is the page's: to set one"


def test_more_than_six_months_are_counted_and_six_are_named() -> None:
    months = months_from(Month.parse("2026-01"), 9)
    shown = [str(month) for month in months]
    assert _named(months[:1]) == shown[0]
    for count in (2, 5, 6):
        assert _named(months[:count]) == ", ".join(shown[:count])
    for count in (7, 8, 9):
        assert _named(months[:count]) == f"{', '.join(shown[:6])} and {count - 6} more"


ENDS = tuple(itertools.product((20, 22, 0, 6), range(24)))


@pytest.mark.parametrize(("start", "end"), ENDS)
def test_active_hours_span_18_hours_at_most_over_midnight_too(start: int, end: int) -> None:
    hours = (end + 24 - start if end < start else end - start) or 24
    body = item(WU, "ActiveHoursStart", start) + item(WU, "ActiveHoursEnd", end)
    found = [one.message for one in only("ACTIVEHOURS-SPAN", f"{VBS}registry:\n{body}")]

    told = f"active hours must span at most 18 hours; {start}:00 to {end}:00 spans {hours}"
    assert found == ([told] if hours > 18 else [])


@pytest.mark.parametrize("option", range(10))
@pytest.mark.parametrize("off", [0, 1])
def test_a_schedule_that_is_not_used_names_what_does_not_use_it(option: int, off: int) -> None:
    values = (("ScheduledInstallDay", 1), ("AUOptions", option), ("NoAutoUpdate", off))
    body = "".join(item(AU, name, data) for name, data in values)
    found = [one.message for one in only("AU-SCHEDULE-ONLY-4", f"{VBS}registry:\n{body}")]

    unused = "NoAutoUpdate 1" if off else f"AUOptions {option}"
    wanted = [f"a schedule is set, but {unused} does not use it"]
    assert found == ([] if option == 4 and not off else wanted)


def test_a_silenced_finding_about_several_profiles_has_the_reason_of_the_first() -> None:
    body = f"{VBS}updates: {{mode: install-on-schedule}}\nrestart: {{policy: at-scheduled-time}}\n"
    profiles = []
    for number, why in enumerate(("one reason", "another reason")):
        allow = f"allow: [{{rule: HP035, why: {why}}}]\n"
        own = subject(allow + body, extra_target=", role: domain-controller" + ROME)
        name = {"name": f"dc-{number}"}
        profiles.append(replace(own, profile=own.profile.model_copy(update=name)))
    months = months_from(Month.parse("2026-01"), 2)
    today = datetime.date(2026, 11, 24)
    laid = tuple(lay_over(one, know(), months, today=today) for one in profiles)
    judgment = Judgment()
    judgment.take(judge_calendar(Overlays(items=laid)))

    assert [one.why for one in judgment.silenced if one.finding.id == "HP035"] == ["one reason"]
