r"""A WMI filter as the Group Policy Management Console exports and imports it (.mof).

UTF-16LE with a byte order mark, CRLF; the file begins with an empty line, and the properties of
MSFT_SomFilter stand in alphabetical order behind one tab. An empty Description is left out.
Quotes and backslashes are escaped with a backslash (79 native exports were compared).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from gpogen.errors import FormatError

__all__ = ["WmiFilter", "decode", "encode"]

LANGUAGE = "WQL"
NAMESPACE = r"root\CIMv2"
_TEXT = r'"((?:[^"\\\r\n]|\\["\\])*)"'
_STAMP = r"([0-9]{14}\.[0-9]{6}-000)"
_FILE = re.compile(
    "\r\n"
    "instance of MSFT_SomFilter\r\n{\r\n"
    f"\tAuthor = {_TEXT};\r\n"
    f'\tChangeDate = "{_STAMP}";\r\n'
    f'\tCreationDate = "{_STAMP}";\r\n'
    f"(?:\tDescription = {_TEXT};\r\n)?"
    f"\tDomain = {_TEXT};\r\n"
    f'\tID = "({{[0-9A-F]{{8}}(?:-[0-9A-F]{{4}}){{3}}-[0-9A-F]{{12}}}})";\r\n'
    f"\tName = {_TEXT};\r\n"
    "\tRules = {\r\n"
    "instance of MSFT_Rule\r\n{\r\n"
    f"\tQuery = {_TEXT};\r\n"
    f'\tQueryLanguage = "{LANGUAGE}";\r\n'
    '\tTargetNameSpace = "root\\\\\\\\CIMv2";\r\n'
    "}};\r\n};\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WmiFilter:
    r"""A WMI filter of one query, in the namespace ``root\CIMv2``.

    Attributes:
        author: who made it, ``admin@corp.example``.
        time: when, ``20261102000000.000000-000``.
        description: one line; may be empty.
        domain: the domain's DNS name.
        id: its GUID, braces, upper case.
        name: its display name.
        query: the WQL query.
    """

    author: str
    time: str
    description: str
    domain: str
    id: str
    name: str
    query: str


def encode(item: WmiFilter) -> bytes:
    """Write the file.

    Raises:
        FormatError: a text holds a line end or a NUL.
    """
    about = f"\tDescription = {_quote(item.description)};\n" if item.description else ""
    text = (
        "\ninstance of MSFT_SomFilter\n{\n"
        f"\tAuthor = {_quote(item.author)};\n"
        f"\tChangeDate = {_quote(item.time)};\n"
        f"\tCreationDate = {_quote(item.time)};\n"
        f"{about}"
        f"\tDomain = {_quote(item.domain)};\n"
        f"\tID = {_quote(item.id)};\n"
        f"\tName = {_quote(item.name)};\n"
        "\tRules = {\ninstance of MSFT_Rule\n{\n"
        f"\tQuery = {_quote(item.query)};\n"
        f"\tQueryLanguage = {_quote(LANGUAGE)};\n"
        f"\tTargetNameSpace = {_quote(NAMESPACE)};\n"
        "}};\n};\n"
    )
    return codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le")


def decode(data: bytes) -> WmiFilter:
    """Read a file in the form that `encode` and the console write, with one rule.

    Raises:
        FormatError: it has another form.
    """
    try:
        text = data.removeprefix(codecs.BOM_UTF16_LE).decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise FormatError("the WMI filter is not UTF-16LE", offset=error.start) from None
    found = _FILE.fullmatch(text)
    if found is None or not data.startswith(codecs.BOM_UTF16_LE):
        raise FormatError(
            "this is not a WMI filter with one rule as the Group Policy Management Console "
            "exports it"
        )
    parts = (re.sub(r"\\(.)", r"\1", part or "") for part in found.groups())
    author, time, _, description, domain, guid, name, query = parts
    return WmiFilter(
        author=author,
        time=time,
        description=description,
        domain=domain,
        id=guid,
        name=name,
        query=query,
    )


def _quote(text: str) -> str:
    if re.search(r"[\0\r\n]", text):
        raise FormatError("a text of the WMI filter has a line break or a NUL")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
