"""What all benchmarks share: child processes, their CPU time and peak memory, and the table.

Every number is that of a whole child process, by ``wait4``: user and system time, and the most
memory it held. Work that is compared runs in turn (A, B, A, B, ...) in one run of the script, so
that whatever else the machine does falls on all of it, and the median counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
LONG = 30.0
"""Seconds of CPU time after which a work is not run again."""
_TMPFS = Path("/dev/shm")
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Use:
    """What one child process took: CPU seconds (user and system), peak memory in bytes.

    Of several runs these are the medians.
    """

    cpu: float
    peak: int
    runs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One command that is measured.

    Attributes:
        name: what the table calls it.
        command: the program and its arguments.
        checkout: whose gpogen the program imports.
        prepare: what is done before each run, and not measured.
        code: the exit code that means success.
    """

    name: str
    command: Sequence[str]
    checkout: Path = ROOT
    prepare: Callable[[], object] = lambda: None
    code: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says: fewer and smaller runs, and another checkout to compare with."""

    quick: bool
    against: Path | None

    @property
    def runs(self) -> int:
        """How often each work runs."""
        return 1 if self.quick else RUNS

    @property
    def oldest(self) -> Path:
        """The checkout whose profiles all read: an older one does not know the newest keys."""
        return self.against or ROOT

    def checkouts(self) -> dict[str, Path]:
        """Return this checkout, and the other one where there is one."""
        own = {"": ROOT}
        return own if self.against is None else {**own, "before: ": self.against}


def options(description: str | None) -> Options:
    """Read the command line that all benchmarks have."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small inputs, one run each")
    parser.add_argument(
        "--against", type=Path, metavar="PATH", help="another checkout, measured in turn with this"
    )
    found = parser.parse_args()
    return Options(found.quick, found.against.resolve() if found.against else None)


@contextmanager
def folder() -> Iterator[Path]:
    """Make a working folder in memory (tmpfs) where there is one, and remove it afterwards."""
    where = _TMPFS if os.access(_TMPFS, os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="gpogen-benchmark-", dir=where))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def gpogen(*arguments: str) -> list[str]:
    """Return the command line of a gpogen command."""
    return [sys.executable, "-m", "gpogen", *arguments]


def python(code: str, *arguments: str) -> list[str]:
    """Return the command line of a piece of Python."""
    return [sys.executable, "-c", code, *arguments]


def run(work: Work, cwd: Path) -> Use:
    """Run a work once; what it prints is thrown away.

    Raises:
        SystemExit: it ends with another exit code than it should.
    """
    work.prepare()
    null = os.open(os.devnull, os.O_WRONLY)
    here = os.getcwd()
    try:
        os.chdir(cwd)
        process = os.posix_spawn(
            work.command[0],
            list(work.command),
            _environment(work, cwd),
            file_actions=[(os.POSIX_SPAWN_DUP2, null, stream) for stream in (1, 2)],
        )
    finally:
        os.chdir(here)
        os.close(null)
    _, status, usage = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != work.code:
        raise SystemExit(f"{work.name}: exit code {code}: {' '.join(work.command)[:300]}")
    return Use(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def _environment(work: Work, cwd: Path) -> dict[str, str]:
    """Keep compiled modules in the working folder, whatever the caller's environment says."""
    own = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    cache = str(cwd / "__pycache__")
    return {**own, "PYTHONPATH": str(work.checkout), "PYTHONPYCACHEPREFIX": cache}


def measure(works: Sequence[Work], cwd: Path, runs: int) -> dict[str, Use]:
    """Run works in turn, after one run each to warm up, and return the medians by name.

    Works that take long run less often, and then none of them to warm up: that the first run of a
    command compiles its modules is too small a part to count.
    """
    used: dict[str, list[Use]] = {work.name: [] for work in works}
    for _ in range(runs + 1):
        for work in works:
            used[work.name].append(run(work, cwd))
        if max(sum(use.cpu for use in found) for found in used.values()) > LONG:
            break
    else:
        used = {name: found[1:] for name, found in used.items()}
    return {
        name: Use(
            statistics.median(item.cpu for item in found),
            int(statistics.median(item.peak for item in found)),
            len(found),
        )
        for name, found in used.items()
    }


@dataclass(slots=True)
class Report:
    """The table of one script, and whether a goal was missed."""

    title: str
    missed: bool = False
    _lines: list[str] = field(default_factory=list)

    def uses(self, found: Mapping[str, Use]) -> None:
        """Add what each work took."""
        for name, use in found.items():
            runs = f"{use.runs} run{'s' * (use.runs > 1)}"
            self._lines.append(
                f"{name:<44} {use.cpu:9.3f} s CPU {use.peak / _MIB:8.0f} MiB  {runs:>7}"
            )

    def goal(self, what: str, value: float, most: float, unit: str) -> None:
        """Add a goal, and whether it is met: the value is at most ``most``."""
        met = value <= most
        self.missed |= not met
        word = "met" if met else "MISSED"
        self._lines.append(f"{what:<44} {value:9.2f} {unit:<8} (goal: at most {most:g}) {word}")

    def note(self, what: str, value: float, unit: str) -> None:
        """Add a number that has no goal."""
        self._lines.append(f"{what:<44} {value:9.2f} {unit}")

    def end(self) -> int:
        """Print the table and return the exit code."""
        print("\n".join([self.title, *self._lines]))
        return int(self.missed)
