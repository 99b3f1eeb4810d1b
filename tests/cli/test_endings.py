"""What the ending of ``--output`` says about the format, in every command that has one."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click
import pytest

from gpogen.cli import endings
from gpogen.cli.main import COMMANDS
from gpogen.errors import UsageError
from tests.cli.audit_reports import report
from tests.cli.conftest import Run, Workplace

WORDS = {"calendar": (), "forecast": (), "status": ("report.json",)}
"""The commands whose format ``--output`` can name, and what else they need."""
FIXED = {
    ("readiness",): ".ps1",
    ("releases", "export"): ".txt",
    ("releases", "import", "page.md"): ".yaml",
    ("import", "old.pol"): ".yaml",
    ("retire", "web.yaml"): ".yaml",
}
"""The commands that write one format into a file, and its ending."""


def module(name: str) -> Any:
    return importlib.import_module(f"gpogen.cli.{name}_command")


def with_a_file(command: click.Command, *path: str) -> list[tuple[str, ...]]:
    if isinstance(command, click.Group):
        return [
            item
            for name, inner in command.commands.items()
            for item in with_a_file(inner, *path, name)
        ]
    named = any(item.name == "output" and item.metavar != "DIR" for item in command.params)
    return [path] if named else []


def test_these_are_all_the_commands_that_write_a_file() -> None:
    found = [path for name in COMMANDS for path in with_a_file(module(name).command, name)]

    known: set[tuple[str, ...]] = {(name,) for name in WORDS}
    known |= {tuple(word for word in words if "." not in word) for words in FIXED}
    assert sorted(found) == sorted(known)


@pytest.fixture
def here(place: Workplace) -> Workplace:
    import json

    (place.root / "report.json").write_text(json.dumps(report()))
    return place


@pytest.mark.parametrize("command", WORDS)
@pytest.mark.parametrize("ending", [".png", ".pdf", ".xlsx", ".svgz", ".PNG"])
def test_an_ending_of_no_format_is_refused_with_the_formats_and_their_endings(
    gpogen: Run, here: Workplace, command: str, ending: str
) -> None:
    answer = gpogen(command, *WORDS[command], "-o", f"x{ending}", "--today", "2026-11-24")

    assert answer.code == 2
    for form, known in module(command).ENDINGS.items():
        if form != "kb-list":
            assert f"{known[0]} ({form})" in answer.err
    assert f"got x{ending}" in answer.err
    assert ("use .svg" in answer.err) is (
        ending.lower() in (".png", ".pdf") and command != "status"
    )
    assert not (here.root / f"x{ending}").exists()


@pytest.mark.parametrize("command", WORDS)
def test_a_format_takes_its_own_endings_no_ending_and_no_other(
    gpogen: Run, here: Workplace, command: str
) -> None:
    table = module(command).ENDINGS
    every = sorted({ending for known in table.values() for ending in known} | {".png", ""})
    for form, known in table.items():
        for ending in every:
            name = f"{form}-out{ending}"
            words = (*WORDS[command], "--format", form, "-o", name, "--today", "2026-11-24")
            answer = gpogen(command, *words)
            written = (here.root / name).exists()
            assert written is (ending in known or not ending), (form, ending, answer.err)
            if not written:
                assert answer.code == 2
                assert f"with --format {form}, must end with {known[0]}" in answer.err


@pytest.mark.parametrize("words", FIXED, ids=lambda words: words[0] + words[-1])
def test_a_command_with_one_format_refuses_any_other_ending(
    gpogen: Run, place: Workplace, words: tuple[str, ...]
) -> None:
    answer = gpogen(*words, "-o", "x.png")

    assert answer.code == 2
    assert f"must end with {FIXED[words]}" in answer.err
    assert not (place.root / "x.png").exists()


def test_an_ending_is_that_of_the_file_and_not_of_its_folder() -> None:
    known: endings.Endings = {"table": (".txt",), "svg": (".svg",)}

    assert endings.form_of(None, "calendar.d/x", known, "table") == "table"
    assert endings.form_of(None, "a.b/x.SVG", known, "table") == "svg"
    assert endings.form_of(None, "-", known, "table") == "table"
    assert endings.form_of("svg", str(Path("/dev/stdout")), known, "table") == "svg"
    with pytest.raises(UsageError, match=r"got a\.svg/x\.png"):
        endings.form_of(None, "a.svg/x.png", known, "table")
