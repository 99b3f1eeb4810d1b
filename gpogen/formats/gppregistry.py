"""Registry.xml of Group Policy Preferences (MS-GPPREF 2.2.1.9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.finding import Place
from gpogen.formats.api import Format, Parsed
from gpogen.formats.loss import Skipped
from gpogen.formats.subkeys import delete_key
from gpogen.formats.xmlread import line_of, local_name, parse_xml
from gpogen.policy.data import encode_data
from gpogen.policy.gpo import Item
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via, type_name
from gpogen.text import cut

if TYPE_CHECKING:
    from lxml.etree import _Element

_HIVES = {hive.long_name: hive for hive in Hive}
_NUMBERS = {RegType.DWORD: 8, RegType.DWORD_BIG_ENDIAN: 8, RegType.QWORD: 16}
"""The types whose value is a number, and the most hexadecimal digits of each."""
_TEXTS = (RegType.SZ, RegType.EXPAND_SZ)
_TYPES = {type_name(kind): kind for kind in RegType} | {
    "REG_DWORD_LITTLE_ENDIAN": RegType.DWORD,
    "REG_QWORD_LITTLE_ENDIAN": RegType.QWORD,
}
_OTHER_TYPE = re.compile(r"REG_([0-9]{1,10})", re.A)
_ACTIONS = ("C", "R", "U", "D")
_DIGITS = re.compile(r"[0-9a-f]*", re.I)
MAX_ELEMENTS = 8
"""So many kinds of condition are named of one item; a file can have any number."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of item-level targeting, as the file has it.

    Attributes:
        element: ``FilterWmi``, ``FilterOs`` and so on; the case of these names matters.
        attributes: names and values, in the order of the file.
        inside: the conditions of a ``FilterCollection``.
    """

    element: str
    attributes: tuple[tuple[str, str], ...]
    inside: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What the collections around an item add to it; all items of a collection share it.

    Attributes:
        disabled: the collection, or one around it, or the file is switched off.
        name: the collection's name; None for the file itself.
        own: the conditions of this collection alone.
        outer: the next collection around it.
        elements: the first few kinds of condition here and further out.
    """

    disabled: bool
    name: str | None
    own: tuple[Filter, ...]
    outer: Around | None
    elements: tuple[str, ...]

    def chain(self) -> list[Around]:
        """Return the file and the collections, from the outermost."""
        found: list[Around] = []
        at: Around | None = self
        while at is not None:
            found.append(at)
            at = at.outer
        return found[::-1]


@dataclass(frozen=True, slots=True)
class PreferenceItem:
    """One item: its record, the action as written (C, R, U or D), and its line in the file.

    Attributes:
        record: what the item does; the deletion of a key is a deletion among its parent's subkeys.
        action: C creates, R replaces, U updates, D deletes.
        line: the item's line in the file.
        uid: the item's GUID.
        disabled: the item, or a collection around it, is switched off: it does nothing.
        remove_policy: it is undone when the GPO no longer applies.
        bypass_errors: an error in it does not stop the items after it.
        user_context: it is written as the logged-on user.
        own: its own conditions.
        around: the collections around it; None where there are none.
    """

    record: Record
    action: str
    line: int
    uid: str = ""
    disabled: bool = False
    remove_policy: bool = False
    bypass_errors: bool = False
    user_context: bool = False
    own: tuple[Filter, ...] = ()
    around: Around | None = None

    @property
    def collections(self) -> tuple[str, ...]:
        """The names of the collections around it, from the outermost."""
        return tuple(one.name for one in self._chain() if one.name is not None)

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Its targeting, that of the collections around it first; made anew at each call."""
        return tuple(self.targeting())

    def targeting(self) -> Iterator[Filter]:
        """Yield its targeting, of which a collection can have much and share it with all items."""
        for one in self._chain():
            yield from one.own
        yield from self.own

    @property
    def elements(self) -> tuple[str, ...]:
        """The kinds of its conditions, each once: the first of them, at most `MAX_ELEMENTS`."""
        outer = self.around.elements if self.around else ()
        return _elements_of(self.own, outer)

    def _chain(self) -> list[Around]:
        return self.around.chain() if self.around else []


@dataclass(frozen=True, slots=True)
class Preferences:
    """A whole file: its items, and those that are no record, with the reason."""

    items: tuple[PreferenceItem, ...]
    skipped: tuple[Skipped, ...]


def read(data: bytes) -> Preferences:
    """Read the registry items; one that is no record is reported, and stops no other.

    Raises:
        FormatError: it is no Registry.xml.
    """
    items: list[PreferenceItem] = []
    skipped: list[Skipped] = []
    for element, properties, around in _registry_elements(data):
        try:
            other = _other_hive(properties)
            if not other:
                items.append(_item(element, properties, around))
                continue
            reason = other
        except ValueError as error:
            reason = str(error)
        skipped.append(Skipped(line_of(element), _place(properties), reason))
    return Preferences(tuple(items), tuple(skipped))


def _registry_elements(data: bytes) -> Iterator[tuple[_Element, _Element, Around | None]]:
    """Yield every Registry element with its Properties, and what is around it."""
    root = parse_xml(data, "Registry.xml")
    if local_name(root) != "RegistrySettings":
        raise FormatError(f"the root element must be RegistrySettings; got {local_name(root)}")
    whole = _within(root, None)
    yield from _inside(root, whole if whole.own or whole.disabled else None)


def _inside(
    parent: _Element, around: Around | None
) -> Iterator[tuple[_Element, _Element, Around | None]]:
    for element in parent:
        name = local_name(element)
        if name == "Registry":
            properties = next((i for i in element if local_name(i) == "Properties"), None)
            if properties is not None:
                yield element, properties, around
        elif name == "Collection":
            yield from _inside(element, _within(element, around))
        elif name:
            yield from _inside(element, around)


def _within(collection: _Element, outer: Around | None) -> Around:
    own = tuple(_filters(collection))
    return Around(
        disabled=_is_set(collection, "disabled") or (outer is not None and outer.disabled),
        name=str(collection.get("name", "")) if local_name(collection) == "Collection" else None,
        own=own,
        outer=outer,
        elements=_elements_of(own, outer.elements if outer else ()),
    )


def _elements_of(own: Iterable[Filter], outer: tuple[str, ...]) -> tuple[str, ...]:
    found = dict.fromkeys(outer)
    for one in own:
        if len(found) >= MAX_ELEMENTS:
            break
        found.setdefault(one.element)
    return tuple(found)


def _place(properties: _Element) -> str:
    hive, key, name = (str(properties.get(part, "")) for part in ("hive", "key", "name"))
    return rf"{hive}\{key}" + (f", value {name}" if name else "")


def _other_hive(properties: _Element) -> str:
    hive = str(properties.get("hive", ""))
    if hive in _HIVES:
        return ""
    shown = repr(cut(hive)) if hive else "an item without a hive"
    return f"gpogen reads only HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER, not {shown}"


def _item(element: _Element, properties: _Element, around: Around | None) -> PreferenceItem:
    action = str(properties.get("action", "U"))
    if action not in _ACTIONS:
        raise ValueError(f"action must be C, R, U or D; got {cut(action)!r}")
    if _is_set(properties, "bitfield") and action != "D":
        raise ValueError("it changes single bits of the value (bitfield)")
    return PreferenceItem(
        record=_record(properties, action),
        action=action,
        line=line_of(element),
        uid=str(element.get("uid", "")),
        disabled=(around is not None and around.disabled) or _is_set(element, "disabled"),
        remove_policy=_is_set(element, "removePolicy"),
        bypass_errors=_is_set(element, "bypassErrors"),
        user_context=_is_set(element, "userContext"),
        own=tuple(_filters(element)),
        around=around,
    )


def _is_set(element: _Element, name: str) -> bool:
    return str(element.get(name, "0")).lower() in ("1", "true")


def _filters(element: _Element) -> Iterator[Filter]:
    for child in element:
        if local_name(child) == "Filters":
            yield from map(_filter, _named(child))


def _filter(element: _Element) -> Filter:
    return Filter(
        local_name(element),
        tuple((str(name), str(text)) for name, text in element.attrib.items()),
        tuple(map(_filter, _named(element))),
    )


def _named(element: _Element) -> Iterator[_Element]:
    return (child for child in element if local_name(child))


def _record(properties: _Element, action: str) -> Record:
    hive = _HIVES[str(properties.get("hive"))]
    key = str(properties.get("key", "")).strip("\\")
    default = _is_set(properties, "default")
    name = "" if default else str(properties.get("name", ""))
    whole_key = not name and not default
    if action == "D":
        if whole_key:
            return delete_key(hive, key, via=Via.PREFERENCE)
        return Record(hive, key, name, Action.DELETE, via=Via.PREFERENCE)
    if whole_key:
        return Record(hive, key, "", Action.CREATE_KEY, via=Via.PREFERENCE)
    kind, encoded = _data(properties)
    wanted = Action.SOFT if action == "C" else Action.SET
    return Record(hive, key, name, wanted, kind, encoded, Via.PREFERENCE)


def _data(properties: _Element) -> tuple[int, bytes]:
    kind = _type(str(properties.get("type", "REG_SZ")))
    value = str(properties.get("value", ""))
    if kind in _NUMBERS:
        return kind, encode_data(kind, _number(value, _NUMBERS[RegType(kind)]))
    if kind in _TEXTS:
        return kind, encode_data(kind, value)
    if kind == RegType.MULTI_SZ:
        items = (str(item.text or "") for item in properties.iter() if local_name(item) == "Value")
        return kind, encode_data(kind, tuple(item for item in items if item))
    try:
        return kind, bytes.fromhex(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r} must be pairs of hexadecimal digits") from None


def _type(name: str) -> int:
    """Return the number of a type; ``REG_153`` is how one without a name is written."""
    if name in _TYPES:
        return _TYPES[name]
    match = _OTHER_TYPE.fullmatch(name)
    if match is None or int(match[1]) > 0xFFFFFFFF:
        raise ValueError(
            f"{name!r} is not a type; allowed: {', '.join(_TYPES)}, or REG_ and a number"
        )
    return int(match[1])


def _number(value: str, width: int) -> int:
    """Read hexadecimal digits, which they are whatever displayDecimal says."""
    if not _DIGITS.fullmatch(value):
        raise ValueError(f"{value[:40]!r} must be a hexadecimal number")
    if len(value) > width:
        raise ValueError(f"{value[:40]!r} has {len(value)} digits; the maximum is {width}")
    return int(value or "0", 16)


def _parsed(data: bytes, file: str, _hive: Hive) -> Parsed:
    from gpogen.formats.targeting import Conditions  # It reads what this module makes.

    found = read(data)
    conditions = Conditions()
    items = tuple(
        Item(item.record, Place(file, item.line, 1), item.action, conditions.of(item))
        for item in found.items
        if not item.disabled
    )
    skipped = [str(part) for part in found.skipped]
    skipped += [
        f"line {item.line}: {item.record.name or item.record.key}: the item is disabled"
        for item in found.items
        if item.disabled
    ]
    return Parsed(items, tuple(skipped))


FORMAT = Format(id="preferences", read=_parsed)
