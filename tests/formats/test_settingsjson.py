from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.errors import FormatError
from gpogen.formats.settings import Setting
from gpogen.formats.settingsjson import FORMAT, decode, encode
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Hive, RegType
from tests.formats.strategies import POLICY
from tests.formats.test_settingscsv import RECORD, SETTING

CELLS = {
    "side": "Machine",
    "key": "A\\B",
    "name": "N",
    "action": "set",
    "type": "REG_DWORD",
    "value": "4",
    "policy": "WindowsUpdate.AutoUpdateCfg",
    "title": "Configure",
    "why": "Why.",
    "via": "policy",
    "targeting": "",
    "data": "04000000",
}


def test_a_file_is_an_object_of_texts() -> None:
    data = encode([SETTING])

    assert json.loads(data) == {
        "format": "gpogen-settings-1",
        "left_out": [],
        "settings": [CELLS],
    }
    assert data.isascii()
    assert decode(data) == [SETTING]


def test_a_file_has_a_line_for_each_column_so_that_two_files_can_be_compared() -> None:
    cells = ",\n".join(
        f"   {json.dumps(column)}: {json.dumps(text)}" for column, text in CELLS.items()
    )
    text = (
        '{\n "format": "gpogen-settings-1",\n "left_out": [],\n'
        f' "settings": [\n  {{\n{cells}\n  }}\n ]\n}}\n'
    )

    assert encode([SETTING]).decode() == text


@given(POLICY, st.text(st.characters(exclude_categories=["Cs"])))
def test_records_and_reasons_come_back(records: list[Record], why: str) -> None:
    items = [Setting(record=record, why=why) for record in records]

    assert [item.why for item in decode(encode(items))] == [why] * len(FORMAT.kept(records))


def test_the_file_names_what_it_cannot_hold() -> None:
    odd = set_value(Hive.HKLM, "K\0", "N", RegType.SZ, "x")

    data = encode([Setting(record=odd), Setting(record=RECORD)])

    assert json.loads(data)["left_out"] == [
        r"HKLM\K\u{0}, value N (set): a name has a NUL or a lone surrogate"
    ]
    assert [item.record for item in decode(data)] == [RECORD]


def changed(**cells: object) -> bytes:
    return json.dumps(
        {"format": "gpogen-settings-1", "left_out": [], "settings": [{**CELLS, **cells}]}
    ).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not JSON: "),
        (b"\xff", "not JSON: "),
        (b"[" * 100_000, "not JSON: "),
        (b'{"format": 1, "format": 1}', "not JSON: a key occurs twice in one object"),
        (b"[]", "must be an object with format, left_out, settings, of the format gpogen-"),
        (b'{"format": "gpogen-settings-2", "left_out": [], "settings": []}', "must be an object"),
        (b"{}", "must be an object with format, left_out, settings"),
        (b'{"format": "gpogen-settings-1", "settings": []}', "must be an object with format"),
        (
            b'{"format": "gpogen-settings-1", "left_out": [], "settings": [], "more": []}',
            "must be an object with format",
        ),
        (b'{"format": "gpogen-settings-1", "left_out": [], "settings": 1}', "must be a list"),
        (
            b'{"format": "gpogen-settings-1", "left_out": [], "settings": [1]}',
            "setting 1: must be an object with side, key",
        ),
        (changed(more=""), "setting 1: must be an object with side, key"),
        (changed(value=4), "setting 1: every column must be text"),
        (changed(value="5"), "setting 1: value must be '4', which the other columns say; got '5'"),
        (changed(side="x"), "setting 1: side must be Machine or User; got 'x'"),
    ],
)
def test_a_malformed_file_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError) as error:
        decode(data)

    assert message in str(error.value)


@pytest.mark.parametrize("column", ["key", "why", "title"])
def test_a_lone_surrogate_is_refused(column: str) -> None:
    content = {
        "format": "gpogen-settings-1",
        "left_out": [],
        "settings": [{**CELLS, column: "\ud800"}],
    }

    with pytest.raises(FormatError, match=f"setting 1: {column} has a lone surrogate"):
        decode(json.dumps(content).encode())
