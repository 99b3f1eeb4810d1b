"""The calendar: one entry per system and month, known where it is known, else by plan."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from gpogen.catalog.months import PLANNED_BASELINES, Month
from gpogen.catalog.releases import Kind, OtherUpdate, Release, System, Train
from gpogen.releases.knowledge import Knowledge

PLAN = (
    "computed: second Tuesday; planned baselines in January, April, July and October "
    "(Microsoft Learn, hotpatch, 2025-07-14)"
)


class Status(StrEnum):
    """What is known about a month."""

    RELEASED = "released"
    PLANNED = "planned"
    OVERDUE = "overdue"
    """It should be out, and no source that gpogen has says what came."""


class Restart(StrEnum):
    """Whether a machine on the hotpatch train restarts for a month's update."""

    YES = "yes"
    NO = "no"
    POSSIBLE = "possible"
    """It is not known, or a planned hotpatch may still become an unplanned baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthEntry:
    """One month of one system.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        month: the month.
        date: the day of the release, Pacific time.
        type: what it is, or is to be.
        status: what is known.
        kb: ``KB5094125`` or None.
        build: ``26100.32995`` or None.
        restart: whether a machine on the train restarts.
        confidence: microsoft, copy, single-source or computed.
        source: where it was read.
        note: a remark, or empty.
    """

    os: str
    month: Month
    date: datetime.date
    type: Kind
    status: Status
    kb: str | None
    build: str | None
    restart: Restart
    confidence: str
    source: str
    note: str = ""


def entries(
    knowledge: Knowledge, os: str, months: Iterable[Month], today: datetime.date
) -> tuple[MonthEntry, ...]:
    """Return a system's entries for those months in which it has a calendar at all."""
    system = knowledge.systems[os]
    return tuple(
        entry(knowledge, system, month, today) for month in months if month >= system.first
    )


def entry(knowledge: Knowledge, system: System, month: Month, today: datetime.date) -> MonthEntry:
    """Return one month: as known, else computed."""
    known = knowledge.releases.get((system.os, month))
    if known is None:
        return _computed(system, month, today)
    released = known.kb is not None or known.build is not None
    status = Status.RELEASED if released else _awaited(known.date, today)
    return MonthEntry(
        os=known.os,
        month=month,
        date=known.date,
        type=known.type,
        status=status,
        kb=known.kb,
        build=known.build,
        restart=_restart(known, released=released, over=_is_over(system, month)),
        confidence=known.confidence,
        source=known.source,
        note=known.note,
    )


def _awaited(day: datetime.date, today: datetime.date) -> Status:
    # On the day itself the update comes at 10:00 Pacific time: until then nobody can have it.
    return Status.OVERDUE if day < today else Status.PLANNED


def _is_over(system: System, month: Month) -> bool:
    """Tell whether hotpatch for a system has ended before a month."""
    return system.ends is not None and month > system.ends


def _restart(known: Release, *, released: bool, over: bool) -> Restart:
    if known.type.is_baseline or (over and known.type is Kind.UNKNOWN):
        return Restart.YES
    return Restart.NO if released and known.type is Kind.HOTPATCH else Restart.POSSIBLE


def _computed(system: System, month: Month, today: datetime.date) -> MonthEntry:
    planned = month.number in PLANNED_BASELINES
    kind = Kind.BASELINE if planned else Kind.HOTPATCH
    restart = Restart.YES if planned else Restart.POSSIBLE
    source = PLAN
    note = ""
    if _is_over(system, month):
        kind, restart, source = Kind.UNKNOWN, Restart.YES, system.source
        note = (
            f"hotpatch for this system ends with {system.ends}: cumulative updates follow, "
            "each with a restart"
        )
    return MonthEntry(
        os=system.os,
        month=month,
        date=month.patch_tuesday,
        type=kind,
        status=_awaited(month.patch_tuesday, today),
        kb=None,
        build=None,
        restart=restart,
        confidence="computed",
        source=source,
        note=note,
    )


def baselines_between(knowledge: Knowledge, os: str) -> Iterator[MonthEntry]:
    """Yield the baselines of a system that are not the release of a month of its calendar."""
    for item in knowledge.others:
        if item.os == os and item.train is Train.BASELINE:
            yield MonthEntry(
                os=os,
                month=Month.of(item.date),
                date=item.date,
                type=Kind.UNPLANNED if item.out_of_band else Kind.BASELINE,
                status=Status.RELEASED,
                kb=item.kb,
                build=item.build,
                restart=Restart.YES,
                confidence=item.confidence,
                source=item.source,
                note=item.note,
            )


def count_restarts(rows: Iterable[MonthEntry]) -> tuple[int, int]:
    """Count the restarts that are known or planned, and those that are possible besides."""
    found = [row.restart for row in rows]
    return found.count(Restart.YES), found.count(Restart.POSSIBLE)


def updates_between(knowledge: Knowledge, os: str, month: Month) -> Iterator[OtherUpdate]:
    """Yield a month's updates besides its release."""
    for item in knowledge.others:
        if item.os == os and Month.of(item.date) == month:
            yield item
