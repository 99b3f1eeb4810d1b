"""comment.cmtx: what the makers of a GPO noted at its policies (MS-GPREG 2.2.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats.api import Format, Parsed
from gpogen.formats.xmlread import line_of, local_name, parse_xml
from gpogen.policy.types import Hive

if TYPE_CHECKING:
    from lxml.etree import _Element

_FILE = "comment.cmtx"
_RESOURCE = re.compile(r"\$\(resource\.(?P<id>[^)]*)\)")

MAX_REPEATED = 1 << 20
"""So many characters more than the file has bytes can its comments have: they may share texts."""


@dataclass(frozen=True, slots=True)
class PolicyNote:
    """A comment at one policy.

    Attributes:
        namespace: the ADMX namespace of the policy.
        policy: the policy's name in that namespace.
        text: the comment; its lines end with LF, whatever the file has.
        line: the line of the file on which the comment stands.
    """

    namespace: str
    policy: str
    text: str
    line: int


def decode(data: bytes) -> list[PolicyNote]:
    """Read a file; the empty skeleton that GPMC writes has no notes.

    Raises:
        FormatError: it is no comment.cmtx, or a comment names a prefix or a text that is missing.
    """
    root = parse_xml(data, _FILE)
    if local_name(root) != "policyComments":
        raise FormatError(f"the root element must be policyComments; got {local_name(root)}")
    namespaces = {
        _attribute(using, "prefix"): _attribute(using, "namespace")
        for using in _find(root, "policyNamespaces", "using")
    }
    texts = {
        _attribute(item, "id"): "".join(map(str, item.itertext()))
        for item in _find(root, "resources", "stringTable", "string")
    }
    notes = []
    left = MAX_REPEATED + len(data)
    for comment in _find(root, "comments", "admTemplate", "comment"):
        note = _note(comment, namespaces, texts)
        left -= len(note.text) + len(note.namespace)
        if left < 0:
            raise FormatError(f"{_FILE}, line {note.line}: the comments repeat too much text")
        notes.append(note)
    return notes


def _find(element: _Element, *path: str) -> list[_Element]:
    """Return the elements at a path of local names."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if local_name(child) == name]
    return found


def _note(comment: _Element, namespaces: dict[str, str], texts: dict[str, str]) -> PolicyNote:
    line = line_of(comment)
    reference = _attribute(comment, "policyRef")
    prefix, colon, policy = reference.partition(":")
    if not colon or prefix not in namespaces:
        raise FormatError(
            f"{_FILE}, line {line}: {reference!r} does not name a policy of a namespace"
        )
    text = _attribute(comment, "commentText")
    resource = _RESOURCE.fullmatch(text)
    if resource is not None:
        if resource["id"] not in texts:
            raise FormatError(f"{_FILE}, line {line}: the text {resource['id']!r} is missing")
        text = texts[resource["id"]]
    return PolicyNote(namespaces[prefix], policy, text, line)


def _attribute(element: _Element, name: str) -> str:
    return str(element.get(name, ""))


def _parsed(data: bytes, _file: str, _hive: Hive) -> Parsed:
    return Parsed((), tuple(f"{note.policy}: {note.text}" for note in decode(data)))


FORMAT = Format(id="comments", read=_parsed)
