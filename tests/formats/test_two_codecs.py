"""The same tests through two codecs: gpogen's and Samba's."""

from __future__ import annotations

import importlib
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from gpogen.errors import FormatError
from gpogen.formats import pol
from gpogen.policy.data import decode_data, encode_data
from gpogen.policy.types import RegType
from tests.support.corpus import corpus

DEBIAN = "/usr/lib/python3/dist-packages"
HEADER = b"PReg\1\0\0\0"
_Row = tuple[str, str, int, object]


class Codec(Protocol):
    """What both can do."""

    def read(self, data: bytes) -> list[_Row]:
        """Return key, name, type and value; raise ValueError for what is refused."""
        ...

    def rewrite(self, data: bytes) -> bytes:
        """Read and write again."""
        ...


class Ours:
    """gpogen."""

    def read(self, data: bytes) -> list[_Row]:
        try:
            entries = pol.decode(data)
        except FormatError as error:
            raise ValueError(str(error)) from error
        return [(e.key, e.name, e.type, _comparable(e.type, e.data)) for e in entries]

    def rewrite(self, data: bytes) -> bytes:
        return pol.encode(pol.decode(data))


def _comparable(kind: int, data: bytes) -> object:
    """Give data the form in which Samba gives it."""
    if kind == RegType.NONE:
        return None
    value = decode_data(kind, data)
    return data if isinstance(value, tuple) else value


@dataclass
class Samba:
    """Samba's generated parser."""

    preg: Any
    ndr: Any

    def read(self, data: bytes) -> list[_Row]:
        try:
            # The parsed file must outlive its entries: they point into its memory.
            parsed = self.ndr.ndr_unpack(self.preg.file, data)
            return [(e.keyname, e.valuename, e.type, e.data) for e in parsed.entries]
        except Exception as error:
            raise ValueError(str(error)) from error

    def rewrite(self, data: bytes) -> bytes:
        packed: bytes = self.ndr.ndr_pack(self.ndr.ndr_unpack(self.preg.file, data))
        return packed


@pytest.fixture(params=["gpogen", "samba"])
def codec(request: pytest.FixtureRequest) -> Iterator[Codec]:
    if request.param == "gpogen":
        yield Ours()
        return
    sys.path.append(DEBIAN)
    try:
        yield Samba(
            importlib.import_module("samba.dcerpc.preg"), importlib.import_module("samba.ndr")
        )
    except ImportError:
        pytest.skip("python3-samba is not installed for this interpreter")
    finally:
        sys.path.remove(DEBIAN)


def file(*rows: tuple[str, str, int, bytes]) -> bytes:
    return pol.encode([pol.PolEntry(*row) for row in rows])


KEY = r"Software\Policies\Example"


@pytest.mark.parametrize("number", [0, 1, 10, 59, 91, 93, 2**31, 2**32 - 1])
def test_numbers_that_look_like_separators(codec: Codec, number: int) -> None:
    data = file((KEY, "N", 4, struct.pack("<I", number)))

    assert codec.read(data) == [(KEY, "N", 4, number)]
    assert codec.rewrite(data) == data


@pytest.mark.parametrize("text", ["", "a", "a]b;c[", "4:00", "ünïcode 😀", "\r\n"])
def test_texts_that_look_like_separators(codec: Codec, text: str) -> None:
    data = file((KEY, "T", 1, encode_data(RegType.SZ, text)))

    assert codec.read(data) == [(KEY, "T", 1, text)]
    assert codec.rewrite(data) == data


@pytest.mark.parametrize("name", ["id;https://[*.]mil", "]", "**del.X", "**delvals.", ""])
def test_names_that_look_like_separators(codec: Codec, name: str) -> None:
    data = file((KEY, name, 1, encode_data(RegType.SZ, " ")))

    assert codec.read(data) == [(KEY, name, 1, " ")]
    assert codec.rewrite(data) == data


def test_a_key_creation_and_big_and_long_numbers(codec: Codec) -> None:
    data = file(
        (KEY, "", 0, b""),
        (KEY, "Q", 11, struct.pack("<Q", 2**64 - 1)),
        (KEY, "B", 3, b"\x5d\x00\x3b\x00"),
    )

    assert codec.read(data) == [
        (KEY, "", 0, None),
        (KEY, "Q", 11, 2**64 - 1),
        (KEY, "B", 3, b"\x5d\x00\x3b\x00"),
    ]
    assert codec.rewrite(data) == data


@pytest.mark.parametrize("size", [0, 2, 4])
def test_an_empty_list_of_any_size_keeps_it(codec: Codec, size: int) -> None:
    data = file((KEY, "M", 7, bytes(size)))

    assert codec.read(data) == [(KEY, "M", 7, bytes(size))]
    assert codec.rewrite(data) == data


@pytest.mark.parametrize(
    "data",
    [
        HEADER + b"[\0a",
        HEADER[:6],
        file((KEY, "N", 4, bytes(4)))[:-2],
        file((KEY, "N", 4, bytes(4)))[:-9],
    ],
)
def test_what_is_cut_off_is_refused(codec: Codec, data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        codec.read(data)


def test_every_real_file_that_we_take_reads_the_same(codec: Codec) -> None:
    seen = 0
    for path in sorted(Path(corpus()).rglob("*")):
        if path.suffix.lower() != ".pol":
            continue
        data = path.read_bytes()
        try:
            ours = Ours().read(data)
        except ValueError:
            continue
        assert codec.read(data) == ours, path
        assert codec.rewrite(data) == data, path
        seen += 1

    assert seen > 100
