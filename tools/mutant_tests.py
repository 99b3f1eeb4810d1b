"""Run the tests of a package on mutants: one fork each, those first that execute the mutated line.

The parent imports pytest and the libraries once, and nothing of gpogen: a fork imports gpogen and
the tests from its own copy of the checkout. Which tests execute which line comes from coverage; it
decides only the order: a mutant survives when *all* tests of the package have passed.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_LIBRARIES = ("click", "hypothesis", "icalendar", "jinja2", "lxml.etree", "pydantic", "yaml")
_IGNORED = (".git", ".venv", "output", "__pycache__", ".*_cache", ".hypothesis")
_IMPORTED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
_OPTIONS = ("-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", _IMPORTED)
_MEMORY = 6 * 2**30
"""Bytes; a mutant that takes more is killed."""
_CPU = 120
"""Seconds of the processor; a mutant that takes longer is killed: some never end."""
_WALL = 900
"""Seconds by the clock, for a mutant that waits for ever."""


@dataclass(slots=True)
class Trace:
    """What the tests do without a mutant: seconds for each test, the tests of each line."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lines: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    def order(self, path: str, lines: Iterable[int]) -> dict[str, tuple[int, float]]:
        """Return the place of each test: those of the lines, of the module, the others."""
        near = set().union(*(self.lines.get((path, line), set()) for line in lines))
        module = {one for (at, _), tests in self.lines.items() if at == path for one in tests}
        return {
            one: (0 if one in near else 1 if one in module else 2, seconds)
            for one, seconds in self.seconds.items()
        }


class _Ordered:
    """A pytest plugin: run the tests by their place, without those that fail anyway."""

    def __init__(self, places: dict[str, tuple[int, float]]) -> None:
        self._places = places

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        _always_the_same_examples()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (one for one in items if one.nodeid in self._places),
            key=lambda one: self._places[one.nodeid],
        )


class _Recorder:
    """A pytest plugin: record the seconds and the lines of each test."""

    def __init__(self, trace: Trace, begin: Callable[[str], object]) -> None:
        self._trace = trace
        self._begin = begin

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        _always_the_same_examples()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._begin(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        seconds = self._trace.seconds
        seconds[report.nodeid] = seconds.get(report.nodeid, 0) + report.duration
        if report.failed:
            self._trace.failed.append(report.nodeid)


def _always_the_same_examples() -> None:
    from hypothesis import settings

    same = settings(settings.get_profile("gpogen"), database=None, derandomize=True)
    settings.register_profile("mutants", same)
    settings.load_profile("mutants")


class Copies:
    """Copies of the checkout, one for each job, and the forks that run in them."""

    def __init__(self, root: Path, folder: Path, jobs: int, tests: tuple[str, ...]) -> None:
        """Make the copies, and record what the tests do."""
        os.environ["TMPDIR"] = str(folder)
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        for name in _LIBRARIES:
            importlib.import_module(name)
        self._tests = tests
        self._free = [folder / str(number) for number in range(jobs)]
        self._running: dict[int, Path] = {}
        for copy in self._free:
            shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*_IGNORED), symlinks=True)
            # A mutant can have the size and the second of what it replaces: compare by hash.
            compiled = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "."]
            subprocess.run([sys.executable, *compiled], cwd=copy, check=True)

    def record(self, package: str) -> Trace:
        """Run the tests without a mutant; those that fail are left out from then on."""
        copy = self._free[0]
        out = copy.parent / "trace"
        _, status = os.waitpid(_fork(copy, lambda: _record(copy, package, self._tests, out)), 0)
        if not out.exists():
            print(_log(copy).read_text(errors="replace"), file=sys.stderr)
            raise SystemExit(f"the tests did not run without a mutant: status {status}")
        trace = Trace(*pickle.loads(out.read_bytes()))
        for one in trace.failed:
            trace.seconds.pop(one, None)
        return trace

    def is_full(self) -> bool:
        """Tell whether every copy is in use."""
        return not self._free

    def start(self, path: str, text: str, places: dict[str, tuple[int, float]]) -> int:
        """Test a mutant: a module and its text. Return the process."""
        copy = self._free.pop()
        (copy / path).write_text(text, encoding="utf-8")
        options = [*_OPTIONS, "-x", *self._tests]
        process = _fork(copy, lambda: pytest.main(options, plugins=[_Ordered(places)]))
        self._running[process] = copy
        return process

    def wait(self, root: Path, paths: dict[int, str]) -> tuple[int, bool]:
        """Wait for a process of ``paths``; return it, and whether all its tests passed."""
        process, status = os.wait()
        copy = self._running.pop(process)
        _stop(process)
        shutil.copyfile(root / paths[process], copy / paths[process])
        self._free.append(copy)
        return process, status == 0


def _log(copy: Path) -> Path:
    """Return the file that takes what a fork prints."""
    return copy.with_suffix(".log")


def _fork(copy: Path, run: Callable[[], int]) -> int:
    """Run something in a process of its own, in a copy; return its id."""
    sys.stdout.flush()
    if process := os.fork():
        return process
    code = 3
    try:
        os.setsid()
        os.chdir(copy)
        sys.path[0] = str(copy)
        for name in [one for one in sys.modules if one.partition(".")[0] == "tools"]:
            del sys.modules[name]
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.alarm(_WALL)
        output = os.open(_log(copy), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        for stream in range(3):
            os.dup2(output, stream)
        code = int(run())
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


def _stop(group: int) -> None:
    """End what a killed fork has started and not ended."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _record(copy: Path, package: str, tests: tuple[str, ...], out: Path) -> int:
    """Run the tests under coverage, and write the trace."""
    from coverage import Coverage

    trace = Trace()
    coverage = Coverage(data_file=None, source=[str(copy / package)], config_file=False)
    coverage.start()
    code = pytest.main([*_OPTIONS, *tests], plugins=[_Recorder(trace, coverage.switch_context)])
    coverage.stop()
    data = coverage.get_data()
    for name in data.measured_files():
        path = Path(name).relative_to(copy).as_posix()
        for line, contexts in data.contexts_by_lineno(name).items():
            trace.lines[path, line] = set(contexts) - {""}
    out.write_bytes(pickle.dumps((trace.seconds, trace.failed, trace.lines)))
    return int(code)
