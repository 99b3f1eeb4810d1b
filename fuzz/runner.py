"""Running a target by its own generator and mutations, without coverage."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from fuzz.dice import Dice
from fuzz.findings import Findings, HungError, measured
from fuzz.mutate import mutate
from fuzz.target import Target

_POOL = 64
_BATCH = 1024
BATCH_SECONDS = 120
"""No batch of inputs takes so long, even one whose inputs are all measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run did.

    Attributes:
        executions: inputs that were read.
        accepted: those that were read without any error.
        measured: those whose work and memory were counted, too.
        seconds: how long it took.
    """

    executions: int
    accepted: int
    measured: int
    seconds: float


def run(
    target: Target,
    findings: Findings,
    *,
    runs: int,
    seed: int,
    seconds: float = float("inf"),
    measure: int = _BATCH,
) -> Result:
    """Run a target without coverage.

    A pool of generated inputs is renewed all the time; each execution reads one of them, changed
    or as it is.

    Args:
        target: what to run.
        findings: takes what goes wrong.
        runs: executions.
        seed: decides every input.
        seconds: ends the run earlier.
        measure: counts work and memory of every input by this number.
    """
    dice = Dice(seed)
    pool = [target.generate(dice) for _ in range(_POOL)]
    count = accepted = counted = 0
    begin = time.monotonic()
    costly = measured(target)
    while count < runs and time.monotonic() - begin < seconds:
        with _within(BATCH_SECONDS):
            for _ in range(min(_BATCH, runs - count)):
                data = _next(target, dice, pool)
                accepted += findings.run(target.check, data)
                if count % measure == 0:
                    findings.run(costly, data)
                    counted += 1
                count += 1
    return Result(
        executions=count,
        accepted=accepted,
        measured=counted,
        seconds=time.monotonic() - begin,
    )


def _next(target: Target, dice: Dice, pool: list[bytes]) -> bytes:
    if dice.one_in(4):
        data = pool[dice.below(_POOL)] = target.generate(dice)
        return data
    return mutate(dice.pick(pool), dice, dice.pick(pool), target.words, target.most)


@contextlib.contextmanager
def _within(seconds: int) -> Iterator[None]:
    """End with an error what takes too long, where the system can."""
    if sys.platform == "win32":
        yield
        return

    def hung(_number: int, _frame: FrameType | None) -> None:
        raise HungError(f"an input has taken more than {seconds} s")

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
