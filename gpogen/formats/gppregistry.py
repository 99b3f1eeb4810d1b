"""Registry.xml of Group Policy Preferences (MS-GPPREF 2.2.1.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats.xmlread import local_name, parse_xml
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via

if TYPE_CHECKING:
    from lxml.etree import _Element

_HIVES = {hive.long_name: hive for hive in Hive}
_NUMBERS = {"REG_DWORD": (RegType.DWORD, 8), "REG_QWORD": (RegType.QWORD, 16)}
_TEXTS = {"REG_SZ": RegType.SZ, "REG_EXPAND_SZ": RegType.EXPAND_SZ}


@dataclass(frozen=True, slots=True)
class PreferenceItem:
    """One item: its record, the action as written (C, R, U or D), and its line in the file."""

    record: Record
    action: str
    line: int


def read_preferences(data: bytes) -> list[PreferenceItem]:
    """Read the registry items, those inside collections included.

    Items of hives that no GPO side has (HKEY_CLASSES_ROOT and so on) are left out.

    Raises:
        FormatError: it is no Registry.xml, or an item's data does not fit its type.
    """
    root = parse_xml(data, "Registry.xml")
    if local_name(root) != "RegistrySettings":
        raise FormatError(f"the root element is {local_name(root)}, not RegistrySettings")
    return list(_items(root))


def _items(root: _Element) -> Iterator[PreferenceItem]:
    for element in root.iter():
        if local_name(element) != "Registry":
            continue
        properties = next((i for i in element if local_name(i) == "Properties"), None)
        if properties is None or properties.get("hive") not in _HIVES:
            continue
        # lxml's stubs leave the type of sourceline open.
        line: int = element.sourceline or 0  # type: ignore[assignment]
        yield _item(properties, line)


def _item(properties: _Element, line: int) -> PreferenceItem:
    hive = _HIVES[str(properties.get("hive"))]
    key = str(properties.get("key", "")).strip("\\")
    name = str(properties.get("name", ""))
    action = str(properties.get("action", "U"))
    if action == "D":
        record = Record(hive, key, name, Action.DELETE, via=Via.PREFERENCE)
        return PreferenceItem(record, action, line)
    if not name and properties.get("default", "0") == "0":
        record = Record(hive, key, "", Action.CREATE_KEY, via=Via.PREFERENCE)
        return PreferenceItem(record, action, line)
    try:
        kind, encoded = _data(properties)
    except ValueError as error:
        raise FormatError(f"Registry.xml, line {line}: {name!r}: {error}") from None
    wanted = Action.SOFT if action == "C" else Action.SET
    record = Record(hive, key, name, wanted, kind, encoded, Via.PREFERENCE)
    return PreferenceItem(record, action, line)


def _data(properties: _Element) -> tuple[RegType, bytes]:
    kind = str(properties.get("type", "REG_SZ"))
    value = str(properties.get("value", ""))
    if kind in _NUMBERS:
        # Hexadecimal digits whatever displayDecimal says.
        number, width = _NUMBERS[kind]
        if len(value) > width:
            raise ValueError(f"{value!r} has more than {width} digits")
        return number, encode_data(number, int(value or "0", 16))
    if kind in _TEXTS:
        return _TEXTS[kind], encode_data(_TEXTS[kind], value)
    if kind == "REG_MULTI_SZ":
        items = tuple(
            str(item.text or "") for item in properties.iter() if local_name(item) == "Value"
        )
        return RegType.MULTI_SZ, encode_data(RegType.MULTI_SZ, tuple(i for i in items if i))
    if kind == "REG_BINARY":
        return RegType.BINARY, bytes.fromhex(value)
    raise ValueError(f"the type {kind} is unknown")
