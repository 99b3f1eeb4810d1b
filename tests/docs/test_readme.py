"""The README shows what the commands print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
_PART = re.compile(
    r"<!-- example: (?P<file>\S+) -->\n```yaml\n(?P<yaml>.*?)```|```console\n(?P<console>.*?)```",
    re.S,
)


def parts() -> Iterator[tuple[str, str]]:
    """Yield ("file NAME", text) and ("console", text) in the order of the README."""
    for match in _PART.finditer(TEXT):
        if match["file"]:
            yield f"file {match['file']}", match["yaml"]
        else:
            yield "console", match["console"]


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands and what they print."""
    for piece in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, printed = piece.partition("\n")
        yield command, printed


def run(command: str, folder: Path) -> str:
    """Run a gpogen command and return what a terminal of 100 columns would show."""
    words = shlex.split(command)
    assert words[0] == "gpogen"
    result = subprocess.run(
        [sys.executable, "-m", "gpogen", *words[1:]],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
        text=True,
        check=False,
        timeout=60,
    )
    return result.stdout


def test_every_command_of_the_readme_prints_what_the_readme_shows(tmp_path: Path) -> None:
    shown = 0
    for kind, text in parts():
        if kind != "console":
            path = tmp_path / kind.removeprefix("file ")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            continue
        for command, printed in commands(text):
            assert sorted(run(command, tmp_path).splitlines()) == sorted(printed.splitlines())
            shown += 1

    assert shown >= 5


def test_the_first_example_gives_no_finding(tmp_path: Path) -> None:
    kind, text = next(parts())
    path = tmp_path / Path(kind.removeprefix("file ")).name
    path.write_text(text, encoding="utf-8")

    from gpogen.workspace.select import select

    assert select([str(path)], "").findings == ()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([\w/.-]+)\)", TEXT))))
def test_every_link_to_a_page_leads_somewhere(link: str) -> None:
    assert (ROOT / link).is_file()
