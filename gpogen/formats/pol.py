r"""registry.pol: the file of the Registry client-side extension (MS-GPREG 2.2.1).

``PReg``, version 1, then records ``[key;value;type;size;data]`` in UTF-16LE with no padding and
no count. The reader goes by length, never by searching ``;`` or ``]``, which occur in real names
and data; whatever is not exactly that shape is refused with its byte offset.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from gpogen.errors import FormatError
from gpogen.finding import Place
from gpogen.formats.api import Format, Parsed
from gpogen.policy.data import decode_data, encode_data
from gpogen.policy.gpo import Item
from gpogen.policy.keys import MAX_SHARED_KEY
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType

SIGNATURE = b"PReg"
VERSION = 1
HEADER = struct.pack("<4sI", SIGNATURE, VERSION)
MAX_WRITE_SIZE = 0xFFFF
"""The only documented ceiling for one value's data; not enforced on reading."""

_TRANSCODED = SIGNATURE.decode("utf-16-le").encode()
"""How the signature looks after somebody's tool took the file for UTF-16 text."""

_OPEN, _SEMI, _CLOSE, _NUL = b"[\0", b";\0", b"]\0", b"\0\0"
_FIXED = struct.Struct("<2sI2sI2s")
_RECORD = struct.Struct("<4sI2sI2s")
"""The same with the NUL that ends the value name."""
_NUL_SEMI = _NUL + _SEMI

# Windows writes a delete instruction as REG_SZ holding one space (337 of 337 native records).
_SPACE = encode_data(RegType.SZ, " ")
_SPECIAL = re.compile(
    r"\*\*(?:(deletevalues|deletekeys|delvals|securekey)\.?|(del|soft)\.(.*))", re.I | re.S
)
_INSTRUCTIONS: dict[Action, tuple[str, int | None, bytes | None]] = {
    Action.SET: ("{}", None, None),
    Action.DELETE: ("**del.{}", RegType.SZ, _SPACE),
    Action.DELETE_VALUES: ("**delvals.", RegType.SZ, _SPACE),
    Action.DELETE_KEYS: ("**DeleteKeys", None, None),
    Action.CREATE_KEY: ("", RegType.NONE, b""),
    Action.SOFT: ("**soft.{}", None, None),
    Action.SECURE_KEY: ("**SecureKey", None, None),
}
"""How each action is spelt: name, type and data; None takes the record's own."""
_HIVE_PREFIX = re.compile(r"(hklm|hkcu|hkey_[a-z_]+)(:|\\|$)|[^\\]*:", re.I)


class PolEntry(NamedTuple):
    """One record as the file has it: special names uninterpreted, data as bytes."""

    key: str
    name: str
    type: int
    data: bytes


def decode(data: bytes) -> list[PolEntry]:
    """Read a whole file.

    Raises:
        FormatError: with the byte offset, for anything that is not exactly the format.
    """
    _check_header(data)
    entries: list[PolEntry] = []
    offset, end = len(HEADER), len(data)
    key_bytes, key = b"", ""
    find, fixed = data.find, _RECORD.unpack_from
    while offset < end:
        # The usual record, checked whole; whatever is not exactly it goes to the careful reader,
        # which either reads it or says what is wrong and where.
        key_end = find(_NUL_SEMI, offset + 2)
        name_end = find(_NUL_SEMI, key_end + 4)
        if key_end < 0 or name_end < 0 or name_end + _RECORD.size > end:
            entry, offset = _decode_entry(data, offset)
            entries.append(entry)
            continue
        _, kind, semi2, size, semi3 = fixed(data, name_end)
        start = name_end + _RECORD.size
        stop = start + size
        raw = data[offset + 2 : key_end]
        try:
            if raw != key_bytes:
                key_bytes, key = raw, raw.decode("utf-16-le")
            name = data[key_end + 4 : name_end].decode("utf-16-le")
        except UnicodeDecodeError:
            name = "\0"
        usual = semi2 == semi3 == _SEMI and data[stop : stop + 2] == _CLOSE
        if not usual or data[offset : offset + 2] != _OPEN or "\0" in name or "\0" in key:
            key_bytes, key = b"", ""
            entry, offset = _decode_entry(data, offset)
            entries.append(entry)
            continue
        entries.append(PolEntry(key, name, kind, data[start:stop]))
        offset = stop + 2
    return entries


def encode(entries: list[PolEntry]) -> bytes:
    """Write a file; ``decode(encode(x)) == x``.

    Raises:
        FormatError: a name holds a NUL or a lone surrogate, or a number is out of range.
    """
    parts = [HEADER]
    add, fixed = parts.append, _FIXED.pack
    for entry in entries:
        key, name, kind, data = entry
        if "\0" in key or "\0" in name:
            odd = key if "\0" in key else name
            raise FormatError(f"the name {odd!r} has a NUL character")
        try:
            add(f"[{key}\0;{name}\0".encode("utf-16-le"))
            add(fixed(_SEMI, kind, _SEMI, len(data), _SEMI))
        except UnicodeEncodeError:
            raise FormatError(f"{key!r} or {name!r} has a lone surrogate") from None
        except struct.error:
            raise FormatError(f"the type {kind} of {name!r} is not a 32-bit number") from None
        add(data)
        add(_CLOSE)
    return b"".join(parts)


def from_records(records: list[Record] | tuple[Record, ...]) -> list[PolEntry]:
    """Translate records of one hive to entries, in the order given.

    Raises:
        FormatError: data above 65535 bytes, or a key that carries a hive.
    """
    return [_from_record(record) for record in records]


def to_records(entries: list[PolEntry], hive: Hive) -> list[Record]:
    """Translate entries to records; unknown special names stay ordinary values.

    What an entry means is kept, not how it was spelt: bytes survive through ``PolEntry``.
    """
    return [record for entry in entries for record in _to_records(entry, hive)]


def carries_hive(key: str) -> bool:
    """Tell whether a key begins with a hive or a drive, which makes a client's whole run fail."""
    return _HIVE_PREFIX.match(key) is not None


def _check_header(data: bytes) -> None:
    if data.startswith(b"version https://git-lfs"):
        raise FormatError(
            "this is a Git LFS pointer instead of the file; run `git lfs pull` to fetch the file"
        )
    if data.startswith(_TRANSCODED):
        raise FormatError(
            "the file was converted from UTF-16 to UTF-8, which damages it; get it again from "
            "its source, as binary data (in git: `*.pol binary` in .gitattributes)"
        )
    if len(data) < len(HEADER):
        raise FormatError(
            f"the header must have 8 bytes; the file has {len(data)}", offset=len(data)
        )
    if data[:4] != SIGNATURE:
        raise FormatError(f"the signature must be PReg; got {data[:4]!r}", offset=0)
    version = int.from_bytes(data[4:8], "little")
    if version != VERSION:
        raise FormatError(f"the version must be 1; got {version}", offset=4)


def _decode_entry(data: bytes, offset: int) -> tuple[PolEntry, int]:
    _expect(data, offset, _OPEN)
    key, offset = _read_text(data, offset + 2, "key")
    _expect(data, offset, _SEMI)
    name, offset = _read_text(data, offset + 2, "value name")
    if offset + _FIXED.size > len(data):
        raise FormatError("the file ends inside a record's type and size", offset=len(data))
    _, kind, _, size, _ = _FIXED.unpack_from(data, offset)
    for place in (0, 6, 12):
        _expect(data, offset + place, _SEMI)
    start = offset + _FIXED.size
    stop = start + size
    if stop + 2 > len(data):
        raise FormatError(
            (
                f"the record claims {size} bytes of data, but only "
                f"{max(0, len(data) - start - 2)} follow"
            ),
            offset=offset + 8,
        )
    _expect(data, stop, _CLOSE)
    return PolEntry(key, name, kind, data[start:stop]), stop + 2


def _expect(data: bytes, offset: int, mark: bytes) -> None:
    found = data[offset : offset + 2]
    if found != mark:
        what = f"bytes {found.hex(' ')}" if len(found) == len(mark) else "the end of the file"
        raise FormatError(f"expected {chr(mark[0])!r}, found {what}", offset=offset)


def _read_text(data: bytes, offset: int, what: str) -> tuple[str, int]:
    """Read to the NUL that stands on a whole character, and return the offset after it."""
    stop = data.find(_NUL, offset)
    while stop >= 0 and (stop - offset) % 2:
        stop = data.find(_NUL, stop + 1)
    if stop < 0:
        raise FormatError(f"the {what} has no terminating NUL", offset=offset)
    try:
        return data[offset:stop].decode("utf-16-le"), stop + 2
    except UnicodeDecodeError as error:
        raise FormatError(f"the {what} is not UTF-16", offset=offset + error.start) from None


def _from_record(record: Record) -> PolEntry:
    if carries_hive(record.key):
        raise FormatError(f"the key {record.key!r} must not have a hive or a drive")
    if len(record.data) > MAX_WRITE_SIZE:
        raise FormatError(
            f"{record.name!r} has {len(record.data)} bytes; the maximum is {MAX_WRITE_SIZE}"
        )
    name, kind, data = _INSTRUCTIONS[record.action]
    return PolEntry(
        record.key,
        name.replace("{}", record.name),
        (record.type or 0) if kind is None else kind,
        record.data if data is None else data,
    )


def _to_records(entry: PolEntry, hive: Hive) -> Iterator[Record]:
    if entry.type == RegType.NONE and not entry.name and not entry.data:
        yield Record(hive, entry.key, "", Action.CREATE_KEY)
        return
    word, rest = _instruction(entry.name)
    match word:
        case "deletevalues":
            for name in _names(entry):
                yield Record(hive, entry.key, name, Action.DELETE)
        case "deletekeys":
            yield Record(hive, entry.key, "", Action.DELETE_KEYS, entry.type, entry.data)
        case "delvals":
            yield Record(hive, entry.key, "", Action.DELETE_VALUES)
        case "del":
            yield Record(hive, entry.key, rest, Action.DELETE)
        case "soft":
            yield Record(hive, entry.key, rest, Action.SOFT, entry.type, entry.data)
        case "securekey":
            yield Record(hive, entry.key, "", Action.SECURE_KEY, entry.type, entry.data)
        case _:
            yield Record(hive, entry.key, entry.name, Action.SET, entry.type, entry.data)


def _instruction(name: str) -> tuple[str, str]:
    """Split ``**del.X`` into its word and the rest; ("", name) for an ordinary value name.

    The words are compared without regard to case, the longer before ``del``: Windows writes
    ``**delvals.`` where the specification has ``**DelVals.``.
    """
    match = _SPECIAL.fullmatch(name) if name.startswith("**") else None
    if match is None:
        return "", name
    return (match[1] or match[2]).lower(), match[3] or ""


def _names(entry: PolEntry) -> list[str]:
    """Return the names of ``**DeleteValues``, each once.

    Raises:
        FormatError: they are many, under a key too long to be repeated for each.
    """
    value = decode_data(entry.type, entry.data)
    if not isinstance(value, str):
        return []
    names: dict[str, str] = {}
    for name in filter(None, value.split(";")):
        names.setdefault(name.lower(), name)
    if len(names) > 1 and len(entry.key) > MAX_SHARED_KEY:
        message = f"**DeleteValues names {len(names)} values of a key of {len(entry.key)}"
        raise FormatError(f"{message} characters; {MAX_SHARED_KEY} is the maximum")
    return list(names.values())


def read(data: bytes, file: str, hive: Hive) -> Parsed:
    """Read a whole file of one side; the line of a place is the number of the entry.

    Raises:
        FormatError: with the byte offset, for anything that is not exactly the format.
    """
    items: list[Item] = []
    skipped: list[str] = []
    for number, entry in enumerate(decode(data), 1):
        place = Place(file, number, 1)
        records = to_records([entry], hive)
        items += [Item(record, place) for record in records]
        if not records:
            skipped.append(
                f"record {number}: {entry.name} does not name a value, so it has no effect"
            )
    return Parsed(tuple(items), tuple(skipped))


FORMAT = Format(id="pol", read=read, has_side=True, has_policies_alone=True)
