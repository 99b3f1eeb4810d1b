"""Checking 1,000 profiles that extend shipped ones, with time zones and schedules.

    python benchmarks/derived.py --against PATH-TO-AN-OLDER-CHECKOUT

Goal: at most 1.5 s of CPU time.
"""

from __future__ import annotations

import sys

from measure import Report, Work, folder, gpogen, measure, options
from samples import write_derived

GOAL = 1.5


def main() -> int:
    """Measure, print the table, and return 1 when the goal is missed."""
    asked = options(__doc__)
    count = 100 if asked.quick else 1_000
    report = Report(f"check of {count} derived profiles")
    with folder() as top:
        (top / "profiles").mkdir()
        write_derived(top / "profiles", count)
        works = [
            Work(name=f"{mark}check", command=gpogen("check", "-q"), checkout=checkout)
            for mark, checkout in asked.checkouts().items()
        ]
        found = measure(works, top, asked.runs)
    report.uses(found)
    report.goal("check", found["check"].cpu, GOAL, "s CPU")
    if asked.against is not None:
        report.note(
            "check, of the CPU before", found["check"].cpu / found["before: check"].cpu, "times"
        )
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
