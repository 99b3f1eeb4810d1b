"""The status of a fleet against merely parsing its reports with the same parser.

    python benchmarks/status.py

Reports of 6 kB as JSON lines, of machines that differ: 40 sets of installed updates, a tenth not
compliant. Goals: at most 2.5 times the CPU time of pydantic's parser, both as whole processes, and
under 200 MB. Ten times as many reports take at most ten times as long. --million also reads
1,000,000 reports.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from measure import ROOT, Report, Use, Work, folder, gpogen, measure, options, python

GOAL, GOAL_BYTES, GOAL_LINEAR = 2.5, 200e6, 11.0
MIB = 1 << 20
_SAMPLE = ROOT / "tests" / "artifacts" / "audit" / "reports" / "compliant.json"
_PARSE = """
import sys
from pydantic_core import from_json
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        from_json(line)
"""
_HOTPATCHES = ("KB5122871", "KB5099536", "KB5120228", "KB5094125")


def write_reports(path: Path, count: int) -> None:
    """Write reports of different machines, one in each line."""
    report = json.loads(_SAMPLE.read_text(encoding="ascii"))
    requirement = report["requirements"][0]
    with path.open("w", encoding="ascii") as lines:
        for number in range(count):
            report["machine"]["name"] = f"SRV-{number:07}"
            report["machine"]["ou"] = f"OU=Unit {number % 30},DC=contoso,DC=com"
            report["machine"]["azure_resource_id"] = None
            report["id"] = f"0f0e7a52-7a1c-4b52-9b6b-{number:012x}"
            report["profile"]["ring"] = f"ring {number % 5} ({number % 5})"
            requirement["compliant"] = number % 10 != 0
            requirement["reason"] = "as-expected" if number % 10 else "differs"
            report["summary"]["verdict"] = "compliant" if number % 10 else "not-compliant"
            report["train"]["updates"] = [
                {
                    "kb": _HOTPATCHES[(number + more) % len(_HOTPATCHES)],
                    "title": f"Security Update of day {number % 40}",
                    "state": "installed",
                    "date": "2026-09-12",
                    "by": "windows-update",
                }
                for more in range(1 + number % 2)
            ]
            lines.write(json.dumps(report, separators=(",", ":")) + "\n")


def _run(top: Path, count: int, runs: int) -> tuple[dict[str, Use], int]:
    path = top / f"{count}.jsonl"
    write_reports(path, count)
    found = measure(
        [
            Work(name=f"parse of {count}", command=python(_PARSE, str(path))),
            Work(
                name=f"status of {count}",
                command=gpogen("status", str(path), "--today", "2026-11-28"),
                code=1,
            ),
        ],
        top,
        runs,
    )
    size = path.stat().st_size // count
    path.unlink()
    return found, size


def main() -> int:
    """Measure, print the table, and return 1 when a goal is missed."""
    million = "--million" in sys.argv
    sys.argv = [item for item in sys.argv if item != "--million"]
    asked = options(__doc__)
    few, many = (1_000, 10_000) if asked.quick else (10_000, 100_000)
    report = Report(f"status of {many} reports, median of {asked.runs}")
    with folder() as top:
        small, _ = _run(top, few, asked.runs)
        found, size = _run(top, many, asked.runs)
        report.uses({**small, **found})
        report.note("a report", size, "bytes")
        used = found[f"status of {many}"]
        parsed = found[f"parse of {many}"].cpu
        report.goal("status, of the parse", used.cpu / parsed, GOAL, "times")
        report.goal("status, peak memory", used.peak / 1e6, GOAL_BYTES / 1e6, "MB")
        grown = used.cpu / small[f"status of {few}"].cpu
        report.goal("status of ten times as many", grown, GOAL_LINEAR, "times")
        if million:
            all_of, _ = _run(top, 1_000_000, 1)
            report.uses(all_of)
            most = all_of["status of 1000000"]
            report.goal(
                "status of 1,000,000, of 100,000", most.cpu / used.cpu, GOAL_LINEAR, "times"
            )
            report.goal("its peak memory", most.peak / 1e6, GOAL_BYTES / 1e6, "MB")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
