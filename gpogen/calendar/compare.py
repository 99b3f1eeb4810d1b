"""Twelve months with hotpatch against the same schedule, or another, without it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gpogen.calendar.entries import Restart, count_restarts
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.rhythm import Other
from gpogen.calendar.rollout import Course, course

ASSUMPTIONS = tuple(
    """\
The machine is on, finds an update as soon as it is offered, and has the current baseline.
Installing takes no time. A restart happens as late as the profile allows.
An update protects once it is installed or, if it requires a restart, once the restart is done.
A day counts once, however many released updates are missing on it.
A hotpatch does not start the forced restart of at-scheduled-time, which is unproven (UNPROVEN-A).
Planned months do not change; "up to" counts every planned hotpatch as an unplanned baseline.
Out-of-band updates, .NET, drivers and restarts for other reasons are not counted.
""".splitlines()
)
_SAME = (
    "Without hotpatch, each month restarts, on the same schedule and with the same deferral, "
    "pause and restart policy."
)
_IN_WORDS = (
    "Without hotpatch, each month restarts, on the schedule to compare with: it defers and "
    "pauses nothing, and the restart follows the installation immediately."
)


def assumptions(other: Other | None) -> tuple[str, ...]:
    """Return what the figures assume, one sentence each."""
    if other is None:
        return (*ASSUMPTIONS, _SAME)
    if other.profile:
        told = "on the schedule and with the deferral, pause and restart policy of"
        return (*ASSUMPTIONS, f"Without hotpatch, each month restarts, {told} {other.profile}.")
    return (*ASSUMPTIONS, _IN_WORDS)


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
    """Both ways over the same months; None where nothing says when updates install.

    ``other`` is the schedule without hotpatch; None for the profile's own.
    """

    name: str
    months: int
    hotpatch: Figures | None
    cumulative: Figures | None
    other: Other | None


def compare(item: Overlay, other: Other | None = None) -> Comparison:
    """Compare a profile with cumulative updates alone, by its own schedule or by another."""
    plan, zone = (item.plan, None) if other is None else (other.plan, other.zone)
    plain = [
        course(plan, replace(row.entry, restart=Restart.YES), (zone or row.zone,))
        for row in item.courses
    ]
    return Comparison(
        name=item.name,
        months=len(item.courses),
        hotpatch=_figures_of(item.courses),
        cumulative=_figures_of(plain),
        other=other,
    )


def _is_known(courses: Sequence[Course]) -> bool:
    return bool(courses) and all(row.installed for row in courses)


def _figures_of(courses: Sequence[Course]) -> Figures | None:
    return _figures(courses) if _is_known(courses) else None


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
