"""-Rollback of the import script: whose GPO it restores, and what it saves first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from gpogen.artifacts.gpo_backup import gpo_comment, identity
from tests.artifacts.factory import header
from tests.artifacts.powershell.domain import SERVER, Domain, settings
from tests.artifacts.powershell.harness import Engine, Outcome
from tests.artifacts.powershell.samples import PLAIN

pytestmark = pytest.mark.slow
# The stand-in reckons the GUID of a GPO from the name that it was made with.
GPO = f"{{{UUID(bytes_le=hashlib.md5(b'made 0').digest())}}}".upper()
OLD = identity(PLAIN.header).gpo


@pytest.fixture
def domain(engine: Engine, tmp_path: Path) -> Domain:
    return Domain(engine, tmp_path, PLAIN, tamper=saved_from(GPO))


@pytest.fixture
def ours(domain: Domain) -> Domain:
    return domain.having(gpo_comment(PLAIN), settings(PLAIN))


def saved_from(gpo: str, *names: str) -> Callable[[Path], None]:
    """Make the backup beside the script one of a GPO of the domain."""

    def change(folder: Path) -> None:
        for name in names or ("bkupInfo.xml", "Backup.xml"):
            for path in folder.glob(f"{{*/{name}"):
                path.write_text(path.read_text().replace(OLD, gpo))

    return change


def changes(done: Outcome) -> list[str]:
    return [name for name in done.commands if not name.startswith("Get-")]


def backup(place: Domain) -> Path:
    place.run("-WhatIf")
    return place.backup


def test_rollback_saves_what_is_there_and_restores_the_saved_gpo(ours: Domain) -> None:
    for path in (backup(ours), backup(ours).parent):
        done = ours.run("-Rollback", str(path))
        assert done.code == 0, done.out
        assert changes(done) == ["Backup-GPO", "Restore-GPO"]
        assert f"{{{done.of('Backup-GPO')[0]['Guid']}}}".upper() == GPO
        assert done.of("Backup-GPO")[0]["Path"] == str(ours.saved)
        assert f"-Rollback '{ours.saved}/{{" in done.out
        given = done.of("Restore-GPO")[0]
        assert f"{{{given['BackupId']}}}".upper() == ours.backup.name
        assert (given["Path"], given["Server"]) == (str(ours.backup.parent), SERVER)


def test_nothing_is_restored_when_saving_fails(ours: Domain) -> None:
    path = backup(ours)
    done = replace(ours, extra="'Backup-GPO' = { throw 'disk full' }").run("-Rollback", str(path))
    assert done.code == 1
    assert changes(done) == ["Backup-GPO"]


def test_rollback_with_whatif_restores_nothing(ours: Domain) -> None:
    done = ours.run("-Rollback", str(backup(ours)), "-WhatIf")
    assert done.code == 2
    assert changes(done) == []
    assert f"below {ours.saved}" in done.out


@pytest.mark.parametrize("comment", ["made by hand", "", f"by hand\ngpogen:{PLAIN.header.name}"])
def test_a_gpo_that_the_profile_did_not_make_is_not_rolled_back(
    domain: Domain, comment: str
) -> None:
    place = domain.having(comment, settings(PLAIN))
    path = str(backup(place))
    done = place.run("-Rollback", path)
    assert done.code == 1
    assert changes(done) == []
    assert "was not created by this profile" in done.out
    assert changes(place.run("-Rollback", path, "-Force")) == ["Backup-GPO", "Restore-GPO"]


def test_a_saved_gpo_of_another_guid_is_refused_whatever_its_name(ours: Domain) -> None:
    place = replace(ours, tamper=saved_from("{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}"))
    path = str(backup(place))
    done = place.run("-Rollback", path)
    assert done.code == 1
    assert changes(done) == []
    assert "The domain has no GPO aaaaaaaa-" in done.out
    assert changes(place.run("-Rollback", path, "-Force")) == ["Restore-GPO"]


@pytest.mark.parametrize("name", ["bkupInfo.xml", "Backup.xml"])
def test_files_that_name_two_gpos_are_no_saved_gpo(ours: Domain, name: str) -> None:
    place = replace(ours, tamper=saved_from(GPO, name))
    done = place.run("-Rollback", str(backup(place)), "-Force")
    assert done.code == 1
    assert changes(done) == []
    assert "is not a saved GPO" in done.out


def test_a_saved_gpo_of_another_name_needs_force(ours: Domain) -> None:
    path = str(backup(ours))
    renamed = replace(PLAIN, header=header(title="Another"))
    place = replace(ours, sample=renamed, without_backup=True)
    done = place.run("-Rollback", path)
    assert done.code == 1
    assert changes(done) == []
    assert changes(place.run("-Rollback", path, "-Force")) == ["Backup-GPO", "Restore-GPO"]


XML = {
    "an entity of a file": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
    "an entity bomb": '<!DOCTYPE a [<!ENTITY e "xx"><!ENTITY f "&e;&e;">]><a>&f;</a>',
    "a declaration from elsewhere": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
    "no XML": "x",
    "an empty element": "<BackupInst/>",
}


@pytest.mark.parametrize("text", XML.values(), ids=XML)
@pytest.mark.parametrize("name", ["bkupInfo.xml", "Backup.xml"])
def test_a_saved_gpo_is_read_without_its_declarations(ours: Domain, name: str, text: str) -> None:
    def broken(folder: Path) -> None:
        saved_from(GPO)(folder)
        next(folder.glob(f"{{*/{name}")).write_text(text)

    place = replace(ours, tamper=broken)
    done = place.run("-Rollback", str(backup(place)), "-Force")
    assert done.code == 1
    assert changes(done) == []


def test_rollback_refuses_what_is_no_backup(ours: Domain, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent", tmp_path / "*"):
        done = ours.run("-Rollback", str(path))
        assert done.code == 1
        assert changes(done) == []
