"""The drafts whose value counts, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from gpogen.catalog.effective import in_force
from gpogen.compile.drafts import Draft

ByName: TypeAlias = Mapping[str, Sequence[Draft]]
"""The records whose value is in force, by the value's lower-case name."""


def by_name(drafts: Iterable[Draft]) -> ByName:
    """Return the records whose value is in force, by the value's lower-case name."""
    index: dict[str, list[Draft]] = {}
    for draft in in_force(drafts, lambda one: one.record).kept:
        index.setdefault(draft.record.name.lower(), []).append(draft)
    return index
