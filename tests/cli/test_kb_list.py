"""``gpogen calendar --format kb-list``: the updates to allow and to hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Run, Workplace

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs/kb-list.schema.json").read_text("utf-8"))
DATA = json.loads((ROOT / "gpogen/catalog/data/releases.json").read_text("utf-8"))
WHEN = ("--today", "2026-11-24", "--from", "2022-01", "--months", "70")


def listed(gpogen: Run, *arguments: str) -> dict[str, Any]:
    answer = gpogen("calendar", "--format", "kb-list", *arguments)
    assert answer.code in (0, 1), answer.err
    found: dict[str, Any] = json.loads(answer.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def said(found: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    held = {"hold": "held", "over": "held"}
    rows = found["updates"]
    return {
        (row["os"], row["kb"], held.get(row["action"], row["action"]), row["from"]) for row in rows
    }


def test_the_list_says_of_every_known_update_whether_it_keeps_machines_on_the_train(
    place: Workplace, gpogen: Run
) -> None:
    found = listed(gpogen, *WHEN)

    wanted = {
        (row["os"], kb, "allow", row["date"])
        for row in DATA["releases"]
        for kb in [row.get("kb"), *row.get("also", [])]
        if kb and row["type"] != "unknown"
    }
    wanted |= {
        (row["os"], row["kb"], "held" if row["train"] == "lcu" else "allow", row["date"])
        for row in DATA["others"]
        if row.get("kb") and row["date"] >= "2022-01"
    }
    first = {item["os"]: item["first"] for item in DATA["systems"]}
    assert said(found) == {item for item in wanted if item[3][:7] >= first[item[0]]}
    assert place.root.is_dir()


def test_a_held_update_says_until_when_and_a_month_without_a_number_is_named(gpogen: Run) -> None:
    found = listed(
        gpogen, "--today", "2026-11-24", "--from", "2026-08", "--months", "3", "--os", "2025"
    )
    (held,) = (row for row in found["updates"] if row["kb"] == "KB5120233")

    assert (held["action"], held["type"], held["until"]) == ("over", "cumulative", "2026-09-08")
    assert held["url"] == "https://support.microsoft.com/help/5120233"
    assert [(row["month"], row["reason"]) for row in found["not_known"]] == [
        ("2026-10", "no KB number is known; the month is overdue")
    ]


def test_a_ring_allows_an_update_after_its_deferral(place: Workplace, gpogen: Run) -> None:
    place.profile("pilot", "ring: {name: pilot, order: 1}")
    place.profile("broad", "ring: {name: broad, order: 2}", "updates: {quality_deferral_days: 7}")

    found = listed(
        gpogen,
        *("profiles/pilot.yaml", "profiles/broad.yaml", "--timezone", "Europe/Rome"),
        *("--today", "2026-11-24", "--from", "2026-08", "--months", "1"),
    )

    rows = [(row["ring"], row["kb"], row["action"], row["from"]) for row in found["updates"]]
    assert rows == [
        ("pilot (1)", "KB5120228", "allow", "2026-08-11"),
        ("pilot (1)", "KB5120233", "over", "2026-08-11"),
        ("broad (2)", "KB5120228", "allow", "2026-08-18"),
        ("broad (2)", "KB5120233", "over", "2026-08-11"),
    ]


def test_machines_that_get_no_hotpatches_need_every_cumulative_update(
    place: Workplace, gpogen: Run
) -> None:
    (place.root / "profiles").mkdir(exist_ok=True)
    (place.root / "profiles/vm.yaml").write_text(
        "gpogen: 1\nname: vm\ntitle: VM\n"
        "target: {platform: azure-vm, os: windows-server-2025-azure-edition, "
        "image: 2025-datacenter-azure-edition-core}\norchestration: azure-update-manager\n"
        "azure: {patch_mode: AutomaticByPlatform, enable_hotpatching: false, "
        "maintenance_schedule: true, bypass_platform_safety_checks: true}\n"
    )

    found = listed(
        gpogen, "profiles/vm.yaml", "--today", "2026-11-24", "--from", "2026-08", "--months", "1"
    )

    assert [(row["kb"], row["action"], row["reason"]) for row in found["updates"]] == [
        ("KB5120228", "hold", "these machines get no hotpatches"),
        (
            "KB5120233",
            "allow",
            "these machines get no hotpatches, so they need every cumulative update",
        ),
    ]


def test_the_list_depends_on_the_day_that_is_given_alone(gpogen: Run) -> None:
    one = gpogen("calendar", "--format", "kb-list", "--today", "2026-11-24").out

    assert gpogen("calendar", "--format", "kb-list", "--today", "2026-11-24").out == one


def test_rings_are_not_compared_in_this_format(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    answer = gpogen("calendar", "--format", "kb-list", "--compare", "profiles/web.yaml")

    assert answer.code == 2
    assert "--compare has no kb-list" in answer.err


@pytest.mark.parametrize(
    "change",
    [
        {"kb": "5120233"},
        {"action": "wait"},
        {"until": "2026-01-01"},
        {"url": "https://example.com/help/1"},
        {"more": 1},
    ],
)
def test_the_schema_refuses_what_no_list_has(gpogen: Run, change: dict[str, Any]) -> None:
    found = listed(gpogen, "--today", "2026-11-24")
    row = next(item for item in found["updates"] if item["action"] == "allow")
    row.update(change)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(found)


AUGUST = ("--from", "2026-08", "--months", "1", "--os", "2025")


def test_an_update_is_held_until_the_baseline_is_released(gpogen: Run) -> None:
    before = listed(gpogen, "--today", "2026-08-20", *AUGUST)
    after = listed(gpogen, "--today", "2026-09-10", *AUGUST)

    assert before["exclude"] == ["KB5120233"]
    assert after["exclude"] == []


def test_a_hotpatch_month_that_nobody_knows_says_that_its_cumulative_update_is_missing(
    gpogen: Run,
) -> None:
    found = listed(
        gpogen, "--today", "2026-11-24", "--from", "2026-11", "--months", "1", "--os", "2025"
    )

    (row,) = found["not_known"]
    assert (row["os"], row["month"]) == ("windows-server-2025", "2026-11")
    assert "the month is overdue; the cumulative update" in row["reason"]
    assert "missing from this list" in row["reason"]


def test_a_text_file_has_one_number_to_exclude_per_line(place: Workplace, gpogen: Run) -> None:
    when = ("--today", "2026-08-20", *AUGUST)
    answer = gpogen("calendar", "--format", "kb-list", *when, "-o", "exclude.txt")

    assert answer.code == 0, answer.err
    assert (place.root / "exclude.txt").read_text("ascii") == "KB5120233\n"


def test_a_file_with_another_ending_is_refused(place: Workplace, gpogen: Run) -> None:
    answer = gpogen("calendar", "--format", "kb-list", "-o", "kb.csv")

    assert answer.code == 2
    assert "got kb.csv" in answer.err
    assert not (place.root / "kb.csv").exists()
