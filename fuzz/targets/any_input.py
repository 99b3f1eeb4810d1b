"""Any file as `gpogen show` and `gpogen diff` read it: its kind is told by its bytes."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from fuzz.dice import Dice
from fuzz.target import MODULES, Target, load
from fuzz.targets import formats, pol
from gpogen.formats.all import FORMATS
from gpogen.interchange.difference import change_text, compare_policies, not_compared
from gpogen.interchange.showing import as_yaml, item_json, table
from gpogen.reading.read import MAX_SIZE, _read_bytes
from gpogen.terminal.plain import json_text, printable

_PARTS = (formats.TARGET, *(load(kind) for kind in FORMATS if kind in MODULES))


def generate(dice: Dice) -> bytes:
    """Make a file of any kind."""
    return dice.pick(_PARTS).generate(dice)


def check(data: bytes) -> None:
    """Read, show and compare a file; nothing that is printed holds a control character."""
    reading = _read_bytes(data, Path("a"), "a", MAX_SIZE, None)
    for line in table(reading.items):
        assert printable(line).isprintable()
    found = [item_json(item) for item in reading.items]
    assert json.loads(json_text(found, indent=None)) == found, "JSON says something else"
    assert yaml.load(as_yaml(found, several=False), yaml.CSafeLoader) == found, "YAML does"
    assert compare_policies(reading, reading) == [], "a file differs from itself"
    empty = _read_bytes(pol.generate(Dice(0))[:8], Path("b"), "b", MAX_SIZE, None)
    for change in compare_policies(reading, empty):
        assert change_text(change)
    assert all(not_compared(reading, empty))


TARGET = Target(
    generate=generate,
    check=check,
    words=tuple(word for part in _PARTS for word in part.words),
    most=512,
    steps=(100_000, 4_000),
)
