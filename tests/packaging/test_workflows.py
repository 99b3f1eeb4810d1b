"""The workflow files: pinned, without rights, and checked by those who know the mistakes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_PINNED = re.compile(r"\s*- uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def content(path: Path) -> dict[Any, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_there_are_workflows() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_whose_release_is_named(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert any("uses:" in line for line in lines)
    for line in lines:
        assert "uses:" not in line or _PINNED.fullmatch(line), line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_workflow_may_read_and_nothing_else(path: Path) -> None:
    assert content(path)["permissions"] == {"contents": "read"}
    for job in content(path)["jobs"].values():
        assert "permissions" not in job
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert "actions/checkout" not in step.get("uses", "") or (
                step["with"]["persist-credentials"] is False
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_text_of_an_event_reaches_a_shell(path: Path) -> None:
    assert content(path)["jobs"]
    for job in content(path)["jobs"].values():
        assert job["steps"]
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def found(name: str) -> str:
    beside = shutil.which(name, path=str(Path(sys.executable).parent))
    return beside or shutil.which(name) or ""


@pytest.mark.parametrize(
    "command",
    [("zizmor", "--offline", "--no-progress", "--persona=auditor"), ("actionlint", "-no-color")],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_checker_of_workflows_finds_nothing(path: Path, command: tuple[str, ...]) -> None:
    program = found(command[0])
    if not program:
        pytest.skip(f"{command[0]} is not installed")

    done = subprocess.run(
        [program, *command[1:], path], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stdout + done.stderr
