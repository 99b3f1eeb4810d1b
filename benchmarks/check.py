"""Checking 1,000 whole profiles against parsing their YAML with PyYAML's C loader.

    python benchmarks/check.py

No profile extends another. Goal: at most 8 times the CPU time of the parser, both as whole
processes.
"""

from __future__ import annotations

import sys

from measure import Report, Work, folder, gpogen, measure, options, python
from samples import write_whole

GOAL = 8.0
_PARSE = """
import pathlib, sys, yaml
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
"""


def main() -> int:
    """Measure, print the table, and return 1 when the goal is missed."""
    asked = options(__doc__)
    count = 100 if asked.quick else 1_000
    report = Report(f"check of {count} whole profiles")
    with folder() as top:
        profiles = top / "profiles"
        profiles.mkdir()
        write_whole(profiles, count, asked.oldest)
        works = [Work(name="PyYAML's C parse", command=python(_PARSE, str(profiles)))]
        works += [
            Work(name=f"{mark}check", command=gpogen("check", "-q"), checkout=checkout)
            for mark, checkout in asked.checkouts().items()
        ]
        found = measure(works, top, asked.runs)
    report.uses(found)
    parsed = found[works[0].name].cpu
    report.goal("check, of the parse", found["check"].cpu / parsed, GOAL, "times")
    if asked.against is not None:
        report.note("before: check, of the parse", found["before: check"].cpu / parsed, "times")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
