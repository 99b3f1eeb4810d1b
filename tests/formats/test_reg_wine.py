"""Wine's registry editor as the referee of .reg files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gpogen.formats import reg
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType

pytestmark = pytest.mark.slow

KEY = r"Software\Gpogen Test"
_TIMEOUT = 180


@dataclass(frozen=True)
class Registry:
    """Wine's registry, in a prefix of its own."""

    folder: Path

    def run(self, *command: str) -> int:
        settings = {
            "WINEPREFIX": str(self.folder / "prefix"),
            "TMPDIR": str(self.folder),  # Wineserver makes a folder there, and leaves it.
            "WINEDEBUG": "-all",
            "WINEARCH": "win64",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
            env={k: v for k, v in os.environ.items() if k != "DISPLAY"} | settings,
        )
        return done.returncode

    def load(self, data: bytes) -> None:
        path = self.folder / "in.reg"
        path.write_bytes(data)
        assert self.run("wine", "reg", "import", f"Z:{path}") == 0

    def dump(self, hive: str = "HKLM", key: str = KEY) -> bytes:
        path = self.folder / "out.reg"
        path.unlink(missing_ok=True)
        self.run("wine", "reg", "export", rf"{hive}\{key}", f"Z:{path}", "/y")
        return path.read_bytes() if path.exists() else b""


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    if shutil.which("wine") is None:
        pytest.skip("Wine is not installed")
    made = Registry(tmp_path_factory.mktemp("wine-reg"))
    made.run("wineboot", "-i")
    # A server that ended between two calls on a busy machine once kept a deleted key.
    made.run("wineserver", "-p60")
    yield made
    made.run("wineserver", "-k")
    made.run("wineserver", "-w")
    # A prefix takes hundreds of megabytes, and pytest keeps the folders of three runs.
    shutil.rmtree(made.folder, ignore_errors=True)


@pytest.fixture
def clean(registry: Registry) -> Registry:
    for hive in ("HKLM", "HKCU"):
        registry.run("wine", "reg", "delete", rf"{hive}\{KEY}", "/f")
        assert registry.dump(hive) == b""
    return registry


def of(name: str, kind: int, data: bytes, key: str = KEY) -> Record:
    return Record(Hive.HKLM, key, name, Action.SET, kind, data)


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


EVERY_FORM = [
    set_value(Hive.HKLM, KEY, "", RegType.SZ, "default"),
    *(
        set_value(Hive.HKLM, KEY, f"n{n}", RegType.DWORD, n)
        for n in (0, 1, 10, 59, 91, 93, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
    ),
    set_value(Hive.HKLM, KEY, "qword", RegType.QWORD, 2**64 - 1),
    set_value(Hive.HKLM, KEY, 'quote " and \\ name', RegType.SZ, 'quote " and \\ text\\'),
    set_value(Hive.HKLM, KEY, "id;https://[*.]mil", RegType.SZ, "a]b;c=@"),
    set_value(Hive.HKLM, KEY, "empty text", RegType.SZ, ""),
    set_value(Hive.HKLM, KEY, "lines", RegType.SZ, "one\r\ntwo\nthree"),
    set_value(Hive.HKLM, KEY, "ünïcode 😀", RegType.SZ, "naïve 😀 \u2028"),
    set_value(Hive.HKLM, KEY, "expand", RegType.EXPAND_SZ, r"%SystemRoot%\system32\wuaueng.dll"),
    set_value(Hive.HKLM, KEY, "list", RegType.MULTI_SZ, ("a", "b c", "\\d")),
    set_value(Hive.HKLM, KEY, "empty list", RegType.MULTI_SZ, ()),
    set_value(Hive.HKLM, KEY, "binary", RegType.BINARY, bytes(range(256))),
    set_value(Hive.HKLM, KEY, "no bytes", RegType.BINARY, b""),
    set_value(
        Hive.HKLM,
        KEY,
        "a name so long that its line breaks at once " * 2,
        RegType.BINARY,
        b"\1\2\3",
    ),
    of("none", RegType.NONE, b""),
    of("none with data", RegType.NONE, b"\1\2"),
    of("big", RegType.DWORD_BIG_ENDIAN, b"\0\0\0\1"),
    of("odd type", 153, b"\1"),
    of("in brackets", RegType.SZ, utf16("x\0"), key=KEY + r"\[*.]mil;a]b"),
    Record(Hive.HKLM, KEY + r"\empty key", "", Action.CREATE_KEY),
]


def by_place(records: list[Record]) -> dict[tuple[str, str], tuple[int | None, bytes]]:
    return {
        (record.key, record.name): (record.type, record.data)
        for record in records
        if record.action is Action.SET
    }


def test_wine_imports_every_form_as_it_was_meant(clean: Registry) -> None:
    clean.load(reg.encode(EVERY_FORM))

    # Wine alone writes line ends as \\r and \\n, which regedit does not know and we refuse.
    lines = '"lines"="one\\r\\ntwo\\nthree"\r\n'.encode("utf-16-le")
    data = clean.dump()
    assert lines in data
    exported = reg.decode(data.replace(lines, b""))
    meant = by_place(EVERY_FORM)
    assert meant.pop((KEY, "lines")) == (RegType.SZ, utf16("one\r\ntwo\nthree\0"))
    assert by_place(exported) == meant
    assert EVERY_FORM[-1] in exported


def test_wine_deletes_what_the_file_deletes(clean: Registry) -> None:
    number = set_value(Hive.HKLM, KEY, "n", RegType.DWORD, 1)
    gone = set_value(Hive.HKLM, KEY, "gone", RegType.DWORD, 1)
    default = set_value(Hive.HKLM, KEY, "", RegType.SZ, "default")
    below = set_value(Hive.HKLM, KEY + r"\below", "n", RegType.DWORD, 1)
    clean.load(reg.encode([number, gone, default, below]))

    below_gone = Record(Hive.HKLM, KEY, "", Action.DELETE_KEYS, RegType.SZ, utf16("below\0"))
    deletions = [delete_value(Hive.HKLM, KEY, "gone"), delete_value(Hive.HKLM, KEY, ""), below_gone]
    clean.load(reg.encode(deletions))

    assert reg.decode(clean.dump()) == [number]


def test_the_undo_file_takes_every_value_away_again(clean: Registry) -> None:
    before = set_value(Hive.HKLM, KEY, "before", RegType.DWORD, 7)
    clean.load(reg.encode([before, *EVERY_FORM]))

    clean.load(reg.encode_undo(EVERY_FORM))

    assert by_place(reg.decode(clean.dump())) == by_place([before])


def test_users_values_go_to_the_users_hive(clean: Registry) -> None:
    record = set_value(Hive.HKCU, KEY, "n", RegType.DWORD, 1)

    clean.load(reg.encode([record]))

    assert reg.decode(clean.dump("HKCU")) == [record]
    assert clean.dump() == b""


def test_wine_breaks_lines_where_we_do(clean: Registry) -> None:
    records = [
        set_value(Hive.HKLM, KEY, "n" * length, RegType.BINARY, bytes(range(256)))
        for length in (1, 2, 3, 60, 66, 67, 68, 69, 70, 71, 72, 73, 90)
    ]
    clean.load(reg.encode(records))

    assert clean.dump() == reg.encode(records)
