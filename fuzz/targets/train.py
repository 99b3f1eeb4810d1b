"""What `gpogen train` takes: lists of updates, a build, a system and a day."""

from __future__ import annotations

from functools import cache

from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.compile.calendar.knowledge import Knowledge, know
from gpogen.compile.calendar.updates import updates
from gpogen.project.calendar.gather import day_of
from gpogen.project.calendar.machine import judge, machine_of
from gpogen.project.calendar.rows import verdict_json
from gpogen.project.calendar.verdict import verdict_lines

_SYSTEMS = ("", "", "2025", "2022", "windows-server-2025", "2019")
_DAYS = ("2026-11-24", "2026-11-24", "2025-01-15", "2031-05-05", "1980-01-01", "2026-02-30")


@cache
def _knowledge() -> Knowledge:
    return know()


@cache
def _kbs() -> tuple[str, ...]:
    return tuple(item.kb for item in updates(_knowledge()) if item.kb)


@cache
def _builds() -> tuple[str, ...]:
    return tuple(item.build for item in updates(_knowledge()) if item.build)


def generate(dice: Dice) -> bytes:
    """Make four lines: updates, a build, a system, a day."""
    words = [_word(dice) for _ in range(dice.below(4))]
    build = dice.pick(("", "", "", dice.pick(_builds()), "26100.0", "10.0.26100.1", dice.text()))
    lines = (dice.pick((" ", ",", "\t")).join(words), build, dice.pick(_SYSTEMS), dice.pick(_DAYS))
    return "\n".join(line.replace("\n", " ") for line in lines).encode("utf-8", "replace")


def _word(dice: Dice) -> str:
    if dice.one_in(8):
        return dice.text()
    return dice.pick((dice.pick(_kbs()), f"KB{dice.below(10**8)}", "Update", "kb5066835"))


def check(data: bytes) -> None:
    """Judge a machine, and print the verdict both ways."""
    lines = [*data.decode("utf-8", "replace").split("\n"), "", "", ""]
    day = day_of(lines[3] or "2026-11-24")
    machine = machine_of(lines[2], [lines[0]] if lines[0] else [], lines[1], _knowledge())
    found = judge(machine, _knowledge(), day)
    assert verdict_json(found.verdict)
    assert verdict_lines(found.verdict, "A title", 80)


TARGET = Target(
    generate=generate,
    check=check,
    words=(b"KB", b"5066835", b"26100.", b"10.0.", "\u0660\u0661".encode(), b"\n", b"KB KB"),
    most=256,
    steps=(8_000_000, 1_000),  # The months up to the day that is said, at most of 2999.
)
