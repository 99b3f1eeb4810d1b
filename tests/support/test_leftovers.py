"""A run that leaves something in the temporary folder fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CASE = "import tempfile\ndef test_x():\n    tempfile.mkdtemp(prefix='left-')\n"


@pytest.mark.parametrize(("text", "code"), [(CASE, 1), ("def test_x(): pass\n", 0)])
@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_is_left_in_the_temporary_folder_fails_the_run(
    tmp_path: Path, text: str, code: int, workers: str
) -> None:
    (tmp_path / "test_x.py").write_text(text)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "tests.conftest", "test_x.py"],
        cwd=tmp_path,
        env={name: value for name, value in environment.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stdout + done.stderr
    assert ("left-" in done.stdout) is bool(code)
    assert [path.name for path in temporary.iterdir() if "pytest-of" not in path.name] == []
