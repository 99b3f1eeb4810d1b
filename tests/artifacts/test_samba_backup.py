from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from gpogen.artifacts import gpo_backup, samba_backup
from gpogen.artifacts.extensions import extension_names
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError
from gpogen.formats import pol, sambapol
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.reading.read import read_input
from tests.artifacts.factory import compiled, deletion, header, preference, traced, value
from tests.formats.hostile import RECORDS
from tests.formats.strategies import POLICY
from tests.support.corpus import corpus
from tests.support.profiles import shipped
from tests.support.samba_domain import SERVER, USER, other_root, run_in_domain

USER_SIDE = value("U", "\u00e4\r\n\U0001f600", RegType.SZ, hive=Hive.HKCU)


def write(made: Compiled, folder: Path) -> dict[str, bytes]:
    files = {file.path: file.data for file in samba_backup.emit(made)}
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return files


def test_the_folder_is_that_of_samba_tool(tmp_path: Path) -> None:
    made = compiled(policy=(value(), USER_SIDE), preferences=(preference(),))
    files = write(made, tmp_path)
    folder = f"samba/policy/{gpo_backup.identity(made.header).gpo}"

    assert set(files) == {
        "samba/publish.sh",
        "samba/gpo.txt",
        *(f"{folder}/gPC{side}ExtensionNames.SAMBAEXT" for side in ("Machine", "User")),
        *(
            f"{folder}/{name}{ending}"
            for name in (
                "GPT.INI",
                "GPO.cmt",
                "gpogen-values.txt",
                "Machine/Registry.pol",
                "Machine/Preferences/Registry/Registry.xml",
                "User/Registry.pol",
            )
            for ending in (".xml", ".SAMBABACKUP")
        ),
    }
    reading = read_input(str(tmp_path / folder))
    assert reading.kind == "samba"
    assert sorted(reading.records, key=str) == sorted(
        (item.record for item in (*made.policy, *made.preferences)), key=str
    )
    assert reading.gpo is not None
    assert reading.gpo.extensions == {hive: extension_names(made, hive) for hive in Hive}


@pytest.mark.parametrize(
    ("policy", "version", "flags"),
    [((value(),), 1, 1), ((USER_SIDE,), 65536, 2), ((value(), USER_SIDE), 65537, 0)],
)
def test_the_version_counts_the_sides_with_content_and_is_never_0(
    policy: tuple[object, ...], version: int, flags: int
) -> None:
    files = {file.path: file.data for file in samba_backup.emit(compiled(policy=policy))}
    (ini,) = (data for path, data in files.items() if path.endswith("GPT.INI.SAMBABACKUP"))

    assert ini == f"[General]\nVersion = {version}\n\n".encode()
    assert files["samba/gpo.txt"].decode().splitlines() == [
        "title=Hotpatch baseline",
        f"version={version}",
        f"flags={flags}",
    ]


def test_a_profile_without_records_has_no_folder() -> None:
    assert samba_backup.emit(compiled(policy=())) == ()


@given(POLICY)
def test_what_is_parsed_gives_the_same_entries(records: list[Record]) -> None:
    entries = pol.from_records(list(filter(_is_written, records)))
    data = sambapol.encode(entries)

    assert data == sambapol.UNKNOWN or sambapol.decode(data) == entries
    assert data.isascii()


def _is_written(record: Record) -> bool:
    try:
        pol.from_records([record])
    except FormatError:
        return False
    return True


@pytest.mark.parametrize(
    "entry",
    [
        pol.PolEntry("K", "N", RegType.MULTI_SZ, b"\0\0"),
        pol.PolEntry("K", "N", RegType.BINARY, b""),
        pol.PolEntry("K", "", RegType.NONE, b""),
        pol.PolEntry("K", "N", RegType.SZ, b"a\0"),
        pol.PolEntry("K", "N", RegType.SZ, encode_data(RegType.SZ, "\x01")),
        pol.PolEntry("", "N", RegType.DWORD, bytes(4)),
        pol.PolEntry("K", "N", 99, b"\1"),
    ],
)
def test_what_samba_would_change_is_copied(entry: pol.PolEntry) -> None:
    assert sambapol.encode([entry]) == sambapol.UNKNOWN


def test_a_file_differs_from_a_native_one_in_its_declaration_alone() -> None:
    (native,) = (corpus() / "samba").rglob("Machine/Registry.pol.xml")
    entries = [item for item in sambapol.decode(native.read_bytes()) if item.type == RegType.DWORD]
    ours = sambapol.encode(entries).decode()
    blocks = native.read_text("utf-8").split("\t<Entry ")[1:]
    theirs = [f"\t<Entry {block}" for block in blocks if block.startswith('type="4" ')]

    body = ours.split("\n", 2)[2]
    assert body.replace("</PolFile>\n", "") == "".join(theirs).replace("</PolFile>", "").replace(
        " />", "/>"
    )


def test_the_script_is_sh(tmp_path: Path) -> None:
    write(compiled(), tmp_path)

    assert subprocess.run(["sh", "-n", tmp_path / "samba/publish.sh"], check=False).returncode == 0


def samples() -> list[Compiled]:
    """Return the shipped profiles, and as many that try what a restore could change."""
    odd = (
        traced(Record(Hive.HKLM, "SOFTWARE\\X", "E", Action.SET, RegType.MULTI_SZ, b"\0\0")),
        traced(Record(Hive.HKLM, "SOFTWARE\\X", "", Action.CREATE_KEY)),
        value("B", b"", RegType.BINARY),
    )
    hostile = tuple(map(traced, RECORDS))
    title = 'It\'s "$(id)" `x` %y% {z} \u00e4\u4e2d \\n'
    policies: list[dict[str, object]] = [
        {"policy": (value(), deletion("B"), value("M", ("a", "b"), RegType.MULTI_SZ))},
        {"policy": (USER_SIDE,)},
        {"policy": (value(), USER_SIDE), "preferences": (preference(),)},
        {"policy": odd},
        {"policy": hostile},
        {"policy": (), "preferences": (preference(),)},
        {"policy": (value(),), "client_extensions": ("{F312195E-3D9D-447A-A3F5-08DFFA24735E}",)},
    ]
    made = [
        compiled(**parts, header=header(name=f"sample-{number}", title=f"{title} {number}"))
        for number, parts in enumerate(policies)
    ]
    return [*shipped(), *made]


@pytest.mark.slow
def test_samba_restores_every_byte_the_version_the_sides_and_the_extensions(
    tmp_path: Path,
) -> None:
    assert_restored(tmp_path)


@pytest.mark.slow
def test_another_release_of_samba_restores_the_same(tmp_path: Path) -> None:
    assert_restored(tmp_path, other_root())


def assert_restored(tmp_path: Path, root: str = "") -> None:
    profiles = samples()
    for number, made in enumerate(profiles):
        write(made, tmp_path / str(number))
    access = f"-H {SERVER} -U '{USER}'"
    script = f"cd {tmp_path}\n" + "".join(
        f"sh {number}/samba/publish.sh {access} > {number}.out\n" for number in range(len(profiles))
    )
    attributes = "displayName versionNumber flags gPCMachineExtensionNames gPCUserExtensionNames"
    script += f"ldbsearch {access} '(objectClass=groupPolicyContainer)' {attributes} cn\n"
    found = _entries(run_in_domain(tmp_path, script, root))
    policies = tmp_path / "dc/state/sysvol/example.test/Policies"

    for number, made in enumerate(profiles):
        said = (tmp_path / f"{number}.out").read_text("utf-8")
        guid = said.rpartition("{")[2].partition("}")[0]
        entry = found[f"{{{guid}}}"]
        files = {file.path: file.data for file in samba_backup.emit(made)}
        folder = f"samba/policy/{gpo_backup.identity(made.header).gpo}/"
        wanted = {
            path.removeprefix(folder).removesuffix(".SAMBABACKUP"): data
            for path, data in files.items()
            if path.endswith(".SAMBABACKUP")
        }
        restored = {
            path.relative_to(policies / f"{{{guid}}}").as_posix(): path.read_bytes()
            for path in (policies / f"{{{guid}}}").rglob("*")
            if path.is_file()
        }
        assert restored == wanted
        version = wanted["GPT.INI"].decode().split()[-1]
        assert entry["displayName"] == made.header.title
        assert (entry["versionNumber"], entry["flags"]) == (version, str(gpo_backup.options(made)))
        assert entry.get("gPCMachineExtensionNames", "") == extension_names(made, Hive.HKLM)
        assert entry.get("gPCUserExtensionNames", "") == extension_names(made, Hive.HKCU)
    assert len(profiles) == 13


def _entries(said: str) -> dict[str, dict[str, str]]:
    """Read LDIF: the attributes of each GPO by its GUID."""
    import base64

    found = {}
    for block in said.replace("\n ", "").split("\n\n"):
        entry: dict[str, str] = {}
        for line in block.splitlines():
            name, colon, text = line.partition(":")
            if colon and text.startswith(":"):
                entry[name] = base64.b64decode(text[1:].strip()).decode()
            elif colon:
                entry[name] = text.strip()
        if "cn" in entry:
            found[entry["cn"]] = entry
    return found


STUBS = {
    "samba-tool": "echo \"GPO 'x' created as {11111111-1111-1111-1111-111111111111}\"",
    "ldbmodify": 'for file; do :; done; cat "$file"',
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such shell")
@pytest.mark.parametrize(
    ("printed", "code", "told"),
    [
        (
            "dn: \\ndefaultNamingContext: DC=corp,DC=example-company,DC=co,D\\n C=uk\\n\\n# end\\n",
            0,
            "CN=Policies,CN=System,DC=corp,DC=example-company,DC=co,DC=uk\n",
        ),
        ("dn: \\ndefaultNamingContext:: REM9w6Q=\\n", 1, "nothing was created"),
        ("", 1, "nothing was created"),
    ],
)
def test_the_script_reads_a_folded_domain_name_and_creates_nothing_without_one(
    tmp_path: Path, printed: str, code: int, told: str
) -> None:
    for name, body in {**STUBS, "ldbsearch": f"printf '{printed}'"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    for file in samba_backup.emit(compiled(policy=(value(),))):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    done = subprocess.run(
        ["sh", tmp_path / "samba/publish.sh", "-H", "x"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stderr
    assert told in done.stdout + done.stderr
    assert ("created as" in done.stdout) is (code == 0)
