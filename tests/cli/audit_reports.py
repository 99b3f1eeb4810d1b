"""Audit reports for tests: the examples, changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

REPORTS = Path(__file__).resolve().parents[1] / "artifacts" / "audit" / "reports"
SCHEMA = REPORTS.parents[3] / "docs" / "audit-report.schema.json"
BASELINE = {
    "kb": "KB5122871",
    "title": "2026-09 Security Update (KB5122871) (26100.33438)",
    "state": "installed",
    "date": "2026-09-12",
    "by": "windows-update",
}
HOTPATCH = {**BASELINE, "kb": "KB5120228", "title": "2026-08 Hotpatch (KB5120228) (26100.33222)"}
CUMULATIVE = {**BASELINE, "kb": "KB5070881", "title": "2025-10 Security Update (KB5070881)"}
OLD_BASELINE = {**BASELINE, "kb": "KB5066835", "title": "2025-10 Security Update (KB5066835)"}
TODAY = ("--today", "2026-09-30")
TAKEN = "2026-09-29T02:00:07Z"


def example(name: str = "compliant") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REPORTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def report(
    name: str = "WEB-01",
    *,
    taken: str = TAKEN,
    verdict: str = "compliant",
    missed: Iterable[int] = (),
    unknown: Iterable[int] = (),
    updates: Iterable[dict[str, Any]] = (BASELINE,),
    build: str = "26100.33438",
    **machine: Any,
) -> dict[str, Any]:
    """Make a report of a machine that is compliant and on the train, but for what is named."""
    made = example()
    made["taken_at"] = taken
    made["machine"] |= {"name": name, "build": build, "azure_resource_id": None, **machine}
    made["train"] |= {"build": build, "packages": [], "updates": [*updates]}
    for number in missed:
        made["requirements"][number] |= {"compliant": False, "reason": "differs"}
    for number in unknown:
        made["requirements"][number] |= {"compliant": None, "reason": "unreadable"}
    made["summary"]["verdict"] = verdict
    if verdict != "compliant":
        made["summary"]["exit_code"] = {"not-compliant": 2, "unknown": 3}[verdict]
    return made


def lines(*reports: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(item)}\n" for item in reports)
