"""Rules about profiles that are laid over the calendar."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.calendar.rings import same_hour
from gpogen.rules.deferral import held_back_hit
from gpogen.rules.engine import Hit
from gpogen.rules.inputs import Overlays

_NAMED = 4


def hp014(overlays: Overlays) -> Iterator[Hit]:
    """Baselines that a pause or a deferral holds back until the next release."""
    for laid in overlays.items:
        for item in laid.swallowed:
            yield held_back_hit(laid.subject, item, about=(laid.subject,))


def hp035(overlays: Overlays) -> Iterator[Hit]:
    """Domain controllers of several profiles that restart in the same hour."""
    by_name = {item.name: item.subject for item in overlays.items}
    for names, month in same_hour(overlays.items):
        shown = f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
        shown = shown if len(names) > _NAMED else " and ".join(names)
        message = f"the domain controllers of {shown} restart in the same hour, first in {month}"
        yield Hit(message=message, at=None, about=tuple(by_name[name] for name in names))
