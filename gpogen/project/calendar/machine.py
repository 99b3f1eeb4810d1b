"""A machine as somebody describes it on the command line."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gpogen.compile.calendar.dated import ending, stale
from gpogen.compile.calendar.knowledge import Knowledge
from gpogen.compile.calendar.train import Machine, State, Verdict, find_train
from gpogen.compile.calendar.updates import read_build, read_kb, updates
from gpogen.errors import UsageError
from gpogen.finding import Finding
from gpogen.project.calendar.gather import systems_of

_SHOWN = 40
_NUMBER = re.compile(r"KB[0-9].*", re.IGNORECASE)
"""What is meant for a number, and must be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, and what is to be told about the data that it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 on the train, else 1."""
        return int(self.verdict.state is not State.ON)


def machine_of(system: str, kbs: Sequence[str], build: str, knowledge: Knowledge) -> Machine:
    """Make a machine of what was said.

    Raises:
        UsageError: nothing was said, a number is none, the system is not clear, or the updates
            belong to two systems.
    """
    numbers = tuple(dict.fromkeys(number for text in kbs for number in _numbers(text)))
    found = read_build(build) if build else ""
    if found is None:
        raise UsageError(f"--build: {build!r} is no build such as 26100.6899")
    if not numbers and not found:
        raise UsageError("say what the machine has: --kb KB5066835, or --build 26100.6899")
    told = _systems(numbers, found, knowledge)
    named = systems_of((system,))[0] if system else ""
    for os, what in told.items():
        if named and os != named:
            raise UsageError(f"{what} is of {os}, not of {named}")
    if len(told) > 1:
        parts = " and ".join(f"{what} is of {os}" for os, what in told.items())
        raise UsageError(f"one machine has one system: {parts}")
    os = named or next(iter(told), "")
    if not os:
        allowed = ", ".join(knowledge.systems)
        raise UsageError(f"--os is needed: none of these updates is known; allowed: {allowed}")
    return Machine(os=os, kbs=numbers, build=found)


def _numbers(text: str) -> list[str]:
    """Read the numbers of a text, wherever they stand; other words are passed over."""
    words = [word.strip("()[]\"'.:") for word in re.split(r"[\s,;]+", text.strip())]
    found = [kb for word in words if (kb := read_kb(word)) is not None]
    wrong = [word for word in words if _NUMBER.fullmatch(word) and read_kb(word) is None]
    if wrong or not found:
        shown = (wrong or words)[0][:_SHOWN]
        raise UsageError(f"--kb: {shown!r} is no number such as KB5066835")
    return found


def _systems(numbers: Sequence[str], build: str, knowledge: Knowledge) -> dict[str, str]:
    """Return the systems that numbers and build belong to, each with one of them."""
    found: dict[str, str] = {}
    for item in updates(knowledge):
        for kb in (item.kb, *item.also):
            if kb is not None and kb in numbers:
                found.setdefault(item.os, kb)
    if build:
        number = build.partition(".")[0]
        for row in knowledge.systems.values():
            if row.build == number:
                found.setdefault(row.os, f"the build {build}")
        if number not in {row.build for row in knowledge.systems.values()}:
            allowed = ", ".join(f"{row.build} ({row.os})" for row in knowledge.systems.values())
            raise UsageError(f"--build: {number} is no system with hotpatch; allowed: {allowed}")
    return found


def judge(machine: Machine, knowledge: Knowledge, today: datetime.date) -> Judged:
    """Tell where a machine stands."""
    told = (*stale(knowledge, (machine.os,), today), *ending(knowledge, machine.os, today))
    return Judged(verdict=find_train(machine, knowledge, today), findings=told)
