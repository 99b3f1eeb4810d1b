"""What of a report denies its own summary, where that says compliant.

A report whose summary says worse is believed. The checks are cheap, because a fleet has many
reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter

from gpogen.fleet.report import Check, Report, Requirement
from gpogen.text import cut

_STATE = itemgetter("state")
_MET = ("as-expected", "not-targeted")
_EMPTIES = ("delete-values", "delete-keys")
"""Actions on what is below a key: what was found does not show whether they are met."""


def contradiction_in(report: Report) -> str:
    """Say what of a report denies its summary, where that says compliant; empty otherwise."""
    if report["summary"]["verdict"] != "compliant":
        return ""
    what = next(_denials(report), "")
    if not what:
        return ""
    return (
        f"the report contradicts itself: $.summary.verdict is compliant, but {what}: the report "
        "was changed after the script wrote it, or by another program"
    )


def _denials(report: Report) -> Iterator[str]:
    yield from _unmet(report["requirements"], report["readiness"])
    yield from _of_summary(report)
    told = Counter(map(_STATE, report["readiness"]))
    counts = report["summary"]["readiness"]
    for name, count in (
        ("ok", counts["ok"]),
        ("problem", counts["problem"]),
        ("attention", counts["attention"]),
        ("unknown", counts["unknown"]),
    ):
        if told[name] != count:
            yield f"$.summary.readiness.{name} is {count}, and the report has {told[name]}"
    if not any(item["decides"] for item in report["readiness"]):
        yield "the report has no check that decides"
    if (report["kind"] == "audit") is (report["profile"] is None):
        has = "no profile" if report["profile"] is None else "a profile"
        yield f"$.kind is {report['kind']} and it has {has}"
    if report["train"]["build"] != report["machine"]["build"]:
        yield f"$.train.build is not that of $.machine, {report['machine']['build']}"


def _of_summary(report: Report) -> Iterator[str]:
    summary, size = report["summary"], len(report["requirements"])
    counts = summary["requirements"]
    if summary["exit_code"] != 0:
        yield f"$.summary.exit_code is {summary['exit_code']}"
    if summary["readiness"]["verdict"] != "ready":
        yield f"$.summary.readiness.verdict is {summary['readiness']['verdict']}"
    if counts["not_compliant"] or counts["unknown"] or counts["total"] != counts["compliant"]:
        yield "$.summary.requirements counts some that are not"
    if counts["total"] != size:
        yield f"$.summary.requirements.total is {counts['total']}, and the report has {size}"


def _unmet(requirements: Sequence[Requirement], readiness: Sequence[Check]) -> Iterator[str]:
    """Yield that requirements and checks are not met, by the first of them."""
    found = [item["id"] for item in requirements if not _is_met(item)]
    found += [
        item["id"]
        for item in readiness
        if item["decides"] and item["state"] in ("problem", "unknown")
    ]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield f"{cut(found[0], 200)}{more} is not"


def _is_met(item: Requirement) -> bool:
    """Tell whether a requirement is met by its answer, its reason, and what was found."""
    if item["compliant"] is not True or item["reason"] not in _MET:
        return False
    if item["reason"] == "not-targeted" or item["action"] in _EMPTIES:
        return True
    found, wanted = item["found"], item["expected"]
    if item["action"] == "delete":
        return found["state"] == "absent"
    if found["state"] != "present":
        return False
    is_equal = found["type"] == wanted["type"] and found["value"] == wanted["value"]
    return item["action"] != "set" or wanted["cut"] or is_equal
