"""Counts what the reports of a fleet say alike: settings, restarts, certificates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal, NamedTuple

from gpogen.errors import UsageError
from gpogen.fleet.status import Fleet

MAX_SETTINGS = 200_000
MAX_REASONS = 20
"""Reasons of one setting that are counted one by one; the names of GPOs can be any text."""
OTHERS = "(others)"
_STATES = 100
"""States of Secure Boot certificates that are counted; reports can hold any text."""


class Setting(NamedTuple):
    """How many machines meet a requirement.

    Attributes:
        profile: the name of the profile, or empty.
        id: the requirement.
        met: machines that meet it.
        missed: machines that do not.
        unknown: machines of which nobody knows.
        why: why it is not met or not known, with the number of machines, most first.
    """

    profile: str
    id: str
    met: int
    missed: int
    unknown: int
    why: tuple[tuple[str, int], ...]


def counted(fleet: Fleet, column: Literal["restart", "certificates"]) -> list[tuple[str, int]]:
    """Count the machines by what a column of their reports says, most first; without old ones."""
    query = (
        f"SELECT {column}, count(*) FROM machine WHERE taken_at >= ? "
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
    )
    found = fleet.ledger.each(query, fleet.asked.oldest.isoformat(), _STATES)
    return [(str(state), int(count)) for state, count in found]


class _Counts:
    """The counts of one setting while they are made."""

    __slots__ = ("met", "why")

    def __init__(self) -> None:
        self.met = [0, 0, 0]
        self.why: dict[str, int] = {}

    def add_reason(self, reason: str, count: int) -> None:
        if reason not in self.why and len(self.why) >= MAX_REASONS:
            reason = OTHERS
        self.why[reason] = self.why.get(reason, 0) + count


def settings_of(fleet: Fleet) -> Iterator[Setting]:
    """Yield each requirement, and how many machines meet it, in the order of profiles and ids.

    Old reports do not count.

    Raises:
        UsageError: the reports name more settings than any profiles have.
    """
    found: dict[tuple[str, str], _Counts] = {}
    query = (
        "SELECT setup.text, shape.text, pattern, coalesce(why.text, '[]'), count(*) FROM machine "
        "JOIN fact AS setup ON setup.id = machine.setup "
        "JOIN fact AS shape ON shape.id = machine.shape "
        "LEFT JOIN fact AS why ON why.id = machine.why "
        "WHERE machine.taken_at >= ? GROUP BY machine.setup, machine.shape, pattern, machine.why "
        "ORDER BY setup.text, shape.text, pattern, why.text"
    )
    oldest = fleet.asked.oldest.isoformat()
    for setup, shape, pattern, why, count in fleet.ledger.each(query, oldest):
        profile = json.loads(setup)[0]
        reasons = iter(json.loads(why))
        for name, met in zip(json.loads(shape), pattern, strict=True):
            row = found.get((profile, name))
            if row is None:
                row = found[profile, name] = _Counts()
            row.met["+-?".index(chr(met))] += count
            if met != ord("+"):
                row.add_reason(next(reasons), count)
        if len(found) > MAX_SETTINGS:
            raise UsageError(f"the reports name more than {MAX_SETTINGS} settings")
    for (profile, name), row in sorted(found.items()):
        ordered = sorted(row.why.items(), key=lambda item: (-item[1], item[0]))
        met, missed, unknown = row.met
        yield Setting(profile, name, met, missed, unknown, tuple(ordered))
