"""The hooks of pre-commit run what CI runs, at the versions that requirements/ pins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
HOOKS = ROOT / ".pre-commit-config.yaml"


def hooks() -> list[dict[str, Any]]:
    found = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in found["repos"]] == ["local"], "a second list of versions"
    return [hook for repo in found["repos"] for hook in repo["hooks"]]


def test_every_hook_runs_in_the_environment_that_is_pinned() -> None:
    for hook in hooks():
        assert hook["language"] == "system"
        assert hook["entry"].startswith("sh scripts/dev ")


def test_every_check_of_python_and_of_the_output_that_ci_makes_is_a_hook() -> None:
    ran = re.findall(r'"\$python" -m (.*)', (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    ours = {tuple(hook["entry"].split()[2:4]) for hook in hooks()}

    assert ours == {tuple(line.split()[:2]) for line in ran if "--platform" not in line}
