"""The order in which registry.pol records are written."""

from __future__ import annotations

from gpogen.policy.records import Record
from gpogen.policy.types import Action

_FIRST = {Action.DELETE_VALUES: 0, Action.DELETE_KEYS: 1, Action.CREATE_KEY: 2}


def record_order(record: Record, rank: tuple[int, ...]) -> tuple[object, ...]:
    """Return the sort key of a record.

    Keys come without regard to case. Inside a key ``**delvals.`` is first, because instructions
    run strictly in file order (MS-GPREG 3.2.5.1); values follow by ``rank``.
    """
    return (
        record.hive,
        record.key.lower(),
        _FIRST.get(record.action, 3),
        rank,
        record.name.lower(),
    )
