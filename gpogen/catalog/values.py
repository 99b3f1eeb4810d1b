"""Registry values that belong to hotpatching but stand in no ADMX file.

All lie in HKLM. Some a profile may write (they tattoo: no GPO takes them back by itself), the
others are results, state or licenses that nobody but Windows should write.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from gpogen.catalog.files import load, reg_type
from gpogen.policy.types import RegType


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownValue:
    """One registry value, or a key where :attr:`name` is None."""

    id: str
    """Short name within gpogen, such as ``vbs-control``."""
    key: str
    """Registry key without hive."""
    name: str | None
    """Value name; None: the row is about the key itself."""
    subtree: bool
    """Whether the row covers everything at and below its key."""
    type: RegType | None
    """None where no source names the type."""
    data: int | str | None
    """The data that the source names; None where there is no single one."""
    min: int | None
    """Smallest number, where there is a range."""
    max: int | None
    """Largest number, where there is a range."""
    category: str
    """iso-preparation, vbs, mdm, state, arc-state, license or older-template."""
    meaning: str
    oses: tuple[str, ...]
    """Operating system families that the row concerns; empty: no server."""
    writable: bool
    """Whether gpogen may write it."""
    reason: str | None
    """Why it may not be written."""
    source: str

    def covers(self, key: str, name: str) -> bool:
        """Whether a registry value (key without hive, any case) is this one or lies below it."""
        mine, other = self.key.lower(), key.lower()
        if self.subtree and (other == mine or other.startswith(f"{mine}\\")):
            return True
        return other == mine and (self.name is None or self.name.lower() == name.lower())


@cache
def values() -> tuple[KnownValue, ...]:
    """All rows, in the order of the data file; exact values before the subtrees around them."""
    return tuple(_value(row) for row in load("values.json")["values"])


@cache
def value(identity: str) -> KnownValue:
    """The row with this id.

    Raises:
        KeyError: there is none.
    """
    return {row.id: row for row in values()}[identity]


@lru_cache(maxsize=4096)
def find_known_value(key: str, name: str) -> KnownValue | None:
    """The first row that covers a registry value (key without hive, any case), or None."""
    return next((row for row in values() if row.covers(key, name)), None)


def _value(row: dict[str, Any]) -> KnownValue:
    kind = None if row["type"] is None else reg_type(row["type"])
    return KnownValue(**dict(row, type=kind, oses=tuple(row["oses"])))
