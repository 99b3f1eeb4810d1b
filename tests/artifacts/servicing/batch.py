"""Runs many cases of a script on a made-up machine, in one start of PowerShell under Wine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.artifacts.powershell.harness import Wine

HERE = Path(__file__).parent
_TIMEOUT = 600
"""Seconds for a whole batch, which takes twenty on an idle machine."""


@dataclass(frozen=True)
class Step:
    """One run of a script: what happens before it, its arguments, the answers to its questions."""

    arguments: Mapping[str, object] = field(default_factory=dict)
    before: str = ""
    answers: Sequence[int] = ()


@dataclass(frozen=True)
class Ran:
    """What one run said and did."""

    code: int
    text: str
    asked: list[str]
    files: list[str]
    did: list[str]
    objects: list[dict[str, Any]]
    packages: list[str]
    tasks: list[str]
    values: list[str]
    mode: list[str]


def run_cases(
    wine: Wine, folder: Path, script: Path, cases: Mapping[str, Sequence[Step]]
) -> dict[str, list[Ran]]:
    """Run each case on a new machine; its steps follow one another on the same one."""
    path, out = folder / "cases.json", folder / "out.jsonl"
    path.write_text(
        json.dumps(
            [
                {
                    "name": name,
                    "runs": [
                        {
                            "script": f"Z:{script}",
                            "before": step.before,
                            "arguments": dict(step.arguments),
                            "answers": list(step.answers),
                        }
                        for step in steps
                    ],
                }
                for name, steps in cases.items()
            ]
        )
    )
    done = wine.call(
        str(wine.home / "psrun-wine"),
        "-Prelude",
        f"Z:{HERE / 'machine.ps1'}",
        "-File",
        f"Z:{HERE / 'run.ps1'}",
        f"Z:{path}",
        f"Z:{out}",
        timeout=_TIMEOUT,
    )
    assert done.code == 0, done.out
    found: dict[str, list[Ran]] = {}
    for line in out.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row.pop("case"), []).append(Ran(**row))
    return found
