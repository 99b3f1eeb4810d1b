"""The same profiles give the same bytes, wherever and whenever they are built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OTHERS = ("python3.13", "python3.12", "python3.14", "python3.11")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build(
    output: Path, *, python: str = sys.executable, umask: int = 0o022, **environment: str
) -> dict[str, bytes]:
    """Build all shipped profiles in a process of its own."""
    subprocess.run(
        [python, "-m", "gpogen", "build", "-q", "--profiles", ROOT / "profiles", "-o", output],
        cwd=output.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        umask=umask,
        check=True,
        timeout=120,
    )
    return tree(output)


def other_python() -> str:
    """Find a Python of another version, or skip the test."""
    named = os.environ.get("GPOGEN_OTHER_PYTHON")
    for name in (named,) if named else OTHERS:
        path = shutil.which(name)
        code = "import sys; print(*sys.version_info[:2])"
        probe = path and subprocess.run(
            [path, "-c", code], capture_output=True, text=True, check=False, timeout=60
        )
        if path and probe and probe.returncode == 0:
            version = tuple(map(int, probe.stdout.split()))
            if version >= (3, 11) and version != sys.version_info[:2]:
                return path
    pytest.skip("no Python of another version is on PATH, nor named by GPOGEN_OTHER_PYTHON")


def test_locale_time_zone_hash_seed_umask_and_folder_leave_no_trace(tmp_path: Path) -> None:
    (tmp_path / "elsewhere ü").mkdir()
    one = build(
        tmp_path / "one", umask=0o022, LC_ALL="C", PYTHONUTF8="0", PYTHONHASHSEED="0", TZ="UTC"
    )
    two = build(
        tmp_path / "elsewhere ü" / "two",
        umask=0o077,
        LC_ALL="C.UTF-8",
        PYTHONHASHSEED="1",
        TZ="Pacific/Auckland",
        SOURCE_DATE_EPOCH="1",
        USER="somebody",
    )

    assert len(one) > 50
    assert one == two


def test_no_file_names_a_folder_of_this_machine(tmp_path: Path) -> None:
    files = build(tmp_path / "one")
    words = [str(ROOT / "profiles"), str(tmp_path)]
    encoded = [word.encode(codec) for word in words for codec in ("utf-8", "utf-16-le")]

    assert [name for name, data in files.items() if any(word in data for word in encoded)] == []


def test_the_committed_output_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gpogen", "build", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "its profile is gone" not in done.stderr


@pytest.mark.slow
def test_another_python_writes_the_same_bytes(tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([other_python(), "-m", "venv", environment], check=True, timeout=300)
    python = str(environment / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", ROOT],
        check=True,
        timeout=600,
    )

    assert build(tmp_path / "one", python=python) == build(tmp_path / "two")
