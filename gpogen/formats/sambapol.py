"""registry.pol in the XML form of ``samba-tool gpo backup`` (``Registry.pol.xml``).

``<PolFile><Entry type="4"><Key/><ValueName/><Value/></Entry></PolFile>``: the number decides the
type; a list has one ``<Value>`` for each text, binary data is base64 (Samba's gp_pol.py).
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats.pol import PolEntry
from gpogen.formats.textread import at_line
from gpogen.formats.xmlread import line_of, local_name, parse_xml
from gpogen.policy.data import encode_data
from gpogen.policy.types import RegType

if TYPE_CHECKING:
    from lxml.etree import _Element

_NUMBERS = (RegType.DWORD, RegType.DWORD_BIG_ENDIAN, RegType.QWORD)
_TEXTS = (RegType.SZ, RegType.EXPAND_SZ)


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
