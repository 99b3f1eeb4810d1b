"""``gpogen train`` reads the reports of the audit script."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, Workplace

REPORTS = Path(__file__).resolve().parents[1] / "artifacts" / "audit" / "reports"
TODAY = ("--today", "2025-11-20")


def report(name: str = "not-compliant") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REPORTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def write(place: Workplace, name: str, text: str) -> str:
    (place.root / name).write_text(text, encoding="utf-8")
    return name


def test_the_update_that_took_a_machine_off_is_told_from_its_report(
    gpogen: Run, place: Workplace
) -> None:
    answer = gpogen("train", write(place, "one.json", json.dumps(report())), *TODAY)

    assert answer.code == 1
    assert "off the hotpatch train" in answer.out
    assert "KB5070881" in answer.out


def test_several_reports_are_a_list_or_lines(gpogen: Run, place: Workplace) -> None:
    first, second = report(), copy.deepcopy(report())
    second["machine"]["name"] = "WEB-99"
    for name, text in (
        ("list.json", json.dumps([first, second], indent=1)),
        ("lines.jsonl", "\n".join(map(json.dumps, (first, second)))),
        ("sorted.json", json.dumps([first, second], sort_keys=True)),
    ):
        found = gpogen("train", write(place, name, text), "--format", "json", *TODAY).json

        assert [item["machine"] for item in found] == [first["machine"]["name"], "WEB-99"]
        assert {item["state"] for item in found} == {"off-train"}


def test_packages_count_where_the_update_agent_could_not_be_asked(
    gpogen: Run, place: Workplace
) -> None:
    made = report()
    made["train"]["updates"] = None
    package = "Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.6905.1.11"
    made["train"]["packages"] = [{"name": package, "state": "Installed", "installed_at": None}]
    answer = gpogen("train", write(place, "one.json", json.dumps(made)), *TODAY)

    assert "26100.6905" in answer.out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "gpogen-audit/9"}, "the schema must be gpogen-audit/1; got 'gpogen-audit/9'"),
        ({"train": None}, "must have machine and train"),
        ({"train": {"updates": None, "packages": None}}, "has no updates and no packages"),
        ({"train": {"updates": [7]}}, "7 is not an update"),
    ],
)
def test_a_report_that_says_nothing_of_updates_is_refused(
    gpogen: Run, place: Workplace, change: dict[str, Any], told: str
) -> None:
    answer = gpogen("train", write(place, "one.json", json.dumps({**report(), **change})), *TODAY)

    assert answer.code == 2
    assert told in answer.err


def test_a_report_that_cannot_be_used_is_named_and_the_others_are_judged(
    gpogen: Run, place: Workplace
) -> None:
    good, empty = report(), report()
    good["machine"]["name"], empty["machine"]["name"] = "GOOD", "EMPTY"
    empty["train"] |= {"updates": None, "packages": None}
    text = "\n".join([json.dumps(good), "", json.dumps(empty), json.dumps(good)[:-9]])
    answer = gpogen("train", write(place, "r.jsonl", text), *TODAY)

    assert answer.code == 1
    assert "GOOD: Windows Server 2025: off the hotpatch train" in answer.out
    told = " ".join(answer.out.split())
    assert "EMPTY: an unknown system: unknown" in told
    assert "r.jsonl, line 3: the report has no updates and no packages" in told
    assert "r.jsonl, line 4: not JSON" in told


def test_a_report_alone_that_cannot_be_used_is_2(gpogen: Run, place: Workplace) -> None:
    made = report()
    made["train"] |= {"updates": None, "packages": None}
    answer = gpogen("train", write(place, "r.json", json.dumps(made)), *TODAY)

    assert answer.code == 2
    assert "r.json: the report has no updates and no packages" in answer.err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"schema":', '"x": NaN, "schema":', "NaN is not a JSON number"),
        ('"schema":', '"x": -Infinity, "schema":', "-Infinity is not a JSON number"),
        ('"schema":', '"schema": "a", "schema":', "'schema' occurs twice in one object"),
    ],
)
def test_json_that_readers_take_differently_is_refused(
    gpogen: Run, place: Workplace, old: str, new: str, told: str
) -> None:
    text = json.dumps(report()).replace(old, new, 1)
    answer = gpogen("train", write(place, "r.json", text), *TODAY)

    assert answer.code == 2
    assert told in answer.err


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (gzip.compress(b"KB5066835", mtime=0), "a gzip file"),
        (b"PK\x03\x04\x14\x00\x06\x00KB5066835", "a ZIP archive"),
        (b"<!DOCTYPE html>\n<p>KB5066835</p>", "an HTML page"),
        (b"\n<html><p>KB5066835</p>", "an HTML page"),
        (b"%PDF-1.7 KB5066835", "a PDF file"),
        (b"MZ\x90\x00\x03\x00 KB5066835", "a program"),
        (b"\x01\x02KB5066835", "a binary file"),
    ],
)
def test_a_file_that_is_no_list_is_called_what_it_is(
    gpogen: Run, place: Workplace, data: bytes, told: str
) -> None:
    (place.root / "list.txt").write_bytes(data)
    answer = gpogen("train", "list.txt", *TODAY)

    assert answer.code == 2
    assert f"list.txt: {told}" in answer.err
