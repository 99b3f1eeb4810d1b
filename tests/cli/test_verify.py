"""``gpogen verify``, and what build does about signed scripts and its own faults."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts import lgpo_text
from gpogen.artifacts.api import OutFile
from gpogen.outputs.tree import sha256
from tests.cli.conftest import Run, Workplace

SIGNATURE = (
    b"\r\n# SIG # Begin signature block\r\n# MIIFuQYJKoZIhvcNAQcCoIIFqjCCBaYCAQExDzAN\r\n"
    b"# +/8=\r\n# SIG # End signature block\r\n"
)
SCRIPT = "powershell/Set-Web.ps1"


@pytest.fixture
def built(place: Workplace, gpogen: Run) -> Workplace:
    place.profile("web")
    assert gpogen("build").code == 0
    return place


def sign(path: Path) -> bytes:
    path.write_bytes(path.read_bytes() + SIGNATURE)
    return path.read_bytes()


def formats(gpogen: Run, *arguments: str) -> dict[str, bool | None]:
    (found,) = gpogen("verify", *arguments, "--format", "json").json
    return {item["format"]: item["equal"] for item in found["formats"]}


@pytest.mark.usefixtures("built")
def test_a_fresh_build_is_sound_and_every_format_equals_the_profile(gpogen: Run) -> None:
    answer = gpogen("verify", "output/web")

    assert answer.code == 0
    assert answer.err == "1 folder checked: no problems\n"
    assert "problem" not in answer.out
    assert "note" not in answer.out
    found = formats(gpogen, "output/web")
    assert set(found) >= {"GPO backup", "registry.pol", "LGPO text", ".reg", ".reg (undo)"}
    assert set(found.values()) == {True}


def test_without_a_profile_the_formats_are_compared_with_each_other(
    built: Workplace, gpogen: Run
) -> None:
    shutil.rmtree(built.root / "profiles")

    answer = gpogen("verify", "output/web")
    assert answer.code == 1
    assert (
        "not compared, including scripts and texts: name the profile with --profile"
    ) in answer.out
    found = formats(gpogen, "output/web")
    assert found["GPO backup"] is None
    assert found["registry.pol"] is True
    assert found["LGPO text"] is True
    assert found[".reg"] is True


def test_a_backup_alone_is_checked_in_its_structure_only_and_verify_says_so(
    built: Workplace, gpogen: Run
) -> None:
    (pol,) = (built.output / "web/gpo").rglob("registry.pol")
    data = pol.read_bytes()
    name = "AUOptions".encode("utf-16-le")
    at = data.index(name) + len(name) + 2 + 2 + 4 + 2 + 4 + 2  # NUL ; type ; size ;
    pol.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    answer = gpogen("verify", "output/web/gpo")
    assert (answer.code, "structure only: values not compared" in answer.err) == (0, True)
    answer = gpogen("verify", "output/web/gpo", "--profile", "profiles/web.yaml")
    assert (answer.code, "structure only" in answer.err) == (1, False)
    assert "structure only" not in gpogen("verify", "output/web").err


@pytest.mark.usefixtures("built")
def test_the_backup_says_how_many_records_are_preferences(gpogen: Run) -> None:
    out = " ".join(gpogen("verify", "output/web").out.split())
    counts = dict(re.findall(r"(GPO backup|registry\.pol) (\d+) yes", out))
    more = int(counts["GPO backup"]) - int(counts["registry.pol"])
    assert more == 1
    assert "1 of them is a preference, which registry.pol does not have" in out


def test_another_profile_is_a_difference(built: Workplace, gpogen: Run) -> None:
    other = built.root / "web.yaml"
    text = (built.root / "profiles/web.yaml").read_text(encoding="utf-8")
    other.write_text(text + "updates: {mode: download}\nrestart: unmanaged\n", encoding="utf-8")

    answer = gpogen("verify", "output/web", "--profile", "web.yaml")

    assert answer.code == 1
    assert "web has changed since: run gpogen build" in answer.out
    assert "differs from the profile: " in answer.out
    assert formats(gpogen, "output/web", "--profile", "web.yaml")["registry.pol"] is False


def test_a_backup_is_compared_with_a_profile_when_one_is_named(
    built: Workplace, gpogen: Run
) -> None:
    assert gpogen("verify", "output/web/gpo", "--profile", "profiles/web.yaml").code == 0
    found = formats(gpogen, "output/web/gpo", "--profile", "profiles/web.yaml")
    assert found["GPO backup"] is True
    assert built.output.is_dir()


@pytest.mark.parametrize("artifact", ["machine/registry.pol", "lgpo/web.txt", "reg/web.reg"])
def test_a_changed_file_is_told_by_its_hash_and_by_its_records(
    built: Workplace, gpogen: Run, artifact: str
) -> None:
    path = built.output / "web" / artifact
    one, two = (b"\x04\0\0\0]", b"\x03\0\0\0]"), (b"DWORD:4", b"DWORD:3")
    three = ("dword:00000004".encode("utf-16-le"), "dword:00000003".encode("utf-16-le"))
    data = path.read_bytes()
    for old, new in (one, two, three):
        data = data.replace(old, new)
    assert data != path.read_bytes()
    path.write_bytes(data)

    answer = gpogen("verify", "output/web")

    assert answer.code == 1
    assert f"{artifact}: its SHA-256 differs from manifest.json" in answer.out
    assert "NO     differs from the profile: ~ HKLM\\" in answer.out


def test_a_malformed_file_is_a_difference_and_no_end(built: Workplace, gpogen: Run) -> None:
    (built.output / "web/machine/registry.pol").write_bytes(b"PReg\x01")

    answer = gpogen("verify", "output/web")

    assert answer.code == 1
    assert re.search(r"registry\.pol +-  NO", answer.out)


def test_a_missing_and_a_foreign_file_are_problems(built: Workplace, gpogen: Run) -> None:
    (built.output / "web/README.txt").unlink()
    (built.output / "web/mine.txt").write_text("mine", encoding="utf-8")

    answer = gpogen("verify", "output/web")

    assert answer.code == 1
    lines = [line.split(maxsplit=1) for line in answer.out.splitlines()]
    problems = [rest.split() for state, *(rest,) in lines[1:] if state == "problem"]
    assert problems == [["missing", "files", "README.txt"], ["foreign", "files", "mine.txt"]]


def test_a_folder_of_output_folders_is_verified_whole(built: Workplace, gpogen: Run) -> None:
    built.profile("db", extends="arc-ws2025-standard")
    gpogen("build")

    answer = gpogen("verify", "output")

    assert answer.code == 0
    assert answer.err == "2 folders checked: no problems\n"
    assert gpogen("verify", "output", "--profile", "profiles/db.yaml").code == 2


def test_what_cannot_be_read_ends_with_2(built: Workplace, gpogen: Run) -> None:
    assert gpogen("verify", "nothing").code == 2
    assert gpogen("verify", "output/web", "--profile", "nothing.yaml").code == 2
    assert "more than 10 bytes" in gpogen("verify", "output/web", "--max-size", "10").err
    (built.output / "web/manifest.json").write_text("{}", encoding="utf-8")
    answer = gpogen("verify", "output/web")
    assert answer.code == 2
    assert "manifest.json is not from gpogen" in answer.err


# Signed scripts.


def test_a_signed_script_is_unchanged_to_verify_and_to_build(built: Workplace, gpogen: Run) -> None:
    sign(built.output / "web" / SCRIPT)
    before = built.tree()

    assert f"{SCRIPT}: signed, content unchanged" in gpogen("verify", "output/web").out
    assert gpogen("verify", "output/web").code == 0
    assert gpogen("build", "--check").code == 0
    assert gpogen("build").out.endswith("files, unchanged\n")
    assert built.tree() == before


def test_a_build_that_replaces_the_folder_keeps_the_signature(
    built: Workplace, gpogen: Run
) -> None:
    signed = sign(built.output / "web" / SCRIPT)
    (built.output / "web/machine/registry.pol").unlink()

    answer = gpogen("build")

    assert "1 added" in answer.out
    assert "changed" not in answer.out
    tree = built.tree()
    assert tree[f"web/{SCRIPT}"] == signed
    entry = json.loads(tree["web/manifest.json"])["files"][SCRIPT]
    assert entry["sha256"] == sha256(signed.removesuffix(SIGNATURE))
    assert gpogen("verify", "output/web").code == 0
    assert gpogen("build", "--only", "readme").code == 0
    assert built.tree()[f"web/{SCRIPT}"] == signed


def test_a_signature_on_other_content_is_a_change(built: Workplace, gpogen: Run) -> None:
    path = built.output / "web" / SCRIPT
    path.write_bytes(b"Remove-Item x\r\n" + sign(path))

    assert gpogen("verify", "output/web").code == 1
    assert gpogen("build", "--check").code == 1
    assert gpogen("build").code == 0
    assert b"Begin signature" not in path.read_bytes()


# A fault of gpogen's own.


def test_a_broken_emitter_ends_the_build_before_anything_is_replaced(
    built: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built.tree()
    built.profile("web", "why: Another reason.")
    broken = (OutFile("lgpo/web.txt", b"Computer\r\nSOFTWARE\\X\r\nA\r\nDWORD:1\r\n"),)
    monkeypatch.setattr(lgpo_text, "ARTIFACT", replace(lgpo_text.ARTIFACT, emit=lambda _: broken))

    answer = gpogen("build")

    assert answer.code == 3
    log = Path(answer.err.split("; see ")[1].strip())
    assert "web: artifact lgpo: lgpo/web.txt differs from the policy" in log.read_text("utf-8")
    log.unlink()
    assert built.tree() == before


def test_a_raw_value_of_vbs_brings_the_extension_that_reads_it(
    place: Workplace, gpogen: Run
) -> None:
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
    path = place.root / "profiles" / "raw.yaml"
    path.parent.mkdir()
    path.write_text(
        "gpogen: 1\nname: raw\ntitle: raw\ntarget: unspecified\nregistry:\n"
        f"  - {{key: '{key}', name: LsaCfgFlags, type: dword, data: 0}}\n",
        encoding="utf-8",
    )

    assert gpogen("build").code == 0
    assert gpogen("verify", "output/raw").code == 0


@pytest.mark.parametrize("only", ["reg", "lgpo", "registry-pol", "policyrules", "wmi", "gpo"])
def test_a_folder_with_some_artifacts_alone_is_sound(
    place: Workplace, gpogen: Run, only: str
) -> None:
    place.profile("web", "why: A reason that a comment holds.")
    assert gpogen("build", "--only", only).code == 0

    assert gpogen("verify", "output/web").code == 0
