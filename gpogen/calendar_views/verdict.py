"""Where a machine stands, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gpogen.calendar.entries import MonthEntry, Restart, Status
from gpogen.calendar.train import State, Verdict
from gpogen.calendar_views.lines import Line, wrapped

_STATES = {
    State.ON: "on the hotpatch train",
    State.BEHIND: "behind: no hotpatches",
    State.OFF: "off the hotpatch train",
    State.UNKNOWN: "unknown",
}


def verdict_lines(item: Verdict, title: str, width: int) -> Iterator[Line]:
    """Say where a machine stands, what comes next, and how it gets back."""
    yield Line(f"{title}: {_STATES[item.state]} (data as of {item.as_of})", item.state.value)
    for label, text in _verdict_facts(item):
        style = "note" if label == "note" else ""
        yield from wrapped(f"{label:<9}  {text}", "  ", " " * 13, width, style)


def _verdict_facts(item: Verdict) -> Iterator[tuple[str, str]]:
    if item.baseline is not None:
        yield "baseline", str(item.baseline)
    if item.latest is not None and item.latest is not item.baseline:
        yield "latest", str(item.latest)
    if item.next is not None:
        yield "next", _next(item.next)
    yield from (("why", reason) for reason in item.reasons)
    if item.way_back:
        yield "way back" if item.state in (State.OFF, State.BEHIND) else "do", item.way_back
    yield from (("note", text) for text in item.remarks)


def _next(row: MonthEntry) -> str:
    words = {
        Restart.YES: "restarts",
        Restart.NO: "no restart",
        Restart.POSSIBLE: "a restart is possible",
    }
    kb = f" {row.kb}" if row.kb else ""
    build = f" ({row.build})" if row.build else ""
    status = "" if row.status is Status.RELEASED else f", {row.status}"
    return f"{row.month} {row.type}{kb}{build}, {row.date}{status}: {words[row.restart]}"


def summary(found: Sequence[Verdict]) -> str:
    """Count machines by where they stand."""
    states = [item.state for item in found]
    parts = [f"{states.count(state)} {_STATES[state]}" for state in State if state in states]
    return f"{len(found)} machines: {'; '.join(parts)}"
