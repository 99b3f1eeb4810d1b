"""What a file deletes after it has written it; a profile deletes first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from gpogen.compile.conflicts import name_of
from gpogen.formats.subkeys import deleted_names
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Via

_DELETIONS = (Action.DELETE_VALUES, Action.DELETE_KEYS)


def order_reports(records: Iterable[Record]) -> Iterator[str]:
    """Name the deletions that stand after what they delete, one line each."""
    policy = [record for record in records if record.via is not Via.PREFERENCE]
    written = _Written(_place(record) for record in policy if record.action not in _DELETIONS)
    for record in policy:
        if record.action not in _DELETIONS:
            written.add(_place(record))
        elif any(written.has_below(place) for place in _gone(record)):
            done = f"{name_of(record)}: {record.action.value} stands after what it deletes"
            yield f"{done}; a profile writes it before that"


def _place(record: Record) -> str:
    hive, key, _ = record.target
    return f"{hive}\\{key}\\"


def _gone(record: Record) -> Iterator[str]:
    """Yield the keys that a record empties or deletes."""
    if record.action is Action.DELETE_VALUES:
        yield _place(record)
        return
    above = _place(record) if record.key else f"{record.hive.value}\\"
    for name in deleted_names(record):
        yield f"{above}{name.lower()}\\"


class _Written:
    """Keys as they are written one after another, asked for what is at or below a key.

    The keys below one stand together in sorted order. A Fenwick tree counts those that were
    written, so that adding and asking take the logarithm of the number of keys.
    """

    def __init__(self, places: Iterable[str]) -> None:
        self._sorted = sorted(set(places))
        self._number = {place: number for number, place in enumerate(self._sorted, 1)}
        self._counts = [0] * (len(self._sorted) + 1)

    def add(self, place: str) -> None:
        at = self._number.pop(place, 0)
        while 0 < at < len(self._counts):
            self._counts[at] += 1
            at += at & -at

    def has_below(self, place: str) -> bool:
        first = bisect_left(self._sorted, place)
        # The character after the backslash: what begins with the place sorts before it.
        after = bisect_left(self._sorted, f"{place[:-1]}]")
        return self._before(after) > self._before(first)

    def _before(self, at: int) -> int:
        count = 0
        while at:
            count += self._counts[at]
            at -= at & -at
        return count
