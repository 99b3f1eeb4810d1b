"""README.txt: what lies here, the order of steps, what restarts, the way back."""

from __future__ import annotations

import re
import textwrap
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass

from gpogen.artifacts.api import OutFile
from gpogen.artifacts.extensions import preferences_of
from gpogen.artifacts.powershell_text import meant_for
from gpogen.artifacts.render import render
from gpogen.artifacts.render.contexts.characters import split_lines
from gpogen.catalog.platforms import operating_systems, orchestrations
from gpogen.compile.result import Compiled, Traced
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via, type_name

NAME = "readme"
WIDTH = 100
_VERBATIM = 4
"""Lines with this indentation are commands and records, which no line break may cut."""
_HANGING = re.compile(r" *(- |[a-z]\. +|why: |because: |[A-Z][A-Za-z ]+: {2,})?")
_WHY = 7
_KEY = re.compile(r"HK(?:LM|CU)\\\S+(?: \S*\\\S*)*(?: \w+(?=:))?")
_GLUE = "\x1f"
"""Stands for a blank in a registry key, where no line may break; no rendered text holds it."""


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
    orchestration = orchestrations().get(compiled.header.orchestration)
    data = render(
        "readme.txt.j2",
        h=compiled.header,
        c=compiled,
        groups=groups((*compiled.policy, *compiled.preferences)),
        meant_for=meant_for(compiled.header),
        orchestration=orchestration.title if orchestration else compiled.header.orchestration,
        preferences=_titles(preferences_of(compiled, Hive.HKLM)),
        vbs=compiled.vbs_restart,
        wql=wql(compiled.header.os),
        enrolment=compiled.header.os == "windows-server-2022-azure-edition",
        saved=_saved(compiled.direct),
        user=bool(compiled.side(Hive.HKCU)),
        machine=bool(compiled.side(Hive.HKLM)),
        iso=any(item.wql for item in compiled.preferences),
        sconfig_core=compiled.sconfig is not None and compiled.header.installation == "core",
    )
    return (OutFile("README.txt", wrap(data)),)


def wrap(data: bytes) -> bytes:
    """Break the lines beyond 100 columns at blanks, list items with a hanging indent."""
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    lines = data.removeprefix(mark).decode("utf-8").split("\r\n")
    return mark + "\r\n".join(part for line in lines for part in _wrapped(line)).encode("utf-8")


def _wrapped(line: str) -> list[str]:
    if len(line) <= WIDTH or line.startswith(" " * _VERBATIM):
        return [line]
    found = _HANGING.match(line)
    glued = _KEY.sub(lambda key: key[0].replace(" ", _GLUE), line)
    parts = _fill(glued, found.end() if found else 0)
    return [part.replace(_GLUE, " ") for part in parts]


def _fill(line: str, indent: int, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )


def _filled(why: str) -> str:
    """Break an author's reason, which stands behind ``  why: ``, at blanks."""
    lines = [line for part in split_lines(why) for line in _fill(part, 0, WIDTH - _WHY) or [""]]
    return "\n".join(lines)


def wql(os: str) -> str:
    """Compose the query of a WMI filter for one operating system; empty for an unknown one."""
    system = operating_systems().get(os)
    if system is None:
        return ""
    either = " OR ".join(
        f"OperatingSystemSKU = {sku}" for sku in (system.sku_desktop, system.sku_core)
    )
    return (
        f'SELECT Version FROM Win32_OperatingSystem WHERE Version LIKE "{system.build}%" '
        f"AND ({either})"
    )


def _titles(items: Iterable[Traced]) -> str:
    return ", ".join(dict.fromkeys(item.origin.title for item in items))


def _saved(items: Iterable[Traced]) -> tuple[str, ...]:
    """Name the keys that the Set script changes, without those below another one."""
    keys = {item.record.key.lower(): item.record.key for item in items}
    top = [key for key in keys if not any(key.startswith(f"{other}\\") for other in keys)]
    return tuple(keys[key] for key in sorted(top))


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
        why=_filled(first.origin.why),
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
