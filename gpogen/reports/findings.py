"""Findings as JSON, and those that say the same of several places as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gpogen.finding import Finding, Place, Severity


def joined(findings: Iterable[Finding]) -> Iterator[tuple[Finding, list[Place]]]:
    """Yield findings with the places of those that differ from them in their place alone.

    An error is never left to a line below another one.
    """
    first: dict[object, tuple[Finding, list[Place]]] = {}
    for number, item in enumerate(findings):
        alone = item.severity is Severity.ERROR or item.at is None or item.related
        key = number if alone else (item.id, item.severity, item.message, item.fix)
        known = first.setdefault(key, (item, []))
        if known[0] is not item and item.at is not None:
            known[1].append(item.at)
    yield from first.values()


def finding_json(item: Finding) -> dict[str, Any]:
    """Turn a finding into what ``--format json`` prints."""
    at = _place_json(item.at)
    return {
        "id": item.id,
        "severity": item.severity.value,
        **at,
        "message": item.message,
        "why": item.why,
        "fix": item.fix,
        "source": item.source,
        "profiles": list(item.profiles),
        "related": [_place_json(place) for place in item.related],
    }


def _place_json(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"file": None, "line": None, "col": None}
    return {"file": place.file, "line": place.line, "col": place.col}
