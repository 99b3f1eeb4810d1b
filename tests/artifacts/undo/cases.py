"""Runs many cases of the Set and Undo scripts in few starts of PowerShell under Wine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.artifacts.powershell.harness import Registry, Wine, parse_reg

HERE = Path(__file__).parent
_AT_ONCE = 6
_TIMEOUT = 400
_HEAD = "Windows Registry Editor Version 5.00\n\n"


@dataclass(frozen=True)
class Step:
    """One run of a script; without a script only what happens before it."""

    script: Path | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    load: str = ""
    before: str = ""


@dataclass(frozen=True)
class Ran:
    """What one run said, and the registry after it."""

    code: int
    text: str
    objects: list[dict[str, Any]]
    registry: Registry

    @property
    def states(self) -> dict[str, list[str]]:
        """The names of the settings by state."""
        found: dict[str, list[str]] = {}
        for item in self.objects:
            found.setdefault(item["State"], []).append(item["Name"])
        return found


def run_cases(
    wine: Wine, folder: Path, roots: Sequence[str], cases: Mapping[str, Sequence[Step]]
) -> dict[str, list[Ran]]:
    """Run each case on an empty machine; its steps follow one another on the same one."""
    found: dict[str, list[Ran]] = {}
    names = list(cases)
    # On a busy machine all of them in one start would go beyond the time that a start has.
    for first in range(0, len(names), _AT_ONCE):
        part = {name: cases[name] for name in names[first : first + _AT_ONCE]}
        place = folder / f"part{first}"
        place.mkdir()
        found |= _run(wine, place, roots, part)
    return found


def _run(
    wine: Wine, folder: Path, roots: Sequence[str], cases: Mapping[str, Sequence[Step]]
) -> dict[str, list[Ran]]:
    path, out = folder / "cases.json", folder / "out.jsonl"
    content = [
        {"name": name, "roots": list(roots), "runs": [_step(step, folder) for step in steps]}
        for name, steps in cases.items()
    ]
    path.write_text(json.dumps(content))
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
        number = row.pop("number")
        registry: Registry = {}
        for index in range(len(roots)):
            file = folder / f"out.jsonl.{number}.{index}.reg"
            if file.exists():
                registry |= parse_reg(file.read_bytes().decode("utf-16"))
        found.setdefault(row.pop("case"), []).append(Ran(**row, registry=registry))
    return found


def _step(step: Step, folder: Path) -> dict[str, object]:
    load = ""
    if step.load:
        path = folder / f"in{len(list(folder.glob('in*.reg')))}.reg"
        path.write_bytes(
            b"\xff\xfe" + (_HEAD + step.load).replace("\n", "\r\n").encode("utf-16-le")
        )
        load = f"Z:{path}"
    return {
        "script": f"Z:{step.script}" if step.script else "",
        "arguments": dict(step.arguments),
        "load": load,
        "before": step.before,
    }
