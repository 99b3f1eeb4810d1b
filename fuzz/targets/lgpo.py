"""LGPO text: what is read and can be written is read back the same."""

from __future__ import annotations

from fuzz import records
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import lgpo
from gpogen.formats.subkeys import deleted_names
from gpogen.policy.records import Record
from gpogen.policy.types import Action

_SIDES = ("Computer", "User", "computer", "User:Administrators", " Computer ")
_DATA = (
    "DELETE",
    "DELETEALLVALUES",
    "DELETEKEYS",
    "CREATEKEY",
    "CLEAR",
    "DWORD:1",
    "DWORD:0xffffffff",
    "QWORD:18446744073709551615",
    "SZ:a\\b\\\\c",
    "EXSZ:%a%",
    "MULTISZ:a\\0b\\\\0c",
    "BINARY:00,ff",
)
_ENDS = ("\r\n", "\r\n", "\n")


def generate(dice: Dice) -> bytes:
    """Make a file of a few entries: those that gpogen writes, or ones spelt by hand."""
    if dice.one_in(4):
        return lgpo.encode(dice.some(records.record, 3))
    end = dice.pick(_ENDS)
    entries = [end.join(_entry(dice)) for _ in range(dice.below(4))]
    return records.encode(dice, (end * 2).join(entries) + end)


def _entry(dice: Dice) -> tuple[str, ...]:
    if dice.one_in(8):
        return (f"; {dice.text()}",)
    data = f"{dice.pick(_DATA).partition(':')[0]}:{dice.text()}"
    if not dice.one_in(3):
        data = dice.pick(_DATA)
    name = "*" if dice.one_in(4) else dice.text()
    return dice.pick(_SIDES), records.key(dice), name, data


def check(data: bytes) -> None:
    """Read a file and back."""
    found = [entry.record for entry in lgpo.read(data).entries]
    lost = {id(loss.record) for loss in lgpo.losses(found)}
    kept = [record for record in found if id(record) not in lost]
    again = lgpo.decode(lgpo.encode(kept))
    assert list(map(_meaning, again)) == list(map(_meaning, kept)), "other records are read back"


def _meaning(record: Record) -> tuple[object, ...]:
    """Return all but the spelling: an empty list of no bytes comes back as Windows spells it."""
    names = deleted_names(record) if record.action is Action.DELETE_KEYS else record.value
    return record.hive, record.key, record.name, record.action, record.type, names


TARGET = Target(
    generate=generate,
    check=check,
    words=tuple(word.encode() for word in (*_SIDES, *_DATA, "\\0", "\\", "\r\n\r\n", ";", "*")),
    most=512,
)
