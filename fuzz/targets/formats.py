"""Every format that gpogen writes: what is read and can be written is read back the same.

A format needs no line here: the table of formats says which there are. One with a grammar of its
own has a target of its own beside this one, which finds more.
"""

from __future__ import annotations

from fuzz import records
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats.all import FORMATS, load, sniff
from gpogen.policy.types import Hive
from gpogen.verify.records import same_records

_WRITTEN = tuple(kind for kind, known in FORMATS.items() if known.writes)


def generate(dice: Dice) -> bytes:
    """Make a file of one format, as gpogen writes it."""
    write = load(dice.pick(_WRITTEN)).write
    assert write is not None
    return write(dice.some(records.record, 3))


def check(data: bytes) -> None:
    """Read a file as the format that its beginning names, write it, and read it again."""
    kind = sniff(data, "")
    if kind is None:
        return
    form = load(kind)
    found = [item.record for item in form.read(data, "a", Hive.HKLM).items]
    if form.write is None:
        return
    again = form.read(form.write(found), "a", Hive.HKLM)
    assert same_records([item.record for item in again.items], form.kept(found)), (
        f"{kind}: other records are read back"
    )


TARGET = Target(generate=generate, check=check, most=1536, steps=(100_000, 4_000))
