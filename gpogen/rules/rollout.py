"""Rules about profiles that are laid over the calendar."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.calendar.pause import PAUSE
from gpogen.calendar.plan import Plan
from gpogen.calendar.rings import same_hour
from gpogen.calendar.schedule import HORIZON
from gpogen.calendar.swallowed import Swallowed
from gpogen.finding import Severity
from gpogen.rules.engine import Hit
from gpogen.rules.inputs import Overlays

_NAMED = 4


def hp014(overlays: Overlays) -> Iterator[Hit]:
    """Baselines that a pause or a deferral holds back until the next release."""
    for laid in overlays.items:
        for item in laid.swallowed:
            fix = (
                "end the pause earlier" if item.value == PAUSE else "defer less, or run more often"
            )
            yield Hit(
                message=_held_back(laid.plan, item),
                at=laid.subject.place(item.value),
                severity=Severity.ERROR,
                fix=fix,
                about=(laid.subject,),
            )


def _held_back(plan: Plan, lost: Swallowed) -> str:
    rows = lost.rows
    cause = f"the deferral of {plan.deferral} days"
    if lost.value == PAUSE:
        cause = f"the pause from {plan.pause} to {plan.pause_end}"
    named = ", ".join(str(item.entry.date) for item, _ in rows)
    item, following = rows[0]
    when = f"on {item.installed.date()}" if item.installed else f"never, within {HORIZON} days"
    first = "the first" if len(rows) > 1 else "it"
    return (
        f"{cause} skips the baseline{'s' if len(rows) > 1 else ''} of {named}: {first} "
        f"would install {when}, and the next release comes on {following.date}"
    )


def hp035(overlays: Overlays) -> Iterator[Hit]:
    """Domain controllers of several profiles that restart in the same hour."""
    by_name = {item.name: item.subject for item in overlays.items}
    for names, month in same_hour(overlays.items):
        shown = f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
        shown = shown if len(names) > _NAMED else " and ".join(names)
        message = f"the domain controllers of {shown} restart in the same hour, first in {month}"
        yield Hit(message=message, at=None, about=tuple(by_name[name] for name in names))
