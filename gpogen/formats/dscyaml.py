r"""Configuration documents of DSC v3: one Microsoft.Windows/Registry resource a value.

The resource's rules are those of PowerShell/DSC, lib/dsc-lib-registry/src/config.rs: unknown
properties are errors, Binary is a list of numbers, ``_exist: false`` deletes the value, and without
``valueName`` the key. Microsoft.Windows/RegistryList is in no stable release before 3.3.

DSC takes a text that begins with ``[`` for an expression, and ``[[`` for a text that begins with
``[``, on one line only (grammars/tree-sitter-dscexpression). Its grammar passes over blanks and
line feeds, so nobody knows what becomes of those at the beginning of a text: such a text is a loss.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gpogen.document.nodes import Mapping as MappingNode
from gpogen.document.nodes import Node, Scalar, plain
from gpogen.document.nodes import Sequence as SequenceNode
from gpogen.formats.api import Format, parsed
from gpogen.formats.direct import as_read, data_reason, loss_lines, place_reason, subkey_paths
from gpogen.formats.loss import Content, Loss, PlacedRecord, Skipped, inexpressible, split
from gpogen.formats.textread import at_line
from gpogen.formats.yamlread import (
    document,
    hive_and_key,
    key_deletion,
    kind,
    need,
    parted,
    refuse_others,
    setting,
    text_of,
)
from gpogen.policy.data import RegData
from gpogen.policy.records import Record, remembered
from gpogen.policy.types import Action, Hive, RegType
from gpogen.text import cut
from gpogen.yaml_text import to_document

SCHEMA = "https://aka.ms/dsc/schemas/v3/bundled/config/document.json"
RESOURCE = "Microsoft.Windows/Registry"

_NAMES = {
    RegType.SZ: "String",
    RegType.EXPAND_SZ: "ExpandString",
    RegType.BINARY: "Binary",
    RegType.DWORD: "DWord",
    RegType.MULTI_SZ: "MultiString",
    RegType.QWORD: "QWord",
}
_TYPES = {name: number for number, name in _NAMES.items()}
_DECIDING = (
    "parameters",
    "variables",
    "functions",
    "outputs",
    "directives",
    "executionInformation",
)
_OF_DOCUMENT = ("$schema", "contentVersion", "metadata", "resources", *_DECIDING)
_OF_REGISTRY = ("name", "type", "properties", "dependsOn", "metadata")
"""What a resource can have without a change to what it does."""
_OF_RESOURCE = (
    *_OF_REGISTRY,
    "condition",
    "copy",
    "requireVersion",
    "apiVersion",
    "directives",
    "executionInformation",
    "resources",
)
_CONTEXTS: tuple[Mapping[str, str], ...] = (
    {},
    {"securityContext": "elevated"},
    {"securityContext": "current"},
)
_HIVE = re.compile(
    r"(?:HKCC|HKCU|HKCR|HKLM|HKU"
    r"|HKEY_(?:CURRENT_CONFIG|CURRENT_USER|CLASSES_ROOT|LOCAL_MACHINE|USERS))(?:\\|\Z)"
)
"""As get_hive_from_path of dsc-lib-registry wants it: in capitals, without a colon."""
_REFERENCE = re.compile(
    r"\[resourceId\( *'([A-Za-z0-9.]+/[A-Za-z0-9]+)' *, *'([A-Za-z0-9 ]+)' *\)\]"
)
"""An item of dependsOn, as config_doc.rs describes it."""
_PROPERTIES = ("keyPath", "valueName", "valueData", "_exist", "_metadata", "registryFilePath")
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9]+")
_KIND = kind("a DSC document", "a mapping with $schema and resources")


def encode(records: Iterable[Record], remarks: Sequence[str] = ()) -> bytes:
    """Write a document; comments behind the first line name each record that it does not hold.

    Args:
        records: what to write.
        remarks: more comment lines.
    """
    kept, lost = split(records, _reason)
    resources = list(_resources(kept))
    content = {
        "$schema": SCHEMA,
        "metadata": {"Microsoft.DSC": {"securityContext": "elevated"}},
        "resources": resources,
    }
    lines = (*remarks, *loss_lines(lost))
    return to_document(content, lines).encode("utf-8")


def losses(records: Iterable[Record]) -> tuple[Loss, ...]:
    """Return the records that `encode` leaves out, each with its reason."""
    return split(records, _reason)[1]


def read(data: bytes) -> Content:
    """Read a document: its Registry resources; each other resource is skipped.

    Raises:
        FormatError: with the line, for anything that DSC would refuse.
    """
    root = need(document(data, _KIND), MappingNode, "a DSC document", 1)
    refuse_others(root, _OF_DOCUMENT, "a DSC document")
    resources = need(root.get("resources"), SequenceNode, "resources", root.place.line)
    earlier: set[tuple[str, str]] = set()
    return parted((*_around(root), *(_read(item, earlier) for item in resources.items)))


# --- reading


def _around(root: MappingNode) -> Iterator[Skipped]:
    """Yield what stands beside the resources and can change what they do."""
    for key in _DECIDING:
        if root.get(key) is not None:
            at = root.members[key][0].line
            yield Skipped(at, key, "it can change what DSC does with the resources")
    metadata = root.get("metadata")
    own = metadata.get("Microsoft.DSC") if isinstance(metadata, MappingNode) else None
    if own is not None and plain(own) not in _CONTEXTS:
        reason = "gpogen reads only the security contexts elevated and current"
        yield Skipped(own.place.line, "Microsoft.DSC of metadata", reason)


def _read(node: Node, earlier: set[tuple[str, str]]) -> PlacedRecord | Skipped:
    """Read a resource; ``earlier`` has the type and name of each one before it, and gets its own.

    Raises:
        FormatError: it is malformed, or has the type and the name of another one.
    """
    line = node.place.line
    item = need(node, MappingNode, "a resource", line)
    refuse_others(item, _OF_RESOURCE, "a resource")
    title, of = text_of(item, "name"), text_of(item, "type")
    name = cut(title)
    if (of, title) in earlier:
        raise at_line(line, f"{name!r} is the name of another {cut(of)}: DSC refuses the document")
    found = _of_type(item, name, of, earlier)
    earlier.add((of, title))
    return found


def _of_type(
    item: MappingNode, name: str, of: str, earlier: set[tuple[str, str]]
) -> PlacedRecord | Skipped:
    line = item.place.line
    if of != RESOURCE:
        return Skipped(line, name, f"it is a {cut(of)}, not a {RESOURCE}")
    deciding = next((key for key in item.members if key not in _OF_REGISTRY), None)
    if deciding is not None:
        return Skipped(line, name, f"its {deciding} decides what DSC does with it")
    if not _follows(item.get("dependsOn"), earlier):
        return Skipped(line, name, "its dependsOn names more than resources that stand before it")
    properties = need(item.get("properties"), MappingNode, "properties", line)
    refuse_others(properties, _PROPERTIES, f"the properties of {RESOURCE}")
    found = _record(properties)
    return PlacedRecord(found, line) if isinstance(found, Record) else Skipped(line, name, found)


def _follows(node: Node | None, earlier: Collection[tuple[str, str]]) -> bool:
    """Tell whether ``dependsOn`` leaves a resource where it stands (depends_on.rs)."""
    if node is None:
        return True
    items = need(node, SequenceNode, "dependsOn", node.place.line).items
    texts = [item.value if isinstance(item, Scalar) else None for item in items]
    found = [_REFERENCE.fullmatch(text) if isinstance(text, str) else None for text in texts]
    return all(one is not None and (one[1], one[2]) in earlier for one in found)


def _record(node: MappingNode) -> Record | str:
    """Return the record of a resource, or why it has none."""
    line = node.place.line
    if node.get("registryFilePath") is not None:
        return "it writes to a hive file, not to the registry"
    texts = [text_of(node, key) for key in ("keyPath", "valueName") if node.get(key) is not None]
    if node.get("keyPath") is None:
        text_of(node, "keyPath")
    if doubt := _evaluated(texts):
        return doubt
    place = _place(_plain(text_of(node, "keyPath")), line)
    if place is None:
        return "no GPO has values of its hive"
    exists = _exists(node)
    if exists is None:
        return "an expression of DSC decides whether it exists"
    if node.get("valueName") is None:
        if node.get("valueData") is not None:
            raise at_line(line, "valueData must have a valueName beside it")
        return _of_key(*place, exists, line)
    name = _plain(text_of(node, "valueName"))
    if not exists:
        return Record(*place, name, Action.DELETE)
    if node.get("valueData") is None:
        return "it has no valueData, so the value gets the type REG_NONE"
    return _setting(*place, name, need(node.get("valueData"), MappingNode, "valueData", line))


def _place(path: str, line: int) -> tuple[Hive, str] | None:
    if _HIVE.match(path) is None:
        raise at_line(line, rf"keyPath must begin with HKLM\ or another hive; got {cut(path)!r}")
    return hive_and_key(path, line)


def _exists(node: MappingNode) -> bool | None:
    """Return ``_exist``, which is true by default; None for an expression."""
    found = node.get("_exist")
    if found is None:
        return True
    value = need(found, Scalar, "_exist", found.place.line).value
    if isinstance(value, str) and _doubt(value):
        return None
    if not isinstance(value, bool):
        raise at_line(found.place.line, "_exist must be true or false")
    return value


def _of_key(hive: Hive, key: str, exists: bool, line: int) -> Record:
    if exists:
        return Record(hive, key, "", Action.CREATE_KEY)
    return key_deletion(hive, key, line)


def _setting(hive: Hive, key: str, name: str, node: MappingNode) -> Record | str:
    line = node.place.line
    if len(node.members) != 1:
        raise at_line(line, f"valueData must have exactly one of {', '.join(_TYPES)}")
    ((word, (_, data)),) = node.members.items()
    if word not in _TYPES:
        raise at_line(line, f"{cut(word)!r} is not a type; allowed: {', '.join(_TYPES)}")
    number = _TYPES[word]
    value = _value(number, data.items if isinstance(data, SequenceNode) else data, line)
    texts = value if isinstance(value, tuple) else (value,)
    if doubt := _evaluated(text for text in texts if isinstance(text, str)):
        return doubt
    return setting(hive, key, name, (number, _meant(value)), line)


def _value(number: RegType, data: Any, line: int) -> RegData:
    """Return data as DSC gives it to the resource, its brackets not yet undoubled."""
    items = data if isinstance(data, list) else [data]
    values = [need(item, Scalar, "data", line).value for item in items]
    wanted = str if number in (RegType.SZ, RegType.EXPAND_SZ, RegType.MULTI_SZ) else int
    is_list = number in (RegType.MULTI_SZ, RegType.BINARY)
    fits = all(isinstance(value, wanted) and not isinstance(value, bool) for value in values)
    if isinstance(data, list) is not is_list or not fits:
        what = {str: "text", int: "a whole number"}[wanted]
        raise at_line(line, f"{_NAMES[number]} must be {f'a list of {what}' if is_list else what}")
    if number is RegType.BINARY:
        try:
            return bytes(values)  # type: ignore[arg-type]
        except ValueError:
            raise at_line(line, "Binary must be a list of numbers from 0 to 255") from None
    return tuple(values) if is_list else values[0]  # type: ignore[arg-type, return-value]


def _meant(value: RegData) -> RegData:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return _plain(value) if isinstance(value, str) else value


def _evaluated(texts: Iterable[str]) -> str:
    """Return why a text is not what it seems to be; an empty text where all are."""
    return next(filter(None, map(_doubt, texts)), "")


def _doubt(text: str) -> str:
    if text.startswith("[") and not text.startswith("[["):
        return "DSC evaluates a text of it as an expression"
    return _text_reason(text)


def _plain(text: str) -> str:
    return text[1:] if text.startswith("[[") else text


# --- writing


@remembered
def _reason(record: Record) -> str:
    return place_reason(record) or _action_reason(record) or _text_reason(record.name)


def _action_reason(record: Record) -> str:
    match record.action:
        case Action.SET:
            return data_reason(record, _NAMES, RESOURCE) or _value_reason(record.value)
        case Action.DELETE | Action.DELETE_KEYS | Action.CREATE_KEY:
            return ""
        case _:
            return inexpressible(record.action, "DSC")


def _value_reason(value: RegData | None) -> str:
    texts = value if isinstance(value, tuple) else (value,)
    reasons = (_text_reason(text) for text in texts if isinstance(text, str))
    return next(filter(None, reasons), "")


def _text_reason(text: str) -> str:
    if text.startswith((" ", "\n")) and text.strip(" \n"):
        return "DSC may drop the blanks at the beginning of a text"
    if text.startswith("[") and ("\n" in text or "\r" in text):
        return "DSC cannot express a text of several lines that begins with ["
    return ""


def _resources(records: Iterable[Record]) -> Iterator[Mapping[str, Any]]:
    number = 0
    for record in records:
        for properties in _properties(record):
            number += 1
            words = _NOT_A_NAME.sub(" ", record.name or record.key.rpartition("\\")[2]).strip()
            # A name has letters, digits and blanks only, and occurs once (instanceName.json).
            yield {
                "name": f"{words} {number}".strip(),
                "type": RESOURCE,
                "properties": properties,
            }


def _properties(record: Record) -> Iterator[dict[str, Any]]:
    if record.action is Action.DELETE_KEYS:
        for path in subkey_paths(record):
            yield {"keyPath": f"{record.hive}\\{path}", "_exist": False}
        return
    properties: dict[str, Any] = {"keyPath": f"{record.hive}\\{record.key}"}
    if record.action is not Action.CREATE_KEY:
        properties["valueName"] = _escaped(record.name)
    if record.action is Action.SET:
        properties["valueData"] = {_NAMES[RegType(record.type or 0)]: _written(record.value)}
    properties["_exist"] = record.action is not Action.DELETE
    yield properties


def _written(value: RegData | None) -> Any:
    match value:
        case tuple(items):
            return list(map(_escaped, items))
        case bytes(data):
            return list(data)
        case str(text):
            return _escaped(text)
        case _:
            return value


def _escaped(text: str) -> str:
    return f"[{text}" if text.startswith("[") else text


FORMAT = Format(
    id="dsc",
    read=lambda data, file, _: parsed(read(data), file),
    write=encode,
    losses=losses,
    as_read=as_read,
    has_route=False,
)
