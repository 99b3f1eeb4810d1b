"""The commands as a user meets them: exit codes, words, JSON, and what lies on the disk."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gpogen.artifacts.all import MODULES, load
from gpogen.profile.load import profile_files
from gpogen.resources import resource_dir
from tests.cli.conftest import Run, Workplace

COMMANDS = ("build", "check", "list")


@pytest.fixture
def built(place: Workplace, gpogen: Run) -> Workplace:
    """One profile, web, built into ./output."""
    place.profile("web")
    assert gpogen("build").code == 0
    return place


# The command line itself.


def test_the_version_is_one_line(gpogen: Run) -> None:
    answer = gpogen("--version")

    assert answer.code == 0
    assert re.fullmatch(r"gpogen \d+\.\d+\.\d+\S*\n", answer.out)


def test_help_shows_every_command_with_examples_and_exit_codes(gpogen: Run) -> None:
    answer = gpogen("--help")

    assert answer.code == 0
    assert "Examples:\n    gpogen check" in answer.out
    assert all(f"\n  {name} " in answer.out for name in COMMANDS)
    assert "  130  interrupted" in answer.out


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_of_a_command_shows_examples(gpogen: Run, command: str, option: str) -> None:
    answer = gpogen(command, option)

    assert answer.code == 0
    assert f"Examples:\n    gpogen {command}" in answer.out


def test_help_imports_no_command() -> None:
    code = (
        "import sys; from gpogen.cli import main; main._run(['--help']); "
        "sys.exit(any(name in sys.modules for name in "
        "('pydantic', 'lxml', 'yaml', 'jinja2', 'gpogen.project')))"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_a_check_of_a_profile_imports_nothing_that_only_other_inputs_need() -> None:
    profile = Path(__file__).parents[2] / "profiles" / "azlocal-ws2022-core.yaml"
    needless = (
        "gpogen.catalog.releases",
        "gpogen.compile.result",
        "gpogen.formats.api",
        "gpogen.policy.gpo",
        "gpogen.workspace.foreign",
        "jinja2",
        "lxml",
    )
    code = (
        f"import sys; from gpogen.cli import main; main._run(['check', {str(profile)!r}]); "
        f"print([name for name in {needless} if name in sys.modules], file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == "[]"


def test_an_unknown_command_is_answered_with_the_nearest(gpogen: Run) -> None:
    answer = gpogen("chek")

    assert answer.code == 2
    assert "unknown command 'chek'. Did you mean 'check'?" in answer.err


def test_an_unlike_command_is_answered_with_all_of_them(gpogen: Run) -> None:
    answer = gpogen("xyzzy")

    assert answer.code == 2
    assert "Commands: build, check, list" in answer.err
    assert "Did you mean" not in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("check", "--nonsense"),
        ("check", "--format", "xml"),
        ("build", "--only", "everything"),
        ("build", "-"),
        ("build", "--prune", "web.yaml"),
        ("build", "--prune", "--check"),
    ],
    ids=" ".join,
)
def test_wrong_options_end_with_2_and_no_traceback(
    place: Workplace, gpogen: Run, arguments: tuple[str, ...]
) -> None:
    answer = gpogen(*arguments)

    assert answer.code == 2
    assert "Error: " in answer.err
    assert "Traceback" not in answer.err
    assert not place.output.exists()


# What a command is about.


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_profiles_folder_a_hint_is_given(
    place: Workplace, gpogen: Run, command: str
) -> None:
    answer = gpogen(command)

    assert answer.code == 2
    assert "the folder profiles does not exist" in answer.err
    assert "gpogen list --shipped" in answer.err
    assert list(place.root.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_profiles_folder_is_said_to_hold_none(
    place: Workplace, gpogen: Run, command: str
) -> None:
    (place.root / "profiles").mkdir()

    answer = gpogen(command)

    assert answer.code == 2
    assert "the folder profiles has no profile (*.yaml, *.yml)" in answer.err


def test_a_file_that_cannot_be_opened_does_not_hide_the_others(
    place: Workplace, gpogen: Run
) -> None:
    wrong = place.wrong()

    answer = gpogen("check", "missing.yaml", str(wrong), "a" * 300)

    assert answer.code == 2
    assert "gpogen: missing.yaml: No such file or directory" in answer.err
    assert "a: File name too long" in answer.err
    assert "profiles/wrong.yaml:5:17: error" in answer.out
    assert re.search(r"^1 profile: 1 error.*; 2 paths not read$", answer.err, re.MULTILINE)


def test_a_folder_stands_for_its_profiles(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.profile("db")
    (place.root / "empty").mkdir()

    assert gpogen("check", "profiles").err.startswith("2 profiles: ")
    assert gpogen("check", "profiles", "empty").code == 2


def test_another_folder_of_profiles_is_taken(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    (place.root / "profiles").rename(place.root / "mine")

    assert gpogen("list", "--profiles", "mine").out.startswith("web ")


def test_a_file_named_twice_counts_once(place: Workplace, gpogen: Run) -> None:
    place.profile("web")

    answer = gpogen("check", "profiles/web.yaml", "profiles/web.yaml", "./profiles/web.yaml")

    assert answer.err.startswith("1 profile: ")


# check


def test_check_reads_standard_input(place: Workplace, gpogen: Run) -> None:
    text = place.profile("web").read_bytes()
    wrong = place.wrong().read_bytes()

    assert gpogen("check", "-", stdin=text).code == 0
    assert gpogen("check", "-", "-", stdin=text).code == 0
    answer = gpogen("check", "-", stdin=wrong)
    assert answer.code == 1
    assert answer.out.startswith("<stdin>:5:17: error")


def test_check_says_nothing_good_when_quiet(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    answer = gpogen("check", "-q")
    assert (answer.code, answer.out, answer.err) == (0, "", "")

    place.wrong()
    answer = gpogen("check", "-q")
    assert answer.code == 1
    assert "error" in answer.out
    assert answer.err == ""


def test_check_says_what_was_left_out_when_asked(place: Workplace, gpogen: Run) -> None:
    place.profile("web", extends="azlocal-ws2022-core")

    assert "left out of web: updates.optional_content" in gpogen("check", "-v").out
    assert "left out" not in gpogen("check").out


def test_check_prints_findings_as_json(place: Workplace, gpogen: Run) -> None:
    place.wrong()

    answer = gpogen("check", "--format", "json")

    assert answer.code == 1
    (finding,) = answer.json
    assert set(finding) == {
        *(
            "id",
            "severity",
            "file",
            "line",
            "col",
            "message",
            "why",
            "fix",
            "source",
            "related",
            "profiles",
        ),
    }
    assert finding["severity"] == "error"
    assert (finding["file"], finding["line"], finding["col"]) == ("profiles/wrong.yaml", 5, 17)
    assert isinstance(finding["related"], list)


def test_check_prints_no_error_as_json_when_all_is_well(place: Workplace, gpogen: Run) -> None:
    place.profile("web")

    answer = gpogen("check", "--format", "json")

    assert answer.code == 0
    assert {item["severity"] for item in answer.json} <= {"info", "warning"}


def test_check_writes_nothing(place: Workplace, gpogen: Run) -> None:
    place.profile("web")

    gpogen("check")

    assert [path.name for path in place.root.iterdir()] == ["profiles"]


# list


def test_list_shows_profiles_and_bases(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.base("common")

    answer = gpogen("list")

    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].startswith("common  base: ")
    assert lines[1].startswith("web     azure-local, windows-server-2025-azure-edition, ")
    assert "[The web servers] profiles/web.yaml" in gpogen("list", "-v").out


def test_list_shows_a_broken_profile_as_such(place: Workplace, gpogen: Run) -> None:
    place.wrong()

    answer = gpogen("list")

    assert answer.code == 1
    assert answer.out == "wrong  has errors (profiles/wrong.yaml)\n"
    assert "see: gpogen check" in answer.err
    assert gpogen("list", "-q").err == ""


def test_list_prints_json(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.base("common")

    rows = gpogen("list", "--format", "json").json

    assert [(row["name"], row["kind"]) for row in rows] == [("common", "base"), ("web", "profile")]
    assert set(rows[1]) == {
        *("name", "file", "title", "kind", "platform", "os"),
        *("orchestration", "ring", "servicing", "sets", "records"),
    }
    assert set(rows[1]["records"]) == {"policy", "preference"}
    assert rows[1]["records"]["policy"] > 0


def test_list_shows_the_shipped_profiles_from_anywhere(place: Workplace, gpogen: Run) -> None:
    answer = gpogen("list", "--shipped", "--format", "json")

    assert answer.code == 0
    shipped = [path.stem for path in profile_files(resource_dir("profiles"))]
    assert [row["name"] for row in answer.json] == shipped
    assert {row["file"] for row in answer.json} == {f"<shipped>/{name}.yaml" for name in shipped}
    assert "broken" not in {row["kind"] for row in answer.json}
    assert list(place.root.iterdir()) == []


# build


def test_build_writes_every_profile_but_bases(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.profile("db", extends="arc-ws2025-standard")
    place.base("common")

    answer = gpogen("build")

    assert answer.code == 0
    assert sorted(path.name for path in place.output.iterdir()) == ["db", "web"]
    assert re.search(r"^output/web: (\d+) files: \1 added$", answer.out, re.MULTILINE)
    assert answer.err == "2 profiles built\n"


def test_a_second_build_touches_nothing(built: Workplace, gpogen: Run) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.output.rglob("*")}

    answer = gpogen("build")

    assert re.fullmatch(r"output/web: \d+ files, unchanged\n", answer.out)
    assert {path: path.stat().st_mtime_ns for path in built.output.rglob("*")} == before


def test_build_goes_where_it_is_told(place: Workplace, gpogen: Run) -> None:
    place.profile("web")

    assert gpogen("build", "-o", "deep/below").code == 0
    assert (place.root / "deep/below/web/manifest.json").is_file()
    assert not place.output.exists()


def test_an_error_in_one_profile_writes_nothing_for_any(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.wrong()

    answer = gpogen("build")

    assert answer.code == 1
    assert "profiles/wrong.yaml:5:17: error" in answer.err
    assert re.search(r"^2 profiles: 1 error.*; nothing was written$", answer.err, re.MULTILINE)
    assert answer.out == ""
    assert not place.output.exists()


def test_a_missing_file_writes_nothing_for_the_others(place: Workplace, gpogen: Run) -> None:
    answer = gpogen("build", str(place.profile("web")), "missing.yaml")

    assert answer.code == 2
    assert "missing.yaml: No such file" in answer.err
    assert not place.output.exists()


def test_a_base_that_is_named_is_refused(place: Workplace, gpogen: Run) -> None:
    answer = gpogen("build", str(place.base("common")))

    assert answer.code == 1
    assert "profiles/common.yaml: a base (no target), which gpogen never builds" in answer.err
    assert not place.output.exists()


@pytest.mark.usefixtures("place")
def test_build_does_not_read_standard_input(gpogen: Run) -> None:
    answer = gpogen("build", "-")

    assert answer.code == 2
    assert "build does not read standard input; use files, or gpogen check -" in answer.err


HAS = {
    "osconfig": ("azlocal-ws2025-core",),
    "arc": ("arc-ws2025-standard",),
    "patch-now": ("arc-ws2025-standard",),
    "policy": ("arc-ws2025-standard",),
    "queries": ("arc-ws2025-standard",),
    "wsus": (
        "azlocal-ws2022-core",
        "updates: {source: {wsus: {server: 'http://w:8530', status_server: 'http://w:8530'}}}",
    ),
    "vm": ("azurevm-ws2022-hotpatch",),
    "maintenance": (
        "arc-ws2025-standard",
        "update_manager: {at: '22:00', duration: '03:00', reboot: IfRequired}",
    ),
}
"""A shipped profile that has an artifact which azlocal-ws2022-iso lacks, and what it needs."""


@pytest.mark.parametrize("name", list(MODULES))
def test_only_one_artifact_is_written(place: Workplace, gpogen: Run, name: str) -> None:
    base, *more = HAS.get(name, ("azlocal-ws2022-iso",))
    asked = [f"outputs: [{name}]"] if load(name).on_request else []
    place.profile("web", *more, *asked, extends=base)

    assert gpogen("build", "--only", name).code == 0

    manifest = json.loads((place.output / "web/manifest.json").read_bytes())
    assert {entry["artifact"] for entry in manifest["files"].values()} == {name}
    assert set(place.tree()) == {
        "web/manifest.json",
        *(f"web/{path}" for path in manifest["files"]),
    }


def test_only_leaves_the_other_artifacts_as_they_are(built: Workplace, gpogen: Run) -> None:
    before = built.tree()
    built.profile("web", "why: Another reason.")

    assert gpogen("build", "--only", "readme").code == 0

    after = built.tree()
    assert set(after) == set(before)
    changed = {path for path in before if after[path] != before[path]}
    assert changed == {"web/README.txt", "web/manifest.json"}


def test_all_artifacts_one_by_one_make_a_whole_build(place: Workplace, gpogen: Run) -> None:
    place.profile("web")

    for name in MODULES:
        gpogen("build", "--only", name)

    assert gpogen("build", "--check").code == 0


def test_build_lists_files_when_verbose_and_nothing_when_quiet(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")

    assert "  + gpo/manifest.xml\n" in gpogen("build", "-v").out
    assert "  + " not in gpogen("build", "-o", "other").out
    answer = gpogen("build", "-q", "-o", "third")
    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_build_prints_json(place: Workplace, gpogen: Run) -> None:
    place.profile("web")

    (row,) = gpogen("build", "--format", "json").json

    assert row["name"] == "web"
    assert row["folder"] == "output/web"
    assert sorted(row["files"]) == row["added"]
    assert "gpo/manifest.xml" in row["files"]
    assert (row["changed"], row["removed"], row["version_only"]) == ([], [], False)
    place.wrong()
    assert gpogen("build", "--format", "json").json == []


# build --check


@pytest.mark.usefixtures("built")
def test_check_of_a_fresh_build_is_content(gpogen: Run) -> None:
    answer = gpogen("build", "--check")

    assert answer.code == 0
    assert gpogen("build", "--check", "-q").out == ""


def test_check_of_a_stale_build_names_the_files_and_writes_nothing(
    built: Workplace, gpogen: Run
) -> None:
    built.profile("web", "why: Another reason.")
    (built.output / "web/machine/registry.pol").unlink()
    before = built.tree()

    answer = gpogen("build", "--check")

    assert answer.code == 1
    assert "output/web: stale: 1 added, " in answer.out
    assert "  + machine/registry.pol\n" in answer.out
    assert "  ~ README.txt\n" in answer.out
    assert built.tree() == before
    assert "~ README.txt" in gpogen("build", "--check", "-q").out
    (row,) = gpogen("build", "--check", "--format", "json").json
    assert row["added"] == ["machine/registry.pol"]
    assert row["removed"] == []
    (built.output / "web/mine.txt").write_text("mine", encoding="utf-8")
    assert "gpogen did not write mine.txt" in gpogen("build", "--check").err


def test_check_without_an_output_folder_says_stale_and_makes_none(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")

    assert gpogen("build", "--check").code == 1
    assert not place.output.exists()


def test_another_version_of_gpogen_is_only_noted(
    built: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpogen.compile.header.__version__", "99.0.0")

    answer = gpogen("build", "--check")

    assert answer.code == 0
    assert answer.out == "output/web: only gpogen's version differs (note)\n"
    built.profile("web", "why: Another reason.")
    assert gpogen("build", "--check").code == 1


# Orphans


def test_an_orphan_is_reported_and_kept(built: Workplace, gpogen: Run) -> None:
    (built.root / "profiles/web.yaml").rename(built.root / "web.yaml")
    built.profile("db")
    before = built.tree()

    answer = gpogen("build")

    assert answer.code == 0
    assert (
        "output/web: its profile no longer exists; remove it with: gpogen build --prune"
    ) in answer.err
    assert before.items() <= built.tree().items()
    rows = gpogen("build", "--format", "json").json
    assert rows[-1] == {"name": "web", "folder": "output/web", "orphan": True, "pruned": False}


def test_an_orphan_is_pruned_when_asked(built: Workplace, gpogen: Run) -> None:
    (built.root / "profiles/web.yaml").unlink()
    built.profile("db")
    foreign = built.output / "somebody's" / "notes.txt"
    foreign.parent.mkdir()
    foreign.write_text("keep", encoding="utf-8")

    answer = gpogen("build", "--prune")

    assert answer.code == 0
    assert "output/web: its profile no longer exists; removed\n" in answer.out
    assert not (built.output / "web").exists()
    assert foreign.read_text(encoding="utf-8") == "keep"


def test_an_orphan_with_a_foreign_file_is_not_pruned(built: Workplace, gpogen: Run) -> None:
    (built.root / "profiles/web.yaml").unlink()
    built.profile("db")
    (built.output / "web/notes.txt").write_text("keep", encoding="utf-8")
    before = built.tree()

    answer = gpogen("build", "--prune")

    assert answer.code == 1
    assert "output/web: gpogen did not write notes.txt" in answer.err
    assert "removed" not in answer.out
    assert before.items() <= built.tree().items()
    rows = gpogen("build", "--prune", "--format", "json").json
    assert rows[-1]["pruned"] is False


def test_a_build_of_named_profiles_knows_no_orphans(built: Workplace, gpogen: Run) -> None:
    answer = gpogen("build", str(built.profile("db")))

    assert answer.code == 0
    assert "profile is gone" not in answer.err


# Whose files these are


def test_a_foreign_file_stops_that_build_alone(built: Workplace, gpogen: Run) -> None:
    built.profile("db")
    built.profile("web", "why: Another reason.")
    (built.output / "web/gpo/notes.txt").write_text("mine", encoding="utf-8")
    before = built.tree()

    answer = gpogen("build")

    assert answer.code == 1
    assert "gpogen: output/web: gpogen did not write gpo/notes.txt" in answer.err
    assert before.items() <= built.tree().items()
    assert (built.output / "db/manifest.json").is_file()
    assert "1 profile built" in answer.err


def test_a_manifest_of_somebody_else_stops_the_build(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    (place.output / "web").mkdir(parents=True)
    (place.output / "web/manifest.json").write_text('{"mine": 1}', encoding="utf-8")
    before = place.tree()

    answer = gpogen("build")

    assert answer.code == 1
    assert "manifest.json is not from gpogen; move it to another place" in answer.err
    assert place.tree() == before


@pytest.mark.parametrize("path", ["../../victim", "/victim", "a/../../victim", "C:victim", "a\\b"])
def test_a_manifest_that_points_outside_is_none_of_ours(
    built: Workplace, gpogen: Run, path: str
) -> None:
    file = built.output / "web/manifest.json"
    manifest: dict[str, Any] = json.loads(file.read_bytes())
    manifest["files"][path] = {"artifact": "gpo", "sha256": "0" * 64}
    file.write_text(json.dumps(manifest), encoding="utf-8")
    before = built.tree()

    answer = gpogen("build", "--only", "readme")

    assert answer.code == 1
    assert built.tree() == before


def test_a_link_in_the_folder_is_not_followed(built: Workplace, gpogen: Run) -> None:
    victim = built.root / "victim"
    victim.write_text("keep", encoding="utf-8")
    link = built.output / "web/README.txt"
    link.unlink()
    link.symlink_to(victim)

    answer = gpogen("build")

    assert answer.code == 1
    assert "gpogen did not write README.txt" in answer.err
    assert link.is_symlink()
    assert victim.read_text(encoding="utf-8") == "keep"
    assert gpogen("build", "--check").code == 1


def test_a_folder_that_is_a_link_is_left_alone(built: Workplace, gpogen: Run) -> None:
    (built.output / "web").rename(built.root / "elsewhere")
    (built.output / "web").symlink_to(built.root / "elsewhere")
    built.profile("web", "why: Another reason.")

    answer = gpogen("build")

    assert answer.code == 1
    assert "output/web is not a folder: move it to another place" in answer.err
    assert (built.output / "web").is_symlink()


def test_a_file_in_a_folders_place_is_left_alone(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.output.mkdir()
    (place.output / "web").write_text("mine", encoding="utf-8")

    answer = gpogen("build")

    assert answer.code == 1
    assert "output/web is not a folder: move it to another place" in answer.err
    assert place.tree() == {"web": b"mine"}


# When the system refuses


def test_an_output_folder_that_cannot_be_made_ends_with_2(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.output.write_text("a file", encoding="utf-8")

    answer = gpogen("build")

    assert answer.code == 2
    assert "gpogen: output is not a folder" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_rename_leaves_the_old_folder_whole(
    built: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before = built.tree()
    built.profile("web", "why: Another reason.")
    rename = os.rename

    def refuse(source: str, target: str, **more: int) -> None:
        if (source, target) == ("web", "web"):
            moved.append(source)
            if len(moved) == 2:  # The old folder is out of its place, the new one not yet in it.
                raise error
        rename(source, target, **more)

    moved: list[str] = []
    monkeypatch.setattr("gpogen.disk.kernel.exchange", lambda *_: False)
    monkeypatch.setattr("os.rename", refuse)
    answer = gpogen("build")

    assert answer.code == (2 if isinstance(error, OSError) else 130)
    assert built.tree() == before
    assert [path.name for path in built.output.iterdir()] == ["web"]


@pytest.mark.usefixtures("place")
def test_an_interrupt_ends_with_130(gpogen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gpogen.workspace.select.select", interrupt)
    answer = gpogen("check")

    assert answer.code == 130
    assert "gpogen: interrupted" in answer.err


def test_an_internal_fault_leaves_a_log_and_no_traceback(
    place: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the sky fell")

    monkeypatch.setattr("gpogen.workspace.select.select", fail)
    monkeypatch.setattr("tempfile.tempdir", str(place.root))
    answer = gpogen("check")

    assert answer.code == 3
    assert "Traceback" not in answer.err
    (log,) = place.root.glob("gpogen-fault-*.log")
    assert str(log) in answer.err
    text = log.read_text(encoding="utf-8")
    assert "RuntimeError: the sky fell" in text
    assert "Python 3" in text


@pytest.mark.usefixtures("place")
def test_a_system_error_nobody_foresaw_is_told_and_is_no_fault_of_gpogen(
    gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "profiles")

    monkeypatch.setattr("gpogen.workspace.select.select", refuse)
    answer = gpogen("check")

    assert answer.code == 2
    assert answer.err == "gpogen: profiles: Permission denied\n"


# As a process


def run_process(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gpogen", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_the_process_ends_with_the_exit_code(place: Workplace) -> None:
    place.wrong()

    assert run_process("check").returncode == 1
    assert run_process("check", "missing").returncode == 2
    assert run_process("--version").returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="pipes end otherwise there")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_gone_is_no_fault_and_no_success(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    place.profile("web")
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    read, write = os.pipe()
    os.close(read)
    try:
        done = run_process("list", "--format", "json", stdout=write)
    finally:
        os.close(write)

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(os.name != "posix", reason="pipes end otherwise there")
def test_a_check_whose_output_nobody_reads_to_its_end_does_not_pass(place: Workplace) -> None:
    for number in range(60):
        place.profile(f"wrong-{number}", *(f"key{i}: {'x' * 60}" for i in range(40)))
    words = f"{sys.executable} -m gpogen check | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", words], capture_output=True, check=True, text=True, cwd=place.root
    )

    first, code = done.stdout.splitlines()
    assert "error GP010" in first
    assert code == "141"
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_told_in_one_line(place: Workplace) -> None:
    place.profile("web")
    with open("/dev/full", "wb") as full:
        done = run_process("list", stdout=full.fileno())

    assert done.returncode == 2
    assert done.stderr.startswith("gpogen: No space left on device")
    assert "Traceback" not in done.stderr


def test_a_closed_standard_output_is_no_fault(place: Workplace) -> None:
    place.profile("web")
    code = "import sys; sys.stdout = None; from gpogen.cli.main import run; run(['list'])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_check_ends_with_the_unproven_facts_that_profiles_rest_on(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    place.profile("db")
    facts = "UNPROVEN-E, UNPROVEN-H, UNPROVEN-I (gpogen explain UNPROVEN-E)"

    answer = gpogen("check")

    assert answer.err.splitlines()[-1] == f"2 profiles rest on unproven facts: {facts}"
    for options in (("--format", "json"), ("--format", "sarif"), ("-q",), ("--strict",)):
        quiet = gpogen("check", *options)
        assert "rest on unproven facts" not in quiet.out + quiet.err, options


def test_check_leaves_out_unproven_facts_that_the_author_has_tried(
    place: Workplace, gpogen: Run
) -> None:
    tried = ", ".join(f"{{rule: UNPROVEN-{letter}, why: seen}}" for letter in "EHI")
    place.profile("web", f"allow: [{{rule: HP036, why: known}}, {tried}]")

    assert "unproven" not in gpogen("check").err


def test_check_reads_no_policy_file_as_a_profile(place: Workplace, gpogen: Run) -> None:
    path = place.root / "x.PolicyRules"
    path.write_text("<PolicyRules></PolicyRules>", encoding="utf-8")
    answer = gpogen("check", path.name)

    assert answer.code == 2
    assert "use gpogen show" in answer.err


def test_build_strict_writes_nothing_on_a_warning_or_an_unproven_fact(
    place: Workplace, gpogen: Run
) -> None:
    tried = ", ".join(f"{{rule: UNPROVEN-{letter}, why: seen}}" for letter in "EHI")
    known = "{rule: HP036, why: known}"
    place.profile("web", f"allow: [{known}]")
    for options in (("--strict",), ("--strict", "-q"), ("--strict", "--check")):
        answer = gpogen("build", *options)
        assert answer.code == 1, options
        assert "warning UNPROVEN-E" in answer.err, options
        assert "nothing was written" in answer.err, options
        assert not place.output.exists()

    place.profile("web", f"allow: [{known}, {tried}]")
    assert gpogen("build", "--strict").code == 0
    assert gpogen("build", "--check", "--strict").code == 0
    place.profile("web", f"allow: [{known}, {tried}]", "updates: {quality_deferral_days: 20}")
    answer = gpogen("build", "--check", "--strict")
    assert (answer.code, answer.out) == (1, "")
    assert "warning HP014" in answer.err


COLUMNS_80 = (
    ("list", "--shipped"),
    ("explain", "UNPROVEN-I", "UNPROVEN-A"),
    ("platforms", "azure-local"),
    ("verify", "output/web"),
    ("show", "output/web/machine/registry.pol"),
    ("check",),
)


@pytest.mark.parametrize("words", COLUMNS_80, ids=lambda words: words[0])
def test_lines_are_folded_to_the_columns_that_are_asked_for_and_whole_in_a_pipe(
    place: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    place.profile("web", "updates: {quality_deferral_days: 20}")
    assert gpogen("build").code == 0
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = gpogen(*words)
    monkeypatch.setenv("COLUMNS", "80")
    folded = gpogen(*words)

    lines = (folded.out + folded.err).splitlines()
    long = [line for line in lines if len(line) > 80 and "HKLM" not in line and "://" not in line]
    assert long == []
    assert (folded.out + folded.err).split() == (whole.out + whole.err).split()
    assert len(lines) > len((whole.out + whole.err).splitlines())


def test_explain_tells_a_shipped_profile_and_an_empty_word(gpogen: Run) -> None:
    profile = gpogen("explain", "azlocal-ws2025-core")
    assert profile.code == 2
    assert "is a shipped profile; see: gpogen list --shipped azlocal-ws2025-core" in profile.err
    for word in ("", "  "):
        empty = gpogen("explain", word)
        assert (empty.code, empty.out) == (2, "")
        assert "must be a name such as HP014; got an empty text" in empty.err


def test_an_export_of_old_release_data_says_how_old_they_are(
    gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795564800")  # 2026-11-25
    old = gpogen("releases", "export")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1791000000")  # 2026-10-03
    new = gpogen("releases", "export")

    assert (old.code, new.code) == (0, 0)
    assert old.err.count("warning HP020: the release data of windows-server-20") == 2
    assert "HP020" not in new.err
    assert old.out == new.out
