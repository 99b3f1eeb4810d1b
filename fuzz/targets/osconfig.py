"""OSConfig documents: what is read and can be written is read back the same."""

from __future__ import annotations

from typing import Any

from fuzz import records, yamltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import osconfig
from gpogen.verify.records import same_records

_TYPES = ("REG_SZ", "REG_DWORD", "REG_QWORD", "REG_BINARY", "REG_MULTI_SZ", "REG_EXPAND_SZ")
_DATA: tuple[Any, ...] = (0, 2**32, -1, "", "AP8=", "A", ["a"], [1], [], True)
_HIVES = ("HKLM:\\", "HKEY_LOCAL_MACHINE\\", "HKU:\\", "HKLM\\")


def generate(dice: Dice) -> bytes:
    """Make a document: one that gpogen writes, or one spelt by hand."""
    if dice.one_in(4):
        return osconfig.encode(dice.some(records.record, 3))
    items = [_resource(dice) for _ in range(dice.below(4))]
    return yamltext.block({"$schema": osconfig.SCHEMA}, "resources", items, dice)


def _resource(dice: Dice) -> dict[str, Any]:
    if dice.one_in(12):
        return {"include": dice.text()}
    values = {
        "keyPath": dice.pick(_HIVES) + records.key(dice),
        "valueName": dice.text(),
        "valueType": dice.pick(_TYPES),
        "value": dice.text() if dice.one_in(3) else dice.pick(_DATA),
    }
    properties = {key: value for key, value in values.items() if not dice.one_in(16)}
    item: dict[str, Any] = {"type": osconfig.RESOURCE, "properties": properties}
    if dice.one_in(3):
        item = {"type": osconfig.TEST, "properties": {"resource": item, "schema": {"const": 1}}}
    return {"name": "A", **item}


def check(data: bytes) -> None:
    """Read a document, write it, and read it again."""
    found = [entry.record for entry in osconfig.read(data).entries]
    again = [entry.record for entry in osconfig.read(osconfig.encode(found)).entries]
    assert same_records(again, osconfig.FORMAT.kept(found)), "other records are read back"


TARGET = Target(
    generate=generate,
    check=check,
    words=(*yamltext.WORDS, b"include: ", b"REG_SZ", b"REG_MULTI_SZ", b"resource: "),
    most=1536,
    steps=(100_000, 4_000),
)
