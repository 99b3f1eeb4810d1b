"""Verifying: one thing is broken at a time, and the row of its check says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts.all import MODULES, load
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError, GpogenError, UsageError
from gpogen.formats import lgpo, pol, reg
from gpogen.outputs.signed import bodies
from gpogen.outputs.tree import render_tree
from gpogen.policy.types import Action, Hive, RegType
from gpogen.profile.schema import OUTPUTS
from gpogen.verify.row import CheckRow, Report, State
from gpogen.verify.selfcheck import assert_same
from gpogen.verify.verify import verify
from tests.artifacts.factory import compiled, deletion, header, preference, value
from tests.support.corpus import corpus

MAX = 64 << 20
VBS = r"SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
OTHER = "{00000000-1111-2222-3333-444444444444}"
SIGNATURE = (
    b"\r\n# SIG # Begin signature block\r\n# MIIFuQYJKoZIhvcNAQcCoIIFqjCCBaYCAQExDzAN\r\n"
    b"# +/8=\r\n# SIG # End signature block\r\n"
)
VBS_EXTENSION = "{F312195E-3D9D-447A-A3F5-08DFFA24735E}"


def made(**parts: object) -> Compiled:
    policy = (value("AUOptions"), value("EnableVirtualizationBasedSecurity", 1, key=VBS))
    whole = {"preferences": (preference(),), "client_extensions": (VBS_EXTENSION,), **parts}
    return compiled(policy=policy, outputs=OUTPUTS, **whole)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of both sides' policy, preferences and VBS; its folder."""
    for path, (file, _) in render_tree(made(), ("gpo",)).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
    return next((tmp_path / "gpo").glob("{*}"))


def report(folder: Path) -> Report:
    (found,) = verify(str(folder), "", max_size=MAX)
    assert isinstance(found, Report), found
    return found


def row(folder: Path, check: str) -> CheckRow:
    (found,) = [item for item in report(folder).rows if item.check == check]
    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes()
    assert old.encode() in text
    path.write_bytes(text.replace(old.encode(), new.encode()))


def test_a_backup_of_gpogen_passes_every_check(backup: Path) -> None:
    found = report(backup)

    assert {item.state for item in found.rows} == {State.OK}
    assert len(found.rows) == len({item.check for item in found.rows}) >= 15
    assert found.is_sound


def drop(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def change(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder / name, old, new)


def swap(name: str, pattern: str, new: str) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        changed = re.sub(pattern, new, text, count=1)
        assert changed != text
        (folder / name).write_text(changed, encoding="utf-8", newline="")

    return run


def truncate(name: str) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:-3])

    return run


MACHINE = "DomainSysvol/GPO/Machine"
BROKEN = [
    ("files", drop("bkupInfo.xml"), "bkupInfo.xml is missing"),
    ("files", truncate("bkupInfo.xml"), "bkupInfo.xml is not well-formed"),
    ("files", truncate("../manifest.xml"), "manifest.xml is not well-formed"),
    (
        "namespaces",
        change("bkupInfo.xml", "GPOOperations/Manifest", "GPOOperations"),
        "bkupInfo.xml has elements in http://www.microsoft.com/GroupPolicy/GPOOperations; ",
    ),
    (
        "namespaces",
        swap("Backup.xml", ' xmlns="[^"]*"', ""),
        "Backup.xml has elements in no namespace; it must be",
    ),
    (
        "prefixes",
        change("Backup.xml", "bkp:Location", "Location"),
        "attributes without the prefix bkp: FSObjectFile Location",
    ),
    (
        "prefixes",
        swap("Backup.xml", 'xmlns:bkp="[^"]*"', 'xmlns:bkp="urn:other"'),
        "bkp is bound to urn:other; it must be http",
    ),
    ("GUIDs", swap("Backup.xml", r"<ID><!\[CDATA\[\{", "<ID><![CDATA[("), "Backup.xml ID is '("),
    ("GUIDs", swap("bkupInfo.xml", r"(?<=GPODomainGuid><!\[CDATA\[)..", ""), "GPODomainGuid is"),
    (
        "backup ID",
        swap("bkupInfo.xml", r"(?<=<ID><!\[CDATA\[)[^\]]*", OTHER),
        f"bkupInfo.xml has {OTHER}, the folder is",
    ),
    (
        "GPO GUID",
        swap("bkupInfo.xml", r"(?<=<GPOGuid><!\[CDATA\[)[^\]]*", OTHER),
        f"bkupInfo.xml '{OTHER}'",
    ),
    (
        "backup time",
        change("bkupInfo.xml", "2026-11-02T", "2026-11-031T"),
        "bkupInfo.xml has '2026-11-031T00:00:00'; it must be a date",
    ),
    (
        "backup time",
        change("../manifest.xml", "-11-02T", "-11-31T"),
        "manifest.xml has '2026-11-31",
    ),
    (
        "extension names",
        swap("Backup.xml", r"(?<=MachineExtensionGuids><!\[CDATA\[\[)(\{[^}]*\})\{[^}]*\}", r"\1"),
        "it must be [{extension}{tool}]",
    ),
    (
        "extension order",
        swap(
            "Backup.xml",
            r"(?<=MachineExtensionGuids><!\[CDATA\[)(\[.*?\])(\[.*?\])(?=\[)",
            r"\2\1",
        ),
        "must come earlier",
    ),
    (
        "extensions",
        swap("Backup.xml", r"\[\{35378EAC[^]]*\]", ""),
        "Guids lacks {35378EAC-683F-11D2-A89A-00C04FBBCFA2}, without which registry.pol has",
    ),
    (
        "extensions",
        swap("Backup.xml", r"\[\{B087BE9D[^]]*\]", ""),
        "without which Registry.xml has no effect",
    ),
    (
        "extensions",
        swap("Backup.xml", r"\[\{F312195E[^]]*\]", ""),
        'without which "Turn On Virtualization Based Security" has no effect',
    ),
    ("versions", change("Backup.xml", "65537", "0"), "MachineVersionNumber is 0 although"),
    (
        "versions",
        change("Backup.xml", "65537", "65538"),
        "is 65538, 1 and 2 in its halves; it must be 131074",
    ),
    ("versions", change("Backup.xml", "65537", "one"), "is 'one'; it must be a number"),
    ("locations", drop(f"{MACHINE}/registry.pol"), f"{MACHINE}/registry.pol is missing"),
    (
        "locations",
        change("Backup.xml", r'Location="DomainSysvol\GPO\GPO.cmt', r'Location="..\GPO.cmt'),
        "../GPO.cmt points outside the backup",
    ),
    ("contents", truncate(f"{MACHINE}/registry.pol"), f"{MACHINE}/registry.pol: "),
    (
        "contents",
        truncate(f"{MACHINE}/Preferences/Registry/Registry.xml"),
        "Registry.xml is not well-formed",
    ),
]


@pytest.mark.parametrize(("check", "harm", "text"), BROKEN)
def test_a_broken_backup_is_a_problem_of_its_check(
    backup: Path, check: str, harm: Callable[[Path], None], text: str
) -> None:
    harm(backup)

    found = row(backup, check)

    assert found.state is State.PROBLEM
    assert text in found.text


NOTED = [
    (
        "manifest",
        swap("../manifest.xml", r"(?<=<ID><!\[CDATA\[)[^\]]*", OTHER),
        "manifest.xml does not list",
    ),
    ("manifest", drop("../manifest.xml"), "no manifest.xml next to the folder"),
    (
        "display name",
        change("bkupInfo.xml", "Hotpatch baseline", "Hotpatch"),
        "they differ: Backup.xml 'Hotpatch baseline', bkupInfo.xml 'Hotpatch'",
    ),
    (
        "case",
        lambda folder: (folder / MACHINE / "registry.pol").rename(
            folder / MACHINE / "Registry.pol"
        ),
        f"{MACHINE}/registry.pol is {MACHINE}/Registry.pol on disk",
    ),
    (
        "other files",
        lambda folder: (folder / "mine.txt").write_bytes(b""),
        "not in Backup.xml, so Import-GPO ignores them: mine.txt",
    ),
]


@pytest.mark.parametrize(("check", "harm", "text"), NOTED)
def test_what_import_gpo_does_not_mind_is_a_note(
    backup: Path, check: str, harm: Callable[[Path], object], text: str
) -> None:
    harm(backup)

    assert row(backup, check) == CheckRow(check, State.NOTE, row(backup, check).found)
    assert text in row(backup, check).text
    assert report(backup).is_sound


def test_an_empty_folder_that_is_missing_is_a_note(backup: Path) -> None:
    edit(
        backup / "Backup.xml",
        r'Location="DomainSysvol\GPO\Machine\Preferences"',
        r'Location="DomainSysvol\GPO\Machine\Scripts"',
    )

    assert row(backup, "folders").state is State.NOTE
    assert "Machine/Scripts" in row(backup, "folders").text


def test_lgpos_own_id_may_differ_from_the_folder_and_needs_no_manifest(backup: Path) -> None:
    swap("bkupInfo.xml", r"(?<=<ID><!\[CDATA\[)[^\]]*", "{07BDCD6A-3F72-473C-82B9-67BB69DBE54D}")(
        backup
    )
    (backup / "bkupInfo.xml").rename(backup / "Bkupinfo.xml")
    (backup.parent / "manifest.xml").unlink()

    assert row(backup, "backup ID").state is State.OK
    assert "LGPO.exe" in row(backup, "backup ID").text
    assert report(backup).is_sound


def test_a_file_that_is_listed_twice_is_read_once(backup: Path) -> None:
    text = (backup / "Backup.xml").read_text(encoding="utf-8")
    (entry,) = re.findall(r"<FSObjectFile [^>]*Machine.registry.pol\"/>", text)
    edit(backup / "Backup.xml", entry, entry * 50)

    assert row(backup, "contents").text == "3 records"


def test_a_backup_that_cannot_be_read_is_an_error_and_hides_no_other(backup: Path) -> None:
    (backup.parent / OTHER).mkdir()
    (backup.parent / OTHER / "Backup.xml").write_bytes(b"<x>")

    found = list(verify(str(backup.parent), "", max_size=MAX))

    assert [type(item) for item in found if isinstance(item, GpogenError)] == [FormatError]
    assert sum(isinstance(item, Report) for item in found) == 1


def test_a_folder_with_nothing_to_verify_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"neither gpogen's manifest\.json nor a GPO backup"):
        list(verify(str(tmp_path), "", max_size=MAX))
    with pytest.raises(UsageError, match="no such folder"):
        list(verify(str(tmp_path / "none"), "", max_size=MAX))


# Real backups.

CORPUS_FAULTS = {"extension names", "versions", "locations"}


def test_every_real_backup_is_verified_and_its_faults_are_counted() -> None:
    found = list(verify(str(corpus() / "gpobackup"), "", max_size=MAX))

    assert [item for item in found if isinstance(item, GpogenError)] == []
    rows = [row for item in found if isinstance(item, Report) for row in item.rows]
    counts = Counter((item.check, item.state.value) for item in rows)
    print(f"\n{len(found)} backups", *sorted(counts.items()), sep="\n  ")
    assert len(found) > 100
    assert {item.check for item in rows if item.state is State.PROBLEM} <= CORPUS_FAULTS


# Signed scripts.


@pytest.mark.parametrize("ends", [b"", b"\r\n", b"\n"])
def test_a_signature_at_the_end_is_taken_off(ends: bytes) -> None:
    script = b"Get-Date" + ends

    assert script in set(bodies("a.ps1", script + SIGNATURE))
    assert list(bodies("a.txt", script + SIGNATURE)) == []


@pytest.mark.parametrize(
    "data",
    [
        b"Get-Date\r\n",
        b"Get-Date" + SIGNATURE + b"Remove-Item x\r\n",
        SIGNATURE.replace(b"# +/8=", b"Remove-Item x"),
        b"Get-Date # SIG # Begin signature block\r\n# AA==\r\n# SIG # End signature block\r\n",
    ],
)
def test_what_is_no_signature_at_the_end_is_none(data: bytes) -> None:
    assert list(bodies("a.ps1", data)) == []


# A build reads back what it made.


def files(made: Compiled) -> dict[str, bytes]:
    return {path: file.data for path, (file, _) in render_tree(made).items()}


ALL = tuple(MODULES)
READ = [name for name in ALL if not load(name).unread]


def test_all_artifacts_hold_the_policy_they_were_made_from() -> None:
    odd = made(
        preferences=(
            preference("S", 'a "b" & <c>\r\n\td', RegType.SZ),
            preference("M", ("a", "b"), RegType.MULTI_SZ),
            preference("Q", 1 << 40, RegType.QWORD),
            preference("B", b"\x00\xff", RegType.BINARY),
            preference("", action=Action.DELETE),
            preference("", action=Action.CREATE_KEY),
            preference("U", hive=Hive.HKCU),
        ),
        direct=(value("A", "line\r\nend", RegType.SZ), deletion("B")),
    )

    assert_same(odd, files(odd), ALL)


def entry(name: str, data: int) -> bytes:
    return pol.encode(
        [pol.PolEntry("SOFTWARE\\X", name, RegType.DWORD, data.to_bytes(4, "little"))]
    )


FAULTS: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    ("registry-pol", "machine/registry.pol", lambda _: entry("A", 1)),
    ("gpo", "Machine/registry.pol", lambda _: entry("A", 1)),
    ("gpo", "Registry.xml", lambda data: data.replace(b'"Tattoo"', b'"Tatoo"')),
    ("gpo", "Backup.xml", lambda data: data.replace(b"65537", b"0")),
    ("gpo", "bkupInfo.xml", lambda data: data.replace(b"Manifest", b"Other")),
    ("lgpo", ".txt", lambda data: data.replace(b"DWORD:4", b"DWORD:5")),
    ("lgpo", ".txt", lambda _: b"nonsense"),
    ("policyrules", ".PolicyRules", lambda data: data.replace(b">4<", b">5<")),
    ("wmi", ".mof", lambda data: data.replace(b"4\x000\x008\0", b"4\x000\x007\0")),
    ("wmi", ".mof", lambda _: b"nonsense"),
    ("reg", "core.reg", lambda data: data.replace(b"4\0\r", b"5\0\r")),
    ("reg", "-undo.reg", lambda _: reg.encode([])),
]


@pytest.mark.parametrize(("artifact", "ending", "harm"), FAULTS)
def test_a_broken_emitter_is_a_fault_that_names_its_artifact(
    artifact: str, ending: str, harm: Callable[[bytes], bytes]
) -> None:
    whole = made()
    broken = {
        path: harm(data) if path.endswith(ending) else data for path, data in files(whole).items()
    }
    assert broken != files(whole)

    with pytest.raises(AssertionError, match=f"azlocal-ws2022-core: artifact {artifact}: "):
        assert_same(whole, broken, ALL)


@pytest.mark.parametrize("artifact", READ)
def test_an_emitter_that_makes_nothing_is_a_fault(artifact: str) -> None:
    # OSConfig is for this system alone.
    system = header(os="windows-server-2025-datacenter")
    with pytest.raises(AssertionError, match=f"artifact {artifact}: "):
        assert_same(made(header=system), {}, (artifact,))


def test_what_a_format_cannot_hold_is_no_fault() -> None:
    soft = replace(value("A").record, action=Action.SOFT)
    lossy = (replace(value("A"), record=soft), value("B"))
    whole = compiled(policy=lossy, direct=lossy, outputs=OUTPUTS)

    assert len(lgpo.losses([item.record for item in lossy])) == 1
    assert_same(whole, files(whole), ALL)
