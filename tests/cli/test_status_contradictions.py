"""``gpogen status``: reports that say compliant, and show something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.audit_reports import BASELINE, CUMULATIVE, TODAY, lines, report
from tests.cli.conftest import Answer, Run, Workplace

Change = Callable[[dict[str, Any]], object]


def judged(gpogen: Run, place: Workplace, *reports: dict[str, Any]) -> tuple[Answer, Any]:
    (place.root / "r.jsonl").write_text(lines(*reports))
    answer = gpogen("status", "r.jsonl", "--format", "jsonl", *TODAY)
    rows = [json.loads(line) for line in answer.out.splitlines()]
    return answer, next((row for row in rows if row["machine"] == "B"), None)


def _first(made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = made["requirements"][0]
    return found


def _readiness(made: dict[str, Any], kind: str) -> None:
    made["kind"] = kind
    made["requirements"].clear()
    made["summary"]["requirements"] = dict.fromkeys(made["summary"]["requirements"], 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["requirements"].clear(), "requirements.total is 5, and the report has 0"),
        (lambda r: r["requirements"].append(_first(r)), "total is 5, and the report has 6"),
        (lambda r: r["summary"]["requirements"].update(unknown=1), "counts some that are not"),
        (lambda r: r["summary"]["requirements"].update(compliant=4), "counts some that are not"),
        (lambda r: r["summary"].update(exit_code=3), "$.summary.exit_code is 3"),
        (lambda r: r["summary"]["readiness"].update(verdict="unknown"), "verdict is unknown"),
        (lambda r: r["readiness"].clear(), "readiness.ok is 10, and the report has 0"),
        (lambda r: [item.update(decides=False) for item in r["readiness"]], "no check that decid"),
        (lambda r: _first(r).update(reason="differs"), "!NoAutoUpdate is not"),
        (lambda r: _first(r)["found"].update(state="absent"), "!NoAutoUpdate is not"),
        (lambda r: _first(r)["found"].update(value=999), "!NoAutoUpdate is not"),
        (lambda r: _first(r)["found"].update(type="REG_SZ"), "!NoAutoUpdate is not"),
        (lambda r: _first(r).update(action="delete"), "!NoAutoUpdate is not"),
        (lambda r: r.update(profile=None), "$.kind is audit and it has no profile"),
        (lambda r: _readiness(r, "readiness"), "$.kind is readiness and it has a profile"),
        (lambda r: r["machine"].update(build="26100.1"), "$.train.build is not that"),
    ],
)
def test_a_report_that_shows_less_than_its_summary_says_is_refused(
    gpogen: Run, place: Workplace, change: Change, told: str
) -> None:
    made = report("B")
    change(made)
    answer, row = judged(gpogen, place, report("A"), made)

    assert answer.code == 1
    assert (row["report_state"], row["verdict"]) == ("unreadable", "")
    assert "contradicts itself: $.summary.verdict is compliant, but" in row["problem"]
    assert told in row["problem"]


def test_a_machine_that_waits_for_a_restart_is_to_be_looked_at(
    gpogen: Run, place: Workplace
) -> None:
    made = report("B")
    made["train"]["pending_restart"] = {"state": "yes", "reasons": ["Windows Update"]}
    answer, row = judged(gpogen, place, made)

    assert (answer.code, row["attention"]) == (1, "restart-pending")
    text = gpogen("status", "r.jsonl", *TODAY).out
    assert "Restart pending: 1" in text


def test_what_waits_for_a_restart_is_named_beside_the_train(gpogen: Run, place: Workplace) -> None:
    waits = {**CUMULATIVE, "kb": "KB5129235", "title": "(KB5129235)", "state": "pending"}
    _, row = judged(gpogen, place, report("B", updates=[BASELINE, waits]))

    assert (row["train"], row["off_by"]) == ("on-train", "")
    assert row["train_reason"] == "KB5129235: waits for a restart, so it does not count yet"


@pytest.mark.parametrize(("packages", "updates"), [([], []), (None, []), ([], None), (None, None)])
def test_a_report_without_updates_and_packages_is_never_on_the_train(
    gpogen: Run, place: Workplace, packages: list[Any] | None, updates: list[Any] | None
) -> None:
    made = report("B")
    made["train"] |= {"packages": packages, "updates": updates}
    answer, row = judged(gpogen, place, made)

    assert (answer.code, row["attention"]) == (1, "train-unknown")
    assert row["train_reason"] == "the report has neither updates nor packages"


@pytest.mark.parametrize("day", ["2026-09-20", "2026-09-29"])
def test_a_readiness_report_hides_no_audit_report(gpogen: Run, place: Workplace, day: str) -> None:
    ready = report("B", taken=f"{day}T00:00:00Z")
    ready["profile"] = None
    _readiness(ready, "readiness")
    missed = report("B", verdict="not-compliant", missed=[0], taken="2026-09-25T00:00:00Z")
    answer, row = judged(gpogen, place, ready, missed)

    assert (answer.code, row["attention"]) == (1, "not-compliant")
    assert judged(gpogen, place, ready)[1]["attention"] == ""


def test_several_versions_of_one_profile_are_named_where_nobody_asks_which_is_current(
    gpogen: Run, place: Workplace
) -> None:
    other = report("B")
    other["profile"]["digest"] = "0" * 64
    answer, row = judged(gpogen, place, report("A"), other)

    assert (answer.code, row["profile_state"]) == (0, "")
    assert "the reports are of 2 versions of the profile arc-ws2025-standard: name it with" in (
        answer.err
    )
    assert "versions of the profile" not in judged(gpogen, place, report("A"), report("B"))[0].err
