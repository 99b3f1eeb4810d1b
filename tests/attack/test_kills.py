"""A build is killed at every operation on a file, and at random moments.

Whenever it ends, each folder is as it was or as it is to be; the next build puts all right and
leaves nothing behind.

The fast suite kills at every fourth operation, the slow one at every single one, and 100 times at
random. GPOGEN_CAMPAIGN=long in the environment: 400 times at random.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.effort import is_whole

DRIVER = Path(__file__).with_name("kill_driver.py")
ROOT = Path(__file__).resolve().parents[2]
LONG = os.environ.get("GPOGEN_CAMPAIGN") == "long"
SCENARIOS = ("first", "rebuild", "signed", "prune")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a kill is a forked process's")


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of files are written and removed."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield with_profiles(Path(name))


def with_profiles(root: Path) -> Path:
    folder = root / "profiles"
    folder.mkdir()
    for name in ("db", "web"):
        text = f"gpogen: 1\nname: {name}\ntitle: {name}\nextends: [azlocal-ws2025-core]\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def run(root: Path, scenario: str, mode: str, step: int) -> dict[str, Any]:
    result = subprocess.run(
        [sys.executable, DRIVER, root, scenario, mode, str(step)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert result.stdout, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_build_may_be_killed_at_any_operation_on_a_file(root: Path, scenario: str) -> None:
    answer = run(root, scenario, "exchange", 4 if is_whole() else 10)

    assert answer["faults"] == []
    assert answer["kills"] > 5


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("mode", ["exchange", "renames", "file-lock", "path", "within"])
def test_a_build_may_be_killed_at_every_single_operation(
    root: Path, scenario: str, mode: str
) -> None:
    answer = run(root, scenario, mode, 1)

    assert answer["faults"] == []
    assert answer["kills"] > 5


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_build_may_be_killed_at_any_moment(root: Path, scenario: str) -> None:
    count = 100 if LONG else 25

    answer = run(root, scenario, "random", count)

    assert answer["faults"] == []
    assert answer["kills"] == count
