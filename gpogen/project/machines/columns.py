"""One row of a list of updates, by the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gpogen.compile.calendar.sighting import Presence, Sighting, package_kb
from gpogen.compile.calendar.updates import read_kb

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


def column(name: str) -> str:
    """Write a column's name as it is compared: ``Package Identity`` is ``packageidentity``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def cells(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return the cells that are no lists and mappings, by the names of their columns."""
    return {
        column(str(name)): str(value).strip()[:MAX_CELL]
        for name, value in row.items()
        if isinstance(value, str | int | float)
    }


def first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Return the first cell of these columns that says something."""
    return next((row[name] for name in names if row.get(name)), "")


def sighting(row: Mapping[str, str]) -> Sighting | None:
    """Read a row; None where it names no update."""
    title, package = first(row, TITLE), first(row, PACKAGE)
    # A row of Get-WindowsPackage or of a history names its number in another cell, or nowhere.
    kb = read_kb(first(row, KB)) or package_kb(package) or kb_in(title)
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
