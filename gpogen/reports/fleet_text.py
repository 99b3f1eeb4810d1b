"""The page of a fleet for a terminal, in Markdown and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gpogen.calendar_views.lines import Line, wrapped
from gpogen.reports.fleet_page import Page, Table
from gpogen.text import columns, cut

_BARE_DOT = re.compile(r"\.(?=[^\W\d])|(?<=[wW])\.")
"""A dot before a letter, which can make an address into a link; none in numbers and dates."""
_COLON = re.compile(r":(?=\S)")
"""A colon of an address; before a blank it means nothing."""
_AT_START = re.compile(r"^[-.()]")
"""Marks that can begin a list; elsewhere in a cell, without brackets, they mean nothing."""
_WIDEST = 60
"""Columns of a cell on a terminal; the last cell of a row takes what is left."""


def lines(page: Page, width: int) -> Iterator[Line]:
    """Yield the lines of a terminal."""
    yield Line(page.title, "head")
    for warning in page.warnings:
        yield from wrapped(f"WARNING: {warning}", "", "  ", width, "unknown")
    for fact in page.facts:
        yield Line(fact, "note")
    for table in page.tables:
        yield Line("")
        yield Line(table.title, "head")
        yield from _table(table, width)


def _table(table: Table, width: int) -> Iterator[Line]:
    rows = [tuple(cut(cell, _WIDEST) for cell in row[:-1]) for row in table.rows]
    count = len(table.heads) - 1
    cells = [table.heads[:-1], *rows]
    widths = [max(columns(row[number]) for row in cells) for number in range(count)]
    yield _line(table.heads, widths, width, "heads")
    for row, whole in zip(rows, table.rows, strict=True):
        yield _line((*row, whole[-1]), widths, width, "")
    if table.more:
        yield Line(f"  and {table.more} more (--format csv has all)", "note")


def _line(cells: tuple[str, ...], widths: list[int], width: int, style: str) -> Line:
    text = "  "
    for cell, wide in zip(cells, widths, strict=False):
        text += cell + " " * (wide - columns(cell)) + "  "
    rest = max(width - columns(text), _WIDEST)
    return Line(text + cut(cells[-1], rest - 3), style)


def markdown(page: Page) -> Iterator[str]:
    """Yield the lines of a Markdown page."""
    yield f"# {page.title}"
    yield ""
    for warning in page.warnings:
        yield f"> **Warning:** {_cell(warning)}"
        yield ""
    for fact in page.facts:
        yield f"- {fact}"
    for table in page.tables:
        yield ""
        yield f"## {table.title}"
        yield ""
        yield f"| {' | '.join(table.heads)} |"
        yield "|" + "---|" * len(table.heads)
        for row in table.rows:
            yield f"| {' | '.join(map(_cell, row))} |"
        if table.more:
            yield ""
            yield f"{table.more} more: `--format csv` has all."


def _cell(text: str) -> str:
    """Write text that Markdown shows as it is: no link, no HTML, no end of the cell."""
    marks = "\\`*_{}[]<>#+!|&~$@"
    text = "".join(f"&#{ord(char)};" if char in marks else char for char in text)
    text = _COLON.sub("&#58;", text)
    return _BARE_DOT.sub("&#46;", _AT_START.sub(lambda found: f"&#{ord(found[0])};", text))


def html(page: Page) -> bytes:
    """Return an HTML page without scripts and without anything from elsewhere."""
    from gpogen.artifacts.render import render  # The templates' engine, for this format alone.

    return render("status/status.html.j2", page=page)
