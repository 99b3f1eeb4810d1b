"""Every script parses, holds nothing newer than Windows PowerShell 5.1, and has its help."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gpogen.artifacts import (
    powershell_import,
    powershell_install,
    powershell_iso,
    powershell_restore,
    powershell_set,
    powershell_undo,
    sconfig,
)
from gpogen.outputs.signed import SIGNABLE
from tests.artifacts.powershell.harness import Engine, write
from tests.artifacts.powershell.samples import ACTIONS, EMPTY, HOSTILE, PLAIN, SAMPLES
from tests.support.profiles import shipped

MODULES = (
    powershell_import,
    powershell_set,
    powershell_undo,
    powershell_restore,
    powershell_install,
    powershell_iso,
    sconfig,
)
FORBIDDEN = re.compile(r"Add-Type|Invoke-Expression|\biex\b|Invoke-WebRequest|DownloadString")


def scripts(folder: Path) -> list[Path]:
    return [
        path
        for name, sample in SAMPLES.items()
        for module in MODULES
        for path in write(module.emit(sample), folder / name)
        if path.suffix in SIGNABLE
    ]


@pytest.fixture(scope="module")
def reports(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    paths = scripts(tmp_path_factory.mktemp("scripts"))
    found = engine.check(paths)
    assert len(found) == len(paths) > len(SAMPLES)
    return found


def test_every_script_parses_and_is_for_windows_powershell(reports: list[dict[str, Any]]) -> None:
    assert [r for r in reports if r["errors"] or r["newer"] or r["requires"]] == []


def test_hostile_text_adds_no_command(reports: list[dict[str, Any]]) -> None:
    by_name: dict[str, list[object]] = {}
    for report in reports:
        if "empty" not in Path(report["file"]).parts:
            by_name.setdefault(Path(report["file"]).name, []).append(report["commands"])
    assert len(by_name) > 2
    for name, commands in by_name.items():
        assert len(commands) > 1
        assert all(found == commands[0] for found in commands), name


@pytest.mark.parametrize("module", MODULES)
def test_no_script_loads_code_from_elsewhere(module: ModuleType) -> None:
    for sample in SAMPLES.values():
        for file in module.emit(sample):
            assert not FORBIDDEN.search(file.data.decode("utf-8-sig"))


@pytest.mark.parametrize("module", MODULES)
def test_the_bytes_depend_on_the_profile_alone(module: ModuleType) -> None:
    assert module.emit(PLAIN) == module.emit(PLAIN)


def test_every_script_has_help_with_examples_and_the_profiles_identity() -> None:
    for module in MODULES:
        for file in module.emit(PLAIN):
            if file.path.endswith(".ps1"):
                text = file.data.decode("utf-8-sig")
                for part in (".SYNOPSIS", ".DESCRIPTION", ".EXAMPLE", PLAIN.header.digest, "pilot"):
                    assert part in text, (file.path, part)


def test_get_help_shows_the_help(engine: Engine, tmp_path: Path) -> None:
    path = write(powershell_import.emit(PLAIN), tmp_path)[0]
    ask = tmp_path / "ask.ps1"
    ask.write_text(
        f"$help = Get-Help '{path}' -Full\n$help.Synopsis\n"
        "$help.parameters.parameter | ForEach-Object { $_.name }\n"
        "@($help.examples.example).Count\n"
    )
    lines = engine.run(ask).out.splitlines()
    assert lines[0].startswith(f"Imports the GPO of the profile {PLAIN.header.name}")
    assert "Rollback" in lines
    assert "LinkOnly" in lines
    assert lines[-1] == "3"


def test_the_import_script_describes_each_of_its_parameters() -> None:
    text = powershell_import.emit(PLAIN)[0].data.decode("utf-8-sig")
    block = text[text.index("\r\nparam(") : text.index("\r\n)\r\n", text.index("\r\nparam("))]
    named = re.findall(r"\$(\w+)", block)
    assert len(named) == 13
    assert [f".PARAMETER {name}" in text for name in named] == [True] * len(named)


def test_hostile_text_makes_no_keyword_of_the_help() -> None:
    text = powershell_set.emit(SAMPLES["hostile"])[0].data.decode("utf-8-sig")
    keywords = re.findall(r"(?m)^\s*(\.[A-Z]+)", text[: text.index("\r\n#>")])
    parameters = [".PARAMETER"] * 4
    assert keywords == [".SYNOPSIS", ".DESCRIPTION", *parameters, ".EXAMPLE", ".EXAMPLE"]


def test_file_names_come_from_the_profile() -> None:
    paths = [file.path for module in MODULES for file in module.emit(PLAIN)]
    assert paths == [
        "powershell/Import-AzlocalWs2022CoreGpo.ps1",
        "powershell/gpogen-import.psm1",
        "powershell/Set-AzlocalWs2022Core.ps1",
        "powershell/Undo-AzlocalWs2022Core.ps1",
        "powershell/Restore-HotpatchBaseline.ps1",
        "powershell/Install-Updates.ps1",
        "sconfig/Set-UpdateMode.cmd",
        "sconfig/Set-UpdateMode.ps1",
    ]


def test_sconfig_files_are_made_only_where_they_fit() -> None:
    assert sconfig.emit(EMPTY) == ()
    assert [file.path for file in sconfig.emit(ACTIONS)] == ["sconfig/Set-UpdateMode.ps1"]


def test_the_batch_file_holds_no_text_of_the_author() -> None:
    batch = sconfig.emit(SAMPLES["hostile"])[0].data
    assert batch.isascii()
    assert not set(HOSTILE.split()) & set(batch.decode().split()) - {"&", "|", "<#", "#>"}


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_constrained_language_mode_stops_a_script_at_once(
    engine: Engine, tmp_path: Path, name: str
) -> None:
    prelude = tmp_path / "constrained.ps1"
    prelude.write_text("$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'\n")
    for module in MODULES:
        for path in write(module.emit(SAMPLES[name]), tmp_path):
            if path.suffix == ".ps1":
                done = engine.run(path, prelude=(prelude,))
                assert done.code == 1
                assert "Constrained Language Mode" in done.out
                assert "Nothing was changed" in done.out


def test_the_import_scripts_of_the_shipped_profiles_are_short_and_share_one_module() -> None:
    made = [powershell_import.emit(sample) for sample in shipped()]
    assert len(made) > 1
    for script, _module in made:
        assert script.data.count(b"\n") < 200, script.path
    assert len({module.data for _script, module in made}) == 1


def test_what_a_script_warns_about_is_also_in_its_log() -> None:
    """SYSTEM's scheduled task has no screen: what is not in the log is lost."""
    found = 0
    for module in MODULES:
        for file in module.emit(SAMPLES["actions"]):
            text = file.data.decode("utf-8-sig")
            if "$LogPath" in text:
                found += 1
                uses = re.findall(r"(?m)^.*Write-Problem.*$", text)
                # Its definition, the warning about the log itself, and Write-Trouble.
                assert len(uses) == 3, (file.path, uses)
    assert found == 5


def test_scripts_that_service_a_machine_need_a_64_bit_process(
    engine: Engine, tmp_path: Path
) -> None:
    switches = {"Install-Updates": ("-AssessOnly",), "Restore-HotpatchBaseline": ()}
    for module in (powershell_restore, powershell_install):
        path = write(module.emit(PLAIN), tmp_path)[0]
        text = path.read_text(encoding="utf-8-sig")
        assert text.count("[System.Environment]::Is64BitProcess") == 1
        text = text.replace("[System.Environment]::Is64BitProcess", "$false")
        text = text.replace("$root = Open-Root", "throw 'too late'")
        path.write_text(text, encoding="utf-8-sig")
        done = engine.run(path, *switches[path.stem])
        assert (done.code, "require a 64-bit PowerShell" in done.out) == (1, True), done.out
