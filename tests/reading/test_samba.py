"""A folder of ``samba-tool gpo backup`` is read as ``samba-tool gpo restore`` reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from gpogen.errors import FormatError
from gpogen.formats import pol
from gpogen.policy.data import encode_data
from gpogen.policy.gpo import Reading
from gpogen.policy.types import Hive, RegType
from gpogen.reading.read import read_input
from tests.support.samba import samba_run

UNKNOWN = '<?xml version="1.0" encoding="utf-8"?><UnknownFile/>'
INI = (
    '<IniFile><Section name="General"><Parameter><Key>Version</Key><Value>{}</Value></Parameter>'
    "{}</Section></IniFile>"
)
ENTRY = '<Entry type="4"><Key>K</Key><ValueName>N</ValueName><Value>1</Value></Entry>'
EMPTY_LIST = '<Entry type="7"><Key>K</Key><ValueName>N</ValueName><Value/></Entry>'
POL = '<PolFile num_entries="1" signature="PReg" version="1">{}</PolFile>'
RAW = pol.encode([pol.PolEntry("K", "N", RegType.DWORD, b"\2\0\0\0")])
PREFERENCES = '<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}"/>'
PREFERENCE = "Machine/Preferences/Registry/Registry.xml"
BASE: Mapping[str, str | bytes] = {
    "GPT.INI.xml": INI.format(1, ""),
    "gPCMachineExtensionNames.SAMBAEXT": "[{A}{B}]",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, data in {**BASE, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def read(folder: Path, files: Mapping[str, str | bytes]) -> Reading:
    return read_input(str(write(folder, files)))


@pytest.mark.parametrize(
    "name",
    [
        "Machine/Registry.pol.SAMBABACKUP",
        "Machine/Registry.pol",
        "Machine/Registry.pol.XML",
        "Machine/Registry.pol.Xml",
        "Machine/gPCMachineExtensionNames.SAMBAEXT",
        "gpcuserextensionnames.sambaext",
        "README",
    ],
)
def test_what_samba_does_not_restore_is_named_and_not_read(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, {name: RAW})

    assert found.items == ()
    assert f"{name}: samba-tool does not restore it" in found.skipped
    assert found.gpo is not None
    assert found.gpo.extensions == {Hive.HKLM: "[{A}{B}]", Hive.HKCU: ""}


def test_the_xml_counts_and_not_the_file_beside_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "Machine/Registry.pol.xml": POL.format(ENTRY),
        "Machine/Registry.pol.SAMBABACKUP": RAW,
    }
    found = read(tmp_path, files)

    assert [item.record.value for item in found.items] == [1]
    assert any("differ; gpogen reads the first" in text for text in found.skipped)


def test_a_policy_in_a_folder_below_is_a_part(tmp_path: Path) -> None:
    found = read(tmp_path, {"Machine/Old/Registry.pol.xml": POL.format(ENTRY)})

    assert found.items == ()
    assert found.gpo is not None
    assert [part.location for part in found.gpo.parts] == ["Machine/Old/Registry.pol"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"Machine/Registry.pol.xml": POL.format(ENTRY), "machine/registry.pol.xml": UNKNOWN},
            "machine/registry.pol.xml: Machine/Registry.pol.xml differs from it in case alone",
        ),
        ({f"{PREFERENCE}.xml": UNKNOWN}, "samba-tool gpo restore stops here, because Machine/Pref"),
        ({PREFERENCE: PREFERENCES}, "Registry.SAMBABACKUP is not in the same folder"),
        (
            {"Machine/Registry.pol.xml": UNKNOWN},
            "copies Machine/Registry.pol.SAMBABACKUP, which",
        ),
        (
            {"Machine/Registry.pol.xml": "<x/>"},
            "the root element must be PolFile",
        ),
        ({"GPT.INI.xml": "<"}, "GPT.INI.xml: GPT.INI.xml is not well-formed XML"),
        (
            {
                "Machine/Registry.pol.xml": POL.format(EMPTY_LIST),
                "Machine/Registry.pol.SAMBABACKUP": RAW,
            },
            "Samba 4.17 copies Machine/Registry.pol.SAMBABACKUP, later releases do not, and both",
        ),
    ],
)
def test_what_samba_stops_at_or_nobody_knows_is_refused(
    tmp_path: Path, files: Mapping[str, str | bytes], said: str
) -> None:
    with pytest.raises(FormatError) as error:
        read(tmp_path, files)

    assert said in str(error.value)


def test_an_empty_list_is_read_where_both_releases_restore_the_same(tmp_path: Path) -> None:
    entry = pol.PolEntry("K", "N", RegType.MULTI_SZ, encode_data(RegType.MULTI_SZ, ()))
    files: dict[str, str | bytes] = {
        "Machine/Registry.pol.xml": POL.format(EMPTY_LIST),
        "Machine/Registry.pol.SAMBABACKUP": pol.encode([entry]),
    }

    assert [item.record.value for item in read(tmp_path, files).items] == [()]


@pytest.mark.parametrize(
    "name",
    ["Machine/Scripts/scripts.ini", "Machine/x.aas", "User/Documents & Settings/fdeploy1.ini"],
)
def test_a_part_is_what_samba_makes_it_from(tmp_path: Path, name: str) -> None:
    digests = []
    for number, text in enumerate(("<IniFile/>", "<IniFile a='1'/>")):
        files = {f"{name}.xml": text, f"{name}.SAMBABACKUP": "the same"}
        found = read(tmp_path / str(number), files)
        assert found.gpo is not None
        (part,) = found.gpo.parts
        assert part.location == name
        digests.append(part.digest())

    assert digests[0] != digests[1]


def test_a_part_that_samba_copies_is_the_file_beside_it(tmp_path: Path) -> None:
    digests = []
    for number, text in enumerate((UNKNOWN, "<Other/>")):
        files = {"Machine/a.txt.xml": text, "Machine/a.txt.SAMBABACKUP": "the same"}
        found = read(tmp_path / str(number), files)
        assert found.gpo is not None
        digests.append(found.gpo.parts[0].digest())

    assert digests[0] == digests[1]


@pytest.mark.parametrize("ini", [INI.format(0, ""), INI.format("x", ""), "<IniFile/>"])
def test_a_gpo_without_a_version_is_named(tmp_path: Path, ini: str) -> None:
    said = "no version in GPT.INI.xml: Windows applies no GPO of version 0"

    assert said in read(tmp_path / "a", {"GPT.INI.xml": ini}).skipped
    assert said not in read(tmp_path / "b", {}).skipped


def test_another_key_of_the_ini_is_named(tmp_path: Path) -> None:
    more = "<Parameter><Key>{}</Key><Value>1</Value></Parameter>"
    text = INI.format(1, more.format("displayName") + more.format("gPCMachineExtensionNames"))

    assert [line for line in read(tmp_path, {"GPT.INI.xml": text}).skipped if "GPT" in line] == [
        "GPT.INI.xml: gpogen does not read 'gpcmachineextensionnames'"
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_links_and_pipes_are_named(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Registry.pol.xml").write_text(POL.format(ENTRY))
    folder = write(tmp_path / "{1}", {"Machine/Registry.pol.SAMBABACKUP": RAW})
    (folder / "User").symlink_to(outside)
    (folder / "Machine" / "Registry.pol.xml").symlink_to(outside / "Registry.pol.xml")
    os.mkfifo(folder / "pipe.xml")

    found = read_input(str(folder))

    assert found.items == ()
    assert [text for text in found.skipped if "link" in text] == [
        f"{name}: a link or a special file, which gpogen does not read"
        for name in ("Machine/Registry.pol.xml", "User", "pipe.xml")
    ]


_RESTORE = """
import io, json, os, sys
from samba.netcmd.gpo import cmd_restore
source, target = json.load(sys.stdin)
command = cmd_restore()
command.outf = io.StringIO()
sys.stderr = io.StringIO()
command.restore_from_backup_to_local_dir(source, target)
found = {}
for base, _, names in os.walk(target):
    for name in names:
        path = os.path.join(base, name)
        with open(path, "rb") as file:
            found[os.path.relpath(path, target)] = file.read().hex()
json.dump(found, sys.stdout)
"""


def test_samba_restores_the_files_that_are_read(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "Machine/Registry.pol.xml": POL.format(ENTRY),
        "Machine/Registry.pol.SAMBABACKUP": RAW,
        "User/Registry.pol.xml": UNKNOWN,
        "User/Registry.pol.SAMBABACKUP": RAW,
        "Machine/Scripts/scripts.ini.xml": "<IniFile/>",
        "Machine/Scripts/Startup/a.cmd.xml": UNKNOWN,
        "Machine/Scripts/Startup/a.cmd.SAMBABACKUP": "x",
        "Machine/Scripts/Startup/b.cmd.SAMBABACKUP": "x",
        "Machine/Registry.pol.XML": POL.format(EMPTY_LIST),
        "Machine/plain.txt": "x",
        f"{PREFERENCE}.xml": "not XML",
        f"{PREFERENCE}.SAMBABACKUP": PREFERENCES,
    }
    source, target = write(tmp_path / "source", files), tmp_path / "target"
    restored = json.loads(samba_run(_RESTORE, json.dumps([str(source), str(target)])))
    found = read_input(str(source))

    assert found.gpo is not None
    parts = {part.location for part in found.gpo.parts}
    assert set(restored) == {
        "GPT.INI",
        "Machine/Registry.pol",
        "User/Registry.pol",
        PREFERENCE,
        "Machine/Scripts/scripts.ini",
        "Machine/Scripts/Startup/a.cmd",
    }
    assert parts == {"Machine/Scripts/scripts.ini", "Machine/Scripts/Startup/a.cmd"}
    assert [(item.record.hive, item.record.value) for item in found.items] == [
        (Hive.HKLM, 1),
        (Hive.HKCU, 2),
    ]
    assert restored["User/Registry.pol"] == RAW.hex()
    assert restored["Machine/Registry.pol"] == RAW.replace(b"\2", b"\1").hex()
    unread = {text.partition(":")[0] for text in found.skipped if "does not restore" in text}
    assert unread == {
        "Machine/Registry.pol.XML",
        "Machine/Scripts/Startup/b.cmd.SAMBABACKUP",
        "Machine/plain.txt",
    }
