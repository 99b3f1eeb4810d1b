r""".PolicyRules, the file of Policy Analyzer, which ``LGPO.exe /p`` applies (LGPO 3.0).

UTF-8 with its mark, CR LF, no XML declaration, the root ``<PolicyRules>``, one element a line. A
``ComputerConfig`` or ``UserConfig`` is one entry of a registry.pol, spelt as there: ``**del.Name``
with a REG_SZ of one space, a key to create as REG_NONE without a name. Measured on the four native
files of mxk/win11-secure-baseline-gpo:

* DWORD is decimal; an empty MULTI_SZ is the two characters ``\0``; the default value is called
  ``(Default)``; quotation marks are ``&quot;``, and an empty element has two tags.
* No native file has a number of 2147483648 or more, a MULTI_SZ with items, EXPAND_SZ, QWORD,
  BINARY, or another instruction than ``**del.`` and ``**delvals.``. What can mean one thing alone
  is read, the rest is skipped with its line, and none of it is written.
* Security templates, audit policy and the extensions that the GPO names (``CSE-Machine``) are no
  records: they are skipped, but for the Registry extension, which every such file has.

Device control of Microsoft Defender has a root of the same name, and ``PolicyRule`` inside.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from gpogen.errors import FormatError
from gpogen.formats import pol
from gpogen.formats.api import Format, parsed
from gpogen.formats.loss import Content, Loss, PlacedRecord, Skipped, preference_reason, split
from gpogen.formats.textread import at_line
from gpogen.formats.xmlread import line_of, local_name, parse_xml
from gpogen.policy.data import RegData, encode_data
from gpogen.policy.records import Record, remembered
from gpogen.policy.types import Action, Hive, RegType, type_name
from gpogen.text import cut

if TYPE_CHECKING:
    from lxml.etree import _Element

_SIDES = {"ComputerConfig": Hive.HKLM, "UserConfig": Hive.HKCU}
_EXTENSIONS = {Hive.HKLM: "CSE-Machine", Hive.HKCU: "CSE-User"}
_REGISTRY = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
"""The Registry extension (MS-GPREG 1.9), which native files call ``Registry Policy``."""
_NEEDED = ("Key", "Value", "RegType", "RegData")
_OTHERS = ("SourceFile", "PolicyName")
_SKIPPED = {
    "SecurityTemplate": "a security setting, which is not a registry policy",
    "AuditSubcategory": "audit policy, which is not a registry policy",
    "AuditOption": "audit policy, which is not a registry policy",
    "CSE-Machine": "an extension of the GPO, which a record cannot name",
    "CSE-User": "an extension of the GPO, which a record cannot name",
}
_DEVICE_CONTROL = ("PolicyRule", "PolicyRuleId")
_DEFAULT = "(Default)"
_TYPES = {type_name(kind): kind for kind in RegType}
_TOP = {RegType.DWORD: 2**32, RegType.QWORD: 2**64}
_NUMBER = re.compile(r"-?[0-9]{1,20}", re.A)
_EMPTY = r"\0"
_SIGN_UNSEEN = 2**31
"""From this number on nobody has seen whether a DWORD is written with a sign."""
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile(r"[\r\n]")
_DOUBLE_DASH = re.compile("-(?=-)")
_FILE = "<PolicyRules>\r\n{}</PolicyRules>\r\n"


def read(data: bytes) -> Content:
    """Read a whole file.

    Raises:
        FormatError: with the line, for anything that is not exactly the format.
    """
    root = parse_xml(data, "the .PolicyRules file")
    if root.tag != "PolicyRules":
        space = str(root.tag)[1:].rpartition("}")[0]
        of_space = f" of the namespace {cut(space)}" if space else ""
        raise FormatError(
            f"the root element is {cut(local_name(root))}{of_space}; it must be PolicyRules"
        )
    _refuse_text(root.text, line_of(root))
    entries: list[PlacedRecord] = []
    skipped: list[Skipped] = []
    for element in root:
        line = line_of(element)
        _refuse_text(element.tail, line)
        try:
            found = _read_element(element, line)
        except ValueError as error:
            raise at_line(line, str(error)) from None
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            entries += (PlacedRecord(record, line) for record in found)
    return Content(tuple(entries), tuple(skipped))


def decode(data: bytes) -> list[Record]:
    """Read a file of which every element is a record, or names the Registry extension.

    Raises:
        FormatError: with the line, for a malformed file, and for elements that have no record.
    """
    return read(data).whole()


def encode(records: Iterable[Record], policy: str = "gpogen") -> bytes:
    """Write what native files show how to write; a comment names each record that is left out.

    ``decode(encode(x)) == x`` where ``losses(x)`` is empty.

    Args:
        records: in order.
        policy: the name of the GPO, which Policy Analyzer shows with each value.
    """
    kept, lost = split(records, _reason)
    name = _NOT_XML.sub("\ufffd", _LINE_END.sub(" ", policy))
    lines = [*map(_comment, lost), *(_element(record, name) for record in kept)]
    sides = {record.hive for record in kept}
    lines += [_extension(side) for hive, side in _EXTENSIONS.items() if hive in sides]
    return codecs.BOM_UTF8 + _FILE.format("".join(f"{line}\r\n" for line in lines)).encode()


def losses(records: Iterable[Record]) -> tuple[Loss, ...]:
    """Return the records that `encode` leaves out, each with its reason."""
    return split(records, _reason)[1]


# --- reading


def _refuse_text(text: str | None, line: int) -> None:
    if text and text.strip():
        raise at_line(line, f"text between the elements: {cut(text.strip())!r}")


def _read_element(element: _Element, line: int) -> tuple[Record, ...] | Skipped:
    name = str(element.tag) if local_name(element) else ""
    if name in _SIDES:
        if element.attrib:
            raise ValueError(f"{name} must not have attributes")
        return _read_entry(_SIDES[name], _texts(element), line)
    if name in _DEVICE_CONTROL:
        raise ValueError(
            "this is device control of Microsoft Defender, which has a root of the same name; "
            "gpogen reads the .PolicyRules of Policy Analyzer"
        )
    if name not in _SKIPPED:
        allowed = ", ".join((*_SIDES, *_SKIPPED))
        found = f"the element {cut(name)}" if name else "a processing instruction"
        raise ValueError(f"{found} is not an element of Policy Analyzer; allowed: {allowed}")
    texts = _texts(element)
    if name in _EXTENSIONS.values() and texts.get("GUID", "").upper() == _REGISTRY:
        return ()
    given = (*element.attrib.values(), *(texts[part] for part in texts if part not in _OTHERS))
    return Skipped(line, cut(" ".join((name, *map(str, given)))), _SKIPPED[name])


def _texts(element: _Element) -> dict[str, str]:
    """Return the texts of the children, blanks kept: one space is what a deletion holds."""
    _refuse_text(element.text, line_of(element))
    texts: dict[str, str] = {}
    for child in element:
        name = str(child.tag) if local_name(child) else "a processing instruction"
        _refuse_text(child.tail, line_of(child))
        if name in texts:
            raise ValueError(f"{cut(name)} occurs twice in one element")
        if len(child) or child.attrib:
            raise ValueError(f"{cut(name)} must have text only")
        texts[name] = child.text or ""
    return texts


def _read_entry(hive: Hive, texts: dict[str, str], line: int) -> tuple[Record, ...] | Skipped:
    missing = [name for name in _NEEDED if name not in texts]
    unknown = [cut(name) for name in texts if name not in (*_NEEDED, *_OTHERS)]
    if missing or unknown:
        what = f"{missing[0]} is missing" if missing else f"{unknown[0]} is not allowed"
        raise ValueError(f"{what}; allowed in an entry: {', '.join((*_NEEDED, *_OTHERS))}")
    key, name = texts["Key"], texts["Value"]
    if not key or pol.carries_hive(key):
        raise ValueError(
            f"the key {cut(key)!r} {'must not have a hive or a drive' if key else 'is empty'}"
        )
    kind = _TYPES.get(texts["RegType"])
    if kind is None:
        raise ValueError(f"{cut(texts['RegType'])!r} is not a type; allowed: {', '.join(_TYPES)}")
    what = cut(rf"{hive}\{key}") + (f", value {cut(name)}" if name else "")
    data = _read_data(kind, texts["RegData"])
    if data is None:
        shown = _unseen(f"the type {texts['RegType']}")
        return Skipped(line, what, f"{cut(texts['RegData'])!r} is ambiguous: {shown}")
    bare = "" if name.lower() == _DEFAULT.lower() else name
    found = tuple(pol.to_records([pol.PolEntry(key, bare, kind, data)], hive))
    return found or Skipped(line, what, "it does not name a value, so it has no effect")


def _read_data(kind: RegType, text: str) -> bytes | None:
    """Return the data, or None where the text can mean more than one thing."""
    if kind in _TOP:
        return encode_data(kind, _read_number(kind, text))
    if kind in (RegType.SZ, RegType.EXPAND_SZ):
        return encode_data(kind, text)
    if kind is RegType.MULTI_SZ:
        items = _read_list(text)
        return None if items is None else encode_data(kind, items)
    return None if text else b""


def _read_number(kind: RegType, text: str) -> RegData:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{cut(text)!r} must be a decimal number of at most 20 digits")
    number, top = int(text), _TOP[kind]
    # A negative number can only be one of the upper half, written with its sign.
    return number + top if -top // 2 <= number < 0 else number


def _read_list(text: str) -> tuple[str, ...] | None:
    r"""Split at ``\0``; None where a backslash before it may belong to an item or to it."""
    if rf"\{_EMPTY}" in text:
        return None
    items = text.split(_EMPTY)
    while items and not items[-1]:
        items.pop()
    # An empty text would end the list early: nobody has seen what the file then means.
    return tuple(items) if all(items) else None


# --- writing


@remembered
def _reason(record: Record) -> str:
    return preference_reason(record) or _place_reason(record) or _content_reason(record)


def _place_reason(record: Record) -> str:
    if not record.key or pol.carries_hive(record.key):
        return "the key is empty, or has a hive or a drive"
    if record.name.startswith("**"):
        return "the value name starts with **, which marks an instruction of registry.pol"
    if record.name.lower() == _DEFAULT.lower():
        return f"the value name {_DEFAULT} means the default value of the key"
    return _text_reason(record.key + record.name)


def _content_reason(record: Record) -> str:
    match record.action:
        case Action.DELETE:
            return "" if record.name else _unseen("the deletion of a default value")
        case Action.DELETE_VALUES | Action.CREATE_KEY:
            return ""
        case Action.SET:
            return _data_reason(record)
        case _:
            return _unseen(f"the action {record.action}")


def _data_reason(record: Record) -> str:
    if len(record.data) > pol.MAX_WRITE_SIZE:
        return f"it has {len(record.data)} bytes of data; the maximum is {pol.MAX_WRITE_SIZE}"
    match record.type, record.value:
        case RegType.SZ, str(text):
            return _text_reason(text)
        case RegType.DWORD, int(number):
            return "" if number < _SIGN_UNSEEN else _unseen(f"a number of {_SIGN_UNSEEN} or more")
        case RegType.MULTI_SZ, ():
            return ""
        case RegType.MULTI_SZ, tuple():
            return _unseen("a list with items")
        case ((RegType.SZ | RegType.DWORD | RegType.MULTI_SZ), _):
            return "its data does not fit its type"
        case None, _:
            return _unseen("a value without a type")
        case kind, _:
            return _unseen(f"the type {type_name(kind)}")


def _unseen(what: str) -> str:
    return f"no known file shows how Policy Analyzer writes {what}"


def _text_reason(text: str) -> str:
    if _LINE_END.search(text):
        return "its text has a line break; an element can have only one line"
    return "its text has a character that XML cannot contain" if _NOT_XML.search(text) else ""


def _element(record: Record, policy: str) -> str:
    (entry,) = pol.from_records([record])
    side = "ComputerConfig" if record.hive is Hive.HKLM else "UserConfig"
    is_default = record.action is Action.SET and not record.name
    parts = {
        "Key": entry.key,
        "Value": _DEFAULT if is_default else entry.name,
        "RegType": type_name(entry.type),
        "RegData": _data_text(entry),
        "SourceFile": rf"{record.hive.side.lower()}\registry.pol",
        "PolicyName": policy,
    }
    return f"<{side}>{''.join(_leaves(parts))}</{side}>"


def _data_text(entry: pol.PolEntry) -> str:
    match entry.type:
        case RegType.DWORD:
            return str(int.from_bytes(entry.data, "little"))
        case RegType.MULTI_SZ:
            return _EMPTY
        case _:
            return entry.data.decode("utf-16-le").removesuffix("\0")


def _extension(element: str) -> str:
    parts = {"GUID": _REGISTRY, "Name": "Registry Policy"}
    return f"<{element}>{''.join(_leaves(parts))}</{element}>"


def _leaves(parts: dict[str, str]) -> Iterator[str]:
    for name, text in parts.items():
        yield f"<{name}>{escape(text, {chr(34): '&quot;'})}</{name}>"


def _comment(loss: Loss) -> str:
    return f"<!-- Not in this file: {_DOUBLE_DASH.sub('- ', str(loss))} -->"


FORMAT = Format(
    id="policyrules",
    read=lambda data, file, _: parsed(read(data), file),
    write=encode,
    losses=losses,
    has_route=False,
)
