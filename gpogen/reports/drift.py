"""Drift of a machine from a profile: as text, JSON and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from gpogen.artifacts.audit_rows import Requirement as Wanted
from gpogen.artifacts.powershell_text import KINDS
from gpogen.fleet.drift import NOT_COMPARABLE, NOT_IN_REPORT, Drift, shown
from gpogen.fleet.report import Requirement
from gpogen.policy.types import type_name
from gpogen.text import cut

_SIGNS = {"changed": "~", "removed": "-", "added": "+", "unknown": "?"}
_TYPES = {name: type_name(number) for number, name in KINDS.items()}
_REASONS = {
    NOT_IN_REPORT: "not known: the report does not have it",
    NOT_COMPARABLE: "not known: the report cannot answer it for this version of the profile",
    "target-unknown": "not known: the machine did not answer the targeting query",
    "unreadable": "not known: the machine refused to read it",
}


def text(item: Drift) -> str:
    r"""Write ``web.yaml:4:3: ~ HKLM\Key!Name: REG_DWORD 4 -> REG_DWORD 3 (local)  [policy]``."""
    place = f"{item.place}: " if item.place else ""
    title = f"  [{item.wanted.title}]" if item.wanted.title else ""
    sides = f"{_wanted(item.wanted)} -> {_found(item)}"
    return f"{place}{_SIGNS[item.kind]} {item.wanted.id}: {sides}{title}"


def as_json(item: Drift) -> dict[str, Any]:
    """Write one object of ``diff --format json``."""
    found = item.found
    place = item.place
    return {
        "change": item.kind,
        "id": item.wanted.id,
        "policy": item.wanted.policy or None,
        "title": item.wanted.title,
        "via": item.wanted.via,
        "reason": item.reason,
        "expected": {
            "action": item.wanted.row.action,
            "type": _TYPES.get(item.wanted.row.kind),
            "value": shown(item.wanted.row.value, item.wanted.row.kind),
        },
        "found": dict(found["found"]) if found else None,
        "origin": found["origin"] if found else None,
        "gpo": found["gpo"] if found else None,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "col": place.col if place else None,
    }


def markdown(items: Iterable[Drift], machine: str) -> Iterator[str]:
    """Yield a table for a pull request."""
    yield f"| where | value | policy | profile | {_cell(machine)} |"
    yield "|---|---|---|---|---|"
    for item in items:
        cells = (
            str(item.place or ""),
            item.wanted.id,
            item.wanted.title,
            _wanted(item.wanted),
            _found(item),
        )
        yield f"| {' | '.join(map(_cell, cells))} |"


def _cell(content: str) -> str:
    return content.replace("|", "\\|").replace("`", "'").replace("\r", " ").replace("\n", " ")


def _wanted(item: Wanted) -> str:
    row = item.row
    if row.action in ("set", "soft"):
        value = json.dumps(shown(row.value, row.kind), ensure_ascii=False)
        soft = "anything, else " if row.action == "soft" else ""
        return cut(f"{soft}{_TYPES.get(row.kind, row.kind)} {value}")
    names = f" other than {', '.join(row.names)}" if row.names else ""
    return {
        "delete": "absent",
        "delete-values": cut(f"no values{names}"),
        "delete-keys": "no such key",
        "create-key": "the key",
    }[row.action]


def _found(item: Drift) -> str:
    if item.reason in _REASONS or item.found is None:
        return _REASONS.get(item.reason, item.reason)
    origin = _origin(item.found)
    return _data(item.found) + (f" ({origin})" if origin != "absent" else "")


def _data(answer: Requirement) -> str:
    found = answer["found"]
    if found["state"] == "absent" or (_is_key(answer) and found["value"] is None):
        return "absent"
    value = json.dumps(found["value"], ensure_ascii=False)
    return cut(f"{found['type'] or 'names'} {value}")


def _is_key(answer: Requirement) -> bool:
    return answer["action"] in ("delete-values", "delete-keys", "create-key")


def _origin(answer: Requirement) -> str:
    origin, gpo = answer["origin"], answer["gpo"]
    return f"{origin}, {cut(gpo)}" if gpo else origin
