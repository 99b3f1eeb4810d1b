from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gpogen.errors import FormatError
from gpogen.formats.settings import MAX_CELL, Setting
from gpogen.formats.settingscsv import FORMAT, decode, encode, guard, unguard
from gpogen.policy.data import MAX_DATA
from gpogen.policy.records import WITHOUT_DATA, Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType, Via
from tests.formats.strategies import POLICY, PREFERENCES
from tests.support.work import steps_of

HEAD = (
    '\ufeff"side","key","name","action","type","value","policy","title","why","via",'
    '"targeting","data"\r\n'
)
ROW = (
    '"Machine","A\\B","N","set","REG_DWORD","4","WindowsUpdate.AutoUpdateCfg","Configure",'
    '"Why.","policy","","04000000"\r\n'
)
RECORD = set_value(Hive.HKLM, r"A\B", "N", RegType.DWORD, 4)
SETTING = Setting(
    record=RECORD, policy="WindowsUpdate.AutoUpdateCfg", title="Configure", why="Why."
)
TRIGGERS = "=+-@\uff1d\uff0b\uff0d\uff20"
TEXTS = st.text(st.sampled_from("=+-@'\";, \t\r\n\uff1da") | st.characters(), max_size=12)


def rows(data: bytes, delimiter: str = ",") -> list[list[str]]:
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_file_is_a_row_a_value() -> None:
    assert encode([SETTING]).decode() == HEAD + ROW
    assert decode(encode([SETTING])) == [(2, SETTING)]


@given(TEXTS)
@example("=1")
@example("'=1")
@example("''=1")
@example(' ";=1')
@example("a\r\n\t'@x")
def test_every_text_comes_back_unchanged(text: str) -> None:
    assert unguard(guard(text)) == text


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("", ""),
        ("a=1", "a=1"),
        ("=1", "'=1"),
        ("==", "'=="),
        ("=1=2", "'=1=2"),
        ("-=+@", "'-=+@"),
        ("'=1", "''=1"),
        ("''==", "'" + "''=="),
        ("a'=1", "a'=1"),
        (' "=1', ' "' + "'=1"),
        ("a;=1", "a;'=1"),
        ("=1;=2", "'=1;'=2"),
        ("a\n==", "a\n'=="),
    ],
)
def test_one_apostrophe_is_put_before_each_formula(text: str, guarded: str) -> None:
    assert guard(text) == guarded
    assert unguard(guarded) == text


SAFE_TEXTS = st.text(
    st.sampled_from("=+-@'\";, \t\r\n\uff1da") | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)


@given(SAFE_TEXTS, SAFE_TEXTS)
@example('a";=1', ';"=1"')
@example("x\n=cmd|' /C calc'!A0", "\t@SUM(1)")
def test_no_spreadsheet_begins_a_formula_whatever_it_takes_for_the_separator(
    why: str, title: str
) -> None:
    item = replace(SETTING, why=why, title=title)

    assert decode(encode([item])) == [(2, item)]
    for delimiter in ",;\t":
        for row in rows(encode([item]), delimiter):
            assert not [cell for cell in row if cell.lstrip(' "').startswith(tuple(TRIGGERS))]


def test_a_long_hostile_text_takes_no_longer_than_its_length() -> None:
    before = steps_of(lambda: unguard(guard("\n '" * 1_000)))
    after = steps_of(lambda: unguard(guard("\n '" * 2_000)))

    assert after < 2.2 * before


@given(st.lists(PREFERENCES, max_size=3), POLICY)
def test_records_of_every_kind_come_back_byte_for_byte(
    preferences: list[Record], policy: list[Record]
) -> None:
    records = [*preferences, *policy]

    found = [item.record for _, item in decode(encode(Setting(record=one) for one in records))]

    assert found == [
        one if one.action not in WITHOUT_DATA else replace(one, type=None, data=b"")
        for one in FORMAT.kept(records)
    ]


def test_other_readers_see_values_as_people_write_them() -> None:
    texts = ("a", 'b"c')
    records = [
        set_value(Hive.HKCU, "K", "s", RegType.SZ, "50% of $x"),
        set_value(Hive.HKCU, "K", "m", RegType.MULTI_SZ, texts),
        set_value(Hive.HKCU, "K", "q", RegType.QWORD, 2**64 - 1),
        set_value(Hive.HKCU, "K", "b", RegType.BINARY, b"\0\xff"),
        delete_value(Hive.HKCU, "K", "d", via=Via.PREFERENCE),
    ]

    found = rows(encode(Setting(record=record) for record in records))

    assert [(row[3], row[4], row[5], row[9], row[11]) for row in found[1:]] == [
        ("set", "REG_SZ", "50% of $x", "policy", records[0].data.hex()),
        ("set", "REG_MULTI_SZ", '["a", "b\\"c"]', "policy", records[1].data.hex()),
        ("set", "REG_QWORD", "18446744073709551615", "policy", "ff" * 8),
        ("set", "REG_BINARY", "", "policy", "00ff"),
        ("delete", "", "", "preference", ""),
    ]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (replace(RECORD, name="a\0b"), "a name has a NUL or a lone surrogate"),
        (replace(RECORD, key="a\ud800"), "a name has a NUL or a lone surrogate"),
        (
            Record(Hive.HKLM, "K", "N", Action.SET, 3, bytes(MAX_DATA + 1)),
            f"it has {MAX_DATA + 1} bytes of data; the maximum in a row is {MAX_DATA}",
        ),
        (
            replace(RECORD, key="k" * (MAX_CELL + 1)),
            "it has a text of more than 87000 characters, the maximum of a cell",
        ),
        (replace(RECORD, type=None), "a row cannot express a value without a type"),
    ],
)
def test_a_row_names_what_no_row_can_hold(record: Record, reason: str) -> None:
    (loss,) = FORMAT.losses([record])
    data = encode([Setting(record=record)])

    assert loss.reason == reason
    assert decode(data) == []
    assert rows(data)[1][3] == "left-out"
    assert reason in rows(data)[1][8]


def test_a_value_of_the_largest_size_is_held() -> None:
    record = Record(Hive.HKLM, "K", "N", Action.SET, RegType.BINARY, bytes(MAX_DATA))

    assert [item.record for _, item in decode(encode([Setting(record=record)]))] == [record]


def test_a_cell_of_the_largest_size_is_held_with_every_apostrophe() -> None:
    record = replace(RECORD, key=(";=" * MAX_CELL)[:MAX_CELL])

    assert [item.record for _, item in decode(encode([Setting(record=record)]))] == [record]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROW, "line 1: the columns must be side, key, name, "),
        (HEAD + '"Machine","A"\r\n', "line 2: a row must have 12 cells; got 2"),
        (
            HEAD + ROW.replace("Machine", "Both"),
            "line 2: side must be Machine or User; got 'Both'",
        ),
        (
            HEAD + ROW.replace('"set"', '"change"'),
            "line 2: action must be set or delete or delete-values or delete-keys or create-key or",
        ),
        (HEAD + ROW.replace('"policy"', '"x"'), "line 2: via must be policy or preference; got"),
        (HEAD + ROW.replace("REG_DWORD", "DWORD"), "line 2: 'DWORD' is not a type; allowed: "),
        (
            HEAD + ROW.replace("04000000", "0400000"),
            "line 2: data must be pairs of hexadecimal digits; got '0400000'",
        ),
        (
            HEAD + ROW.replace('"4"', '"5"'),
            "line 2: value must be '4', which the other columns say; got '5'",
        ),
        (HEAD + '"Machine\r\n', "line 2: not CSV: "),
        (
            HEAD + ROW + ROW.replace("Why.", "two\r\nlines") + ROW.replace('"4"', '"5"'),
            "line 5: value must be",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(FormatError) as error:
        decode(text.encode())

    assert message in str(error.value)


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(FormatError, match="the file is not UTF-8"):
        decode(HEAD.encode() + b"\xff")


@pytest.mark.parametrize("number", [12, 153, 123456789, 1234567890])
def test_a_type_without_a_name_has_its_number(number: int) -> None:
    setting = replace(SETTING, record=replace(RECORD, type=number, data=b"\1"))

    assert decode(encode([setting])) == [(2, setting)]
    assert f'"REG_{number}"'.encode() in encode([setting])


@pytest.mark.parametrize(
    "word", ["REG_", "REG_12345678901", "REG_1x", "REG_-1", "REG_²", "REH_12", "REF_12", "12"]
)
def test_what_is_not_a_type_is_refused_with_its_line(word: str) -> None:
    with pytest.raises(FormatError, match=f"^line 2: '{word}' is not a type; allowed: "):
        decode((HEAD + ROW.replace("REG_DWORD", word)).encode())


def test_a_type_above_32_bits_is_refused_with_its_line() -> None:
    top = replace(SETTING, record=replace(RECORD, type=2**32 - 1, data=b""))
    assert decode(encode([top])) == [(2, top)]
    with pytest.raises(FormatError, match=r"^line 2: 'REG_4294967296' is not a type; allowed: "):
        decode((HEAD + ROW.replace("REG_DWORD", "REG_4294967296")).encode())
