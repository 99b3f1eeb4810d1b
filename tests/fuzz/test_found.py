"""Inputs that fuzzing found: each of them failed before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpogen.disk.directory import Directory
from gpogen.errors import FormatError
from gpogen.formats import lgpo, pol
from gpogen.outputs.tree import decode_manifest
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.workspace import journal, stage
from tests.cli.conftest import Run, Workplace
from tests.support.work import peak_of

PATHS = ("", ".", "..", "a/../b", "a//b", "\0", "a\0/b", "\ud800", "C:x", "a\\b")


@pytest.mark.parametrize("path", PATHS)
def test_a_journal_that_lists_what_no_file_is_called_stops_no_build(
    gpogen: Run, place: Workplace, path: str
) -> None:
    place.profile("web")
    working = place.output / stage._new_name()
    (working / "new" / "web").mkdir(parents=True)
    (working / "new" / "web" / "notes.txt").write_text("mine")
    line = {"files": ["notes.txt", path], "folder": "web"}
    (working / journal.NAME).write_text(json.dumps(line) + "\n")

    found = gpogen("build")

    assert "internal fault" not in found.err
    assert (place.output / "web" / "README.txt").exists()
    assert (working / "new" / "web" / "notes.txt").read_text() == "mine"
    assert "gpogen did not write" in found.err


@pytest.mark.parametrize("path", PATHS)
def test_a_manifest_that_lists_what_no_file_is_called_is_none_of_ours(
    gpogen: Run, place: Workplace, path: str
) -> None:
    place.profile("web")
    assert gpogen("build").code == 0
    manifest = place.output / "web" / "manifest.json"
    content = json.loads(manifest.read_text())
    content["files"][path] = {"artifact": "readme", "sha256": "0" * 64}
    manifest.write_text(json.dumps(content))

    for words in (("build",), ("build", "--check"), ("verify", "output/web")):
        found = gpogen(*words)
        assert found.code in (1, 2), (words, found.err)
        assert "manifest.json is not from gpogen" in found.err
    with pytest.raises(FormatError):
        decode_manifest(manifest.read_bytes())


def test_a_small_file_takes_little_memory_whatever_its_limit_is(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"{}")
    with Directory.open(tmp_path) as folder:
        assert peak_of(lambda: folder.read("x", 256 << 20)) < 2 << 20


@pytest.mark.parametrize("name", ["**SecureKey", "**DeleteKeys"])
@pytest.mark.parametrize("kind", [0, 1, 2, 4, 10, 0xFFFFFFFF])
def test_an_instruction_keeps_the_type_of_its_data(name: str, kind: int) -> None:
    entry = pol.PolEntry("S", name, kind, b"\1\0\0\0")

    assert pol.from_records(pol.to_records([entry], Hive.HKLM)) == [entry]


def test_lgpo_text_tells_of_subkeys_whose_type_it_cannot_say() -> None:
    data = "a\0".encode("utf-16-le")
    kept = Record(Hive.HKLM, "S", "", Action.DELETE_KEYS, RegType.SZ, data)
    lost = Record(Hive.HKLM, "S", "", Action.DELETE_KEYS, RegType.EXPAND_SZ, data)

    assert lgpo.losses([kept]) == ()
    assert "REG_SZ" in lgpo.losses([lost])[0].reason
    assert lgpo.decode(lgpo.encode([kept, lost])) == [kept]
