"""The keys of a profile, as ``gpogen explain`` tells them."""

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
    """Return every key of a profile, each after the one that it stands in."""
    return tuple(ProfileKey(**row) for row in load("profile-keys.json"))
