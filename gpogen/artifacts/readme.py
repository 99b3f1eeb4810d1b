"""README.txt: what lies here, the order of steps, what restarts, the way back."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.artifacts.api import OutFile
from gpogen.artifacts.render import render
from gpogen.compile.result import Compiled, Traced
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via, type_name

NAME = "readme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record for people: ``Name = REG_DWORD 4``, or what else happens."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The records of one policy on one key.

    Attributes:
        title: the policy's display name.
        policy: its ADMX name, or an empty text.
        via: "policy" or "preference".
        key: hive and key.
        why: the author's reason, or empty.
        rows: the records.
    """

    title: str
    policy: str
    via: str
    key: str
    why: str
    rows: tuple[Row, ...]


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Make README.txt."""
    data = render(
        "readme.txt.j2",
        h=compiled.header,
        c=compiled,
        groups=groups((*compiled.policy, *compiled.preferences)),
        user=bool(compiled.side(Hive.HKCU)),
        machine=bool(compiled.side(Hive.HKLM)),
        iso=any(item.wql for item in compiled.preferences),
        sconfig_core=compiled.sconfig is not None and compiled.header.installation == "core",
    )
    return (OutFile("README.txt", data),)


def groups(items: tuple[Traced, ...]) -> tuple[Group, ...]:
    """Group records by route, policy and key, in the order in which they are written."""
    found: dict[tuple[str, str, str], list[Traced]] = {}
    for item in items:
        record = item.record
        key = f"{record.hive.value}\\{record.key}"
        found.setdefault((record.via.value, item.origin.policy or item.origin.title, key), [])
        found[record.via.value, item.origin.policy or item.origin.title, key].append(item)
    return tuple(_group(key, members) for (_, _, key), members in found.items())


def _group(key: str, members: list[Traced]) -> Group:
    first = members[0]
    return Group(
        title=first.origin.title,
        policy=first.origin.policy or "",
        via="preference" if first.record.via is Via.PREFERENCE else "policy",
        key=key,
        why=first.origin.why,
        rows=tuple(Row(text=describe(item.record)) for item in members),
    )


def describe(record: Record) -> str:
    """Say in one line what a record does."""
    name = record.name or "(default)"
    match record.action:
        case Action.DELETE:
            return f"{name}: deleted"
        case Action.DELETE_VALUES:
            return "all values of this key: deleted"
        case Action.DELETE_KEYS:
            return f"subkeys deleted: {_shown(record)}"
        case Action.CREATE_KEY:
            return "the key is created"
        case Action.SECURE_KEY:
            return "the key is locked" if record.value == 1 else "the key's lock is reset"
        case _:
            once = " (only where it is absent)" if record.action is Action.SOFT else ""
            return f"{name} = {type_name(record.type or 0)} {_shown(record)}{once}"


def _shown(record: Record) -> str:
    value = record.value
    if isinstance(value, tuple):
        return ", ".join(f'"{item}"' for item in value)
    if isinstance(value, bytes):
        return value.hex(" ")
    return f'"{value}"' if isinstance(value, str) else str(value)
