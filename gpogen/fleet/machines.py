"""A list of the machines that should report: names alone, or CSV with rings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from gpogen.errors import UsageError
from gpogen.files import read_file
from gpogen.fleet.ledger import Ledger
from gpogen.lists.columns import MACHINE, column
from gpogen.profile.reading import show
from gpogen.text import cut

MAX_BYTES = 64 << 20
MAX_LISTED = 1_000_000
MAX_NAME = 255
_MORE = ("ring", "ou", "profile")
_NAMES = ("name", "dnshostname", *MACHINE)
_DELIMITERS = ",;\t"

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
    data = read_file(Path(path), MAX_BYTES, shown)
    if len(data) > MAX_BYTES:
        raise UsageError(f"{shown}: more than {MAX_BYTES} bytes")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    count = 0
    for count, row in enumerate(_rows(text, shown), 1):
        if count > MAX_LISTED:
            raise UsageError(f"{shown}: more than {MAX_LISTED} machines")
        name = row[0].lower()
        ledger.run(
            "INSERT OR IGNORE INTO listed (short, fqdn, name, ring, ou, profile) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            name.partition(".")[0],
            name,
            *row,
        )
    if not count:
        raise UsageError(f"{shown}: no machine in the list")
    return int(ledger.one("SELECT count(*) FROM listed")[0])


def _rows(text: str, shown: str) -> Iterator[Listed]:
    first = text.lstrip("\r\n").partition("\n")[0]
    names = [column(part.strip(' "')) for part in _split(first)]
    if len(names) > 1 or names[0] in _NAMES:
        yield from _table(text.lstrip("\r\n"), first, names, shown)
        return
    for number, line in enumerate(text.splitlines(), 1):
        name = line.partition("#")[0].strip()
        if name:
            yield (_name(name, f"{shown}:{number}"), "", "", "")


def _delimiter(first: str) -> str:
    return max(_DELIMITERS, key=first.count)


def _split(first: str) -> list[str]:
    return first.rstrip("\r").split(_delimiter(first))


def _table(text: str, first: str, names: list[str], shown: str) -> Iterator[Listed]:
    machine = next((name for name in _NAMES if name in names), None)
    if machine is None:
        raise UsageError(
            f"{shown}: the first row must name a column machine, name or ComputerName; got "
            f"{cut(first)!r}"
        )
    places = {name: names.index(name) for name in (machine, *_MORE) if name in names}
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(first))
    try:
        next(reader)
        for row in reader:
            cells = [
                row[places[name]].strip() if places.get(name, len(row)) < len(row) else ""
                for name in (machine, *_MORE)
            ]
            if any(cells):
                name = _name(cells[0], f"{shown}:{reader.line_num}")
                yield (name, cells[1][:300], cells[2][:1000], cells[3][:63])
    except csv.Error as error:
        raise UsageError(f"{shown}:{reader.line_num}: not CSV: {error}") from None


def _name(name: str, place: str) -> str:
    if not name or len(name) > MAX_NAME or not name.isprintable() or " " in name:
        raise UsageError(f"{place}: {cut(name)!r} is not the name of a machine")
    return name
