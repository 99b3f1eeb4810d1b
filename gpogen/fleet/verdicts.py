"""The machines of which somebody tells, and a verdict on each."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gpogen.calendar.sighting import Sighting, builds_in
from gpogen.calendar.train import Machine, State, Verdict, find_train
from gpogen.calendar.updates import Update, read_build, updates
from gpogen.errors import UsageError
from gpogen.finding import Finding
from gpogen.lists.reading import parse, read_list
from gpogen.lists.reported import Reported, join
from gpogen.releases.knowledge import Knowledge
from gpogen.rules.inputs import Today, judge_today
from gpogen.workspace.words import systems_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, and what is to be told about the data that it rests on.

    Attributes:
        name: the machine's name, or empty.
        verdict: where it stands.
        findings: what is to be told about the data.
    """

    name: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 on the train, else 1."""
        return int(self.verdict.state is not State.ON)


def reports_of(kbs: Sequence[str], files: Sequence[str], build: str) -> tuple[Reported, ...]:
    """Read what is told on the command line and in files; each machine once.

    Raises:
        UsageError: nothing is told, it is no list of updates, or a build is of several machines.
    """
    revision = read_build(build) if build else ""
    if revision is None:
        raise UsageError(f"--build: {build!r} is not a build such as 26100.6899")
    told = [part for text in kbs for part in parse(text, "--kb")]
    for file in files:
        told += [
            part if part.name or len(files) == 1 else replace(part, name=file)
            for part in read_list(file)
        ]
    whole = join(told, "the lists together")
    if kbs and len(whole) == 2 and not whole[0].name and files:
        first, second = whole
        whole = (replace(second, seen=(*first.seen, *second.seen)),)
    if not revision:
        if not whole:
            raise UsageError(
                "name the updates of the machine: --kb KB5066835, or --build 26100.6899"
            )
        return whole
    if len(whole) > 1:
        raise UsageError(f"--build applies to one machine; the list has {len(whole)}")
    told_too = whole[0] if whole else Reported(name="", build="", seen=())
    return join((told_too, replace(told_too, build=revision, seen=())), "--build")


def machine_of(
    report: Reported, system: str, knowledge: Knowledge, every: Sequence[Update] | None = None
) -> Machine:
    """Make a machine of what is told of it; ``every`` is all updates of the data.

    Raises:
        UsageError: nothing is told, the system is not clear, or the updates belong to two systems.
    """
    if not report.seen and not report.build:
        raise UsageError("the input does not name an update of the machine")
    named = systems_of((system,))[0] if system else ""
    rows = tuple(updates(knowledge)) if every is None else every
    told = _systems(report.seen, report.build, knowledge, rows)
    for os, what in told.items():
        if named and os != named:
            raise UsageError(f"{what} belongs to {os}, not to {named}")
    if len(told) > 1:
        parts = " and ".join(f"{what} belongs to {os}" for os, what in told.items())
        raise UsageError(f"the updates of one machine belong to different systems: {parts}")
    os = named or next(iter(told), "")
    if not os:
        allowed = ", ".join(knowledge.systems)
        raise UsageError(
            "--os is required, because none of these updates is in the release data; allowed: "
            f"{allowed}"
        )
    return Machine(os=os, build=report.build, seen=report.seen)


def _systems(
    seen: Sequence[Sighting], build: str, knowledge: Knowledge, every: Sequence[Update]
) -> dict[str, str]:
    """Return the systems that numbers and builds belong to, each with one of them."""
    numbers = {item.kb for item in seen if item.kb}
    found: dict[str, str] = {}
    for row in every:
        for kb in (row.kb, *row.also):
            if kb is not None and kb in numbers:
                found.setdefault(row.os, kb)
    by_number = {row.build: row.os for row in knowledge.systems.values()}
    for item in seen:
        for named in builds_in(item):
            found.setdefault(by_number[named.partition(".")[0]], str(item))
    if build:
        number = build.partition(".")[0]
        if number not in by_number:
            allowed = ", ".join(f"{key} ({os})" for key, os in by_number.items())
            raise UsageError(f"--build: {number} is not a system with hotpatch; allowed: {allowed}")
        found.setdefault(by_number[number], f"the build {build}")
    return found


def judge(
    reports: Sequence[Reported],
    system: str,
    knowledge: Knowledge,
    today: datetime.date,
    *,
    alone: bool,
) -> tuple[Judged, ...]:
    """Tell where each machine stands.

    Args:
        reports: what is told of each.
        system: the word of a system that all have, or empty.
        knowledge: the release data.
        today: the day to judge by.
        alone: whether it is one machine of the command line, about which wrong words are wrong
            usage; of a list, one machine's trouble is a verdict of its own.

    Raises:
        UsageError: the system is none; alone, whatever is wrong with the machine.
    """
    if system:
        systems_of((system,))
    every = tuple(updates(knowledge))
    return tuple(
        judge_one(report, system, knowledge, today, every, alone=alone) for report in reports
    )


def judge_one(
    report: Reported,
    system: str,
    knowledge: Knowledge,
    today: datetime.date,
    every: Sequence[Update],
    *,
    alone: bool,
) -> Judged:
    """Tell where one machine stands, as `judge` does; ``every`` is all updates of the data."""
    if report.problem:
        return Judged(name=report.name, verdict=_unclear(report.problem, knowledge))
    try:
        machine = machine_of(report, system, knowledge, every)
    except UsageError as error:
        if alone:
            raise
        return Judged(name=report.name, verdict=_unclear(str(error), knowledge))
    judged = judge_today(Today(knowledge=knowledge, family=machine.os, day=today, subjects=()))
    findings = tuple(told.finding for told in judged)
    return Judged(
        name=report.name, verdict=find_train(machine, knowledge, today, every), findings=findings
    )


def _unclear(reason: str, knowledge: Knowledge) -> Verdict:
    return Verdict(
        os="",
        state=State.UNKNOWN,
        baseline=None,
        latest=None,
        next=None,
        behind=(),
        reasons=(reason,),
        way_back="",
        remarks=(),
        unknown=(),
        as_of=min(knowledge.as_of.values()),
    )


def worst(machines: Iterable[Judged]) -> int:
    """Return the exit code of the worst."""
    return max((item.exit_code for item in machines), default=0)
