"""registry.pol: what is read is written byte by byte as it was."""

from __future__ import annotations

import struct

from fuzz import records
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.errors import FormatError
from gpogen.formats import pol
from gpogen.policy.types import Hive

_NAMES = ("**del.x", "**delvals.", "**DeleteKeys", "**DeleteValues", "**soft.x", "**SecureKey")


def generate(dice: Dice) -> bytes:
    """Make a file of a few records; lengths are wrong now and then."""
    return b"PReg\1\0\0\0" + b"".join(dice.some(_entry, 3))


def _entry(dice: Dice) -> bytes:
    kind = records.kind(dice)
    data = records.data_for(dice, kind)
    name = dice.pick(_NAMES) if dice.one_in(4) else dice.text()
    size = dice.number() if dice.one_in(40) else len(data)
    names = f"[{records.key(dice)}\0;{name}\0".encode("utf-16-le", "surrogatepass")
    return names + struct.pack("<2sI2sI2s", b";\0", kind, b";\0", size, b";\0") + data + b"]\0"


def check(data: bytes) -> None:
    """Read a file both ways and back."""
    entries = pol.decode(data)
    assert pol.encode(entries) == data, "other bytes are written than were read"
    found = pol.to_records(entries, Hive.HKLM)
    try:
        again = pol.from_records(found)
    except FormatError:
        return  # A record that is read and never written: too long, or its key carries a hive.
    assert pol.to_records(again, Hive.HKLM) == found, "a record changes its meaning"


TARGET = Target(
    generate=generate,
    check=check,
    words=(
        b"[\0",
        b";\0",
        b"]\0",
        b"\0\0;\0",
        b"*\0*\0d\0e\0l\0.\0",
        b"\1\0\0\0;\0\4\0\0\0;\0",
        b"PReg",
    ),
    most=512,
)
