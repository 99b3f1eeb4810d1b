"""What two profiles of one run cannot both have."""

from __future__ import annotations

from gpogen.document.nodes import Scalar
from gpogen.finding import Finding, Place, mistake
from gpogen.profile.load import LoadedProfile


class Duplicates:
    """Goes through the profiles of a run, and keeps the places of their names and titles."""

    def __init__(self) -> None:
        """Begin with no profiles."""
        self._names: dict[str, Place] = {}
        self._titles: dict[str, list[Place]] = {}
        self._same_names: list[Finding] = []

    def add(self, item: LoadedProfile) -> None:
        """Look at the next profile."""
        if item.tree is None:
            return
        name, node = item.tree.text("name"), item.tree.get("name")
        if name is not None and node is not None:
            if name in self._names:
                self._same_names += _same_name(name, self._names[name], node.place)
            self._names.setdefault(name, node.place)
        title = None if item.is_base else item.tree.get("title")
        if isinstance(title, Scalar) and isinstance(title.value, str):
            self._titles.setdefault(title.value.casefold(), []).append(title.place)

    def findings(self) -> list[Finding]:
        """Return names that two files claim, an error at both places (GP021), and titles.

        Titles that two profiles share, in whatever case, are an error at each (GP025).
        """
        shared = (places for places in self._titles.values() if len(places) > 1)
        titles = [finding for places in shared for finding in _same_title(places)]
        return [*dict.fromkeys(self._same_names), *titles]


def _same_name(name: str, first: Place, second: Place) -> list[Finding]:
    fix = "rename one of the two files, and change its `name`"
    return [
        mistake("GP021", f"the name {name!r} is also in {other}", at, fix, (other,))
        for at, other in ((first, second), (second, first))
    ]


def _same_title(places: list[Place]) -> list[Finding]:
    first, *others = places
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    findings = []
    for at in places:
        other = others[0] if at == first else first
        message = f"another GPO has the same title, in {other}{more}"
        fix = "give each GPO its own title; titles are not case-sensitive"
        findings.append(mistake("GP025", message, at, fix, (other,)))
    return findings
