"""One row of a list of updates, by the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from gpogen.calendar.sighting import Presence, Sighting, package_kb
from gpogen.calendar.updates import read_kb
from gpogen.errors import UsageError
from gpogen.text import cut

MAX_CELL = 1000
"""Characters of a cell that are read."""
MACHINE = (
    "machine",
    "pscomputername",
    "computername",
    "csname",
    "csn",
    "hostname",
    "computer",
    "server",
    "node",
    "source",
)
"""Columns that name the machine, the surest first."""
KB = ("hotfixid", "kb", "kbarticle", "kbarticleid", "kbarticleids", "kbnumber", "hotfix")
TITLE = ("title", "updatetitle")
PACKAGE = ("packagename", "packageidentity", "package")
STATE = ("packagestate", "state", "installed", "result", "resultcode", "status")
OPERATION = ("operation", "operationname")
IDENTIFYING = frozenset((*KB, *TITLE, *PACKAGE))
"""A list has one of these columns, or is none of updates."""
_DIGITS = 6
"""The least digits of an update's number."""
_ONE_EACH = "write each update in its own row"
_IN_TITLE = re.compile(r"\bKB ?([0-9]{6,8})\b", re.IGNORECASE | re.ASCII)
_STATES = {
    Presence.THERE: (
        "installed",
        "superseded",
        "true",
        "yes",
        "succeeded",
        "succeededwitherrors",
        "success",
        "uninstallpending",
    ),
    Presence.PENDING: ("installpending", "partiallyinstalled", "inprogress", "pendingreboot"),
    Presence.GONE: (
        "notpresent",
        "staged",
        "resolved",
        "removed",
        "false",
        "no",
        "notstarted",
        "failed",
        "aborted",
        "uninstalled",
        "notinstalled",
    ),
}
_NUMBERS = {
    # DISM's states of a package, as PowerShell's ConvertTo-Json writes them.
    "packagestate": (
        "notpresent",
        "uninstallpending",
        "staged",
        "removed",
        "installed",
        "installpending",
        "superseded",
        "partiallyinstalled",
    ),
    # OperationResultCode of the Windows Update Agent.
    "result": ("notstarted", "inprogress", "succeeded", "succeededwitherrors", "failed", "aborted"),
    "installed": ("false", "true"),
}
_NUMBERS["state"] = _NUMBERS["packagestate"]
_NUMBERS["resultcode"] = _NUMBERS["status"] = _NUMBERS["result"]
_OPERATIONS = {
    "installation": Presence.THERE,
    "install": Presence.THERE,
    "1": Presence.THERE,
    "uninstallation": Presence.GONE,
    "uninstall": Presence.GONE,
    "2": Presence.GONE,
}


@lru_cache(maxsize=1024)
def column(name: str) -> str:
    """Write a column's name as it is compared: ``Package Identity`` is ``packageidentity``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def cells(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Return the cells by the names of their columns; a list of words or numbers is one cell.

    Raises:
        UsageError: two cells of one column say different things.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        text = _cell(value)
        if text is None:
            continue
        key = column(str(name))
        if found.get(key) and text and found[key] != text:
            both = f"{cut(found[key], 40)!r} and {cut(text, 40)!r}"
            raise UsageError(f"the column {cut(key, 40)} has two different values: {both}")
        found[key] = found.get(key) or text
    return found


def _cell(value: Any) -> str | None:
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        value = " ".join(map(str, value[:MAX_CELL]))
    return str(value).strip()[:MAX_CELL] if isinstance(value, str | int | float) else None


def first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Return the first cell of these columns that says something."""
    return next((row[name] for name in names if row.get(name)), "")


def sighting(row: Mapping[str, str]) -> Sighting | None:
    """Read a row; None where it names no update."""
    title, package = first(row, TITLE), first(row, PACKAGE)
    # A row of Get-WindowsPackage or of a history names its number in another cell, or nowhere.
    kb = _number(row) or package_kb(package) or kb_in(title)
    if not (kb or title or package):
        return None
    presence, word = _presence(row)
    return Sighting(
        kb=kb,
        title=title,
        description=row.get("description", ""),
        package=package,
        presence=presence,
        state=word,
    )


def _number(row: Mapping[str, str]) -> str:
    """Return the number in a row's own columns for it, or nothing.

    Raises:
        UsageError: a cell holds digits and is not one number, or two columns disagree.
    """
    found: dict[str, None] = {}
    for name in KB:
        cell = row.get(name, "")
        kb = read_kb(cell)
        if kb is None and sum(char.isdigit() for char in cell) >= _DIGITS:
            raise UsageError(
                f"{cut(cell, 40)!r} is not a single KB number such as KB5066835: {_ONE_EACH}"
            )
        if kb:
            found[kb] = None
    if len(found) > 1:
        raise UsageError(f"one row names {' and '.join(found)}: {_ONE_EACH}")
    return next(iter(found), "")


def kb_in(title: str) -> str:
    """Return the number that a title names, or nothing."""
    found = _IN_TITLE.findall(title)
    return f"KB{found[-1]}" if found else ""


def presence_of(word: str, kind: str = "state") -> tuple[Presence, str]:
    """Understand a state; with the word where nobody can."""
    plain = column(word)
    numbers = _NUMBERS.get(kind, ())
    if plain.isdecimal() and int(plain[:4]) < len(numbers):
        plain = numbers[int(plain[:4])]
    for presence, words in _STATES.items():
        if plain in words:
            return presence, ""
    return Presence.UNCLEAR, word


def _presence(row: Mapping[str, str]) -> tuple[Presence, str]:
    name = next((name for name in STATE if row.get(name)), "")
    presence, word = presence_of(row[name], name) if name else (Presence.THERE, "")
    operation = first(row, OPERATION)
    if not operation or presence is not Presence.THERE:
        return presence, word
    done = _OPERATIONS.get(column(operation))
    return (done, "") if done else (Presence.UNCLEAR, operation)
