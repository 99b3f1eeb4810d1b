"""A schedule or window before its month's release, or at an hour that does not exist (HP032)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from gpogen.calendar import clock
from gpogen.calendar.early import Early, early_runs, early_windows, late_by_the_clock
from gpogen.calendar.plan import plan_of
from gpogen.calendar.schedule import EVERY_DAY, Schedule, WeekReading
from gpogen.calendar.window import window_of_profile
from gpogen.catalog.months import Month, months_from
from gpogen.catalog.releases import release_data
from gpogen.compile.subject import Subject
from gpogen.finding import Severity
from gpogen.rules.engine import Hit

MONTHS = 24
"""The number of months that are calculated, from the beginning of the release data's year: whether
a profile is right must not depend on the day on which somebody asks."""
_NAMED = 6
_FIX = "run every week (`weeks: every`), or in a week that is always later than the release"


def runs(subject: Subject) -> Iterator[Hit]:
    """Find what is wrong with the hour and the weeks of a schedule."""
    plan = plan_of(subject)
    if plan.schedule is None:
        return
    zone, months = _zone(subject), _months()
    found = early_runs(plan.schedule, zone, months) if plan.schedule.weeks else None
    if found is not None:
        yield _early(subject, found, zone, months)
    if zone is not None:
        yield from _skipped(subject, plan.schedule, zone, months)


def windows(subject: Subject) -> Iterator[Hit]:
    """Find the months whose window of Update Manager opens before their release."""
    window = window_of_profile(subject.profile) if subject.profile else None
    if window is None:
        return
    own, months = _zone(subject), _months()
    worst = early_windows(window, own, months)
    if worst:
        which = "every month" if len(worst) == len(months) else _named(worst)
        message = (
            f"the window opens before the month's release, so updates install a month late: {which}"
        )
        yield Hit(
            message=message,
            at=subject.place_of("update_manager"),
            severity=None if own or window.zone else Severity.WARNING,
            fix="set patch_tuesday_offset to 1 or more",
        )


def _zone(subject: Subject) -> ZoneInfo | None:
    name = subject.machines.time_zone if subject.machines else ""
    return ZoneInfo(name) if name else None


def _months() -> tuple[Month, ...]:
    return months_from(Month(release_data().as_of.year, 1), MONTHS)


def _early(subject: Subject, found: Early, zone: ZoneInfo | None, months: Sequence[Month]) -> Hit:
    which = "every month" if len(found.months) == len(months) else _named(found.months)
    message = f"the run is before the month's release, so updates install a month late: {which}"
    message += _where(zone, found.zones, always=found.always)
    if found.by_week_alone:
        message += f", if a week box means the {WeekReading.WEEK} (unproven)"
    severity = None if found.always else Severity.WARNING
    fix = None if zone is None or subject.foreign else _FIX
    return Hit(message=message, at=subject.place("ScheduledInstallDay"), severity=severity, fix=fix)


def _where(zone: ZoneInfo | None, worst: Sequence[datetime.tzinfo], *, always: bool) -> str:
    if zone is not None:
        return f", in {zone.key}"
    if always:
        return ", in every time zone"
    first, last = clock.offset_name(worst[0]), clock.offset_name(worst[-1])
    return f", in {first}" if first == last else f", in {first} to {last}"


def _named(months: Sequence[Month]) -> str:
    shown = ", ".join(str(month) for month in months[:_NAMED])
    more = len(months) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _skipped(
    subject: Subject, schedule: Schedule, zone: ZoneInfo, months: Sequence[Month]
) -> Iterator[Hit]:
    gone = schedule.skipped_runs(zone, months)
    if not gone:
        return
    days = ", ".join(str(item.date()) for item in gone)
    message = f"{schedule.hour:02}:00 does not exist on {days} in {zone.key}: daylight "
    message += "saving time skips it"
    late = late_by_the_clock(schedule, zone, [Month.of(item.date()) for item in gone])
    message += f", and no later run follows the release in {_named(late)}" if late else ""
    severity = Severity.INFO if schedule.day == EVERY_DAY else Severity.WARNING
    fix = "choose an hour that exists on every day, such as 04:00"
    yield Hit(message=message, at=subject.place("ScheduledInstallTime"), severity=severity, fix=fix)
