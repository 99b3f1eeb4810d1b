"""Lists of files that anybody can have planted: a journal, a manifest, names on the disk."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from gpogen.disk.directory import Directory
from gpogen.errors import ContentError, FormatError, UsageError
from gpogen.outputs.folder import read_manifest
from gpogen.outputs.tree import MANIFEST, MAX_MANIFEST, decode_manifest
from gpogen.workspace import journal
from tests.attack.test_links import STAGE
from tests.cli.conftest import Run, Workplace
from tests.support.work import peak_of

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
    *({"files": ["x", "sub/x", path], "folder": "a"} for path in ODD_PATHS),
    *({"files": ["x"], "folder": name} for name in ("../a", "..", "", "half \ud800", "..b", 5)),
    {"files": ["x"], "folder": ["a"]},
    {"files": 5, "folder": "a"},
    {"files": [None, 1, {}], "folder": "a"},
    {"gpogen": "stage", "folders": {"a": ["x"]}},
    [],
    None,
)


PLANTED = ("new/a/x", "new/a/sub/x", "gone/a/x", "old/..b/x")
LISTS_ALL = json.dumps({"files": ["x", "sub/x"], "folder": "a"}) + "\n"


def planted_stage(output: Path, lines: str) -> Path:
    stage = output / STAGE
    for path in PLANTED:
        (stage / path).parent.mkdir(parents=True, exist_ok=True)
        (stage / path).write_text("mine", encoding="utf-8")
    (stage / journal.NAME).write_text(lines, encoding="utf-8")
    return stage


@pytest.mark.parametrize(
    "lines",
    [*map(json.dumps, ODD_JOURNALS), "[", "[" * 60_000, "9" * 5000, "\ufeff{}"],
    ids=lambda text: text[:40].encode("unicode_escape").decode(),
)
def test_a_planted_journal_neither_stops_a_build_nor_removes_what_is_not_its_own(
    place: Workplace, gpogen: Run, lines: str
) -> None:
    place.profile("web")
    outside = place.root / "x"
    outside.write_text("mine", encoding="utf-8")
    # What follows a line that no gpogen writes is not read.
    stage = planted_stage(place.output, f"{lines}\n{LISTS_ALL}")

    answer = gpogen("build")

    assert answer.code == 0
    assert (place.output / "web" / MANIFEST).is_file()
    assert outside.exists()
    for path in PLANTED:
        assert (stage / path).read_text(encoding="utf-8") == "mine"
    assert STAGE in answer.err  # It is told, and stays.


@pytest.mark.parametrize("cut", [1, 2, 20, len(LISTS_ALL) // 2])
def test_a_line_of_a_journal_that_has_no_end_lists_nothing(
    place: Workplace, gpogen: Run, cut: int
) -> None:
    place.profile("web")
    stage = planted_stage(place.output, LISTS_ALL[:-cut])

    answer = gpogen("build")

    assert answer.code == 0
    for path in PLANTED:
        assert (stage / path).exists()
    assert STAGE in answer.err


def test_what_whole_lines_list_is_removed_whatever_follows(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    stage = planted_stage(place.output, f"{LISTS_ALL}{{")

    answer = gpogen("build")

    assert answer.code == 0
    assert sorted(path for path in PLANTED if (stage / path).exists()) == ["old/..b/x"]


def count(folder: Directory) -> int:
    return sum(1 for _ in journal.read(folder))


def test_a_planted_journal_takes_no_memory_by_its_length(tmp_path: Path) -> None:
    path = tmp_path / journal.NAME
    with path.open("w", encoding="ascii") as stream:
        stream.writelines(LISTS_ALL for _ in range(100_000))
    with Directory.open(tmp_path) as folder:
        assert peak_of(functools.partial(count, folder)) < 1 << 20
    for line in (b"[" * (32 << 20), b'{"files": [' + b'"a",' * (8 << 20)):
        path.write_bytes(line + b"\n")
        with Directory.open(tmp_path) as folder:
            assert peak_of(functools.partial(count, folder)) < 8 << 20


@pytest.mark.parametrize("item", [b"{},", b'"a",', b"[[]],", b'{"a":{"b":{}}},', b"1.5e3,"])
def test_a_planted_manifest_takes_little_memory(tmp_path: Path, item: bytes) -> None:
    head, end = b'{"files": [', b"1]}"
    for size in (MAX_MANIFEST, 32 << 20):
        count = (size - len(head) - len(end)) // len(item)
        (tmp_path / MANIFEST).write_bytes(head + item * count + end)

        def read() -> None:
            with pytest.raises((ContentError, UsageError)):
                read_manifest(tmp_path)

        assert peak_of(read) < 64 << 20


def test_the_longest_line_of_a_build_is_read(tmp_path: Path) -> None:
    """A profile's name is 63 characters long at most; its paths have it twice at most."""
    longest = "x" * 63
    files = [f"powershell/{longest}-{longest}-{number}.ps1" for number in range(40)]
    (tmp_path / journal.NAME).touch()
    with Directory.open(tmp_path) as folder:
        journal.note(folder, longest, files, durable=False)

        assert list(journal.read(folder)) == [(longest, tuple(files))]
    assert (tmp_path / journal.NAME).stat().st_size * 4 < journal.MAX_LINE


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
    with pytest.raises(FormatError, match=r"manifest\.json is not from gpogen"):
        decode_manifest(listing(13))
