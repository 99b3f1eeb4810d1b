"""``gpogen diff PROFILE REPORT``: a machine's audit report against a profile."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from gpogen.artifacts.audit_rows import Requirement, audit
from gpogen.fleet.drift import shown
from gpogen.verify.verify import compile_profile
from tests.cli.audit_reports import example, lines, report
from tests.cli.conftest import Answer, Run, Workplace

TYPES = {"DWord": "REG_DWORD", "String": "REG_SZ", "MultiString": "REG_MULTI_SZ"}


def answered(row: Requirement) -> dict[str, Any]:
    """What the script reports of a machine that has it."""
    there = row.row.action != "delete"
    data: dict[str, Any] = {"type": None, "value": None, "cut": False}
    if row.row.kind:
        data |= {
            "type": TYPES[row.row.kind],
            "value": shown(row.row.value, row.row.kind),
        }
    return {
        "id": row.id,
        "action": row.row.action,
        "key": row.row.key,
        "name": row.row.name,
        "policy": row.policy or None,
        "title": row.title,
        "via": row.via,
        "expected": data,
        "found": {"state": "present" if there else "absent", **data},
        "origin": "policy" if there else "absent",
        "gpo": None,
        "gpo_id": None,
        "compliant": True,
        "reason": "as-expected",
    }


class Case:
    """A profile, and the report of a machine that complies with it."""

    def __init__(self, gpogen: Run, place: Workplace) -> None:
        self.gpogen, self.place = gpogen, place
        self.profile = place.profile(
            "web", "updates: {mode: download}", extends="arc-ws2025-standard"
        )
        compiled = compile_profile(self.profile)
        self.report = report("WEB-01")
        self.report["profile"] |= {"name": "web", "digest": compiled.header.digest}
        self.report["requirements"] = [answered(row) for row in audit(compiled).group_policy]

    def row(self, name: str) -> dict[str, Any]:
        found = [item for item in self.report["requirements"] if item["name"] == name]
        first: dict[str, Any] = found[0]
        return first

    def diff(self, *arguments: str) -> Answer:
        (self.place.root / "WEB-01.json").write_text(lines(self.report))
        return self.gpogen("diff", "profiles/web.yaml", "WEB-01.json", *arguments)


@pytest.fixture
def case(gpogen: Run, place: Workplace) -> Case:
    return Case(gpogen, place)


def same_version(_case: Case) -> None:
    pass


def other_version(case: Case) -> None:
    case.report["profile"]["digest"] = "0" * 64


@pytest.mark.parametrize("change", [same_version, other_version], ids=["same", "other"])
def test_a_machine_that_complies_does_not_differ(
    case: Case, change: Callable[[Case], None]
) -> None:
    change(case)
    answer = case.diff()

    assert (answer.code, answer.out) == (0, "")
    assert ("made for another version" in answer.err) is (change is other_version)


FOUND: list[tuple[dict[str, Any], str, str, str]] = [
    ({"value": 4}, "differs", "~", "REG_DWORD 3 -> REG_DWORD 4 (policy)"),
    ({"type": "REG_SZ", "value": "3"}, "wrong-type", "~", 'REG_DWORD 3 -> REG_SZ "3" (policy)'),
    ({"state": "absent", "type": None, "value": None}, "missing", "-", "REG_DWORD 3 -> absent"),
    (
        {"state": "unreadable", "type": None, "value": None},
        "unreadable",
        "?",
        "-> not known: the machine refused to read it",
    ),
]


@pytest.mark.parametrize("change", [same_version, other_version], ids=["same", "other"])
@pytest.mark.parametrize(("found", "reason", "sign", "told"), FOUND, ids=[row[1] for row in FOUND])
def test_drift_has_the_line_of_the_profile(
    case: Case,
    change: Callable[[Case], None],
    found: dict[str, Any],
    reason: str,
    sign: str,
    told: str,
) -> None:
    case.row("AUOptions")["found"] |= found
    met = None if reason == "unreadable" else False
    case.row("AUOptions").update(compliant=met, reason=reason)
    change(case)
    answer = case.diff()

    assert answer.code == 1
    (line,) = answer.out.splitlines()
    assert line.startswith(f"profiles/web.yaml:5:17: {sign} HKLM\\")
    assert told in line


def test_a_value_that_must_not_be_there_is_added(case: Case) -> None:
    row = case.row("ScheduledInstallFirstWeek")
    row["found"] |= {"state": "present", "type": "REG_DWORD", "value": 1}
    row.update(compliant=False, reason="surplus", origin="local")
    for change in (same_version, other_version):
        change(case)
        (row,) = case.diff("--format", "json").json

        assert (row["change"], row["reason"], row["origin"]) == ("added", "surplus", "local")
        assert row["file"] == "profiles/web.yaml"


def test_what_the_report_does_not_have_is_unknown_and_not_equal(case: Case) -> None:
    case.report["requirements"].remove(case.row("AUOptions"))
    for change in (same_version, other_version):
        change(case)
        answer = case.diff("--format", "json")

        assert answer.code == 1
        assert [(row["change"], row["reason"]) for row in answer.json] == [
            ("unknown", "not-in-report")
        ]


def test_a_value_that_is_cut_is_unknown_for_another_version(case: Case) -> None:
    case.row("AUOptions")["found"]["cut"] = True
    assert case.diff().code == 0
    other_version(case)

    assert case.diff("--format", "json").json[0]["reason"] == "not-comparable"


def test_a_report_of_another_profile_is_said_to_be_one(case: Case) -> None:
    case.report["profile"] |= {"name": "db", "digest": "0" * 64}

    assert "made for another profile, db, not for web" in case.diff().err


def test_what_the_profile_does_not_set_any_more_is_told(case: Case) -> None:
    case.report["requirements"].append({**case.row("AUOptions"), "id": "HKLM\\X!Y", "name": "Y"})
    answer = case.diff()

    assert answer.code == 0
    assert "not compared: 1 value that the profile does not set: HKLM\\X!Y" in answer.err


def test_a_machine_that_is_judged_by_the_set_script_is_compared_with_it(case: Case) -> None:
    compiled = compile_profile(case.profile)
    case.report["profile"]["route"] = "direct"
    case.report["requirements"] = [answered(row) for row in audit(compiled).direct]

    assert case.diff().code == 0


def test_markdown_is_a_table(case: Case) -> None:
    case.row("AUOptions").update(compliant=False, reason="differs")
    first, second, *rows = case.diff("--format", "markdown").out.splitlines()

    assert first == "| where | value | policy | profile | WEB-01 |"
    assert second == "|---|---|---|---|---|"
    assert len(rows) == 1


def test_what_cannot_be_compared_is_2(case: Case) -> None:
    case.diff()
    root = case.place.root
    (root / "ready.json").write_text(json.dumps(example("readiness-unknown")))
    (root / "two.jsonl").write_text(lines(case.report, case.report))
    (root / "blank.json.gz").write_bytes(gzip.compress(b"\n\n"))
    (root / "bad.json").write_text(lines({**case.report, "errors": 1}))
    for arguments, told in (
        (("profiles/web.yaml", "ready.json"), "the report of a readiness script"),
        (("profiles/web.yaml", "two.jsonl"), "use gpogen status for many machines"),
        (("profiles/web.yaml", "bad.json"), "bad.json:1: $.errors must be a list; got 1"),
        (("profiles/web.yaml", "blank.json.gz"), "blank.json.gz: the file is empty"),
        (("WEB-01.json", "profiles/web.yaml"), "gpogen diff PROFILE REPORT"),
        (("WEB-01.json", "WEB-01.json"), "gpogen diff PROFILE REPORT"),
    ):
        answer = case.gpogen("diff", *arguments)

        assert answer.code == 2, arguments
        assert told in answer.err


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("r.json", lambda report: json.dumps(report, sort_keys=True).encode()),
        ("r.json", lambda report: json.dumps(report, indent=2, sort_keys=True).encode("utf-16")),
        ("r.txt", lambda report: lines(report).encode("utf-8-sig")),
        ("r", lambda report: gzip.compress(lines(report).encode())),
    ],
    ids=["sorted", "utf-16", "txt", "gzip"],
)
def test_a_report_is_known_by_its_content_whatever_its_name_and_the_order_of_its_members(
    case: Case, name: str, write: Callable[[dict[str, Any]], bytes]
) -> None:
    (case.place.root / name).write_bytes(write(case.report))
    answer = case.gpogen("diff", "profiles/web.yaml", name)

    assert (answer.code, answer.out) == (0, ""), answer.err


def test_a_report_of_a_time_that_no_day_has_is_2(case: Case) -> None:
    case.report["taken_at"] = "2026-02-30T00:00:00Z"
    answer = case.diff()

    assert answer.code == 2
    assert "$.taken_at must be a date such as 2026-11-24T02:00:00Z; got" in answer.err


def test_the_id_of_a_requirement_is_the_one_that_the_script_writes() -> None:
    """The examples hold the script's own ids."""
    from gpogen.artifacts.powershell_text import ValueRow

    def made(action: str, name: str = "", names: tuple[str, ...] = ()) -> str:
        row = ValueRow(
            action=action, hive="HKLM", key="A\\B", name=name, kind="", value=None, names=names,
            note="",
        )  # fmt: skip
        return Requirement(row=row, policy="", title="", via="policy", wql=()).id

    assert made("set", "x") == "HKLM\\A\\B!x"
    assert made("delete-keys", names=("Old",)) == "HKLM\\A\\B\\Old (delete-keys)"
    assert made("delete-values", names=("kept",)) == "HKLM\\A\\B (delete-values)"
    assert made("create-key") == "HKLM\\A\\B (create-key)"


LIES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"state": "absent", "type": None, "value": None}, {}, "missing"),
    ({"state": "unreadable", "type": None, "value": None}, {}, "unreadable"),
    ({"value": 4}, {}, "differs"),
    ({}, {"compliant": False}, "not-comparable"),
    ({}, {"compliant": None}, "not-comparable"),
    ({}, {"reason": "not-targeted"}, "not-comparable"),
    ({}, {"reason": "differs"}, "not-comparable"),
]


@pytest.mark.parametrize(("found", "said", "reason"), LIES)
def test_a_report_that_contradicts_itself_is_not_believed(
    case: Case, found: dict[str, Any], said: dict[str, Any], reason: str
) -> None:
    case.row("AUOptions")["found"] |= found
    case.row("AUOptions").update(said)
    answer = case.diff("--format", "json")

    assert answer.code == 1
    assert [row["reason"] for row in answer.json] == [reason]


def test_two_answers_for_one_requirement_are_refused(case: Case) -> None:
    case.report["requirements"].append(case.row("AUOptions") | {"reason": "differs"})
    answer = case.diff()

    assert answer.code == 2
    assert "two answers for one requirement: hklm\\" in answer.err


def test_a_key_that_occurs_twice_is_refused(case: Case) -> None:
    text = json.dumps(case.report)
    twice = text.replace('"machine":', '"machine": {"name": "OTHER"}, "machine":', 1)
    (case.place.root / "WEB-01.json").write_text(twice)
    answer = case.gpogen("diff", "profiles/web.yaml", "WEB-01.json")

    assert answer.code == 2
    assert "WEB-01.json:1: not JSON: the key 'machine' occurs twice" in answer.err


def test_errors_of_the_script_are_told(case: Case) -> None:
    case.report["errors"] = [{"what": "rsop", "message": "denied"}]

    assert "the script reported 1 error, see errors in it" in case.diff().err


def test_who_shows_a_report_is_told_what_reads_it(case: Case) -> None:
    case.diff()
    answer = case.gpogen("show", "WEB-01.json")

    assert answer.code == 2
    assert "an audit report: use gpogen diff PROFILE REPORT, gpogen status, or gpogen train" in (
        answer.err
    )
