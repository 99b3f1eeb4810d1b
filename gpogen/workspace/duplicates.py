"""What two profiles of one run cannot both have."""

from __future__ import annotations

from collections.abc import Iterable

from gpogen.finding import Finding, Place, mistake
from gpogen.profile.load import LoadedProfile
from gpogen.profile.nodes import Scalar


def duplicate_names(profiles: Iterable[LoadedProfile]) -> list[Finding]:
    """Find names that two files claim: an error at both places (GP021)."""
    first: dict[str, Place] = {}
    findings: list[Finding] = []
    for item in profiles:
        name = item.tree.text("name") if item.tree else None
        if name is None or item.tree is None:
            continue
        node = item.tree.get("name")
        assert node is not None
        if name in first:
            for at, other in ((first[name], node.place), (node.place, first[name])):
                message = f"the name {name!r} occurs in two files, also in {other}"
                findings.append(mistake("GP021", message, at, related=(other,)))
        first.setdefault(name, node.place)
    return list(dict.fromkeys(findings))


def duplicate_titles(profiles: Iterable[LoadedProfile]) -> list[Finding]:
    """Find titles that two profiles share, in whatever case: an error at each (GP025)."""
    places: dict[str, list[Place]] = {}
    for item in profiles:
        node = item.tree.get("title") if item.tree and not item.is_base else None
        if isinstance(node, Scalar) and isinstance(node.value, str):
            places.setdefault(node.value.casefold(), []).append(node.place)
    findings: list[Finding] = []
    for first, *others in places.values():
        for at in (first, *others) if others else ():
            other = others[0] if at == first else first
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            message = f"another GPO has the same title, in {other}{more}"
            fix = "give each GPO its own title; titles are not case-sensitive"
            findings.append(mistake("GP025", message, at, fix, (other,)))
    return findings
