"""What two profiles of one run cannot both have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from gpogen.document.nodes import Mapping, Scalar
from gpogen.finding import Finding, Place, Severity, mistake
from gpogen.profile.load import LoadedProfile

_NAMED = 4
"""So many rings of one order are named."""


class Duplicates:
    """Goes through the profiles of a run, and keeps the places of names, titles and rings."""

    def __init__(self) -> None:
        """Begin with no profiles."""
        self._names: dict[str, Place] = {}
        self._titles: dict[str, list[Place]] = {}
        self._same_names: list[Finding] = []
        self._rings: defaultdict[int, dict[str, Place]] = defaultdict(dict)

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

        ring = None if item.is_base else item.tree.get("ring")
        if isinstance(ring, Mapping):
            self._add_ring(ring)

    def _add_ring(self, ring: Mapping) -> None:
        order, name = ring.get("order"), ring.text("name")
        if isinstance(order, Scalar) and isinstance(order.value, int) and name is not None:
            self._rings[order.value].setdefault(name, order.place)

    def findings(self) -> list[Finding]:
        """Return names that two files claim, an error at both places (GP021), titles and rings.

        Titles that two profiles share, in whatever case, are an error at each (GP025). Rings of
        several names with one order can be meant, and are a note (GP026).
        """
        shared = (places for places in self._titles.values() if len(places) > 1)
        titles = [finding for places in shared for finding in _same_title(places)]
        return [*dict.fromkeys(self._same_names), *titles, *self._same_orders()]

    def _same_orders(self) -> Iterator[Finding]:
        for order, rings in sorted(self._rings.items()):
            if len(rings) == 1:
                continue
            shown = ", ".join(list(rings)[:_NAMED])
            more = f" and {len(rings) - _NAMED} more" if len(rings) > _NAMED else ""
            first, *others = rings.values()
            yield Finding(
                id="GP026",
                severity=Severity.INFO,
                message=f"{len(rings)} rings have the order {order}: {shown}{more}; the calendar "
                "expects no order between them",
                at=first,
                fix="give each ring its own order if one is to install before the other",
                related=tuple(others[:_NAMED]),
            )


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
