"""Short commands against the start of Python with click.

    python benchmarks/startup.py

Goals: ``check`` of one profile at most 6 times ``python -c "import click"``; ``--version`` at most
1.5 times; a build of all shipped profiles at most 0.8 s of CPU time.
"""

from __future__ import annotations

import shutil
import sys

from measure import Report, Work, folder, gpogen, measure, options, python

RUNS = 15
"""More than elsewhere: the numbers are small."""


def main() -> int:
    """Measure, print the table, and return 1 when a goal is missed."""
    asked = options(__doc__)
    runs = 3 if asked.quick else RUNS
    report = Report("short commands")
    with folder() as top:
        output = top / "output"
        profiles = asked.oldest / "profiles"
        one = str(profiles / "azlocal-ws2022-core.yaml")
        works = [Work(name="import click", command=python("import click"))]
        for mark, checkout in asked.checkouts().items():
            works += [
                Work(name=f"{mark}--version", command=gpogen("--version"), checkout=checkout),
                Work(name=f"{mark}check PROFILE", command=gpogen("check", one), checkout=checkout),
                Work(
                    name=f"{mark}build, all shipped",
                    command=gpogen("build", "--profiles", str(profiles), "-o", str(output)),
                    checkout=checkout,
                    prepare=lambda: shutil.rmtree(output, ignore_errors=True),
                ),
            ]
        found = measure(works, top, runs)
    report.uses(found)
    click = found["import click"].cpu
    report.goal("check PROFILE, of import click", found["check PROFILE"].cpu / click, 6, "times")
    report.goal("--version, of import click", found["--version"].cpu / click, 1.5, "times")
    report.goal("build, all shipped", found["build, all shipped"].cpu, 0.8, "s CPU")
    if asked.against is not None:
        before = found["before: check PROFILE"].cpu / click
        report.note("before: check PROFILE, of import click", before, "times")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
