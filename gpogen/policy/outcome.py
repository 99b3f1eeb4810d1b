"""What of a reading acts in the end: what rules judge, and what `show` marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gpogen.policy.effect import standing
from gpogen.policy.gpo import Item, Reading
from gpogen.policy.records import ON_VALUES, Record
from gpogen.policy.types import Action, Via


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A policy and a preference that say different things of one value."""

    policy: Item
    preference: Item


def acting(item: Item) -> list[Record]:
    """Return what an item does: a preference that replaces a key empties it first."""
    record = item.record
    if item.gpp_action == "R" and record.action is Action.CREATE_KEY:
        return [replace(record, action=Action.DELETE_VALUES), record]
    return [record]


def stands(items: Sequence[Item]) -> list[bool]:
    """Tell of each item whether it takes part in the end, or a later one makes up for it.

    A preference with a condition makes up for none, because it may not be applied.
    """
    numbers = [number for number, item in enumerate(items) if not item.condition]
    found = [True] * len(items)
    for number, stand in zip(
        numbers, standing([items[number].record for number in numbers]), strict=True
    ):
        found[number] = stand
    return found


def effective(reading: Reading) -> list[Item]:
    """Return the items that act in the end: not overridden, and of no side that is disabled."""
    kept = zip(reading.items, stands(reading.items), strict=True)
    return [
        replace(item, record=record)
        for item, stand in kept
        if stand and _is_on(reading, item)
        for record in acting(item)
    ]


def _is_on(reading: Reading, item: Item) -> bool:
    return reading.gpo is None or reading.gpo.is_on(item.record.hive)


def contradictions(items: Iterable[Item]) -> Iterator[Contradiction]:
    """Yield the preferences that say something else of a value than the policy of the same GPO.

    Preferences run after policy on Windows, and also when the GPO has not changed, so that the
    value of either may stand; this is for people to decide.
    """
    every = [item for item in items if item.record.action in ON_VALUES]
    wanted = {item.record.target: item for item in every if item.record.via is Via.POLICY}
    for item in every:
        other = wanted.get(item.record.target)
        is_other = other is not None and not other.record.same_effect(item.record)
        if other is not None and is_other and item.record.via is Via.PREFERENCE:
            yield Contradiction(other, item)
