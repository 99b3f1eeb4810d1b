"""What a format cannot carry, said by its writer (`Loss`) and by its reader (`Skipped`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gpogen.errors import FormatError
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Via

_UNPRINTABLE = re.compile(r"[^ -~]")
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Loss:
    """A record that a writer leaves out, and why."""

    record: Record
    reason: str

    @property
    def place(self) -> str:
        r"""What is lost, in ASCII: ``HKLM\Software\X, value Y (set)``."""
        record = self.record
        value = f", value {record.name}" if record.name else ""
        return _UNPRINTABLE.sub(_escape, rf"{record.hive}\{record.key}{value} ({record.action})")

    def __str__(self) -> str:
        r"""One line of ASCII: ``HKLM\Software\X, value Y (set): reason``."""
        return f"{self.place}: {_UNPRINTABLE.sub(_escape, self.reason)}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A well-formed part of a file that no record can mean."""

    line: int
    what: str
    reason: str

    def __str__(self) -> str:
        """One line: where it stands, what it is and why it has no record."""
        return f"line {self.line}: {self.what}: {self.reason}"


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """A record and the line of the file on which it begins."""

    record: Record
    line: int


@dataclass(frozen=True, slots=True)
class Content:
    """A whole file as read: its records with their lines, and what has no record."""

    entries: tuple[PlacedRecord, ...]
    skipped: tuple[Skipped, ...]

    def whole(self) -> list[Record]:
        """Return the records of a file of which nothing was skipped.

        Raises:
            FormatError: something was.
        """
        if self.skipped:
            raise FormatError(str(self.skipped[0]))
        return [entry.record for entry in self.entries]


def split(
    records: Iterable[Record], reason: Callable[[Record], str]
) -> tuple[list[Record], tuple[Loss, ...]]:
    """Part records into those that a format carries and those that it loses.

    Args:
        records: what is to be written, in order.
        reason: returns why a record is lost, and an empty text for one that is carried.
    """
    kept: list[Record] = []
    lost: list[Loss] = []
    for record in records:
        if why := reason(record):
            lost.append(Loss(record, why))
        else:
            kept.append(record)
    return kept, tuple(lost)


def comments(lost: Iterable[Loss]) -> list[str]:
    """Return one comment line for each loss, so that the file itself says what it lacks."""
    return [f"; Not in this file: {loss}" for loss in lost]


_INEXPRESSIBLE = {
    Action.SOFT: "'only if the value is absent'",
    Action.SECURE_KEY: "the protection of a key",
    Action.DELETE_VALUES: "the deletion of all values of a key",
}


def inexpressible(action: Action, what: str) -> str:
    """Return why a format lacks an action; ``what`` names it: LGPO text, DSC."""
    return f"{what} cannot express {_INEXPRESSIBLE[action]}"


def preference_reason(record: Record) -> str:
    """Return why a record is lost to a format of Administrative Templates alone."""
    if record.via is Via.PREFERENCE:
        return "it is a Group Policy Preference, and this format holds policies only"
    return ""


def _escape(match: re.Match[str]) -> str:
    return f"\\u{{{ord(match[0]):x}}}"
