"""The restart forecast: for a terminal, as JSON, as Markdown, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gpogen.calendar.entries import MonthEntry
from gpogen.calendar.forecast import Backtest, Forecast, backtest, forecast
from gpogen.calendar.overlay import Overlay
from gpogen.calendar_views.lines import Line, aligned, when, wrapped
from gpogen.calendar_views.markdown import escaped
from gpogen.calendar_views.rows import iso
from gpogen.calendar_views.svg import Board, Cell, Lane
from gpogen.calendar_views.svg_model import SIGNS, day_of, month_of
from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind
from gpogen.text import plural, visible
from gpogen.workspace.calendar import Calendar

ASSUMPTIONS = (
    "Each planned hotpatch month becomes an unplanned baseline with the same probability.",
    "Jeffreys' prior and the known months give the distribution of that probability.",
    "Planned baselines do not change.",
    "Restarts for .NET, drivers, firmware, out-of-band updates and other reasons are not counted.",
    "All rings of one system get the same unplanned baselines.",
    "The forecast assumes nothing between systems.",
)
UNPROVEN = (
    "A hotpatch does not start the forced restart of at-scheduled-time, which is unproven "
    "(UNPROVEN-A): if it does, every month restarts. The times are the earliest: the timer starts "
    "when the installation ends."
)
"""What the forecast also assumes for profiles that force restarts."""
_SHOWN = 4
_EXACT = 1e-9
"""How far a sum of probabilities may be from 0 or 1 and still be it."""


def forecasts(found: Calendar) -> list[Forecast]:
    """Return the forecast of each system that is shown."""
    when_ = found.range
    return [
        forecast(found.knowledge, system, when_.months, when_.today)
        for system in found.systems
        if found.entries[system]
    ]


def lines(found: Calendar, width: int) -> Iterator[Line]:
    """Lay out what a terminal shows: each system, then each profile, then what it rests on."""
    for item in forecasts(found):
        title = found.knowledge.systems[item.os].title
        as_of = found.knowledge.as_of[item.os]
        yield Line(f"{title}: {_span(item)} (data as of {as_of})", "head")
        own = _own(found, item)
        for label, text in _facts(found, item, own):
            yield from wrapped(f"{label:<15}{text}", "  ", " " * 17, width)
        for number, text in enumerate(aligned(_table(item, own), 3 + len(own), width)):
            yield Line(text, "heads" if number == 0 else "")
        yield Line("")
    yield Line("Assumptions", "head")
    for text in _assumptions(found):
        yield from wrapped(f"- {text}", "  ", "    ", width)


def _span(item: Forecast) -> str:
    months = [row.month for row in item.rows]
    return f"{len(months)} months, {months[0]} to {months[-1]}" if months else "no months"


def _own(found: Calendar, item: Forecast) -> list[Overlay]:
    """Return the profiles of a forecast's system."""
    return [one for one in found.overlays if one.os == item.os]


def _backtest(found: Calendar, item: Forecast) -> Backtest:
    return backtest(found.knowledge, item.os, found.range.today)


def _facts(found: Calendar, item: Forecast, own: Sequence[Overlay]) -> list[tuple[str, str]]:
    low, high = item.restarts
    tested = _backtest(found, item)
    facts = [
        ("restarts", _named(item.sure, "planned or known")),
        (
            "may restart",
            f"{_named(item.open, 'planned hotpatch months')}, {_percent(item.rate.mean)} each",
        ),
        ("unplanned", _chances(item)),
        (
            "reserve",
            (
                f"{plural(high, 'window')} for each ring: {_range(low, high)} with a probability "
                f"of {_percent(item.certainty)}, {item.expected:.1f} expected"
            ),
        ),
        ("rests on", _evidence(item)),
    ]
    if tested.asked:
        facts.append(
            (
                "backtest",
                (
                    f"{tested.held} of {tested.asked} past forecasts contained the outcome "
                    f"({tested.expected:.1f} unplanned baselines expected, {tested.came:.1f} "
                    "occurred; the forecasts overlap, so they are not independent)"
                ),
            )
        )
    facts += [("note", text) for text in _notes(item)]
    return [*facts, *_fleet(item, own)]


def _notes(item: Forecast) -> list[str]:
    """Return why months of unknown type surely restart, such as after the end of hotpatch."""
    unknown = (row.note for row in item.rows if row.type is Kind.UNKNOWN and row.month in item.sure)
    return [note for note in dict.fromkeys(unknown) if note]


def _fleet(item: Forecast, own: Sequence[Overlay]) -> Iterator[tuple[str, str]]:
    if len(own) > 1:
        low, high = (count * len(own) for count in item.restarts)
        told = f"{high} windows for all {len(own)} profiles together: {_range(low, high)}"
        yield "fleet", f"{told}, counted separately for each profile"


def _range(low: int, high: int) -> str:
    return plural(low, "restart") if low == high else f"{low} to {high} restarts"


def _named(months: Sequence[Month], what: str) -> str:
    return f"{len(months)} {what}" + (f": {', '.join(map(str, months))}" if months else "")


def _chances(item: Forecast) -> str:
    chances = item.chances
    shown = [f"{count}: {_percent(chance)}" for count, chance in enumerate(chances[:_SHOWN])]
    rest = sum(chances[_SHOWN:])
    return ", ".join([*shown, *([f"more: {_percent(rest)}"] if chances[_SHOWN:] else [])])


def _evidence(item: Forecast) -> str:
    months = item.rate.surprises
    named = f": {', '.join(map(str, months))}" if months else ""
    what = "an unplanned baseline" if len(months) == 1 else "unplanned baselines"
    return (
        f"{item.rate.months} planned hotpatch months with a known outcome, {len(months)} of "
        f"them {what}{named}"
    )


def _percent(chance: float) -> str:
    """Return a probability in whole percent; 0 % and 100 % only for what is certain."""
    percent = round(100 * chance)
    if percent == 0 and chance > _EXACT:
        return "< 1 %"
    if percent == 100 and chance < 1 - _EXACT:
        return "> 99 %"
    return f"{percent} %"


def _table(item: Forecast, own: Sequence[Overlay]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("month", "type", "restart", *(one.name for one in own))]
    for row in item.rows:
        chance = _percent(item.chance(row.month))
        windows = (_window(one, row.month) for one in own)
        rows.append((str(row.month), row.type.value, chance, *windows))
    return rows


def _window(item: Overlay, month: Month) -> str:
    """Return when a profile's machines restart, or install, in a month."""
    for row in item.courses:
        if row.entry.month == month:
            if row.restart_due is None:
                return when(row.installed, month.year)
            return f"{'from' if row.forced else 'by'} {when(row.restart_due, month.year)}"
    return "-"


def _assumptions(found: Calendar) -> tuple[str, ...]:
    """Return what the forecast assumes; of profiles that force restarts, also what is unproven."""
    forced = [one.name for one in found.overlays if one.plan.forces_restart]
    if not forced:
        return ASSUMPTIONS
    return (*ASSUMPTIONS, f"{UNPROVEN} Affected: {', '.join(forced)}.")


def as_json(found: Calendar) -> list[dict[str, Any]]:
    """Return one object for each system."""
    return [_system_json(found, item) for item in forecasts(found)]


def _system_json(found: Calendar, item: Forecast) -> dict[str, Any]:
    low, high = item.restarts
    tested = _backtest(found, item)
    return {
        "os": item.os,
        "as_of": found.knowledge.as_of[item.os].isoformat(),
        "today": found.range.today.isoformat(),
        "months": [
            {
                "month": str(row.month),
                "date": row.date.isoformat(),
                "type": row.type.value,
                "status": row.status.value,
                "restart_probability": round(item.chance(row.month), 4),
                "note": row.note,
            }
            for row in item.rows
        ],
        "sure": len(item.sure),
        "open": len(item.open),
        "unplanned_probabilities": [round(chance, 4) for chance in item.chances],
        "restarts_expected": round(item.expected, 2),
        "restarts_low": low,
        "restarts_high": high,
        "certainty": round(item.certainty, 4),
        "known_months": item.rate.months,
        "known_unplanned": [str(month) for month in item.rate.surprises],
        "backtest": {
            "forecasts": tested.asked,
            "held": tested.held,
            "expected": round(tested.expected, 2),
            "came": round(tested.came, 2),
        },
        "profiles": [_profile_json(one, high) for one in _own(found, item)],
        "assumptions": list(_assumptions(found)),
    }


def _profile_json(item: Overlay, windows: int) -> dict[str, Any]:
    return {
        "name": item.name,
        "ring": item.ring or None,
        "timezone": item.zone,
        "windows": windows,
        "restarts": [
            {
                "month": str(row.entry.month),
                "installed": iso(row.installed),
                "restart_due": iso(row.restart_due),
            }
            for row in item.courses
        ],
    }


def as_markdown(found: Calendar) -> str:
    """Return a page with a table for each system."""
    parts: list[str] = []
    for item in forecasts(found):
        own = _own(found, item)
        head, *rows = _table(item, own)
        parts += [f"## {escaped(found.knowledge.systems[item.os].title)}: {_span(item)}", ""]
        parts += [f"- {label}: {escaped(text)}" for label, text in _facts(found, item, own)]
        parts += ["", f"| {' | '.join(map(escaped, head))} |", "|---" * len(head) + "|"]
        parts += [f"| {' | '.join(map(escaped, row))} |" for row in rows]
        parts.append("")
    parts += [f"- {escaped(text)}" for text in _assumptions(found)]
    return "\n".join(parts) + "\n"


def board(found: Calendar) -> Board:
    """Make the picture: a row for each system, and one for each profile."""
    months = found.range.months
    lanes: list[Lane] = []
    for item in forecasts(found):
        low, high = item.restarts
        counts = f"{plural(high, 'window')}: {_range(low, high)}"
        reserve = f"reserve {counts} ({_percent(item.certainty)})"
        title = found.knowledge.systems[item.os].title
        lanes.append(_lane(found, item, None, title, reserve))
        for one in _own(found, item):
            ring = f", ring {one.ring}" if one.ring else ""
            lanes.append(_lane(found, item, one, visible(f"{one.name}{ring}")[:60], one.zone))
    return Board(
        title="How many restart windows to reserve",
        subtitle=f"{months[0]} to {months[-1]}, as of {found.range.today}",
        months=len(months),
        lanes=tuple(lanes),
        dashed="dashed: a restart is possible",
        notes=(
            "The probability is that of an unplanned baseline, calculated from the known months.",
            *(note for item in forecasts(found) for note in _notes(item)),
            *_assumptions(found)[len(ASSUMPTIONS) :],
        ),
    )


def _lane(found: Calendar, item: Forecast, own: Overlay | None, title: str, subtitle: str) -> Lane:
    cells = tuple(_cell(found, item, own, row) for row in item.rows)
    return Lane(title=title, subtitle=subtitle, brief=(title, subtitle), cells=cells)


def _cell(found: Calendar, item: Forecast, own: Overlay | None, row: MonthEntry) -> Cell:
    chance = item.chance(row.month)
    told = _percent(chance)
    first = f"restart {told}" if chance else "no restart"
    second = day_of(row) if own is None else _window(own, row.month)
    return Cell(
        slot=row.month - found.range.first,
        month=month_of(row),
        kind=row.type.value,
        sign=SIGNS[row.type],
        sure=chance in (0.0, 1.0),
        lines=(first, second),
        brief=(told, second),
        tip=f"{row.month}: {row.type.value}, {row.status.value}, restart with {told}",
    )
