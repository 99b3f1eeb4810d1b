"""Where a machine stands on the hotpatch train, by the updates that it has."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gpogen.calendar.entries import MonthEntry, Restart, Status, baselines_between, entries
from gpogen.calendar.remarks import (
    due_today,
    hotpatches_since,
    only_concluded,
    overdue,
)
from gpogen.calendar.sight import ADD_MONTHS, NEWER_DATA, WHAT_TELLS, Sight, look
from gpogen.calendar.sighting import Sighting
from gpogen.calendar.updates import Effect, Update, updates
from gpogen.calendar.walk import Walk, walk_through
from gpogen.catalog.months import Month, months_from
from gpogen.catalog.releases import Kind
from gpogen.releases.knowledge import Knowledge

AHEAD = 12
"""Months in which the next release is looked for."""


class State(StrEnum):
    """Where a machine stands."""

    ON = "on-train"
    BEHIND = "behind"
    """On the train once, but a newer baseline is out: no hotpatches until it is installed."""
    OFF = "off-train"
    """An update took it off: cumulative updates with restarts until the next baseline."""
    UNKNOWN = "unknown"
    """The updates do not tell, or the release data lacks a month that is due by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where a machine stands, and how it goes on.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        state: where it stands.
        baseline: what it stands on; None where that is not known.
        latest: the newest update of the train that it has.
        next: what comes next.
        behind: the baselines that it lacks, the oldest first.
        reasons: why it is so, one sentence each.
        way_back: how it gets back, or what to do next.
        remarks: what else is to be told.
        unknown: KB numbers that no data have.
        as_of: the day of the data.
        off: the update that took it off, where one did.
        is_outdated: whether the state is unknown only because the release data lacks a month that
            is due; ``next`` then names that month.
    """

    os: str
    state: State
    baseline: Update | None
    latest: Update | None
    next: MonthEntry | None
    behind: tuple[Update, ...]
    reasons: tuple[str, ...]
    way_back: str
    remarks: tuple[str, ...]
    unknown: tuple[str, ...]
    as_of: datetime.date
    off: Update | None = None
    is_outdated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a machine has.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        kbs: its updates by number alone, ``KB5066835``.
        build: its build, ``26100.6905``, or empty.
        seen: its updates with whatever else is told of them.
    """

    os: str
    kbs: tuple[str, ...] = ()
    build: str = ""
    seen: tuple[Sighting, ...] = ()


def find_train(
    machine: Machine,
    knowledge: Knowledge,
    today: datetime.date,
    every: Sequence[Update] | None = None,
) -> Verdict:
    """Tell where a machine stands on a day.

    Args:
        machine: what it has.
        knowledge: the release data.
        today: the day.
        every: all updates of the data, where a caller has many machines.
    """
    rows = updates(knowledge) if every is None else every
    known = sorted((item for item in rows if item.os == machine.os), key=lambda i: i.order)
    items = (*(Sighting(kb=kb) for kb in machine.kbs), *machine.seen)
    sight = look(items, machine.build, known)
    scene = _Scene(os=machine.os, known=known, knowledge=knowledge, today=today)
    if sight.fork and not sight.doubts:
        return _ambiguous(scene, sight)
    return _judge(scene, sight, sight.named)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What a machine is judged in: all updates of its system, and the day."""

    os: str
    known: Sequence[Update]
    knowledge: Knowledge
    today: datetime.date

    @property
    def is_over(self) -> bool:
        """Whether hotpatch for the system has ended."""
        ends = self.knowledge.systems[self.os].ends
        return ends is not None and Month.of(self.today) > ends


def _sorted(updates: Iterable[Update]) -> list[Update]:
    return sorted(updates, key=lambda item: item.order)


def _judge(scene: _Scene, sight: Sight, named: Sequence[Update]) -> Verdict:
    known, today = scene.known, scene.today
    walk = walk_through(_sorted(named), known)
    has = [item.date for item in (walk.latest, walk.off, walk.unsure) if item]
    after = max(has, default=datetime.date.min)
    since = max((item.date for item in (walk.off, walk.unsure) if item), default=walk.stands_on)
    behind = tuple(
        item
        for item in known
        if has and item.effect is Effect.BASELINE and since < item.date <= today
    )
    state, reasons = _state(walk, behind, sight)
    coming = _coming(scene.os, scene.knowledge, today, after)
    awaited = _next(state, coming, behind, today, walk)
    lacking = () if scene.is_over else tuple(overdue(coming, today))
    is_outdated = state is State.ON and bool(lacking)
    if is_outdated:
        # What came in the missing months is unknown, so the machine may be behind.
        state, reasons, lacking = State.UNKNOWN, lacking, ()
    elif state is State.ON:
        reasons = tuple(due_today(coming, today))
    told = (
        *sight.remarks,
        *(
            f"{item} is dated {item.date}, which is after {today}"
            for item in named
            if item.date > today
        ),
        *walk.remarks,
        *hotpatches_since(walk, known, today),
        *lacking,
        *only_concluded(walk),
    )
    return Verdict(
        os=scene.os,
        state=state,
        baseline=walk.baseline,
        latest=walk.latest,
        next=awaited,
        behind=behind if state is not State.UNKNOWN else (),
        reasons=reasons,
        way_back=(
            ADD_MONTHS if is_outdated else _way_back(scene, state, awaited, behind, walk, sight)
        ),
        remarks=told,
        unknown=sight.unknown,
        as_of=scene.knowledge.as_of[scene.os],
        is_outdated=is_outdated,
        off=walk.off if state in (State.OFF, State.BEHIND) else None,
    )


def _state(walk: Walk, behind: Sequence[Update], sight: Sight) -> tuple[State, tuple[str, ...]]:
    state, reasons = _known_state(walk, behind, sight.later)
    if not sight.doubts:
        return state, reasons
    known = walk.latest or walk.off or walk.unsure
    alone = (
        (f"according to the known updates alone: {state}, {walk.off or known}",) if known else ()
    )
    return State.UNKNOWN, (*sight.doubts, *alone)


def _known_state(walk: Walk, behind: Sequence[Update], later: str) -> tuple[State, tuple[str, ...]]:
    """Judge by the updates that are known; ``later`` says what the next restart changes."""
    if later:
        return State.UNKNOWN, (later,)
    if walk.off is not None:
        why = (
            f"{walk.off} took the machine off the train: only hotpatches and baselines keep a "
            "machine on it"
        )
        note = f" ({walk.off.note})" if walk.off.note else ""
        return State.OFF, (why + note, *([_count(behind)] if behind else []))
    if walk.unsure is not None:
        sentence = (
            f"{walk.unsure}: it is a cumulative update, and no source states whether the month "
            "was a baseline. If it was, the machine is on that baseline; if not, the machine "
            "is off the train"
        )
        if behind:
            return State.BEHIND, (sentence, _count(behind))
        return State.UNKNOWN, (sentence,)
    if walk.latest is None:
        return State.UNKNOWN, ("none of the machine's updates is in the release data",)
    if behind:
        return State.BEHIND, (_count(behind),)
    return State.ON, ()


def _count(behind: Sequence[Update]) -> str:
    names = "; ".join(str(item) for item in behind)
    return f"{len(behind)} baseline{'s' if len(behind) > 1 else ''} behind: {names}"


def _coming(
    os: str, knowledge: Knowledge, today: datetime.date, after: datetime.date
) -> tuple[MonthEntry, ...]:
    """Return the months from what the machine has to a year from today, and other baselines."""
    first = max(Month.of(after), knowledge.systems[os].first) if after.year > 1 else Month.of(today)
    count = max(Month.of(today) - first, 0) + AHEAD
    rows = (
        *entries(knowledge, os, months_from(first, count), today),
        *baselines_between(knowledge, os),
    )
    return tuple(sorted((row for row in rows if row.date > after), key=lambda row: row.date))


def _next(
    state: State,
    coming: Sequence[MonthEntry],
    behind: Sequence[Update],
    today: datetime.date,
    walk: Walk,
) -> MonthEntry | None:
    """Return what the machine is offered next."""
    if state is State.UNKNOWN:
        return None
    if state in (State.BEHIND, State.OFF):
        since = walk.off.date if walk.off else datetime.date.min
        wanted = [row for row in coming if row.type.is_baseline and row.date > since]
        if behind:
            return next((row for row in wanted if row.date == behind[-1].date), None)
        due = [row for row in wanted if row.date < today]
        return due[-1] if due else next(iter(wanted), None)
    out = [row for row in coming if row.date <= today]
    baselines = [row for row in out if row.restart is Restart.YES]
    baselines = baselines or [row for row in out if row.type is Kind.UNKNOWN]
    if baselines:
        # A baseline, or what may be one, comes before every hotpatch after it; the newest is all.
        return baselines[-1]
    released = [row for row in out if row.status is Status.RELEASED]
    if released:
        return released[-1]  # Hotpatches are cumulative: only the newest is offered.
    return next(iter(coming), None)


def _way_back(
    scene: _Scene,
    state: State,
    awaited: MonthEntry | None,
    behind: Sequence[Update],
    walk: Walk,
    sight: Sight,
) -> str:
    if sight.doubts:
        return NEWER_DATA if sight.outdated else WHAT_TELLS
    if behind and state in (State.BEHIND, State.OFF):
        after = "no more hotpatches follow" if scene.is_over else "hotpatches follow again after it"
        return f"install {behind[-1]}: it restarts, and {after}"
    if state is State.OFF and awaited is not None:
        if awaited.date < scene.today:
            return (
                f"the baseline of {awaited.month}, with a restart: it should have been released "
                f"on {awaited.date}"
            )
        return (
            f"the baseline of {awaited.month}, on {awaited.date}, with a restart; until then, "
            "each month brings a cumulative update with a restart"
        )
    if sight.later:
        return "restart the machine, then run gpogen train again"
    if walk.unsure is not None:
        return (
            f"look up in Microsoft's calendar what {walk.unsure.month} was, and add it with "
            "`gpogen calendar --update`; if in doubt, the next baseline brings the machine back"
        )
    if state is State.UNKNOWN:
        return "name its cumulative update with --kb (Get-HotFix shows it)"
    return ""


def _ambiguous(scene: _Scene, sight: Sight) -> Verdict:
    """Judge a build that is two updates: with each, and say that the KB decides."""
    reasons = (
        f"{item.build} is {item}: {_judge(scene, sight, [*sight.named, item]).state}"
        for item in sight.fork
    )
    return Verdict(
        os=scene.os,
        state=State.UNKNOWN,
        baseline=None,
        latest=None,
        next=None,
        behind=(),
        reasons=tuple(reasons),
        way_back=(
            "name the update with --kb: the build alone does not identify it (Get-HotFix shows "
            "the KB number)"
        ),
        remarks=sight.remarks,
        unknown=sight.unknown,
        as_of=scene.knowledge.as_of[scene.os],
    )
