"""Reports of the audit script (docs/audit-report.schema.json) as lists of updates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gpogen.errors import UsageError
from gpogen.text import cut

SCHEMA = "gpogen-audit/1"
_MARK = "gpogen-audit/"
_STATES = {"pending": "installpending"}
"""Words of a report that lists of updates write differently."""


def reduced(text: str, shown: str) -> str:
    """Return the updates of audit reports as JSON; any other text as it is.

    A text is one report, a list of reports, or one report in each line.

    Raises:
        UsageError: a report has another schema, or names neither updates nor packages.
    """
    if _MARK not in text[:1_000]:
        return text
    rows = [_machine(report, shown) for report in _reports(text, shown)]
    return json.dumps({"machines": rows})


def _reports(text: str, shown: str) -> Iterator[Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    by_line = len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines)
    for number, part in enumerate(lines if by_line else [text], 1):
        place = f"{shown}, line {number}" if by_line else shown
        try:
            found = json.loads(part)
        except (ValueError, RecursionError):
            raise UsageError(f"{place}: not JSON") from None
        yield from found if isinstance(found, list) else [found]


def _machine(report: Any, shown: str) -> dict[str, Any]:
    schema = report.get("schema") if isinstance(report, Mapping) else None
    if schema != SCHEMA:
        raise UsageError(f"{shown}: the schema must be {SCHEMA}; got {cut(repr(schema), 40)}")
    machine, train = (report.get(part) for part in ("machine", "train"))
    if not isinstance(machine, Mapping) or not isinstance(train, Mapping):
        raise UsageError(f"{shown}: an audit report must have machine and train")
    parts = [train.get(part) for part in ("updates", "packages")]
    listed = [part for part in parts if isinstance(part, list)]
    name = machine.get("name") or ""
    if not listed:
        raise UsageError(
            f"{shown}: the report of {cut(str(name)) or 'a machine'} has no updates and no packages"
        )
    rows = [_row(item, shown) for part in listed for item in part]
    return {"machine": name, "build": train.get("build") or "", "updates": rows}


def _row(item: Any, shown: str) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise UsageError(f"{shown}: {cut(repr(item), 40)} is not an update")
    state = str(item.get("state") or "")
    row = {"state": _STATES.get(state, state)}
    if "name" in item:
        return row | {"package": item["name"]}
    kind = "description" if item.get("by") == "hotfix" else "title"
    return row | {"kb": item.get("kb") or "", kind: item.get("title") or ""}
