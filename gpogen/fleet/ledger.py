"""Keeps one row for each machine outside of memory, so that a run takes the same for any fleet.

The rows lie in a private temporary database of SQLite, which ends with the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BATCH = 500
_CACHE = "-24576"
"""KiB of pages that SQLite keeps in memory."""
COLUMNS = (
    "key",
    "short",
    "fqdn",
    "taken_at",
    "report_id",
    "machine",
    "domain",
    "ou",
    "build",
    "azure_id",
    "verdict",
    "readiness",
    "problems",
    "restart",
    "certificates",
    "kind",
    "setup",
    "shape",
    "pattern",
    "why",
    "position",
    "source",
)
"""What a report tells, in the order of the rows that `Ledger.add` takes."""
_SCHEMA = f"""
CREATE TABLE machine ({", ".join(COLUMNS)}, PRIMARY KEY (key));
CREATE TABLE fact (id INTEGER PRIMARY KEY, kind, text, UNIQUE (kind, text));
CREATE TABLE refused (place, machine, problem);
CREATE TABLE listed (short, fqdn, reported, name, ring, ou, profile, PRIMARY KEY (fqdn));
CREATE TABLE azure (id, short, name, platform, enabled, status, security, critical, other,
  assessed,
  PRIMARY KEY (id));
"""
_UPSERT = (
    f"INSERT INTO machine ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "
    "ON CONFLICT (key) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    + " WHERE (excluded.kind = 'audit', excluded.taken_at, excluded.verdict, excluded.report_id, "
    "excluded.source) > (machine.kind = 'audit', machine.taken_at, machine.verdict, "
    "machine.report_id, machine.source)"
)
"""A readiness report hides no audit report, which also has the settings. Of two reports of one
moment the worse counts: its verdict comes later in the alphabet."""


class Ledger:
    """What a run has read, by machine."""

    def __init__(self) -> None:
        """Make an empty one."""
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute(f"PRAGMA cache_size = {_CACHE}")
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.executescript(_SCHEMA)
        self._base.execute("BEGIN")
        self._rows: list[Sequence[Any]] = []

    def __del__(self) -> None:
        """Give up the database, and with it its file."""
        self._base.close()

    def add(self, row: Sequence[Any]) -> None:
        """Add what one report tells; of several about one machine the newest stays."""
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is still to be written."""
        self._base.executemany(_UPSERT, self._rows)
        self._rows.clear()

    def fact(self, kind: str, text: str) -> int:
        """Return the number of a text that many machines share."""
        self.run("INSERT OR IGNORE INTO fact (kind, text) VALUES (?, ?)", kind, text)
        found = self.one("SELECT id FROM fact WHERE kind = ? AND text = ?", kind, text)
        return int(found[0])

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement, and return how many rows it changed."""
        return self._base.execute(statement, values).rowcount

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for many rows."""
        self._base.executemany(statement, rows)

    def one(self, statement: str, *values: Any) -> tuple[Any, ...]:
        """Return the first row of a query that has one."""
        found: tuple[Any, ...] = self._base.execute(statement, values).fetchone()
        return found

    def each(self, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query."""
        yield from self._base.execute(statement, values)
