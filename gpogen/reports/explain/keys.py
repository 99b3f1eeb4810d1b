"""Entries of the keys of a profile."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.keys import ProfileKey, profile_keys
from gpogen.catalog.policies import policies
from gpogen.profile.examples import examples
from gpogen.profile.schema import Profile
from gpogen.profile.sections import Vbs
from gpogen.profile.setting import elements, setting_words
from gpogen.reports.explain.entry import Explanation, facts

SOURCE = "the form of a profile (gpogen help profile-keys)"


def entries() -> Iterator[Explanation]:
    """Yield every key."""
    keys = all_keys()
    for row in keys:
        yield _entry(row, [item.key for item in keys if item.key.rpartition(".")[0] == row.key])


def all_keys() -> tuple[ProfileKey, ...]:
    """Return every key of a profile, each after the one that it stands in.

    Those that are rows stand before the ``why`` of their section.
    """
    found = list(profile_keys())
    for row in _rows():
        section = row.key.partition(".")[0]
        found.insert([item.key for item in found].index(f"{section}.why"), row)
    return tuple(found)


def _rows() -> Iterator[ProfileKey]:
    for word in setting_words(Profile):
        policy = policies()[word.row.policy]
        what = f"{word.row.what} Policy: {policy.display_name}."
        yield ProfileKey(key=word.path, what=what, values=word.row.allowed)
    for name, row in elements(Vbs).items():
        yield ProfileKey(key=f"vbs.{name}", what=row.what, values=row.allowed)


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
