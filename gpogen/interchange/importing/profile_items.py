"""Single records in the profile's words: which can be said, and how."""

from __future__ import annotations

from typing import Any

from gpogen.formats.subkeys import deleted_names
from gpogen.policy.data import MAX_DATA, encode_data
from gpogen.policy.keys import check_key, check_name
from gpogen.policy.records import Record
from gpogen.policy.types import Action, RegType, Via, type_name
from gpogen.profile.fields import MAX_TITLE

TYPES = {
    RegType.SZ: "sz",
    RegType.EXPAND_SZ: "expand-sz",
    RegType.BINARY: "binary",
    RegType.DWORD: "dword",
    RegType.QWORD: "qword",
    RegType.MULTI_SZ: "multi-sz",
    RegType.NONE: "none",
}
_BY_PREFERENCE = (Action.SET, Action.DELETE, Action.CREATE_KEY, Action.SOFT)


def sayable(record: Record) -> tuple[Record | None, list[str]]:
    """Return the record as a profile can say it, or None, and what is lost of it."""
    reason = _place_reason(record)
    if reason:
        return None, [f"not kept: {reason}"]
    if record.action in (Action.SET, Action.SOFT):
        return _with_data(record)
    if record.action is Action.DELETE_KEYS:
        return _deletion(record)
    if record.action is Action.SECURE_KEY:
        fits = record.type == RegType.DWORD and record.value in (0, 1)
        return (record, []) if fits else (None, ["not kept: its data is neither 0 nor 1"])
    return record, []


def _place_reason(record: Record) -> str:
    if len(f"{record.hive.value}\\{record.key}") > MAX_TITLE:
        return f"a key in a profile can have at most {MAX_TITLE} characters"
    if record.via is Via.PREFERENCE and record.action not in _BY_PREFERENCE:
        return "in a profile, a preference cannot delete keys"
    try:
        check_key(record.key)
        check_name(record.name)
    except ValueError as error:
        return str(error)
    return ""


def _with_data(record: Record) -> tuple[Record | None, list[str]]:
    if record.type not in TYPES:
        return None, [
            f"not kept: a profile does not support the type {type_name(record.type or 0)}"
        ]
    if record.via is Via.PREFERENCE and record.type == RegType.NONE:
        return None, ["not kept: a preference does not support the type none"]
    if len(record.data) > MAX_DATA:
        return None, [f"not kept: {len(record.data)} bytes; the maximum in a profile is {MAX_DATA}"]
    if record.type == RegType.NONE and not record.name and not record.data:
        return None, [
            "not kept: an empty default value without a type; a policy would create the key"
        ]
    if record.type in (RegType.BINARY, RegType.NONE):
        return record, []
    value = record.value
    if value is None or isinstance(value, bytes):
        kind = type_name(record.type or 0)
        return None, [f"not kept: the data is malformed for {kind}"]
    data = encode_data(record.type or 0, value)
    if data == record.data:
        return record, []
    text = f"the same list, in {len(data)} bytes instead of {len(record.data)}"
    return _replaced(record, data), [text]


def _deletion(record: Record) -> tuple[Record | None, list[str]]:
    names = deleted_names(record)
    try:
        for name in names:
            check_key(name)
        data = encode_data(RegType.SZ, ";".join(names))
    except ValueError as error:
        return None, [f"not kept: {error}"]
    if not names:
        return None, ["not kept: it does not name a subkey"]
    same = record.type == RegType.SZ and data == record.data
    return _replaced(record, data, RegType.SZ), [] if same else ["the same subkeys, as REG_SZ"]


def _replaced(record: Record, data: bytes, kind: int | None = None) -> Record:
    kind = record.type if kind is None else kind
    return Record(record.hive, record.key, record.name, record.action, kind, data, record.via)


def registry_item(record: Record) -> dict[str, Any]:
    """Return the item of ``registry`` that writes a record."""
    item: dict[str, Any] = {"key": f"{record.hive.value}\\{record.key}"}
    action = record.action
    if action in (Action.SET, Action.SOFT, Action.DELETE):
        item["name"] = record.name
    if action in (Action.SET, Action.SOFT):
        item["type"] = TYPES[RegType(record.type or 0)]
    if action in (Action.SET, Action.SOFT, Action.DELETE_KEYS, Action.SECURE_KEY):
        item["data"] = _data(record)
    if action is not Action.SET:
        item["action"] = action.value
    if record.via is Via.PREFERENCE:
        item["via"] = record.via.value
    return item


def _data(record: Record) -> Any:
    if record.action is Action.DELETE_KEYS:
        return list(deleted_names(record))
    value = record.value
    if value is None or isinstance(value, bytes):
        return record.data.hex(" ")
    return list(value) if isinstance(value, tuple) else value
