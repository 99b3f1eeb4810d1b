"""Hours: when updates appear, and what daylight saving does to a machine's own time."""

from __future__ import annotations

import datetime
from functools import cache
from zoneinfo import ZoneInfo

from gpogen.catalog.months import RELEASE_HOUR, RELEASE_ZONE, Month

EVERY_OFFSET = tuple(datetime.timezone(datetime.timedelta(hours=hours)) for hours in range(-12, 15))
"""UTC-12 to UTC+14: where a machine can be whose time zone nobody has said."""


def release_moment(day: datetime.date) -> datetime.datetime:
    """Return the moment (UTC) at which the updates of a day appear."""
    pacific = datetime.datetime.combine(
        day, datetime.time(RELEASE_HOUR), tzinfo=ZoneInfo(RELEASE_ZONE)
    )
    return pacific.astimezone(datetime.UTC)


def zone_of(name: str) -> datetime.tzinfo:
    """Return an IANA time zone.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is none of this name.
    """
    return ZoneInfo(name)


def moment(day: datetime.date, hour: int, zone: datetime.tzinfo) -> datetime.datetime | None:
    """Return a local hour of a day, the first of two; None where clocks go forward over it."""
    local = datetime.datetime.combine(day, datetime.time(hour), tzinfo=zone)
    back = local.astimezone(datetime.UTC).astimezone(zone)
    return local if back.hour == hour and back.minute == 0 else None


@cache
def skipped(zone: ZoneInfo, first: Month, count: int) -> tuple[datetime.datetime, ...]:
    """Return the local hours (naive) that daylight saving skips in so many months."""
    return tuple(
        datetime.datetime.combine(day, datetime.time(hour))
        for day in changes(zone, first, count)
        for hour in range(24)
        if moment(day, hour, zone) is None
    )


@cache
def changes(zone: ZoneInfo, first: Month, count: int) -> tuple[datetime.date, ...]:
    """Return the days on which the clocks change in so many months."""
    found = []
    end = (first + count).first_day
    day, before = first.first_day, _offset(first.first_day, zone)
    while day < end:
        day += datetime.timedelta(days=1)
        after = _offset(day, zone)
        if after != before:
            found.append(day - datetime.timedelta(days=1))
        before = after
    return tuple(found)


def _offset(day: datetime.date, zone: datetime.tzinfo) -> datetime.timedelta | None:
    """Return the distance from UTC at the day's first hour, before any change in it."""
    return datetime.datetime.combine(day, datetime.time(0), tzinfo=zone).utcoffset()


def goes_forward(day: datetime.date, zone: datetime.tzinfo) -> bool:
    """Tell whether a change of the clocks on a day is one forward."""
    before, after = _offset(day, zone), _offset(day + datetime.timedelta(days=1), zone)
    return before is not None and after is not None and after > before


def offset_name(zone: datetime.tzinfo) -> str:
    """Write ``Europe/Rome``, or ``UTC+14`` for a fixed distance."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    hours = int((zone.utcoffset(None) or datetime.timedelta()).total_seconds() // 3600)
    return f"UTC{hours:+d}" if hours else "UTC"
