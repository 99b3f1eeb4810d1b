"""Several gpogens at once, under other users and with other temporary folders."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpogen.disk.directory import Directory
from gpogen.disk.lock import FILE, locked

DRIVER = Path(__file__).with_name("share_driver.py")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the builders are forked")


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that other users reach."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for side in ("a", "b"):
            (root / side).mkdir()
            for name in ("db", "web"):
                text = f"gpogen: 1\nname: {name}\ntitle: {side} {name}\n"
                text += "extends: [azlocal-ws2025-core]\n"
                (root / side / f"{name}.yaml").write_text(text, encoding="utf-8")
        yield root


def faults(root: Path, mode: str, rounds: int) -> list[str]:
    result = subprocess.run(
        [sys.executable, DRIVER, root, mode, str(rounds)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.stdout, result.stderr
    answer: list[str] = json.loads(result.stdout)
    return answer


def test_builds_at_once_leave_the_state_of_one_of_them(root: Path) -> None:
    assert faults(root, "folder lock", 4) == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["folder lock", "file lock", "by path"])
def test_many_builds_at_once_leave_the_state_of_one_of_them(root: Path, mode: str) -> None:
    assert faults(root, mode, 40) == []


@pytest.mark.parametrize("by_file", [False, True])
def test_a_dead_owner_s_lock_blocks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_file: bool
) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from gpogen.disk import directory, lock\n"
        f"if {by_file}: lock._lock_folder = lambda *_, **__: False\n"
        "with directory.Directory.open(pathlib.Path(sys.argv[1])) as folder, lock.locked(folder):\n"
        "    print('locked', flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"locked\n"
        owner.send_signal(signal.SIGKILL)
    if by_file:
        assert (tmp_path / FILE).exists()
        monkeypatch.setattr("gpogen.disk.lock._lock_folder", lambda *_, **__: False)
    monkeypatch.setattr("gpogen.disk.lock.WAIT_SECONDS", 0.0)

    with Directory.open(tmp_path) as folder, locked(folder):
        pass

    assert list(tmp_path.iterdir()) == []


def test_comparing_waits_for_a_build_and_not_for_another_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpogen.disk.lock.WAIT_SECONDS", 0.0)

    with Directory.open(tmp_path) as one, Directory.open(tmp_path) as two:
        with locked(one, shared=True), locked(two, shared=True):
            pass
        with locked(one), pytest.raises(Exception, match="another gpogen"):  # noqa: SIM117
            with locked(two, shared=True):
                pass
