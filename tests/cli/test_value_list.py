"""The list of values that an import leaves in a GPO's folder, as the readers of GPOs meet it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Workplace

NAME = "gpogen-values.txt"


def sysvol(place: Workplace, kind: str) -> Path:
    """The GPO of a built profile as a backup, a SYSVOL folder or a samba-tool backup."""
    (backup,) = (place.output / "web" / "gpo").glob("{*}")
    if kind == "backup":
        return backup
    folder = place.root / kind / "{1}"
    shutil.copytree(backup / "DomainSysvol" / "GPO", folder)
    if kind == "samba":
        (folder / "GPT.INI").write_text("[General]\nVersion = 1\n", encoding="utf-8")
        for path in [item for item in folder.rglob("*") if item.is_file()]:
            path.rename(f"{path}.SAMBABACKUP")
    return folder


def the_list(folder: Path) -> Path:
    (found,) = folder.rglob(f"{NAME}*")
    return found


@pytest.fixture
def built(place: Workplace, gpogen: Run) -> Workplace:
    place.profile("web", "why: One reason.")
    assert gpogen("build").code == 0
    return place


@pytest.mark.parametrize("kind", ["backup", "sysvol", "samba"])
def test_the_list_is_no_setting_that_a_reader_of_gpos_reports(
    built: Workplace, gpogen: Run, kind: str
) -> None:
    folder = sysvol(built, kind)

    for command in ("show", "import", "check"):
        more = ("-o", "-") if command == "import" else ()
        target = ("--target", "azure-local,windows-server-2025-azure-edition")
        found = gpogen(command, str(folder), *more, *(target if command == "check" else ()))
        assert NAME not in found.out + found.err


@pytest.mark.parametrize("kind", ["backup", "sysvol", "samba"])
@pytest.mark.parametrize("text", ["", "calc", "gpogen 1\r\n0132208a\r\n@calc\r\n"])
def test_a_file_of_that_name_with_other_content_is_not_hidden(
    built: Workplace, gpogen: Run, kind: str, text: str
) -> None:
    folder = sysvol(built, kind)
    the_list(folder).write_text(text, encoding="utf-8", newline="")

    assert NAME in gpogen("show", str(folder)).err
    assert NAME in gpogen("import", str(folder), "-o", "-").err


def test_the_list_of_another_folder_is_not_hidden(built: Workplace, gpogen: Run) -> None:
    folder = sysvol(built, "sysvol")
    shutil.copy(folder / NAME, folder / "Machine" / NAME)

    assert f"Machine/{NAME}" in gpogen("show", str(folder)).err


def test_gpos_that_differ_in_nothing_but_what_an_import_noted_are_equal(
    built: Workplace, gpogen: Run
) -> None:
    folder = sysvol(built, "sysvol")
    other = built.root / "other" / "{1}"
    shutil.copytree(folder, other)
    (other / NAME).unlink()

    assert gpogen("diff", str(folder), str(other)).code == 0


def test_an_import_keeps_the_authors_reason_of_the_comment_alone(
    built: Workplace, gpogen: Run
) -> None:
    found = gpogen("import", str(sysvol(built, "backup")), "-o", "-")

    assert "why: One reason." in found.out
    assert "gpogen:web" not in found.out
