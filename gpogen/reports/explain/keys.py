"""Entries of the keys of a profile."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.keys import ProfileKey, profile_keys
from gpogen.profile.examples import examples
from gpogen.reports.explain.entry import Explanation, facts

SOURCE = "the form of a profile (gpogen help profile-keys)"


def entries() -> Iterator[Explanation]:
    """Yield every key."""
    keys = profile_keys()
    for row in keys:
        yield _entry(row, [item.key for item in keys if item.key.rpartition(".")[0] == row.key])


def _entry(row: ProfileKey, below: list[str]) -> Explanation:
    parent, _, name = row.key.rpartition(".")
    return Explanation(
        id=row.key,
        kind="key",
        title=row.what,
        source=SOURCE,
        # `why` stands in every section, and nobody who asks for it means them all.
        aliases=(name,) if parent and name != "why" else (),
        facts=facts(
            ("values", row.values),
            ("example", f"{name}: {examples()[row.key]}"),
            ("keys in it", below),
            ("in", parent or "the profile"),
        ),
    )
