"""A machine's updates, gone through from the oldest to the newest."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gpogen.calendar.updates import Effect, Update


@dataclass(slots=True)
class Walk:
    """What is known while a machine's updates are gone through, the oldest first."""

    baseline: Update | None = None
    stands_on: datetime.date = datetime.date.min
    latest: Update | None = None
    off: Update | None = None
    unsure: Update | None = None
    remarks: list[str] = field(default_factory=list)


def walk_through(named: Iterable[Update], known: Sequence[Update]) -> Walk:
    """Go through a machine's updates, which are in order; ``known`` are all that there are."""
    walk = Walk()
    for item in named:
        match item.effect:
            case Effect.BASELINE:
                walk.baseline, walk.stands_on, walk.latest = item, item.date, item
                walk.off = walk.unsure = None
            case Effect.HOTPATCH:
                _take_hotpatch(walk, item, known)
            case Effect.LCU:
                walk.off = item
            case Effect.UNSURE:
                walk.unsure = item
    return walk


def _take_hotpatch(walk: Walk, item: Update, known: Sequence[Update]) -> None:
    needed = governing(known, item.date)
    if needed is not None:
        # What came before the baseline that the hotpatch is on does not count any more.
        walk.off = walk.off if walk.off and walk.off.date >= needed.date else None
        walk.unsure = walk.unsure if walk.unsure and walk.unsure.date >= needed.date else None
    if walk.off is not None:
        walk.remarks.append(
            f"{item} is an update of the train, but {walk.off} had taken the machine off: both "
            "on one machine contradict Microsoft's documentation; the worse case counts"
        )
        return
    if walk.unsure is not None:
        walk.remarks.append(
            f"{item} came after {walk.unsure}: either that month was a baseline, or the two "
            "contradict each other"
        )
    quarter = item.month.quarter
    if needed is not None and needed.month < quarter:
        walk.remarks.append(
            f"{item} requires the baseline of {quarter}, which is not in the release data"
        )
        walk.baseline, walk.stands_on = None, quarter.patch_tuesday
    elif needed is not None and walk.stands_on < needed.date:
        if walk.baseline is not None:
            walk.remarks.append(
                f"{item} installs only on {needed}: so that baseline must be installed, too"
            )
        walk.baseline, walk.stands_on = needed, needed.date
    elif needed is None:
        walk.remarks.append(f"the baseline of {item} is older than the release data")
        walk.stands_on = quarter.first_day
    walk.latest, walk.unsure = item, None


def governing(known: Iterable[Update], day: datetime.date) -> Update | None:
    """Return the newest baseline that was out on a day."""
    before = [item for item in known if item.effect is Effect.BASELINE and item.date <= day]
    return before[-1] if before else None
