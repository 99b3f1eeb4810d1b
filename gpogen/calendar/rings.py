"""Several profiles side by side: the order in which they get a baseline."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gpogen.calendar.entries import Restart
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.rollout import Course
from gpogen.catalog.months import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One profile's turn at a baseline: its name, ring, and when it has it.

    Where somebody may delay the restart, or a timer starts only when the installation ends, it
    is not sure, and the earliest time is given.
    """

    name: str
    ring: str
    order: int | None
    at: datetime.datetime | None
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """One baseline of one system, and the profiles in the order in which they get it.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        month: its month.
        turns: the earliest first; those without a time last.
        against: names of profiles that get it before one of a lower ring.
    """

    os: str
    month: Month
    turns: tuple[Turn, ...]
    against: tuple[str, ...]


def in_ring_order(items: Sequence[Overlay]) -> tuple[Overlay, ...]:
    """Sort profiles by ring; those without one last; else in the order given."""
    return tuple(sorted(items, key=lambda item: (item.order is None, item.order or 0)))


def baselines(items: Sequence[Overlay]) -> tuple[Baseline, ...]:
    """Return every sure baseline of the months, with the order of the profiles."""
    found: defaultdict[tuple[str, Month], list[Turn]] = defaultdict(list)
    for item in items:
        for row in item.courses:
            if row.entry.restart is Restart.YES:
                found[item.os, row.entry.month].append(_turn(item, row))
    return tuple(
        Baseline(os=os, month=month, turns=_sorted(turns), against=_against(turns))
        for (os, month), turns in sorted(found.items())
    )


def _turn(item: Overlay, row: Course) -> Turn:
    at = _restart(item, row)
    sure = row.protected is not None and not row.forced
    return Turn(name=item.name, ring=item.ring, order=item.order, at=at, sure=sure)


def _restart(item: Overlay, row: Course) -> datetime.datetime | None:
    """Return when a restart is over at the latest, or when it comes if nobody delays it."""
    if row.restart_due is None and item.plan.follows_installation:
        return row.restart_from
    return row.restart_due


def _sorted(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    late = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    return tuple(
        sorted(turns, key=lambda turn: turn.at.astimezone(datetime.UTC) if turn.at else late)
    )


def _against(turns: Sequence[Turn]) -> tuple[str, ...]:
    """Name those that have a baseline before some profile of a lower ring has it."""
    found = set()
    placed = [(turn.order, turn.at, turn.name) for turn in turns if turn.order is not None]
    latest: datetime.datetime | None = None
    for _, ring in groupby(sorted(placed, key=lambda row: row[0]), key=lambda row: row[0]):
        members = [(at.astimezone(datetime.UTC), name) for _, at, name in ring if at is not None]
        found |= {name for at, name in members if latest is not None and at < latest}
        latest = max([at for at, _ in members] + ([latest] if latest else []), default=None)
    return tuple(turn.name for turn in turns if turn.name in found)


def same_hour(items: Sequence[Overlay]) -> Iterator[tuple[tuple[str, ...], Month]]:
    """Yield the names of profiles of domain controllers that restart in one hour, and the month.

    Each such group comes once, with the first month.
    """
    dues: defaultdict[Month, list[tuple[datetime.datetime, str]]] = defaultdict(list)
    for item in items:
        if item.role != "domain-controller":
            continue
        for row in item.courses:
            due = _restart(item, row)
            if due is not None:
                dues[row.entry.month].append((due.astimezone(datetime.UTC), item.name))
    told: set[tuple[str, ...]] = set()
    for month, found in sorted(dues.items()):
        for names in _within_an_hour(sorted(found)):
            if names not in told:
                told.add(names)
                yield names, month


def _within_an_hour(dues: Sequence[tuple[datetime.datetime, str]]) -> Iterator[tuple[str, ...]]:
    """Yield the groups of names whose restarts follow each other in less than an hour."""
    group: list[str] = []
    before: datetime.datetime | None = None
    for due, name in dues:
        if before is not None and due - before >= datetime.timedelta(hours=1):
            if len(group) > 1:
                yield tuple(group)
            group = []
        group.append(name)
        before = due
    if len(group) > 1:
        yield tuple(group)
