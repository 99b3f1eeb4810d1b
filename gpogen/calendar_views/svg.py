"""The calendar as a picture: a row of months for each system or profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gpogen.artifacts.render import render

CELL, GAP, MARGIN = 118, 6, 28
COLUMNS = 12
_TOP, _HEAD, _LINE, _CELL_HEAD = 92, 56, 15, 40
_LEGEND = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One month of one row.

    Attributes:
        slot: which of the board's months it is, from 0.
        month: "Oct 2026".
        kind: baseline, unplanned-baseline, hotpatch or unknown.
        sign: one letter for those who see no colours.
        sure: whether it is known; a dashed frame otherwise.
        lines: what stands in it, up to :data:`CELL` pixels of small text each.
        tip: what a pointer shows.
        today: how far today is through this month, 0 to 100; None in other months.
    """

    slot: int
    month: str
    kind: str
    sign: str
    sure: bool
    lines: tuple[str, ...]
    tip: str
    today: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A row of months: its title, a line below that, and the months."""

    title: str
    subtitle: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A whole picture of so many months; ``notes`` stand at its foot."""

    title: str
    subtitle: str
    months: int
    lanes: tuple[Lane, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    x: int
    y: int
    height: int
    style: str
    cell: Cell
    lines: tuple[_Text, ...]
    today: int | None

    @property
    def text_x(self) -> int:
        return self.x + 10

    @property
    def above(self) -> int:
        return self.y - 9

    @property
    def mark(self) -> str:
        """The triangle that points at today."""
        at = self.today or 0
        return f"{at - 5},{self.y - 7} {at + 5},{self.y - 7} {at},{self.y}"

    @property
    def right(self) -> int:
        return self.x + CELL - 12

    @property
    def base(self) -> int:
        return self.y + 22


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    title: _Text
    subtitle: _Text
    boxes: tuple[_Box, ...]


LEGEND = (
    ("baseline", "B", "planned baseline: restart"),
    ("unplanned-baseline", "U", "unplanned baseline: restart"),
    ("hotpatch", "H", "hotpatch: no restart"),
    ("unknown", "?", "not known"),
)


def picture(board: Board) -> bytes:
    """Draw a board: UTF-8, LF, without scripts, fonts or anything from elsewhere."""
    columns = min(board.months, COLUMNS)
    width = max(2 * MARGIN + columns * (CELL + GAP) - GAP, 900)
    rows, foot = _rows(board.lanes, -(-board.months // COLUMNS))
    notes = tuple(
        _Text(x=MARGIN, y=foot + _LEGEND + 16 * number, text=note)
        for number, note in enumerate(board.notes)
    )
    height = foot + _LEGEND + 16 * len(notes) + 8
    return render(
        "calendar/calendar.svg.j2",
        width=width,
        height=height,
        board=board,
        margin=MARGIN,
        cell=CELL,
        rows=rows,
        legend=tuple(_legend(foot + 22)),
        notes=notes,
    )


def _rows(lanes: Sequence[Lane], high: int) -> tuple[tuple[_Row, ...], int]:
    """Lay lanes out, each so many rows of months high; return them and where they end."""
    rows = []
    y = _TOP
    for lane in lanes:
        height = _CELL_HEAD + _LINE * max((len(cell.lines) for cell in lane.cells), default=0)
        title = _Text(x=MARGIN, y=y + 14, text=lane.title)
        subtitle = _Text(x=MARGIN, y=y + 32, text=lane.subtitle)
        y += _HEAD
        boxes = tuple(
            _box(cell, cell.slot % COLUMNS, y + cell.slot // COLUMNS * (height + GAP), height)
            for cell in lane.cells
        )
        rows.append(_Row(title=title, subtitle=subtitle, boxes=boxes))
        y += high * (height + GAP) + 18
    return tuple(rows), y


def _box(cell: Cell, column: int, y: int, height: int) -> _Box:
    x = MARGIN + column * (CELL + GAP)
    lines = tuple(
        _Text(x=x + 10, y=y + _CELL_HEAD + _LINE * number, text=line)
        for number, line in enumerate(cell.lines)
    )
    today = None if cell.today is None else x + CELL * cell.today // 100
    return _Box(
        x=x,
        y=y,
        height=height,
        style=f"{cell.kind} {'sure' if cell.sure else 'open'}",
        cell=cell,
        lines=lines,
        today=today,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    x: int
    y: int
    style: str
    sign: str
    text: _Text

    @property
    def middle(self) -> int:
        return self.x + 10


def _legend(y: int) -> Iterator[_Sample]:
    x = MARGIN
    for kind, sign, words in LEGEND:
        text = _Text(x=x + 28, y=y + 14, text=words)
        yield _Sample(x=x, y=y, style=f"{kind} sure", sign=sign, text=text)
        x += 205
    text = _Text(x=MARGIN + 28, y=y + 40, text="dashed: planned, or overdue and not yet known here")
    yield _Sample(x=MARGIN, y=y + 26, style="hotpatch open", sign="", text=text)
