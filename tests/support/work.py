"""Work and memory, counted instead of timed: the same on every machine."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def steps_of(function: Callable[[], object]) -> int:
    """Count the bytecodes of Python that a call executes, in all functions that it calls."""
    count = 0

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def calls_of(function: Callable[[], object], name: str) -> int:
    """Count the calls of a function of Python or C by its name."""
    count = 0

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal count
        if event == "call":
            count += frame.f_code.co_name == name
        elif event == "c_call":
            count += getattr(arg, "__name__", "") == name

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def peak_of(function: Callable[[], object]) -> int:
    """Return the most bytes that Python's objects took while a function ran."""
    gc.collect()
    tracemalloc.start()
    try:
        kept = function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        kept = None
        del kept


def growth(measure: Callable[[int], int], small: int) -> float:
    """Return how many times as much four times the input takes: 4 where the work is linear."""
    measure(small)  # Whatever is loaded once is loaded now.
    return measure(4 * small) / measure(small)


LINEAR = 5.5
"""The most that four times the input may take: n log n stays below, n squared is near 16."""


def gpogen_within(folder: Path, *args: str, seconds: int, megabytes: int) -> int:
    """Run gpogen under limits of the system, and return the exit code; negative when it was ended.

    The limits are documented bounds of resources, several times what is needed.
    """
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    with (folder / "told").open("wb") as told:
        return subprocess.run(
            [sys.executable, "-m", "gpogen", *args],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
            preexec_fn=limit,
            check=False,
        ).returncode
