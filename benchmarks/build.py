"""Building all artifacts of 1,000 profiles, and the memory for 10,000.

    python benchmarks/build.py --against PATH-TO-AN-OLDER-CHECKOUT

The profiles extend four shipped ones, each with a time zone and a schedule of its own. Goals: half
the CPU time of the older checkout; under 120 MiB, and no more with 10,000 profiles. ``cp -r`` of
the finished output on the same file system is printed beside it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from measure import RUNS, Report, Work, folder, gpogen, measure, options, run
from samples import write_derived

MOST = 120.0
"""MiB."""
FLAT = 1.1
"""How much more memory ten times as many profiles may take."""
_MIB = 1 << 20


def main() -> int:
    """Measure, print the table, and return 1 when a goal is missed."""
    asked = options(__doc__)
    count = 100 if asked.quick else 1_000
    report = Report(f"build of {count} profiles, all artifacts")
    with folder() as top:
        few, many, output, copy = (top / name for name in ("few", "many", "output", "copy"))
        few.mkdir()
        many.mkdir()
        write_derived(few, count)
        write_derived(many, 10 * count)

        def clear() -> None:
            for path in (output, copy):
                shutil.rmtree(path, ignore_errors=True)

        def work(name: str, profiles: Path, checkout: Path) -> Work:
            command = gpogen("build", "-q", "--profiles", str(profiles), "-o", str(output))
            return Work(name=name, command=command, checkout=checkout, prepare=clear)

        # This checkout comes last, so that it is its output that is copied then.
        works = [
            work(f"{mark}build", few, checkout)
            for mark, checkout in reversed(asked.checkouts().items())
        ]
        found = dict(reversed(measure(works, top, asked.runs).items()))
        copying = Work(
            name="cp -r of the output",
            command=["/bin/cp", "-r", str(output), str(copy)],
            prepare=lambda: shutil.rmtree(copy, ignore_errors=True),
        )
        found |= measure([copying], top, RUNS)
        large = work(f"build of {10 * count} profiles", many, works[-1].checkout)
        # Once: its memory is what counts, and it takes two minutes.
        found[large.name] = run(large, top)
        clear()
    report.uses(found)
    own, ten = found["build"], found[large.name]
    if asked.against is not None:
        report.goal("CPU, of the CPU before", own.cpu / found["before: build"].cpu, 0.5, "times")
    report.goal("peak memory", own.peak / _MIB, MOST, "MiB")
    report.goal("peak memory, ten times as many", ten.peak / own.peak, FLAT, "times")
    report.note("CPU, of cp -r", own.cpu / found[copying.name].cpu, "times")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
