"""Words that several keys write together: mode with schedule, source, restart."""

from __future__ import annotations

import pytest

from tests.support.profiles import OS_2022, OS_2025, checked, compiled, effects

WSUS = "server: 'http://w:8530', status_server: 'http://s:8530'"
SCAN = "scan: {feature: wsus, quality: windows-update, drivers: wsus, other: windows-update}"
WEEKS = [f"ScheduledInstall{week}Week" for week in ("First", "Second", "Third", "Fourth")]
ALLOW = "allow: [{rule: HP027, why: x}, {rule: HP036, why: x}, {rule: HP004, why: x}]\n"


def written(body: str, **head: str) -> dict[str, object]:
    found = checked(body, **head).compilation
    assert found is not None
    return effects(list(found.drafts))


def drafts(body: str) -> dict[str, bool]:
    """Return which values the author wrote."""
    found = checked(body).compilation
    assert found is not None
    return {one.record.name: one.authored for one in found.drafts}


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("notify", 2),
        ("download", 3),
        ("install-on-schedule", 4),
        ("local-admin", 5),
        ("notify-restart", 7),
    ],
)
def test_a_mode_is_its_number(mode: str, options: int) -> None:
    found = written(f"updates: {{mode: {mode}}}")

    assert (found["NoAutoUpdate"], found["AUOptions"]) == (0, options)
    assert (found["ScheduledInstallDay"], found["ScheduledInstallTime"]) == (0, 3)
    assert found["ScheduledInstallEveryWeek"] == 1
    assert {found[week] for week in WEEKS} == {"delete"}


def test_off_switches_off_and_deletes_the_rest() -> None:
    found = written("updates: {mode: 'off', schedule: {day: sunday}}")

    assert found.pop("NoAutoUpdate") == 1
    assert set(found.values()) == {"delete"}


def test_a_mode_taken_back_deletes_everything_and_left_alone_writes_nothing() -> None:
    assert set(written("updates: {mode: remove}").values()) == {"delete"}
    assert written("updates: {mode: unmanaged}") == {}


@pytest.mark.parametrize(
    ("schedule", "day", "hour"),
    [
        ("{day: every-day, at: '00:00'}", 0, 0),
        ("{day: sunday, at: '23:00'}", 1, 23),
        ("{day: saturday, at: automatic}", 7, 24),
        ("{at: '09:00'}", 0, 9),
    ],
)
def test_a_schedule_is_a_day_and_an_hour(schedule: str, day: int, hour: int) -> None:
    found = written(f"updates: {{mode: install-on-schedule, schedule: {schedule}}}")

    assert (found["ScheduledInstallDay"], found["ScheduledInstallTime"]) == (day, hour)


def test_a_schedule_of_weeks_ticks_those_and_not_every_week() -> None:
    found = written(
        "updates: {mode: install-on-schedule, schedule: {day: sunday, weeks: [second, fourth]}}"
    )

    assert found["ScheduledInstallEveryWeek"] == "delete"
    assert [found[week] for week in WEEKS] == ["delete", 1, "delete", 1]


def test_a_schedule_taken_back_deletes_and_left_alone_is_not_written() -> None:
    names = {"ScheduledInstallDay", "ScheduledInstallTime", "ScheduledInstallEveryWeek", *WEEKS}
    removed = written("updates: {mode: download, schedule: remove}")
    left = written("updates: {mode: download, schedule: unmanaged}")

    assert {removed[name] for name in names} == {"delete"}
    assert not names & set(left)


@pytest.mark.parametrize(("said", "data"), [("true", 1), ("false", "delete"), ("remove", "delete")])
def test_microsoft_update_is_a_box(said: str, data: object) -> None:
    body = f"updates: {{mode: download, microsoft_update: {said}}}"

    assert written(body)["AllowMUUpdateService"] == data
    assert drafts(body)["AllowMUUpdateService"]


def test_only_what_the_author_says_is_the_authors() -> None:
    bare = drafts("updates: {mode: download}")
    said = drafts("updates: {mode: download, schedule: {day: sunday}}")

    assert bare["AUOptions"]
    assert not bare["ScheduledInstallDay"]
    assert not bare["AllowMUUpdateService"]
    assert said["ScheduledInstallDay"]
    assert said["ScheduledInstallFirstWeek"]


def test_a_wsus_server_is_all_its_elements() -> None:
    found = written(f"updates: {{source: {{wsus: {{{WSUS}}}}}}}")

    assert found == {
        "UseWUServer": 1,
        "WUServer": "http://w:8530",
        "WUStatusServer": "http://s:8530",
        "UpdateServiceUrlAlternate": "",
        "FillEmptyContentUrls": "delete",
        "DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection": "delete",
        "SetProxyBehaviorForUpdateDetection": 0,
    }
    more = "alternate: 'http://a', fill_empty_content_urls: true, skip_tls_pinning: true, "
    more += "proxy: user-allowed"
    full = written(f"updates: {{source: {{wsus: {{{WSUS}, {more}}}}}}}")
    assert full["UpdateServiceUrlAlternate"] == "http://a"
    assert full["FillEmptyContentUrls"] == 1
    assert full["DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection"] == 1
    assert full["SetProxyBehaviorForUpdateDetection"] == 1


def test_a_scan_source_is_chosen_per_class() -> None:
    found = written(f"updates: {{source: {{wsus: {{{WSUS}}}, {SCAN}}}}}")

    name = "SetPolicyDrivenUpdateSourceFor{}Updates"
    classes = ("Feature", "Quality", "Driver", "Other")
    assert [found[name.format(one)] for one in classes] == [1, 0, 1, 0]
    assert found["UseUpdateClassPolicySource"] == 1


def test_the_source_windows_update_and_the_source_taken_back() -> None:
    own, removed = (
        written(f"updates: {{source: {word}}}") for word in ("windows-update", "remove")
    )

    assert own.pop("UseWUServer") == 0
    assert set(own.values()) == {"delete"}
    assert "UseUpdateClassPolicySource" not in own
    assert set(removed.values()) == {"delete"}
    assert {"UseWUServer", "UseUpdateClassPolicySource"} <= set(removed)
    assert written("updates: {source: unmanaged}") == {}


def test_a_disabled_scan_source_says_so() -> None:
    found = written(
        "policies: [{policy: WindowsUpdate.UpdateClassPolicySource_Title, state: disabled}]"
    )

    assert found.pop("UseUpdateClassPolicySource") == 0
    assert set(found.values()) == {"delete"}


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (
            "{policy: at-scheduled-time, warn_minutes: 30}",
            {"AlwaysAutoRebootAtScheduledTime": 1, "AlwaysAutoRebootAtScheduledTimeMinutes": 30},
        ),
        (
            "{policy: when-required}",
            {
                "AlwaysAutoRebootAtScheduledTime": 0,
                "AlwaysAutoRebootAtScheduledTimeMinutes": "delete",
            },
        ),
        ("{policy: not-while-users-are-logged-on}", {"NoAutoRebootWithLoggedOnUsers": 1}),
        (
            "{policy: deadline, days: 3, grace_days: 2, no_early_restart: true}",
            {
                "SetComplianceDeadlineForQU": 1,
                "ConfigureDeadlineForQualityUpdates": 3,
                "ConfigureDeadlineGracePeriod": 2,
                "ConfigureDeadlineNoAutoRebootForQualityUpdates": 1,
            },
        ),
    ],
)
def test_a_restart_is_one_policy(body: str, records: dict[str, object]) -> None:
    assert written(f"restart: {body}") == records


def test_a_deadline_has_the_elements_of_the_systems_templates() -> None:
    body = "restart: {policy: deadline, days: 3, grace_days: 2}"

    old, new = (written(body, os=os) for os in (OS_2022, OS_2025))
    assert old["ConfigureDeadlineForFeatureUpdates"] == 3
    assert "ConfigureDeadlineForFeatureUpdates" not in new
    assert [one.id for one in checked(body, os=OS_2022).findings if one.id == "GP032"] == []


def test_active_hours_are_two_hours_and_a_restart_taken_back_is_all_policies() -> None:
    hours = "active_hours: {start: '08:00', end: '18:00'}"
    found = written(f"restart: {{policy: when-required, {hours}}}")
    removed = written("restart: remove")

    assert (found["SetActiveHours"], found["ActiveHoursStart"], found["ActiveHoursEnd"]) == (
        1,
        8,
        18,
    )
    assert set(removed.values()) == {"delete"}
    assert {
        "SetActiveHours",
        "AlwaysAutoRebootAtScheduledTime",
        "NoAutoRebootWithLoggedOnUsers",
        "SetComplianceDeadlineForQU",
    } <= set(removed)
    assert written("restart: unmanaged") == {}


def test_vbs_is_written_by_policy_by_registry_by_both_or_not() -> None:
    by = {
        how: compiled(f"vbs: {{enforce: {how}}}")
        for how in ("policy", "registry", "policy+registry", "elsewhere")
    }
    counts = {how: (len(made.policy), len(made.preferences)) for how, made in by.items()}

    assert counts == {
        "policy": (8, 0),
        "registry": (0, 1),
        "policy+registry": (8, 1),
        "elsewhere": (0, 0),
    }
    removed = checked("vbs: remove").compilation
    assert removed is not None
    assert {one.record.action for one in removed.drafts} == {"delete"}
    assert {one.record.via for one in removed.drafts} == {"policy", "preference"}
