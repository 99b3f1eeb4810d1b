"""The calendar as a picture: a row of months for each system or profile.

Every text is cut or broken to the room that it has, by :mod:`gpogen.calendar_views.metrics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from gpogen.artifacts.render import render
from gpogen.calendar_views.metrics import cut_to, width_of, wrapped

CELL, GAP, MARGIN = 158, 6, 28
NARROWEST = 900
SLIDE = (16, 9)
"""Width and height of a slide."""
SIZES = {
    "h1": (24, True),
    "h2": (15, False),
    "lane": (17, True),
    "name": (15, True),
    "sub": (14, False),
    "note": (14, False),
    "key": (14, False),
    "month": (14, True),
    "sign": (15, True),
    "keysign": (14, True),
    "line": (13, False),
    "todaytext": (13, True),
}
"""The size of each kind of text, in pixels, and whether it is bold."""
_TOP = 96
_KEY = 28
"""Pixels from a sample of the legend to its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One month of one row.

    Attributes:
        slot: which of the board's months it is, from 0.
        month: "Oct 2026".
        kind: baseline, unplanned-baseline, hotpatch or unknown.
        sign: one letter for those who see no colors.
        sure: whether it is known; a dashed frame otherwise.
        lines: what stands in it; a line that is too long is broken.
        brief: the same in a line or two, for many rows; empty lines at their end take no room.
        tip: what a pointer shows.
        today: how far today is through this month, 0 to 100; None in other months.
    """

    slot: int
    month: str
    kind: str
    sign: str
    sure: bool
    lines: tuple[str, ...]
    brief: tuple[str, ...]
    tip: str
    today: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A row of months: its title, the text below, and the months.

    ``brief`` stands for title and text where there are many rows: a name, and short lines.
    """

    title: str
    subtitle: str
    brief: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A whole picture of so many months; ``notes`` stand at its foot.

    ``dashed`` says in the legend what a dashed frame means.
    """

    title: str
    subtitle: str
    months: int
    lanes: tuple[Lane, ...]
    notes: tuple[str, ...]
    dashed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How a board is laid out.

    Attributes:
        columns: the most months beside each other.
        cell: pixels of a month from left to right.
        titles: lines that each text beside the months may take.
        left: pixels for the titles beside the months; 0 where they stand above.
        pad: pixels between a frame and the texts in it.
        head: pixels from the top of a box to the first line in it.
        line: pixels from one line to the next.
        foot: pixels from the last line to the bottom of its box.
        between: pixels between two rows of months of one lane.
        after: pixels after a lane.
    """

    columns: int
    cell: int
    titles: int
    left: int
    pad: int
    head: int
    line: int
    foot: int
    between: int
    after: int


_FULL = _Style(
    columns=6, cell=CELL, titles=3, left=0, pad=10, head=44, line=17, foot=10, between=26, after=22
)
_BRIEF = replace(_FULL, left=204, pad=5, head=36, line=16, foot=8)
_YEAR = replace(_BRIEF, columns=12, cell=112, between=GAP, after=GAP)
_DENSE = replace(_YEAR, cell=CELL, titles=1)
_STYLES = (_FULL, _BRIEF, _YEAR, _DENSE)
"""From the largest texts on a slide to the smallest: half a year, or a year, beside each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    kind: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    x: int
    y: int
    height: int
    style: str
    cell: Cell
    texts: tuple[_Text, ...]
    today: int | None

    @property
    def above(self) -> int:
        return self.y - 9

    @property
    def mark(self) -> str:
        """The triangle that points at today."""
        at = self.today or 0
        return f"{at - 5},{self.y - 7} {at + 5},{self.y - 7} {at},{self.y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    texts: tuple[_Text, ...]
    boxes: tuple[_Box, ...]


LEGEND = (
    ("baseline", "B", "baseline: restart"),
    ("unplanned-baseline", "U", "unplanned baseline: restart"),
    ("hotpatch", "H", "hotpatch: no restart planned"),
    ("unknown", "?", "unknown"),
)


def picture(board: Board) -> bytes:
    """Draw a board: UTF-8, LF, without scripts, fonts or anything from elsewhere.

    A picture that is higher than a slide is drawn in the next denser style.
    """
    for style in _STYLES[:-1]:
        data, height, width = _drawn(board, style)
        if height * SLIDE[0] <= width * SLIDE[1]:
            return data
    return _drawn(board, _STYLES[-1])[0]


def _drawn(board: Board, style: _Style) -> tuple[bytes, float, int]:
    """Draw a board in a style; return its bytes, its height and its width."""
    columns = min(board.months, style.columns)
    width = max(2 * MARGIN + style.left + columns * (style.cell + GAP) - GAP, NARROWEST)
    room = width - 2 * MARGIN
    rows, y = _rows(board.lanes, -(-board.months // style.columns), style, room)
    legend, y = _legend(board, y + 22, room)
    notes, y = _block("note", board.notes, MARGIN, y + 14, room, 18)
    height = y + 8
    head = (
        _Text(kind="h1", x=MARGIN, y=40, text=_cut("h1", board.title, room)),
        _Text(kind="h2", x=MARGIN, y=64, text=_cut("h2", board.subtitle, room)),
    )
    data = render(
        "calendar/calendar.svg.j2",
        width=width,
        height=height,
        board=board,
        cell=style.cell,
        sizes=SIZES,
        head=head,
        rows=rows,
        legend=legend,
        notes=notes,
    )
    return data, height, width


def _cut(kind: str, text: str, room: float) -> str:
    size, bold = SIZES[kind]
    return cut_to(text, room, size, bold=bold)


def _wrapped(kind: str, text: str, room: float, most: int = 9) -> tuple[str, ...]:
    size, bold = SIZES[kind]
    return wrapped(text, room, size, bold=bold, most=most)


def _block(
    kind: str, texts: Sequence[str], x: int, y: int, room: float, step: int
) -> tuple[tuple[_Text, ...], int]:
    """Set texts below each other, each broken to its room; return them and where they end."""
    lines = [line for text in texts for line in _wrapped(kind, text, room)]
    made = tuple(
        _Text(kind=kind, x=x, y=y + step * number, text=line)
        for number, line in enumerate(lines, 1)
    )
    return made, y + step * len(lines)


def _rows(
    lanes: Sequence[Lane], high: int, style: _Style, room: int
) -> tuple[tuple[_Row, ...], int]:
    """Lay lanes out, each so many rows of months high; return them and where they end."""
    rows = []
    y = _TOP
    for number, lane in enumerate(lanes):
        texts, below = _titles(lane, y, style, room)
        contents = _contents(lane.cells, style)
        count = max(map(len, contents), default=0)
        height = style.head + style.line * (count - 1) + style.foot
        top = y if style.left else below
        boxes = tuple(
            _box(
                cell,
                lines,
                top + cell.slot // style.columns * (height + style.between),
                height,
                style,
            )
            for cell, lines in zip(lane.cells, contents, strict=True)
        )
        if style.after == GAP and number:  # There is no room between the rows.
            boxes = tuple(replace(box, today=None) for box in boxes)
        rows.append(_Row(texts=texts, boxes=boxes))
        bottom = top + high * height + (high - 1) * style.between
        y = max(bottom, below if style.left else bottom) + style.after
    return tuple(rows), y


def _titles(lane: Lane, y: int, style: _Style, room: int) -> tuple[tuple[_Text, ...], int]:
    """Write what stands above a lane, or on its left; return it and where it ends."""
    if style.left:
        room = style.left - 8
        name, *brief = lane.brief
        said = [("name", name), *(("line", text) for text in brief)]
        lines = [
            (kind, line) for kind, text in said for line in _wrapped(kind, text, room, style.titles)
        ]
        texts = tuple(
            _Text(kind=kind, x=MARGIN, y=y + 18 + 16 * number, text=line)
            for number, (kind, line) in enumerate(lines)
        )
        return texts, y + 18 + 16 * len(texts) - 12
    title = _Text(kind="lane", x=MARGIN, y=y + 14, text=_cut("lane", lane.title, room))
    block, below = _block("sub", (lane.subtitle,), MARGIN, y + 16, room, 18)
    return (title, *block), below + 28


def _contents(cells: Sequence[Cell], style: _Style) -> tuple[tuple[str, ...], ...]:
    """Break the lines of all cells of a lane, so that each begins at one height in all cells."""
    said = [cell.brief if style.left else cell.lines for cell in cells]
    found: list[list[str]] = [[] for _ in cells]
    for same in zip_longest(*said, fillvalue=""):
        broken = [_wrapped("line", text, style.cell - 2 * style.pad) for text in same]
        most = max(map(len, broken)) if any(same) else 0
        for lines, parts in zip(found, broken, strict=True):
            lines += (*parts, *[""] * most)[:most]
    return tuple(map(tuple, found))


def _box(cell: Cell, lines: Sequence[str], y: int, height: int, style: _Style) -> _Box:
    x = MARGIN + style.left + cell.slot % style.columns * (style.cell + GAP)
    head = y + (24 if not style.left else 19)
    texts = (
        _Text(kind="month", x=x + style.pad, y=head, text=cell.month),
        _Text(kind="sign", x=x + style.cell - style.pad - 2, y=head, text=cell.sign),
        *(
            _Text(kind="line", x=x + style.pad, y=y + style.head + style.line * number, text=line)
            for number, line in enumerate(lines)
            if line
        ),
    )
    return _Box(
        x=x,
        y=y,
        height=height,
        style=f"{cell.kind} {'sure' if cell.sure else 'open'}",
        cell=cell,
        texts=texts,
        today=None if cell.today is None else x + style.cell * cell.today // 100,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    x: float
    y: float
    style: str
    texts: tuple[_Text, ...]


def _occurring(board: Board) -> list[tuple[str, str, str]]:
    """Return the style, sign and text of each kind of month that the picture has."""
    cells = [cell for lane in board.lanes for cell in lane.cells]
    kinds = {cell.kind for cell in cells}
    found = [(f"{kind} sure", sign, words) for kind, sign, words in LEGEND if kind in kinds]
    dashed = any(not cell.sure for cell in cells)
    return [*found, ("hotpatch open", "", board.dashed)] if dashed else found


def _legend(board: Board, y: int, room: int) -> tuple[tuple[_Sample, ...], int]:
    """Set samples beside each other, in as many rows as they need; return where they end."""
    samples: list[_Sample] = []
    x: float = MARGIN
    size, bold = SIZES["key"]
    for style, sign, words in _occurring(board):
        wide = _KEY + width_of(words, size, bold=bold)
        if x > MARGIN and x + wide > MARGIN + room:
            x, y = MARGIN, y + 26
        texts = (
            _Text(kind="keysign", x=x + 10, y=y + 14, text=sign),
            _Text(kind="key", x=x + _KEY, y=y + 14, text=words),
        )
        samples.append(_Sample(x=x, y=y, style=style, texts=texts))
        x = round(x + wide + 24)
    return tuple(samples), y + 18
