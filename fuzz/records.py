"""Records of every kind, and a text of some encoding, for the generators."""

from __future__ import annotations

import re

from fuzz.dice import Dice
from gpogen.formats.subkeys import delete_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via

_NO_TEXT = re.compile("[;\0\ud800-\udfff]")
_HIVES = tuple(Hive)
_NO_DATA = (Action.DELETE, Action.CREATE_KEY, Action.DELETE_VALUES)
_WITH_DATA = (Action.SOFT, Action.SECURE_KEY)
_ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")


def key(dice: Dice) -> str:
    """Return a key, mostly a valid one."""
    if dice.one_in(8):
        return dice.text(12)
    parts = dice.some(Dice.word, 2)
    return "\\".join(["Software", *parts])


def data_for(dice: Dice, kind: int) -> bytes:
    """Return data of a type, mostly data that fits it."""
    if kind in (1, 2):
        return dice.text(12).encode("utf-16-le", "surrogatepass") + b"\0\0"
    if kind == 7:
        texts = dice.some(Dice.text, 3)
        parts = [text.encode("utf-16-le", "surrogatepass") + b"\0\0" for text in texts]
        return b"".join(parts) + b"\0\0"
    if kind in (4, 5):
        return dice.number().to_bytes(4, "little")
    return dice.getrandbits(64).to_bytes(8, "little") if kind == 11 else dice.data()


def kind(dice: Dice) -> int:
    """Return the number of a registry type, mostly one that exists."""
    return dice.number() if dice.one_in(16) else dice.below(13)


def record(dice: Dice) -> Record:
    """Return a record of any action."""
    hive, path = dice.pick(_HIVES), key(dice)
    if dice.one_in(4):
        return Record(hive, path, dice.text(), dice.pick(_NO_DATA))
    if dice.one_in(8) and not _NO_TEXT.search(path):
        return delete_key(hive, path)
    number = kind(dice)
    data = data_for(dice, number)
    action = dice.pick(_WITH_DATA) if dice.one_in(8) else Action.SET
    return Record(hive, path, dice.text(), action, number, data)


def as_policy(found: Record) -> Record:
    """Return the same record by the route that LGPO text and .reg files read."""
    if found.via is Via.POLICY:
        return found
    return Record(found.hive, found.key, found.name, found.action, found.type, found.data)


def encode(dice: Dice, text: str) -> bytes:
    """Encode a text as some editor might."""
    encoding = dice.pick(_ENCODINGS)
    return text.encode(encoding, "replace" if encoding == "cp1252" else "surrogatepass")
