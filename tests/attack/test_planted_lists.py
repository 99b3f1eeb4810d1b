"""Lists of files that anybody can have planted: a journal, a manifest, names on the disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gpogen.errors import FormatError
from gpogen.outputs.tree import MANIFEST, decode_manifest
from tests.attack.test_links import STAGE
from tests.cli.conftest import Run, Workplace

ODD_PATHS = (
    "../x",
    "/etc/x",
    "",
    ".",
    "sub/",
    "sub//x",
    "nul\0",
    "half \ud800",
    "C:x",
    "back\\slash",
    "long" * 100,
    "/".join(["d"] * 5000),
)
ODD_JOURNALS: tuple[Any, ...] = (
    *({"folders": {"a": [path]}} for path in ODD_PATHS),
    {"folders": {"../a": ["x"], "half \ud800": ["x"]}},
    {"folders": ["a"]},
    {"folders": {"a": 5}},
    {"folders": {"a": [None, 1, {}]}},
    [],
    None,
)


def planted_stage(output: Path, journal: str) -> Path:
    stage = output / STAGE
    for path in ("new/a/x", "new/a/sub/x", "gone/a/x", "old/..b/x"):
        (stage / path).parent.mkdir(parents=True, exist_ok=True)
        (stage / path).write_text("mine", encoding="utf-8")
    (stage / "journal.json").write_text(journal, encoding="utf-8")
    return stage


@pytest.mark.parametrize(
    "journal",
    [*map(json.dumps, ODD_JOURNALS), "[", "[" * 100_000, "9" * 5000, "\ufeff{}"],
    ids=lambda text: text[:40].encode("unicode_escape").decode(),
)
def test_a_planted_journal_neither_stops_a_build_nor_removes_what_is_not_its_own(
    place: Workplace, gpogen: Run, journal: str
) -> None:
    place.profile("web")
    outside = place.root / "x"
    outside.write_text("mine", encoding="utf-8")
    stage = planted_stage(place.output, journal)

    answer = gpogen("build")

    assert answer.code == 0
    assert (place.output / "web" / MANIFEST).is_file()
    assert outside.exists()
    assert (stage / "old/..b/x").exists()
    assert STAGE in answer.err  # It is told, and stays.


@pytest.mark.parametrize("path", ODD_PATHS, ids=lambda path: repr(path)[:30])
@pytest.mark.parametrize("gone", [False, True], ids=["profile", "no profile"])
def test_a_manifest_that_lists_odd_paths_stops_its_own_profile_at_most(
    place: Workplace, gpogen: Run, path: str, gone: bool
) -> None:
    place.profile("api")
    web = place.profile("web")
    gpogen("build")
    file = place.output / "web" / MANIFEST
    content = json.loads(file.read_text(encoding="utf-8"))
    content["files"][path] = {"artifact": "gpo", "sha256": "0" * 64}
    file.write_text(json.dumps(content), encoding="utf-8")
    before = place.tree()
    (place.output / "api" / MANIFEST).unlink()
    (place.output / "api/README.txt").unlink()
    for other in sorted((place.output / "api").rglob("*"), reverse=True):
        other.rmdir() if other.is_dir() else other.unlink()
    if gone:
        web.unlink()

    answer = gpogen("build", "--prune")

    assert answer.code == (0 if gone else 1)
    assert ("manifest.json is not from gpogen" in answer.err) is not gone
    assert place.tree() == before


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
@pytest.mark.parametrize("folder", ["output", "output/web", "profiles", "output/web/gpo"])
def test_names_on_the_disk_that_are_no_text_are_told(
    place: Workplace, gpogen: Run, folder: str
) -> None:
    place.profile("web")
    gpogen("build")
    raw = os.fsencode(place.root / folder) + b"/\xff\xfe\n\x1b[31m.yaml"
    with open(raw, "wb") as stream:
        stream.write(b"gpogen: 1\nname: \xff\n")

    for arguments in (["build"], ["check"], ["list"], ["verify", "output"], ["show", "output"]):
        answer = gpogen(*arguments)
        assert answer.code in (0, 1, 2), arguments
        assert "\x1b" not in answer.out + answer.err


def test_a_path_of_more_parts_than_any_of_gpogen_s_is_refused() -> None:
    def listing(parts: int) -> bytes:
        entry = {"artifact": "readme", "sha256": "0" * 64}
        path = "/".join(["a"] * parts)
        content = {"digest": "d", "files": {path: entry}, "gpogen": "0.1.0", "profile": "web"}
        return json.dumps(content).encode()

    assert decode_manifest(listing(12)).files
    with pytest.raises(FormatError, match="not written by gpogen"):
        decode_manifest(listing(13))
