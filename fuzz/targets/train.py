"""What `gpogen train` takes: lists of updates in any form, and a system."""

from __future__ import annotations

import datetime
import json
from functools import cache

from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.calendar.updates import updates
from gpogen.calendar_views.rows import machine_json
from gpogen.calendar_views.verdict import verdict_lines
from gpogen.fleet.verdicts import judge
from gpogen.lists.reading import decode, parse
from gpogen.releases.knowledge import Knowledge, know

_SYSTEMS = ("", "", "2025", "2022", "windows-server-2025", "2019")
_HEADS = ("HotFixID", "KB", "Title", "PackageName", "Description", "Source", "UBR", "OSBuild")
_DAY = datetime.date(2026, 11, 24)


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
    """Make a line with a system, and a list of updates below it."""
    body = dice.pick((_text, _table, _report))(dice)
    return f"{dice.pick(_SYSTEMS)}\n{body}".encode("utf-8", "replace")


def _text(dice: Dice) -> str:
    return dice.pick((" ", "\n", ",", "\t")).join(_cell(dice) for _ in range(dice.below(5)))


def _table(dice: Dice) -> str:
    heads = [dice.pick(_HEADS) for _ in range(1 + dice.below(4))]
    rows = [heads, *([_cell(dice) for _ in heads] for _ in range(dice.below(4)))]
    return "\n".join(dice.pick((",", ",", ";")).join(row) for row in rows)


def _report(dice: Dice) -> str:
    found: list[object] = []
    for _ in range(dice.below(3)):
        listed = [{dice.pick(_HEADS).lower(): _cell(dice)} for _ in range(dice.below(3))]
        found.append({"machine": dice.word(), "build": _cell(dice), "updates": listed})
    return json.dumps(dice.pick((found, {"machines": found}, found[:1])))


def _cell(dice: Dice) -> str:
    if dice.one_in(8):
        return dice.text()
    rollup = f"Package_for_RollupFix~31bf3856ad364e35~amd64~~{dice.pick(_builds())}.1.7"
    unknown = f"KB{dice.below(10**8)}"
    return dice.pick((dice.pick(_kbs()), dice.pick(_builds()), unknown, rollup, "Update", ""))


def check(data: bytes) -> None:
    """Judge the machines, and print each verdict both ways."""
    system, _, body = decode(data).partition("\n")
    reports = parse(body, "a list")
    for item in judge(reports, system, _knowledge(), _DAY, alone=len(reports) == 1):
        assert machine_json(item.name, item.verdict)
        assert verdict_lines(item.verdict, "A title", 80)


TARGET = Target(
    generate=generate,
    check=check,
    words=(b"KB", b"5066835", b"26100.", b"RollupFix~", "\u0660\u0661".encode(), b"\n", b"{}"),
    most=512,
    steps=(400_000, 2_000),
)
