"""Colour: on a terminal, where nobody says otherwise; and lines that fit it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gpogen.cli.main import COMMANDS
from tests.cli.conftest import Run, Workplace

ROOT = Path(__file__).resolve().parents[2]
ESCAPE = "\x1b["
_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES")
_CASES: list[tuple[dict[str, str], str, bool, bool]] = [
    # environment, --color, on a terminal, in a pipe
    ({}, "", True, False),
    ({"TERM": "dumb"}, "", False, False),
    ({"NO_COLOR": "1"}, "", False, False),
    ({"NO_COLOR": ""}, "", True, False),
    ({"FORCE_COLOR": "1"}, "", True, True),
    ({"FORCE_COLOR": "3"}, "", True, True),
    ({"FORCE_COLOR": "0"}, "", True, False),
    ({"FORCE_COLOR": ""}, "", True, False),
    ({"FORCE_COLOR": "1", "TERM": "dumb"}, "", True, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "", False, False),
    ({"NO_COLOR": "1", "TERM": "dumb"}, "always", True, True),
    ({"FORCE_COLOR": "1"}, "never", False, False),
    ({}, "always", True, True),
    ({}, "never", False, False),
    ({"NO_COLOR": "1"}, "auto", False, False),
    ({}, "auto", True, False),
]


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _VARIABLES}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm", **more}


def _piped(folder: Path, more: Mapping[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "gpogen", *arguments],
        cwd=folder,
        env=_environment(more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=60,
    ).stdout


def _on_terminal(folder: Path, more: Mapping[str, str], *arguments: str, wide: int = 100) -> str:
    """Run gpogen on a terminal of its own and return what it writes there."""
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, wide, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "gpogen", *arguments],
        cwd=folder,
        env=_environment(more),
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ):
        os.close(slave)
        parts = []
        while True:
            try:
                part = os.read(master, 1 << 16)
            except OSError:
                break
            if not part:
                break
            parts.append(part)
    os.close(master)
    return b"".join(parts).decode().replace("\r\n", "\n")


@pytest.mark.parametrize(("environment", "asked", "terminal", "pipe"), _CASES)
def test_the_option_decides_then_the_environment_then_the_terminal(
    place: Workplace, environment: dict[str, str], asked: str, terminal: bool, pipe: bool
) -> None:
    place.wrong()
    arguments = ("check", *(("--color", asked) if asked else ()))

    assert (ESCAPE in _on_terminal(place.root, environment, *arguments)) is terminal
    assert (ESCAPE in _piped(place.root, environment, *arguments)) is pipe


@pytest.mark.parametrize("command", [*COMMANDS])
def test_every_command_takes_the_option_after_its_name_and_before(
    gpogen: Run, command: str
) -> None:
    assert "--color" in gpogen(command, "--help").out
    assert gpogen("--color", "never", command, "--help").code == 0


def test_the_option_after_the_command_wins_over_the_one_before(
    gpogen: Run, place: Workplace
) -> None:
    place.wrong()

    assert ESCAPE in gpogen("--color", "always", "check").out
    assert ESCAPE not in gpogen("--color", "always", "check", "--color", "never").out
    assert ESCAPE in gpogen("--color", "never", "check", "--color", "always").out
    assert ESCAPE not in gpogen("check").out  # Nothing stays from one run to the next.


def test_another_word_than_the_three_is_refused(gpogen: Run) -> None:
    found = gpogen("check", "--color", "sometimes")

    assert found.code == 2
    assert "'auto', 'always', 'never'" in found.err


def test_a_file_that_is_written_is_never_colored(gpogen: Run, place: Workplace) -> None:
    for name in ("a.txt", "a.md", "a.json", "a.svg", "a.ics"):
        gpogen("calendar", "--color", "always", "-o", name, "--today", "2026-11-24")

        assert ESCAPE.encode() not in (place.root / name).read_bytes()


def test_the_text_is_the_same_with_and_without_color(gpogen: Run, place: Workplace) -> None:
    import re

    place.profile("web", "ring: 'pilot ##vso[task.x]'", "updates: {mode: sometimes}")
    colored = gpogen("check", "-v", "--color", "always").out
    plain = gpogen("check", "-v").out

    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
    assert "##vso[" not in colored


@pytest.mark.parametrize("wide", [80, 120])
@pytest.mark.parametrize("color", ["always", "never"])
def test_nothing_is_wider_than_the_terminal(place: Workplace, wide: int, color: str) -> None:
    import re

    from gpogen.text import columns

    place.profile("web", "ring: pilot", f"why: [{', '.join(['漢字'] * 200)}, {{a: b}}]")
    place.profile("db", "updates: {mode: sometimes, schedule: {day: saterday, at: 04:30}}")
    place.profile("base", extends="azlocal-ws2025-cor")
    shown = _on_terminal(place.root, {}, "check", "-v", "--color", color, wide=wide)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()

    assert [line for line in lines if columns(line) > wide] == []
    assert any("…" in line for line in lines)
