"""Profiles with one mistake each: the message, its place, its help, and nothing written.

The end of each file says what is expected, one line per error:
``# expect: GP013 4:20 part of the message or fix | another part``; ``other.yaml:4:20`` when the
error stands in another file.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gpogen.finding import Finding, Severity
from gpogen.workspace.select import select

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
FILES = sorted(FOLDER.glob("*.yaml"))
SHOWN = FOLDER.relative_to(ROOT).as_posix()
_EXPECT = re.compile(r"# expect: (\S+) (?:(\S+):)?([0-9]+):([0-9]+) (.+)")
_MADE_HERE = {"GP001", "GP004", "GP021", "GP025"}
"""What no readable file of the folder can show: :mod:`test_made_files` makes those."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of expectation."""

    id: str
    file: str
    line: int
    col: int
    parts: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.col}"

    def fits(self, found: Finding) -> bool:
        said = f"{found.message}\n{found.fix}"
        same = found.id == self.id and str(found.at) == f"{SHOWN}/{self.place}"
        return same and all(part in said for part in self.parts)


def _expected(path: Path) -> list[Expected]:
    lines = [_EXPECT.fullmatch(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Expected(m[1], m[2] or path.name, int(m[3]), int(m[4]), tuple(m[5].split(" | ")))
        for m in lines
        if m is not None
    ]


def _errors(findings: Iterable[Finding]) -> list[Finding]:
    return [item for item in findings if item.severity is Severity.ERROR]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_exactly_the_expected_errors_are_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    expected = _expected(path)
    assert expected, "the file does not say what is expected"
    found = _errors(select([f"{SHOWN}/{path.name}"], "profiles").findings)
    for wanted in expected:
        fitting = [item for item in found if wanted.fits(item)]
        assert len(fitting) == 1, (wanted, found)
        found.remove(fitting[0])
    assert not found


def _ids() -> set[str]:
    from gpogen.catalog.rules import rule_page
    from tests.support.rules import CHECKED

    source = "".join(path.read_text("utf-8") for path in (ROOT / "gpogen").rglob("*.py"))
    no_errors = {"GP026", "GP031", "GP038", "GP040", "GP041", "GP061"}
    emitted = set(re.findall(r'"(GP[0-9]{3})"', source)) - no_errors
    sometimes = {"HP005", "HP027", "FEATURE-UPDATE-HOLD"}  # Errors in some cases only.
    always = {rule for rule in CHECKED if rule_page(rule).severity is Severity.ERROR}
    always.remove("HP006")  # Only somebody else's GPO can lack the extension.
    return emitted | always | sometimes


def test_every_id_that_can_be_an_error_has_a_file() -> None:
    covered = {wanted.id for path in FILES for wanted in _expected(path)}
    assert _ids() - covered - _MADE_HERE == set()


def test_every_expected_word_is_help_and_not_the_parser_s_own_jargon() -> None:
    assert FILES
    for path in FILES:
        assert _expected(path), path
        for wanted in _expected(path):
            said = " ".join(wanted.parts)
            assert "pydantic" not in said, path
            assert "NoneType" not in said, path


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], Path]:
    output = tmp_path_factory.mktemp("build") / "out"
    command = [sys.executable, "-m", "gpogen", "build", "-o", str(output), SHOWN]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done, output


def test_the_command_ends_with_one_and_writes_nothing(
    built: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, output = built
    assert done.returncode == 1, done.stderr
    assert "nothing was written" in done.stderr
    assert not output.exists()


def test_the_command_shows_no_traceback(
    built: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, _ = built
    assert "Traceback" not in done.stdout + done.stderr
    assert "internal fault" not in done.stdout + done.stderr


def test_the_command_prints_every_expected_error_at_its_place(
    built: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, _ = built
    lines = set(re.findall(r"^(\S+): error (\S+): ", done.stderr, re.M))
    expected = {(f"{SHOWN}/{w.place}", w.id) for path in FILES for w in _expected(path)}
    assert expected - lines == set()


def test_an_output_folder_that_is_there_stays_as_it_was(tmp_path: Path) -> None:
    kept = tmp_path / "out" / "mode-misspelt" / "README.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("kept")
    command = [sys.executable, "-m", "gpogen", "build", "-o", str(tmp_path / "out")]
    command += [f"{SHOWN}/mode-misspelt.yaml", "profiles/arc-ws2025-standard.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["mode-misspelt", "README.txt"]
    assert kept.read_text() == "kept"
