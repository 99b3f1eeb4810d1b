"""YAML documents of other programs: strict reading, and errors with the line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from gpogen.document.nodes import Mapping as MappingNode
from gpogen.document.nodes import Node, Scalar, Sequence
from gpogen.document.yaml12 import Kind, read
from gpogen.errors import FormatError
from gpogen.formats.loss import Content, PlacedRecord, Skipped
from gpogen.formats.subkeys import delete_key
from gpogen.formats.textread import at_line
from gpogen.policy.data import RegData, encode_data
from gpogen.policy.keys import split_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive
from gpogen.text import cut

MAX_BYTES = 64 << 20
MAX_NODES = 1_000_000
"""Values of a document: more than the largest profile makes, each byte of binary data for one."""
_Found = TypeVar("_Found", bound=Node)
_NAMES = {MappingNode: "a mapping", Sequence: "a list", Scalar: "a single value"}


def kind(what: str, begins: str, tags: tuple[str, ...] = ()) -> Kind:
    """Return a kind of document with the limits of policy files."""
    return Kind(
        what=what, begins=begins, bytes=MAX_BYTES, nodes=MAX_NODES, tags=tags, is_for_both=True
    )


def document(data: bytes, of: Kind) -> Node:
    """Read a whole document.

    Raises:
        FormatError: with the line, for anything that is not YAML 1.2, or has a key twice, a tag,
            too many values, or a value that YAML 1.1 takes for another.
    """
    node, findings = read(data, "", of)
    if findings:
        first = findings[0]
        raise at_line(first.at.line if first.at else 1, first.message)
    if node is None:
        raise FormatError("not YAML")
    return node


def need(node: Node | None, wanted: type[_Found], what: str, line: int) -> _Found:
    """Return a node of a type.

    Raises:
        FormatError: it is missing, or of another type.
    """
    if isinstance(node, wanted):
        return node
    found = "nothing" if node is None else _NAMES[type(node)]
    at = line if node is None else node.place.line
    raise at_line(at, f"{what} must be {_NAMES[wanted]}; got {found}")


def text_of(node: MappingNode, key: str) -> str:
    """Return the text of a key.

    Raises:
        FormatError: it is missing, or is not text.
    """
    found = node.get(key)
    value = need(found, Scalar, key, node.place.line).value
    if not isinstance(value, str):
        raise at_line(node.place.line if found is None else found.place.line, f"{key} must be text")
    return value


def named(node: MappingNode, otherwise: str) -> str:
    """Return the name of a part of a document, for messages."""
    return cut(text_of(node, "name")) if node.get("name") is not None else otherwise


def refuse_others(node: MappingNode, known: Collection[str], what: str) -> None:
    """Refuse a key that the format does not know.

    Raises:
        FormatError: with its line.
    """
    for key, (place, _) in node.members.items():
        if key not in known:
            raise at_line(
                place.line, f"{cut(key)!r} is not allowed in {what}; allowed: {', '.join(known)}"
            )


def parted(found: Iterable[PlacedRecord | Skipped]) -> Content:
    """Part what a document has into its records and what has none."""
    items = tuple(found)
    return Content(
        tuple(item for item in items if isinstance(item, PlacedRecord)),
        tuple(item for item in items if isinstance(item, Skipped)),
    )


def setting(hive: Hive, key: str, name: str, data: tuple[int, RegData], line: int) -> Record:
    """Return the record that sets a value to data of a type.

    Raises:
        FormatError: with the line, for data that does not fit the type.
    """
    number, value = data
    try:
        return Record(hive, key, name, Action.SET, number, encode_data(number, value))
    except ValueError as error:
        raise at_line(line, str(error)) from None


def key_deletion(hive: Hive, key: str, line: int) -> Record:
    """Return the record that deletes a key.

    Raises:
        FormatError: with the line, for a key that no policy can delete.
    """
    try:
        return delete_key(hive, key)
    except ValueError as error:
        raise at_line(line, str(error)) from None


def hive_and_key(text: str, line: int) -> tuple[Hive, str] | None:
    r"""Split ``HKLM\A``, ``HKLM:\A`` or ``HKEY_LOCAL_MACHINE\A``; None for a hive of no GPO.

    Raises:
        FormatError: it is not a key.
    """
    head = text.partition("\\")[0].removesuffix(":").upper()
    if head in _OTHER_HIVES:
        return None
    try:
        return split_key(text)
    except ValueError as error:
        raise at_line(line, f"{cut(text)!r}: {error}") from None


_OTHER_HIVES = (
    "HKCR",
    "HKEY_CLASSES_ROOT",
    "HKU",
    "HKEY_USERS",
    "HKCC",
    "HKEY_CURRENT_CONFIG",
)
