"""``gpogen status``: what it says of a fleet."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gpogen.fleet.rows import COLUMNS
from tests.cli.audit_reports import (
    CUMULATIVE,
    HOTPATCH,
    OLD_BASELINE,
    TODAY,
    example,
    lines,
    report,
)
from tests.cli.conftest import Answer, Run, Workplace


def write(place: Workplace, text: str, name: str = "reports.jsonl") -> str:
    (place.root / name).write_text(text, encoding="utf-8")
    return name


def rows(answer: Answer) -> dict[str, dict[str, Any]]:
    found = [json.loads(line) for line in answer.out.splitlines()]
    return {row["machine"] or row["report"]: row for row in found}


def test_a_fleet_in_which_nothing_is_wrong_is_0(gpogen: Run, place: Workplace) -> None:
    answer = gpogen("status", write(place, lines(report("A"), report("B"))), *TODAY)

    assert answer.code == 0, answer.out
    assert re.search(r"nothing to do +2\n", answer.out)


@pytest.mark.parametrize(
    ("change", "attention"),
    [
        ({"verdict": "not-compliant", "missed": [0]}, "not-compliant"),
        ({"verdict": "unknown", "unknown": [0]}, "verdict-unknown"),
        ({"updates": [OLD_BASELINE, CUMULATIVE], "build": "26100.6905"}, "train-off"),
        ({"updates": [HOTPATCH], "build": "26100.33222"}, "train-behind"),
        ({"updates": [], "build": "26100.99999"}, "train-unknown"),
        ({"taken": "2026-08-01T00:00:00Z"}, "report-old"),
    ],
)
def test_whatever_is_wrong_or_not_known_is_1_and_named(
    gpogen: Run, place: Workplace, change: dict[str, Any], attention: str
) -> None:
    made = write(place, lines(report("A"), report("B", **change)))
    answer = gpogen("status", made, "--format", "jsonl", *TODAY)

    assert answer.code == 1
    assert {name: row["attention"] for name, row in rows(answer).items()} == {
        "A": "",
        "B": attention,
    }
    assert [row["ok"] for row in rows(answer).values()] == [True, False]


def test_settings_are_counted_by_profile_and_the_missed_ones_shown(
    gpogen: Run, place: Workplace
) -> None:
    made = lines(
        report("A"),
        report("B", verdict="not-compliant", missed=[0]),
        report("C", verdict="unknown", missed=[0], unknown=[1]),
    )
    found = gpogen("status", write(place, made), "--format", "json", *TODAY).json

    first, second = (item["id"] for item in report()["requirements"][:2])
    by_id = {item["id"]: item for item in found["settings"]}
    assert [by_id[first][key] for key in ("met", "missed", "unknown")] == [1, 2, 0]
    assert [by_id[second][key] for key in ("met", "missed", "unknown")] == [2, 0, 1]
    assert len(by_id) == len(report()["requirements"])
    table = gpogen("status", "reports.jsonl", *TODAY).out
    shown = table.partition("Settings that are not met everywhere\n")[2].splitlines()
    assert shown[1].split()[:4] == ["2", "0", "1", "arc-ws2025-standard"]
    assert shown[2].split()[:3] == ["0", "1", "2"]
    key, _, name = first.partition("!")
    assert f"arc-ws2025-standard  {name}, {key[:20]}" in shown[1]
    assert f"B        not-compliant  {name}" in table


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_each_missed_setting_names_why_and_the_gpo_on_every_page(
    gpogen: Run, place: Workplace, form: str
) -> None:
    every = [
        report(name, verdict="not-compliant", missed=[0], unknown=[1] if name == "D" else [])
        for name in "ABCD"
    ]
    for made, origin, gpo in zip(
        every[:3],
        ("policy", "policy", "local"),
        ("Old; updates", "Old; updates", None),
        strict=True,
    ):
        made["requirements"][0] |= {"origin": origin, "gpo": gpo}
    every[3]["requirements"][0] |= {"reason": "missing", "origin": "absent", "gpo": None}
    path = write(place, lines(*every))
    text = gpogen("status", path, "--format", form, *TODAY).out
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())

    first, second = (item["id"].rpartition("!")[2] for item in report()["requirements"][:2])
    assert "differs, GPO Old, updates (2); differs, local (1)" in text
    assert f"{first}: differs, GPO Old, updates" in text
    assert f"{first}: missing; {second}: unreadable" in text
    found = gpogen("status", path, "--format", "json", *TODAY).json
    (why,) = [item["why"] for item in found["settings"] if item["id"].endswith(f"!{first}")]
    assert [(item["reason"], item["machines"]) for item in why] == [
        ("differs, GPO Old, updates", 2),
        ("differs, local", 1),
        ("missing", 1),
    ]
    cells = {row["machine"]: row["missed_why"] for row in found["machines"]}
    assert cells["D"].startswith("missing; unreadable, GPO Hotpatch")


def test_the_profile_of_the_list_and_that_of_the_report_are_compared(
    gpogen: Run, place: Workplace
) -> None:
    write(place, "machine,profile\nA,arc-ws2025-standard\nB,web\nC,\nD,web\n", "list.csv")
    made = write(place, lines(report("A"), report("B"), report("C")))
    answer = gpogen("status", made, "--machines", "list.csv", "--format", "jsonl", *TODAY)

    assert answer.code == 1
    assert {name: row["attention"] for name, row in rows(answer).items()} == {
        "A": "",
        "B": "listed-other-profile",
        "C": "",
        "D": "no-report",
    }
    assert [row["listed_profile"] for row in rows(answer).values()] == [
        "arc-ws2025-standard",
        "web",
        "",
        "web",
    ]
    text = gpogen("status", made, "--machines", "list.csv", *TODAY).out
    assert "Judged by another profile than the list of machines names: 1" in text
    assert re.search(r"B +arc-ws2025-standard +web", text)


def test_the_newest_report_of_a_machine_counts_whatever_the_order_and_the_case(
    gpogen: Run, place: Workplace
) -> None:
    old = report("web-01", verdict="not-compliant", missed=[0], taken="2026-09-20T00:00:00Z")
    for made in (lines(old, report("WEB-01")), lines(report("WEB-01"), old)):
        answer = gpogen("status", write(place, made), "--format", "jsonl", *TODAY)

        assert answer.code == 0
        assert list(rows(answer)) == ["WEB-01"]
        assert "1 older reports are not counted" in answer.err


def test_of_two_copies_of_a_report_the_same_one_is_named_in_any_order(
    gpogen: Run, place: Workplace
) -> None:
    for name in ("a.json", "b.json"):
        write(place, lines(report()), name)
    outputs = {
        gpogen("status", *paths, "--format", "csv", *TODAY).out
        for paths in (("a.json", "b.json"), ("b.json", "a.json"))
    }

    assert len(outputs) == 1


def test_machines_of_one_name_in_two_domains_are_two(gpogen: Run, place: Workplace) -> None:
    made = lines(report("A", domain="a.example"), report("A", domain="b.example"))
    answer = gpogen("status", write(place, made), "--format", "jsonl", *TODAY)

    assert len(answer.out.splitlines()) == 2


def test_an_out_of_band_update_and_the_next_baseline_are_told(
    gpogen: Run, place: Workplace
) -> None:
    off = report("OFF", updates=[OLD_BASELINE, CUMULATIVE], build="26100.6905")
    made = write(place, lines(report("ON"), off))
    found = gpogen("status", made, "--format", "json", *TODAY).json

    assert [item["update"] for item in found["off_by"]] == [
        "2025-10 out-of-band cumulative update KB5070881 (26100.6905)"
    ]
    assert found["all"]["off_out_of_band"] == 1
    assert [(item["on"], item["released"], item["machines"]) for item in found["restarts"]] == [
        ("2026-09-08", True, 1),
        ("2026-10-13", False, 1),
    ]


def test_the_train_is_judged_by_the_day_that_is_asked_for(gpogen: Run, place: Workplace) -> None:
    july = report("A", updates=[HOTPATCH], build="26100.33222", taken="2026-08-20T00:00:00Z")
    made = write(place, lines(july))
    states = [
        rows(gpogen("status", made, "--format", "jsonl", "--today", day))["A"]["train"]
        for day in ("2026-08-21", "2026-09-20")
    ]

    assert states == ["on-train", "behind"]


def test_status_and_train_give_one_verdict(gpogen: Run, place: Workplace) -> None:
    for number, name in enumerate(("compliant", "not-compliant")):
        made = write(place, json.dumps(example(name)), f"{number}.json")
        status = gpogen("status", made, "--format", "jsonl", "--today", "2026-11-28")
        train = gpogen("train", made, "--format", "json", "--today", "2026-11-28").json

        (row,) = rows(status).values()
        assert [row["train"]] == [item["state"] for item in train]


def test_a_report_that_shows_no_updates_is_not_on_the_train(gpogen: Run, place: Workplace) -> None:
    made = report("A")
    made["train"] |= {"updates": None, "packages": None}
    row = rows(gpogen("status", write(place, lines(made)), "--format", "jsonl", *TODAY))["A"]

    assert row["train"] == "unknown"
    assert row["train_reason"]


def test_listed_machines_that_are_silent_are_missing_and_the_others_are_told(
    gpogen: Run, place: Workplace
) -> None:
    listed = "machine;ring;ou\nweb-01;pilot;OU=A\nWEB-02.contoso.com;broad;OU=B\nWEB-03;;\n"
    write(place, listed, "list.csv")
    made = write(place, lines(report("WEB-01"), report("WEB-02"), report("X")))
    answer = gpogen("status", made, "--machines", "list.csv", "--format", "jsonl", *TODAY)
    found = rows(answer)

    assert answer.code == 1
    assert {name: row["report_state"] for name, row in found.items()} == {
        "WEB-01": "reported",
        "WEB-02": "reported",
        "X": "reported",
        "WEB-03": "missing",
    }
    assert [row["listed"] for row in found.values()] == ["yes", "yes", "no", "yes"]
    assert found["X"]["ok"] is True
    text = gpogen("status", made, "--machines", "list.csv", *TODAY).out
    assert "Listed, without a report: 1" in text
    assert "Not in the list of machines: 1" in text


def test_a_missing_machine_counts_in_the_ring_of_the_list(gpogen: Run, place: Workplace) -> None:
    write(place, "Name,Ring\nGONE,broad (2)\n", "list.csv")
    made = write(place, lines(report("A")))
    found = gpogen("status", made, "--machines", "list.csv", "--format", "json", *TODAY).json

    counts = {item["ring"]: item["missing"] for item in found["groups"]["ring"]}
    assert counts == {"broad (2)": 1, "pilot (1)": 0}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no machine in the list"),
        ("ring,owner\npilot,me\n", "the first row must name a column machine"),
        ("machine\nWEB 01\n", "'WEB 01' is not the name of a machine"),
        ("# nothing\n\n", "no machine in the list"),
    ],
)
def test_a_list_that_names_no_machines_is_2(
    gpogen: Run, place: Workplace, text: str, told: str
) -> None:
    write(place, text, "list.txt")
    answer = gpogen("status", write(place, lines(report())), "--machines", "list.txt", *TODAY)

    assert answer.code == 2
    assert told in answer.err


def test_a_list_of_names_may_have_remarks(gpogen: Run, place: Workplace) -> None:
    write(place, "# all\nWEB-01 # first\n\nweb-02.contoso.com\n", "list.txt")
    made = write(place, lines(report("WEB-01"), report("WEB-02")))

    assert gpogen("status", made, "--machines", "list.txt", *TODAY).code == 0


def test_reports_of_other_versions_and_other_profiles_are_told(
    gpogen: Run, place: Workplace
) -> None:
    from gpogen.verify.verify import compile_profile

    path = place.profile("web", extends="arc-ws2025-standard")
    current, older, other = report("CURRENT"), report("OLDER"), report("OTHER")
    digest = compile_profile(path).header.digest
    current["profile"] |= {"name": "web", "digest": digest}
    older["profile"] |= {"name": "web"}
    made = write(place, lines(current, older, other))
    answer = gpogen("status", made, "--profile", str(path), "--format", "jsonl", *TODAY)

    assert {name: row["profile_state"] for name, row in rows(answer).items()} == {
        "CURRENT": "current",
        "OLDER": "other-version",
        "OTHER": "other-profile",
    }
    assert answer.code == 1


def test_csv_and_json_lines_have_the_same_columns_and_cells(gpogen: Run, place: Workplace) -> None:
    made = write(place, lines(report("A"), report("B", missed=[0], verdict="not-compliant")) + "x")
    text = gpogen("status", made, "--format", "csv", *TODAY).out
    table = list(csv.DictReader(io.StringIO(text)))
    objects = [
        json.loads(line)
        for line in gpogen("status", made, "--format", "jsonl", *TODAY).out.splitlines()
    ]

    assert len(table) == len(objects) == 3
    for row, item in zip(table, objects, strict=True):
        assert tuple(row) == tuple(item) == COLUMNS
        for name, value in item.items():
            spelt = "" if value is None else value if isinstance(value, str) else json.dumps(value)
            assert row[name] == spelt


def test_the_machines_of_json_are_those_of_json_lines(gpogen: Run, place: Workplace) -> None:
    made = write(place, lines(*(report(f"M{number}") for number in range(5))))
    found = gpogen("status", made, "--format", "json", *TODAY).json
    each = gpogen("status", made, "--format", "jsonl", *TODAY).out.splitlines()

    assert found["schema"] == "gpogen-status/1"
    assert found["machines"] == [json.loads(line) for line in each]
    assert found["ok"] is True


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "markdown", "html"])
def test_the_output_is_the_same_whatever_the_order_of_the_reports(
    gpogen: Run, place: Workplace, form: str
) -> None:
    folder = place.root / "in"
    folder.mkdir()
    every = [
        report(f"M{number}", verdict="not-compliant", missed=[number % 5]) for number in range(12)
    ]
    outputs = []
    for order in (every, every[::-1]):
        for number, item in enumerate(order):
            (folder / f"{item['machine']['name']}.json").write_text(json.dumps(item))
            del number
        assert gpogen("status", "in", "--format", form, "-o", "out", *TODAY).code == 1
        outputs.append((place.root / "out").read_bytes())
        for file in folder.iterdir():
            file.unlink()

    assert outputs[0] == outputs[1]


HOSTILE = '=HYPERLINK("http://x","y")<script>alert(1)</script>##vso[task.x]\x1b[31m'


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "markdown", "html"])
def test_no_text_of_a_report_acts_on_who_reads_the_output(
    gpogen: Run, place: Workplace, form: str
) -> None:
    hostile = report(HOSTILE, ou=HOSTILE, domain=HOSTILE)
    hostile["profile"] |= {"ring": HOSTILE, "revision": HOSTILE}
    made = write(place, lines(hostile))
    answer = gpogen("status", made, "--format", form, "--max-age", "0", *TODAY)

    assert answer.code == 1
    assert "\x1b" not in answer.out
    assert "##vso[" not in answer.out
    if form == "html":
        assert "<script" not in answer.out
        assert "&lt;script&gt;" in answer.out
    if form == "markdown":
        assert "<script" not in answer.out
    if form == "csv":
        (row,) = csv.DictReader(io.StringIO(answer.out))
        assert all(cell[:1] not in "=+-@\t\r" or not cell for cell in row.values())


def test_a_page_of_html_needs_nothing_from_elsewhere(gpogen: Run, place: Workplace) -> None:
    from lxml import etree

    made = write(place, lines(report("A", missed=[0], verdict="not-compliant")))
    assert gpogen("status", made, "--format", "html", "-o", "fleet.html", *TODAY).code == 1
    page = etree.HTML((place.root / "fleet.html").read_bytes())

    assert not page.xpath("//script|//img|//link|//iframe|//@src|//@href")
    assert page.xpath("contains(//meta/@content, \"default-src 'none'\")")
    assert page.findtext("body/h1") == "Status of 1 machine on 2026-09-30"


def test_the_lists_of_a_table_are_short_and_say_what_they_leave_out(
    gpogen: Run, place: Workplace
) -> None:
    made = [report(f"M{n:03}", missed=[0], verdict="not-compliant") for n in range(30)]
    text = gpogen("status", write(place, lines(*made)), *TODAY).out

    assert "Not compliant, or not known: 30" in text
    assert "and 10 more (--format csv has all)" in text


def test_a_fleet_leaves_no_file_behind(
    gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(scratch))
    gpogen("status", write(place, lines(report())), *TODAY)

    assert list(scratch.iterdir()) == []
    assert sqlite3.sqlite_version_info >= (3, 24), "ON CONFLICT ... DO UPDATE"


@pytest.mark.parametrize("day", ["2026-10-14", "2026-11-28", "2027-02-01"])
@pytest.mark.parametrize("form", ["table", "markdown", "html", "json", "jsonl", "csv"])
def test_a_month_that_the_release_data_lacks_makes_each_format_say_unknown(
    gpogen: Run, place: Workplace, day: str, form: str
) -> None:
    made = write(place, lines(report("A", taken="2026-10-11T02:00:00Z")))
    answer = gpogen("status", made, "--today", day, "--max-age", "900", "--format", form)
    trained = gpogen("train", made, "--today", day)

    assert answer.code == trained.code == 1
    assert "Windows Server 2025: unknown" in trained.out
    text = html.unescape(answer.out)
    assert "2026-10 should have been released on 2026-10-13" in " ".join(text.split())
    assert "hotpatch-releases.yaml" in " ".join(answer.err.split())
    if form in ("table", "markdown", "html", "json"):
        assert "add the months to hotpatch-releases.yaml" in " ".join(text.split())
    if form == "table":
        assert "overdue: not in the release data" in text
        assert re.search(r"on the hotpatch train +0\n", text)
    if form == "jsonl":
        assert rows(answer)["A"]["attention"] == "train-unknown"


@pytest.mark.parametrize("form", ["table", "markdown", "html", "json", "jsonl", "csv"])
def test_on_the_day_of_a_release_nobody_becomes_unknown(
    gpogen: Run, place: Workplace, form: str
) -> None:
    made = write(place, lines(report("A", taken="2026-10-12T02:00:00Z")))
    answer = gpogen("status", made, "--today", "2026-10-13", "--format", form)

    assert answer.code == 0, answer.out
    text = " ".join(html.unescape(answer.out).split())
    assert "2026-10 is to be released today at 10:00 Pacific time" in text
    assert "should have been released" not in text
    if form == "table":
        assert re.search(r"on the hotpatch train +1\n", answer.out)
        assert "due today" in answer.out
    if form == "jsonl":
        row = rows(answer)["A"]
        assert (row["train"], row["attention"], row["restart_released"]) == ("on-train", "", False)


def test_release_data_older_than_45_days_are_named_on_the_page(
    gpogen: Run, place: Workplace
) -> None:
    made = write(place, lines(report("A", taken="2026-11-27T02:00:00Z")))
    found = gpogen("status", made, "--today", "2026-11-28")

    assert "WARNING: the release data of windows-server-2025 is from" in found.out
    assert "days ago; install a newer gpogen" in " ".join(found.out.split())


def test_an_old_report_counts_as_old_and_in_nothing_else(gpogen: Run, place: Workplace) -> None:
    old: dict[str, Any] = {"taken": "2026-08-01T00:00:00Z"}
    made = lines(
        report("A"),
        report("B", **old),
        report("C", verdict="not-compliant", missed=[0], **old),
        report("D", updates=[OLD_BASELINE, CUMULATIVE], build="26100.6905", **old),
    )
    found = gpogen("status", write(place, made), "--format", "json", *TODAY).json

    counted = {name: count for name, count in found["all"].items() if count}
    assert counted == {"machines": 4, "ok": 1, "compliant": 1, "ready": 1, "on": 1, "old": 3}
    assert {(item["met"], item["missed"], item["unknown"]) for item in found["settings"]} == {
        (1, 0, 0)
    }
    assert found["off_by"] == []
    assert [item["machines"] for item in found["restarts"]] == [1]
    assert found["lists"]["old"] == 3
    assert found["lists"]["not-compliant"] == found["lists"]["off-train"] == 0


@pytest.mark.parametrize("change", [{"missed": [0, 1]}, {"unknown": [0, 1]}])
def test_a_report_that_denies_its_own_summary_is_refused_by_name(
    gpogen: Run, place: Workplace, change: dict[str, Any]
) -> None:
    made = write(place, lines(report("A"), report("LIAR", **change)))
    answer = gpogen("status", made, "--format", "jsonl", *TODAY)

    assert answer.code == 1
    row = rows(answer)["LIAR"]
    assert (row["report_state"], row["verdict"], row["ok"]) == ("unreadable", "", False)
    assert "contradicts itself: $.summary.verdict is compliant, but" in row["problem"]
    assert " and 1 more is not" in row["problem"]


def test_a_decisive_check_that_is_a_problem_denies_the_summary(
    gpogen: Run, place: Workplace
) -> None:
    made = report("LIAR")
    next(item for item in made["readiness"] if item["decides"])["state"] = "problem"
    answer = gpogen("status", write(place, lines(report("A"), made)), "--format", "jsonl", *TODAY)

    assert rows(answer)["LIAR"]["report_state"] == "unreadable"


@pytest.mark.parametrize("form", ["table", "markdown", "html", "json"])
def test_pending_restarts_and_certificates_are_counted_without_old_reports(
    gpogen: Run, place: Workplace, form: str
) -> None:
    every = [report(name) for name in "ABCDE"]
    for made in every[:2]:
        made["train"]["pending_restart"]["state"] = "yes"
    every[2]["train"]["pending_restart"]["state"] = "unknown"
    states = [("Updated", 0), ("InProgress", 7), (None, None), ("Updated", 0), ("NotStarted", 0)]
    for made, (state, error) in zip(every, states, strict=True):
        made["secure_boot"] |= {"certificates": state, "error": error}
    every[4]["taken_at"] = "2026-08-01T00:00:00Z"
    answer = gpogen("status", write(place, lines(*every)), "--format", form, *TODAY)

    if form == "json":
        assert answer.json["pending_restarts"] == {"yes": 2, "no": 1, "unknown": 1}
        assert answer.json["secure_boot_certificates"] == {
            "Updated": 2,
            "InProgress, with an error": 1,
            "not known": 1,
        }
        return
    text = re.sub(r"<[^>]*>|\||---", " ", answer.out)
    text = " ".join(html.unescape(text).split())
    assert "restart machines pending 2 not pending 1 not known 1" in text
    assert "Updated 2 InProgress, with an error 1 not known 1" in text
    assert "NotStarted" not in text


@pytest.mark.parametrize(
    ("file", "start"),
    [
        ("o.html", "<!DOCTYPE"),
        ("o.md", "# Status"),
        ("o.CSV", "machine,"),
        ("o.json", "{\n"),
        ("new/o.jsonl", '{"machine"'),
        ("o.txt", "Status of"),
    ],
)
def test_the_extension_of_the_output_names_the_format(
    gpogen: Run, place: Workplace, file: str, start: str
) -> None:
    assert gpogen("status", write(place, lines(report())), "-o", file, *TODAY).code == 0
    assert (place.root / file).read_text(encoding="utf-8").startswith(start)


def test_a_page_in_a_file_has_every_machine_and_markdown_reads_as_text(
    gpogen: Run, place: Workplace
) -> None:
    off: dict[str, Any] = {"updates": [OLD_BASELINE, CUMULATIVE], "build": "26100.6905"}
    made = write(place, lines(*(report(f"WEB-{number:03}", **off) for number in range(230))))
    assert gpogen("status", made, "-o", "o.md", *TODAY).code == 1
    text = (place.root / "o.md").read_text(encoding="utf-8")

    assert "| WEB-229 | off-train | 2025-10 out-of-band cumulative update KB5070881" in text
    assert "| off the train | 230 (all by an out-of-band update) |" in text
    assert "more: `--format csv`" not in text
