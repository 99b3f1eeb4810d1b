"""Files that others made, imported: the new profile builds the same, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

from fuzz.dice import Dice
from fuzz.target import Target
from fuzz.targets import lgpo, pol, reg
from gpogen.document import yaml12
from gpogen.document.nodes import Mapping
from gpogen.interchange.importing.compose import Wanted, import_policy
from gpogen.reading.read import MAX_SIZE, _read_bytes

_PARTS = (pol.TARGET, lgpo.TARGET, reg.TARGET)
_UNASKED = {"extends", "allow", "assured", "azure", "ring", "revision"}
_WANTED = Wanted(name="a", target={})


def generate(dice: Dice) -> bytes:
    """Make a file of a kind that can come from standard input."""
    return dice.pick(_PARTS).generate(dice)


def check(data: bytes) -> None:
    """Import a file; the import itself compiles its profile, and compares."""
    reading = _read_bytes(data, Path("a"), "a", MAX_SIZE, None)
    if not reading.items:
        return
    made = import_policy(reading, _WANTED, MAX_SIZE)
    tree, findings = yaml12.read(made.text.encode(), "a.yaml")
    assert isinstance(tree, Mapping)
    assert not findings
    assert not _UNASKED & tree.members.keys(), "a comment or a name became a part of the profile"


TARGET = Target(
    generate=generate,
    check=check,
    words=tuple(word for part in _PARTS for word in part.words),
    most=384,
    steps=(500_000, 10_000),
)
