"""When a scheduled installation runs, by both readings of the week boxes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from gpogen.calendar.clock import moment, skipped
from gpogen.catalog.months import Month

EVERY_DAY = 0
HORIZON = 400
"""Days; a schedule that does not run for so long never does."""


class WeekReading(StrEnum):
    """What "second week" means: nobody has proved it (UNPROVEN-B)."""

    NTH = "nth weekday"
    """The second such weekday of the month: the 8th to the 14th."""
    WEEK = "calendar week"
    """The second row of a calendar whose weeks begin on Sunday."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule of Windows Update.

    Attributes:
        day: 0 for every day, 1 for Sunday to 7 for Saturday, as ScheduledInstallDay has it.
        hour: 0 to 23, or None where Windows chooses (ScheduledInstallTime 24).
        weeks: 1 to 4, or empty for every week.
    """

    day: int
    hour: int | None
    weeks: frozenset[int] = frozenset()

    @property
    def readings(self) -> tuple[WeekReading, ...]:
        """The readings that there are: one when no week is chosen."""
        return tuple(WeekReading) if self.weeks else (WeekReading.NTH,)

    @property
    def hours(self) -> tuple[int, ...]:
        """The hours that count: all of them where Windows chooses."""
        return tuple(range(24)) if self.hour is None else (self.hour,)

    def falls_on(self, day: datetime.date, reading: WeekReading) -> bool:
        """Tell whether it runs on a day."""
        if self.day not in (EVERY_DAY, day.isoweekday() % 7 + 1):
            return False
        return not self.weeks or week_of(day, reading) in self.weeks

    def runs(
        self, after: datetime.datetime, zone: datetime.tzinfo, reading: WeekReading, hour: int
    ) -> Iterator[datetime.datetime]:
        """Yield the runs at or after a moment, in local time, for :data:`HORIZON` days."""
        start = after.astimezone(zone).date()
        for step in range(HORIZON):
            day = start + datetime.timedelta(days=step)
            if not self.falls_on(day, reading):
                continue
            run = moment(day, hour, zone)
            if run is not None and run.astimezone(datetime.UTC) >= after:
                yield run

    def skipped_runs(
        self, zone: ZoneInfo, months: Sequence[Month]
    ) -> tuple[datetime.datetime, ...]:
        """Return its runs (naive) of months in a row over which the clocks go forward."""
        return tuple(
            gone
            for gone in skipped(zone, months[0], len(months))
            if gone.hour == self.hour
            and any(self.falls_on(gone.date(), reading) for reading in self.readings)
        )

    def last_run(
        self, month: Month, zone: datetime.tzinfo, reading: WeekReading, hour: int
    ) -> datetime.datetime | None:
        """Return the last run within a month, or None."""
        for day in reversed(tuple(month.days())):
            if self.falls_on(day, reading):
                run = moment(day, hour, zone)
                if run is not None:
                    return run
        return None

    def last_planned(
        self, month: Month, zone: datetime.tzinfo, reading: WeekReading, hour: int
    ) -> datetime.datetime | None:
        """Return when the last run of a month would be, even if the clocks go forward over it."""
        for day in reversed(tuple(month.days())):
            if self.falls_on(day, reading):
                return datetime.datetime.combine(day, datetime.time(hour), tzinfo=zone)
        return None


def week_of(day: datetime.date, reading: WeekReading) -> int:
    """Return which week of its month a day belongs to, from 1."""
    if reading is WeekReading.NTH:
        return (day.day - 1) // 7 + 1
    before_first = day.replace(day=1).isoweekday() % 7  # Days of that row before the 1st.
    return (day.day - 1 + before_first) // 7 + 1
