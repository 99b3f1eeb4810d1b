"""``registry`` items: any value, by policy or by preference."""

from __future__ import annotations

import re
from typing import Any

from gpogen.compile.drafts import Draft, Findings
from gpogen.compile.origin import Origin
from gpogen.compile.source import Places
from gpogen.policy.data import MAX_DATA, RegData, encode_data
from gpogen.policy.keys import check_key, check_name, split_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via
from gpogen.profile.examples import example
from gpogen.profile.fields import quoted, shown
from gpogen.profile.items import RegistryItem
from gpogen.profile.schema import Profile
from gpogen.profile.shape import dotted

_TYPES = {
    "sz": RegType.SZ,
    "expand-sz": RegType.EXPAND_SZ,
    "binary": RegType.BINARY,
    "dword": RegType.DWORD,
    "qword": RegType.QWORD,
    "multi-sz": RegType.MULTI_SZ,
    "none": RegType.NONE,
}
_NEEDS = {
    "set": ("name", "type", "data"),
    "soft": ("name", "type", "data"),
    "delete": ("name",),
    "delete-values": (),
    "delete-keys": ("data",),
    "create-key": (),
    "secure-key": ("data",),
}
"""What each action takes; anything else beside key, via and why is refused."""
_BY_PREFERENCE = ("set", "delete", "create-key", "soft")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DEFAULT = "(default)"
_DATA = {
    "sz": '"some text"',
    "expand-sz": '"%SystemRoot%"',
    "binary": '"01 ff"',
    "dword": "1",
    "qword": "1",
    "multi-sz": "[one, two]",
    "none": '""',
    "delete-keys": "[One, Two]",
    "secure-key": "1",
}
"""How data of each type are written, or of an action that has data without a type."""
_HIVE_NAMES = frozenset(name for hive in Hive for name in (hive.value, hive.long_name))


def registry_drafts(profile: Profile, tree: Places, findings: Findings) -> list[Draft]:
    """Turn the ``registry`` list into drafts; faults are GP050."""
    drafts = []
    for number, item in enumerate(profile.registry):
        if item.action == "unmanaged":
            continue
        record = _Item(item, number, tree, findings).record()
        if record is not None:
            origin = Origin(
                policy=None,
                title="Registry value",
                why=item.why or "",
                places=(tree.place("registry", number),),
            )
            drafts.append(Draft(record=record, origin=origin, rank=(8, number, 0, 0)))
    return drafts


class _Item:
    """One item, and where to complain about it."""

    def __init__(self, item: RegistryItem, number: int, tree: Places, findings: Findings) -> None:
        self.item = item
        self.number = number
        self.tree = tree
        self.findings = findings
        self.faulty = False

    def record(self) -> Record | None:
        self._check_fields()
        target = self._target()
        data = self._data()
        if target is None or self.faulty:
            return None
        hive, key = target
        via = Via(self.item.via)
        action = Action(self.item.action)
        kind = _TYPES[self.item.type] if self.item.type else None
        if action is Action.DELETE_KEYS:
            kind = RegType.SZ
        elif action is Action.SECURE_KEY:
            kind = RegType.DWORD
        return Record(hive, key, self.item.name or "", action, kind, data, via)

    def _wrong(self, field: str, message: str, fix: str = "") -> None:
        self.faulty = True
        path = ("registry", self.number, field)
        at, where = self.tree.place(*path), dotted(path, self.tree.tree)
        self.findings.error("GP050", f"{where}: {message}", at, fix)

    def _needed(self, field: str) -> str:
        """Say how to write a field that is missing."""
        if field == "data":
            kind = self.item.action if self.item.action in _DATA else self.item.type
            return f"write data: {_DATA[kind or 'dword']}"
        return f"write {field}: {example(('registry', field))}"

    def _check_fields(self) -> None:
        action = self.item.action
        needed = _NEEDS[action]
        for field in ("name", "type", "data"):
            written = getattr(self.item, field) is not None
            if field in needed and not written:
                self._wrong(field, f"action {action} requires it", self._needed(field))
            elif field not in needed and written:
                self._wrong(field, f"action {action} does not take it", "remove it")
        if self.item.via == "preference" and action not in _BY_PREFERENCE:
            allowed = ", ".join(_BY_PREFERENCE)
            self._wrong("via", f"a preference does not support {action}; allowed: {allowed}")

    def _target(self) -> tuple[Hive, str] | None:
        try:
            target = split_key(self.item.key)
        except ValueError as error:
            self._wrong("key", f"{quoted(self.item.key)}: {error}")
            return None
        if target[1].split("\\")[0].upper() in _HIVE_NAMES:
            self._wrong(
                "key", f"{quoted(self.item.key)}: a key must have exactly one hive, at the start"
            )
            return None
        self._check_name(self.item.name or "")
        return target

    def _check_name(self, name: str) -> None:
        try:
            check_name(name)
            if self.item.via == "preference":
                _check_xml(name)
        except ValueError as error:
            self._wrong("name", str(error))
        if name.lower() == _DEFAULT:
            message = (
                f"{quoted(name)} is the name that Windows shows for a key's default value: the "
                "import "
            )
            message += "cannot distinguish a value of this name from it"
            self._wrong("name", message, 'write `name: ""` for the default value')

    def _data(self) -> bytes:
        action = self.item.action
        if self.faulty or action in ("delete", "delete-values", "create-key"):
            return b""
        try:
            data = self._encode()
        except ValueError as error:
            self._wrong("data", str(error))
            return b""
        if self.item.via == "policy" and action == "set" and self._would_create(data):
            message = "an empty default value without a type is the instruction to create a key"
            self._wrong("data", message, "write `action: create-key`, or another type")
        if len(data) > MAX_DATA:
            self._wrong("data", f"{len(data)} bytes; the maximum is {MAX_DATA}")
        return data

    def _would_create(self, data: bytes) -> bool:
        return self.item.type == "none" and not self.item.name and not data

    def _encode(self) -> bytes:
        data = self.item.data
        if self.item.action == "delete-keys":
            return _key_names(data)
        if self.item.action == "secure-key":
            if data not in (0, 1) or isinstance(data, bool):
                raise ValueError("must be 1 (locks the key) or 0 (resets the lock)")
            return encode_data(RegType.DWORD, data)
        kind = _TYPES[str(self.item.type)]
        if self.item.via == "preference":
            _check_preference(kind, data)
        return encode_data(kind, _python(kind, data))


def _check_preference(kind: RegType, data: Any) -> None:
    """Refuse what Registry.xml cannot hold.

    Raises:
        ValueError: REG_NONE, or a character that XML does not have.
    """
    if kind is RegType.NONE:
        raise ValueError("a preference does not support the type none")
    for text in data if isinstance(data, list) else (data,):
        if isinstance(text, str):
            _check_xml(text)


def _check_xml(text: str) -> None:
    """Refuse a character that XML does not have.

    Raises:
        ValueError: with its number.
    """
    odd = _NOT_XML.search(text)
    if odd:
        raise ValueError(f"a preference is XML, which cannot contain U+{ord(odd[0]):04X}")


def _key_names(data: Any) -> bytes:
    if not isinstance(data, list) or not data or not all(isinstance(i, str) for i in data):
        raise ValueError(f"must be a list of subkey names such as [One, Two]; got {shown(data)}")
    for name in data:
        check_key(name)
        if ";" in name:
            raise ValueError("this instruction cannot express a subkey name with ';'")
    return encode_data(RegType.SZ, ";".join(data))


def _python(kind: RegType, data: Any) -> RegData:
    """Turn YAML data into what the type holds.

    Raises:
        ValueError: with what the type takes.
    """
    if kind in (RegType.DWORD, RegType.QWORD):
        if isinstance(data, bool) or not isinstance(data, int):
            message = f"{kind.name.lower()} must be a whole number such as 1 or 0x1000"
            raise ValueError(f"{message}; got {shown(data)}")
        return data
    if kind in (RegType.SZ, RegType.EXPAND_SZ):
        if not isinstance(data, str):
            raise ValueError(f"must be text; got {shown(data)}{_as_text(data)}")
        return data
    if kind is RegType.MULTI_SZ:
        if not isinstance(data, list) or not all(isinstance(item, str) for item in data):
            wrong = [item for item in data if not isinstance(item, str)] if _is_list(data) else []
            found = f"an item that is {shown(wrong[0])}" if wrong else shown(data)
            raise ValueError(f'multi-sz must be a list of texts such as [one, "2"]; got {found}')
        return tuple(data)
    return _hexadecimal(data)


def _hexadecimal(data: Any) -> bytes:
    try:
        if isinstance(data, str):
            return bytes.fromhex(data.replace(",", " "))
    except ValueError:
        pass
    message = 'must be hexadecimal digits in quotes such as "01 ff"'
    raise ValueError(f"{message}; got {shown(data)}")


def _is_list(data: Any) -> bool:
    return isinstance(data, list)


def _as_text(data: Any) -> str:
    """Say how to write data that should be a text."""
    if isinstance(data, (dict, list)):
        return ', such as "some text"'
    return ": quote it"
