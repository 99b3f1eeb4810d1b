"""A list of the machines that should report: names alone, or CSV with rings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gpogen.errors import UsageError
from gpogen.fleet.ledger import Ledger
from gpogen.fleet.tables import head, is_exported, read_text, rows
from gpogen.lists.columns import MACHINE, column
from gpogen.profile.reading import show
from gpogen.text import cut

MAX_BYTES = 64 << 20
MAX_LISTED = 1_000_000
MAX_NAME = 255
NETBIOS = 15
"""Characters of a computer's name that Windows reports; the DNS name can have more."""
_MORE = ("ring", "ou", "profile")
_NAMES = ("name", "dnshostname", *MACHINE)
_NOT_IN_NAME = re.compile(r'[\s\\/:*?"<>|,;=]')
"""What neither a NetBIOS name nor a DNS name can have."""

Listed = tuple[str, str, str, str]
"""Name, ring, OU and profile; empty where the list does not say it."""


def read_machines(path: str, ledger: Ledger) -> int:
    """Read a list into a ledger, each machine once; return how many there are.

    Either one name in each line, with ``#`` before a remark, or CSV whose first row names the
    columns: one for the machine (machine, name, ComputerName, DNSHostName, ...), and ring, ou and
    profile where they are wanted. Names are NetBIOS or DNS names, in any case.

    Raises:
        UsageError: it can't be read, or has no machine.
    """
    shown = show(Path(path))
    text = read_text(path, MAX_BYTES)
    count = 0
    for count, row in enumerate(_rows(text, shown), 1):
        if count > MAX_LISTED:
            raise UsageError(f"{shown}: more than {MAX_LISTED} machines")
        _add(row, ledger, shown)
    if not count:
        raise UsageError(f"{shown}: no machine in the list")
    return int(ledger.one("SELECT count(*) FROM listed")[0])


def _add(row: Listed, ledger: Ledger, shown: str) -> None:
    """Add a machine, unless it is already there."""
    name = row[0].lower()
    host, dot, domain = name.partition(".")
    reported = f"{host[:NETBIOS]}{dot}{domain}"
    added = ledger.run(
        "INSERT OR IGNORE INTO listed (short, fqdn, reported, name, ring, ou, profile) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        host, name, reported, *row,
    )  # fmt: skip
    if added:
        return
    before = ledger.one("SELECT ring, ou, profile FROM listed WHERE fqdn = ?", name)
    for what, old, new in zip(_MORE, before, row[1:], strict=True):
        if old != new:
            raise UsageError(
                f"{shown}: {cut(row[0])} occurs twice, with the {what} {cut(old)!r} and "
                f"{cut(new)!r}"
            )


def _rows(text: str, shown: str) -> Iterator[Listed]:
    names = [column(name) for name in head(text)]
    if len(names) > 1 or names[0] in _NAMES or is_exported(text):
        yield from _table(text, shown)
        return
    for number, line in enumerate(text.splitlines(), 1):
        name = line.partition("#")[0].strip()
        if name:
            yield (_name(name, f"{shown}:{number}"), "", "", "")


def _table(text: str, shown: str) -> Iterator[Listed]:
    every = rows(text, shown)
    line, first = next(every, (1, []))
    names = [column(name) for name in first]
    machine = next((name for name in _NAMES if name in names), None)
    if machine is None:
        raise UsageError(
            f"{shown}:{line}: the first row must name a column machine, name or ComputerName; got "
            f"{cut(', '.join(first))!r}"
        )
    places = [names.index(name) if name in names else None for name in (machine, *_MORE)]
    for line, row in every:
        cells = ["" if place is None else row[place].strip() for place in places]
        if not any(cells) or set(cells[0]) == {"-"}:
            continue  # PowerShell underlines the names of columns.
        yield (_name(cells[0], f"{shown}:{line}"), cells[1][:300], cells[2][:1000], cells[3][:63])


def _name(name: str, place: str) -> str:
    if not name or len(name) > MAX_NAME or not name.isprintable() or _NOT_IN_NAME.search(name):
        raise UsageError(f"{place}: {cut(name)!r} is not the name of a machine")
    return name
