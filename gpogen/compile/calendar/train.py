"""Where a machine stands on the hotpatch train, by the updates that it has."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gpogen.catalog.months import Month, months_from
from gpogen.catalog.releases import Kind
from gpogen.compile.calendar.entries import Entry, Restart, Status, entries
from gpogen.compile.calendar.knowledge import Knowledge
from gpogen.compile.calendar.updates import Effect, Update, stranger, updates

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
    """

    os: str
    state: State
    baseline: Update | None
    latest: Update | None
    next: Entry | None
    behind: tuple[Update, ...]
    reasons: tuple[str, ...]
    way_back: str
    remarks: tuple[str, ...]
    unknown: tuple[str, ...]
    as_of: datetime.date


@dataclass(slots=True)
class _Walk:
    """What is known while a machine's updates are gone through, the oldest first."""

    baseline: Update | None = None
    stands_on: datetime.date = datetime.date.min
    latest: Update | None = None
    off: Update | None = None
    unsure: Update | None = None
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a machine has.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        kbs: its updates, ``KB5066835``.
        build: its build, ``26100.6905``, or empty.
    """

    os: str
    kbs: tuple[str, ...]
    build: str = ""


def find_train(machine: Machine, knowledge: Knowledge, today: datetime.date) -> Verdict:
    """Tell where a machine stands on a day."""
    known = sorted(
        (item for item in updates(knowledge) if item.os == machine.os), key=lambda i: i.order
    )
    kbs = set(machine.kbs)
    named = [item for item in known if kbs & {item.kb, *item.also}]
    found = {kb for item in named for kb in (item.kb, *item.also)}
    unknown = tuple(kb for kb in machine.kbs if kb not in found and not stranger(kb))
    remarks = [f"{kb}: {stranger(kb)}" for kb in machine.kbs if stranger(kb)]
    by_build = [item for item in known if machine.build and item.build == machine.build]
    if len(by_build) > 1 and not any(item in named for item in by_build):
        return _ambiguous(machine, by_build, knowledge, today, unknown)
    if machine.build and not by_build:
        remarks.append(_where(machine.build, known))
    if by_build and not any(item in named for item in by_build):
        named.append(by_build[0])
    remarks += _unknown(unknown)
    remarks += [f"{item} is of {item.date}, after {today}" for item in named if item.date > today]
    walk = _walk(sorted(named, key=lambda item: item.order), known)
    remarks += walk.remarks
    doubt = _doubt(machine.build, by_build, walk)
    return _judge(machine, walk, known, knowledge, today, tuple(remarks), unknown, doubt)


def _unknown(kbs: Iterable[str]) -> list[str]:
    return [
        f"{kb} is not in the data: if it is a cumulative update (a preview, one out of band or one "
        "that is newer than the data), it has taken the machine off the train"
        for kb in kbs
    ]


def _doubt(build: str, by_build: Sequence[Update], walk: _Walk) -> str:
    """Say why the build and the named updates give no verdict together; empty when they do."""
    if not build:
        return ""
    latest = walk.latest.build if walk.latest else None
    if not by_build:
        return f"the build {build} is not in the data: an update may be there that is not named"
    if latest is not None and _number(build) < _number(latest):
        return (
            f"the build {build} is lower than that of {walk.latest}: its restart is still to come, "
            "or one of the two is of another machine"
        )
    return ""


def _walk(named: Iterable[Update], known: Sequence[Update]) -> _Walk:
    walk = _Walk()
    for item in named:
        match item.effect:
            case Effect.BASELINE:
                walk.baseline, walk.stands_on, walk.latest = item, item.date, item
                walk.off = walk.unsure = None
            case Effect.HOTPATCH:
                _take_hotpatch(walk, item, known)
            case Effect.LCU:
                walk.off = item
            case Effect.UNSURE:
                walk.unsure = item
    return walk


def _take_hotpatch(walk: _Walk, item: Update, known: Sequence[Update]) -> None:
    if walk.off is not None:
        walk.remarks.append(
            f"{item} is for the train, and {walk.off} had taken the machine off: both on one "
            "machine contradict what Microsoft says; the worse is taken"
        )
        return
    needed = governing(known, item.date)
    quarter = item.month.quarter
    if needed is not None and needed.month < quarter:
        walk.remarks.append(f"{item} needs the baseline of {quarter}, which the data do not have")
        walk.baseline, walk.stands_on = None, quarter.patch_tuesday
    elif needed is not None and walk.stands_on < needed.date:
        if walk.baseline is not None:
            walk.remarks.append(f"{item} installs only on {needed}: so that must be there, too")
        walk.baseline, walk.stands_on = needed, needed.date
    elif needed is None:
        walk.remarks.append(f"the baseline of {item} is older than the data")
        walk.stands_on = item.month.quarter.first_day
    walk.latest, walk.unsure = item, None


def governing(known: Iterable[Update], day: datetime.date) -> Update | None:
    """Return the newest baseline that was out on a day."""
    before = [item for item in known if item.effect is Effect.BASELINE and item.date <= day]
    return before[-1] if before else None


def _judge(
    machine: Machine,
    walk: _Walk,
    known: Sequence[Update],
    knowledge: Knowledge,
    today: datetime.date,
    remarks: tuple[str, ...],
    unknown: tuple[str, ...],
    doubt: str,
) -> Verdict:
    out = governing(known, today)
    since = walk.off.date if walk.off else walk.stands_on
    behind = tuple(
        item for item in known if item.effect is Effect.BASELINE and since < item.date <= today
    )
    state, reasons = _state(walk, behind, doubt)
    after = max(
        (item.date for item in (walk.latest, walk.off, walk.unsure) if item),
        default=datetime.date.min,
    )
    coming = _coming(machine.os, knowledge, today, after)
    awaited = _next(state, coming, behind, today, walk)
    told = (
        *remarks,
        *_besides(walk, known, today),
        *_overdue(coming, today),
        *_off_record(walk),
    )
    return Verdict(
        os=machine.os,
        state=state,
        baseline=walk.baseline,
        latest=walk.latest,
        next=awaited,
        behind=behind,
        reasons=reasons,
        way_back=_way_back(state, out, awaited, behind, walk.unsure),
        remarks=told,
        unknown=unknown,
        as_of=knowledge.as_of[machine.os],
    )


def _state(walk: _Walk, behind: Sequence[Update], doubt: str) -> tuple[State, tuple[str, ...]]:
    if walk.off is not None:
        why = f"{walk.off} took it off: only the train's own updates keep a machine on it"
        note = f" ({walk.off.note})" if walk.off.note else ""
        return State.OFF, (why + note,)
    if walk.unsure is not None:
        sentence = (
            f"{walk.unsure}: it is a cumulative update, and no source says whether the month was "
            "a baseline. If it was, the machine stands on it; if not, it is off the train"
        )
        return State.UNKNOWN, (sentence,)
    if doubt:
        return State.UNKNOWN, (doubt,)
    if walk.latest is None:
        return State.UNKNOWN, ("none of the machine's updates is in the data",)
    if behind:
        count = f"{len(behind)} baseline{'s' if len(behind) > 1 else ''} behind"
        names = "; ".join(str(item) for item in behind)
        return State.BEHIND, (f"{count}: {names}",)
    return State.ON, ()


def _coming(
    os: str, knowledge: Knowledge, today: datetime.date, after: datetime.date
) -> tuple[Entry, ...]:
    """Return the months from what the machine has to a year from today."""
    first = max(Month.of(after), knowledge.systems[os].first) if after.year > 1 else Month.of(today)
    count = max(Month.of(today) - first, 0) + AHEAD
    return tuple(
        row for row in entries(knowledge, os, months_from(first, count), today) if row.date > after
    )


def _next(
    state: State,
    coming: Sequence[Entry],
    behind: Sequence[Update],
    today: datetime.date,
    walk: _Walk,
) -> Entry | None:
    """Return what the machine is offered next."""
    if state is State.UNKNOWN:
        return None
    if state in (State.BEHIND, State.OFF):
        since = walk.off.date if walk.off else datetime.date.min
        wanted = [row for row in coming if row.type.is_baseline and row.date > since]
        if behind:
            return next((row for row in wanted if row.date == behind[-1].date), None)
        return wanted[0] if wanted else None
    out = [row for row in coming if row.date <= today]
    first = next((row for row in out if row.restart is Restart.YES), None)
    first = first or next((row for row in out if row.type is Kind.UNKNOWN), None)
    if first is not None:
        return first  # A baseline, or what may be one, comes before every hotpatch after it.
    released = [row for row in out if row.status is Status.RELEASED]
    if released:
        return released[-1]  # Hotpatches are cumulative: only the newest is offered.
    return next(iter(coming), None)


def _way_back(
    state: State,
    out: Update | None,
    awaited: Entry | None,
    behind: Sequence[Update],
    unsure: Update | None,
) -> str:
    if state is State.BEHIND or (state is State.OFF and behind):
        return f"install {out}: it restarts, and hotpatches come again after it"
    if state is State.OFF and awaited is not None:
        return (
            f"the baseline of {awaited.month}, on {awaited.date}, with a restart; until then each "
            "month brings a cumulative update with a restart"
        )
    if unsure is not None:
        return (
            f"look up what {unsure.month} was in Microsoft's calendar, and give it to gpogen with "
            "`gpogen calendar --update`; in doubt, the next baseline brings the machine back"
        )
    if state is State.UNKNOWN:
        return "name its cumulative update by --kb (Get-HotFix shows it)"
    return ""


def _overdue(coming: Sequence[Entry], today: datetime.date) -> Iterator[str]:
    rows = [row for row in coming if row.status is Status.OVERDUE and row.date <= today]
    baseline = next((row for row in rows if row.restart is Restart.YES), None)
    if baseline is not None:
        yield (
            f"the {baseline.type} of {baseline.month} should be out since {baseline.date}, and the "
            "data do not have it: if it is, hotpatches after it need it first"
        )
    elif rows:
        yield f"{rows[0].month} should be out, and the data do not have it"
    for row in coming:
        if row.type is Kind.UNKNOWN and row.status is Status.RELEASED and row.date <= today:
            yield (
                f"no source says whether {row.month} was a baseline: if it was, hotpatches after "
                "it need it first"
            )


def _off_record(walk: _Walk) -> Iterator[str]:
    off = walk.off
    if off is not None and off.confidence != "microsoft":
        yield (
            f"that {off.kb or off.build} takes a machine off is concluded from what Microsoft says "
            "of October 2025; it names no other update"
        )


def _besides(walk: _Walk, known: Sequence[Update], today: datetime.date) -> Iterator[str]:
    """Name the out-of-band hotpatches that came after what the machine has."""
    if walk.latest is None or walk.off is not None:
        return
    for item in known:
        between = item.what != item.effect and item.effect is Effect.HOTPATCH
        if between and walk.latest.order < item.order and item.date <= today:
            base = governing(known, item.date)
            if base is walk.baseline:
                note = f": {item.note}" if item.note else ""
                yield f"{item} of {item.date} has come since, without a restart{note}"


def _where(build: str, known: Sequence[Update]) -> str:
    """Say between which known builds an unknown one lies."""
    number = _number(build)
    builds = sorted({item.build for item in known if item.build}, key=_number)
    below = [item for item in builds if _number(item) < number]
    above = [item for item in builds if _number(item) > number]
    where = f"above {below[-1]}" if below else ""
    where += " and " if below and above else ""
    where += f"below {above[0]}" if above else ""
    return (
        f"the build {build} is not in the data; it lies {where}. A hotpatch's build lies between "
        "its baseline's and that of the same month's cumulative update"
    )


def _number(build: str) -> tuple[int, ...]:
    return tuple(int(part) for part in build.split("."))


def _ambiguous(
    machine: Machine,
    found: Sequence[Update],
    knowledge: Knowledge,
    today: datetime.date,
    unknown: tuple[str, ...],
) -> Verdict:
    """Judge a build that is two updates: with each, and say that the KB decides."""
    reasons = []
    verdicts = []
    for item in found:
        kbs = (*machine.kbs, item.kb) if item.kb else machine.kbs
        verdict = find_train(Machine(os=machine.os, kbs=kbs), knowledge, today)
        verdicts.append(verdict)
        reasons.append(f"{machine.build} is {item}: {verdict.state}")
    return Verdict(
        os=machine.os,
        state=State.UNKNOWN,
        baseline=None,
        latest=None,
        next=None,
        behind=verdicts[0].behind,
        reasons=tuple(reasons),
        way_back="say which by --kb: the build alone does not tell (Get-HotFix shows the number)",
        remarks=tuple(_unknown(unknown)),
        unknown=unknown,
        as_of=knowledge.as_of[machine.os],
    )
