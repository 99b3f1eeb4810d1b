"""The Set script saves what it deletes, and deletes nothing that it could not save."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_set
from gpogen.compile.result import Compiled
from gpogen.policy.types import Action, RegType
from tests.artifacts.factory import compiled, deletion
from tests.artifacts.powershell.harness import Engine, Outcome, Registry, Wine, forget, write
from tests.artifacts.powershell.samples import ACTIONS, BASE, PLAIN, action, machine

pytestmark = pytest.mark.slow
ODD = "Old 'x' & %y% $(z) \u2019"


def gone(*names: str) -> bytes:
    return (";".join(names) + "\0").encode("utf-16-le")


TREES = compiled(
    policy=(
        action(Action.DELETE_KEYS, data=gone("Old", ODD)),
        deletion("value", key=BASE + r"\Other"),
        deletion("absent", key=BASE + r"\Fourth"),
        action(Action.DELETE_VALUES, key=BASE + r"\Other\Below"),
        machine("new", RegType.DWORD, 1),
    )
)


@pytest.fixture
def registry(wine: Wine, tmp_path: Path) -> Wine:
    wine.clear(r"SOFTWARE\Policies\Gpogen")
    forget(wine)
    wine.load(
        f'[HKEY_LOCAL_MACHINE\\{BASE}]\n"stays"="1"\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\Old\\Deep\\Deeper]\n"x"="y"\n@="d"\n"b"=hex:00,01\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\{ODD}]\n"e"=hex(2):25,00,00,00\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\Other]\n"value"=dword:00000009\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\Other\\Below]\n"a"="b"\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\Third]\n"q"=hex(b):01,00,00,00,00,00,00,00\n\n',
        tmp_path,
    )
    return wine


def set_script(sample: Compiled, folder: Path) -> Path:
    return write(powershell_set.emit(sample), folder)[0]


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.reg"))


def run(registry: Wine, script: Path, saved: Path, *options: str) -> Outcome:
    return registry.run(script, "-BackupPath", f"Z:{saved}", *options)


def all_of(registry: Wine, folder: Path) -> Registry:
    return registry.values(r"SOFTWARE\Policies\Gpogen", folder)


def test_the_printed_lines_bring_back_what_was_deleted(registry: Wine, tmp_path: Path) -> None:
    saved = tmp_path / "it's $(saved) & more"
    before = all_of(registry, tmp_path)
    done = run(registry, set_script(TREES, tmp_path), saved)
    assert done.code == 0, done.out
    after = all_of(registry, tmp_path)
    assert (BASE + r"\Old", "\0key") not in after
    assert (BASE + "\\" + ODD, "e") not in after
    assert (BASE + r"\Other", "value") not in after
    assert (BASE + r"\Other\Below", "a") not in after
    assert len(files(saved)) == 3
    lines = [line for line in done.out.splitlines() if line.startswith("& ")]
    assert len(lines) == 3
    assert all(line.startswith(r"& 'C:\windows\system32\reg.exe' import '") for line in lines)
    restore = tmp_path / "restore.ps1"
    restore.write_text("\n".join(lines), encoding="utf-8-sig")
    again = registry.run(restore)
    assert again.code == 0, again.out
    restored = all_of(registry, tmp_path)
    assert {place: restored.get(place) for place in before} == before


def test_nothing_is_saved_where_nothing_is_deleted(registry: Wine, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    script = set_script(TREES, tmp_path)
    assert run(registry, script, saved).code == 0
    count = len(files(saved))
    again = run(registry, script, saved)
    assert "Nothing was changed" in again.out
    assert len(files(saved)) == count
    assert run(registry, set_script(PLAIN, tmp_path), tmp_path / "other").code == 0
    assert not (tmp_path / "other").exists()


def test_whatif_names_what_would_be_saved(registry: Wine, tmp_path: Path) -> None:
    before = all_of(registry, tmp_path)
    saved = tmp_path / "saved"
    done = run(registry, set_script(TREES, tmp_path), saved, "-WhatIf")
    assert done.code == 2, done.out
    assert rf"What if: save HKEY_LOCAL_MACHINE\{BASE}\Old below Z:{saved}".replace("/", "\\") in (
        done.out.replace("/", "\\")
    )
    assert rf"save HKEY_LOCAL_MACHINE\{BASE}\Other below" in done.out
    assert r"\Other\Below below" not in done.out
    assert all_of(registry, tmp_path) == before
    assert not saved.exists()


def test_nothing_is_changed_when_saving_fails(registry: Wine, tmp_path: Path) -> None:
    before = all_of(registry, tmp_path)
    saved = tmp_path / "a file"
    saved.write_text("x")
    done = run(registry, set_script(TREES, tmp_path), saved)
    assert done.code == 1
    assert "The script failed: " in done.out
    assert all_of(registry, tmp_path) == before


def test_nothing_is_changed_when_reg_cannot_export(registry: Wine, tmp_path: Path) -> None:
    before = all_of(registry, tmp_path)
    script = set_script(TREES, tmp_path)
    text = script.read_text(encoding="utf-8-sig")
    for broken in (
        text.replace("'/reg:64'", "'/nonsense'"),
        text.replace("'export', \"HKLM\\$Path\"", "'export', \"HKLM\\$Path\\absent\""),
        text.replace("'export', \"HKLM\\$Path\"", f"'export', \"HKLM\\{BASE}\\Third\"", 1),
        text.replace("'reg.exe')", "'absent.exe')"),
    ):
        assert broken != text
        script.write_text(broken, encoding="utf-8-sig")
        done = run(registry, script, tmp_path / "saved")
        assert done.code == 1, done.out
        assert all_of(registry, tmp_path) == before


def test_the_documents_are_the_default(registry: Wine, tmp_path: Path) -> None:
    done = registry.run(set_script(ACTIONS, tmp_path))
    assert done.code == 0, done.out
    assert re.search(r"import 'C:\\users\\[^']*\\gpogen-backups\\Set-[^']*\\1\.reg'", done.out)


def test_every_run_saves_into_a_folder_of_its_own(registry: Wine, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    sample = compiled(policy=(action(Action.DELETE_VALUES, key=BASE + r"\Third"),))
    script = set_script(sample, tmp_path)
    for text in ("first", "second"):
        registry.load(f'[HKEY_LOCAL_MACHINE\\{BASE}\\Third]\n"{text}"="x"\n', tmp_path)
        assert run(registry, script, saved).code == 0
    texts = [path.read_bytes().decode("utf-16") for path in files(saved)]
    assert [sum(word in text for text in texts) for word in ("first", "second")] == [1, 1]


def test_every_line_goes_through_the_function_that_shows_it() -> None:
    script = powershell_set.emit(compiled())[0].data.decode()
    body = script[script.index("$ErrorActionPreference") :]
    assert body.count("Write-Host") == body.count("Write-Warning") == 1


def test_a_hidden_character_of_a_quoted_argument_is_spelt(engine: Engine, tmp_path: Path) -> None:
    script = powershell_set.emit(compiled())[0].data.decode().replace("\r\n", "\n")
    functions = script[script.index("#region text for") : script.index("#region what every")]
    texts = (
        "a\nb\u202e'\u2019\x1b\U000e0041",
        "##vso[x]##[y]",
        "::set-output",
        "a::b:::c",
        "$(exit 9)",
        "\U0001f512",
        "",
    )
    spelt = [",".join(str(unit) for unit in _units(text)) for text in texts]
    path = tmp_path / "quoted.ps1"
    lines = [
        f"$line = Format-Quoted (-join [char[]]@({codes}))\n[Console]::Out.WriteLine($line)\n"
        "[Console]::Out.WriteLine((@([char[]](& ([scriptblock]::Create($line))) | "
        "ForEach-Object { [int]$_ }) -join ','))\n"
        for codes in spelt
    ]
    path.write_text(functions + "".join(lines), encoding="utf-8-sig")
    out = engine.run(path).out.splitlines()
    assert out[1::2] == spelt
    for line in out[::2]:
        assert not re.search("##(vso)?\\[|::[a-z]|[\x00-\x1f\u202e\U000e0041]", line)


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-le")
    return [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]
