"""hotpatch-releases.yaml: what is known afterwards, with a conflict for each contradiction."""

from __future__ import annotations

from fuzz import profiles
from fuzz.target import Target
from gpogen.releases.additions import read_additions
from gpogen.releases.knowledge import know


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
