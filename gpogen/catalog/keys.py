"""The keys of a profile, as ``gpogen explain`` tells them; without those that are rows.

A setting word's key is described by its row (:mod:`gpogen.profile.setting`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gpogen.catalog.files import load


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileKey:
    """One key.

    Attributes:
        key: its path, ``updates.schedule.day``; that of a list's items begins with the list's.
        what: what it says, one or two sentences.
        values: what may stand behind it.
    """

    key: str
    what: str
    values: str


@cache
def profile_keys() -> tuple[ProfileKey, ...]:
    """Return the keys that no row describes, each after the one that it stands in."""
    return tuple(ProfileKey(**row) for row in load("profile-keys.json"))
