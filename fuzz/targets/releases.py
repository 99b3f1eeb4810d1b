"""hotpatch-releases.yaml: what is known afterwards, with a conflict for each contradiction."""

from __future__ import annotations

from fuzz import profiles
from fuzz.target import Target
from gpogen.compile.calendar.knowledge import know
from gpogen.profile.releases import read_additions


def check(data: bytes) -> None:
    """Read a file, and put it to what is known."""
    found, findings = read_additions(data, "hotpatch-releases.yaml")
    assert found is not None or findings, "nothing is read, and nothing said"
    if found is not None:
        known = know((found, found))
        assert all(item.at is not None for item in known.conflicts)


TARGET = Target(
    generate=profiles.releases,
    check=check,
    words=profiles.WORDS,
    most=768,
    steps=(50_000, 1_000),
)
