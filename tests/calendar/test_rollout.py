"""One month of one plan: active hours, protection, windows and pauses, each hour by itself."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from gpogen.calendar.compare import compare
from gpogen.calendar.entries import MonthEntry, Restart, entries
from gpogen.calendar.overlay import Overlay, lay_over
from gpogen.calendar.plan import Deadline, Plan, plan_of
from gpogen.calendar.rollout import Course, course, days_between
from gpogen.calendar.schedule import Schedule
from gpogen.calendar.sight import MAX_NAMED, listed
from gpogen.calendar.window import Window
from gpogen.catalog.months import Month, months_from
from gpogen.releases.knowledge import know
from gpogen.rules.check import subject_of
from tests.support.profiles import checked

UTC = datetime.UTC
HOUR = datetime.timedelta(hours=1)
TODAY = datetime.date(2026, 11, 24)
NONE = Plan(
    schedule=None,
    deferral=0,
    pause=None,
    deadline=None,
    warn_minutes=None,
    waits_for_logoff=False,
    active_hours=None,
)
HOURS = (0, 1, 5, 8, 12, 17, 18, 22, 23)


def month(word: str = "2026-07") -> MonthEntry:
    (found,) = entries(know(), "windows-server-2025", months_from(Month.parse(word), 1), TODAY)
    return found


BASELINE, HOTPATCH = month("2026-07"), month("2026-08")


def zone(hours: int) -> datetime.timezone:
    return datetime.timezone(datetime.timedelta(hours=hours))


def moment(day: int, hour: int = 0, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, 7, day, hour, minute, tzinfo=UTC)


def test_the_months_of_this_file_are_a_baseline_and_a_hotpatch() -> None:
    assert BASELINE.restart is Restart.YES
    assert HOTPATCH.restart is Restart.NO


@pytest.mark.parametrize("offset", range(-12, 15))
@pytest.mark.parametrize("start", HOURS)
def test_a_deadline_restarts_at_the_first_moment_outside_active_hours(
    offset: int, start: int
) -> None:
    for end in HOURS:
        if end == start:
            continue
        active = {(start + step) % 24 for step in range((end - start) % 24)}
        plan = replace(
            NONE, deadline=Deadline(days=9, grace=0, early=True), active_hours=(start, end)
        )
        found = course(plan, BASELINE, (zone(offset),))
        assert found.installed is not None
        wanted = found.installed
        while wanted.hour in active:
            wanted = (wanted + HOUR).replace(minute=0)

        assert found.restart_from == wanted, (start, end)


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(("days", "grace"), [(0, 0), (0, 2), (3, 0), (3, 2), (2, 5)])
def test_a_deadline_is_due_after_its_days_or_its_grace(days: int, grace: int, early: bool) -> None:
    plan = replace(NONE, deadline=Deadline(days=days, grace=grace, early=early))
    found = course(plan, BASELINE, (UTC,))
    assert found.installed is not None
    due = found.installed + max(days, grace) * 24 * HOUR

    assert found.restart_due == due
    assert found.restart_from == (found.installed if early else due)
    assert course(plan, HOTPATCH, (UTC,)).restart_due is None


@pytest.mark.parametrize("warning", [0, 15, 180])
def test_a_forced_restart_follows_the_warning_and_a_hotpatch_has_none(warning: int) -> None:
    plan = replace(NONE, schedule=Schedule(day=0, hour=3), warn_minutes=warning)
    found, hotpatch = (course(plan, entry, (UTC,)) for entry in (BASELINE, HOTPATCH))
    assert found.installed is not None

    assert found.restart_due == found.installed + datetime.timedelta(minutes=warning)
    assert found.restart_from == found.restart_due
    assert hotpatch.restart_from is None
    assert hotpatch.restart_due is None


@pytest.mark.parametrize("restart", Restart)
def test_the_restart_protects_from_what_needs_one_and_the_installation_else(
    restart: Restart,
) -> None:
    entry = replace(BASELINE, restart=restart)
    made = Course(
        entry=entry,
        zone=UTC,
        released=moment(14, 17),
        offered=moment(14, 17),
        installed=moment(15, 3),
        restart_due=moment(16, 3),
    )

    assert made.protected == moment(16 if restart is Restart.YES else 15, 3)
    assert made.protected_after_restart == moment(15 if restart is Restart.NO else 16, 3)


@pytest.mark.parametrize(
    ("seconds", "days"),
    [(0, 0.0), (4319, 0.0), (4320, 0.1), (8640, 0.1), (12959, 0.1), (12960, 0.2), (86400, 1.0)],
)
def test_days_are_told_to_one_decimal_half_up(seconds: int, days: float) -> None:
    end = moment(14) + datetime.timedelta(seconds=seconds)

    assert days_between(moment(14), end) == days
    assert days_between(moment(14), end.astimezone(zone(9))) == days
    assert days_between(moment(14), None) is None


def test_a_month_that_never_installs_is_the_latest_of_all_zones() -> None:
    never = course(NONE, BASELINE, (UTC, zone(3)))
    assert never.installed is None
    plan = replace(NONE, schedule=Schedule(day=0, hour=3))
    found = course(plan, BASELINE, tuple(zone(hours) for hours in range(-12, 15)))
    each = [course(plan, BASELINE, (zone(hours),)) for hours in range(-12, 15)]
    assert found.installed == max(item.installed for item in each if item.installed)


@pytest.mark.parametrize(
    ("offset", "day"),
    [
        (0, "on the second Tuesday"),
        (1, "1 day after the second Tuesday"),
        (2, "2 days after the second Tuesday"),
        (6, "6 days after the second Tuesday"),
    ],
)
@pytest.mark.parametrize(
    ("minutes", "length"), [(60, "1:00"), (90, "1:30"), (125, "2:05"), (600, "10:00")]
)
def test_a_window_is_told_with_its_day_and_its_length(
    offset: int, day: str, minutes: int, length: str
) -> None:
    window = Window(offset=offset, hour=9, minute=5, minutes=minutes, zone=None)

    assert window.text == f"{day}, 09:05, for {length} hours"


def laid(body: str, months: int = 12) -> Overlay:
    head = "vbs: {enforce: policy+registry}\nallow: [{rule: HP032, why: x}]\n"
    subject = subject_of(checked(head + body, extra_target=", time_zone: Europe/Rome"))
    assert subject is not None
    return lay_over(subject, know(), months_from(Month.parse("2026-01"), months), today=TODAY)


RUN = "updates: {mode: install-on-schedule, schedule: {day: saturday, at: '04:00'}}\n"


def test_a_comparison_counts_restarts_and_the_days_that_the_months_cover_together() -> None:
    item = laid(f"{RUN}restart: {{policy: at-scheduled-time, warn_minutes: 30}}\n")
    found = compare(item).hotpatch
    assert found is not None
    sure = [row for row in item.courses if row.entry.restart is Restart.YES]
    possible = [row for row in item.courses if row.entry.restart is Restart.POSSIBLE]
    spans = [(row.released, row.protected) for row in item.courses]
    total = sum((end - start).total_seconds() for start, end in spans if end)

    assert found.restarts == len(sure)
    assert found.restarts_at_most == len(sure) + len(possible)
    assert found.exposed_days == round(total / 86400, 1)
    assert not found.at_least
    assert compare(laid(RUN)).hotpatch is not None
    loose = compare(laid(f"{RUN}restart: {{policy: when-required}}\n")).hotpatch
    assert loose is not None
    assert loose.at_least
    only = compare(replace(item, courses=tuple(one for one in item.courses if one not in sure)))
    assert only.hotpatch is not None
    assert only.hotpatch.restarts == 0


AU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"


def plan(*values: tuple[str, int]) -> Plan:
    items = "".join(
        f"  - {{key: '{AU}', name: {name}, type: dword, data: {data}}}\n" for name, data in values
    )
    subject = subject_of(checked(f"registry:\n{items}"))
    assert subject is not None
    return plan_of(subject)


@pytest.mark.parametrize("day", range(10))
def test_a_day_beyond_saturday_is_cut_down_and_told(day: int) -> None:
    found = plan(("AUOptions", 4), ("ScheduledInstallDay", day))

    assert found.schedule is not None
    assert found.schedule.day == min(day, 7)
    told = f"ScheduledInstallDay is {day}, more than 7: the calendar uses 7"
    assert found.beyond == ((told,) if day > 7 else ())


@pytest.mark.parametrize(
    ("warning", "wanted"), [(None, 15), (15, 15), (0, 0), (180, 180), (181, 180)]
)
def test_the_warning_before_a_forced_restart_is_15_minutes_unless_it_is_set(
    warning: int | None, wanted: int
) -> None:
    values = [("AUOptions", 4), ("AlwaysAutoRebootAtScheduledTime", 1)]
    if warning is not None:
        values.append(("AlwaysAutoRebootAtScheduledTimeMinutes", warning))
    found = plan(*values)

    assert found.warn_minutes == wanted
    assert len(found.beyond) == (warning == 181)
    assert plan(("AUOptions", 4)).warn_minutes is None


@pytest.mark.parametrize("count", range(1, MAX_NAMED + 4))
def test_names_are_told_up_to_a_number_and_the_others_are_counted(count: int) -> None:
    names = [f"KB{number}" for number in range(count)]
    more = f" and {count - MAX_NAMED} more" if count > MAX_NAMED else ""

    assert listed(names) == ", ".join(names[:MAX_NAMED]) + more
    assert listed([*names, *names]) == listed(names)


@pytest.mark.parametrize("restart", Restart)
@pytest.mark.parametrize("forced", [True, False])
def test_every_month_but_a_baseline_is_unproven_where_restarts_are_forced(
    restart: Restart, forced: bool
) -> None:
    plan = replace(NONE, schedule=Schedule(day=0, hour=3), warn_minutes=30 if forced else None)
    found = course(plan, replace(BASELINE, restart=restart), (UTC,))

    assert found.forced is forced
    assert found.unproven is (forced and restart is not Restart.YES)


def test_a_deadline_forces_no_restart_by_the_timer() -> None:
    late = Deadline(days=2, grace=1, early=False)
    plan = replace(NONE, schedule=Schedule(day=0, hour=3), warn_minutes=30, deadline=late)

    assert not course(plan, HOTPATCH, (UTC,)).unproven


def test_of_equal_courses_the_one_nearest_to_utc_is_shown() -> None:
    zones = tuple(zone(hours) for hours in range(-12, 15))

    assert course(NONE, BASELINE, zones).zone == zone(0)
    assert course(NONE, BASELINE, zones[:5]).zone == zone(-8)
    assert course(NONE, BASELINE, zones[20:]).zone == zone(8)
