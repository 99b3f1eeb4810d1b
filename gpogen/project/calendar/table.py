"""The calendar, its overlays and the train on a terminal."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind, OtherUpdate, Train
from gpogen.compile.calendar.compare import ASSUMPTIONS, Comparison, Figures
from gpogen.compile.calendar.course import Course
from gpogen.compile.calendar.entries import Entry, Restart, Status, updates_between
from gpogen.compile.calendar.knowledge import unplanned
from gpogen.compile.calendar.overlay import Overlay, in_no_window, is_late
from gpogen.compile.calendar.rings import Baseline, Turn, baselines
from gpogen.compile.calendar.train import State, Verdict
from gpogen.project.calendar.gather import Calendar

WIDE = 100
"""Columns from which the less important ones are shown, too."""
NARROWEST = 78
"""Columns below which nothing is cut: a terminal breaks the lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what it is: a word by which a terminal may colour it."""

    text: str
    style: str = ""


def calendar_lines(found: Calendar, width: int, *, oob: bool, sources: bool) -> Iterator[Line]:
    """Lay the calendar of each system out, with today between the months."""
    for number, system in enumerate(found.systems):
        if number:
            yield Line("")
        title = found.knowledge.systems[system].title
        yield Line(f"{title} (data as of {found.knowledge.as_of[system]})", "head")
        rows = found.entries[system]
        if not rows:
            first = found.knowledge.systems[system].first
            yield Line(f"  nothing is known of months before {first}")
            continue
        yield from _entry_lines(found, rows, width, oob=oob)
        if sources:
            yield from _source_lines(rows, width)


_ENTRY_HEADS = ("release", "type", "restart", "status", "KB", "build", "confidence")


def _entry_lines(
    found: Calendar, rows: Sequence[Entry], width: int, *, oob: bool
) -> Iterator[Line]:
    table = [_ENTRY_HEADS, *(_entry_cells(row) for row in rows)]
    columns = len(_ENTRY_HEADS) if width >= WIDE else len(_ENTRY_HEADS) - 1
    texts = list(_aligned(table, columns, width))
    yield Line(texts[0], "heads")
    marked = False
    for row, text in zip(rows, texts[1:], strict=True):
        if not marked and row.date > found.range.today:
            marked = True
            if row is not rows[0] or row.month == Month.of(found.range.today):
                yield _today(found.range.today)
        yield Line(text, row.type.value)
        if row.note:
            yield Line(f"              {row.note}", "note")
        if oob:
            yield from _between_lines(updates_between(found.knowledge, row.os, row.month), width)
    if not marked and Month.of(found.range.today) == rows[-1].month:
        yield _today(found.range.today)
    yield Line(f"  {unplanned_text(found, rows[0].os)}", "note")


def unplanned_text(found: Calendar, system: str) -> str:
    """Say how many months were unplanned baselines: nobody can count on the plan."""
    count, known = unplanned(found.knowledge, system)
    return f"{count} of {known} known months were unplanned baselines: no plan is sure (HP019)"


def _today(today: datetime.date) -> Line:
    text = f"--- today, {today:%a} {today} "
    return Line(f"  {text:-<76}", "today")


def _entry_cells(row: Entry) -> tuple[str, ...]:
    status = row.status.value
    return (
        f"{row.date:%a} {row.date}",
        row.type.value,
        row.restart.value,
        status,
        row.kb or "-",
        row.build or "-",
        row.confidence,
    )


def _source_lines(rows: Sequence[Entry], width: int) -> Iterator[Line]:
    """Say for each run of months where they were read."""
    for source, found in groupby(rows, key=lambda row: f"{row.source} ({row.confidence})"):
        named = [str(row.month) for row in found]
        span = named[0] if len(named) == 1 else f"{named[0]} to {named[-1]}"
        yield from _wrapped(f"{span}: {source}", "  ", "    ", width, "note")


def _wrapped(text: str, first: str, rest: str, width: int, style: str = "") -> Iterator[Line]:
    for line in textwrap.wrap(
        text,
        max(width, 60),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ):
        yield Line(line, style)


def _between_lines(rows: Iterable[OtherUpdate], width: int) -> Iterator[Line]:
    for row in rows:
        band = "out-of-band" if row.out_of_band else "that month's"
        kind = "hotpatch" if row.train is Train.HOTPATCH else "LCU, which leaves the train"
        known = " ".join(part for part in (row.kb, row.build) if part)
        note = f": {row.note}" if row.note else ""
        text = f"+ {row.date:%a} {row.date}  {known}  {band} {kind}{note}"
        yield from _wrapped(text, "  ", " " * 20, width, "between")


def _aligned(rows: Sequence[tuple[str, ...]], columns: int, width: int) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(columns)]
    for row in rows:
        text = "  " + "  ".join(f"{row[i]:<{widths[i]}}" for i in range(columns))
        text = text.rstrip()
        longest = max(width, NARROWEST)
        yield text if len(text) <= longest else f"{text[: longest - 3]}..."


def overlay_lines(found: Calendar, width: int) -> Iterator[Line]:
    """Lay each profile out, and then the order in which several get a baseline."""
    for number, item in enumerate(found.overlays):
        if number:
            yield Line("")
        yield from _overlay_lines(item, found.range.today, width)
        yield Line(f"  {unplanned_text(found, item.os)}", "note")
    if len(found.overlays) > 1:
        yield Line("")
        yield from _ring_lines(baselines(found.overlays))


COURSE_HEADS = ("month", "type", "status", "installs", "restart done", "exposed", "released")


def _overlay_lines(item: Overlay, today: datetime.date, width: int) -> Iterator[Line]:
    ring = f", ring {item.ring}" if item.ring else ""
    yield Line(f"{item.name}: {item.os}{ring}, {item.zone}", "head")
    yield from _wrapped(f"installs  {item.installs}", "  ", " " * 12, width)
    yield from _wrapped(f"restarts  {item.restarts}", "  ", " " * 12, width)
    table = [COURSE_HEADS, *(course_cells(row) for row in item.courses)]
    columns = len(COURSE_HEADS) if width >= WIDE else len(COURSE_HEADS) - 1
    texts = list(_aligned(table, columns, width))
    yield Line(texts[0], "heads")
    marked = False
    for row, text in zip(item.courses, texts[1:], strict=True):
        if not marked and row.entry.date > today:
            marked = True
            if row is not item.courses[0]:
                yield _today(today)
        yield Line(text, row.entry.type.value)
    for text in summary(item):
        yield from _wrapped(text, "  ", "    ", width, "note")


def course_cells(row: Course) -> tuple[str, ...]:
    """Return the cells of one month, in the order of :data:`COURSE_HEADS`."""
    restart = when(row.restart_due)
    if row.entry.restart is Restart.NO:
        restart = "none"
    elif row.restart_due is None:
        restart = "no time is sure"
    if row.entry.restart is Restart.POSSIBLE:
        restart = f"({restart})"
    days = row.exposed_days
    return (
        str(row.entry.month),
        _short(row.entry.type),
        "" if row.entry.status is Status.RELEASED else row.entry.status.value,
        when(row.installed) + ("*" if is_late(row) else ""),
        restart,
        "-" if days is None else f"{days:.1f} d",
        when(row.released),
    )


def _short(kind: Kind) -> str:
    return "unplanned" if kind is Kind.UNPLANNED else kind.value


def when(moment: datetime.datetime | None) -> str:
    """Write ``Sat 17 Oct 04:00``, or a dash."""
    return f"{moment:%a %d %b %H:%M}" if moment else "-"


def summary(item: Overlay) -> Iterator[str]:
    """Count the restarts, and tell what is late, without a window, or not sure."""
    sure = sum(row.entry.restart is Restart.YES for row in item.courses)
    possible = sum(row.entry.restart is Restart.POSSIBLE for row in item.courses)
    more = f", {possible} more possible (in brackets)" if possible else ""
    yield f"{sure} restart{'s' if sure != 1 else ''}{more}"
    homeless = in_no_window(item)
    if homeless:
        yield f"in no window of this profile: {', '.join(str(month) for month in homeless)}"
    late = [str(row.entry.month) for row in item.courses if is_late(row)]
    if late:
        yield f"* late, installed only in a later month: {', '.join(late)}"
    yield from item.remarks


def _ring_lines(rows: Sequence[Baseline]) -> Iterator[Line]:
    yield Line("The order in which they get each baseline", "head")
    several = len({row.os for row in rows}) > 1
    longest = max((len(_turn_name(turn)) for row in rows for turn in row.turns), default=0)
    for row in rows:
        if several:
            yield Line(f"  {row.os}")
        for number, turn in enumerate(row.turns):
            month = str(row.month) if number == 0 else " " * 7
            ahead = turn.name in row.against
            mark = "  before a lower ring" if ahead else ""
            text = f"  {month}  {_turn_name(turn):<{longest}}  {_turn_time(turn)}{mark}"
            yield Line(text, "warning" if ahead else "")


def turn_text(turn: Turn) -> str:
    """Write one profile's turn at a baseline."""
    return f"{_turn_name(turn)} {_turn_time(turn)}"


def _turn_name(turn: Turn) -> str:
    return turn.name + ("" if turn.order is None else f" (ring {turn.order})")


def _turn_time(turn: Turn) -> str:
    return when(turn.at) if turn.at else "at no sure time"


def comparison_lines(pairs: Sequence[tuple[Overlay, Comparison]]) -> Iterator[Line]:
    """Lay out what hotpatch spares, and what the figures assume."""
    for item, made in pairs:
        months = [row.entry.month for row in item.courses]
        span = f"{months[0]} to {months[-1]}" if months else "no months"
        yield Line(f"{made.name}: {made.months} months, {span}, {item.os}, {item.zone}", "head")
        if made.hotpatch is None or made.cumulative is None:
            yield Line(f"  installs  {item.installs}: there is nothing to compare")
            yield Line("")
            continue
        yield from (Line(text) for text in _aligned(comparison_of(made), 3, WIDE))
        if made.hotpatch.at_least or made.cumulative.at_least:
            yield Line("  at least: no policy says when a restart is, so that is not in the days")
        yield Line("")
    yield Line("Assumptions", "head")
    yield from (Line(f"  - {text}") for text in ASSUMPTIONS)


def comparison_of(made: Comparison) -> tuple[tuple[str, ...], ...]:
    """Return the heads and rows of a comparison; the heads alone where no time is known."""
    heads = ("", "with hotpatch", "cumulative updates alone")
    if made.hotpatch is None or made.cumulative is None:
        return (heads,)
    return (
        heads,
        ("restarts", _restarts(made.hotpatch), _restarts(made.cumulative)),
        ("days exposed", _days(made.hotpatch), _days(made.cumulative)),
    )


def _restarts(item: Figures) -> str:
    most = item.restarts_at_most
    return f"{item.restarts}" + (f" (up to {most})" if most > item.restarts else "")


def _days(item: Figures) -> str:
    least = "at least " if item.at_least else ""
    most = item.exposed_days_at_most
    more = f" (up to {most:.1f})" if most > item.exposed_days else ""
    return f"{least}{item.exposed_days:.1f}{more}"


_STATES = {
    State.ON: "on the hotpatch train",
    State.BEHIND: "behind: no hotpatches until the newest baseline is installed",
    State.OFF: "off the hotpatch train",
    State.UNKNOWN: "not known",
}


def verdict_lines(item: Verdict, title: str, width: int) -> Iterator[Line]:
    """Say where a machine stands, what comes next, and how it gets back."""
    yield Line(f"{title}: {_STATES[item.state]} (data as of {item.as_of})", item.state.value)
    for label, text in _verdict_facts(item):
        style = "note" if label == "note" else ""
        yield from _wrapped(f"{label:<9}  {text}", "  ", " " * 13, width, style)


def _verdict_facts(item: Verdict) -> Iterator[tuple[str, str]]:
    if item.baseline is not None:
        yield "stands on", str(item.baseline)
    if item.latest is not None and item.latest is not item.baseline:
        yield "latest", str(item.latest)
    if item.next is not None:
        yield "next", _next(item.next)
    yield from (("why", reason) for reason in item.reasons)
    if item.way_back:
        yield "way back" if item.state in (State.OFF, State.BEHIND) else "do", item.way_back
    yield from (("note", text) for text in item.remarks)


def _next(row: Entry) -> str:
    words = {
        Restart.YES: "restarts",
        Restart.NO: "no restart",
        Restart.POSSIBLE: "a restart is possible",
    }
    kb = f" {row.kb}" if row.kb else ""
    build = f" ({row.build})" if row.build else ""
    status = "" if row.status is Status.RELEASED else f", {row.status}"
    return f"{row.month} {row.type}{kb}{build}, {row.date}{status}: {words[row.restart]}"
