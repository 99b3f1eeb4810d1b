"""Registry.pol.xml of samba-tool, alone and in its folder."""

from __future__ import annotations

from fuzz import records, xmltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import pol, sambapol
from gpogen.policy.gpo import Part
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive
from gpogen.reading import samba
from gpogen.reading.files import in_memory

_TYPES = ("0", "1", "2", "3", "4", "5", "7", "11", "99", "x", "-1")
_DATA = ("1", "", "AAE=", "a", "None", "4294967296", " 1", "1<!-- x -->2", "<b/>")
_RAW = pol.encode([])
_PATH = "Machine/Registry.pol"


def generate(dice: Dice) -> bytes:
    """Make a file of a few entries: those that gpogen writes, or ones spelt by hand."""
    if dice.one_in(4):
        return sambapol.encode(pol.from_records(dice.some(_writable, 3)))
    items = [_entry(dice) for _ in range(dice.below(4))]
    number = str(dice.number() if dice.one_in(16) else len(items))
    given = xmltext.attributes(dice, num_entries=number, signature="PReg", version="1")
    root = "PolFile" if not dice.one_in(16) else dice.pick(("UnknownFile", "X"))
    return xmltext.document(dice, xmltext.element(root, given, *items))


def _writable(dice: Dice) -> Record:
    """Return a record that registry.pol can hold."""
    kind = dice.pick((1, 2, 3, 4, 7, 11))
    data = records.data_for(dice, kind)
    return Record(Hive.HKLM, f"Software\\{dice.word()}", dice.word(), Action.SET, kind, data)


def _entry(dice: Dice) -> str:
    values = [xmltext.element("Value", {}, text=_data(dice)) for _ in range(dice.below(3))]
    parts = [xmltext.element("Key", {}, text="K"), xmltext.element("ValueName", {}, text="N")]
    if dice.one_in(12):
        parts.pop(dice.below(2))
    return xmltext.element("Entry", {"type": dice.pick(_TYPES)}, *parts, *values)


def _data(dice: Dice) -> str:
    return dice.pick(_DATA) if not dice.one_in(8) else dice.text()


def check(data: bytes) -> None:
    """Read a file, and the folder that it lies in."""
    found = sambapol.restored(data)
    entries = list(found.entries)
    assert pol.decode(pol.encode(entries)) == entries, "other entries are read back"
    written = sambapol.encode(entries)
    assert written == sambapol.UNKNOWN or sambapol.decode(written) == entries
    files = in_memory({f"{_PATH}.xml": data, f"{_PATH}.SAMBABACKUP": _RAW})
    ((path, name, content),) = samba.contents(files, "a", [])
    assert path == _PATH
    assert content is not None
    assert not isinstance(content, Part)
    assert name == f"{_PATH}.xml"
    assert found.is_copied or content.error or len(content.records) <= len(entries)


TARGET = Target(
    generate=generate,
    check=check,
    words=(*xmltext.WORDS, b"<Entry", b'type="7"', b"<Value/>", b"num_entries", b"UnknownFile"),
    most=1536,
    steps=(100_000, 4_000),
)
