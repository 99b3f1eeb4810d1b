"""Registry.xml of Group Policy Preferences: both readers agree."""

from __future__ import annotations

from fuzz import records, xmltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import gppregistry

_TYPES = ("REG_SZ", "REG_DWORD", "REG_QWORD", "REG_BINARY", "REG_MULTI_SZ", "REG_153", "REG_NONE")
_VALUES = ("0000000A", "1", "", "ff00", "text", "\uff11", "0x1")
_HIVES = ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_CLASSES_ROOT")


def generate(dice: Dice) -> bytes:
    """Make a file of items and collections."""
    inside = "".join(_item(dice, 0) for _ in range(dice.below(4)))
    root = xmltext.element("RegistrySettings", {"clsid": "{0}"}, inside)
    return xmltext.document(dice, root)


def _item(dice: Dice, depth: int) -> str:
    given = xmltext.attributes(
        dice, name=dice.text(), uid="{1}", disabled=dice.pick(("0", "0", "1", "x"))
    )
    filters = ""
    if dice.one_in(3):
        kinds = [xmltext.element(f"Filter{dice.word(2)}", {"not": dice.text()}) for _ in range(2)]
        filters = xmltext.element("Filters", {}, *kinds)
    if dice.one_in(4) and depth < 4:
        items = [_item(dice, depth + 1) for _ in range(dice.below(3))]
        return xmltext.element("Collection", given, filters, *items)
    properties = xmltext.attributes(
        dice,
        action=dice.pick("CRUD"),
        hive=dice.pick(_HIVES),
        key=records.key(dice),
        name=dice.text(),
        type=dice.pick(_TYPES),
        value=dice.pick(_VALUES),
        default=dice.pick("01"),
    )
    values = xmltext.element("Values", {}, xmltext.element("Value", {}, text=dice.word()))
    return xmltext.element(
        "Registry", given, xmltext.element("Properties", properties, values), filters
    )


def check(data: bytes) -> None:
    """Read a file."""
    found = gppregistry.read(data)
    for item in found.items:
        assert len(item.elements) <= gppregistry.MAX_ELEMENTS
        assert tuple(item.targeting()) == item.filters
        assert item.collections is not None
        assert item.record.target is not None


TARGET = Target(
    generate=generate,
    check=check,
    words=(
        *xmltext.WORDS,
        b"<Registry><Properties ",
        b"<Collection>",
        b"<Filters>",
        b'type="REG_QWORD"',
        b'action="D"',
        b'default="1"',
    ),
    most=1536,
)
