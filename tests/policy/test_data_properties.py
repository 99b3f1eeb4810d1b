"""Bytes of registry data and what they mean, with struct and UTF-16 as the referees."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.policy.data import RegData, decode_data, encode_data, is_malformed, without_ends
from gpogen.policy.types import RegType

TEXTS = st.text(st.characters(codec="utf-16-le", exclude_characters="\0"), max_size=8)
NUMBERS = {RegType.DWORD: "<I", RegType.DWORD_BIG_ENDIAN: ">I", RegType.QWORD: "<Q"}
OPAQUE = (RegType.NONE, RegType.BINARY, RegType.LINK, RegType.RESOURCE_LIST, 99)


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("top", [False, True])
def test_a_number_has_the_bytes_that_struct_gives(kind: RegType, top: bool) -> None:
    form = NUMBERS[kind]
    value = 2 ** (8 * struct.calcsize(form)) - 1 if top else 0x01020304

    assert encode_data(kind, value) == struct.pack(form, value)
    assert decode_data(kind, struct.pack(form, value)) == value


@pytest.mark.parametrize(
    ("kind", "top"), [(4, 4294967295), (5, 4294967295), (11, 18446744073709551615)]
)
def test_a_number_out_of_range_is_told_with_the_range(kind: int, top: int) -> None:
    for value in (-1, top + 1):
        with pytest.raises(ValueError, match=f"^{value} is outside 0 to {top}$"):
            encode_data(kind, value)


@pytest.mark.parametrize("value", [True, "1", b"1", ("1",)])
@pytest.mark.parametrize("kind", NUMBERS)
def test_what_is_no_number_is_none(kind: RegType, value: RegData) -> None:
    with pytest.raises(ValueError, match="must be a whole number"):
        encode_data(kind, value)


@given(TEXTS)
def test_a_text_is_its_utf16_and_one_nul(text: str) -> None:
    for kind in (RegType.SZ, RegType.EXPAND_SZ):
        data = encode_data(kind, text)

        assert data == text.encode("utf-16-le") + b"\0\0"
        assert decode_data(kind, data) == text


@given(st.lists(TEXTS.filter(bool), max_size=4).map(tuple))
def test_a_list_is_its_texts_each_with_a_nul_and_one_more(items: tuple[str, ...]) -> None:
    data = encode_data(RegType.MULTI_SZ, items)

    assert data == "".join(f"{item}\0" for item in (*items, "")).encode("utf-16-le")
    assert decode_data(RegType.MULTI_SZ, data) == items
    # What LGPO.exe makes lacks the last NUL.
    assert not items or decode_data(RegType.MULTI_SZ, data[:-2]) == items


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (RegType.SZ, 1, "must be text"),
        (RegType.EXPAND_SZ, b"a", "must be text"),
        (RegType.SZ, "a\0b", "cannot have a NUL"),
        (RegType.SZ, "\ud800", "lone surrogate"),
        (RegType.MULTI_SZ, "a", "must be a list of texts"),
        (RegType.MULTI_SZ, ("a", ""), "an empty text would end the list too early"),
        (RegType.MULTI_SZ, ("a\0b",), "cannot have a NUL"),
        (RegType.BINARY, "a", "type 3 requires bytes"),
        (99, 1, "type 99 requires bytes"),
    ],
)
def test_what_a_type_cannot_hold_is_refused(kind: int, value: RegData, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        encode_data(kind, value)


@given(st.sampled_from(OPAQUE), st.binary(max_size=9))
def test_data_of_other_types_are_bytes_and_never_malformed(kind: int, data: bytes) -> None:
    assert encode_data(kind, data) == decode_data(kind, data) == data
    assert not is_malformed(kind, data)


@pytest.mark.parametrize("data", [b"", b"\0\0", b"\0\0\0\0"])
def test_an_empty_list_has_three_spellings(data: bytes) -> None:
    assert decode_data(RegType.MULTI_SZ, data) == ()
    assert not is_malformed(RegType.MULTI_SZ, data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (RegType.DWORD, b"\1\0\0"),
        (RegType.DWORD, b"\1\0\0\0\0"),
        (RegType.DWORD_BIG_ENDIAN, b""),
        (RegType.QWORD, b"\1\0\0\0"),
        (RegType.SZ, b""),
        (RegType.SZ, b"a\0"),
        (RegType.SZ, b"a\0\0"),
        (RegType.SZ, b"a\0\0\0\0\0"),
        (RegType.SZ, b"a\0\0\0b\0\0\0"),
        (RegType.EXPAND_SZ, b"\0\xd8\0\0"),
        (RegType.MULTI_SZ, b"\0"),
        (RegType.MULTI_SZ, b"a\0"),
        (RegType.MULTI_SZ, b"\0\0a\0\0\0\0\0"),
        (RegType.MULTI_SZ, b"a\0\0\0\0\0b\0\0\0\0\0"),
        (RegType.MULTI_SZ, b"\0\0\0\0\0\0"),
    ],
)
def test_bytes_that_do_not_fit_their_type_come_back_as_they_are(kind: int, data: bytes) -> None:
    assert decode_data(kind, data) == data
    assert is_malformed(kind, data)


@given(st.integers(0, 20), st.binary(max_size=9))
def test_whatever_decodes_to_a_meaning_is_not_malformed_and_encodes_again(
    kind: int, data: bytes
) -> None:
    value = decode_data(kind, data)

    assert is_malformed(kind, data) is (isinstance(value, bytes) and kind in (1, 2, 4, 5, 7, 11))
    assert decode_data(kind, encode_data(kind, value)) == value if value != data else True


@given(TEXTS, st.integers(0, 4))
def test_a_text_without_its_ends_is_the_text_however_many_nuls_end_it(
    text: str, count: int
) -> None:
    data = text.encode("utf-16-le")

    assert without_ends(data + b"\0" * count) == data


def test_half_a_character_at_the_end_is_kept() -> None:
    assert without_ends(b"a\0b") == b"a\0b"
    assert without_ends(b"a\0b\0\0") == b"a\0b\0"
    assert without_ends(b"\0\0\0") == b""
