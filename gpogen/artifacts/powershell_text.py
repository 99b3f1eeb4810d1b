"""What the PowerShell scripts have in common: their head, and records as rows of data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gpogen.catalog.platforms import find_platform
from gpogen.compile.origin import Traced
from gpogen.compile.result import Header
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Action, RegType

KINDS: Mapping[int, str] = MappingProxyType(
    {
        RegType.NONE: "None",
        RegType.SZ: "String",
        RegType.EXPAND_SZ: "ExpandString",
        RegType.BINARY: "Binary",
        RegType.DWORD: "DWord",
        RegType.MULTI_SZ: "MultiString",
        RegType.QWORD: "QWord",
    }
)
"""Names in .NET's RegistryValueKind; it has none for the other types."""

INSTALLATIONS = MappingProxyType({"core": "Server Core", "desktop": "Desktop Experience"})
_ROLES = MappingProxyType(
    {"member": "member servers", "hyper-v-host": "Hyper-V hosts", "wsus-server": "WSUS servers"}
    | {"domain-controller": "domain controllers", "cluster-node": "cluster nodes"}
)
_CARRIES_DATA = (Action.SET, Action.SOFT)
_SHAPES: Mapping[str, type] = MappingProxyType(
    {
        "None": bytes,
        "Binary": bytes,
        "String": str,
        "ExpandString": str,
        "DWord": int,
        "QWord": int,
        "MultiString": tuple,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """One record as the scripts hold it.

    Attributes:
        action: the record's action, ``set``.
        hive: ``HKLM`` or ``HKCU``.
        key: the key without hive.
        name: the value's name.
        kind: its name in .NET's RegistryValueKind; empty where there is no data.
        value: the data; None where there is none.
        names: for ``delete-values`` the values that stay, for ``delete-keys`` the subkeys that go.
        note: the origin's title and the author's reason, for a comment.
    """

    action: str
    hive: str
    key: str
    name: str
    kind: str
    value: RegData | None
    names: tuple[str, ...]
    note: str


def meant_for(header: Header) -> str:
    """Say for which machines the profile is, in words."""
    known = (
        header.os_title,
        installation_text(header),
        roles_text(header),
        platform_text(header),
    )
    return ", ".join(filter(None, known))


def installation_text(header: Header) -> str:
    """Name the installation; both where nothing says which."""
    if header.any_installation:
        return " or ".join(INSTALLATIONS.values())
    return INSTALLATIONS.get(header.installation, header.installation)


def roles_text(header: Header) -> str:
    """Name the machines of the profile's role, ``cluster nodes``."""
    return _ROLES.get(header.role, header.role.replace("-", " "))


def platform_text(header: Header) -> str:
    """Name the profile's platform; empty where there is none."""
    platform = find_platform(header.platform)
    return platform.title if platform else ""


def head_lines(header: Header) -> tuple[str, ...]:
    """What every script says of the profile it was made from."""
    known = (
        ("Profile", header.name),
        ("GPO", header.title),
        ("Why", header.why),
        ("For", meant_for(header)),
        ("Ring", header.ring),
        ("Revision", header.revision),
        ("Digest", header.digest),
        ("Made by", f"gpogen {header.version}"),
    )
    return tuple(f"{label}: {text}" for label, text in known if text)


def unwritable(record: Record) -> str:
    """Why .NET cannot write the record's data; empty when it can."""
    if record.action is Action.SECURE_KEY:
        return "changes the permissions of the key, which these scripts do not do"
    if record.action is Action.DELETE_KEYS and not _subkeys(record):
        return "does not name a subkey"
    if record.action not in _CARRIES_DATA:
        return ""
    kind = KINDS.get(-1 if record.type is None else record.type)
    if kind is None:
        return "has a type that .NET cannot write"
    if not isinstance(record.value, _SHAPES[kind]):
        return "has data that does not fit its type"
    return ""


def rows(traced: Iterable[Traced]) -> tuple[ValueRow, ...]:
    """Turn records into rows; a reason that is the same as the row before is not repeated."""
    items = tuple(traced)
    by_key = _by_key(item.record for item in items)
    made: list[ValueRow] = []
    before = ""
    for index, item in enumerate(items):
        note = "\n".join(filter(None, (item.origin.title, item.origin.why)))
        made.append(_row(item.record, index, by_key, "" if note == before else note))
        before = note
    return tuple(made)


_Key = tuple[str, str]


def _by_key(records: Iterable[Record]) -> dict[_Key, list[tuple[int, Record]]]:
    """Group records by their key, each with its place in the order."""
    found: dict[_Key, list[tuple[int, Record]]] = {}
    for index, record in enumerate(records):
        found.setdefault(record.target[:2], []).append((index, record))
    return found


def _row(
    record: Record, index: int, by_key: Mapping[_Key, list[tuple[int, Record]]], note: str
) -> ValueRow:
    siblings = by_key[record.target[:2]]
    carries = record.action in _CARRIES_DATA
    kind, value = _data(record) if carries else ("", None)
    return ValueRow(
        action=_action(record, index, siblings).value,
        hive=record.hive.value,
        key=record.key,
        name=record.name,
        kind=kind,
        value=value,
        names=_names(record, index, siblings),
        note=note,
    )


def _data(record: Record) -> tuple[str, RegData]:
    """Name the kind and give the value; ``Unknown`` and the bytes where .NET has no name."""
    kind = KINDS.get(-1 if record.type is None else record.type, "Unknown")
    value = record.value
    if value is None or not isinstance(value, _SHAPES.get(kind, bytes)):
        return "Unknown", record.data
    return kind, value


def _action(record: Record, index: int, siblings: list[tuple[int, Record]]) -> Action:
    """A value that is set if absent is always set once all of its key's values are deleted."""
    if record.action is not Action.SOFT:
        return record.action
    emptied = any(
        place < index and other.action is Action.DELETE_VALUES for place, other in siblings[:1]
    )
    return Action.SET if emptied else record.action


def _names(record: Record, index: int, siblings: list[tuple[int, Record]]) -> tuple[str, ...]:
    if record.action is Action.DELETE_KEYS:
        return _subkeys(record)
    if record.action is not Action.DELETE_VALUES:
        return ()
    return tuple(
        after.name for place, after in siblings if place > index and after.action in _CARRIES_DATA
    )


def _subkeys(record: Record) -> tuple[str, ...]:
    try:
        names = record.data.decode("utf-16-le").rstrip("\0").split(";")
    except UnicodeDecodeError:
        return ()
    return tuple(filter(None, names))
