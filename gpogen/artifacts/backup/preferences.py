"""Registry.xml: the items of Group Policy Preferences (MS-GPPREF 2.2.1.11)."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.artifacts.backup.identity import guid
from gpogen.artifacts.extensions import preferences_of
from gpogen.artifacts.render import render
from gpogen.compile.origin import Traced
from gpogen.compile.result import Compiled, Header
from gpogen.errors import ContentError
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, type_name

_ACTIONS = {Action.SET: "U", Action.SOFT: "C", Action.DELETE: "D", Action.CREATE_KEY: "U"}
_ACTION_IMAGES = {"C": 0, "R": 1, "U": 2, "D": 3}
_STRING_IMAGE, _NUMBER_IMAGE, _BINARY_IMAGE, _KEY_IMAGE = 5, 10, 15, 0
_IMAGES = {
    RegType.SZ: _STRING_IMAGE,
    RegType.EXPAND_SZ: _STRING_IMAGE,
    RegType.MULTI_SZ: _STRING_IMAGE,
    RegType.DWORD: _NUMBER_IMAGE,
    RegType.QWORD: _NUMBER_IMAGE,
    RegType.BINARY: _BINARY_IMAGE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceItem:
    """The attributes of one ``Registry`` element as text.

    Attributes:
        label: the element's name and status.
        image: the icon's number, base by type plus action.
        changed: ``2026-11-02 00:00:00``.
        uid: the item's GUID.
        action: U, C or D.
        default: "1" for the key's default value, else "0".
        hive: the hive's long name.
        key: the key without hive.
        name: the value's name.
        type: ``REG_DWORD`` and so on.
        value: the data as the format writes it.
        values: the children of a REG_MULTI_SZ.
        wql: the queries of the item-level targeting.
    """

    label: str
    image: int
    changed: str
    uid: str
    action: str
    default: str
    hive: str
    key: str
    name: str
    type: str
    value: str
    values: tuple[str, ...]
    wql: tuple[str, ...]


def preferences_file(compiled: Compiled, hive: Hive) -> bytes | None:
    """Registry.xml of one side; None when it has no preferences.

    Raises:
        ContentError: an action, type or character that Registry.xml cannot hold.
    """
    items = preferences_of(compiled, hive)
    if not items:
        return None
    made = [preference_item(item, compiled.header) for item in items]
    return render("gpo/Registry.xml.j2", items=made)


def preference_item(traced: Traced, header: Header) -> PreferenceItem:
    """Describe one item.

    Raises:
        ContentError: the action or the type is none of Group Policy Preferences, or the data
            does not fit its type.
    """
    record = traced.record
    action = _action(record)
    base, kind, value, values = _data(record)
    of_key = record.action is Action.CREATE_KEY
    # Without this mark an item with an empty name means the key itself: D would delete it.
    default = not of_key and not record.name
    label = record.key.rsplit("\\", 1)[-1] if of_key else record.name or "(Default)"
    return PreferenceItem(
        label=label,
        image=base + _ACTION_IMAGES[action],
        changed=header.backup_time.replace("T", " "),
        uid=guid(header.name, _uid_label(traced)),
        action=action,
        default="1" if default else "0",
        hive=record.hive.long_name,
        key=record.key,
        name="" if of_key else record.name,
        type=kind,
        value=value,
        values=values,
        wql=traced.wql,
    )


def _action(record: Record) -> str:
    try:
        return _ACTIONS[record.action]
    except KeyError:
        raise ContentError(
            f"{_where(record)}: a Group Policy preference has no action {record.action.value}"
        ) from None


def _data(record: Record) -> tuple[int, str, str, tuple[str, ...]]:
    """Return the image's base, the type, the value and the children."""
    if record.action is Action.CREATE_KEY:
        return _KEY_IMAGE, "REG_SZ", "", ()
    if record.action is Action.DELETE:
        return _STRING_IMAGE, "REG_SZ", "", ()
    value = record.value
    if record.type not in _IMAGES or isinstance(value, bytes) != (record.type == RegType.BINARY):
        kind = "no data" if record.type is None else type_name(record.type)
        raise ContentError(f"{_where(record)}: a Group Policy preference cannot hold this {kind}")
    text, children = _text(RegType(record.type), value)
    return _IMAGES[RegType(record.type)], type_name(record.type), text, children


def _text(kind: RegType, value: object) -> tuple[str, tuple[str, ...]]:
    if isinstance(value, int):
        # Always hexadecimal, whatever displayDecimal says: "42" would set 0x42.
        return f"{value:0{8 if kind is RegType.DWORD else 16}X}", ()
    if isinstance(value, bytes):
        return value.hex().upper(), ()
    if isinstance(value, tuple):
        return " ".join(value), value
    return str(value), ()


def _where(record: Record) -> str:
    return f"{record.hive.value}\\{record.key}, value {record.name!r}"


def _uid_label(traced: Traced) -> str:
    record = traced.record
    parts = (*record.target, record.action.value, *traced.wql)
    return "preference:" + "|".join(parts)
