"""A profile over the calendar: what is swallowed, late, without a window, or not sure."""

from __future__ import annotations

import datetime
import textwrap
from dataclasses import replace

import pytest

from gpogen.calendar.compare import compare
from gpogen.calendar.overlay import (
    Overlay,
    in_no_window,
    is_late,
    lay_over,
    window_of,
)
from gpogen.calendar.rings import baselines, in_ring_order, same_hour
from gpogen.calendar_views import sentences
from gpogen.catalog.months import Month, months_from
from gpogen.compile.subject import Authored
from gpogen.finding import Severity
from gpogen.releases.knowledge import know
from gpogen.rules.allow import Judgment
from gpogen.rules.check import subject_of
from gpogen.rules.inputs import Overlays, judge_calendar
from tests.support.profiles import OS_2022, OS_2025, checked

TODAY = datetime.date(2026, 11, 24)
VBS = "vbs: {enforce: policy+registry}\n"
SATURDAY = 'updates: {mode: install-on-schedule, schedule: {day: saturday, at: "04:00"}}\n'
FORCED = "restart: {policy: at-scheduled-time, warn_minutes: 30}\n"
DEFER = "WindowsUpdate.DeferQualityUpdates"


def subject_for(
    body: str,
    *,
    os: str = OS_2025,
    orchestration: str = "group-policy",
    extra_target: str = "",
) -> Authored:
    text = VBS + textwrap.dedent(body) + "allow: [{rule: HP032, why: tested elsewhere}]\n"
    head = {"os": os, "orchestration": orchestration, "extra_target": extra_target}
    subject = subject_of(checked(text, **head))
    assert subject is not None
    return subject


def over(subject: Authored, first: str = "2026-01", months: int = 12) -> Overlay:
    return lay_over(subject, know(), months_from(Month.parse(first), months), today=TODAY)


def laid(
    body: str,
    *,
    first: str = "2026-01",
    months: int = 12,
    timezone: str = "",
    os: str = OS_2025,
    orchestration: str = "group-policy",
    extra_target: str = "",
) -> Overlay:
    subject = subject_for(body, os=os, orchestration=orchestration, extra_target=extra_target)
    return over(subject.in_zone(timezone) if timezone else subject, first, months)


def paused(start: str, days: int = 0) -> str:
    values = f"PauseQualityUpdatesStartTime: '{start}'"
    values += f", DeferQualityUpdatesPeriodInDays: {days}" if days else ""
    return f"policies:\n  - {{policy: {DEFER}, state: enabled, values: {{{values}}}}}\n"


ROME = ", time_zone: Europe/Rome"


def test_the_profile_s_zone_counts_and_the_option_beats_it() -> None:
    own = laid(SATURDAY + FORCED, extra_target=ROME)
    other = laid(SATURDAY + FORCED, timezone="Asia/Tokyo", extra_target=ROME)

    assert (own.zone, other.zone) == ("Europe/Rome", "Asia/Tokyo")
    assert own.courses[0].installed != other.courses[0].installed


def test_without_a_zone_the_worst_of_all_is_shown_and_told() -> None:
    found = laid(SATURDAY + FORCED)
    zones = [laid(SATURDAY + FORCED, timezone=name) for name in ("Etc/GMT+12", "Etc/GMT-14")]

    assert found.zone == "UTC-12 to UTC+14"
    assert any("time zone unknown" in text for text in sentences.remarks(found))
    for number, row in enumerate(found.courses):
        assert row.exposed_days == max(item.courses[number].exposed_days or 0 for item in zones)


@pytest.mark.parametrize(
    ("body", "swallowed"),
    [
        (SATURDAY + FORCED, ""),
        (SATURDAY.replace("{mode", "{quality_deferral_days: 14, mode") + FORCED, ""),
        (
            SATURDAY.replace("{mode", "{quality_deferral_days: 28, mode") + FORCED,
            "2026-01-13, 2026-04-14, 2026-07-14, 2026-10-13",  # In June and September: five weeks.
        ),
        (SATURDAY + FORCED + paused("2026-07-01"), ""),
        (SATURDAY + FORCED + paused("2026-07-14"), "2026-07-14"),
        (SATURDAY + FORCED + paused("2026-06-09"), "2026-06-09"),
    ],
    ids=["none", "a ring", "four weeks", "ends in time", "too long", "ends before a release"],
)
def test_a_deferral_or_pause_that_swallows_a_baseline_is_an_error(
    body: str, swallowed: str
) -> None:
    subject = subject_for(body, extra_target=ROME)
    found = [told.finding for told in judge_calendar(Overlays(items=(over(subject),)))]

    if not swallowed:
        assert found == []
        return
    (error,) = found
    assert error.severity is Severity.ERROR
    assert error.id == "HP014"
    assert swallowed in error.message
    assert error.at is not None


def test_an_author_s_reason_silences_a_swallowed_baseline() -> None:
    text = VBS + SATURDAY.replace("{mode", "{quality_deferral_days: 28, mode") + FORCED
    subject = subject_of(checked(text + "allow: [{rule: HP014, why: a lab}]\n"))
    assert subject is not None
    found = Judgment(judge_calendar(Overlays(items=(over(subject),))))

    assert found.standing == []
    assert [item.finding.id for item in found.silenced] == ["HP014"]


def test_a_schedule_that_is_late_by_itself_is_late_and_not_swallowed() -> None:
    body = SATURDAY.replace('"04:00"}', '"04:00", weeks: [first]}') + FORCED
    found = laid(body, extra_target=ROME)

    assert found.swallowed == ()
    assert all(is_late(row) for row in found.courses)


@pytest.mark.parametrize(
    ("body", "homeless"),
    [
        (SATURDAY + FORCED, 0),
        (SATURDAY + "restart: {policy: none, active_hours: {start: '08:00', end: '18:00'}}\n", 0),
        (SATURDAY + "restart: {policy: none}\n", 8),
        (SATURDAY + "restart: {policy: not-while-users-are-logged-on}\n", 8),
        ("restart: {policy: deadline, days: 2, grace_days: 1}\n", 8),
        ("updates: {mode: download}\n", 8),
    ],
)
def test_a_restart_that_nothing_places_falls_into_no_window(body: str, homeless: int) -> None:
    found = laid(body, extra_target=ROME)

    assert len(in_no_window(found)) == homeless


@pytest.mark.parametrize(("end", "inside"), [("18:00", False), ("20:00", True)])
def test_a_deadline_is_in_a_window_when_it_is_due_outside_active_hours(
    end: str, inside: bool
) -> None:
    # 10:00 in Los Angeles is 19:00 in Rome.
    hours = f"active_hours: {{start: '08:00', end: '{end}'}}"
    found = laid(
        f"restart: {{policy: deadline, days: 2, grace_days: 1, {hours}}}\n", extra_target=ROME
    )

    assert bool(window_of(found.plan, found.courses[0])) is not inside


@pytest.mark.parametrize(
    ("who", "body", "part"),
    [
        ("configmgr", "updates: {mode: download}\n", "Configuration Manager"),
        ("manual", "updates: {mode: notify}\n", ""),
        ("group-policy", "updates: {mode: off}\n", "nobody"),
    ],
)
def test_where_somebody_else_decides_no_time_is_invented(who: str, body: str, part: str) -> None:
    found = laid(body, orchestration=who)

    assert part in sentences.installs(found)
    assert {row.installed for row in found.courses} == {None}
    assert {row.exposed_days for row in found.courses} == {None}
    assert compare(found).hotpatch is None


def test_clock_changes_and_hours_that_do_not_exist_are_told() -> None:
    body = SATURDAY.replace("saturday", "sunday").replace("04:00", "02:00") + FORCED
    found = laid(body, extra_target=ROME)

    assert (
        "clocks change in Europe/Rome: 2026-03-29 (forward), 2026-10-25 (back)"
        in sentences.remarks(found)
    )
    assert any("2026-03-29 02:00 does not exist" in text for text in sentences.remarks(found))
    assert not any(
        "does not exist" in text
        for text in sentences.remarks(laid(SATURDAY + FORCED, extra_target=ROME))
    )


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "Asia/Kathmandu", "Etc/GMT+12"])
def test_odd_zones_are_reckoned_with(zone: str) -> None:
    found = laid(SATURDAY + FORCED, timezone=zone)

    assert all(row.installed is not None for row in found.courses)


def ring(order: int, day: str, extra: str = "") -> Overlay:
    body = f"ring: {{name: r{order}, order: {order}}}\n"
    body += SATURDAY.replace("saturday", day) + FORCED
    found = laid(body, months=4, extra_target=f", time_zone: Europe/Rome{extra}")
    return replace(found, name=f"r{order}")


def test_rings_stand_in_their_order_and_the_one_that_overtakes_is_named() -> None:
    items = in_ring_order([ring(2, "thursday"), ring(1, "saturday")])

    assert [item.order for item in items] == [1, 2]
    found = baselines(items)
    assert [str(row.month) for row in found] == ["2026-01", "2026-04"]
    assert [turn.order for turn in found[0].turns] == [2, 1]
    assert found[0].against == ("r2",)
    assert baselines([ring(1, "thursday"), ring(2, "saturday")])[0].against == ()


def test_domain_controllers_of_two_profiles_in_one_hour_are_found() -> None:
    role = ", role: domain-controller"

    ((names, month),) = same_hour([ring(1, "saturday", role), ring(2, "saturday", role)])
    assert (names, str(month)) == (("r1", "r2"), "2026-01")
    assert list(same_hour([ring(1, "saturday", role), ring(2, "sunday", role)])) == []
    assert list(same_hour([ring(1, "saturday", role), ring(2, "saturday")])) == []


def test_the_comparison_counts_restarts_and_days_of_both_ways() -> None:
    found = compare(laid(SATURDAY + FORCED, first="2026-01", months=9, extra_target=ROME))
    assert found.hotpatch is not None
    assert found.cumulative is not None

    assert (found.hotpatch.restarts, found.hotpatch.restarts_at_most) == (5, 5)
    assert (found.cumulative.restarts, found.cumulative.restarts_at_most) == (9, 9)
    # Released Tuesday 18:00 or 19:00, installed Saturday 04:00: eight times 81 hours, and in
    # March, while only the United States have changed their clocks, 82; a restart is half an hour.
    assert found.hotpatch.exposed_days == round((8 * 81 + 82 + 5 * 0.5) / 24, 1)
    assert found.cumulative.exposed_days == round((8 * 81 + 82 + 9 * 0.5) / 24, 1)


def test_overlapping_days_count_once() -> None:
    body = "restart: {policy: deadline, days: 30, grace_days: 7}\n"
    found = compare(laid(body, months=12, extra_target=ROME))
    assert found.cumulative is not None

    # 13 January 19:00 to 7 January 2027 (8 December and 30 days), gapless but for four days each
    # after the months that are followed by a release five weeks later.
    assert 330 < found.cumulative.exposed_days <= 366


def test_server_2022_has_its_own_calendar() -> None:
    found = laid(SATURDAY + FORCED, os=OS_2022, first="2026-06", months=4)

    assert [row.entry.kb for row in found.courses] == [
        "KB5094128", "KB5099540", "KB5120229", "KB5122882",
    ]  # fmt: skip
    assert found.courses[0].restart_due is not None


@pytest.mark.parametrize(
    ("restart", "sure"),
    [
        ("restart: {policy: when-required}\n", False),
        (FORCED, False),
        ("restart: {policy: deadline, days: 2, grace_days: 1}\n", True),
    ],
)
def test_a_turn_is_sure_only_where_a_deadline_ends_the_restart(restart: str, sure: bool) -> None:
    mode = "" if sure else SATURDAY
    (first, *_) = baselines([laid(mode + restart, months=3, timezone="Europe/Rome")])

    assert [(turn.at is not None, turn.sure) for turn in first.turns] == [(True, sure)]


@pytest.mark.parametrize("start", [0, 1, 6, 8, 17, 23])
def test_a_restart_by_a_deadline_is_in_a_window_exactly_outside_active_hours(start: int) -> None:
    deadline = "restart: {policy: deadline, days: 2, grace_days: 1}\n"
    overlay = laid(deadline, months=3, timezone="Europe/Rome")
    row = next(item for item in overlay.courses if item.restart_due)
    assert row.restart_due is not None
    for end in range(24):
        if end == start:
            continue
        plan = replace(overlay.plan, active_hours=(start, end))
        active = {(start + step) % 24 for step in range((end - start) % 24)}
        for hour in range(24):
            due = replace(row, restart_due=row.restart_due.replace(hour=hour))
            wanted = "" if hour in active else "outside active hours"
            assert window_of(plan, due) == wanted, (end, hour)
