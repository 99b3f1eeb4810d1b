"""registry.pol, byte for byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.errors import FormatError
from gpogen.formats import pol
from gpogen.formats.pol import PolEntry
from gpogen.policy.data import decode_data, encode_data
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType
from tests.support.corpus import corpus
from tests.support.samba import samba_read

KEY = r"Software\Policies\Example"


def raw(key: str, name: str, kind: int, data: bytes, size: int | None = None) -> bytes:
    """Build a record by the letter of MS-GPREG 2.2.1, independently of the codec."""

    def text(value: str) -> bytes:
        return value.encode("utf-16-le") + b"\0\0"

    length = len(data) if size is None else size
    return (
        "[".encode("utf-16-le")
        + text(key)
        + ";".encode("utf-16-le")
        + text(name)
        + ";".encode("utf-16-le")
        + struct.pack("<I", kind)
        + ";".encode("utf-16-le")
        + struct.pack("<I", length)
        + ";".encode("utf-16-le")
        + data
        + "]".encode("utf-16-le")
    )


HEADER = b"PReg\x01\0\0\0"
DWORD = struct.pack("<I", 4)

TROUBLESOME = [
    PolEntry(KEY, "plain", 4, DWORD),
    *(PolEntry(KEY, f"n{n}", 4, struct.pack("<I", n)) for n in (0, 10, 59, 91, 93, 0xFFFFFFFF)),
    PolEntry(KEY, "id;https://[*.]mil", 1, "a]b;c\0".encode("utf-16-le")),
    PolEntry(KEY, "]", 1, b"\0\0"),
    PolEntry(KEY, "", 0, b""),
    PolEntry(KEY, "", 1, "default\0".encode("utf-16-le")),
    *(PolEntry(KEY, f"m{n}", 7, b"\0" * n) for n in (0, 2, 4)),
    PolEntry(KEY, "multi", 7, "a\0b\0\0".encode("utf-16-le")),
    PolEntry(KEY, "binary", 3, bytes(range(256))),
    PolEntry(KEY, "qword", 11, struct.pack("<Q", 2**64 - 1)),
    PolEntry(KEY, "big", 5, struct.pack(">I", 1)),
    PolEntry(KEY, "odd", 153, b"\x01"),
    PolEntry(KEY, "ünïcode 😀", 1, "😀\0".encode("utf-16-le")),
    PolEntry(KEY, "**del.Gone", 1, b" \0\0\0"),
    PolEntry(KEY, "**delvals.", 1, b" \0\0\0"),
]


def test_a_file_is_the_header_and_the_records_of_the_specification() -> None:
    entry = TROUBLESOME[0]

    assert pol.encode([entry]) == HEADER + raw(entry.key, entry.name, entry.type, entry.data)


def test_the_header_alone_is_a_file_without_records() -> None:
    assert pol.decode(HEADER) == []
    assert pol.encode([]) == HEADER


@pytest.mark.parametrize("entry", TROUBLESOME, ids=lambda entry: repr(entry.name))
def test_troublesome_records_survive(entry: PolEntry) -> None:
    data = HEADER + raw(entry.key, entry.name, entry.type, entry.data)

    assert pol.decode(data) == [entry]
    assert pol.encode([entry]) == data


@pytest.mark.parametrize("size", range(8))
@pytest.mark.parametrize(
    ("key", "name"),
    [
        (KEY, "N"),
        ("a\u3b00\u0100", "N"),
        (KEY, "a\u3b00\u0100"),
        ("a\u3b00\u0100", "b\u3b00\u0100"),
    ],
)
def test_a_record_is_followed_by_another_wherever_it_ends(key: str, name: str, size: int) -> None:
    # U+3B00 and U+0100 hold the bytes of a NUL and a semicolon, but not on a whole character.
    entries = [
        PolEntry(key, name, 3, b"\1" * size),
        PolEntry(key, name, 4, DWORD),
        PolEntry(KEY, "M", 4, DWORD),
    ]
    data = HEADER + b"".join(raw(*entry) for entry in entries)

    assert pol.decode(data) == entries
    assert pol.encode(entries) == data


@pytest.mark.parametrize("shift", [-1, 1])
@pytest.mark.parametrize(
    ("places", "mark"),
    [
        ((0,), "["),
        ((6,), ";"),
        ((12,), ";"),
        ((18,), ";"),
        ((24,), ";"),
        ((18, 24), ";"),
        ((12, 18, 24), ";"),
        ((30,), "]"),
    ],
)
def test_each_mark_of_a_record_is_checked(places: tuple[int, ...], mark: str, shift: int) -> None:
    record = bytearray(raw("a", "b", 4, DWORD))
    for place in places:
        assert record[place] == ord(mark)
        record[place] += shift

    for before in (b"", raw("a", "b", 4, DWORD)):
        with pytest.raises(FormatError, match=rf"expected '\{mark}'") as caught:
            pol.decode(HEADER + before + bytes(record) + raw("a", "b", 4, DWORD))
        assert caught.value.offset == len(HEADER) + len(before) + places[0]


@pytest.mark.parametrize(
    ("there", "follow"), [(0, 0), (1, 0), (2, 0), (3, 1), (5, 3), (6, 4), (11, 9)]
)
def test_a_record_that_is_too_short_says_how_many_bytes_follow(there: int, follow: int) -> None:
    begin = raw("a", "b", 4, b"", size=10)[:-2]

    with pytest.raises(FormatError) as caught:
        pol.decode(HEADER + begin + bytes(there))

    wanted = f"the record claims 10 bytes of data, but only {follow} follow"
    assert str(caught.value).startswith(wanted)
    assert caught.value.offset == 28


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (PolEntry("K\0", "N", 4, DWORD), r"the name 'K\\x00' has a NUL"),
        (PolEntry("K", "N\0", 4, DWORD), r"the name 'N\\x00' has a NUL"),
        (PolEntry("K\ud800", "N", 4, DWORD), r"'K\\ud800' or 'N' has a lone surrogate"),
        (PolEntry("K", "\udc00N", 4, DWORD), r"'K' or '\\udc00N' has a lone surrogate"),
        (PolEntry("K", "N", 2**32, DWORD), "the type 4294967296 of 'N' is not a 32-bit number"),
        (PolEntry("K", "N", -1, DWORD), "the type -1 of 'N' is not a 32-bit number"),
    ],
)
def test_what_no_file_can_hold_is_refused(entry: PolEntry, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        pol.encode([entry])


def test_65535_bytes_of_data_are_written() -> None:
    record = set_value(Hive.HKLM, KEY, "A", RegType.BINARY, bytes(65535))

    assert pol.from_records([record]) == [PolEntry(KEY, "A", 3, bytes(65535))]


def test_samba_reads_and_rewrites_every_troublesome_record(tmp_path: Path) -> None:
    known = [entry for entry in TROUBLESOME if entry.type != 153]
    path = tmp_path / "registry.pol"
    path.write_bytes(pol.encode(known))

    (answer,) = samba_read([path])

    assert answer["same"]
    assert [(e[0], e[1], e[2]) for e in answer["entries"]] == [
        (e.key, e.name, e.type) for e in known
    ]


@pytest.mark.parametrize(
    ("data", "offset", "reason"),
    [
        (b"", 0, "the header must have 8 bytes; the file has 0"),
        (b"PReg\x01", 5, "the header must have 8 bytes; the file has 5"),
        (b"PREG\x01\0\0\0", 0, "signature"),
        (b"PReg\x02\0\0\0", 4, "version must be 1; got 2"),
        (HEADER + b"[", 8, r"expected '\[', found the end of the file"),
        (HEADER + b"x\0", 8, r"expected '\[', found bytes 78 00"),
        (HEADER + b"[\0a\0", 10, "key has no terminating NUL"),
        (HEADER + b"[\0a\0\0\0x\0", 14, "expected ';'"),
        (HEADER + b"[\0a\0\0\0;\0b\0", 16, "value name has no terminating NUL"),
        (HEADER + b"[\0a\0\0\0;\0\0\0;\0", 20, "type and size"),
        (HEADER + b"[\0\x00\xd8\0\0;\0", 10, "not UTF-16"),
        (HEADER + b"[\0a\0\x00\xd8\0\0;\0", 12, "the key is not UTF-16"),
        (HEADER + raw("a", "b", 4, DWORD, size=3), None, "expected ']'"),
        (HEADER + raw("a", "b", 4, DWORD, size=5), None, "5 bytes of data"),
        (HEADER + raw("a", "b", 4, DWORD, size=0xFFFFFFFF), 28, "4294967295 bytes of data"),
        (HEADER + raw("a", "b", 4, DWORD)[:-2], 28, "4 bytes of data"),
        (HEADER + raw("a", "b", 4, DWORD) + b"\0", None, r"expected '\['"),
    ],
)
def test_a_malformed_file_is_refused_with_the_byte(
    data: bytes, offset: int | None, reason: str
) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        pol.decode(data)

    assert caught.value.offset is not None
    assert offset in (None, caught.value.offset)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer instead of the file"),
        (HEADER.decode("utf-16-le").encode(), "converted from UTF-16 to UTF-8"),
    ],
)
def test_what_a_checkout_damaged_is_told_with_the_remedy_and_no_byte(
    data: bytes, reason: str
) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        pol.decode(data)

    assert caught.value.offset is None
    assert "at byte" not in str(caught.value)


entries = st.lists(
    st.builds(
        PolEntry,
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        st.integers(0, 2**32 - 1),
        st.binary(max_size=200),
    ),
    max_size=8,
)


@given(entries)
def test_whatever_is_written_is_read_back(items: list[PolEntry]) -> None:
    assert pol.decode(pol.encode(items)) == items


@given(st.binary(max_size=300))
def test_any_bytes_are_either_read_whole_or_refused(data: bytes) -> None:
    for candidate in (data, HEADER + data):
        try:
            items = pol.decode(candidate)
        except FormatError as error:
            # What git-lfs leaves in a file's place is told as a whole.
            assert error.offset is not None or candidate.startswith(b"version https://git-lfs")
            assert (error.offset or 0) <= len(candidate)
        else:
            assert pol.encode(items) == candidate


@pytest.mark.parametrize(
    ("record", "entry"),
    [
        (set_value(Hive.HKLM, KEY, "A", RegType.DWORD, 4), PolEntry(KEY, "A", 4, DWORD)),
        (delete_value(Hive.HKLM, KEY, "A"), PolEntry(KEY, "**del.A", 1, b" \0\0\0")),
        (
            Record(Hive.HKLM, KEY, "", Action.DELETE_VALUES),
            PolEntry(KEY, "**delvals.", 1, b" \0\0\0"),
        ),
        (Record(Hive.HKLM, KEY, "", Action.CREATE_KEY), PolEntry(KEY, "", 0, b"")),
        (
            Record(Hive.HKLM, KEY, "A", Action.SOFT, 4, DWORD),
            PolEntry(KEY, "**soft.A", 4, DWORD),
        ),
        (
            Record(Hive.HKLM, KEY, "", Action.SECURE_KEY, 4, DWORD),
            PolEntry(KEY, "**SecureKey", 4, DWORD),
        ),
        (
            Record(Hive.HKLM, KEY, "", Action.DELETE_KEYS, 1, "A;B\0".encode("utf-16-le")),
            PolEntry(KEY, "**DeleteKeys", 1, "A;B\0".encode("utf-16-le")),
        ),
        (Record(Hive.HKLM, KEY, "A", Action.SET, 0, b"\1"), PolEntry(KEY, "A", 0, b"\1")),
        (delete_value(Hive.HKLM, KEY, "{}{0}"), PolEntry(KEY, "**del.{}{0}", 1, b" \0\0\0")),
    ],
    ids=lambda item: item.action if isinstance(item, Record) else None,
)
def test_every_action_has_its_instruction(record: Record, entry: PolEntry) -> None:
    assert pol.from_records([record]) == [entry]
    assert pol.to_records([entry], Hive.HKLM) == [record]


@pytest.mark.parametrize("name", ["**delvals.", "**DelVals.", "**DELVALS"])
def test_instructions_are_known_in_any_case(name: str) -> None:
    (record,) = pol.to_records([PolEntry(KEY, name, 1, b" \0\0\0")], Hive.HKLM)

    assert record.action is Action.DELETE_VALUES


def test_deletevalues_is_one_deletion_for_each_name() -> None:
    entry = PolEntry(KEY, "**DeleteValues", 1, "A;B\0".encode("utf-16-le"))

    records = pol.to_records([entry], Hive.HKLM)

    assert [(r.action, r.name) for r in records] == [(Action.DELETE, "A"), (Action.DELETE, "B")]


def test_an_unknown_instruction_stays_a_value() -> None:
    (record,) = pol.to_records([PolEntry(KEY, "**Future", 1, b"\0\0")], Hive.HKLM)

    assert (record.action, record.name) == (Action.SET, "**Future")


@pytest.mark.parametrize("key", [r"HKLM\Software", "HKLM:", r"HKEY_LOCAL_MACHINE\X", r"C:\X"])
def test_a_hive_inside_a_key_is_never_written(key: str) -> None:
    with pytest.raises(FormatError, match="hive or a drive"):
        pol.from_records([set_value(Hive.HKLM, key, "A", RegType.DWORD, 1)])


def test_more_than_65535_bytes_are_never_written() -> None:
    record = set_value(Hive.HKLM, KEY, "A", RegType.BINARY, bytes(65536))

    with pytest.raises(FormatError, match="65535"):
        pol.from_records([record])


def test_every_real_file_is_rewritten_to_the_same_bytes_or_refused(tmp_path: Path) -> None:
    del tmp_path
    files = sorted(path for path in corpus().rglob("*") if path.suffix.lower() == ".pol")
    ours: dict[Path, list[PolEntry] | None] = {}
    for path in files:
        data = path.read_bytes()
        try:
            ours[path] = pol.decode(data)
        except FormatError:
            ours[path] = None
        else:
            assert pol.encode(ours[path] or []) == data, path

    accepted = 0
    for path, answer in zip(files, samba_read(files), strict=True):
        mine = ours[path]
        if mine is None:
            continue
        accepted += 1
        assert answer["same"], path
        theirs = [(e[0], e[1], e[2]) for e in answer["entries"]]
        assert theirs == [(e.key, e.name, e.type) for e in mine], path

    assert accepted > 100


@given(st.integers(0, 2**32 - 1))
def test_numbers_of_32_bits_survive_in_both_byte_orders(number: int) -> None:
    for kind in (RegType.DWORD, RegType.DWORD_BIG_ENDIAN):
        assert decode_data(kind, encode_data(kind, number)) == number


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
)
def test_lists_of_texts_survive(items: list[str]) -> None:
    data = encode_data(RegType.MULTI_SZ, tuple(items))

    assert decode_data(RegType.MULTI_SZ, data) == tuple(items)
    assert items or data == b"\0\0"


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (RegType.DWORD, 2**32, "outside 0 to 4294967295"),
        (RegType.DWORD, -1, "outside"),
        (RegType.DWORD, True, "whole number"),
        (RegType.QWORD, 2**64, "outside"),
        (RegType.SZ, "a\0b", "NUL"),
        (RegType.SZ, "\ud800", "surrogate"),
        (RegType.SZ, 1, "must be text"),
        (RegType.MULTI_SZ, ("a", ""), "empty text"),
        (RegType.MULTI_SZ, "a", "list"),
        (RegType.BINARY, "00", "bytes"),
    ],
)
def test_data_that_does_not_fit_its_type_is_refused(
    kind: RegType, value: object, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        encode_data(kind, value)  # type: ignore[arg-type]
