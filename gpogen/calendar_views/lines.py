"""Lines for a terminal: wrapped, or laid out in columns."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDE = 100
"""Columns from which the less important ones are shown, too."""
NARROWEST = 78
"""Columns below which nothing is cut: a terminal breaks the lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what it is: a word by which a terminal may color it."""

    text: str
    style: str = ""


def wrapped(text: str, first: str, rest: str, width: int, style: str = "") -> Iterator[Line]:
    """Break a text at blanks, with one indent for its first line and one for the rest."""
    for line in textwrap.wrap(
        text,
        max(width, 60),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ):
        yield Line(line, style)


def aligned(rows: Sequence[tuple[str, ...]], columns: int, width: int) -> Iterator[str]:
    """Lay the first so many cells of each row out in columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(columns)]
    for row in rows:
        text = "  " + "  ".join(f"{row[i]:<{widths[i]}}" for i in range(columns))
        text = text.rstrip()
        longest = max(width, NARROWEST)
        yield text if len(text) <= longest else f"{text[: longest - 3]}..."


def when(moment: datetime.datetime | None, year: int | None = None) -> str:
    """Write ``Sat 17 Oct 04:00``, or a dash; ``03 Jan 2027 04:00`` in another year than expected.

    Args:
        moment: the moment, local.
        year: the year that stands beside it, such as that of the row's month.
    """
    if moment is None:
        return "-"
    return f"{moment:%a %d %b %H:%M}" if moment.year == year else f"{moment:%d %b %Y %H:%M}"
