"""Profiles, built: every file is rendered in memory and read back."""

from __future__ import annotations

from fuzz import profiles
from fuzz.target import Target
from gpogen.profile.load import Loader
from gpogen.rules.check import check as judge
from gpogen.workspace.made import make


def check(data: bytes) -> None:
    """Build a profile without an output folder; a build reads back what it made."""
    made = judge(Loader().load_bytes(data, "a.yaml")).compiled
    if made is not None:
        make(made)


TARGET = Target(
    generate=profiles.profile,
    check=check,
    words=profiles.WORDS,
    most=1024,
    steps=(2_000_000, 20_000),
    memory=(8 << 20, 10_000),
)
