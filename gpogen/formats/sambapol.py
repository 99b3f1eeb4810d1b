"""registry.pol in the XML form of ``samba-tool gpo backup`` (``Registry.pol.xml``).

``<PolFile><Entry type="4"><Key/><ValueName/><Value/></Entry></PolFile>``: the number decides the
type; a list has one ``<Value>`` for each text, binary data is base64 (Samba's gp_pol.py).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from gpogen.errors import FormatError
from gpogen.formats.pol import PolEntry
from gpogen.formats.textread import at_line
from gpogen.formats.xmlread import line_of, local_name, parse_xml
from gpogen.policy.data import decode_data, encode_data
from gpogen.policy.types import RegType, type_name

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


def decode(data: bytes) -> list[PolEntry]:
    """Read a whole file.

    Raises:
        FormatError: it is another file, or an entry is malformed.
    """
    root = parse_xml(data, "Registry.pol.xml")
    if local_name(root) != "PolFile":
        raise FormatError(f"the root element must be PolFile; got {local_name(root)}")
    entries = []
    for element in root:
        if local_name(element) != "Entry":
            continue
        try:
            entries.append(_entry(element))
        except ValueError as error:
            raise at_line(line_of(element), str(error)) from None
    return entries


def _entry(element: _Element) -> PolEntry:
    kind = int(str(element.get("type", "")))
    texts = {"Key": [""], "ValueName": [""], "Value": list[str]()}
    for child in element:
        name = local_name(child)
        if name in ("Key", "ValueName"):
            texts[name] = [child.text or ""]
        elif name == "Value":
            texts[name].append(child.text or "")
    return PolEntry(texts["Key"][0], texts["ValueName"][0], kind, _data(kind, texts["Value"]))


def _data(kind: int, values: list[str]) -> bytes:
    first = values[0] if values else ""
    if kind in _NUMBERS:
        return encode_data(kind, int(first))
    if kind in _TEXTS:
        return encode_data(kind, first)
    if kind == RegType.MULTI_SZ:
        return encode_data(kind, tuple(values) if first or len(values) > 1 else ())
    if kind == RegType.NONE:
        return b""
    try:
        return base64.b64decode(first, validate=False)
    except binascii.Error:
        raise ValueError(f"{first[:40]!r} is not base64") from None
