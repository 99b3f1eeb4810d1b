"""The comparison with and without hotpatch on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gpogen.calendar.compare import Comparison, Figures, assumptions
from gpogen.calendar.overlay import Overlay
from gpogen.calendar_views import sentences
from gpogen.calendar_views.lines import WIDE, Line, aligned, wrapped


def comparison_lines(pairs: Sequence[tuple[Overlay, Comparison]], width: int) -> Iterator[Line]:
    """Lay out what hotpatch spares, and what the figures assume."""
    for item, made in pairs:
        months = [row.entry.month for row in item.courses]
        span = f"{months[0]} to {months[-1]}" if months else "no months"
        yield Line(f"{made.name}: {made.months} months, {span}, {item.os}, {item.zone}", "head")
        said = schedules_of(item, made)
        wide = max((len(label) for label, _ in said), default=0)
        for label, text in said:
            yield from wrapped(text, f"  {label:<{wide}}  ", " " * (wide + 4), width)
        if made.hotpatch is None or made.cumulative is None:
            yield Line("  nothing to compare: the installation times are unknown")
            yield Line("")
            continue
        yield from (Line(text) for text in aligned(comparison_of(made), 3, WIDE))
        if made.hotpatch.at_least or made.cumulative.at_least:
            yield Line(
                "  at least: no policy sets the restart time, so the days exclude the wait for it"
            )
        if item.swallowed:
            yield Line("  the schedule skips baselines (HP014): hotpatch makes it worse", "warning")
        yield Line("")
    yield Line("Assumptions", "head")
    for text in assumptions(pairs[0][1].other):
        yield from wrapped(f"- {text}", "  ", "    ", width)


def schedules_of(item: Overlay, made: Comparison) -> tuple[tuple[str, str], ...]:
    """Say when each side installs; nothing where both do by one schedule that is known."""
    if made.other is None:
        return () if made.hotpatch else (("installs", sentences.installs(item)),)
    return (
        ("with hotpatch", sentences.installs(item)),
        ("cumulative updates alone", sentences.other(made.other)),
    )


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
