"""The order in which several bases count: C3, as Python's classes have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Clash(Generic[Key]):
    """Two that are each to win over the other.

    Attributes:
        first: is to win over ``second`` by one list.
        second: is to win over ``first`` by another, directly or by way of others.
    """

    first: Key
    second: Key


def linearise(
    own: Key, orders: Sequence[Sequence[Key]], direct: Sequence[Key]
) -> tuple[Key, ...] | Clash[Key]:
    """Put an item and what it builds on in one order, in which the earlier win.

    Args:
        own: the item.
        orders: the order of each of its direct bases, each beginning with that base.
        direct: the direct bases, the one that wins first.

    Returns:
        Every item once, ``own`` first. Each comes before what it builds on, and two keep the
        order that ``direct`` and each of ``orders`` gives them; or a clash where that cannot be.
    """
    queues = [queue for queue in (*orders, direct) if queue]
    starts = [0] * len(queues)
    behind = Counter(key for queue in queues for key in queue[1:])
    found = [own]
    while heads := _heads(queues, starts):
        free = next((key for key in heads if not behind[key]), None)
        if free is None:
            return _clash(heads, queues, starts)
        found.append(free)
        for number, queue in enumerate(queues):
            if starts[number] < len(queue) and queue[starts[number]] == free:
                starts[number] += 1
                if starts[number] < len(queue):
                    behind[queue[starts[number]]] -= 1
    return tuple(found)


def _heads(queues: Sequence[Sequence[Key]], starts: Sequence[int]) -> list[Key]:
    """Return the first of each queue that is left."""
    pairs = zip(queues, starts, strict=True)
    return [queue[start] for queue, start in pairs if start < len(queue)]


def _clash(
    heads: Sequence[Key], queues: Sequence[Sequence[Key]], starts: Sequence[int]
) -> Clash[Key]:
    """Find two heads of which each waits for the other: one head waits for the next, in a ring."""
    waits = {
        key: next(
            queue[start]
            for start, queue in zip(starts, queues, strict=True)
            if key in queue[start + 1 :]
        )
        for key in heads
    }
    seen: list[Key] = []
    key = heads[-1]
    while key not in seen:
        seen.append(key)
        key = waits[key]
    return Clash(first=waits[key], second=key)
