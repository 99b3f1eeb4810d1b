"""DSC documents: what is read and can be written is read back the same."""

from __future__ import annotations

from typing import Any

from fuzz import records, yamltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import dscyaml
from gpogen.verify.records import same_records

_TYPES = ("String", "ExpandString", "Binary", "DWord", "MultiString", "QWord", "X")
_DATA: tuple[Any, ...] = (0, 2**32, -1, "", "[x()]", "[[x]", [1, 256], ["a", "[b"], [], True)
_MORE = ("condition", "copy", "dependsOn", "metadata", "directives", "resources", "x")
_BESIDE = ("parameters", "variables", "metadata", "directives", "outputs", "x")


def generate(dice: Dice) -> bytes:
    """Make a document: one that gpogen writes, or one spelt by hand."""
    if dice.one_in(4):
        return dscyaml.encode(dice.some(records.record, 3))
    head = {"$schema": dscyaml.SCHEMA}
    if dice.one_in(8):
        head[dice.pick(_BESIDE)] = "{a: b}"
    items = [_resource(dice, number) for number in range(dice.below(4))]
    return yamltext.block(head, "resources", items, dice)


def _resource(dice: Dice, number: int) -> dict[str, Any]:
    properties: dict[str, Any] = {"keyPath": f"HKLM\\{records.key(dice)}"}
    if not dice.one_in(4):
        properties["valueName"] = dice.text()
    if not dice.one_in(4):
        data = dice.text() if dice.one_in(2) else dice.pick(_DATA)
        properties["valueData"] = {dice.pick(_TYPES): data}
    if dice.one_in(3):
        properties["_exist"] = dice.one_in(2)
    item: dict[str, Any] = {"name": f"A {number if dice.one_in(2) else 0}"}
    item["type"] = dscyaml.RESOURCE if not dice.one_in(8) else "A/B"
    if dice.one_in(6):
        reference = f"[resourceId('{dscyaml.RESOURCE}','A {dice.below(4)}')]"
        item["dependsOn"] = [reference]
    if dice.one_in(8):
        item[dice.pick(_MORE)] = dice.text()
    return {**item, "properties": properties}


def check(data: bytes) -> None:
    """Read a document, write it, and read it again."""
    found = [entry.record for entry in dscyaml.read(data).entries]
    again = [entry.record for entry in dscyaml.read(dscyaml.encode(found)).entries]
    assert same_records(again, dscyaml.FORMAT.kept(found)), "other records are read back"


TARGET = Target(
    generate=generate,
    check=check,
    words=(*yamltext.WORDS, b"[x()]", b"[[", b"dependsOn: ", b"_exist: ", b"condition: "),
    most=1536,
    steps=(100_000, 4_000),
)
