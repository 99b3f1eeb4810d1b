"""registry.pol in the XML form of ``samba-tool gpo backup`` (``Registry.pol.xml``).

``<PolFile><Entry type="4"><Key/><ValueName/><Value/></Entry></PolFile>``: the number decides the
type; a list has one ``<Value>`` for each text, binary data is base64 (Samba's gp_pol.py).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from gpogen.errors import FormatError
from gpogen.formats.pol import PolEntry
from gpogen.formats.textread import at_line
from gpogen.formats.xmlread import line_of, parse_xml
from gpogen.policy.data import decode_data, encode_data
from gpogen.policy.types import RegType, type_name
from gpogen.text import cut

if TYPE_CHECKING:
    from lxml.etree import _Element

_NUMBERS = (RegType.DWORD, RegType.DWORD_BIG_ENDIAN, RegType.QWORD)
_TEXTS = (RegType.SZ, RegType.EXPAND_SZ)
UNKNOWN = b'<?xml version="1.0" encoding="utf-8"?><UnknownFile/>'
"""The XML form of a file that Samba does not parse: it copies the ``.SAMBABACKUP`` beside it."""
_FILE = """<?xml version="1.0" encoding="utf-8"?>
<PolFile num_entries="{}" signature="PReg" version="1">
{}</PolFile>
"""
_TYPE = re.compile("[0-9]{1,10}")
_DIGITS = re.compile("[0-9]{1,20}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encode(entries: Iterable[PolEntry]) -> bytes:
    """Write a file that Samba turns into the same registry.pol, byte for byte.

    Samba reads the XML as text in the code page of its locale, and what it makes of an empty list,
    empty binary data, REG_NONE and data that does not fit its type is not the same: for a file
    with any of these it is `UNKNOWN`, and Samba copies the bytes.
    """
    items = list(entries)
    values = [_values(item) for item in items]
    texts = [
        item.key + item.name + "".join(own or ()) for item, own in zip(items, values, strict=True)
    ]
    if None in values or any(map(_NOT_XML.search, texts)) or not all(item.key for item in items):
        return UNKNOWN
    lines = (
        line for item, own in zip(items, values, strict=True) for line in _lines(item, own or ())
    )
    text = _FILE.format(len(items), "".join(f"\t{line}\n" for line in lines))
    return text.encode("ascii", "xmlcharrefreplace")


def _values(entry: PolEntry) -> tuple[str, ...] | None:
    """Return the texts of an entry's ``Value`` elements; None where they would not come back."""
    if entry.type not in (*_NUMBERS, *_TEXTS, RegType.MULTI_SZ, RegType.BINARY) or not entry.data:
        return None
    if entry.type == RegType.BINARY:
        return (base64.b64encode(entry.data).decode("ascii"),)
    value = decode_data(entry.type, entry.data)
    if isinstance(value, bytes) or value == ():
        return None
    values = value if isinstance(value, tuple) else (str(value),)
    return values if encode_data(entry.type, value) == entry.data else None


def _lines(entry: PolEntry, values: tuple[str, ...]) -> Iterator[str]:
    yield f'<Entry type="{entry.type}" type_name="{type_name(entry.type)}">'
    for element, text in (("Key", entry.key), ("ValueName", entry.name), *_named(values)):
        # Parsers turn a bare carriage return into a line feed.
        inner = escape(text, {"\r": "&#13;", '"': "&quot;"})
        yield f"\t<{element}>{inner}</{element}>" if text else f"\t<{element}/>"
    yield "</Entry>"


def _named(values: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return (("Value", text) for text in values)


@dataclass(frozen=True, slots=True)
class Restored:
    """What ``samba-tool gpo restore`` makes of a Registry.pol.xml.

    Attributes:
        entries: those of the registry.pol that it writes.
        is_copied: whether it copies the ``.SAMBABACKUP`` beside it instead.
        is_copied_by_4_17: whether Samba 4.17 does so, and later releases write ``entries``.
    """

    entries: tuple[PolEntry, ...] = ()
    is_copied: bool = False
    is_copied_by_4_17: bool = False


def decode(data: bytes) -> list[PolEntry]:
    """Read a whole file of which every release of Samba writes a registry.pol.

    Raises:
        FormatError: it is another file, or an entry is malformed.
    """
    found = restored(data)
    if found.is_copied or found.is_copied_by_4_17:
        raise FormatError(
            "samba-tool can copy the .SAMBABACKUP in the same folder instead of this file"
        )
    return list(found.entries)


def restored(data: bytes) -> Restored:
    """Tell what samba-tool makes of a file.

    Samba's parser checks little: it crashes where ``num_entries`` is too high, and copies the
    ``.SAMBABACKUP`` where Python raises. So a file must have the form that Samba writes.

    Raises:
        FormatError: it does not, and nobody knows which file samba-tool restores.
    """
    root = parse_xml(data, "Registry.pol.xml")
    if data.startswith(b"\xef\xbb\xbf") or not _is_utf8(data):
        raise FormatError("Registry.pol.xml must be UTF-8 without a byte order mark")
    if (root.getroottree().docinfo.encoding or "utf-8").lower() not in ("utf-8", "ascii"):
        raise FormatError("Registry.pol.xml must declare UTF-8, or nothing")
    if root.tag == "UnknownFile" and not len(root):
        return Restored(is_copied=True)
    if root.tag != "PolFile":
        raise FormatError(f"the root element must be PolFile; got {cut(str(root.tag))}")
    wanted = {"num_entries": str(len(root)), "signature": "PReg", "version": "1"}
    if {str(key): str(value) for key, value in root.attrib.items()} != wanted:
        raise at_line(line_of(root), f"PolFile must have the attributes {_shown(wanted)}")
    items = [_line(element) for element in root]
    entries = [entry for entry, _ in items if entry is not None]
    return Restored(
        entries=tuple(entries),
        is_copied=len(entries) < len(items),
        is_copied_by_4_17=any(is_unsure for _, is_unsure in items),
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _shown(attributes: Mapping[str, str]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in attributes.items())


def _line(element: _Element) -> tuple[PolEntry | None, bool]:
    try:
        return _entry(element)
    except ValueError as error:
        raise at_line(line_of(element), str(error)) from None


def _entry(element: _Element) -> tuple[PolEntry | None, bool]:
    """Return an entry, None where Samba fails on it; and whether Samba 4.17 alone fails on it."""
    if element.tag != "Entry" or any(len(child) for child in element):
        raise ValueError("PolFile must hold Entry elements, and each of them texts alone")
    number = str(element.get("type", ""))
    if _TYPE.fullmatch(number) is None:
        raise ValueError(f"type must be a number; got {cut(number)!r}")
    texts: dict[object, list[str]] = {"Key": [], "ValueName": [], "Value": []}
    for child in element:
        if child.tag not in texts:
            raise ValueError(f"{cut(str(child.tag))} is not Key, ValueName or Value")
        texts[child.tag].append(child.text or "")
    if len(texts["Key"]) != 1 or len(texts["ValueName"]) != 1:
        raise ValueError("an Entry must have one Key and one ValueName")
    kind, values = int(number), texts["Value"]
    data = _data(kind, values)
    if data is None or not texts["Key"][0]:
        return None, False
    is_unsure = kind == RegType.MULTI_SZ and values == [""]
    return PolEntry(texts["Key"][0], texts["ValueName"][0], kind, data), is_unsure


def _data(kind: int, values: list[str]) -> bytes | None:
    """Return the data of an entry; None where Samba fails on it."""
    if kind == RegType.NONE:
        return b""
    if kind == RegType.MULTI_SZ and values:
        return _list_data(values)
    if len(values) != 1:
        raise ValueError(f"an Entry of this type must have one Value; got {len(values)}")
    (text,) = values
    if kind in _NUMBERS:
        if _DIGITS.fullmatch(text) is None:
            raise ValueError(f"Value must be a number; got {cut(text)!r}")
        return encode_data(kind, int(text))
    if kind in _TEXTS:
        return encode_data(kind, text)
    try:
        return base64.b64decode(text, validate=True) if text else None
    except binascii.Error:
        raise ValueError(f"{cut(text)!r} is not base64") from None


def _list_data(values: list[str]) -> bytes | None:
    if values == [""]:
        return encode_data(RegType.MULTI_SZ, ())
    return encode_data(RegType.MULTI_SZ, tuple(values)) if all(values) else None
