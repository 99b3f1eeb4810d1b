"""Twelve months with hotpatch against the same schedule with cumulative updates alone."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gpogen.calendar.entries import Restart, count_restarts
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.rollout import Course, course

ASSUMPTIONS = tuple(
    """\
The machine is on, finds an update as soon as it is offered, and stands on the current baseline.
Installing takes no time. A restart comes as late as the profile lets it.
An update protects when it is installed; where a restart is due, when that is done.
Days on which a released update is missing count once, however many are missing.
Planned months stay as planned; "up to" takes every planned hotpatch for an unplanned baseline.
Out-of-band updates, .NET, drivers and restarts for other reasons are not counted.
Without hotpatch each month restarts, by the same schedule, deferral, pause and restart policy.
""".splitlines()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One way of patching over the months.

    Attributes:
        restarts: that are sure by what is known and planned.
        restarts_at_most: with those that are possible.
        exposed_days: days on which a released update is missing.
        exposed_days_at_most: the same, if all possible restarts come.
        at_least: whether days are missing in the two, because no policy says when a restart is.
    """

    restarts: int
    restarts_at_most: int
    exposed_days: float
    exposed_days_at_most: float
    at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both ways over the same months; None where nothing says when updates install."""

    name: str
    months: int
    hotpatch: Figures | None
    cumulative: Figures | None


def compare(item: Overlay) -> Comparison:
    """Compare a profile with itself without hotpatch."""
    plain = [
        course(item.plan, replace(row.entry, restart=Restart.YES), (row.zone,))
        for row in item.courses
    ]
    known = bool(item.courses) and all(row.installed for row in item.courses)
    return Comparison(
        name=item.name,
        months=len(item.courses),
        hotpatch=_figures(item.courses) if known else None,
        cumulative=_figures(plain) if known else None,
    )


def _figures(courses: Iterable[Course]) -> Figures:
    rows = tuple(courses)
    sure, possible = count_restarts(row.entry for row in rows)
    return Figures(
        restarts=sure,
        restarts_at_most=sure + possible,
        exposed_days=_days((row.released, row.protected or row.installed) for row in rows),
        exposed_days_at_most=_days(
            (row.released, row.protected_after_restart or row.installed) for row in rows
        ),
        at_least=any(
            row.entry.restart is not Restart.NO and row.restart_due is None for row in rows
        ),
    )


def _days(
    spans: Iterable[tuple[datetime.datetime, datetime.datetime | None]],
) -> float:
    """Return the days that the spans cover together."""
    total = datetime.timedelta()
    reached = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    moments = [
        (start.astimezone(datetime.UTC), end.astimezone(datetime.UTC))
        for start, end in spans
        if end is not None
    ]
    for start, end in sorted(moments):
        if end > reached:
            total += end - max(start, reached)
            reached = end
    return round(total.total_seconds() / 86400, 1)
