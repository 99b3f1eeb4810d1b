"""What the tests of the scripts rely on: a checker that sees what 5.1 does not take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_import
from tests.artifacts.powershell.harness import Engine, write
from tests.artifacts.powershell.samples import PLAIN
from tests.support.powershell import STANDINS

# Each was judged alike by the parser of psrun -Check.
NEWER = (
    "$a = $b ?? 1",
    "$a ??= 2",
    "$c = $a ? 1 : 2",
    "Get-A && Get-B",
    "Get-A || Get-B",
    "Get-A -AsHashtable",
    "1..3 | ForEach-Object -Parallel { $_ }",
    '"`u{1F600}"',
    "${x}?.Length",
    "${x}?[0]",
    "function f { end {} clean {} }",
    '"é"',
)
OLD = ("'`u{1}'", "$a = if ($b) { 1 }", "Get-X -B 1 -a 2; get-x -C", '"e"')


def test_what_windows_powershell_does_not_take_is_seen(engine: Engine, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.ps1" for number in range(len(NEWER + OLD))]
    for path, text in zip(paths, NEWER + OLD, strict=True):
        path.write_text(text, encoding="utf-8")

    reports = engine.check(paths)

    assert [bool(one["newer"]) for one in reports] == [True] * len(NEWER) + [False] * len(OLD)
    assert [one["errors"] for one in reports] == [[]] * len(paths)
    assert reports[-2]["commands"] == {"Get-X": ["a", "b", "c"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("exit 3", 3),
        ("throw 'x'", 1),
        ("Write-Error 'x'", 0),
        ("1/0; 'on'", 0),
        ("$ErrorActionPreference = 'Stop'; Write-Error 'x'", 1),
        ("param([int] $N) exit $N", 5),
        ("param([Parameter(Mandatory)] [int] $M) exit 7", 1),
    ],
)
def test_a_script_ends_as_if_it_were_started_by_file(
    engine: Engine, tmp_path: Path, text: str, code: int
) -> None:
    script = tmp_path / "t.ps1"
    script.write_text(text)
    arguments = ("-N", "5") if "$N" in text else ()

    assert engine.run(script, *arguments).code == code


def test_an_argument_comes_as_it_is(engine: Engine, tmp_path: Path) -> None:
    script = tmp_path / "t.ps1"
    script.write_text('param($A, [switch] $B) [Console]::Out.Write("[$A][$B]")')

    assert engine.run(script, "-A", "it's $x; \u2019 `n", "-B").out == "[it's $x; \u2019 `n][True]"


def test_the_stand_ins_have_every_command_that_a_script_calls(
    engine: Engine, tmp_path: Path
) -> None:
    exported = {
        name
        for path in STANDINS.glob("*/*.psd1")
        for name in re.findall(r"'(\w+-\w+)'", path.read_text(encoding="utf-8"))
    }
    scripts = write(powershell_import.emit(PLAIN), tmp_path)

    reports = engine.check(scripts)

    commands = {name for report in reports for name in report["commands"]}
    called = {name for name in commands if re.search("-(GP|AD)", name)}
    assert len(called) > 8
    assert called <= exported
