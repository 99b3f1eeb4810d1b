"""Reports of the audit script (docs/audit-report.schema.json) as lists of updates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gpogen.audit_schema import MARK, SCHEMA
from gpogen.errors import UsageError
from gpogen.lists import strict_json
from gpogen.lists.reported import Reported
from gpogen.text import cut

_STATES = {"pending": "installpending"}
"""Words of a report that lists of updates write differently."""


def reduced(text: str, shown: str) -> tuple[str, tuple[Reported, ...]]:
    """Return the updates of audit reports as JSON; any other text as it is.

    A text is one report, a list of reports, or one report in each line. A report that can't be
    used does not stop the others: it is returned by its name, with the problem.

    Raises:
        UsageError: no report can be used.
    """
    if MARK.search(text) is None:
        return text, ()
    rows: list[dict[str, Any]] = []
    unusable: list[Reported] = []
    for place, found in _reports(text, shown):
        report: Any = None
        try:
            report = _loaded(found) if isinstance(found, str) else found
            rows.append(_machine(report))
        except UsageError as error:
            name = _name_of(report)
            problem = f"{place}: {error}"
            unusable.append(
                Reported(name=name or place, build="", seen=(), rows=1, problem=problem)
            )
    if not rows and unusable:
        more = f"; {len(unusable) - 1} more cannot be used" if len(unusable) > 1 else ""
        raise UsageError(f"{unusable[0].problem}{more}")
    return json.dumps({"machines": rows}), tuple(unusable)


def _reports(text: str, shown: str) -> Iterator[tuple[str, Any]]:
    """Yield the place of each report, and its text, or itself where it is one of a list."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    first = lines[0][1].strip()
    if len(lines) > 1 and first.startswith("{") and first.endswith("}"):
        yield from ((f"{shown}, line {number}", line) for number, line in lines)
        return
    try:
        found = _loaded(text)
    except UsageError as error:
        raise UsageError(f"{shown}: {error}") from None
    if not isinstance(found, list):
        yield shown, found
        return
    yield from ((f"{shown}[{number}]", item) for number, item in enumerate(found))


def _loaded(text: str) -> Any:
    try:
        return strict_json.loads(text)
    except RecursionError:
        raise UsageError("too many levels of JSON") from None
    except ValueError as error:
        raise UsageError(f"not JSON: {cut(str(error))}") from None


def _name_of(report: Any) -> str:
    """Return the machine's name in a report that can't be used; empty where there is none."""
    machine = report.get("machine") if isinstance(report, Mapping) else None
    name = machine.get("name") if isinstance(machine, Mapping) else None
    return cut(name) if isinstance(name, str) else ""


def _machine(report: Any) -> dict[str, Any]:
    schema = report.get("schema") if isinstance(report, Mapping) else None
    if schema != SCHEMA:
        raise UsageError(f"the schema must be {SCHEMA}; got {cut(repr(schema), 40)}")
    machine, train = (report.get(part) for part in ("machine", "train"))
    if not isinstance(machine, Mapping) or not isinstance(train, Mapping):
        raise UsageError("an audit report must have machine and train")
    name = machine.get("name") or ""
    parts = [train.get(part) for part in ("updates", "packages")]
    listed = [part for part in parts if isinstance(part, list)]
    if not listed:
        raise UsageError("the report has no updates and no packages")
    rows = [_row(item) for part in listed for item in part]
    return {"machine": name, "build": train.get("build") or "", "updates": rows}


def _row(item: Any) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise UsageError(f"{cut(repr(item), 40)} is not an update")
    state = str(item.get("state") or "")
    row = {"state": _STATES.get(state, state)}
    if "name" in item:
        return row | {"package": item["name"]}
    kind = "description" if item.get("by") == "hotfix" else "title"
    return row | {"kb": item.get("kb") or "", kind: item.get("title") or ""}
