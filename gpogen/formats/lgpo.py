r"""LGPO text, the input of ``LGPO.exe /t`` and the output of ``LGPO.exe /parse`` (LGPO 3.0).

An entry is four lines with no blank line between them: side, key, value name, type and data.
Blank lines and ``;`` comments stand between entries only.

* ``/parse`` doubles every backslash in the data of SZ, EXSZ and MULTISZ, and people write them
  single. Doubled ones are written. On reading, a value in which every run of backslashes is of
  even length is taken as doubled, and any other as it stands: ``C:\\a`` and ``C:\a`` are the same,
  ``\\server\share`` is kept, and ``\\server`` alone is read as ``\server``.
* The items of MULTISZ are parted by the two characters ``\0``.
* Two things have no record and are skipped, with their line: entries for one local group or user
  (``User:Administrators``), and ``CLEAR``, which takes entries out of the local policy.
* A text that is not ASCII is written as UTF-16LE with its mark, because LGPO.exe takes every other
  text for one in the machine's code page.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from gpogen.formats import pol
from gpogen.formats.api import Format, parsed
from gpogen.formats.loss import (
    SURROGATE,
    Content,
    Loss,
    PlacedRecord,
    Skipped,
    comments,
    inexpressible,
    preference_reason,
    split,
)
from gpogen.formats.subkeys import deleted_names
from gpogen.formats.textread import BLANKS, at_line, read_lines
from gpogen.policy.data import RegData, encode_data, is_malformed
from gpogen.policy.records import Record, remembered
from gpogen.policy.types import Action, Hive, RegType, type_name

_SIDES = {"computer": Hive.HKLM, "user": Hive.HKCU}
_DEFAULT = "(Default)"
_WORDS = {
    RegType.DWORD: "DWORD",
    RegType.QWORD: "QWORD",
    RegType.SZ: "SZ",
    RegType.EXPAND_SZ: "EXSZ",
    RegType.MULTI_SZ: "MULTISZ",
    RegType.BINARY: "BINARY",
}
_TYPES = {word: kind for kind, word in _WORDS.items()}
_KEY_WORDS = {
    "DELETEALLVALUES": Action.DELETE_VALUES,
    "CREATEKEY": Action.CREATE_KEY,
}
"""The words about a whole key, whose value name is ``*``."""
_INSTRUCTIONS = ("DELETE", "DELETEKEYS", *_KEY_WORDS)
_NUMBER = re.compile(r"(?P<hex>0x[0-9a-f]+)|[0-9]+", re.I | re.A)
_BYTES = re.compile(r"(?:[0-9a-f]{2}(?:,[0-9a-f]{2})*)?", re.I)
_RUN = re.compile(r"\\+")
# An odd run of backslashes before a 0 ends in a separator.
_SEPARATOR = re.compile(r"(?<!\\)((?:\\\\)*)\\0")
_HIVE_PREFIX = re.compile(r"(hklm|hkcu|hkey_[a-z_]+)(\\|$)|[^\\]*:", re.I)
_UNWRITABLE = re.compile(r"[\0\r\n]")


def read(data: bytes) -> Content:
    """Read a whole file.

    Raises:
        FormatError: with the line, for anything that is not exactly the format.
    """
    lines = read_lines(data)
    entries: list[PlacedRecord] = []
    skipped: list[Skipped] = []
    at = 0
    while at < len(lines):
        if _is_between(lines[at]):
            at += 1
            continue
        found = _read_entry(lines[at : at + 4], at + 1)
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            entries += (PlacedRecord(record, at + 1) for record in found)
        at += 4
    return Content(tuple(entries), tuple(skipped))


def decode(data: bytes) -> list[Record]:
    """Read a file of which every entry is a record.

    Raises:
        FormatError: with the line, for a malformed file, and for entries that have no record.
    """
    return read(data).whole()


def encode(records: Iterable[Record]) -> bytes:
    """Write what LGPO text carries; a comment at the top names each record that it does not.

    ``decode(encode(x)) == x`` where ``losses(x)`` is empty; data that Windows would spell
    otherwise (an empty list of 0 or 4 bytes) comes back as Windows spells it.
    """
    kept, lost = split(records, _reason)
    head = ["\r\n".join(comments(lost))] if lost else []
    blocks = head + ["\r\n".join(_entry_lines(record)) for record in kept]
    text = "\r\n\r\n".join(blocks) + "\r\n" if blocks else ""
    if text.isascii():
        return text.encode("ascii")
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")


def losses(records: Iterable[Record]) -> tuple[Loss, ...]:
    """Return the records that `encode` leaves out, each with its reason."""
    return split(records, _reason)[1]


# --- reading


def _is_between(line: str) -> bool:
    text = line.strip(BLANKS)
    return not text or text.startswith(";")


def _read_entry(lines: list[str], line: int) -> tuple[Record, ...] | Skipped:
    side = lines[0].strip(BLANKS)
    hive = _SIDES.get(side.lower())
    if hive is None and not side.lower().startswith("user:"):
        raise at_line(line, f"{side!r} is neither Computer nor User")
    for number, text in enumerate(lines):
        if not text.strip(BLANKS):
            raise at_line(line + number, "a blank line inside an entry, which has four lines")
    if len(lines) < 4:
        raise at_line(line, f"the entry must have four lines; it has {len(lines)}")
    _, key, name, text = lines
    if _HIVE_PREFIX.match(key):
        raise at_line(line + 1, f"the key {key!r} must not have a hive or a drive")
    if hive is None:
        return Skipped(
            line, side, "only the local policy can have settings for a single group or user"
        )
    if text.strip(BLANKS).upper() == "CLEAR":
        return Skipped(line, "CLEAR", "it edits the local policy, and is not part of a policy")
    try:
        return _records(hive, key, name, text)
    except ValueError as error:
        raise at_line(line + 3, str(error)) from None


def _records(hive: Hive, key: str, name: str, text: str) -> tuple[Record, ...]:
    word, colon, rest = text.partition(":")
    word = word.strip(BLANKS).upper()
    if not colon:
        return (_instruction(hive, key, name, word),)
    if word not in _TYPES:
        raise ValueError(f"{word!r} is not a type of LGPO text; allowed: {', '.join(_TYPES)}")
    kind = _TYPES[word]
    encoded = encode_data(kind, _read_value(kind, rest))
    bare = "" if name.lower() == _DEFAULT.lower() else name
    return tuple(pol.to_records([pol.PolEntry(key, bare, kind, encoded)], hive))


def _instruction(hive: Hive, key: str, name: str, word: str) -> Record:
    if word not in _INSTRUCTIONS:
        allowed = ", ".join(_INSTRUCTIONS)
        raise ValueError(f"{word!r} is not an instruction of LGPO text; allowed: {allowed}")
    if word == "DELETE":
        bare = "" if name.lower() == _DEFAULT.lower() else name
        return Record(hive, key, bare, Action.DELETE)
    if word == "DELETEKEYS":
        data = encode_data(RegType.SZ, name)
        return Record(hive, key, "", Action.DELETE_KEYS, RegType.SZ, data)
    if name.strip(BLANKS) != "*":
        raise ValueError(f"{word} applies to a whole key: its value name must be *; got {name!r}")
    return Record(hive, key, "", _KEY_WORDS[word])


def _read_value(kind: RegType, text: str) -> RegData:
    if kind in (RegType.DWORD, RegType.QWORD):
        return _read_number(text.strip(BLANKS))
    if kind is RegType.BINARY:
        digits = text.strip(BLANKS)
        if not _BYTES.fullmatch(digits):
            raise ValueError("binary data must be pairs of hexadecimal digits, separated by commas")
        return bytes.fromhex(digits.replace(",", ""))
    if kind is RegType.MULTI_SZ:
        return _read_list(text)
    return _undouble([text])[0]


def _read_number(text: str) -> int:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} must be a decimal number, or 0x and hexadecimal digits")
    # A longer number than any that fits, which Python might refuse to convert.
    if len(text) > 40:
        raise ValueError("a number must have at most 40 characters")
    return int(text, 16 if match["hex"] else 10)


def _read_list(text: str) -> tuple[str, ...]:
    items = _undouble(_SEPARATOR.sub(r"\1\0", text).split("\0"))
    while items and not items[-1]:
        items.pop()
    return tuple(items)


def _undouble(texts: list[str]) -> list[str]:
    runs = [run for text in texts for run in _RUN.findall(text)]
    if any(len(run) % 2 for run in runs):
        return texts
    return [text.replace("\\\\", "\\") for text in texts]


# --- writing


@remembered
def _reason(record: Record) -> str:
    return preference_reason(record) or _place_reason(record) or _content_reason(record)


def _place_reason(record: Record) -> str:
    if not record.key.strip(BLANKS) or (record.name and not record.name.strip(BLANKS)):
        return "the key is empty, or the key or the value name has spaces only"
    if _HIVE_PREFIX.match(record.key):
        return "the key must not have a hive or a drive"
    if record.name.startswith("**"):
        return "the value name starts with **, which marks an instruction of registry.pol"
    if record.name.lower() == _DEFAULT.lower():
        return f"the value name {_DEFAULT} means the default value of the key"
    names = record.key + record.name
    if _UNWRITABLE.search(names) or SURROGATE.search(names):
        return "a name has a line break, a NUL or a lone surrogate"
    return ""


def _content_reason(record: Record) -> str:
    match record.action:
        case Action.SOFT | Action.SECURE_KEY:
            return inexpressible(record.action, "LGPO text")
        case Action.DELETE_KEYS:
            return _subkeys_reason(record)
        case Action.SET:
            return _data_reason(record)
        case _:
            return ""


def _subkeys_reason(record: Record) -> str:
    if record.type != RegType.SZ:
        return "the type of its data is not REG_SZ, the only type of DELETEKEYS"
    names = ";".join(deleted_names(record))
    return _line_reason(names) or ("" if names.strip(BLANKS) else "its data does not name a subkey")


def _data_reason(record: Record) -> str:
    if record.type not in _WORDS:
        kind = (
            "a value without a type"
            if record.type is None
            else f"the type {type_name(record.type)}"
        )
        return f"LGPO text cannot express {kind}"
    if is_malformed(record.type, record.data):
        return "its data does not fit its type"
    value = record.value
    if isinstance(value, str):
        return _line_reason(value)
    return _line_reason("".join(value)) if isinstance(value, tuple) else ""


def _line_reason(text: str) -> str:
    return "its text has a line break or a NUL" if _UNWRITABLE.search(text) else ""


def _entry_lines(record: Record) -> tuple[str, str, str, str]:
    side = "Computer" if record.hive is Hive.HKLM else "User"
    match record.action:
        case Action.DELETE:
            name, text = record.name or _DEFAULT, "DELETE"
        case Action.DELETE_KEYS:
            name, text = ";".join(deleted_names(record)), "DELETEKEYS"
        case Action.DELETE_VALUES:
            name, text = "*", "DELETEALLVALUES"
        case Action.CREATE_KEY:
            name, text = "*", "CREATEKEY"
        case _:
            name, text = record.name or _DEFAULT, _data_text(record)
    return side, record.key, name, text


def _data_text(record: Record) -> str:
    word, value = _WORDS[RegType(record.type or 0)], record.value
    if isinstance(value, bytes):
        return f"{word}:{value.hex(',')}"
    if isinstance(value, tuple):
        return f"{word}:" + r"\0".join(map(_double, value))
    return f"{word}:{_double(value) if isinstance(value, str) else value}"


def _double(text: str) -> str:
    return text.replace("\\", "\\\\")


FORMAT = Format(
    id="lgpo",
    read=lambda data, file, _: parsed(read(data), file),
    write=encode,
    losses=losses,
    has_route=False,
)
