"""The profiles that ship, and what they build."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gpogen.compile.result import Compiled
from gpogen.finding import Severity
from gpogen.formats import pol
from gpogen.outputs.tree import render_tree, sha256
from gpogen.policy.types import Hive
from gpogen.profile.load import Loader, profile_files
from gpogen.rules.check import check
from tests.support.samba import samba_read

ROOT = Path(__file__).resolve().parents[2]
PROFILES = profile_files(ROOT / "profiles")


def built() -> list[Compiled]:
    loader = Loader(ROOT / "profiles")
    made = [check(loader.load(path)).compiled for path in PROFILES]
    return [item for item in made if item is not None]


INFOS = {
    "arc-ws2025-datacenter": ["HP036"],
    "arc-ws2025-standard": ["UPDATE-MANAGER-NO-SCHEDULE"],
    "azlocal-ws2022-core": ["HP036"],
    "azlocal-ws2022-iso": ["HP036"],
    "azlocal-ws2025-core": ["HP036"],
    "azurevm-ws2022-hotpatch": ["HP038"],
    "hotpatch-base": [],
}


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_a_shipped_profile_gives_no_error_no_warning_and_these_infos(path: Path) -> None:
    findings = check(Loader(ROOT / "profiles").load(path)).findings

    assert {item.severity for item in findings} <= {Severity.INFO}
    told_of_all = "SECUREBOOT-CERTIFICATES"
    assert [item.id for item in findings if item.id != told_of_all] == INFOS[path.stem]
    assert any(item.id == told_of_all for item in findings) == (path.stem != "hotpatch-base")


def test_six_profiles_and_one_base_ship() -> None:
    assert {path.stem for path in PROFILES} == {
        "hotpatch-base",
        "azlocal-ws2022-core",
        "azlocal-ws2022-iso",
        "azlocal-ws2025-core",
        "arc-ws2025-standard",
        "arc-ws2025-datacenter",
        "azurevm-ws2022-hotpatch",
    }
    assert {item.header.name for item in built()} == {p.stem for p in PROFILES} - {"hotpatch-base"}


def test_no_shipped_profile_names_a_server_a_domain_or_a_subscription() -> None:
    assert PROFILES
    for path in PROFILES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|DC=|[0-9a-f]{8}-[0-9a-f]{4}-|\\\\", text), path


def test_every_policy_file_is_samba_s_too_and_holds_the_profile_s_values(tmp_path: Path) -> None:
    paths: list[Path] = []
    wanted: list[list[pol.PolEntry]] = []
    assert built()
    for item in built():
        for path, (file, _) in render_tree(item).items():
            if not path.endswith("registry.pol"):
                continue
            target = tmp_path / f"{len(paths)}.pol"
            target.write_bytes(file.data)
            paths.append(target)
            hive = Hive.HKCU if "user" in path.lower().split("/") else Hive.HKLM
            wanted.append(pol.from_records([i.record for i in item.side(hive)]))

    answers = samba_read(paths)

    assert len(paths) >= 12
    for answer, entries in zip(answers, wanted, strict=True):
        assert answer["same"]
        theirs = [(e[0], e[1], e[2], e[3]) for e in answer["entries"]]
        ours = []
        for entry in entries:
            (record,) = pol.to_records([entry], Hive.HKLM)
            value = " " if entry.name.startswith("**del") else record.value
            ours.append((entry.key, entry.name, entry.type, value))
        assert theirs == ours


def test_the_manifest_lists_every_other_file_with_its_hash() -> None:
    folders = sorted((ROOT / "output").iterdir())
    assert folders
    for folder in folders:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="ascii"))
        files = {
            path.relative_to(folder).as_posix(): sha256(path.read_bytes())
            for path in folder.rglob("*")
            if path.is_file() and path.name != "manifest.json"
        }
        listed = {path: entry["sha256"] for path, entry in manifest["files"].items()}
        # gpo/manifest.xml is another file; only the top manifest.json is left out.
        assert listed == files


def test_text_files_have_the_encoding_and_line_ends_of_their_format() -> None:
    for item in built():
        for path, (file, _) in render_tree(item).items():
            data = file.data
            if path.endswith((".ps1", ".cmd", "README.txt")):
                assert b"\n" not in data.replace(b"\r\n", b""), path
            if path.endswith((".ps1", ".txt")):
                assert data.isascii() or data.startswith(b"\xef\xbb\xbf"), path
            if path.endswith(".cmd"):
                assert data.isascii()
            if path.endswith("comment.cmtx"):
                assert data.startswith(b"\xef\xbb\xbf<?xml version='1.0'")
            if path.endswith("GPO.cmt"):
                assert data.decode("utf-16-le").startswith("gpogen:")
