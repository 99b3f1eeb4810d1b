"""What went wrong: each place of the code once, with the smallest input that leads there."""

from __future__ import annotations

import contextlib
import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.target import EXPECTED, Target
from tests.support.work import peak_of, steps_of


class HungError(Exception):
    """One input takes longer than any may."""


class CostlyError(AssertionError):
    """One input costs more work or memory than its size allows."""


@dataclass(slots=True)
class Findings:
    """The unexpected errors of a run.

    Attributes:
        folder: where their inputs are written; None to keep none.
        found: by exception and place in the code, the smallest input and what was printed.
    """

    folder: Path | None = None
    found: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def run(self, check: Callable[[bytes], None], data: bytes) -> bool:
        """Let a check read an input; tell whether it was accepted, and note what went wrong."""
        try:
            check(data)
        except EXPECTED:
            return False
        except Exception as error:
            self.add(error, data)
            return False
        return True

    def add(self, error: Exception, data: bytes) -> None:
        """Note an error, unless a smaller input led to the same place."""
        key = f"{type(error).__name__} at {_place(error)}"
        known = self.found.get(key)
        if known is not None and len(known[0]) <= len(data):
            return
        self.found[key] = data, "".join(traceback.format_exception(error))
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(key.encode()).hexdigest()[:16]
            (self.folder / name).write_bytes(data)


def _place(error: Exception) -> str:
    """Return the innermost place of a traceback that is in gpogen, else in the target."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "gpogen" in Path(frame.filename).parts] or list(frames)
    last = own[-1]
    return f"{Path(last.filename).name}:{last.lineno} ({last.name})"


def measured(target: Target) -> Callable[[bytes], None]:
    """Wrap a check, so that it asserts that work and memory are in proportion to the input."""

    def check(data: bytes) -> None:
        def quiet() -> None:
            with contextlib.suppress(EXPECTED):
                target.check(data)

        fixed, each = target.steps
        if (steps := steps_of(quiet)) > (most := fixed + each * len(data)):
            raise CostlyError(f"{steps} bytecodes for {len(data)} bytes, {most} are allowed")
        fixed, each = target.memory
        if (peak := peak_of(quiet)) > (most := fixed + each * len(data)):
            raise CostlyError(f"{peak} bytes of memory for {len(data)} bytes, {most} are allowed")

    return check
