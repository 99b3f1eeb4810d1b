r"""OSConfig documents (``.osc.yaml``) of microsoft/osconfig: registry values and their tests.

Its documentation (docs/resources/windows/Registry.md) and its baselines show values of five types,
and neither a deletion nor a REG_EXPAND_SZ: what they do not show is a loss. Microsoft.OSConfig/Test
passes ``set`` through to the resource in it, so that resource is read like any other.

The schema in that repository refuses every REG_SZ, because its ``const`` is a list: use it for the
frame of a document only.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gpogen.document.nodes import Mapping as MappingNode
from gpogen.document.nodes import Node, Scalar
from gpogen.document.nodes import Sequence as SequenceNode
from gpogen.formats.api import Format, parsed
from gpogen.formats.direct import as_read, data_reason, loss_lines, place_reason
from gpogen.formats.loss import Content, Loss, PlacedRecord, Skipped, split
from gpogen.formats.textread import at_line
from gpogen.formats.yamlread import (
    document,
    hive_and_key,
    kind,
    need,
    parted,
    refuse_others,
    setting,
    text_of,
)
from gpogen.policy.data import RegData
from gpogen.policy.records import Record, remembered
from gpogen.policy.types import Action, RegType, type_name
from gpogen.text import cut
from gpogen.yaml_text import to_document

SCHEMA = "https://aka.ms/osc/schemas/prerelease/document.json"
RESOURCE = "Microsoft.Windows/Registry"
TEST = "Microsoft.OSConfig/Test"

_WRITTEN = (RegType.SZ, RegType.DWORD, RegType.QWORD, RegType.BINARY, RegType.MULTI_SZ)
_TYPES = {type_name(number): number for number in _WRITTEN}
_OF_DOCUMENT = ("$schema", "resources")
_OF_TEST = ("resource", "schema", "expression", "template")
_PROPERTIES = ("keyPath", "valueName", "valueType", "value")
_OF_INNER = ("name", "type", "properties")
_MEMBERS = (*_OF_INNER, "include")
_KIND = kind("an OSConfig document", "a mapping with $schema and resources")


def encode(records: Iterable[Record], remarks: Sequence[str] = ()) -> bytes:
    """Write a document; comments behind the first line name each record that it does not hold.

    Args:
        records: what to write.
        remarks: more comment lines.
    """
    kept, lost = split(records, _reason)
    content = {"$schema": SCHEMA, "resources": list(_resources(kept))}
    lines = (*remarks, *loss_lines(lost))
    return to_document(content, lines).encode("utf-8")


def losses(records: Iterable[Record]) -> tuple[Loss, ...]:
    """Return the records that `encode` leaves out, each with its reason."""
    return split(records, _reason)[1]


def read(data: bytes) -> Content:
    """Read a document: the registry values that it sets; everything else is skipped.

    Raises:
        FormatError: with the line, for anything that is not such a document.
    """
    root = need(document(data, _KIND), MappingNode, "an OSConfig document", 1)
    refuse_others(root, _OF_DOCUMENT, "an OSConfig document")
    resources = need(root.get("resources"), SequenceNode, "resources", root.place.line)
    return parted(map(_read, resources.items))


# --- reading


def _read(node: Node) -> PlacedRecord | Skipped:
    line = node.place.line
    item = need(node, MappingNode, "a resource", line)
    refuse_others(item, _MEMBERS, "a resource")
    if item.get("include") is not None:
        return Skipped(line, cut(text_of(item, "include")), "gpogen does not follow an include")
    name = cut(text_of(item, "name")) if item.get("name") is not None else "a resource"
    of = text_of(item, "type")
    properties = need(item.get("properties"), MappingNode, "properties", line)
    if of == TEST:
        refuse_others(properties, _OF_TEST, f"the properties of {TEST}")
        inner = need(properties.get("resource"), MappingNode, "resource", line)
        refuse_others(inner, _OF_INNER, "a resource")
        of = text_of(inner, "type")
        properties = need(inner.get("properties"), MappingNode, "properties", inner.place.line)
    if of != RESOURCE:
        return Skipped(line, name, f"it is a {cut(of)}, not a {RESOURCE}")
    refuse_others(properties, _PROPERTIES, f"the properties of {RESOURCE}")
    found = _record(properties)
    return PlacedRecord(found, line) if isinstance(found, Record) else Skipped(line, name, found)


def _record(node: MappingNode) -> Record | str:
    """Return the record of a resource, or why it has none."""
    line = node.place.line
    place = hive_and_key(text_of(node, "keyPath"), line)
    name = text_of(node, "valueName")
    if place is None:
        return "no GPO has values of its hive"
    if node.get("valueType") is None:
        return "it has no valueType, so the value decides its type"
    word = text_of(node, "valueType")
    if word not in _TYPES:
        raise at_line(line, f"{cut(word)!r} is not a type; allowed: {', '.join(_TYPES)}")
    found = node.get("value")
    if found is None:
        return "it has no value: it reads one, and sets none"
    value = _value(_TYPES[word], found)
    if value is None:
        return f"its value is not one of the type {word}; nobody knows what OSConfig makes of it"
    return setting(*place, name, (_TYPES[word], value), line)


def _value(number: RegType, node: Node) -> RegData | None:
    """Return a value of a type; None where it is of another type, which OSConfig may convert."""
    if number is RegType.MULTI_SZ:
        if not isinstance(node, SequenceNode):
            return None
        texts = [item.value for item in node.items if isinstance(item, Scalar)]
        fits = len(texts) == len(node.items) and all(isinstance(text, str) for text in texts)
        return tuple(map(str, texts)) if fits else None
    value = node.value if isinstance(node, Scalar) else None
    if number in (RegType.DWORD, RegType.QWORD):
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if not isinstance(value, str):
        return None
    if number is RegType.SZ:
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


# --- writing


@remembered
def _reason(record: Record) -> str:
    return place_reason(record) or _content_reason(record)


def _content_reason(record: Record) -> str:
    if record.action is not Action.SET:
        return f"OSConfig's documentation does not show how to do this ({record.action})"
    if not record.name:
        return "OSConfig's documentation does not show a default value"
    return data_reason(record, _WRITTEN, "OSConfig's documentation")


def _resources(records: Iterable[Record]) -> Iterator[Mapping[str, Any]]:
    for number, record in enumerate(records, 1):
        yield {
            "name": f"{record.name} ({number})",
            "type": RESOURCE,
            "properties": {
                "keyPath": f"{record.hive}:\\{record.key}",
                "valueName": record.name,
                "valueType": type_name(record.type or 0),
                "value": _written(record.value),
            },
        }


def _written(value: RegData | None) -> Any:
    match value:
        case tuple(items):
            return list(items)
        case bytes(data):
            return base64.b64encode(data).decode("ascii")
        case _:
            return value


FORMAT = Format(
    id="osconfig",
    read=lambda data, file, _: parsed(read(data), file),
    write=encode,
    losses=losses,
    as_read=as_read,
    has_route=False,
    is_state=True,
)
