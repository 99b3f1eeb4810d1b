"""LGPO text, byte for byte."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.errors import FormatError
from gpogen.formats import lgpo
from gpogen.policy.data import encode_data, is_malformed
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType, Via
from tests.formats import strategies
from tests.formats.real import counted

KEY = r"Software\Policies\Example"


def entry(name: str, text: str, side: str = "Computer", key: str = KEY) -> bytes:
    return f"{side}\r\n{key}\r\n{name}\r\n{text}\r\n".encode("ascii")


def setting(name: str, kind: RegType, value: object) -> Record:
    return set_value(Hive.HKLM, KEY, name, kind, value)  # type: ignore[arg-type]


def value_of(text: str) -> object:
    (record,) = lgpo.decode(entry("V", text))
    return record.value


SUBKEYS = Record(
    Hive.HKLM, KEY, "", Action.DELETE_KEYS, RegType.SZ, encode_data(RegType.SZ, "A;B c")
)
FORMS = [
    (setting("V", RegType.DWORD, 4), entry("V", "DWORD:4")),
    (setting("V", RegType.DWORD, 0xFFFFFFFF), entry("V", "DWORD:4294967295")),
    (setting("V", RegType.QWORD, 2**64 - 1), entry("V", "QWORD:18446744073709551615")),
    (setting("V", RegType.SZ, ""), entry("V", "SZ:")),
    (setting("V", RegType.SZ, ' a:b "c" ; '), entry("V", 'SZ: a:b "c" ; ')),
    (setting("V", RegType.SZ, r"C:\win\x"), entry("V", r"SZ:C:\\win\\x")),
    (setting("V", RegType.EXPAND_SZ, r"%windir%\x"), entry("V", r"EXSZ:%windir%\\x")),
    (setting("V", RegType.MULTI_SZ, ()), entry("V", "MULTISZ:")),
    (setting("V", RegType.MULTI_SZ, ("a", "b")), entry("V", r"MULTISZ:a\0b")),
    (setting("V", RegType.MULTI_SZ, ("a\\", "0b", r"\0c")), entry("V", r"MULTISZ:a\\\00b\0\\0c")),
    (setting("V", RegType.BINARY, b""), entry("V", "BINARY:")),
    (setting("V", RegType.BINARY, b"\0\x0a\xff"), entry("V", "BINARY:00,0a,ff")),
    (setting("", RegType.SZ, "x"), entry("(Default)", "SZ:x")),
    (setting("*", RegType.SZ, "x"), entry("*", "SZ:x")),
    (setting(r"a\b;c", RegType.SZ, "x"), entry(r"a\b;c", "SZ:x")),
    (delete_value(Hive.HKLM, KEY, "V"), entry("V", "DELETE")),
    (delete_value(Hive.HKLM, KEY, ""), entry("(Default)", "DELETE")),
    (Record(Hive.HKLM, KEY, "", Action.DELETE_VALUES), entry("*", "DELETEALLVALUES")),
    (Record(Hive.HKLM, KEY, "", Action.CREATE_KEY), entry("*", "CREATEKEY")),
    (SUBKEYS, entry("A;B c", "DELETEKEYS")),
    (delete_value(Hive.HKCU, KEY, "V"), entry("V", "DELETE", side="User")),
]


@pytest.mark.parametrize(("record", "data"), FORMS, ids=[repr(data[-24:]) for _, data in FORMS])
def test_every_form_has_its_exact_bytes(record: Record, data: bytes) -> None:
    assert lgpo.encode([record]) == data
    assert lgpo.decode(data) == [record]
    assert lgpo.losses([record]) == ()


def test_entries_are_parted_by_one_blank_line() -> None:
    records = [FORMS[0][0], FORMS[3][0]]

    assert lgpo.encode(records) == FORMS[0][1] + b"\r\n" + FORMS[3][1]
    assert lgpo.encode([]) == b""
    assert lgpo.decode(b"") == []


def test_what_is_not_ascii_is_written_as_utf16_with_its_mark() -> None:
    record = setting("Schlüssel 😀", RegType.SZ, "naïve")
    text = f"Computer\r\n{KEY}\r\nSchlüssel 😀\r\nSZ:naïve\r\n"

    assert lgpo.encode([record]) == codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    for data in (
        codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        codecs.BOM_UTF8 + text.encode("utf-8"),
        text.encode("utf-8"),
        text.replace("\r\n", "\n").encode("utf-8"),
    ):
        assert lgpo.decode(data) == [record]


def test_a_text_of_the_western_code_page_is_read() -> None:
    data = f"Computer\n{KEY}\nV\nSZ:naïve –\n".encode("cp1252")

    assert lgpo.decode(data) == [setting("V", RegType.SZ, "naïve –")]


def test_the_output_of_parse_is_read() -> None:
    text = rf"""
; ----------------------------------------------------------------------
; PARSING Computer POLICY
; Source file:  .\Machine\registry.pol

Computer
{KEY}
Picture
SZ:C:\\windows\\web

  ; a comment with blanks before it

USER
{KEY}
Old
DELETE

; PARSING COMPLETED.
; ----------------------------------------------------------------------
"""
    reading = lgpo.read(text.encode("ascii"))

    assert [item.line for item in reading.entries] == [6, 13]
    assert reading.whole() == [
        setting("Picture", RegType.SZ, r"C:\windows\web"),
        delete_value(Hive.HKCU, KEY, "Old"),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"C:\\a\\b", r"C:\a\b"),
        (r"C:\a\b", r"C:\a\b"),
        (r"%USERPROFILE%\Desktop", r"%USERPROFILE%\Desktop"),
        (r"\\server\share", r"\\server\share"),
        (r"\\\\server\\share", r"\\server\share"),
        (r"\\server", r"\server"),
    ],
)
def test_backslashes_are_read_doubled_and_single(written: str, meant: str) -> None:
    assert value_of(f"SZ:{written}") == meant
    assert value_of(f"EXSZ:{written}") == meant
    assert value_of(rf"MULTISZ:{written}\0x") == (meant, "x")


@pytest.mark.parametrize("text", ["MULTISZ:", r"MULTISZ:\0", r"MULTISZ:\0\0"])
def test_an_empty_list_is_read_in_three_spellings(text: str) -> None:
    assert value_of(text) == ()


def test_a_list_may_end_with_its_separator() -> None:
    assert value_of(r"MULTISZ:a\0b\0") == ("a", "b")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("DWORD:0x1F", 31),
        ("dword: 007 ", 7),
        ("DWORD:0", 0),
        ("QWORD:0xffffffffffffffff", 2**64 - 1),
    ],
)
def test_numbers_are_decimal_or_hexadecimal(text: str, number: int) -> None:
    assert value_of(text) == number


def test_names_that_are_instructions_of_registry_pol_mean_them() -> None:
    assert lgpo.decode(entry("**del.V", "SZ: ")) == [delete_value(Hive.HKLM, KEY, "V")]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"Machine\nK\nV\nDWORD:1", 1, "'Machine' is neither Computer nor User"),
        (b"Computer", 1, "1"),
        (b"; x\n\nComputer\nK\nV", 3, "3"),
        (b"Computer\nK\n\nDWORD:1", 3, "a blank line inside an entry"),
        (b"Computer\nK\n \t\nDWORD:1", 3, "a blank line inside an entry"),
        (b"Computer\nHKLM\\Software\nV\nDWORD:1", 2, "a hive or a drive"),
        (b"Computer\nHKLM:\\Software\nV\nDWORD:1", 2, "a hive or a drive"),
        (b"Computer\nHKEY_CURRENT_USER\\Software\nV\nDWORD:1", 2, "a hive or a drive"),
        (
            b"Computer\nK\nV\nREG_DWORD:1",
            4,
            "'REG_DWORD' is not a type of LGPO text; allowed: DWORD, QWORD",
        ),
        (
            b"Computer\nK\nV\nREMOVE",
            4,
            "'REMOVE' is not an instruction of LGPO text; allowed: DELETE, ",
        ),
        (b"Computer\nK\nV\nDWORD:-1", 4, "'-1' must be a decimal number"),
        (b"Computer\nK\nV\nDWORD:1_0", 4, "'1_0' must be a decimal number"),
        (b"Computer\nK\nV\nDWORD:", 4, "'' must be a decimal number"),
        (b"Computer\nK\nV\nDWORD:4294967296", 4, "outside 0 to 4294967295"),
        (b"Computer\nK\nV\nDWORD:" + b"9" * 5000, 4, "a number must have at most 40 characters"),
        (b"Computer\nK\nV\nBINARY:0,1", 4, "pairs of hexadecimal digits"),
        (b"Computer\nK\nV\nBINARY:00ff", 4, "pairs of hexadecimal digits"),
        (b"Computer\nK\nV\nMULTISZ:a\\0\\0b", 4, "empty text"),
        (b"Computer\nK\nV\nDELETEALLVALUES", 4, r"its value name must be \*; got 'V'"),
        (b"Computer\nK\nV\nCREATEKEY", 4, r"its value name must be \*"),
        (b"Computer\nK\r\r\nV\nDELETE", 2, "carriage return"),
        (codecs.BOM_UTF16_LE + "Computer\nK\0\nV\nDELETE".encode("utf-16-le"), 2, "NUL"),
    ],
)
def test_a_malformed_text_is_refused_with_its_line(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(FormatError, match=rf"^line {line}: .*{reason}"):
        lgpo.decode(data)


@pytest.mark.parametrize(
    ("data", "offset", "reason"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", 0, "Git LFS"),
        (b"\xfe\xff\0C", 0, "big-endian"),
        (b"C\0o\0", 1, "UTF-16 without the byte order mark"),
        (b"\xff\xfeC\0o", 4, "not UTF-16-LE"),
        (b"\xff\xfe\0\xd8\n\0", 2, "not UTF-16-LE"),
        (b"\xef\xbb\xbfab\xff", 5, "not UTF-8"),
        (b"ab\x81", 2, "not CP1252"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_the_byte(
    data: bytes, offset: int, reason: str
) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        lgpo.decode(data)

    assert caught.value.offset == offset


def test_what_has_no_record_is_skipped_with_its_line_and_refused_by_decode() -> None:
    data = b"\r\n".join(
        (
            entry("V", "DWORD:1", side="User:Administrators"),
            entry("*", "CLEAR"),
            entry("V", "DWORD:1"),
        )
    )
    reading = lgpo.read(data)

    assert [(item.line, item.what) for item in reading.skipped] == [
        (1, "User:Administrators"),
        (6, "CLEAR"),
    ]
    assert [(item.record, item.line) for item in reading.entries] == [
        (setting("V", RegType.DWORD, 1), 11)
    ]
    with pytest.raises(FormatError, match="line 1: User:Administrators: only the local policy"):
        lgpo.decode(data)


LOST = [
    (Record(Hive.HKLM, KEY, "V", Action.SOFT, 4, b"\1\0\0\0"), "only if the value is absent"),
    (Record(Hive.HKLM, KEY, "", Action.SECURE_KEY, 4, b"\1\0\0\0"), "protection of a key"),
    (Record(Hive.HKLM, KEY, "V", Action.SET, 0, b""), "cannot express the type REG_NONE"),
    (Record(Hive.HKLM, KEY, "V", Action.SET, 5, b"\0\0\0\1"), "REG_DWORD_BIG_ENDIAN"),
    (Record(Hive.HKLM, KEY, "V", Action.SET, 153, b""), "REG_153"),
    (Record(Hive.HKLM, KEY, "V", Action.SET, 4, b"\1"), "does not fit its type"),
    (Record(Hive.HKLM, KEY, "V", Action.SET, 1, b"a\0"), "does not fit its type"),
    (Record(Hive.HKLM, KEY, "V", Action.DELETE, via=Via.PREFERENCE), "Preference"),
    (setting("V", RegType.SZ, "a\nb"), "line break"),
    (setting("V", RegType.MULTI_SZ, ("a", "b\r")), "line break"),
    (setting("V\r\n", RegType.SZ, "a"), "line break"),
    (setting("(default)", RegType.SZ, "a"), "means the default value of the key"),
    (setting("**del.V", RegType.SZ, "a"), "instruction of registry.pol"),
    (setting(" ", RegType.SZ, "a"), "spaces only"),
    (set_value(Hive.HKLM, r"HKLM\X", "V", RegType.SZ, "a"), "hive or a drive"),
    (Record(Hive.HKLM, KEY, "", Action.DELETE_KEYS, 1, b"\0\0"), "does not name a subkey"),
    (Record(Hive.HKLM, KEY, "\ud800", Action.DELETE), "lone surrogate"),
]


@pytest.mark.parametrize(("record", "reason"), LOST, ids=[reason for _, reason in LOST])
def test_what_the_text_cannot_carry_is_declared_and_left_out(record: Record, reason: str) -> None:
    kept, data = FORMS[0]

    (loss,) = lgpo.losses([kept, record])
    written = lgpo.encode([kept, record])

    assert loss.record is record
    assert reason in loss.reason
    assert written == f"; Not in this file: {loss}\r\n\r\n".encode("ascii") + data
    assert lgpo.decode(written) == [kept]


def canonical(record: Record) -> Record:
    """A record as Windows spells it: an empty list is one NUL, a list ends with two."""
    if record.action is not Action.SET or is_malformed(record.type or 0, record.data):
        return record
    data = encode_data(record.type or 0, record.value if record.value is not None else b"")
    return Record(record.hive, record.key, record.name, record.action, record.type, data)


@given(strategies.POLICY)
def test_whatever_is_not_declared_lost_is_read_back(records: list[Record]) -> None:
    lost = [loss.record for loss in lgpo.losses(records)]
    kept = [record for record in records if not any(record is item for item in lost)]

    assert lgpo.decode(lgpo.encode(records)) == [canonical(record) for record in kept]


@given(strategies.WELL_FORMED)
def test_a_well_formed_value_is_lost_for_its_names_and_line_ends_alone(record: Record) -> None:
    for loss in lgpo.losses([record]):
        assert any(
            word in loss.reason
            for word in ("line break", "hive", "means the default", "instruction", "spaces only")
        )


def small_texts() -> st.SearchStrategy[bytes]:
    lines = ["Computer", "User", "K", "V", "DWORD:1", "SZ:a", "DELETE", "*", "", ";", "CLEAR"]
    return st.lists(st.sampled_from(lines), max_size=12).map(lambda x: "\n".join(x).encode())


@given(st.binary(max_size=200) | small_texts())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, codecs.BOM_UTF16_LE + data):
        try:
            records = lgpo.decode(candidate)
        except FormatError:
            continue
        kept = [r for r in records if not lgpo.losses([r])]
        assert lgpo.decode(lgpo.encode(records)) == kept


def test_every_real_text_is_read_and_written_again() -> None:
    found, refused = counted("lgpo", lgpo.decode)

    assert refused == []
    assert len(found) >= 13
    for path, records in found.items():
        assert records, path
        assert lgpo.losses(records) == (), path
        assert lgpo.decode(lgpo.encode(records)) == records, path
