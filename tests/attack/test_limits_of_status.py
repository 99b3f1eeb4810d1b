"""The limits of docs/security.md for audit reports of many machines."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from gpogen.errors import UsageError
from gpogen.fleet import azure, counts, joined, machines, report_files, status
from gpogen.fleet.ledger import Ledger
from gpogen.fleet.report_files import texts
from gpogen.fleet.rows import Row
from gpogen.reports import fleet_summary as summary
from tests.cli.audit_reports import TODAY, lines, report
from tests.cli.conftest import Run, Workplace, gpogen, place

__all__ = ["gpogen", "place"]
JSONL = ("--format", "jsonl", *TODAY)


def put(folder: Path, name: str, data: bytes | str) -> str:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def problems(path: str) -> list[str]:
    return [item.problem for item in texts(path)]


def test_bytes_of_a_report(tmp_path: Path) -> None:
    most = report_files.MAX_REPORT
    line = b'{"a": "' + b"x" * (most - 10) + b'"}\n'
    assert len(line) == most
    assert problems(put(tmp_path, "a.jsonl", line * 2)) == ["", ""]
    longer = b'{"a": "' + b"x" * (most - 9) + b'"}\n'
    assert problems(put(tmp_path, "a.jsonl", line + longer)) == [
        "",
        f"more than {most} bytes in one line",
    ]
    document = b"{\n" + b" " * (most - 3) + b"}"
    assert problems(put(tmp_path, "a.json", document)) == [""]
    assert "in one JSON document" in problems(put(tmp_path, "a.json", document + b" "))[0]
    item = b'["' + b"x" * (most - 2) + b'"]'
    assert problems(put(tmp_path, "a.json", item)) == [""]
    longer = item.replace(b"x", b"xx", 1)
    assert "in one report" in problems(put(tmp_path, "a.json", longer))[0]


def test_bytes_of_a_list_of_reports(tmp_path: Path) -> None:
    document = b"[\n" + b" " * (report_files.MAX_LIST - 5) + b"{}]"
    assert problems(put(tmp_path, "a.json", document)) == [""], "a list of one object"
    assert "in a JSON list" in problems(put(tmp_path, "a.json", document + b" "))[0]


@pytest.mark.parametrize("line", [b"\n", b"  \t\r\n", b" " * 4000 + b"\n"])
def test_bytes_of_blank_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    monkeypatch.setattr(report_files, "MAX_BLANK", 10 * len(line))
    assert problems(put(tmp_path, "a.gz", gzip.compress(line * 10 + b"{}"))) == [""]
    assert problems(put(tmp_path, "a.gz", gzip.compress(line * 11 + b"{}"))) == [
        f"more than {10 * len(line)} bytes of blank lines"
    ]


def test_reports_in_a_row_that_cannot_be_read(
    gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MAX_IN_A_ROW", 4)
    good = lines(report())
    put(place.root, "a.jsonl", ("x\n" * 3 + good) * 2)
    answer = gpogen("status", "a.jsonl", *JSONL)
    assert len(answer.out.splitlines()) == 7
    put(place.root, "a.jsonl", good + "x\n" * 4 + lines(report("LOST")))
    put(place.root, "b.json", "[1,2,3,4,5]")
    rows = [
        json.loads(line) for line in gpogen("status", "a.jsonl", "b.json", *JSONL).out.splitlines()
    ]
    assert "LOST" not in [row["machine"] for row in rows]
    told = [row["report"] for row in rows if "rest of the file was not read" in row["problem"]]
    assert told == ["a.jsonl:5", "b.json[3]"]
    assert len(rows) == 1 + 2 * 5


def test_bytes_in_a_row_that_cannot_be_read(
    gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MAX_BYTES_IN_A_ROW", 10)
    put(place.root, "a.jsonl", lines(report()) + "xxxx\n" * 2 + lines(report("B")))
    assert "the rest" not in gpogen("status", "a.jsonl", *JSONL).out
    put(place.root, "a.jsonl", lines(report()) + "xxxx\n" * 3 + lines(report("B")))
    assert "the rest of the file was not read: 3 reports" in (
        gpogen("status", "a.jsonl", *JSONL).out
    )


def test_a_report_that_is_wrong_in_very_many_places_is_not_listed(
    gpogen: Run, place: Workplace
) -> None:
    extra = {f"x{number}": 0 for number in range(10_001)}
    put(place.root, "a.jsonl", lines(report(), report("B") | extra))
    assert "$ does not fit the schema in 10001 places" in gpogen("status", "a.jsonl", *JSONL).out


def test_a_small_document_takes_little_memory(tmp_path: Path) -> None:
    path = put(tmp_path, "a.json", "[\n]")
    tracemalloc.start()
    try:
        assert problems(path) == ["the list is empty"]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 << 20


def test_bytes_that_a_gzip_file_expands_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = b"{}\n"
    monkeypatch.setattr(report_files, "MAX_EXPANDED", 1000 * len(line))
    assert set(problems(put(tmp_path, "a.gz", gzip.compress(line * 1000)))) == {""}
    *_, last = problems(put(tmp_path, "a.gz", gzip.compress(line * 1001)))
    assert last == "the gzip file expands to more than 3000 bytes"


def test_a_gzip_file_of_blank_lines_takes_no_memory(tmp_path: Path) -> None:
    path = put(tmp_path, "a.json.gz", gzip.compress(b"\n" * 1_000_000))
    assert problems(path) == ["the file is empty"]


def test_folders_in_one_another(tmp_path: Path) -> None:
    most = report_files.MAX_FOLDERS
    deepest = tmp_path / "1"
    for _ in range(most - 2):
        deepest /= "1"
    deepest.mkdir(parents=True)
    put(deepest, "a.json", "{}")
    assert problems(str(tmp_path)) == [""]
    (deepest / "1").mkdir()
    assert sorted(problems(str(tmp_path))) == ["", f"more than {most} levels of folders"]


def test_reports_of_a_run(gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "MAX_REPORTS", 3)
    put(place.root, "a.jsonl", lines(*(report(f"M{number}") for number in range(3))))
    assert gpogen("status", "a.jsonl", *JSONL).code == 0
    put(place.root, "b.jsonl", lines(report("M4")))
    answer = gpogen("status", "a.jsonl", "b.jsonl", *JSONL)
    assert (answer.code, answer.out) == (2, "")
    assert "more than 3 reports in one run" in answer.err


def test_reports_that_cannot_be_read(
    gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MAX_REFUSED", 2)
    put(place.root, "a.jsonl", lines(report()) + "x\n" * 5)
    answer = gpogen("status", "a.jsonl", *JSONL)
    assert len(answer.out.splitlines()) == 3
    assert "3 more reports cannot be read" in answer.err


def test_settings_of_a_run(gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    put(place.root, "a.jsonl", lines(report()))
    monkeypatch.setattr(counts, "MAX_SETTINGS", len(report()["requirements"]))
    assert gpogen("status", "a.jsonl", *TODAY).code == 0
    monkeypatch.setattr(counts, "MAX_SETTINGS", len(report()["requirements"]) - 1)
    answer = gpogen("status", "a.jsonl", *TODAY)
    assert answer.code == 2
    assert "the reports name more than" in answer.err


def test_reasons_of_a_setting(
    gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MAX_REASONS", 2)
    for count, last in ((2, "differs, GPO G1"), (4, counts.OTHERS)):
        every = [report(f"M{n}", verdict="not-compliant", missed=[0]) for n in range(count)]
        for number, made in enumerate(every):
            made["requirements"][0] |= {"origin": "policy", "gpo": f"G{number}"}
        put(place.root, "a.jsonl", lines(*every))
        found = gpogen("status", "a.jsonl", "--format", "json", *TODAY).json["settings"]
        (why,) = [item["why"] for item in found if item["missed"]]
        assert {item["reason"] for item in why} >= {"differs, GPO G0", last}
        assert sum(item["machines"] for item in why) == count


def test_settings_that_a_cell_names(gpogen: Run, place: Workplace) -> None:
    most = joined.MAX_MISSED
    made = report(verdict="not-compliant")
    first = made["requirements"][0] | {"compliant": False, "reason": "differs"}
    for count, last in ((most, f"X{most - 1}"), (most + 7, "and 7 more")):
        made["requirements"] = [{**first, "id": f"X{number}"} for number in range(count)]
        put(place.root, "a.jsonl", lines(made))
        row = json.loads(gpogen("status", "a.jsonl", *JSONL).out)
        assert row["missed"].split("; ")[-1] == last
        assert row["settings_missed"] == count


def test_long_lists_of_settings_are_not_kept(gpogen: Run, place: Workplace) -> None:
    every = []
    for number in range(12):
        made = report(f"M{number:02}", verdict="not-compliant")
        first = made["requirements"][0] | {"compliant": False}
        made["requirements"] = [{**first, "id": f"{number}-{n}" + "x" * 100} for n in range(5000)]
        every.append(made)
    put(place.root, "a.jsonl", lines(*every))
    rows = [json.loads(line) for line in gpogen("status", "a.jsonl", *JSONL).out.splitlines()]
    assert [row["missed"].partition("x")[0] for row in rows] == [f"{n}-0" for n in range(12)]


def test_groups_of_a_fleet() -> None:
    most = summary.MAX_GROUPS

    def rows(count: int) -> Any:
        for number in range(count):
            more: dict[str, Any] = {"ou": f"OU={number}", "off_by": f"KB{number}"}
            more |= {"restarts_with": f"KB{number}", "restarts_on": "2026-01-01"}
            yield Row(report_state="missing", ok=False, **more)

    found = summary.summarize(rows(most + 7), 1)
    assert len(found.groups["ou"]) == most + 1
    assert found.groups["ou"][summary.OTHERS].machines == 7
    assert found.off_by[summary.OTHERS] == 7
    assert len(found.restarts) == most + 1
    assert summary.OTHERS not in summary.summarize(rows(most), 1).groups["ou"]


def test_bytes_of_a_list_of_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "MAX_BYTES", 100)
    assert machines.read_machines(put(tmp_path, "a", "a".ljust(100)), Ledger()) == 1
    with pytest.raises(UsageError, match="more than 100 bytes"):
        machines.read_machines(put(tmp_path, "a", "a".ljust(101)), Ledger())


def test_machines_of_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "MAX_LISTED", 10)
    names = [f"m{number}\n" for number in range(11)]
    assert machines.read_machines(put(tmp_path, "a", "".join(names[:10])), Ledger()) == 10
    with pytest.raises(UsageError, match="more than 10 machines"):
        machines.read_machines(put(tmp_path, "a", "".join(names)), Ledger())


def test_characters_of_a_name(tmp_path: Path) -> None:
    most = machines.MAX_NAME
    assert machines.read_machines(put(tmp_path, "a", "m" * most), Ledger()) == 1
    with pytest.raises(UsageError, match="is not the name of a machine"):
        machines.read_machines(put(tmp_path, "a", "m" * (most + 1)), Ledger())


ID = "/subscriptions/S/resourceGroups/G/providers/Microsoft.HybridCompute/machines/A"


def test_bytes_of_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps([{"id": ID}])
    monkeypatch.setattr(azure, "MAX_BYTES", len(text))
    assert azure.read_azure([put(tmp_path, "a", text)], Ledger()) == 1
    with pytest.raises(UsageError, match=f"more than {len(text)} bytes"):
        azure.read_azure([put(tmp_path, "a", f"{text} ")], Ledger())


def test_characters_of_a_cell(tmp_path: Path) -> None:
    ledger = Ledger()
    azure.read_azure([put(tmp_path, "a", json.dumps([{"id": ID, "name": "n" * 2000}]))], ledger)
    assert ledger.one("SELECT length(name) FROM azure") == (azure.MAX_CELL,)
