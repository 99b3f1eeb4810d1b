""".reg files, byte for byte."""

from __future__ import annotations

import codecs
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.errors import FormatError
from gpogen.formats import reg
from gpogen.formats.subkeys import delete_key, deleted_names
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType, Via
from tests.formats import strategies
from tests.formats.real import counted

KEY = r"Software\Example"
HEAD = "Windows Registry Editor Version 5.00\r\n\r\n"
SECTION = "[HKEY_LOCAL_MACHINE\\Software\\Example]\r\n"


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def file(text: str) -> bytes:
    return codecs.BOM_UTF16_LE + utf16(HEAD + text)


def typed(*lines: str, head: str = "Windows Registry Editor Version 5.00") -> bytes:
    """A file as a person writes it: ASCII, one key."""
    return "\n".join((head, "", r"[HKEY_LOCAL_MACHINE\Software\Example]", *lines)).encode("latin-1")


def of(name: str, kind: int, data: bytes) -> Record:
    return Record(Hive.HKLM, KEY, name, Action.SET, kind, data)


FORMS = [
    (of("V", 4, b"\1\0\0\0"), '"V"=dword:00000001'),
    (of("V", 4, b"\xff\xff\xff\xff"), '"V"=dword:ffffffff'),
    (of("V", 1, utf16("a\0")), '"V"="a"'),
    (of("V", 1, b"\0\0"), '"V"=""'),
    (of("", 1, utf16("a\0")), '@="a"'),
    (of('q"\\', 1, utf16('C:\\"x"\\\0')), r'"q\"\\"="C:\\\"x\"\\"'),
    (of("V", 1, utf16("a\n\0")), '"V"=hex(1):61,00,0a,00,00,00'),
    (of("V", 1, utf16("a\r\0")), '"V"=hex(1):61,00,0d,00,00,00'),
    (of("V", 1, utf16("a\0b\0")), '"V"=hex(1):61,00,00,00,62,00,00,00'),
    (of("V", 1, b"a"), '"V"=hex(1):61'),
    (of("V", 2, utf16("%a\0")), '"V"=hex(2):25,00,61,00,00,00'),
    (of("V", 3, b"\0\x0a\xff"), '"V"=hex:00,0a,ff'),
    (of("V", 3, b""), '"V"=hex:'),
    (of("V", 0, b""), '"V"=hex(0):'),
    (of("V", 4, b"\1"), '"V"=hex(4):01'),
    (of("V", 5, b"\0\0\0\1"), '"V"=hex(5):00,00,00,01'),
    (of("V", 7, b"\0\0"), '"V"=hex(7):00,00'),
    (of("V", 11, b"\1" + bytes(7)), '"V"=hex(b):01,00,00,00,00,00,00,00'),
    (of("V", 0xDEADBEEF, b"\1"), '"V"=hex(deadbeef):01'),
    (of("ü😀\u2028", 1, utf16("ü😀\u2028\0")), '"ü😀\u2028"="ü😀\u2028"'),
    (delete_value(Hive.HKLM, KEY, "V"), '"V"=-'),
    (delete_value(Hive.HKLM, KEY, ""), "@=-"),
]


@pytest.mark.parametrize(("record", "line"), FORMS, ids=[line for _, line in FORMS])
def test_every_form_has_its_exact_bytes(record: Record, line: str) -> None:
    data = file(f"{SECTION}{line}\r\n\r\n")

    assert reg.encode([record]) == data
    assert reg.decode(data) == [record]
    assert reg.losses([record]) == ()


def test_keys_are_created_and_deleted() -> None:
    records = [
        Record(Hive.HKLM, KEY, "", Action.CREATE_KEY),
        of("V", 3, b""),
        delete_key(Hive.HKCU, r"Software\Gone"),
        delete_key(Hive.HKCU, "Top"),
    ]
    data = file(
        f'{SECTION}\r\n{SECTION}"V"=hex:\r\n\r\n'
        "[-HKEY_CURRENT_USER\\Software\\Gone]\r\n\r\n[-HKEY_CURRENT_USER\\Top]\r\n\r\n"
    )

    assert reg.encode(records) == data
    assert reg.decode(data) == records


def test_several_deleted_subkeys_are_several_sections() -> None:
    data = utf16("A;B\0")
    record = Record(Hive.HKLM, KEY, "", Action.DELETE_KEYS, RegType.SZ, data)

    assert reg.decode(reg.encode([record])) == [
        delete_key(Hive.HKLM, KEY + r"\A"),
        delete_key(Hive.HKLM, KEY + r"\B"),
    ]


def test_values_of_one_key_share_a_section_and_the_order_is_kept() -> None:
    other = set_value(Hive.HKLM, KEY.lower(), "V", RegType.BINARY, b"")
    records = [of("B", 3, b""), of("A", 3, b""), other, of("C", 3, b"")]

    assert reg.decode(reg.encode(records)) == records
    assert reg.encode(records).count(utf16("[HKEY")) == 3


def test_no_records_are_the_header_alone() -> None:
    assert reg.encode([]) == file("")
    assert reg.decode(file("")) == []


def test_a_preference_is_a_value_like_any_other() -> None:
    record = set_value(Hive.HKLM, KEY, "V", RegType.BINARY, b"", via=Via.PREFERENCE)

    assert reg.losses([record]) == ()
    assert reg.decode(reg.encode([record])) == [of("V", 3, b"")]


@pytest.mark.parametrize("length", range(60, 80))
def test_bytes_are_broken_into_lines_of_80_at_most(length: int) -> None:
    record = of("n" * (length - 7), 3, bytes(range(256)))

    lines = reg.encode([record])[2:].decode("utf-16-le").split("\r\n")[3:-2]

    assert all(line.endswith(",\\") for line in lines[:-1])
    assert 78 <= len(lines[0]) <= max(80, length + 4)
    assert {len(line) for line in lines[1:-1]} == {78}
    assert all(line.startswith("  ") for line in lines[1:])
    assert reg.decode(reg.encode([record])) == [record]


def test_what_people_write_is_read() -> None:
    data = typed(
        "; a comment",
        "# another, as Wine has it",
        '  "A" = dword:1  ; why',
        '"B"="x" ; why',
        '"C"=HEX:1, 2,\\  ; why',
        "\t3",
        '"D"=hex(7):\\',
        "  00,00,\\",
        "",
        '"E"=- ; why',
        "[hklm\\Software\\New\\] ; why",
        "[HKEY_CURRENT_USER\\Software\\[*.]mil;]",
        "@=hex(2):00,00",
    )

    assert reg.decode(data) == [
        of("A", 4, b"\1\0\0\0"),
        of("B", 1, utf16("x\0")),
        of("C", 3, b"\1\2\3"),
        of("D", 7, b"\0\0"),
        delete_value(Hive.HKLM, KEY, "E"),
        Record(Hive.HKLM, r"Software\New", "", Action.CREATE_KEY),
        set_value(Hive.HKCU, r"Software\[*.]mil;", "", RegType.EXPAND_SZ, ""),
    ]


@pytest.mark.parametrize(
    "data",
    [
        file(f'{SECTION}"ü"="ü"'),
        codecs.BOM_UTF8 + f'{HEAD}{SECTION}"ü"="ü"'.encode(),
        f'{HEAD}{SECTION}"ü"="ü"'.encode(),
        f'{HEAD}{SECTION}"ü"="ü"'.encode("cp1252"),
    ],
)
def test_four_encodings_are_read(data: bytes) -> None:
    assert reg.decode(data) == [of("ü", 1, utf16("ü\0"))]


def test_the_texts_of_regedit4_are_in_the_code_page() -> None:
    lines = ('"E"=hex(2):25,e4,00', '"M"=hex(7):61,00,62,00,00', '"B"=hex:e4', '"N"=hex(b):01')

    assert reg.decode(typed(*lines, head="REGEDIT4")) == [
        of("E", 2, utf16("%ä\0")),
        of("M", 7, utf16("a\0b\0\0")),
        of("B", 3, b"\xe4"),
        of("N", 11, b"\1"),
    ]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "the header must be .*; got ''"),
        (b"Windows Registry Editor Version 6.00\n", 1, "Version 6.00"),
        (f'{HEAD}"V"=dword:1'.encode(), 3, "before the first key"),
        (f"{HEAD}[HKLM\\X".encode(), 3, r"the key '\[HKLM\\\\X' must end with a closing bracket"),
        (f"{HEAD}[HKXX\\X]".encode(), 3, "'HKXX' is not a hive; allowed: HKEY_LOCAL_MACHINE, "),
        (f"{HEAD}[HKLM\\X\\\\Y]".encode(), 3, "empty part"),
        (f'{HEAD}[-HKLM\\X]\n"V"=-'.encode(), 4, "'\"V\"=-' is in a key that the file deletes"),
        (typed("V=dword:1"), 4, "is not a key, a value, or a comment"),
        (typed('"V"=string:1'), 4, "'string:1' is not value data; allowed: \"text\", dword:"),
        (typed('"V"=dword:123456789'), 4, "is not value data; allowed"),
        (typed('"V"=dword:'), 4, "is not value data; allowed"),
        (typed('"V"=hex(123456789):'), 4, "is not value data; allowed"),
        (typed('"V"="two', 'lines"'), 4, "is not value data; allowed"),
        (typed(r'"V"="C:\dir\"'), 4, "is not value data; allowed"),
        (typed(r'"V"="C:\temp"'), 4, r"\\t is not an escape sequence"),
        (typed(r'"V\n"="C"'), 4, r"\\n is not an escape sequence"),
        (typed('"V"=hex:00,', "01"), 5, "'01' is not a key"),
        (typed('"V"=hex:00,\\'), 4, "ends within the bytes of a value"),
        (typed('"V"=hex:00,\\', "  0g"), 5, "'0g' must be a byte"),
        (typed('"V"=hex:00,,01'), 4, "'' must be a byte"),
        (typed('"V"=hex:001'), 4, "'001' must be a byte"),
        (typed('"V"=hex(2):81', head="REGEDIT4"), 4, "Western code page"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(FormatError, match=rf"^line {line}: .*{reason}"):
        reg.decode(data)


def test_other_hives_are_skipped_with_their_line_and_refused_by_decode() -> None:
    data = typed(
        '"V"=dword:1',
        "[HKEY_LOCAL_MACHINE]",
        "[HKEY_USERS]",
        r"[HKEY_CLASSES_ROOT\.txt]",
        '@="x"',
        r"[-HKEY_USERS\X]",
        "[-HKEY_CURRENT_USER]",
        "[HKEY_LOCAL_MACHINE]",
        '@="x"',
        r"[-HKLM\a;b]",
    )
    reading = reg.read(data)

    assert [entry.line for entry in reading.entries] == [4]
    assert [(item.line, item.what) for item in reading.skipped] == [
        (7, r"[HKEY_CLASSES_ROOT\.txt]"),
        (9, r"[-HKEY_USERS\X]"),
        (10, "[-HKEY_CURRENT_USER]"),
        (11, "[HKEY_LOCAL_MACHINE]"),
        (13, r"[-HKLM\a;b]"),
    ]
    with pytest.raises(FormatError, match=r"line 7: .*no policy writes to this hive"):
        reg.decode(data)


LOST = [
    (Record(Hive.HKLM, KEY, "V", Action.SOFT, 4, b"\1\0\0\0"), "only if the value is absent"),
    (Record(Hive.HKLM, KEY, "", Action.SECURE_KEY, 4, b"\1\0\0\0"), "protection of a key"),
    (Record(Hive.HKLM, KEY, "", Action.DELETE_VALUES), "deletion of all values"),
    (Record(Hive.HKLM, KEY, "", Action.DELETE_KEYS, 1, b""), "does not name a subkey"),
    (Record(Hive.HKLM, KEY, "", Action.DELETE_KEYS, 1, utf16("a\\b\0")), "names a path"),
    (Record(Hive.HKLM, KEY, "V", Action.SET), "a value without a type"),
    (of("V\n", 3, b""), "line break"),
    (of("\udc00", 3, b""), "lone surrogate"),
    (Record(Hive.HKLM, "\\" + KEY, "V", Action.SET, 3, b""), "empty part"),
    (Record(Hive.HKLM, "", "V", Action.SET, 3, b""), "empty part"),
    (Record(Hive.HKLM, "A\\\\B", "", Action.DELETE_KEYS, 1, utf16("C\0")), "empty part"),
]


@pytest.mark.parametrize(("record", "reason"), LOST, ids=[reason for _, reason in LOST])
def test_what_the_file_cannot_carry_is_declared_and_left_out(record: Record, reason: str) -> None:
    kept = of("V", 3, b"")

    (loss,) = reg.losses([kept, record])
    written = reg.encode([kept, record])

    assert loss.record is record
    assert reason in loss.reason
    assert written == file(f'; Not in this file: {loss}\r\n\r\n{SECTION}"V"=hex:\r\n\r\n')
    assert str(loss).isascii()
    assert str(loss).isprintable()


def test_the_undo_file_deletes_each_set_value_once_and_says_what_it_cannot() -> None:
    records = [
        of("A", 3, b""),
        of("a", 3, b"\1"),
        of("", 1, b"\0\0"),
        delete_value(Hive.HKLM, KEY, "Old"),
        Record(Hive.HKLM, KEY + r"\New", "", Action.CREATE_KEY),
        delete_key(Hive.HKLM, KEY + r"\Gone"),
        Record(Hive.HKLM, KEY, "S", Action.SOFT, 4, b"\1\0\0\0"),
    ]

    data = reg.encode_undo(records)

    assert reg.decode(data) == [delete_value(Hive.HKLM, KEY, "a"), delete_value(Hive.HKLM, KEY, "")]
    text = data[2:].decode("utf-16-le")
    assert "It cannot restore earlier values" in text
    for line in (
        r"HKLM\Software\Example, value Old (delete): was deleted and remains deleted",
        r"HKLM\Software\Example\New (create-key): was created and remains",
        r"HKLM\Software\Example (delete-keys): its subkeys were deleted and remain",
        r"HKLM\Software\Example, value S (soft): a .reg file cannot express",
    ):
        assert f"; Not undone: {line}" in text


def test_several_deleted_keys_come_back_one_by_one_and_preferences_as_policy() -> None:
    several = Record(Hive.HKCU, "A", "", Action.DELETE_KEYS, RegType.SZ, utf16("B;C\0"))
    of_hive = Record(Hive.HKCU, "", "", Action.DELETE_KEYS, RegType.SZ, utf16("E\0"))
    value = of("V", 4, b"\1\0\0\0")
    preference = replace(of("W", 4, b"\2\0\0\0"), via=Via.PREFERENCE)
    records = [several, value, of_hive, preference]

    read = reg.as_read(records)

    assert read == [
        delete_key(Hive.HKCU, r"A\B"),
        delete_key(Hive.HKCU, r"A\C"),
        value,
        delete_key(Hive.HKCU, "E"),
        replace(preference, via=Via.POLICY),
    ]
    assert reg.decode(reg.encode(records)) == read


def test_what_is_undone_is_each_value_that_was_set_and_what_is_left_instead_of_it() -> None:
    records = [
        of("A", 3, b"\1"),
        of("B", 3, b"\1"),
        delete_value(Hive.HKLM, KEY, "Old"),
        Record(Hive.HKLM, KEY, "S", Action.SOFT, 4, b"\1\0\0\0"),
    ]
    left = of("b", 3, b"\2")

    assert reg.undone(records) == [delete_value(Hive.HKLM, KEY, name) for name in "AB"]
    assert reg.undone(records, [left]) == [delete_value(Hive.HKLM, KEY, "A"), left]
    # What the artifact expects of its undo file is what the undo file says.
    assert reg.undone(records, [left]) == reg.decode(reg.encode_undo(records, [left]))


@given(strategies.POLICY)
def test_whatever_is_not_declared_lost_is_read_back(records: list[Record]) -> None:
    lost = [loss.record for loss in reg.losses(records)]
    kept = [record for record in records if not any(record is item for item in lost)]

    assert reg.decode(reg.encode(records)) == kept


@given(strategies.POLICY)
def test_the_undo_file_deletes_all_that_the_file_sets_and_nothing_else(
    records: list[Record],
) -> None:
    done = reg.decode(reg.encode(records))
    undone = reg.decode(reg.encode_undo(records))

    assert {r.action for r in undone} <= {Action.DELETE}
    assert {r.target for r in undone} == {r.target for r in done if r.action is Action.SET}


@given(strategies.POLICY)
def test_no_line_of_bytes_is_longer_than_80_but_for_its_name(records: list[Record]) -> None:
    lines = reg.encode(records)[2:].decode("utf-16-le").split("\r\n")

    for before, line in pairwise(lines):
        if before.endswith("\\") and line.startswith("  "):
            assert len(line) <= 80


def small_files() -> st.SearchStrategy[bytes]:
    lines = [r"[HKLM\X]", r"[-HKCU\X]", "[HKU]", '"V"=-', '@="a"', "@=hex:1,\\", "2", ";", ""]
    return st.lists(st.sampled_from(lines), max_size=10).map(
        lambda x: (HEAD + "\n".join(x)).encode()
    )


@given(st.binary(max_size=200) | small_files())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, HEAD.encode() + data):
        try:
            records = reg.decode(candidate)
        except FormatError:
            continue
        assert reg.losses(records) == ()
        assert reg.decode(reg.encode(records)) == records


def test_a_subkeys_name_with_a_semicolon_is_refused() -> None:
    with pytest.raises(ValueError, match="; in its name"):
        delete_key(Hive.HKLM, r"a\b;c")

    assert deleted_names(delete_key(Hive.HKLM, r"a;b\c")) == ("c",)


def test_every_real_file_is_read_or_refused_and_written_again() -> None:
    found, refused = counted("reg", reg.decode)

    assert refused == [
        (
            "Win9X-CacheHandling.reg: line 7: 'string:00000001' is not value data; "
            'allowed: "text", dword:, hex:, hex(N):, or - to delete the value'
        )
    ]
    assert len(found) >= 14
    for path, records in found.items():
        assert reg.losses(records) == (), path
        assert reg.decode(reg.encode(records)) == records, path


def test_a_real_files_bytes_are_broken_where_regedit_broke_them() -> None:
    found, _ = counted("reg", reg.decode)
    path = next(path for path in found if path.name == "TaskManager.reg")

    ours = reg.encode(found[path])[2:].decode("utf-16-le").split("\r\n")

    assert ours[:-2] == path.read_text(encoding="utf-8").rstrip().split("\n")


@pytest.mark.parametrize("length", [39, 40, 41])
def test_a_message_repeats_40_characters_of_a_line(length: int) -> None:
    text = "x" * length
    shown = "x" * min(length, 40)
    data = "must be a byte of one or two hexadecimal digits"
    allowed = 'allowed: "text", dword:, hex:, hex(N):, or - to delete the value'
    head = f"the header must be '{reg.HEADER}' or 'REGEDIT4'"
    for wrong, message in (
        (typed(head=text), f"line 1: {head}; got '{shown}'"),
        (typed(text), f"line 4: '{shown}' is not a key, a value, or a comment"),
        (typed(f'"V"={text}'), f"line 4: '{shown}' is not value data; {allowed}"),
        (typed(f'"V"=hex:{text}'), f"line 4: '{shown}' {data}"),
    ):
        with pytest.raises(FormatError) as caught:
            reg.decode(wrong)
        assert str(caught.value) == message
