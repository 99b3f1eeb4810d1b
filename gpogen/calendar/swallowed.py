"""Baselines that install only after the next month's release has come."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gpogen.calendar import clock
from gpogen.calendar.entries import MonthEntry, Restart, entry
from gpogen.calendar.pause import PAUSE
from gpogen.calendar.plan import DEFERRAL, Plan
from gpogen.calendar.rollout import Course, course
from gpogen.catalog.releases import System
from gpogen.releases.knowledge import Knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Swallowed:
    """Baselines that one setting holds back for too long.

    Attributes:
        value: the value that does so: :data:`PAUSE` or :data:`DEFERRAL`.
        rows: each baseline, and the release that comes before it is installed.
        most: the longest deferral, in days, that holds none of them back; 0 for a pause.
    """

    value: str
    rows: tuple[tuple[Course, MonthEntry], ...]
    most: int = 0


def swallowed(
    plan: Plan,
    courses: Sequence[Course],
    knowledge: Knowledge,
    system: System,
    today: datetime.date,
) -> Iterator[Swallowed]:
    """Find them; what the schedule alone would make as late is none of them."""
    if not plan.holds_back:
        return
    free = replace(plan, deferral=0, pause=None)
    lost: dict[str, list[tuple[Course, MonthEntry]]] = {}
    for item in courses:
        if item.entry.restart is not Restart.YES:
            continue
        following = entry(knowledge, system, item.entry.month + 1, today)
        if not _is_after(item, following):
            continue
        if _is_after(course(free, item.entry, (item.zone,)), following):
            continue  # Without them it is as late.
        lost.setdefault(_cause(plan, item, following), []).append((item, following))
    for value, rows in lost.items():
        most = _most(plan, rows) if value == DEFERRAL else 0
        yield Swallowed(value=value, rows=tuple(rows), most=most)


def _most(plan: Plan, rows: Sequence[tuple[Course, MonthEntry]]) -> int:
    """Return the longest deferral that brings every one of some baselines in time."""
    for days in range(plan.deferral - 1, 0, -1):
        shorter = replace(plan, deferral=days)
        if not any(
            _is_after(course(shorter, item.entry, (item.zone,)), following)
            for item, following in rows
        ):
            return days
    return 0


def _cause(plan: Plan, item: Course, following: MonthEntry) -> str:
    """Return the value that holds an update back."""
    without = course(replace(plan, pause=None), item.entry, (item.zone,))
    held = plan.pause is not None and not _is_after(without, following)
    return PAUSE if held else DEFERRAL


def _is_after(item: Course, following: MonthEntry) -> bool:
    if item.installed is None:
        return True
    return item.installed.astimezone(datetime.UTC) >= clock.release_moment(following.date)
