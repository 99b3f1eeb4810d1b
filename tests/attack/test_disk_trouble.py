"""A full disk, missing permissions, files in the way: an error, and all as it was."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpogen.workspace.select import Selection, select
from tests.cli.conftest import Run, Workplace
from tests.support import building

NAMES = ("api", "db", "web")


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    folder = tmp_path / "profiles"
    folder.mkdir()
    for name in NAMES:
        text = f"gpogen: 1\nname: {name}\ntitle: {name}\nextends: [azlocal-ws2025-core]\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return select([], str(folder))


PAGE = 4096


@pytest.fixture
def small_disk(selection: Selection, tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with space for one profile and a half."""
    building.build(selection, tmp_path / "right")
    files = tree(tmp_path / "right/web").values()
    size = sum(len(data) // PAGE + 1 for data in files) * PAGE * 3 // 2
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or shutil.which("mount") is None:
        pytest.skip("no small file system can be made here")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mount is not allowed here")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_full_disk_stops_the_profiles_that_do_not_fit_and_no_other(
    selection: Selection, small_disk: Path, tmp_path: Path
) -> None:
    output = small_disk / "output"

    outcome = building.build(selection, output)

    built = [item.name for item in outcome.built]
    assert 0 < len(built) < len(NAMES)
    assert {str(error).rsplit(": ", 1)[-1] for error in outcome.errors} == {
        "No space left on device"
    }
    assert sorted(os.listdir(output)) == built
    for name in built:
        assert tree(output / name) == tree(tmp_path / "right" / name)


def test_a_disk_that_fills_up_during_a_change_keeps_what_was_there(
    selection: Selection, small_disk: Path, tmp_path: Path
) -> None:
    output = small_disk / "output"
    shutil.copytree(tmp_path / "right/web", output / "web")
    (output / "web/README.txt").write_bytes(b"an older one")
    before = tree(output)
    fill_up(small_disk)

    outcome = building.build(selection, output)

    assert list(outcome.built) == []
    assert outcome.errors
    assert tree(output) == before
    assert os.listdir(output) == ["web"]


def fill_up(disk: Path) -> None:
    descriptor = os.open(disk / "filler", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(descriptor, bytes(PAGE)):
            pass
    except OSError as error:
        assert error.errno == errno.ENOSPC
    finally:
        os.close(descriptor)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="another user is a forked process")
@pytest.mark.parametrize("closed", ["output", "output/web", "output/web/powershell"])
def test_what_may_not_be_changed_stays_and_is_named(
    selection: Selection, tmp_path: Path, closed: str, capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "output"
    building.build(selection, output)
    (output / "web/README.txt").write_bytes(b"an older one")
    before = tree(output)
    above = itertools.takewhile(is_private, tmp_path.parents)
    for path in (tmp_path, *above, *tmp_path.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (tmp_path / closed).chmod(0o555)

    code = as_nobody(selection, output)
    told = capfd.readouterr().err

    assert "Permission denied" in told
    if closed == "output/web/powershell":  # The old one changes places, and cannot be removed.
        assert code == 1
        assert "gone/web: Permission denied; kept" in told
        assert building.build(selection, output).remains == ()
    else:
        assert code == 2
        assert tree(output) == before
    assert sorted(os.listdir(output)) == sorted(NAMES)


def is_private(path: Path) -> bool:
    return not path.stat().st_mode & stat.S_IXOTH


def as_nobody(selection: Selection, output: Path) -> int:
    """Build as a user whom permissions concern; return the exit code."""
    pid = os.fork()
    if pid == 0:
        code = 3
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            try:
                outcome = building.build(selection, output)
                code = outcome.exit_code
                told = [str(error) for error in outcome.errors]
            except Exception as error:
                code, told = getattr(error, "exit_code", 3), [str(error)]
            os.write(2, "\n".join(told).encode())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("way", ["output", "output/web", "output/web/manifest.json"])
def test_a_file_or_folder_in_the_way_is_named_and_kept(
    place: Workplace, gpogen: Run, way: str
) -> None:
    place.profile("web")
    path = place.root / way
    path.parent.mkdir(parents=True, exist_ok=True)
    if way.endswith(".json"):
        (path / "mine").mkdir(parents=True)
    else:
        path.write_text("mine", encoding="utf-8")

    answer = gpogen("build")

    assert answer.code in (1, 2)
    assert way.removesuffix("/manifest.json") in answer.err
    assert path.is_dir() or path.read_text(encoding="utf-8") == "mine"
