"""The calendar in each format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gpogen.calendar.compare import compare as compared
from gpogen.calendar_views import figures, rows, table
from gpogen.calendar_views.lines import Line
from gpogen.errors import UsageError
from gpogen.text import inert, visible
from gpogen.workspace.calendar import Calendar

if TYPE_CHECKING:
    from gpogen.calendar_views.svg import Board

COMPARABLE = ("table", "json", "markdown")
PLAIN_WIDTH = 100
"""Columns of a table in a file."""


def lines(
    found: Calendar, width: int, *, oob: bool, compare: bool, sources: bool = False
) -> Iterator[Line]:
    """Lay out what a terminal shows."""
    if compare:
        pairs = [(item, compared(item, found.other)) for item in found.overlays]
        return figures.comparison_lines(pairs, width) if pairs else iter(())
    if found.asked:
        return table.overlay_lines(found, width, sources=sources)
    return table.calendar_lines(found, width, oob=oob, sources=sources)


def render(found: Calendar, form: str, *, oob: bool, compare: bool) -> bytes:
    """Make a whole file.

    Raises:
        UsageError: there is no such format.
    """
    if form not in _FORMS:
        raise UsageError(f"{form}: no such format; allowed: {', '.join(_FORMS)}")
    return _FORMS[form](found, oob, compare)


def _table(found: Calendar, oob: bool, compare: bool) -> bytes:
    return plain_file(lines(found, PLAIN_WIDTH, oob=oob, compare=compare))


def plain_file(shown: Iterable[Line]) -> bytes:
    """Write lines as text."""
    return "".join(f"{visible(line.text)}\n" for line in shown).encode("utf-8")


def _json(found: Calendar, oob: bool, compare: bool) -> bytes:
    content: Any
    if compare:
        content = [
            rows.comparison_json(item, compared(item, found.other)) for item in found.overlays
        ]
    elif found.asked:
        content = rows.overlays_json(found)
    else:
        content = rows.calendar_json(found, oob=oob)
    return json_file(content)


def json_file(content: object) -> bytes:
    """Write JSON in which nothing of somebody else begins a command of a build service."""
    text = inert(json.dumps(content, indent=2, ensure_ascii=True), "\\u0023")
    return f"{text}\n".encode("ascii")


def _markdown(found: Calendar, oob: bool, compare: bool) -> bytes:
    from gpogen.calendar_views import markdown

    return markdown.page(found, oob=oob, compare=compare).encode("utf-8")


def _ics(found: Calendar, oob: bool, _compare: bool) -> bytes:
    from gpogen.calendar_views import ics
    from gpogen.calendar_views.events import feed

    return ics.calendar(feed(found, oob=oob))


def _kb_list(found: Calendar, _oob: bool, _compare: bool) -> bytes:
    from gpogen.calendar_views.kb_list import kb_list

    return json_file(kb_list(found))


def _svg(found: Calendar, _oob: bool, _compare: bool) -> bytes:
    from gpogen.calendar_views.svg_model import board

    return svg_file(board(found))


def svg_file(board: Board) -> bytes:
    """Draw a picture in which nothing of somebody else begins a command of a build service."""
    from gpogen.calendar_views.svg import picture

    # Nothing of somebody else stands outside texts and attributes, where this means the same.
    return inert(picture(board).decode("utf-8"), "&#35;").encode("utf-8")


_FORMS: Mapping[str, Callable[[Calendar, bool, bool], bytes]] = {
    "table": _table,
    "json": _json,
    "markdown": _markdown,
    "ics": _ics,
    "svg": _svg,
    "kb-list": _kb_list,
}
