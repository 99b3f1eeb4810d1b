"""The SQL of docs/audit.md runs on what ``gpogen status`` writes; SQLite stands for the engines."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

from gpogen.fleet.rows import COLUMNS
from tests.cli.audit_reports import CUMULATIVE, OLD_BASELINE, TODAY, lines, report
from tests.cli.conftest import Run, Workplace, gpogen, place

__all__ = ["gpogen", "place"]
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
COMMON = next(block for block in BLOCKS if block.startswith("-- By ring"))


def test_the_page_names_every_column_once() -> None:
    section = PAGE.partition("### Columns")[2].partition("### ")[0]
    named = [
        name
        for cell in re.findall(r"^\| ([^|]+) \|", section, re.M)
        for name in re.findall(r"`(\w+)`", cell)
    ]

    assert named == list(COLUMNS)


def test_the_queries_for_every_engine_run(gpogen: Run, place: Workplace) -> None:
    off = report("OFF", updates=[OLD_BASELINE, CUMULATIVE], build="26100.6905")
    missed = report("B", verdict="not-compliant", missed=[0])
    old = report("OLD", taken="2026-08-01T00:00:00Z")
    (place.root / "r.jsonl").write_text(lines(report("A"), off, missed, old))
    (place.root / "list.txt").write_text("A\nGONE\n")
    answer = gpogen("status", "r.jsonl", "--machines", "list.txt", "--format", "jsonl", *TODAY)
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE TABLE fleet ({', '.join(COLUMNS)})")
    marks = ", ".join("?" * len(COLUMNS))
    for line in answer.out.splitlines():
        base.execute(f"INSERT INTO fleet VALUES ({marks})", list(json.loads(line).values()))
    found = [base.execute(query).fetchall() for query in COMMON.split(";") if query.strip()]
    base.close()
    by_ring, off_by, restarts, silent = found

    assert by_ring == [("", 1, 0, 0, 0), ("pilot (1)", 4, 1, 2, 2)]
    assert off_by == [("2025-10 out-of-band cumulative update KB5070881 (26100.6905)", 1, 1)]
    assert [row[2] for row in restarts] == [1, 3]
    assert silent == [("OLD", "pilot (1)", "reported", 60), ("GONE", "", "missing", None)]


def test_the_queries_for_one_engine_name_columns_that_there_are() -> None:
    for block in BLOCKS + re.findall(r"```kusto\nGpogenFleet(.*?)```", PAGE, re.S):
        words = set(re.findall(r"\b(missed|ring|train|ok|report_state|machine|domain)\b", block))

        assert words <= set(COLUMNS)
    assert "string_split(missed, '; ')" in PAGE
    assert "split(missed, '; ')" in PAGE
