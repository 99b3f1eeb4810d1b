"""The rows of the picture: systems, or profiles side by side."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator, Sequence

from gpogen.calendar.entries import MonthEntry, Restart, Status, count_restarts
from gpogen.calendar.overlay import Overlay, in_no_window, is_late
from gpogen.calendar.rollout import Course
from gpogen.calendar_views import sentences
from gpogen.calendar_views.events import describe
from gpogen.calendar_views.svg import Board, Cell, Lane
from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind
from gpogen.text import visible
from gpogen.workspace.calendar import Calendar
from gpogen.workspace.overlays import Range

_RESTARTS = {
    Restart.YES: "restart",
    Restart.POSSIBLE: "restart possible",
    Restart.NO: "no restart",
}
_LONGEST = 40
_WEEK = 7
_LONGEST_LINE = 300
SIGNS = {Kind.BASELINE: "B", Kind.UNPLANNED: "U", Kind.HOTPATCH: "H", Kind.UNKNOWN: "?"}
"""The letter of each type of month in the picture."""


def board(found: Calendar) -> Board:
    """Make the picture of the systems, or of the profiles where there are some."""
    months = found.range.months
    span = f"{months[0]} to {months[-1]}"
    as_of = _as_of(found)
    notes = [f"Release data of {as_of}. Planned months can change." if as_of else ""]
    if found.asked:
        title = "When updates install and restart"
        zones = {item.zone for item in found.overlays}
        lanes = tuple(
            _overlay_lane(item, found.range, with_zone=len(zones) > 1) for item in found.overlays
        )
        where = f", times in {zones.pop()}" if len(zones) == 1 else ""
        notes += _notes([row for item in found.overlays for row in item.courses])
    else:
        title, where = "Windows Server hotpatch calendar", ", days of the release in Pacific time"
        lanes = tuple(_system_lane(found, system) for system in found.systems)
    return Board(
        title=title,
        months=len(months),
        subtitle=f"{span}, as of {found.range.today}{where}",
        lanes=lanes,
        notes=tuple(note for note in notes if note),
        dashed="dashed: not in the release data (planned or overdue)",
    )


def _as_of(found: Calendar) -> str:
    """Write the day of the release data; with the systems only where their days differ."""
    days = {system: str(found.knowledge.as_of[system]) for system in found.systems}
    if len(set(days.values())) <= 1:
        return "".join(set(days.values()))
    titles = found.knowledge.systems
    return ", ".join(f"{day} ({titles[system].title})" for system, day in days.items())


def _notes(rows: Sequence[Course]) -> Iterator[str]:
    """Explain the words that stand in the months of profiles."""
    if any(row.entry.restart is Restart.POSSIBLE and not row.unproven for row in rows):
        yield "In parentheses: a restart only if the month becomes an unplanned baseline."
    if any(row.forced for row in rows):
        yield "From: the earliest time, because the timer starts when the installation ends."
    if any(row.unproven for row in rows):
        text = sentences.UNPROVEN_RESTART
        yield f"Restart unproven: {text}."
    if any(is_late(row) for row in rows):
        yield "Late: the update installs in a later month than its own."


def _system_lane(found: Calendar, system: str) -> Lane:
    rows = found.entries[system]
    return Lane(
        title=found.knowledge.systems[system].title,
        subtitle=_counted(rows),
        brief=(found.knowledge.systems[system].title, _counted(rows)),
        cells=tuple(_system_cell(row, found.range) for row in rows),
    )


def _counted(rows: Iterable[MonthEntry]) -> str:
    sure, possible = count_restarts(rows)
    more = f", {possible} more possible" if possible else ""
    return f"{sure} restart{'s' if sure != 1 else ''}{more}"


def _system_cell(row: MonthEntry, when: Range) -> Cell:
    lines = [day_of(row)]
    if row.status is Status.RELEASED:
        lines += [row.kb or "KB unknown", row.build or ""]
    else:
        lines += [row.status.value, _RESTARTS[row.restart]]
    return _cell(row, tuple(lines), tuple(lines), when)


def _cell(row: MonthEntry, lines: tuple[str, ...], brief: tuple[str, ...], when: Range) -> Cell:
    note = f". {row.note}" if row.note else ""
    return Cell(
        slot=row.month - when.first,
        month=month_of(row),
        kind=row.type.value,
        sign=SIGNS[row.type],
        sure=row.status is Status.RELEASED,
        lines=lines,
        brief=brief,
        tip=visible(f"{row.date}: {describe(row)}, restart: {row.restart}{note}. {row.source}"),
        today=_today_in(row.month, when.today),
    )


def day_of(row: MonthEntry) -> str:
    """Write ``Tue 13 Oct``."""
    return f"{row.date:%a} {row.date.day} {row.date:%b}"


def month_of(row: MonthEntry) -> str:
    """Write ``Oct 2026``."""
    return f"{row.date:%b} {row.month.year}"


def _overlay_lane(item: Overlay, when: Range, *, with_zone: bool) -> Lane:
    homeless = len(in_no_window(item))
    ring = f", ring {_short(item.ring)}" if item.ring else ""
    unproven = sum(row.unproven for row in item.courses)
    counted = _counted(row.entry for row in item.courses if not row.unproven)
    counted += f", {unproven} unproven" if unproven else ""
    parts = [item.os, item.zone, counted]
    parts += [f"{homeless} outside every window"] if homeless else []
    parts.append(f"installs {sentences.installs(item)}")
    return Lane(
        title=f"{item.name}{ring}",
        subtitle=_short(" \u00b7 ".join(parts), _LONGEST_LINE),
        brief=(
            item.name,
            *((_short(item.ring),) if item.ring else ()),
            *((item.zone,) if with_zone else ()),
            parts[2],
        ),
        cells=tuple(_overlay_cell(row, when) for row in item.courses),
    )


def _short(text: str, longest: int = _LONGEST) -> str:
    shown = visible(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 3]}..."


def _overlay_cell(row: Course, when: Range) -> Cell:
    lines = ["installs late" if is_late(row) else "installs", _installs(row)]
    brief = (
        _when(row.install_from or row.installed, row.entry.month),
        _brief_restart(row),
        "late" if is_late(row) else "",
    )
    if row.unproven:
        lines += ["restart unproven", ""]
    elif row.entry.restart is Restart.NO:
        lines += ["no restart", ""]
    elif row.entry.restart is Restart.POSSIBLE:
        lines += ["restart possible", f"({_due(row)})"]
    else:
        lines += ["restart", _due(row)]
    days = row.exposed_days
    lines.append("exposure unknown" if days is None else f"{days:.1f} days exposed")
    return _cell(row.entry, tuple(lines), brief, when)


def _brief_restart(row: Course) -> str:
    """Say in a few words when a restart is; in brackets where it is only possible."""
    if row.unproven:
        return "restart unproven"
    if row.entry.restart is Restart.NO:
        return "no restart"
    told = f"restart {_due(row)}" if row.restart_due else "restart: time unknown"
    return f"({told})" if row.entry.restart is Restart.POSSIBLE else told


def _due(row: Course) -> str:
    """Write ``from 03:30`` or ``by Sun 01:30``: the weekday, or the day, where it is another one.

    "from" is the earliest time, and "by" the latest.
    """
    due, begin = row.restart_due, row.install_from or row.installed
    if due is None or begin is None:
        return "time unknown"
    word = "from" if row.forced else "by"
    days = (due.date() - begin.date()).days
    if days == 0:
        return f"{word} {due:%H:%M}"
    return f"{word} {due:%a %H:%M}" if days < _WEEK else f"{word} {_when(due, row.entry.month)}"


def _installs(row: Course) -> str:
    if row.install_from is None or row.installed is None:
        return _when(row.installed, row.entry.month)
    return f"{_when(row.install_from, row.entry.month)}-{row.installed:%H:%M}"


def _when(moment: datetime.datetime | None, month: Month) -> str:
    """Write ``Sat 17 Oct 04:00``; ``3 Jan 2027 04:00`` in another year than the month's."""
    if moment is None:
        return "at an unknown time"
    if moment.year != month.year:
        return f"{moment.day} {moment:%b %Y %H:%M}"
    return f"{moment:%a} {moment.day} {moment:%b %H:%M}"


def _today_in(month: Month, today: datetime.date) -> int | None:
    """Return how far today is through a month, 0 to 100; None when it is in another."""
    if Month.of(today) != month:
        return None
    days = calendar.monthrange(month.year, month.number)[1]
    return (today.day - 1) * 100 // days
