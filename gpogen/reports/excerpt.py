"""The source line of a finding, with a line below it that marks the place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gpogen.finding import Place
from gpogen.text import columns, each_visible

TAB = "    "
"""What a tab is shown as: where a terminal's own tab stops are, nobody knows."""
_CUT = {True: "\u2026", False: "..."}
_CHARACTERS = 2000
"""So many characters around a place are looked at; a line can have a million."""
_QUOTED = re.compile(r"""'(?:[^']|'')*'?|"(?:[^"\\]|\\.)*"?""")
_PLAIN = re.compile(
    r"(?![-?](?:\s|$))(?:[^\s,\[\]{}:#]|:(?=[^\s,\[\]{}])|(?<=\S)#|[ \t]+(?=[^\s,\[\]{}#:]))+"
)
"""A plain scalar of YAML, which ends at a comment, a bracket, a comma, or a colon and a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A line, cut to a width.

    Attributes:
        number: the number of the line.
        text: what is shown of it.
        before: columns of it before the place.
        length: columns to mark, at least 1.
    """

    number: int
    text: str
    before: int
    length: int


def excerpt(
    place: Place, room: int, can_show: Callable[[str], bool] = lambda _: True
) -> Excerpt | None:
    """Return the line that a place is in; None where there is no text, or no such line.

    Args:
        place: the place.
        room: the columns that the line may take.
        can_show: tells whether the terminal's encoding has a character.
    """
    line = place.source.line(place.line) if place.source else None
    if line is None or not 1 <= place.col <= len(line) + 1 or not line.strip():
        return None
    start = place.col - 1
    first = max(0, start - _CHARACTERS)
    cells = [_cell(one, can_show) for one in each_visible_or_tab(line[first : start + _CHARACTERS])]
    end = start + max(1, token_length(line, start))
    mark = _CUT[can_show(_CUT[True])]
    low, high = _window(
        [columns(cell) for cell in cells], start - first, end - first, room - 2 * len(mark)
    )
    cut_before, cut_after = bool(first + low), first + high < len(line)
    head = (mark if cut_before else "") + "".join(cells[low : start - first])
    marked = "".join(cells[start - first : min(end - first, high)])
    rest = "".join(cells[min(end - first, high) : high]) + (mark if cut_after else "")
    before = columns(head)
    return Excerpt(
        number=place.line,
        text=f"{head}{marked}{rest}".rstrip(),
        before=before,
        length=max(1, columns(head + marked) - before),
    )


def each_visible_or_tab(text: str) -> list[str]:
    """Return what is shown of each character of a line."""
    return [
        TAB if char == "\t" else shown for char, shown in zip(text, each_visible(text), strict=True)
    ]


def _cell(shown: str, can_show: Callable[[str], bool]) -> str:
    return shown if can_show(shown) else "".join(f"<U+{ord(char):04X}>" for char in shown)


def token_length(line: str, start: int) -> int:
    """Return how many characters of a line a message about a place means.

    That is a quoted text, a plain one up to its comment, comma, bracket or colon, or else one
    character, such as a tab.
    """
    rest = line[start : start + _CHARACTERS]
    if rest[:1].isspace():
        return 1
    found = (_QUOTED if rest[:1] in ("'", '"') else _PLAIN).match(rest)
    return len(found[0].rstrip()) if found else 1


def _window(widths: list[int], start: int, end: int, room: int) -> tuple[int, int]:
    """Choose which cells are shown: the token's, as many before it as fit, and what follows.

    Returns:
        The first cell, and the one after the last.
    """
    token = min(sum(widths[start:end]), room)
    before = room
    if sum(widths[:start]) + token > room:
        before = max(min(room - token, room // 2), room // 4)
    low, used = start, 0
    while low > 0 and used + widths[low - 1] <= min(before, room - 1):
        low -= 1
        used += widths[low]
    high = start
    while high < len(widths) and used + widths[high] <= room:
        used += widths[high]
        high += 1
    return low, high
