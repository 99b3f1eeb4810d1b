"""The next restart from today on, whether or not the months that are shown have it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gpogen.calendar.entries import MonthEntry, Restart, Status, entries
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.rollout import Course, course
from gpogen.calendar_views.lines import when
from gpogen.catalog.months import Month, months_from
from gpogen.workspace.calendar import Calendar

_BEFORE, _NEAR = 3, 10
"""Months before today, and all months, among which there are a past and a coming baseline."""
_NAMED = 3
"""So many months that may restart are named; between two baselines there are two."""
_NEXT = "next restart, known or planned"
_EARLIER = "earlier if a hotpatch month becomes an unplanned baseline"


class _Row(NamedTuple):
    """A month on the way to the next restart: the day that it is over, and how it is told."""

    entry: MonthEntry
    day: datetime.date
    sure: str
    possible: str


def of_system(found: Calendar, system: str) -> Iterator[str]:
    """Say which restart of a system is next that is sure, and which could come before it."""
    return _told(found, map(_row_of_system, _entries(found, system)))


def _row_of_system(row: MonthEntry) -> _Row:
    day = f"{row.date:%a} {row.date}"
    status = "" if row.status is Status.RELEASED else f", {row.status}"
    return _Row(row, row.date, f"{day} ({row.type}{status})", day)


def of_profile(found: Calendar, item: Overlay) -> Iterator[str]:
    """Say the same of a profile, whose machines restart later than the release."""
    courses = (course(item.plan, row, item.zones) for row in _entries(found, item.os))
    return _told(found, map(_row_of_profile, courses))


def _row_of_profile(row: Course) -> _Row:
    month, time = row.entry.month, _time_of(row)
    return _Row(row.entry, day_of(row), f"{month} ({row.entry.type}), {time}", f"{month} ({time})")


def _told(found: Calendar, rows: Iterable[_Row]) -> Iterator[str]:
    past: list[MonthEntry] = []
    ahead: list[_Row] = []
    for row in rows:
        if row.day < found.range.today:
            past.append(row.entry)
        else:
            ahead.append(row)
    yield from _overdue(past)
    sure = next((row for row in ahead if row.entry.restart is Restart.YES), None)
    yield f"{_NEXT}: {sure.sure}{_where(found, sure.entry.month)}" if sure else f"{_NEXT}: none"
    before = ahead[: ahead.index(sure)] if sure else ahead
    possible = [row.possible for row in before if row.entry.restart is Restart.POSSIBLE]
    if possible:
        yield f"{_EARLIER}: {_few(possible)}"


def day_of(row: Course) -> datetime.date:
    """Return the day that a month's update is over on the machines, as far as it is known."""
    return (row.restart_due or row.installed or row.released).date()


def _entries(found: Calendar, system: str) -> tuple[MonthEntry, ...]:
    """Return the months that are shown and those around today, in order."""
    today = found.range.today
    near = months_from(Month.of(today) + -_BEFORE, _NEAR)
    months = sorted({*found.range.months, *near})
    return entries(found.knowledge, system, months, today)


def _overdue(past: Sequence[MonthEntry]) -> Iterator[str]:
    """Name the newest past baseline if the release data lack it: its restart may still come."""
    baseline = next((row for row in reversed(past) if row.restart is Restart.YES), None)
    if baseline is not None and baseline.status is Status.OVERDUE:
        yield (
            f"overdue: {baseline.month} ({baseline.type}, {baseline.date:%a} {baseline.date}) is "
            "not in the release data; a machine that has not installed it yet restarts for it"
        )


def _where(found: Calendar, month: Month) -> str:
    if month < found.range.months[0]:
        return ", before these months"
    return ", after these months" if month > found.range.months[-1] else ""


def _time_of(row: Course) -> str:
    year = row.entry.month.year
    if row.restart_due is None and row.restart_from is not None:
        return f"{when(row.restart_from, year)} or later"
    if row.restart_due is None:
        return "time unknown"
    return f"{'from' if row.forced else 'by'} {when(row.restart_due, year)}"


def _few(texts: Sequence[str]) -> str:
    """List the first of some; a year of hotpatch months has nothing to say after those."""
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return f"{', '.join(texts[:_NAMED])}{more}"
