"""The journal of a killed run, healed on disk: nothing outside the working folder changes."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.disk.directory import Directory
from gpogen.workspace import journal, stage

_PATHS = ("a.txt", "b/c.txt", "../x", "..", ".", "", "/x", "b", "b/", "b//c.txt", "a.txt/d")
_NAMES = ("web", "..", ".", "", "../../outside", "web/b", "WEB")
_PARTS = ("new", "old", "gone")


def generate(dice: Dice) -> bytes:
    """Make a journal of a few folders."""
    lines = [json.dumps(_line(dice)).encode() + b"\n" for _ in range(1 + dice.below(3))]
    data = b"".join(lines)
    return data[: dice.below(len(data))] if dice.one_in(8) else data


def _line(dice: Dice) -> object:
    if dice.one_in(12):
        return dice.pick(([], 5, None, {"files": []}, {"files": 5, "folder": "web"}))
    name = dice.text() if dice.one_in(4) else dice.pick(_NAMES)
    files = [dice.text() if dice.one_in(4) else dice.pick(_PATHS) for _ in range(dice.below(4))]
    return {"files": files, "folder": name}


def check(data: bytes) -> None:
    """Heal an output folder with this journal; its neighbours and a foreign file stay."""
    with tempfile.TemporaryDirectory(dir=_fast()) as root:
        outside, output = Path(root, "outside"), Path(root, "output")
        outside.mkdir()
        outside.joinpath("x").touch()
        working = output / stage._new_name()
        for part in _PARTS:
            (working / part).mkdir(parents=True)
        (working / journal.NAME).write_bytes(data)
        inner = working / "new" / "web" / "b"
        inner.mkdir(parents=True)
        inner.joinpath("foreign").touch()
        inner.parent.joinpath("a.txt").touch()
        with Directory.open(output) as folder:
            stage.heal(folder)
        assert outside.joinpath("x").exists(), "a file outside is gone"
        assert inner.joinpath("foreign").exists(), "a file that nobody listed is gone"


def _fast() -> str | None:
    """Return a folder in memory, where the system has one."""
    return "/dev/shm" if os.path.isdir("/dev/shm") else None


TARGET = Target(
    generate=generate,
    check=check,
    words=(b'"folder"', b'"files"', b'"web"', b'"../', b"\\ud800", b"\\u0000", b"[[[[", b'".."'),
    most=512,
    steps=(100_000, 2_000),
)
