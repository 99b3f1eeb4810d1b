"""Whoever can change a file can refresh the manifest: verify believes the profile alone."""

from __future__ import annotations

import hashlib
import json

import pytest

from gpogen.outputs.tree import MANIFEST
from tests.cli.conftest import Run, Workplace


def backdoor(place: Workplace, path: str, more: bytes) -> None:
    """Add to a file, and make the manifest agree."""
    folder = place.output / "web"
    changed = (folder / path).read_bytes() + more
    (folder / path).write_bytes(changed)
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    content["files"][path]["sha256"] = hashlib.sha256(changed).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def test_a_line_more_in_any_file_is_told_though_the_manifest_agrees(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    gpogen("build")
    assert gpogen("verify", "output/web").code == 0
    folder = place.output / "web"
    paths = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    for path in sorted(set(paths) - {MANIFEST}):
        before = {name: (folder / name).read_bytes() for name in (path, MANIFEST)}
        backdoor(place, path, b"\r\nStart-Process calc\r\n")

        answer = gpogen("verify", "output/web")

        assert answer.code != 0, path
        assert path.rpartition("/")[2] in answer.out + answer.err, path
        for name, data in before.items():
            (folder / name).write_bytes(data)


@pytest.mark.parametrize("more", [b"\r\nStart-Process calc\r\n", b"\n"])
def test_without_the_profile_a_script_is_not_called_right(
    place: Workplace, gpogen: Run, more: bytes
) -> None:
    place.profile("web")
    gpogen("build")
    backdoor(place, "powershell/Set-Web.ps1", more)
    (place.root / "profiles").rename(place.root / "elsewhere")

    answer = gpogen("verify", "output/web")

    assert answer.code == 1
    assert "not compared, including scripts and texts" in answer.out
