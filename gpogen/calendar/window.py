"""The monthly windows of Azure Update Manager, counted from Patch Tuesday."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from gpogen.catalog.months import Month
from gpogen.profile.schema import Profile

_DAY = datetime.timedelta(days=1)
_MONTHS = 14
"""So many windows are tried after an offer."""


@dataclass(frozen=True, slots=True)
class Window:
    """One window a month.

    Attributes:
        offset: days after the second Tuesday.
        hour: when it opens.
        minute: likewise.
        minutes: how long it is open.
        zone: its own time zone; None for that of the machines.
    """

    offset: int
    hour: int
    minute: int
    minutes: int
    zone: datetime.tzinfo | None

    @property
    def text(self) -> str:
        """Say when it is."""
        day = "on the second Tuesday"
        if self.offset:
            plural = "s" if self.offset > 1 else ""
            day = f"{self.offset} day{plural} after the second Tuesday"
        zone = f" {getattr(self.zone, 'key', '')}".rstrip() if self.zone else ""
        length = f"{self.minutes // 60}:{self.minutes % 60:02}"
        return f"{day}, {self.hour:02}:{self.minute:02}{zone}, for {length} hours"

    def span(
        self, month: Month, zone: datetime.tzinfo
    ) -> tuple[datetime.datetime, datetime.datetime]:
        """Return when a month's window opens and closes, in UTC."""
        day = month.patch_tuesday + self.offset * _DAY
        local = datetime.datetime.combine(
            day, datetime.time(self.hour, self.minute), tzinfo=self.zone or zone
        )
        start = local.astimezone(datetime.UTC)
        return start, start + datetime.timedelta(minutes=self.minutes)

    def starts(
        self, offered: datetime.datetime, zone: datetime.tzinfo
    ) -> Iterator[datetime.datetime]:
        """Yield when windows open (UTC) at an offer or later, for a year."""
        first = Month.of(offered.date()) + -1
        spans = (self.span(first + step, zone) for step in range(_MONTHS))
        return (start for start, _ in spans if start >= offered)


def window_of_profile(profile: Profile) -> Window | None:
    """Return the window that a profile describes; None without one."""
    from gpogen.calendar.clock import zone_of

    said = profile.update_manager
    if said is None:
        return None
    hour, minute = map(int, said.at.split(":"))
    hours, minutes = map(int, said.duration.split(":"))
    return Window(
        offset=said.patch_tuesday_offset,
        hour=hour,
        minute=minute,
        minutes=60 * hours + minutes,
        zone=zone_of(said.time_zone) if said.time_zone else None,
    )
