"""What verifying found: rows, one for each check, and a table of formats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ended; ``problem`` alone is a reason not to use the files."""

    OK = "ok"
    PROBLEM = "problem"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check.

    Attributes:
        check: its name.
        state: how it ended.
        found: what was found, and what is right, one text for each place.
    """

    check: str
    state: State
    found: tuple[str, ...]

    @property
    def text(self) -> str:
        """The first few of them in one line."""
        return listed(self.found, separator="; ")


@dataclass(frozen=True, slots=True)
class FormatRow:
    """One format of an output folder.

    Attributes:
        format: its name.
        records: how many were read from it; None when it could not be read.
        equal: whether they are what they should be; None where nothing says what that is.
        text: what differs, or what it was compared with.
    """

    format: str
    records: int | None
    equal: bool | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One folder.

    Attributes:
        path: the folder as it was named.
        kind: ``output`` or ``backup``.
        rows: the checks.
        formats: the formats of an output folder.
    """

    path: str
    kind: str
    rows: tuple[CheckRow, ...]
    formats: tuple[FormatRow, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Tell whether there is neither a problem nor a difference."""
        return not self.problems and all(row.equal is not False for row in self.formats)

    @property
    def structure_only(self) -> bool:
        """Tell whether nothing said what the values should be: a backup without a profile."""
        return self.kind == "backup" and not self.formats

    @property
    def problems(self) -> tuple[CheckRow, ...]:
        """The rows that are problems."""
        return tuple(row for row in self.rows if row.state is State.PROBLEM)


def judged(check: str, wrong: Iterable[str], fine: str, *, note: bool = False) -> CheckRow:
    """Return a check's row: what is wrong, or that all is fine."""
    found = tuple(wrong)
    if not found:
        return CheckRow(check, State.OK, (fine,))
    return CheckRow(check, State.NOTE if note else State.PROBLEM, found)


def listed(names: Iterable[str], most: int = 5, *, separator: str = ", ") -> str:
    """Name the first few: ``a, b and 3 more``."""
    every = list(names)
    rest = len(every) - most
    return separator.join(every[:most]) + (f" and {rest} more" if rest > 0 else "")
