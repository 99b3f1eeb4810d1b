"""The calendar as a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from gpogen.calendar.compare import assumptions
from gpogen.calendar.compare import compare as compared
from gpogen.calendar.entries import updates_between
from gpogen.calendar.rings import baselines
from gpogen.calendar_views import figures, sentences, table
from gpogen.catalog.releases import kb_link
from gpogen.text import visible
from gpogen.workspace.calendar import Calendar

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


class _Link(str):
    """A cell that is Markdown already."""

    __slots__ = ()


def _kb_cell(kb: str | None) -> str:
    return _Link(f"[{kb}]({kb_link(kb)})") if kb else ""


def escaped(text: str) -> str:
    """Keep somebody's words from being taken for Markdown or HTML."""
    if isinstance(text, _Link):
        return text
    return _MARKUP.sub(r"\\\1", visible(text))


def page(found: Calendar, *, oob: bool, compare: bool) -> str:
    """Write the calendar, the overlays or the comparison."""
    if compare:
        parts = _comparison(found)
    elif found.asked:
        parts = _overlays(found)
    else:
        parts = _systems(found, oob=oob)
    return "\n".join(parts) + "\n"


def _systems(found: Calendar, *, oob: bool) -> Iterator[str]:
    for system in found.systems:
        yield from (f"## {escaped(found.knowledge.systems[system].title)}", "")
        yield from (f"Data as of {found.knowledge.as_of[system]}.", "")
        rows = [
            (
                str(row.month),
                str(row.date),
                row.type.value,
                row.restart.value,
                row.status.value,
                _kb_cell(row.kb),
                row.build or "",
                row.confidence,
                row.note,
            )
            for row in found.entries[system]
        ]
        heads = "month", "release", "type", "restart", "status", "KB", "build", "confidence", "note"
        yield from _table(heads, rows)
        yield from (f"{table.unplanned_text(found, system)}.", "")
        if oob:
            yield from _between(found, system)


def _between(found: Calendar, system: str) -> Iterator[str]:
    rows = [
        (str(item.date), item.train.value, _kb_cell(item.kb), item.build or "", item.note)
        for month in found.range.months
        for item in updates_between(found.knowledge, system, month)
    ]
    yield from ("Out-of-band updates:", "")
    yield from _table(("date", "train", "KB", "build", "note"), rows)


def _overlays(found: Calendar) -> Iterator[str]:
    for item in found.overlays:
        ring = f", ring {item.ring}" if item.ring else ""
        yield from (f"## {escaped(item.title)}", "")
        yield f"`{item.name}`, {item.os}{escaped(ring)}, {escaped(item.zone)}"
        yield from ("", f"- installs {escaped(sentences.installs(item))}")
        yield from (f"- restarts {escaped(sentences.restarts(item))}", "")
        cells = (table.course_cells(row) for row in item.courses)
        yield from _table(table.COURSE_HEADS, list(cells))
        yield from (*(f"- {escaped(text)}" for text in table.summary(item)), "")
    if len(found.overlays) > 1:
        yield from ("## The order in which they get each baseline", "")
        rows = [
            (
                str(row.month),
                row.os,
                "; ".join(table.turn_text(turn, row.month) for turn in row.turns),
            )
            for row in baselines(found.overlays)
        ]
        yield from _table(("month", "system", "order"), rows)


def _comparison(found: Calendar) -> Iterator[str]:
    for item in found.overlays:
        made = compared(item, found.other)
        yield from (f"## {escaped(item.title)}", "")
        for label, text in figures.schedules_of(item, made) if found.other else ():
            yield from (f"{label}: {escaped(text)}", "")
        yield from _plain(figures.comparison_of(made))
    yield from ("Assumptions:", "", *(f"- {text}" for text in assumptions(found.other)))


def _plain(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    first, *rest = rows
    yield from _table(first, rest)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield ""
