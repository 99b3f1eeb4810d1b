"""Reading folders and files of anybody, hostile ones included."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gpogen.errors import GpogenError, UsageError
from gpogen.formats import gppregistry, pol
from gpogen.reading.files import on_disk
from gpogen.reading.read import Reading, inputs, read_all, read_input

BACKUP = """<GroupPolicyBackupScheme xmlns="urn:x"><GroupPolicyObject><GroupPolicyCoreSettings>
<DisplayName>A</DisplayName></GroupPolicyCoreSettings><GroupPolicyExtension DescName="Registry">
{}</GroupPolicyExtension></GroupPolicyObject></GroupPolicyBackupScheme>"""
POLICY = "DomainSysvol\\GPO\\Machine\\registry.pol"
SIZE = 1 << 20


def backup(folder: Path, *locations: str) -> Path:
    """Make a backup that lists files; its registry.pol is not made."""
    files = "".join(f'<FSObjectFile Location="{item}"/>' for item in locations)
    (folder / "DomainSysvol" / "GPO" / "Machine").mkdir(parents=True)
    (folder / "Backup.xml").write_text(BACKUP.format(files), encoding="utf-8")
    return folder / "DomainSysvol" / "GPO" / "Machine" / "registry.pol"


def test_a_file_that_is_listed_twice_in_any_case_is_read_once(tmp_path: Path) -> None:
    entries = [pol.PolEntry("K", "V", 4, b"\1\0\0\0")]
    backup(tmp_path, POLICY, POLICY.upper(), POLICY).write_bytes(pol.encode(entries))

    assert len(read_input(str(tmp_path)).items) == 1


@pytest.mark.parametrize("name", ["a" * 300, "registry.pol"])
def test_what_is_not_in_a_backup_is_said(tmp_path: Path, name: str) -> None:
    backup(tmp_path, f"DomainSysvol\\{name}\\registry.pol")

    gpo = read_input(str(tmp_path)).gpo
    assert gpo is not None
    assert [str(part) for part in gpo.parts] == [
        f"registry policy: DomainSysvol/{name}/registry.pol (not there)"
    ]


def test_a_link_to_itself_is_not_there(tmp_path: Path) -> None:
    path = backup(tmp_path, POLICY)
    path.symlink_to(path)

    assert (
        "registry policy: Machine/registry.pol (not there)" in read_input(str(tmp_path)).not_shown
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pol")
    os.mkfifo(tmp_path / "Backup.xml")

    with pytest.raises(UsageError, match="no GPO and no policy file"):
        inputs(str(tmp_path))
    assert on_disk(tmp_path, SIZE).names == ()


def test_folders_are_not_followed_without_end(tmp_path: Path) -> None:
    tmp_path.joinpath(*["d"] * 150).mkdir(parents=True)

    with pytest.raises(UsageError, match="no GPO and no policy file"):
        inputs(str(tmp_path))
    with pytest.raises(UsageError, match="more than 100 levels of folders"):
        on_disk(tmp_path, SIZE)


def test_one_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    good = tmp_path / "good.pol"
    good.write_bytes(pol.encode([]))
    paths = (str(tmp_path / ("a" * 300)), str(tmp_path / "none"), str(good))

    first, second, third = read_all(paths, max_size=SIZE)

    assert isinstance(first, GpogenError)
    assert isinstance(second, GpogenError)
    assert isinstance(third, Reading)


def test_targeting_and_names_of_collections_reach_their_items() -> None:
    value = (
        '<Registry disabled="0"><Properties hive="HKEY_LOCAL_MACHINE" key="K" name="N" '
        'type="REG_DWORD" value="1"/>{}</Registry>'
    )
    own = '<Filters><FilterOs os="x"/></Filters>'
    data = (
        f'<RegistrySettings>{value.format("")}<Collection name="outer" disabled="1">'
        f'<Filters><FilterWmi query="q"/></Filters><Collection name="inner">{value.format(own)}'
        "</Collection></Collection></RegistrySettings>"
    )

    first, second = gppregistry.read(data.encode()).items

    assert (first.collections, first.filters, first.disabled) == ((), (), False)
    assert (second.collections, second.disabled) == (("outer", "inner"), True)
    assert [item.element for item in second.filters] == ["FilterWmi", "FilterOs"]
