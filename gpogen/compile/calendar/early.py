"""Schedules that run before their month's release, or at an hour that does not exist (HP032)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from functools import cache
from zoneinfo import ZoneInfo

from gpogen.catalog.months import Month, months_from
from gpogen.catalog.releases import release_data
from gpogen.compile.calendar import clock
from gpogen.compile.calendar.plan import plan_of
from gpogen.compile.calendar.schedule import EVERY_DAY, Reading, Schedule
from gpogen.compile.calendar.window import window_of_profile
from gpogen.compile.rules.engine import Hit, Subject
from gpogen.finding import Severity

MONTHS = 24
"""So many months from the beginning of the release data's year are reckoned: whether a profile
is right must not depend on the day on which somebody asks."""
_NAMED = 6
_FIX = "run every week (`weeks: every`), or in a week that is safely later"


def early_runs(subject: Subject) -> Iterator[Hit]:
    """Find what is wrong with the hour and the weeks of a schedule."""
    plan = plan_of(subject)
    if plan.schedule is None or plan.deadline is not None:
        return
    target = subject.profile.target
    zone = ZoneInfo(target.time_zone) if target and target.time_zone else None
    months = months_from(Month(release_data().as_of.year, 1), MONTHS)
    if plan.schedule.weeks:
        yield from _early(subject, plan.schedule, zone, months)
    if zone is not None:
        yield from _skipped(subject, plan.schedule, zone, months)


def early_windows(subject: Subject) -> Iterator[Hit]:
    """Find the months whose window of Update Manager opens before their release."""
    window = window_of_profile(subject.profile)
    if window is None or plan_of(subject).window is None:
        return
    target = subject.profile.target
    own = ZoneInfo(target.time_zone) if target and target.time_zone else None
    zones = (own,) if own or window.zone else clock.EVERY_OFFSET
    months = months_from(Month(release_data().as_of.year, 1), MONTHS)
    worst = max(
        (
            [
                month
                for month in months
                if window.span(month, zone or datetime.UTC)[0]
                < clock.release_moment(month.patch_tuesday)
            ]
            for zone in zones
        ),
        key=len,
    )
    if worst:
        which = "every month" if len(worst) == len(months) else _named(worst)
        message = f"the window opens before the month's release, and so a month late: {which}"
        yield Hit(
            message=message,
            at=subject.tree.place("update_manager"),
            severity=None if own or window.zone else Severity.WARNING,
            fix="set patch_tuesday_offset to 1 or more",
        )


def _early(
    subject: Subject, schedule: Schedule, zone: ZoneInfo | None, months: tuple[Month, ...]
) -> Iterator[Hit]:
    zones = (zone,) if zone else clock.EVERY_OFFSET
    found = [
        (
            one,
            {
                reading: early_months(schedule, one, reading, hour, months)
                for reading in schedule.readings
            },
        )
        for one in zones
        for hour in schedule.hours
    ]
    worse = [(one, max(early.values(), key=len)) for one, early in found]
    most = max((early for _, early in worse), key=len)
    if not most:
        return
    always = min(len(early) for _, early in worse) == len(months)
    which = "every month" if len(most) == len(months) else _named(most)
    message = f"the run comes before the month's release, and so a month late: {which}"
    worst = [one for one, early in worse if len(early) == len(most)]
    message += _where(zone, worst, always=always)
    if not any(early[Reading.NTH] for _, early in found):
        message += f", if a week box means the {Reading.WEEK} (unproven)"
    severity = None if always else Severity.WARNING
    fix = None if zone is None or subject.foreign else _FIX
    at = subject.place("ScheduledInstallDay")
    yield Hit(message=message, at=at, severity=severity, fix=fix)


def _where(zone: ZoneInfo | None, worst: Sequence[datetime.tzinfo], *, always: bool) -> str:
    if zone is not None:
        return f", in {zone.key}"
    if always:
        return ", in every time zone"
    first, last = clock.offset_name(worst[0]), clock.offset_name(worst[-1])
    return f", in {first}" if first == last else f", in {first} to {last}"


@cache  # Ten thousand profiles have a handful of schedules between them.
def early_months(
    schedule: Schedule,
    zone: datetime.tzinfo,
    reading: Reading,
    hour: int,
    months: tuple[Month, ...],
) -> tuple[Month, ...]:
    """Return the months in which no run follows the release, and none would without a clock change.

    Where daylight saving skips the run that would follow, that is the cause, not the schedule.
    """
    return tuple(
        month
        for month in months
        if _is_before(schedule.last_run(month, zone, reading, hour), month)
        and _is_before(schedule.last_planned(month, zone, reading, hour), month)
    )


def _is_before(run: datetime.datetime | None, month: Month) -> bool:
    """Tell whether a run comes before the month's release, or there is none."""
    return run is None or run.astimezone(datetime.UTC) < clock.release_moment(month.patch_tuesday)


def _named(months: Sequence[Month]) -> str:
    shown = ", ".join(str(month) for month in months[:_NAMED])
    more = len(months) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _late_by_the_clock(
    schedule: Schedule, zone: ZoneInfo, months: Sequence[Month]
) -> tuple[Month, ...]:
    """Return the months that would have a run after the release if the clocks stood still."""
    return tuple(
        month
        for month in months
        for hour in schedule.hours
        if any(
            _is_before(schedule.last_run(month, zone, reading, hour), month)
            and not _is_before(schedule.last_planned(month, zone, reading, hour), month)
            for reading in schedule.readings
        )
    )


def _skipped(
    subject: Subject, schedule: Schedule, zone: ZoneInfo, months: Sequence[Month]
) -> Iterator[Hit]:
    gone = schedule.skipped_runs(zone, months)
    if not gone:
        return
    days = ", ".join(str(item.date()) for item in gone)
    message = f"{schedule.hour:02}:00 does not exist on {days} in {zone.key}: clocks go forward "
    message += "over the run"
    late = _late_by_the_clock(schedule, zone, [Month.of(item.date()) for item in gone])
    message += f", and no other follows the release in {_named(late)}" if late else ""
    severity = Severity.INFO if schedule.day == EVERY_DAY else Severity.WARNING
    fix = "choose an hour that exists on every day, such as 04:00"
    yield Hit(message=message, at=subject.place("ScheduledInstallTime"), severity=severity, fix=fix)
