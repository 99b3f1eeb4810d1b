"""What independent readers say of the files for Azure, whatever the author of a profile writes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.artifacts.azure.conftest import ARC, VM, written
from tests.artifacts.powershell.samples import SAMPLES
from tests.support.powershell import needed_engine


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    found = []
    for name, sample in SAMPLES.items():
        folder = tmp_path_factory.mktemp(f"azure-{name}")
        made = replace(sample, arc=ARC, vm=VM)
        for artifact in ("arc", "vm", "patch-now"):
            written(made, artifact, folder)
        found.append(folder)
    return found


def test_the_help_of_each_script_describes_every_parameter_and_names_a_role(
    folders: list[Path],
) -> None:
    scripts = [path for folder in folders for path in sorted(folder.rglob("*.ps1"))]
    assert len(scripts) == 3 * len(folders)
    for path in scripts:
        text = path.read_text(encoding="utf-8-sig")
        told, _, code = text.partition("\n#>")
        block = code[code.index("\nparam(") : code.index("\n)")]
        taken = re.findall(r"^ {4}\[(?:string|int|switch)(?:\[\])?\]\$(\w+)", block, re.MULTILINE)
        assert {"Subscription", "ResourceGroup", "Machine"} < set(taken)
        described = re.findall(r"^\.PARAMETER (\w+)", told, re.MULTILINE)
        assert sorted(described) == sorted(set(taken) - {"Action"}), path.name
        assert re.search(r"Required\s+role:", told), path.name


def test_shellcheck_finds_nothing(folders: list[Path]) -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not on PATH")
    paths = [path for folder in folders for path in folder.rglob("*.sh")]
    done = subprocess.run(
        ["shellcheck", "--norc", "--shell=bash", "--format=json", *paths],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert len(paths) == 3 * len(SAMPLES)
    assert json.loads(done.stdout) == []


def test_powershell_reads_the_scripts_and_hostile_text_adds_no_command(
    folders: list[Path],
) -> None:
    paths = [path for folder in folders for path in folder.rglob("*.ps1")]
    reports = needed_engine().check(paths)

    assert [one for one in reports if one["errors"] or one["newer"] or one["requires"]] == []
    by_name: dict[str, list[object]] = {}
    for one in reports:
        by_name.setdefault(Path(one["file"]).name, []).append(one["commands"])
    assert len(by_name) == 3
    for commands in by_name.values():
        assert all(found == commands[0] for found in commands)


def test_no_script_writes_what_is_billed_or_loads_code_from_elsewhere(folders: list[Path]) -> None:
    for folder in folders:
        for path in folder.rglob("*.*"):
            if path.suffix in (".sh", ".ps1"):
                text = path.read_text(encoding="utf-8-sig")
                for word in ("Invoke-Expression", "eval ", "curl ", "wget ", "--method delete"):
                    assert word not in text
