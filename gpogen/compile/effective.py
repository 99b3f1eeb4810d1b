"""The drafts whose value counts, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from gpogen.catalog.effective import InForce, in_force
from gpogen.compile.drafts import Draft

ByName: TypeAlias = Mapping[str, Sequence[Draft]]
"""The records whose value is in force, by the value's lower-case name."""


def drafts_in_force(drafts: Iterable[Draft]) -> InForce[Draft]:
    """Return the drafts whose value counts, and what the others take away."""
    return in_force(drafts, lambda one: one.record)


def by_name(found: InForce[Draft]) -> ByName:
    """Return the records whose value is in force, by the value's lower-case name."""
    index: dict[str, list[Draft]] = {}
    for draft in found.kept:
        index.setdefault(draft.record.name.lower(), []).append(draft)
    return index
