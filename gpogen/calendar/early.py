"""Schedules and windows that come before their month's release, or at an hour that is skipped."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from gpogen.calendar import clock
from gpogen.calendar.schedule import Schedule, WeekReading
from gpogen.calendar.window import Window
from gpogen.catalog.months import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """Months in which nothing runs after the release.

    Attributes:
        months: these months, in the zone and at the hour with most of them.
        zones: the zones, in order, in which there are so many.
        always: whether every month is so in every zone and at every hour that is possible.
        by_week_alone: whether that is so only if a week box means the calendar week.
    """

    months: tuple[Month, ...]
    zones: tuple[datetime.tzinfo, ...]
    always: bool
    by_week_alone: bool = False


def early_runs(
    schedule: Schedule, zone: ZoneInfo | None, months: tuple[Month, ...]
) -> Early | None:
    """Find the months of a schedule without a run after their release; None where there is none.

    Args:
        schedule: the schedule.
        zone: where the machines stand; None tries every offset.
        months: the months, in a row.
    """
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
        return None
    return Early(
        months=most,
        zones=tuple(one for one, early in worse if len(early) == len(most)),
        always=min(len(early) for _, early in worse) == len(months),
        by_week_alone=not any(early[WeekReading.NTH] for _, early in found),
    )


def early_windows(
    window: Window, own: ZoneInfo | None, months: tuple[Month, ...]
) -> tuple[Month, ...]:
    """Return the months whose window opens before their release, in the worst zone.

    Args:
        window: the window.
        own: where the machines stand; None tries every offset, where the window has no zone.
        months: the months, in a row.
    """
    zones = (own,) if own or window.zone else clock.EVERY_OFFSET
    return max(
        (
            tuple(
                month
                for month in months
                if window.span(month, zone or datetime.UTC)[0]
                < clock.release_moment(month.patch_tuesday)
            )
            for zone in zones
        ),
        key=len,
    )


@cache  # Ten thousand profiles have a handful of schedules between them.
def early_months(
    schedule: Schedule,
    zone: datetime.tzinfo,
    reading: WeekReading,
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


def late_by_the_clock(
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
