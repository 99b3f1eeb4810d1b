"""CPU time of gpogen's commands, against goals; exits 1 when one is missed.

    python benchmarks/startup.py

CPU time (user and system) of child processes, the median of twenty runs after one to warm up: it
depends less on what else the machine does than the time on the clock.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RUNS = 20
ROOT = Path(__file__).resolve().parent.parent
GPOGEN = (sys.executable, "-m", "gpogen")


@dataclass(frozen=True)
class Row:
    name: str
    seconds: float
    goal: float | None

    @property
    def missed(self) -> bool:
        return self.goal is not None and self.seconds > self.goal


def cpu_seconds(command: Sequence[str]) -> float:
    """Run a command in the checkout, its output thrown away."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        process = os.posix_spawn(
            command[0],
            list(command),
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)],
        )
    finally:
        os.close(null)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: exit code {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def median(command: Sequence[str]) -> float:
    cpu_seconds(command)
    return statistics.median(cpu_seconds(command) for _ in range(RUNS))


def measure(output: str) -> list[Row]:
    click = median([sys.executable, "-c", "import click"])
    profile = "profiles/azlocal-ws2022-core.yaml"
    return [
        Row("import click", click, None),
        Row("gpogen --version", median([*GPOGEN, "--version"]), 1.5 * click),
        Row("gpogen check PROFILE", median([*GPOGEN, "check", profile]), 0.35),
        Row("gpogen build (all shipped)", median_build(output), 0.8),
    ]


def median_build(output: str) -> float:
    """Build into a new folder each time, so that every file is written."""
    commands = [[*GPOGEN, "build", "-o", f"{output}/{number}"] for number in range(RUNS + 1)]
    return statistics.median([cpu_seconds(command) for command in commands][1:])


def main() -> int:
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as output:
        rows = measure(output)
    print(f"{'CPU seconds, median of ' + str(RUNS):<30} {'median':>7} {'goal':>7}")
    for row in rows:
        goal = "" if row.goal is None else f"{row.goal:7.3f}"
        print(f"{row.name:<30} {row.seconds:7.3f} {goal:>7}{'  MISSED' if row.missed else ''}")
    return int(any(row.missed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
