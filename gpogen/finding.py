"""What gpogen has to say about a profile: one finding, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; ``error`` alone stops a build."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}

_BREAK = re.compile(r"\r\n|\r|\n")
"""The line ends of YAML 1.2."""


class SourceText:
    """The text of a file as it was read, so that a message can show a line of it.

    The file is not read again: standard input has no second reading, and another program can
    change or remove a file in the meantime.
    """

    __slots__ = ("_lines", "_text")

    def __init__(self, text: str) -> None:
        """Keep a text; its lines are split when somebody asks for one."""
        self._text = text
        self._lines: list[str] | None = None

    def line(self, number: int) -> str | None:
        """Return a line by its number, from 1; None where the text has no such line."""
        if self._lines is None:
            self._lines = _BREAK.split(self._text)
        return self._lines[number - 1] if 1 <= number <= len(self._lines) else None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: file, line and column, both from 1.

    Attributes:
        file: the name to show.
        line: the line; in a registry.pol the record's number.
        col: the column, in characters.
        source: the text that line and column count in; None where there is none to show, such as
            in a registry.pol. Two places are equal whatever it is.
    """

    file: str
    line: int
    col: int
    source: SourceText | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        """Write ``file:line:col``, which editors and terminals turn into a link."""
        return f"{self.file}:{self.line}:{self.col}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem or remark.

    Attributes:
        id: a stable rule id: GPnnn for shape, HPnnn and the conflict ids for meaning.
        severity: error, warning or info.
        message: what was found, and what is allowed where there is a list.
        at: where it stands, or None when it concerns no single place.
        fix: what to do about it, one sentence; empty when the message says it all.
        why: why it matters; empty for shape findings.
        source: where the fact comes from; empty for shape findings.
        related: other places that take part, such as the setting it conflicts with.
        profiles: the names of the profiles of a run that it was found in, of which there are
            several when its place is in a file that they extend.
    """

    id: str
    severity: Severity
    message: str
    at: Place | None = None
    fix: str = ""
    why: str = ""
    source: str = ""
    related: tuple[Place, ...] = field(default=())
    profiles: tuple[str, ...] = field(default=())

    @property
    def sort_key(self) -> tuple[int, str, int, int, str, str]:
        """Severity, file, line, column, id, message: the order in which findings are shown."""
        at = self.at or Place("", 0, 0)
        return (self.severity.rank, at.file, at.line, at.col, self.id, self.message)


def has_error(findings: Iterable[Finding]) -> bool:
    """Tell whether one of them is an error."""
    return any(item.severity is Severity.ERROR for item in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings once each, in the order in which they are shown."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda item: item.sort_key))


def mistake(
    code: str, message: str, at: Place, fix: str = "", related: tuple[Place, ...] = ()
) -> Finding:
    """Make the finding of a mistake in a file's form: an error, with its place."""
    return Finding(
        id=code, severity=Severity.ERROR, message=message, at=at, fix=fix, related=related
    )
