"""Where PyYAML stopped reading, with the text around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import yaml

from gpogen.finding import Place

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BREAK = re.compile(r"\r\n|\r|\n")
_LONGEST = 2000
"""Characters of a line that is looked at; a line can have a million."""
COMMENT = re.compile(r"(?:^|\s)#.*")
"""The comment at the end of a line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where PyYAML stopped.

    Attributes:
        problem: its words, of libyaml or of the parser in Python.
        context: what it was reading.
        text: the text.
        lines: its lines.
        at: where it stopped.
        begun: where what it was reading began; None where it does not say.
    """

    problem: str
    context: str
    text: str
    lines: list[str]
    at: Place
    begun: Place | None

    def line(self, number: int) -> str:
        """Return a line by its number, cut; empty where there is none."""
        return self.lines[number - 1][:_LONGEST] if 1 <= number <= len(self.lines) else ""

    @property
    def before(self) -> str:
        """What stands before the place on its line."""
        return self.line(self.at.line)[: self.at.col - 1]

    @property
    def rest(self) -> str:
        """What stands at the place and after it on its line, without a comment."""
        return COMMENT.sub("", self.line(self.at.line)[self.at.col - 1 :]).rstrip()

    @property
    def above(self) -> int:
        """The number of the last line above that says something; 0 where none does."""
        numbers = range(self.at.line - 1, 0, -1)
        return next((one for one in numbers if says(self.line(one))), 0)

    def place(self, line: int, col: int) -> Place:
        """Return a place of the same file."""
        return replace(self.at, line=line, col=col)


def says(line: str) -> bool:
    """Tell whether a line has more than blanks and a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def other(place: Place | None, at: Place) -> tuple[Place, ...]:
    """Return a place that is related to another, if there is one and it is not the same."""
    return () if place is None or place == at else (place,)
