"""Every fuzz target, for a moment: the long runs are recorded in docs/security.md."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz import guided, runner
from fuzz.dice import Dice
from fuzz.findings import CostlyError, Findings, measured
from fuzz.mutate import mutate
from fuzz.target import MODULES, Target, load
from gpogen.errors import FormatError
from tests.support.effort import examples

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = {"journal": 100, "train": 100, "build": 100, "profile": 150, "import-file": 200}
"""Executions of the slower targets; the others get more."""


@pytest.mark.parametrize("name", MODULES)
def test_a_target_finds_nothing_in_a_short_run(name: str) -> None:
    findings = Findings()

    runs = examples(RUNS.get(name, 500))
    done = runner.run(load(name), findings, runs=runs, seed=20261128, measure=runs // 5)

    assert findings.found == {}
    assert done.accepted > 0
    assert done.measured > 0


@pytest.mark.parametrize("name", MODULES)
def test_a_target_makes_the_same_inputs_of_the_same_seed(name: str) -> None:
    target = load(name)

    def made() -> list[bytes]:
        dice = Dice(7)
        pool = [target.generate(dice) for _ in range(5)]
        return [*pool, *(mutate(data, dice, pool[0], target.words, target.most) for data in pool)]

    assert made() == made()


def faulty(data: bytes) -> None:
    if b"bug" in data:
        raise ValueError("a fault")
    if b"no" in data:
        raise FormatError("refused")


def target(check: object = faulty) -> Target:
    assert callable(check)
    return Target(generate=lambda dice: dice.pick((b"a bug", b"no", b"yes")), check=check)


def test_an_unexpected_error_is_a_finding_and_a_refusal_is_none(tmp_path: Path) -> None:
    findings = Findings(folder=tmp_path / "kept")

    done = runner.run(target(), findings, runs=300, seed=1)

    assert done.executions == 300
    assert 0 < done.accepted < 300
    ((key, (data, printed)),) = findings.found.items()
    assert key.startswith("ValueError at test_targets.py:")
    assert len(data) <= 5
    assert "a fault" in printed
    assert [path.read_bytes() for path in (tmp_path / "kept").iterdir()] == [data]


def test_work_and_memory_out_of_proportion_are_findings() -> None:
    def busy(data: bytes) -> None:
        sum(1 for _ in range(50_000 * len(data)))

    def greedy(data: bytes) -> None:
        bytearray(4_000_000 * len(data))

    for check in (busy, greedy):
        with pytest.raises(CostlyError):
            measured(target(check))(b"x")


def test_a_saved_input_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"PReg\1\0\0\0")

    done = subprocess.run(
        [sys.executable, "-m", "fuzz", "pol", tmp_path / "x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "pol: 1 inputs read\n")


@pytest.mark.slow
@pytest.mark.skipif(not guided.is_available(), reason="pip install atheris")
def test_a_target_runs_led_by_coverage(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])

    done = subprocess.run(
        [sys.executable, "-m", "fuzz", "lgpo", "--atheris", "--runs", "2000"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "stat::number_of_executed_units: 2" in done.stderr
    assert [*temporary.iterdir()] == []
