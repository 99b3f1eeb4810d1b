""".PolicyRules: what is read and can be written is read back the same."""

from __future__ import annotations

from fuzz import records, xmltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import policyrules
from gpogen.policy.records import Record

_SIDES = ("ComputerConfig", "UserConfig", "ComputerConfig", "SecurityTemplate", "PolicyRule")
_TYPES = ("REG_SZ", "REG_DWORD", "REG_QWORD", "REG_MULTI_SZ", "REG_BINARY", "REG_NONE", "REG_X")
_NAMES = ("V", "", "(Default)", "**del.V", "**delvals.", "**DeleteValues", "**DeleteKeys")
_DATA = ("1", "-1", " ", "", "4294967295", r"\0", r"a\0b\0", r"a\\0b", "a;b", "&lt;&amp;", "a")


def generate(dice: Dice) -> bytes:
    """Make a file of a few entries: those that gpogen writes, or ones spelt by hand."""
    if dice.one_in(4):
        return policyrules.encode(dice.some(records.record, 3), dice.text())
    inside = [_entry(dice) for _ in range(dice.below(4))]
    extension = xmltext.element("GUID", {}, text="{35378EAC-683F-11D2-A89A-00C04FBBCFA2}")
    inside.append(xmltext.element("CSE-Machine", {}, extension))
    return xmltext.document(dice, xmltext.element("PolicyRules", {}, *inside))


def _entry(dice: Dice) -> str:
    texts = {
        "Key": records.key(dice) if dice.one_in(4) else "Software\\X",
        "Value": dice.text() if dice.one_in(8) else dice.pick(_NAMES),
        "RegType": dice.pick(_TYPES),
        "RegData": dice.text() if dice.one_in(8) else dice.pick(_DATA),
        "PolicyName": "P",
    }
    parts = [xmltext.element(name, {}, text=text) for name, text in texts.items()]
    if dice.one_in(16):
        parts.pop(dice.below(len(parts)))
    return xmltext.element(dice.pick(_SIDES), {}, *parts)


def check(data: bytes) -> None:
    """Read a file and back."""
    found = [entry.record for entry in policyrules.read(data).entries]
    lost = {id(loss.record) for loss in policyrules.losses(found)}
    kept = [record for record in found if id(record) not in lost]
    again = policyrules.decode(policyrules.encode(found))
    assert list(map(_meaning, again)) == list(map(_meaning, kept)), "other records are read back"


def _meaning(record: Record) -> tuple[object, ...]:
    """Return all but the spelling: an empty list of no bytes comes back as Windows spells it."""
    return record.hive, record.key, record.name, record.action, record.type, record.value


TARGET = Target(
    generate=generate,
    check=check,
    words=(
        *xmltext.WORDS,
        b"<ComputerConfig>",
        b"<Value>**del.V</Value>",
        b"<RegType>REG_MULTI_SZ</RegType>",
        b"\\0",
        b"(Default)",
    ),
    most=1536,
)
