r"""Content .reg files: version 5 and REGEDIT4, as regedit and people write them.

What regedit passes over in silence is refused here, with its line: a value without a key, a type
that does not exist (``string:``), an escape other than ``\\`` and ``\"``. Comments begin with
``;``; ``#``, which Wine takes for one too and which people use, is accepted. ``HKLM`` and
``HKCU`` are read for the long names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gpogen.formats.loss import Content, PlacedRecord, Skipped
from gpogen.formats.subkeys import delete_key
from gpogen.formats.textread import BLANKS, at_line, read_lines
from gpogen.policy.data import encode_data
from gpogen.policy.keys import MAX_SHARED_KEY
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.text import cut

HEADER = "Windows Registry Editor Version 5.00"
OLD_HEADER = "REGEDIT4"

_HIVES = {
    "hkey_local_machine": Hive.HKLM,
    "hklm": Hive.HKLM,
    "hkey_current_user": Hive.HKCU,
    "hkcu": Hive.HKCU,
}
_OTHER_HIVES = {
    *("hkey_classes_root", "hkcr", "hkey_users", "hku"),
    *("hkey_current_config", "hkcc", "hkey_dyn_data", "hkdd", "hkey_performance_data"),
}
_ALLOWED_HIVES = (
    *("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_CLASSES_ROOT", "HKEY_USERS"),
    "HKEY_CURRENT_CONFIG",
)
_ALLOWED_DATA = '"text", dword:, hex:, hex(N):, or - to delete the value'
# The last bracket of the line ends the key: keys may hold brackets.
_SECTION = re.compile(r"\[(-?)(.*)\]\s*(?:;.*)?")
_VALUE = re.compile(r'(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)')
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:;.*)?')
_DWORD = re.compile(r"dword:([0-9a-f]{1,8})\s*(?:;.*)?", re.I)
_HEX = re.compile(r"hex(?:\(([0-9a-f]{1,8})\))?:", re.I)
_DELETION = re.compile(r"-\s*(?:;.*)?")
_BYTE = re.compile(r"[0-9a-f]{1,2}", re.I)
_ESCAPE = re.compile(r"\\(.)")
_ANSI_TYPES = (RegType.SZ, RegType.EXPAND_SZ, RegType.MULTI_SZ)


@dataclass(slots=True)
class _Section:
    """A key's heading, and whether anything stood under it."""

    line: int
    path: str
    deleted: bool
    hive: Hive | None
    key: str
    records: list[PlacedRecord] = field(default_factory=list)
    has_values: bool = False


def read(data: bytes) -> Content:
    """Read a whole file.

    Raises:
        FormatError: with the line, for anything that is not exactly the format.
    """
    lines = read_lines(data)
    header = lines[0].strip(BLANKS)
    if header not in (HEADER, OLD_HEADER):
        raise at_line(1, f"the header must be {HEADER!r} or {OLD_HEADER!r}; got {header[:40]!r}")
    entries: list[PlacedRecord] = []
    skipped: list[Skipped] = []
    for section in _sections(lines, ansi=header == OLD_HEADER):
        found = _finish(section)
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            entries += found
    return Content(tuple(entries), tuple(skipped))


def _sections(lines: list[str], *, ansi: bool) -> Iterator[_Section]:
    section: _Section | None = None
    rest = iter(enumerate(lines[1:], 2))
    for number, line in rest:
        text = line.strip(BLANKS)
        if not text or text[0] in ";#":
            continue
        if text[0] == "[":
            if section is not None:
                yield section
            section = _open(text, number)
        elif section is None:
            raise at_line(number, f"the value {text[:40]!r} comes before the first key")
        else:
            _add(section, number, text, rest, ansi=ansi)
    if section is not None:
        yield section


def _open(text: str, line: int) -> _Section:
    match = _SECTION.fullmatch(text)
    if match is None:
        raise at_line(line, f"the key {text[:40]!r} must end with a closing bracket, ]")
    path = match[2].removesuffix("\\")
    name, _, key = path.partition("\\")
    hive = _HIVES.get(name.lower())
    if hive is None and name.lower() not in _OTHER_HIVES:
        raise at_line(line, f"{name!r} is not a hive; allowed: {', '.join(_ALLOWED_HIVES)}")
    if key and "" in key.split("\\"):
        raise at_line(line, f"the key {path!r} has an empty part")
    return _Section(line, path, bool(match[1]), hive, key)


def _add(
    section: _Section, line: int, text: str, rest: Iterator[tuple[int, str]], *, ansi: bool
) -> None:
    match = _VALUE.fullmatch(text)
    if match is None:
        raise at_line(line, f"{text[:40]!r} is not a key, a value, or a comment")
    if section.deleted:
        raise at_line(
            line,
            f"{text[:40]!r} is in a key that the file deletes: remove it, or write another key",
        )
    name = _unescape(match[1] or "", line)
    content = _content(match[2], line, rest, ansi=ansi)
    section.has_values = True
    if section.hive is None or not section.key:
        return
    if content is None:
        record = Record(section.hive, section.key, name, Action.DELETE)
    else:
        record = Record(section.hive, section.key, name, Action.SET, *content)
    section.records.append(PlacedRecord(record, line))


def _content(
    text: str, line: int, rest: Iterator[tuple[int, str]], *, ansi: bool
) -> tuple[int, bytes] | None:
    """Read what stands behind the ``=``: type and bytes, or None for a deletion."""
    if _DELETION.fullmatch(text):
        return None
    if match := _TEXT.fullmatch(text):
        return RegType.SZ, encode_data(RegType.SZ, _unescape(match[1], line))
    if match := _DWORD.fullmatch(text):
        return RegType.DWORD, encode_data(RegType.DWORD, int(match[1], 16))
    if match := _HEX.match(text):
        kind = RegType.BINARY if match[1] is None else int(match[1], 16)
        data = _bytes(text[match.end() :], line, rest)
        return kind, _from_ansi(data, line) if ansi and kind in _ANSI_TYPES else data
    raise at_line(line, f"{text[:40]!r} is not value data; allowed: {_ALLOWED_DATA}")


def _bytes(text: str, line: int, rest: Iterator[tuple[int, str]]) -> bytes:
    """Read bytes, over as many lines as end in a backslash."""
    digits: list[str] = []
    text = text.partition(";")[0].strip(BLANKS)
    while text.endswith("\\"):
        digits += text[:-1].split(",")
        following = next(rest, None)
        if following is None:
            raise at_line(line, "the file ends within the bytes of a value")
        line, text = following
        text = text.partition(";")[0].strip(BLANKS)
        # A line that ends in a comma, so that the byte after it stands on the next line.
        if not digits[-1].strip(BLANKS):
            digits.pop()
    digits += text.split(",")
    if not digits[-1].strip(BLANKS):
        digits.pop()
    return bytes(_byte(item.strip(BLANKS), line) for item in digits)


def _byte(text: str, line: int) -> int:
    if not _BYTE.fullmatch(text):
        raise at_line(line, f"{text[:40]!r} must be a byte of one or two hexadecimal digits")
    return int(text, 16)


def _from_ansi(data: bytes, line: int) -> bytes:
    """Turn the texts of REGEDIT4, which are in a code page, into the UTF-16 of the registry."""
    try:
        return data.decode("cp1252").encode("utf-16-le")
    except UnicodeDecodeError:
        raise at_line(
            line, "the bytes are not text of the Western code page (Windows-1252)"
        ) from None


def _unescape(text: str, line: int) -> str:
    if "\\" not in text:
        return text
    wrong = next((m for m in _ESCAPE.finditer(text) if m[1] not in '\\"'), None)
    if wrong is not None:
        raise at_line(line, rf"{wrong[0]} is not an escape sequence; allowed: \\ and \"")
    return _ESCAPE.sub(r"\1", text)


def _finish(section: _Section) -> list[PlacedRecord] | Skipped:
    at, what = section.line, f"[{'-' if section.deleted else ''}{section.path}]"
    empty = not section.has_values and not section.deleted
    if len(section.key) > MAX_SHARED_KEY:
        reason = f"the key has {len(section.key)} characters; the maximum is {MAX_SHARED_KEY}"
        return Skipped(at, cut(what), reason)
    if not section.key:
        # A hive's own heading, which regedit exports, does nothing where nothing is under it.
        return [] if empty else Skipped(at, what, "a policy writes to keys, not to a hive itself")
    if section.hive is None:
        return Skipped(at, what, "no policy writes to this hive")
    if section.deleted:
        try:
            return [PlacedRecord(delete_key(section.hive, section.key), at)]
        except ValueError as error:
            return Skipped(at, what, str(error))
    if empty:
        return [PlacedRecord(Record(section.hive, section.key, "", Action.CREATE_KEY), at)]
    return section.records
