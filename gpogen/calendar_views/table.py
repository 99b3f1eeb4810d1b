"""The calendar and its overlays on a terminal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from gpogen.calendar.entries import (
    MonthEntry,
    Restart,
    Status,
    count_restarts,
    updates_between,
)
from gpogen.calendar.overlay import Overlay, in_no_window, is_late
from gpogen.calendar.rings import Baseline, Turn, baselines
from gpogen.calendar.rollout import Course
from gpogen.calendar_views import coming, sentences
from gpogen.calendar_views.lines import WIDE, Line, aligned, when, wrapped
from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind, OtherUpdate, Train
from gpogen.releases.knowledge import unplanned
from gpogen.workspace.calendar import Calendar


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
            yield Line(f"  no data on months before {first}")
            continue
        yield from _entry_lines(found, rows, width, oob=oob)
        if sources:
            yield from _source_lines(rows, width)


_ENTRY_HEADS = ("release", "type", "restart", "status", "KB", "build", "confidence")


def _entry_lines(
    found: Calendar, rows: Sequence[MonthEntry], width: int, *, oob: bool
) -> Iterator[Line]:
    table = [_ENTRY_HEADS, *(_entry_cells(row) for row in rows)]
    columns = len(_ENTRY_HEADS) if width >= WIDE else len(_ENTRY_HEADS) - 1
    texts = list(aligned(table, columns, width))
    yield Line(texts[0], "heads")
    marked = False
    for row, text in zip(rows, texts[1:], strict=True):
        if not marked and row.date > found.range.today:
            marked = True
            if row is not rows[0] or row.month == Month.of(found.range.today):
                yield _today(found.range.today)
        yield Line(text, row.type.value)
        if row.note:
            yield from wrapped(row.note, " " * 18, " " * 18, width, "note")
        if oob:
            yield from _between_lines(updates_between(found.knowledge, row.os, row.month), width)
    if not marked and Month.of(found.range.today) == rows[-1].month:
        yield _today(found.range.today)
    if found.range.first < rows[0].month:
        yield Line(f"  no data on months before {rows[0].month}", "note")
    for text in coming.of_system(found, rows[0].os):
        yield from wrapped(text, "  ", "    ", width)
    yield Line(f"  {unplanned_text(found, rows[0].os)}", "note")
    if width < WIDE:
        yield Line(
            f"  for certainty and source: -v; from {WIDE} columns, shown as a column", "note"
        )


def unplanned_text(found: Calendar, system: str) -> str:
    """Say how many months were unplanned baselines: nobody can count on the plan."""
    count, known = unplanned(found.knowledge, system)
    return f"{count} of {known} known months were unplanned baselines: plans can change (HP019)"


def _today(today: datetime.date) -> Line:
    text = f"--- today, {today:%a} {today} "
    return Line(f"  {text:-<76}", "today")


def _entry_cells(row: MonthEntry) -> tuple[str, ...]:
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


def _source_lines(rows: Sequence[MonthEntry], width: int) -> Iterator[Line]:
    """Say for each run of months where they were read."""
    for source, found in groupby(rows, key=lambda row: f"{row.source} ({row.confidence})"):
        named = [str(row.month) for row in found]
        span = named[0] if len(named) == 1 else f"{named[0]} to {named[-1]}"
        yield from wrapped(f"{span}: {source}", "  ", "    ", width, "note")


_TRAINS = {
    Train.HOTPATCH: "hotpatch",
    Train.LCU: "LCU, which takes machines off the train",
    Train.BASELINE: "baseline",
}


def _between_lines(rows: Iterable[OtherUpdate], width: int) -> Iterator[Line]:
    for row in rows:
        band = "out-of-band" if row.out_of_band else "that month's"
        kind = _TRAINS[row.train]
        known = " ".join(part for part in (row.kb, row.build) if part)
        note = f": {row.note}" if row.note else ""
        text = f"+ {row.date:%a} {row.date}  {known}  {band} {kind}{note}"
        yield from wrapped(text, "  ", " " * 20, width, "between")


def overlay_lines(found: Calendar, width: int, *, sources: bool) -> Iterator[Line]:
    """Lay each profile out, and then the order in which several get a baseline."""
    for number, item in enumerate(found.overlays):
        if number:
            yield Line("")
        yield from _overlay_lines(found, item, width)
        yield Line(f"  {unplanned_text(found, item.os)}", "note")
        if sources:
            yield from _source_lines([row.entry for row in item.courses], width)
    if len(found.overlays) > 1:
        yield Line("")
        yield from _ring_lines(baselines(found.overlays))


COURSE_HEADS = ("month", "type", "status", "installs", "restart", "exposed", "released")


def _overlay_lines(found: Calendar, item: Overlay, width: int) -> Iterator[Line]:
    today = found.range.today
    ring = f", ring {item.ring}" if item.ring else ""
    yield Line(f"{item.name}: {item.os}{ring}, {item.zone}", "head")
    yield from wrapped(f"installs  {sentences.installs(item)}", "  ", " " * 12, width)
    yield from wrapped(f"restarts  {sentences.restarts(item)}", "  ", " " * 12, width)
    table = [COURSE_HEADS, *(course_cells(row) for row in item.courses)]
    columns = len(COURSE_HEADS) if width >= WIDE else len(COURSE_HEADS) - 1
    texts = list(aligned(table, columns, width))
    yield Line(texts[0], "heads")
    marked = False
    for row, text in zip(item.courses, texts[1:], strict=True):
        if not marked and coming.day_of(row) > today:
            marked = True
            if row is not item.courses[0]:
                yield _today(today)
        yield Line(text, row.entry.type.value)
    for text in (*coming.of_profile(found, item), *summary(item)):
        yield from wrapped(text, "  ", "    ", width, "note")


def course_cells(row: Course) -> tuple[str, ...]:
    """Return the cells of one month, in the order of :data:`COURSE_HEADS`."""
    year = row.entry.month.year
    days = row.exposed_days
    return (
        str(row.entry.month),
        _short(row.entry.type),
        "" if row.entry.status is Status.RELEASED else row.entry.status.value,
        installs_text(row) + ("*" if is_late(row) else ""),
        restart_text(row),
        "-" if days is None else f"{days:.1f} d",
        when(row.released, year),
    )


def restart_text(row: Course) -> str:
    """Say when a restart is, and in parentheses where it is only possible.

    "from" is the earliest time, and "by" the latest, which is the end of the window where there
    is one.
    """
    if row.unproven:
        return "unproven"
    if row.entry.restart is Restart.NO:
        return "none"
    due = row.restart_due
    if due is None:
        told = "time unknown"
    elif row.forced:
        told = f"from {when(due, row.entry.month.year)}"
    elif row.install_from is not None:
        told = f"by {due:%a %H:%M}"
    else:
        told = f"by {when(due, row.entry.month.year)}"
    return f"({told})" if row.entry.restart is Restart.POSSIBLE else told


def installs_text(row: Course) -> str:
    """Say when an update installs: a moment, or the window from its opening to its end."""
    if row.install_from is None or row.installed is None:
        return when(row.installed, row.entry.month.year)
    return f"{when(row.install_from, row.entry.month.year)}-{row.installed:%H:%M}"


def _short(kind: Kind) -> str:
    return "unplanned" if kind is Kind.UNPLANNED else kind.value


def summary(item: Overlay) -> Iterator[str]:
    """Count the restarts, and tell what is late, without a window, or not sure."""
    sure, possible = count_restarts(row.entry for row in item.courses)
    unproven = sum(row.unproven for row in item.courses)
    if unproven:
        more = f"; unproven in {unproven} more month{'s' if unproven != 1 else ''} (UNPROVEN-A)"
    else:
        more = f", {possible} more possible (in parentheses)" if possible else ""
    yield f"{sure} restart{'s' if sure != 1 else ''}{more}"
    homeless = in_no_window(item)
    if homeless:
        yield (
            f"outside every window of this profile: {', '.join(str(month) for month in homeless)}"
        )
    late = [str(row.entry.month) for row in item.courses if is_late(row)]
    if late:
        yield f"* late, installed in a later month: {', '.join(late)}"
    yield from sentences.remarks(item)


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
            mark = "  out of ring order" if ahead else ""
            told = _turn_time(turn, row.month)
            text = f"  {month}  {_turn_name(turn):<{longest}}  {told}{mark}"
            yield Line(text, "warning" if ahead else "")


def turn_text(turn: Turn, month: Month) -> str:
    """Write one profile's turn at the baseline of a month."""
    return f"{_turn_name(turn)} {_turn_time(turn, month)}"


def _turn_name(turn: Turn) -> str:
    return turn.name + ("" if turn.order is None else f" (ring {turn.order})")


def _turn_time(turn: Turn, month: Month) -> str:
    if turn.at is None:
        return "time unknown"
    told = when(turn.at, month.year)
    return told if turn.sure else f"{told} or later"
