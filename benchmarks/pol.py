"""show and diff of a registry.pol with 1,000,000 records.

    python benchmarks/pol.py

Goals: the CPU time for each record is that of a file a tenth as large, and the peak memory is at
most 10 times the file (for diff: 10 times one of its two files). decode alone is printed beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from measure import Report, Use, Work, folder, gpogen, measure, options, python, run

MEMORY = 10.0
LINEAR = 1.2
"""How much more CPU time a record may take in the file that is ten times as large."""
_SAMPLES = str(Path(__file__).resolve().parent / "samples.py")
_DECODE = """
import pathlib, sys
from gpogen.formats import pol
pol.decode(pathlib.Path(sys.argv[1]).read_bytes())
"""
_COMMANDS = ("show", "show --format json", "diff", "diff of equal files")


def works_of(top: Path, count: int) -> list[Work]:
    """Make two files, and name what is done with them."""
    old, new = top / f"old-{count}.pol", top / f"new-{count}.pol"
    for file, every in ((old, 0), (new, 10)):
        command = [sys.executable, _SAMPLES, "pol", str(count), str(every), str(file)]
        run(Work(name="samples", command=command), top)
    size = ("--max-size", str(1 << 30))
    works = [Work(name=f"decode {count}", command=python(_DECODE, str(old)))]
    commands = (
        (gpogen("show", *size, str(old)), 0),
        (gpogen("show", *size, "--format", "json", str(old)), 0),
        (gpogen("diff", *size, str(old), str(new)), 1),
        (gpogen("diff", *size, str(old), str(old)), 0),
    )
    works += [
        Work(name=f"{name} {count}", command=command, code=code)
        for name, (command, code) in zip(_COMMANDS, commands, strict=True)
    ]
    return works


def judge(report: Report, found: dict[str, Use], empty: Use, count: int, size: int) -> None:
    """Add the goals of each command; what every start of Python takes does not count."""
    for name in _COMMANDS:
        large, small = found[f"{name} {count}"], found[f"{name} {count // 10}"]
        growth = (large.cpu - empty.cpu) / (small.cpu - empty.cpu) / 10
        report.goal(f"{name}: CPU of a record, of a tenth", growth, LINEAR, "times")
        report.goal(f"{name}: peak memory", (large.peak - empty.peak) / size, MEMORY, "x file")


def main() -> int:
    """Measure, print the table, and return 1 when a goal is missed."""
    asked = options(__doc__)
    count = 100_000 if asked.quick else 1_000_000
    report = Report(f"registry.pol of {count} records")
    with folder() as top:
        start = Work(name="gpogen show of no record", command=gpogen("show", "empty.pol"))
        (top / "empty.pol").write_bytes(b"PReg\1\0\0\0")
        found = measure([start, *works_of(top, count // 10)], top, asked.runs)
        large = works_of(top, count)
        size = (top / f"old-{count}.pol").stat().st_size
        found |= measure(large, top, asked.runs)
    report.note("the file", size / (1 << 20), "MiB")
    report.uses(found)
    judge(report, found, found[start.name], count, size)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
