"""Every real GPO backup: read whole, and imported, built and compared without a silent loss."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gpogen.artifacts import gpo_backup
from gpogen.compile.assemble import assemble
from gpogen.compile.compiler import compile_profile
from gpogen.interchange.compare_gpos import compare_gpos
from gpogen.interchange.difference import compare_policies
from gpogen.interchange.importing.compose import Imported, Wanted, import_policy
from gpogen.policy.words import name_of
from gpogen.profile.load import Loader
from gpogen.reading.read import MAX_SIZE, Reading, inputs, read_all, read_input
from gpogen.workspace.foreign import judge_foreign
from gpogen.workspace.target import ForeignTarget
from tests.support.corpus import corpus

WANTED = Wanted(name="imported", target={})
COMPILED_SINCE = ("DSObject", "FSObjectDir")


def found_by_name() -> list[Path]:
    """Every folder with a Backup.xml, by a walk of its own."""
    return [
        Path(here)
        for here, _, names in os.walk(corpus() / "gpobackup")
        if any(name.lower() == "backup.xml" for name in names)
    ]


@cache
def backups() -> tuple[Reading, ...]:
    found = tuple(read_all((str(corpus() / "gpobackup"),), max_size=MAX_SIZE))
    assert [item for item in found if not isinstance(item, Reading)] == []
    return tuple(item for item in found if isinstance(item, Reading) and item.kind == "backup")


def test_no_backup_is_passed_over_however_deep_it_lies() -> None:
    every = found_by_name()

    assert len(every) > 100
    listed = {Path(item) for item in inputs(str(corpus() / "gpobackup"))}
    assert set(every) <= listed
    assert len(backups()) == len(every)
    assert judge_foreign(str(corpus() / "gpobackup"), ForeignTarget()).gpos == len(listed)


def test_options_say_which_side_is_off_as_native_files_have_it() -> None:
    """1 turns the user side off: a GPO has it whose user side is empty. 2 is the other side."""
    assert backups()
    for found in backups():
        gpo = found.gpo
        assert gpo is not None
        assert gpo.extensions is not None
        machine, user = gpo.extensions.values()
        assert (gpo.computer, gpo.user) != (None, None)
        assert gpo.user or not user, found.file
        assert gpo.computer or not machine, found.file


def test_every_file_that_backup_xml_names_is_read_or_named_as_a_part() -> None:
    assert backups()
    for found in backups():
        (xml,) = (p for p in Path(found.file).iterdir() if p.name.lower() == "backup.xml")
        named = xml.read_bytes().decode("utf-8", "replace").count("bkp:Location=")
        folders = xml.read_bytes().count(b"FSObjectDir bkp:Path")
        assert found.gpo is not None
        read = {item.place.file for item in found.items}
        assert named <= folders + len(found.gpo.parts) + len(found.comments) + max(len(read), 4)


@pytest.mark.slow
def test_import_build_and_diff_are_equal_or_name_every_loss(tmp_path: Path) -> None:
    count: Counter[str] = Counter()
    for number, before in enumerate(backups()):
        made = import_policy(before, WANTED, MAX_SIZE)
        after = built(made, tmp_path / str(number))
        reports = "\n".join(made.reports)
        for change in compare_policies(before, after):
            assert name_of(change.record) in reports, (before.file, change)
            count["records"] += 1
        for other in compare_gpos(before, after):
            count[other.what] += 1
            assert (other.old or other.new) in reports, (before.file, other)
            assert other.what not in ("computer side", "user side"), (before.file, other)
        assert before.gpo is not None
        assert before.gpo.wmi_filter is not None
        assert before.gpo.wmi_filter in reports
        count["backups"] += 1

    assert count["backups"] == len(found_by_name())
    assert count["WMI filter"] >= 10
    assert count["Machine extension"] > 50


def built(made: Imported, folder: Path) -> Reading:
    """Build the backup of an imported profile, whatever `check` says of it, and read it."""
    loaded = Loader().load_bytes(made.text.encode())
    found = compile_profile(loaded)
    assert found is not None
    compiled = assemble(found)
    for file in gpo_backup.emit(compiled):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return read_input(str(folder / "gpo"))


def samba_folders() -> Iterator[Path]:
    yield from (item.parent for item in (corpus() / "samba").rglob("GPT.INI.xml"))


def test_a_real_backup_of_samba_tool_is_one_gpo_with_both_sides() -> None:
    (folder,) = samba_folders()

    assert inputs(str(corpus() / "samba")) == [str(folder)]
    found = read_input(str(folder))
    assert found.kind == "samba"
    assert {record.hive.value for record in found.records} == {"HKLM", "HKCU"}
    assert found.gpo is not None
    assert {part.what.split(" with ")[0] for part in found.gpo.parts} >= {
        "security template",
        "scripts",
        "audit policy",
        "folder redirection",
    }
