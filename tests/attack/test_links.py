"""A prepared output folder, as a hostile repository can hold one: no link leads a build outside.

Each test plants something, builds, and looks at a folder outside that must stay as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gpogen.outputs.tree import MANIFEST
from gpogen.workspace.journal import NAME as JOURNAL
from tests.cli.conftest import Run, Workplace

TOKEN = "0123456789abcdef01234567"
STAGE = f".gpogen-{TOKEN}{hashlib.sha256(f'gpogen stage {TOKEN}'.encode()).hexdigest()[:8]}"
"""A name that a working folder of gpogen can have; whoever reads the code can make one."""
PATHS = ["a.txt", "sub/b.txt", "deep/er/c.txt", MANIFEST]


def manifest(profile: str = "web") -> str:
    digest = hashlib.sha256(b"precious").hexdigest()
    files = {path: {"artifact": "gpo", "sha256": digest} for path in PATHS if path != MANIFEST}
    content = {"digest": "d", "files": files, "gpogen": "0.1.0", "profile": profile}
    return json.dumps(content)


def fill(folder: Path) -> Path:
    """Make a folder that looks like one of gpogen's."""
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("precious", encoding="utf-8")
    (folder / MANIFEST).write_text(manifest(), encoding="utf-8")
    return folder


def stage(output: Path, **links: Path) -> None:
    """Plant a working folder whose parts are links; ``journal`` lists all that could be there."""
    root = output / STAGE
    root.mkdir(parents=True)
    names = ["web", "home", "..", "../../home", "."]
    lines = [json.dumps({"files": PATHS, "folder": name}) + "\n" for name in names]
    (root / JOURNAL).write_text("".join(lines), encoding="utf-8")
    for part in ("new", "old", "gone"):
        if part in links:
            (root / part).symlink_to(links[part])
        else:
            (root / part).mkdir()


def as_new(output: Path, home: Path) -> None:
    output.mkdir()
    (output / ".gpogen-web.new").symlink_to(home)


def as_old(output: Path, home: Path) -> None:
    output.mkdir()
    (output / ".gpogen-web.old").symlink_to(home)


def inside_old(output: Path, home: Path) -> None:
    old = output / ".gpogen-web.old"
    old.mkdir(parents=True)
    (output / "web").mkdir()
    (old / "sub").symlink_to(home / "sub")
    (old / MANIFEST).write_text(manifest(), encoding="utf-8")


def as_stage(output: Path, home: Path) -> None:
    output.mkdir()
    (output / STAGE).symlink_to(home)


def as_parts_of_a_stage(output: Path, home: Path) -> None:
    stage(output, new=home, old=home.parent, gone=home)


def as_folders_in_a_stage(output: Path, home: Path) -> None:
    stage(output)
    for part in ("new", "old", "gone"):
        (output / STAGE / part / "web").symlink_to(home)
        (output / STAGE / part / "db").symlink_to(home)


def below_folders_in_a_stage(output: Path, home: Path) -> None:
    stage(output)
    for part in ("new", "old", "gone"):
        folder = output / STAGE / part / "web"
        folder.mkdir()
        (folder / "sub").symlink_to(home / "sub")
        (folder / "deep").mkdir()
        (folder / "deep/er").symlink_to(home / "deep/er")
        (folder / "a.txt").symlink_to(home / "a.txt")
        (folder / MANIFEST).write_text(manifest(), encoding="utf-8")


def as_journal(output: Path, home: Path) -> None:
    stage(output)
    (output / STAGE / JOURNAL).unlink()
    (output / STAGE / JOURNAL).symlink_to(home / MANIFEST)


def as_the_folder_of_a_profile(output: Path, home: Path) -> None:
    output.mkdir()
    (output / "web").symlink_to(home)


def below_the_folder_of_a_profile(output: Path, home: Path) -> None:
    (output / "web").mkdir(parents=True)
    (output / "web/sub").symlink_to(home / "sub")
    (output / "web/deep").symlink_to(home / "deep")
    (output / "web" / MANIFEST).write_text(manifest(), encoding="utf-8")


def as_manifest(output: Path, home: Path) -> None:
    (output / "web").mkdir(parents=True)
    (output / "web" / MANIFEST).symlink_to(home / MANIFEST)


def as_the_folder_of_no_profile(output: Path, home: Path) -> None:
    output.mkdir()
    (output / "gone").symlink_to(home)
    fill(output / "orphan")
    shutil.rmtree(output / "orphan/sub")
    (output / "orphan/sub").symlink_to(home / "sub")


def as_output(output: Path, home: Path) -> None:
    output.symlink_to(home)


def as_output_in_a_circle(output: Path, home: Path) -> None:
    del home
    output.symlink_to(output)


def as_lock(output: Path, home: Path) -> None:
    output.mkdir()
    (output / ".gpogen.lock").symlink_to(home / "made-by-lock")


def hard_links(output: Path, home: Path) -> None:
    for path in (*PATHS, "README.txt"):
        target = output / "web" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        (home / path).touch()
        target.hardlink_to(home / path)
    (output / ".gpogen.lock").hardlink_to(home / "a.txt")


PLANTS = [
    as_new,
    as_old,
    inside_old,
    as_stage,
    as_parts_of_a_stage,
    as_folders_in_a_stage,
    below_folders_in_a_stage,
    as_journal,
    as_the_folder_of_a_profile,
    below_the_folder_of_a_profile,
    as_manifest,
    as_the_folder_of_no_profile,
    as_output,
    as_output_in_a_circle,
    as_lock,
    hard_links,
]


def snapshot(folder: Path) -> dict[str, bytes | str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("mode", ["folder lock", "file lock", "by path"])
@pytest.mark.parametrize(
    "arguments",
    [("build",), ("build", "--prune"), ("build", "--only", "gpo"), ("build", "--check")],
    ids=" ".join,
)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_build_reaches_nothing_outside_its_output_folder(
    place: Workplace,
    gpogen: Run,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[Path, Path], None],
    arguments: tuple[str, ...],
    mode: str,
) -> None:
    place.profile("web")
    home = fill(place.root / "home")
    plant(place.output, home)
    before = snapshot(home)
    if mode == "file lock":
        monkeypatch.setattr("gpogen.disk.lock._lock_folder", lambda *_, **__: False)
    if mode == "by path":  # as on Windows
        monkeypatch.setattr("gpogen.disk.directory.BY_DESCRIPTOR", False)

    answer = gpogen(*arguments)

    assert snapshot(home) == before
    assert answer.code in (0, 1, 2)
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "plant", [as_new, as_old, inside_old, as_stage, as_parts_of_a_stage, as_folders_in_a_stage]
)
def test_what_only_looks_like_ours_does_not_stop_a_build(
    place: Workplace, gpogen: Run, plant: Callable[[Path, Path], None]
) -> None:
    place.profile("web")
    plant(place.output, fill(place.root / "home"))

    answer = gpogen("build")

    assert answer.code == 0
    assert (place.output / "web/gpo").is_dir()


@pytest.mark.parametrize("output", ["output", "build/output", "build/here/output", "./output/"])
def test_a_link_on_the_way_to_the_output_is_named(
    place: Workplace, gpogen: Run, output: str
) -> None:
    place.profile("web")
    home = fill(place.root / "home")
    link = place.root / output.split("/here", 1)[0]
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(home)
    before = snapshot(home)

    answer = gpogen("build", "--output", output)

    assert answer.code == 2
    assert f"is a link to {home}; use that path with --output" in answer.err
    assert snapshot(home) == before


def test_an_absolute_path_below_the_current_folder_is_no_way_around(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    home = fill(place.root / "home")
    place.output.symlink_to(home)

    answer = gpogen("build", "--output", str(place.output))

    assert answer.code == 2
    assert not (home / "web").exists()


def test_a_folder_outside_that_the_user_names_may_lie_behind_links(
    place: Workplace, gpogen: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place.profile("web")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "real").mkdir()
    (outside / "link").symlink_to("real")

    answer = gpogen("build", "--output", str(outside / "link/new/output"))

    assert answer.code == 0
    assert (outside / "real/new/output/web/gpo").is_dir()


def test_a_lock_is_no_file_outside_the_output_folder(
    place: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.profile("web")
    temporary = place.root / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)

    assert gpogen("build").code == 0

    assert os.listdir(temporary) == []
    assert os.listdir(place.output) == ["web"]


def test_a_planted_file_keeps_no_build_waiting(
    place: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.profile("web")
    monkeypatch.setattr("gpogen.disk.lock._lock_folder", lambda *_, **__: False)
    place.output.mkdir()
    os.mkfifo(place.output / ".gpogen.lock")
    (place.output / STAGE).mkdir()
    os.mkfifo(place.output / STAGE / JOURNAL)
    (place.output / "web").mkdir()
    os.mkfifo(place.output / "web" / MANIFEST)

    answer = gpogen("build")

    assert answer.code == 2
    assert "output/.gpogen.lock: not a regular file" in answer.err


def test_somebody_s_lock_file_is_kept(
    place: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.profile("web")
    monkeypatch.setattr("gpogen.disk.lock._lock_folder", lambda *_, **__: False)
    place.output.mkdir()
    (place.output / ".gpogen.lock").write_text("mine", encoding="utf-8")

    assert gpogen("build").code == 0

    assert (place.output / ".gpogen.lock").read_text(encoding="utf-8") == "mine"


def test_only_does_not_take_a_file_for_its_own_that_no_artifact_makes(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    gpogen("build")
    web = place.output / "web"
    content = json.loads((web / MANIFEST).read_text(encoding="utf-8"))
    (web / "powershell/Evil.ps1").write_bytes(b"evil")
    evil = {"artifact": "set-script", "sha256": hashlib.sha256(b"evil").hexdigest()}
    content["files"]["powershell/Evil.ps1"] = evil
    (web / MANIFEST).write_text(json.dumps(content), encoding="utf-8")

    answer = gpogen("build", "--only", "gpo")

    assert answer.code == 0
    assert not (web / "powershell/Evil.ps1").exists()
    assert "Evil" not in (web / MANIFEST).read_text(encoding="utf-8")


def test_a_folder_in_folders_without_end_is_foreign_and_no_fault(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    gpogen("build")
    here = place.output / "web"
    for _ in range(400):
        here = here / "d"
    os.makedirs(here)

    answer = gpogen("build")

    assert answer.code == 1
    assert "gpogen did not write d/d/d" in answer.err
