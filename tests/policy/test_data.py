"""Registry data: bytes as Windows stores them, and what they mean."""

from __future__ import annotations

import pytest

from gpogen.policy.data import RegData, decode_data, encode_data, is_malformed, without_ends
from gpogen.policy.types import RegType

PAIRS: list[tuple[RegType, RegData, bytes]] = [
    (RegType.DWORD, 0, b"\0\0\0\0"),
    (RegType.DWORD, 0xFFFFFFFF, b"\xff\xff\xff\xff"),
    (RegType.DWORD, 0x01020304, b"\x04\x03\x02\x01"),
    (RegType.DWORD_BIG_ENDIAN, 0x01020304, b"\x01\x02\x03\x04"),
    (RegType.QWORD, 1, b"\x01\0\0\0\0\0\0\0"),
    (RegType.SZ, "", b"\0\0"),
    (RegType.SZ, "aé", b"a\0\xe9\0\0\0"),
    (RegType.EXPAND_SZ, "%a%", b"%\0a\0%\0\0\0"),
    (RegType.MULTI_SZ, (), b"\0\0"),
    (RegType.MULTI_SZ, ("a", "b"), b"a\0\0\0b\0\0\0\0\0"),
    (RegType.BINARY, b"\1\2", b"\1\2"),
    (RegType.NONE, b"", b""),
]


@pytest.mark.parametrize(("kind", "value", "data"), PAIRS)
def test_a_value_has_one_form_as_bytes(kind: RegType, value: RegData, data: bytes) -> None:
    assert encode_data(kind, value) == data
    assert decode_data(kind, data) == value
    assert not is_malformed(kind, data)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (RegType.DWORD, -1, "-1 is outside 0 to 4294967295"),
        (RegType.DWORD, 2**32, "outside 0 to 4294967295"),
        (RegType.QWORD, 2**64, "outside 0 to 18446744073709551615"),
        (RegType.DWORD, True, "must be a whole number"),
        (RegType.DWORD, "1", "must be a whole number"),
        (RegType.SZ, 1, "must be text"),
        (RegType.SZ, "a\0b", "cannot have a NUL"),
        (RegType.EXPAND_SZ, "\ud800", "lone surrogate"),
        (RegType.MULTI_SZ, "a", "must be a list of texts"),
        (RegType.MULTI_SZ, ("a", ""), "would end the list too early"),
        (RegType.MULTI_SZ, ("a\0",), "cannot have a NUL"),
        (RegType.BINARY, "01", "type 3 requires bytes"),
    ],
)
def test_what_does_not_fit_a_type_is_refused(kind: RegType, value: RegData, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encode_data(kind, value)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (RegType.DWORD, b"\1\2\3"),
        (RegType.QWORD, b"\1\2\3\4"),
        (RegType.SZ, b"a\0"),
        (RegType.SZ, b"a\0\0\0b\0\0\0"),
        (RegType.SZ, b"a"),
        (RegType.MULTI_SZ, b"a\0"),
        (RegType.MULTI_SZ, b"a\0\0\0\0\0b\0\0\0\0\0"),
    ],
)
def test_bytes_that_do_not_fit_come_back_as_they_are(kind: RegType, data: bytes) -> None:
    assert decode_data(kind, data) == data
    assert is_malformed(kind, data)
    assert not is_malformed(RegType.BINARY, data)
    assert not is_malformed(99, data)


def test_a_type_is_known_by_its_number_as_files_have_it() -> None:
    assert decode_data(7, b"a\0\0\0\0\0") == ("a",)
    assert is_malformed(7, b"a")
    assert [decode_data(kind, b"a\0\0\0") for kind in (1, 2)] == ["a", "a"]
    assert [decode_data(kind, bytes(4)) for kind in (4, 5)] == [0, 0]


@pytest.mark.parametrize("data", [b"", b"\0\0", b"\0\0\0\0"])
def test_an_empty_list_has_three_forms(data: bytes) -> None:
    assert decode_data(RegType.MULTI_SZ, data) == ()


def test_a_list_ends_with_one_nul_or_two() -> None:
    assert decode_data(RegType.MULTI_SZ, b"a\0\0\0") == ("a",)
    assert decode_data(RegType.MULTI_SZ, b"a\0\0\0\0\0") == ("a",)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b"a\0\0\0", b"a\0"),
        (b"a\0\0\0\0\0", b"a\0"),
        (b"a\0", b"a\0"),
        (b"a\0\0", b"a\0"),
        (b"a", b"a"),
        (b"", b""),
        (b"\0\0", b""),
    ],
)
def test_nuls_at_the_end_say_nothing(data: bytes, kept: bytes) -> None:
    assert without_ends(data) == kept
