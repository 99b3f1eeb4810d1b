"""Running a target led by coverage: atheris, which is libFuzzer with Python's branches."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

from fuzz.dice import Dice
from fuzz.target import EXPECTED, load

_SEEDS = 256


def is_available() -> bool:
    """Tell whether atheris is installed."""
    return importlib.util.find_spec("atheris") is not None


def run(name: str, *, runs: int, seed: int, seconds: int, crashes: Path) -> None:
    """Run a target, and end the process: libFuzzer prints what it did, and stops at a finding.

    Args:
        name: the target.
        runs: executions; -1 for no end.
        seed: decides the generated seeds and the mutations.
        seconds: ends the run earlier; 0 for no end.
        crashes: the folder that an input which fails is written into.
    """
    crashes.mkdir(parents=True, exist_ok=True)
    # LibFuzzer ends its process at once, so another one removes what it worked with.
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            tempfile.tempdir = folder
            _fuzz(name, Path(folder), runs, seed, seconds, crashes)
            os._exit(0)
        _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status))


def _fuzz(name: str, folder: Path, runs: int, seed: int, seconds: int, crashes: Path) -> None:
    """Run a target in this process, with a folder for its seeds."""
    import atheris

    with atheris.instrument_imports(include=["gpogen"]):
        target = load(name)
        _warm(name)

    def once(data: bytes) -> None:
        try:
            target.check(data)
        except EXPECTED:
            return

    seeds, words = folder / "seeds", folder / "words"
    seeds.mkdir()
    dice = Dice(seed)
    for number in range(_SEEDS):
        (seeds / str(number)).write_bytes(target.generate(dice))
    words.write_text("".join(map(_quoted, target.words)), encoding="ascii")
    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={runs}",
            f"-seed={seed or 1}",
            f"-max_total_time={seconds}",
            f"-max_len={target.most}",
            f"-dict={words}",
            f"-artifact_prefix={crashes}/",
            "-timeout=60",
            "-print_final_stats=1",
            str(seeds),
        ],
        once,
    )
    atheris.Fuzz()


def _quoted(word: bytes) -> str:
    """Write a line of libFuzzer's dictionary."""
    return '"' + "".join(rf"\x{byte:02x}" for byte in word) + '"\n'


def _warm(name: str) -> None:
    """Import what the target imports late, while imports are instrumented."""
    target = load(name)
    dice = Dice(0)
    for _ in range(50):
        try:
            target.check(target.generate(dice))
        except EXPECTED:
            continue
