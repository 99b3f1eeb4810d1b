"""``gpogen status``: where reports come from, and which are refused."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from gpogen.resources import resource_dir
from tests.cli.audit_reports import TODAY, lines, report
from tests.cli.conftest import Answer, Run, Workplace

JSONL = ("--format", "jsonl", *TODAY)


def put(place: Workplace, name: str, data: bytes | str) -> str:
    path = place.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return name


def found(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.out.splitlines()]


def machines(answer: Answer) -> list[str]:
    return [row["machine"] for row in found(answer)]


TEXT = lines(report("A"), report("B"))
LIST = json.dumps([report("A"), report("B")], indent=1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("reports.jsonl", TEXT.encode()),
        ("reports.jsonl", TEXT.replace("\n", "\r\n").encode()),
        ("reports.jsonl", b"\n\n" + TEXT.encode()),
        ("reports.json", LIST.encode()),
        ("reports.json", json.dumps([report("A"), report("B")]).encode()),
        ("reports.jsonl.gz", gzip.compress(TEXT.encode())),
        ("reports.jsonl.gz", gzip.compress(TEXT[:99].encode()) + gzip.compress(TEXT[99:].encode())),
        ("reports.json.gz", gzip.compress(LIST.encode())),
        ("utf16.json", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")),
        ("utf16.json", codecs.BOM_UTF16_BE + LIST.encode("utf-16-be")),
        ("utf8.json", codecs.BOM_UTF8 + TEXT.encode()),
        ("joined.json", (TEXT[:-1].replace("\n", "\n\ufeff") + "\n").encode("utf-8-sig")),
    ],
)  # fmt: skip
def test_reports_are_read_in_every_form(
    gpogen: Run, place: Workplace, name: str, data: bytes
) -> None:
    for arguments, stdin in (((put(place, name, data),), b""), (("-",), data)):
        answer = gpogen("status", *arguments, *JSONL, stdin=stdin)

        assert answer.code == 0, answer.err
        assert machines(answer) == ["A", "B"]


def test_one_report_over_several_lines_is_read(gpogen: Run, place: Workplace) -> None:
    name = put(place, "a.json", json.dumps(report("A"), indent=2))

    assert machines(gpogen("status", name, *JSONL)) == ["A"]


def test_a_folder_is_read_with_its_folders(gpogen: Run, place: Workplace) -> None:
    put(place, "in/A-1.json", lines(report("A")))
    put(place, "in/deep/er/B.jsonl.gz", gzip.compress(lines(report("B")).encode()))
    put(place, "in/notes.txt", "nothing")
    answer = gpogen("status", "in", *JSONL)

    assert answer.code == 0
    assert machines(answer) == ["A", "B"]


def test_several_paths_are_one_fleet(gpogen: Run, place: Workplace) -> None:
    put(place, "a.json", lines(report("A")))
    put(place, "b.json", lines(report("B")))

    assert machines(gpogen("status", "a.json", "b.json", *JSONL)) == ["A", "B"]


def test_a_report_that_was_not_finished_is_told(gpogen: Run, place: Workplace) -> None:
    put(place, "in/A.json", lines(report("A")))
    put(place, "in/B.json.partial", '{"schema":')
    name = "WEB-02-20260929T020007Z-0f0e7a52-7a1c-4b52-9b6b-000000000001.json.partial"
    put(place, f"in/{name}", '{"schema":')
    answer = gpogen("status", "in", *JSONL)

    assert answer.code == 1
    _, other, named = found(answer)
    assert (other["report_state"], other["machine"]) == ("unreadable", "")
    assert other["problem"] == "the script did not finish this report"
    assert (named["report_state"], named["machine"]) == ("unreadable", "WEB-02")
    assert (
        "the script on WEB-02 did not finish this report of 2026-09-29T02:00:07Z"
        in (named["problem"])
    )


def test_no_link_in_a_folder_is_followed(gpogen: Run, place: Workplace) -> None:
    put(place, "out/B.json", lines(report("B")))
    put(place, "in/A.json", lines(report("A")))
    os.symlink(place.root / "out" / "B.json", place.root / "in" / "B.json")
    os.symlink(place.root / "out", place.root / "in" / "more")
    answer = gpogen("status", "in", *JSONL)

    assert answer.code == 1
    assert [row["report_state"] for row in found(answer)] == ["reported", "unreadable"]
    assert found(answer)[1]["problem"] == "must be a regular file, and no link"


def test_a_pipe_in_a_folder_is_never_waited_for(gpogen: Run, place: Workplace) -> None:
    put(place, "in/A.json", lines(report("A")))
    os.mkfifo(place.root / "in" / "B.json")

    assert gpogen("status", "in", *JSONL).code == 1


CHANGES: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("more",), 1, "$.more is not a member of this schema"),
    (("schema",), "gpogen-audit/9", "$.schema must be 'gpogen-audit/1'; got 'gpogen-audit/9'"),
    (("machine", "build"), 7, "$.machine.build must be a text; got 7"),
    (("machine", "build"), "x", "$.machine.build must be a build such as 26100.6899; got 'x'"),
    (("machine", "sku"), -1, "$.machine.sku must be at least 0; got -1"),
    (("machine", "ou"), "x" * 1001, "$.machine.ou must have at most 1000 characters"),
    (
        ("requirements", 3, "compliant"),
        "yes",
        "$.requirements[3].compliant must be true or false; got 'yes'",
    ),
    (
        ("requirements", 1, "found", "value"),
        {},
        "$.requirements[1].found.value must be a text; got {}",
    ),
    (("train",), [], "$.train must be an object; got []"),
    (("errors",), {}, "$.errors must be a list; got {}"),
    (
        ("taken_at",),
        "2026-99-01T00:00:00Z",
        "$.taken_at must be a date such as 2026-11-24T02:00:00Z; got '2026-99-01T00:00:00Z'",
    ),
    (
        ("taken_at",),
        "1970-01-01T00:00:00Z",
        "$.taken_at must be a date such as 2026-11-24T02:00:00Z; got '1970-01-01T00:00:00Z'",
    ),
    (
        ("taken_at",),
        "9999-01-01T00:00:00Z",
        "$.taken_at is '9999-01-01T00:00:00Z', which is after 2026-09-30: the clock of the machine",
    ),
]


@pytest.mark.parametrize(("path", "value", "told"), CHANGES, ids=[told for *_, told in CHANGES])
def test_what_does_not_fit_is_refused_by_file_machine_and_json_path(
    gpogen: Run, place: Workplace, path: tuple[str | int, ...], value: Any, told: str
) -> None:
    made = report("BAD")
    *steps, last = path
    part: Any = made
    for step in steps:
        part = part[step]
    part[last] = value
    name = put(place, "reports.jsonl", lines(report("A"), made))
    answer = gpogen("status", name, *JSONL)

    assert answer.code == 1
    _, row = found(answer)
    assert (row["report"], row["machine"]) == ("reports.jsonl:2", "BAD")
    assert row["problem"].startswith(told)
    assert "Reports that cannot be read: 1" in gpogen("status", name, *TODAY).out


def test_a_member_that_is_missing_is_named(gpogen: Run, place: Workplace) -> None:
    made = report("BAD")
    del made["train"]["build"]
    answer = gpogen("status", put(place, "r.jsonl", lines(report("A"), made)), *JSONL)

    assert found(answer)[1]["problem"] == "$.train.build is missing"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (b"not json\n", "not JSON: expected ident"),
        (b"[1, 2]", "reports.json[0]: $ must be an object; got 1"),
        (b"[1, 2", "not JSON: Expecting ',' delimiter"),
        (b"[]", "the list is empty"),
        (b"[" * 100_000, "too many levels of JSON"),
        (b'{"a":' * 100_000, "not JSON: recursion limit exceeded"),
        (b"\x1f\x8b\x08\x00damaged", "the gzip data are damaged or incomplete"),
        (gzip.compress(TEXT.encode())[:200], "the gzip data are damaged or incomplete"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00\xd8", "not UTF-16"),
        (b'{"schema": "gpogen-audit/1", "machine": {"name": "\xff"}}', "not JSON: "),
    ],
)
def test_a_file_without_a_report_is_2(
    gpogen: Run, place: Workplace, data: bytes, told: str
) -> None:
    answer = gpogen("status", put(place, "reports.json", data), *TODAY)

    assert answer.code == 2
    assert answer.out == ""
    assert told in answer.err


def test_a_line_that_is_no_report_does_not_hide_the_others(gpogen: Run, place: Workplace) -> None:
    name = put(place, "r.jsonl", "WARNING: slow\n" + TEXT + "}\n")
    answer = gpogen("status", name, *JSONL)

    assert [row["report_state"] for row in found(answer)] == ["reported"] * 2 + ["unreadable"] * 2


@pytest.mark.parametrize("path", ["nowhere", "empty"])
def test_a_path_without_reports_is_2(gpogen: Run, place: Workplace, path: str) -> None:
    (place.root / "empty").mkdir()

    assert gpogen("status", path, *TODAY).code == 2


def test_wrong_usage_is_2(gpogen: Run, place: Workplace) -> None:
    name = put(place, "r.jsonl", TEXT)
    for arguments in (
        (),
        (name, "--format", "xml"),
        (name, "--max-age", "-1"),
        (name, "--today", "x"),
        (name, "--profile", "nowhere.yaml"),
        (name, "--machines", "nowhere.txt"),
        (name, "--azure", "nowhere.json"),
        (name, "-o", "."),
    ):
        assert gpogen("status", *arguments).code == 2, arguments


ARC = "/subscriptions/S/resourceGroups/G/providers/Microsoft.HybridCompute/machines/{0}"


def arc(name: str, **more: Any) -> dict[str, Any]:
    return {"id": ARC.format(name), "name": name, **more}


def azure_rows(gpogen: Run, place: Workplace, export: str, *reports: dict[str, Any]) -> Answer:
    put(place, "azure.json", export)
    return gpogen("status", put(place, "r.jsonl", lines(*reports)), "--azure", "azure.json", *JSONL)


def test_the_rows_of_azure_join_by_resource_id_and_else_by_name(
    gpogen: Run, place: Workplace
) -> None:
    export = [
        arc("Renamed", hotpatchEnabled=True, hotpatchStatus="Enabled"),
        arc("B", hotpatchEnabled=True, hotpatchStatus="ActionRequired", securityUpdates=3),
        arc("STRANGER", hotpatchEnabled=False, hotpatchStatus="Disabled"),
    ]
    answer = azure_rows(
        gpogen,
        place,
        json.dumps(export),
        report("A", azure_resource_id=ARC.format("RENAMED")),
        report("b"),
        report("C", azure_resource_id=ARC.format("C")),
    )
    rows = {row["machine"]: row for row in found(answer)}

    assert rows["A"]["ok"] is True
    assert rows["A"]["azure_status"] == "Enabled"
    assert rows["b"]["attention"] == "azure-not-enabled"
    assert rows["b"]["azure_security"] == 3
    assert rows["C"]["attention"] == "azure-no-row"
    assert rows["STRANGER"]["report_state"] == "azure-only"
    assert rows["STRANGER"]["azure_status"] == "Disabled"
    assert answer.code == 1


def test_resources_as_they_are_and_assessments_are_read_too(gpogen: Run, place: Workplace) -> None:
    settings = {"enableHotpatching": True, "status": {"hotpatchEnablementStatus": "Enabled"}}
    profile = {
        "computerName": "A",
        "windowsConfiguration": {"patchSettings": settings},
    }
    counts = {"security": 2, "critical": 1, "other": 5}
    export = {
        "count": 2,
        "total_records": 2,
        "data": [
            arc("resource-1", properties={"osProfile": profile}),
            {
                "id": f"{ARC.format('resource-1')}/patchAssessmentResults/latest",
                "properties": {
                    "availablePatchCountByClassification": counts,
                    "lastModifiedDateTime": "2026-09-29T00:00:00Z",
                },
            },
        ],
    }
    (row,) = found(azure_rows(gpogen, place, json.dumps(export), report("A")))

    assert row["azure_id"].endswith("/machines/resource-1")
    assert (row["azure_enabled"], row["azure_status"]) == ("true", "Enabled")
    assert (row["azure_security"], row["azure_critical"]) == (2, 1)
    assert row["azure_other"] == 5
    assert row["azure_assessed"] == "2026-09-29T00:00:00Z"


def test_an_export_as_csv_is_read(gpogen: Run, place: Workplace) -> None:
    text = f"id,name,hotpatchEnabled,hotpatchStatus\n{ARC.format('A')},A,1,Enabled\n"
    (row,) = found(azure_rows(gpogen, place, text, report("A")))

    assert row["ok"] is True


@pytest.mark.parametrize(
    ("enabled", "status", "attention"),
    [
        ("true", "Enabled", ""),
        ("false", "Disabled", "azure-not-enabled"),
        ("", "", "azure-unknown"),
    ],
)
def test_the_result_of_the_query_that_a_build_writes_is_read(
    gpogen: Run, place: Workplace, enabled: str, status: str, attention: str
) -> None:
    template = resource_dir("templates") / "azure" / "hotpatch-status.kql.j2"
    text = template.read_text(encoding="utf-8")
    (line,) = re.findall(r"^\| project (.*)$", text, re.MULTILINE)
    columns = re.findall(r"(?:^|, )(\w+)(?= =|,|$)", line)
    values = {"id": ARC.format("A"), "computerName": "A", "enableHotpatching": enabled}
    values["hotpatchEnablementStatus"] = status
    assert set(values) < set(columns)
    export = ",".join(columns) + "\n" + ",".join(values.get(name, "") for name in columns) + "\n"
    (row,) = found(azure_rows(gpogen, place, export, report("A")))

    assert (row["azure_enabled"], row["azure_status"]) == (enabled, status)
    assert row["attention"] == attention


def test_a_virtual_machine_has_no_status_but_the_setting(gpogen: Run, place: Workplace) -> None:
    vm = "/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/A"
    for enabled, attention in ((True, ""), (False, "azure-not-enabled"), (None, "azure-unknown")):
        export = json.dumps([{"id": vm, "hotpatchEnabled": enabled}])
        (row,) = found(azure_rows(gpogen, place, export, report("A")))

        assert row["attention"] == attention


def test_of_an_arc_machine_the_setting_alone_tells_nothing_good(
    gpogen: Run, place: Workplace
) -> None:
    for enabled, attention in ((True, "azure-unknown"), (False, "azure-not-enabled")):
        export = json.dumps([arc("A", hotpatchEnabled=enabled)])
        (row,) = found(azure_rows(gpogen, place, export, report("A")))

        assert row["attention"] == attention


def test_a_name_that_azure_has_twice_matches_nothing(gpogen: Run, place: Workplace) -> None:
    other = ARC.replace("/G/", "/H/")
    export = json.dumps([arc("A", hotpatchStatus="Enabled"), {"id": other.format("A")}])
    answer = azure_rows(gpogen, place, export, report("A"))

    assert "more than one resource with this computer name" in answer.err
    assert [row["report_state"] for row in found(answer)] == [
        "reported",
        "azure-only",
        "azure-only",
    ]


def test_a_missing_machine_has_the_row_of_azure_and_a_name_twice_has_none(
    gpogen: Run, place: Workplace
) -> None:
    twice = [arc("T"), {"id": ARC.replace("/G/", "/H/").format("T")}]
    put(place, "azure.json", json.dumps([arc("GONE", hotpatchStatus="Disabled"), *twice]))
    put(place, "list.txt", "gone\nt\nA\n")
    reports = put(place, "r.jsonl", lines(report("A")))
    answer = gpogen("status", reports, "--azure", "azure.json", "--machines", "list.txt", *JSONL)
    rows = [(row["machine"], row["report_state"], row["azure_status"]) for row in found(answer)]

    assert rows == [
        ("A", "reported", ""),
        ("gone", "missing", "Disabled"),
        ("t", "missing", ""),
        ("T", "azure-only", ""),
        ("t", "azure-only", ""),
    ]


@pytest.mark.parametrize(
    ("export", "told"),
    [
        ("hello", "neither JSON nor CSV with a column id"),
        ("{}", "must be a list of rows"),
        ("[1]", "must be a list of rows"),
        ('[{"id": "/x"}]', "row 1: id must be the resource id of an Arc machine"),
        (json.dumps([arc("A", hotpatchStatus="Yes")]), "hotpatchStatus must be one of Unknown"),
        (json.dumps([arc("A", hotpatchEnabled="maybe")]), "hotpatchEnabled must be true or false"),
        (json.dumps({"total_records": 2, "data": [arc("A")]}), "the query has 2 rows"),
    ],
)
def test_an_export_that_is_none_or_a_part_of_one_is_2(
    gpogen: Run, place: Workplace, export: str, told: str
) -> None:
    answer = azure_rows(gpogen, place, export, report("A"))

    assert answer.code == 2
    assert told in answer.err


def test_the_pages_of_an_export_are_one(gpogen: Run, place: Workplace) -> None:
    for name in ("A", "B"):
        page = {"total_records": 2, "data": [arc(name, hotpatchStatus="Enabled")]}
        put(place, f"{name}.json", json.dumps(page))
    reports = put(place, "r.jsonl", TEXT)
    answer = gpogen("status", reports, "--azure", "A.json", "--azure", "B.json", *JSONL)

    assert answer.code == 0, answer.out


def test_an_output_file_is_whole_or_not_there(gpogen: Run, place: Workplace) -> None:
    name = put(place, "r.jsonl", TEXT)

    assert gpogen("status", name, "--format", "csv", "-o", "fleet.csv", *TODAY).code == 0
    assert len((place.root / "fleet.csv").read_text().splitlines()) == 3
    assert sorted(path.name for path in place.root.iterdir()) == ["fleet.csv", "r.jsonl"]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("in/a.json", "is an input, which it would replace"),
        ("in/../in/a.json", "is an input, which it would replace"),
        ("same.json", "is an input, which it would replace"),
        ("list.txt", "is an input, which it would replace"),
        ("in/new.jsonl", "so the next run would read it as a report"),
        ("in/more/new.JSON", "so the next run would read it as a report"),
    ],
)
def test_an_output_that_is_an_input_or_becomes_one_is_refused(
    gpogen: Run, place: Workplace, output: str, told: str
) -> None:
    put(place, "in/a.json", TEXT)
    put(place, "list.txt", "A\n")
    os.link(place.root / "in" / "a.json", place.root / "same.json")
    asked = ("status", "in", "in/a.json", "--machines", "list.txt")
    answer = gpogen(*asked, "-o", output, *TODAY)

    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert (place.root / "in" / "a.json").read_text() == TEXT
    assert (place.root / "list.txt").read_text() == "A\n"
    assert not (place.root / "in" / "new.jsonl").exists()
    assert gpogen(*asked, "-o", "in/fleet.html", *TODAY).code == 0


def test_release_data_that_cannot_be_added_write_nothing(gpogen: Run, place: Workplace) -> None:
    put(place, "r.jsonl", lines(report("A")))
    put(place, "bad.yaml", "gpogen: 1\nreleases: 7\n")
    for output in ("-", "fleet.csv"):
        answer = gpogen("status", "r.jsonl", "--update", "bad.yaml", "-o", output, *TODAY)

        assert (answer.code, answer.out) == (1, "")
        assert "bad.yaml" in answer.err
    assert not (place.root / "fleet.csv").exists()


def test_names_of_machines_are_equal_but_for_case_and_nothing_else(
    gpogen: Run, place: Workplace
) -> None:
    made = put(place, "r.jsonl", lines(report("STRASSE"), report("straße"), report("Straße")))
    put(place, "list.txt", "strasse\nSTRAßE\n")
    answer = gpogen("status", made, "--machines", "list.txt", *JSONL)

    assert [row["listed"] for row in found(answer)] == ["yes", "yes"]
    assert len(found(answer)) == 2


def test_an_output_that_leads_out_by_a_link_is_refused(
    gpogen: Run, place: Workplace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.csv"
    os.symlink(outside, place.root / "fleet.csv")
    name = put(place, "r.jsonl", TEXT)

    assert gpogen("status", name, "--format", "csv", "-o", "fleet.csv", *TODAY).code == 2
    assert not Path(outside).exists()


def test_a_report_without_a_machine_name_is_refused(gpogen: Run, place: Workplace) -> None:
    put(place, "r.jsonl", lines(report("A"), report(" ")))
    answer = gpogen("status", "r.jsonl", *JSONL)

    assert answer.code == 1
    assert found(answer)[1]["problem"].startswith("$.machine.name must be the name of a machine")


def test_machines_with_the_same_azure_resource_are_named(gpogen: Run, place: Workplace) -> None:
    same = "/subscriptions/1/resourcegroups/g/providers/microsoft.compute/virtualmachines/a"
    every = [report(name, azure_resource_id=same) for name in ("A", "B")]
    put(place, "r.jsonl", lines(*every, report("C")))
    answer = gpogen("status", "r.jsonl", *JSONL)

    assert "A, B have the same Azure resource id" in answer.err


@pytest.mark.parametrize(
    ("export", "told"),
    [
        ("[]", "the files have no rows of machines"),
        ('{"data": []}', "the files have no rows of machines"),
        (json.dumps({"data": [arc("A")], "total_records": "5"}), "the query has 5 rows"),
        (json.dumps({"data": [arc("A")], "total_records": 5.0}), "the query has 5 rows"),
        (json.dumps({"data": [arc("A")], "totalRecords": 5, "skipToken": "x"}), "has 5 rows"),
        (json.dumps({"data": [arc("A")] * 5, "total_records": 5}), "hold 1 different ones"),
        (json.dumps({"data": [arc("A")], "skip_token": "abc"}), "the query has further rows"),
        (json.dumps({"data": [arc("A")], "resultTruncated": "true"}), "the query has further rows"),
        (json.dumps({"data": [arc("A")], "total_records": "many"}), "must be a number of rows"),
        (
            json.dumps([arc("A", hotpatchStatus=word) for word in ("Disabled", "Enabled")]),
            "hotpatchStatus of A is Enabled, and another row has Disabled",
        ),
        (
            json.dumps([arc("A") | {"hotpatchStatus": "Enabled", "HOTPATCHSTATUS": "Disabled"}]),
            "two columns have one name but for its case",
        ),
    ],
)
def test_an_export_that_is_not_whole_or_contradicts_itself_is_refused(
    gpogen: Run, place: Workplace, export: str, told: str
) -> None:
    answer = azure_rows(gpogen, place, export, report("A"))

    assert answer.code == 2
    assert told in answer.err


def test_of_two_reports_of_one_moment_the_worse_counts(gpogen: Run, place: Workplace) -> None:
    bad = report("A", verdict="not-compliant", missed=[0])
    for several in ((report("A"), bad), (bad, report("A"))):
        answer = gpogen("status", put(place, "r.jsonl", lines(*several)), *JSONL)

        assert [row["verdict"] for row in found(answer)] == ["not-compliant"]


def test_a_time_that_no_day_has_is_refused(gpogen: Run, place: Workplace) -> None:
    late = report("A", taken="2026-09-29T99:99:99Z")
    answer = gpogen("status", put(place, "r.jsonl", lines(late)), *JSONL)

    assert answer.code == 2
    assert "$.taken_at must be a date such as" in answer.err


@pytest.mark.parametrize("name", ["a;=cmd|x", " =1", "\u3000=1", "=1", "a\t@x"])
def test_no_cell_of_the_csv_begins_a_formula_at_any_separator(
    gpogen: Run, place: Workplace, name: str
) -> None:
    made = report("A")
    made["machine"]["ou"] = name
    text = gpogen("status", put(place, "r.jsonl", lines(made)), "--format", "csv", *TODAY).out

    for cell in re.split(r"[;\t]", text):
        assert not cell.strip(' "\u3000').startswith(("=", "+", "@"))
