from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from gpogen.cli import main

Run: TypeAlias = "Callable[..., Answer]"

ALLOWED = (
    "allow: [{rule: HP036, why: not what these tests are about}]",
    "assured: [{what: secure-boot-certificates, why: nor this}]",
)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Workplace:
    """An administrator's folder, the current one, with profiles that extend shipped ones."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "output"

    def profile(self, name: str, *lines: str, extends: str = "azlocal-ws2025-core") -> Path:
        path = self.root / "profiles" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        head = ["gpogen: 1", f"name: {name}", f"title: The {name} servers"]
        quiet: tuple[str, ...] = ALLOWED if "azlocal" in extends else ALLOWED[1:]
        quiet = tuple(line for line in quiet if not any(one[:7] == line[:7] for one in lines))
        text = [*head, f"extends: [{extends}]", *lines, *quiet, ""]
        path.write_text("\n".join(text), encoding="utf-8")
        return path

    def base(self, name: str) -> Path:
        path = self.root / "profiles" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"gpogen: 1\nname: {name}\nextends: [hotpatch-base]\n", encoding="utf-8")
        return path

    def wrong(self, name: str = "wrong") -> Path:
        return self.profile(name, "updates: {mode: sometimes}")

    def tree(self) -> dict[str, bytes]:
        """Everything in the output folder, links not followed."""
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    return Workplace(tmp_path)


def _stdin(data: bytes) -> io.TextIOWrapper:
    """Standard input as Python opens it: its buffer can be looked into."""
    return io.TextIOWrapper(io.BufferedReader(io.BytesIO(data)), encoding="utf-8")


@pytest.fixture
def gpogen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*arguments: str, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr("sys.stdin", _stdin(stdin))
        capsys.readouterr()
        code = main._run(list(arguments))
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return run
