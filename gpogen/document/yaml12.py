"""YAML by the 1.2 core schema, with places, from untrusted bytes.

PyYAML scans; this module builds the tree, because PyYAML's own loader follows YAML 1.1 (``off``
is false, ``22:30`` is 1350), drops duplicate keys silently and recurses without a limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from gpogen.document import fault
from gpogen.document.fault import BREAK
from gpogen.document.nodes import Mapping, Node, Scalar, Sequence
from gpogen.document.syntax import explain
from gpogen.document.yaml11 import BOOLEANS, has_type
from gpogen.finding import Finding, Place, SourceText, mistake
from gpogen.text import remembered

MAX_BYTES = 1 << 20
MAX_NODES = 50_000
MAX_DEPTH = 40
_TEXT_UNIT = 64
"""So many characters of a text count as one value more: aliases repeat texts, too."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
"""What no text begins with."""
_NULL = re.compile(r"~|null|Null|NULL|")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BOOLS = {"true": True, "false": False}
_OTHER_THAN_TEXT = "~nN+-.0123456789tf"
"""What a plain scalar that is no text begins with, if it is not empty."""
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_LINE_ENDS = (0x85, 0x2028, 0x2029)
# The line ends of YAML 1.1 are none of YAML 1.2, nor of editors and reviews: what follows one would
# seem to belong to the comment or the text before it.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)
"""What YAML 1.2 (5.1) has no place for, even inside quotes.

Python compiles a list of what is forbidden in a tenth of the time of one of what is allowed.
"""


class _StopReadingError(Exception):
    """Reading cannot go on; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of document: how messages call it, and what it may cost.

    Attributes:
        what: one document, with its article.
        begins: what one is, for the message about an empty file.
        bytes: the most bytes.
        nodes: the most values, aliases expanded.
        tags: the tags that its values may have, besides none.
        is_for_both: whether programs read it by YAML 1.1, too, so that each value must be the
            same by both versions.
    """

    what: str
    begins: str
    bytes: int
    nodes: int
    tags: tuple[str, ...] = ()
    is_for_both: bool = False


PROFILE = Kind(
    what="a profile",
    begins="a mapping that starts with `gpogen: 1`",
    bytes=MAX_BYTES,
    nodes=MAX_NODES,
)


def read(data: bytes, file: str, kind: Kind = PROFILE) -> tuple[Node | None, list[Finding]]:
    """Read one document.

    Args:
        data: the file's bytes.
        file: the name to show in places.
        kind: what it is.

    Returns:
        The tree, or None when it could not be read to the end, and all findings (GP001 to
        GP007, GP015).
    """
    text = ""
    try:
        text = _decode(data, file, kind)
        _refuse_controls(text, file)
        return _Builder(file, SourceText(text), kind).build(text)
    except _StopReadingError as stop:
        return None, [stop.finding]
    except yaml.YAMLError as error:
        return None, [explain(error, file, text)]


def _decode(data: bytes, file: str, kind: Kind) -> str:
    if len(data) > kind.bytes:
        large = f"the file has more than {kind.bytes} bytes ({kind.bytes >> 20} MiB)"
        raise _StopReadingError(mistake("GP004", large, Place(file, 1, 1)))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:2]:
        fix = "it looks like UTF-16: save it as UTF-8"
        raise _StopReadingError(mistake("GP001", "not UTF-8", Place(file, 1, 1), fix))
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        source = SourceText(data.decode("utf-8", errors="replace").removeprefix("\ufeff"))
        at = _place_in(before, file, source)
        if _CONTROLS.search(data[:1024]):
            binary = f"a binary file: {kind.what} must be text in UTF-8"
            raise _StopReadingError(mistake("GP001", binary, Place(file, 1, 1))) from None
        message = f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
        raise _StopReadingError(mistake("GP001", message, at, "save it as UTF-8")) from None


def _place_in(before: str, file: str, source: SourceText) -> Place:
    """Return the place that follows a text."""
    lines = BREAK.split(before)
    return Place(file, len(lines), len(lines[-1]) + 1, source)


def _refuse_controls(text: str, file: str) -> None:
    found = _FORBIDDEN.search(text)
    if found is not None:
        number = ord(found[0])
        message = f"not YAML: the control character U+{number:04X}"
        at = _place_in(text[: found.start()], file, SourceText(text))
        fix = f'remove it, or write "\\u{number:04x}"' if number in _LINE_ENDS else "remove it"
        raise _StopReadingError(mistake("GP002", message, at, fix))


def _resolve(text: str) -> str | int | float | bool | None:
    """Give a plain scalar its type; only ``true`` and ``false`` are booleans."""
    if text[:1] not in _OTHER_THAN_TEXT:
        return text
    if text in _BOOLS:
        return _BOOLS[text]
    if _NULL.fullmatch(text):
        return None
    if _INT.fullmatch(text):
        # int() refuses texts of more than 4300 digits; no registry number has over 20.
        return int(text, 0 if text[:2] in ("0o", "0x") else 10) if len(text) <= 40 else text
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


@remembered
def _by_both(text: str) -> tuple[str | int | float | bool | None, bool]:
    """Return what a plain scalar is by YAML 1.2, and whether YAML 1.1 takes it for the same."""
    value = BOOLEANS.get(text, _resolve(text))
    return value, has_type(text, type(value))


class _Builder:
    """Turns the event stream into a tree without recursion."""

    def __init__(self, file: str, source: SourceText, kind: Kind) -> None:
        self.file = file
        self.kind = kind
        self.source = source
        self.findings: list[Finding] = []
        self.anchors: dict[str, tuple[Node, int, int]] = {}
        self.stack: list[_Frame] = []
        self.nodes = 0
        self.documents = 0
        self.root: Node | None = None

    def build(self, text: str) -> tuple[Node | None, list[Finding]]:
        for event in yaml.parse(text, Loader=fault.LOADER):
            if isinstance(event, yaml.ScalarEvent):  # As most are.
                self._scalar_event(event)
            else:
                self._event(event)
        if self.root is None:
            message = f"the file is empty: {self.kind.what} must be {self.kind.begins}"
            self.findings.append(mistake("GP006", message, Place(self.file, 1, 1)))
        return self.root, self.findings

    def _place(self, event: Any) -> Place:
        start = event.start_mark
        return Place(self.file, start.line + 1, start.column + 1, self.source)

    def _event(self, event: Any) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._node_event(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self.stack.pop()
            self._rise(frame.height)
            if frame.anchor:
                self.anchors[frame.anchor] = (frame.node, self.nodes - frame.count, frame.height)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                message = (
                    f"a second document starts here: {self.kind.what} must be a single document"
                )
                raise _StopReadingError(mistake("GP006", message, self._place(event)))

    def _scalar_event(self, event: Any) -> None:
        place = self._place(event)
        weight = 1 + len(event.value) // _TEXT_UNIT
        self._count(weight, place)
        if event.tag is not None and event.tag not in ("!", *self.kind.tags):
            self._refuse_tag(event.tag, place)
        node = self._scalar(event, place)
        if event.anchor:
            self.anchors[event.anchor] = (node, weight, 0)
        self._add(node, place)

    def _refuse_tag(self, tag: str, place: Place) -> None:
        others = f" other than {', '.join(self.kind.tags)}" if self.kind.tags else ""
        written = tag.replace("tag:yaml.org,2002:", "!!", 1)
        message = f"the tag {written[:60]!r}: {self.kind.what} cannot have tags{others}"
        self.findings.append(mistake("GP007", message, place, "remove it"))

    def _node_event(self, event: Any) -> None:
        place = self._place(event)
        self._count(1, place)
        if isinstance(event, yaml.AliasEvent):
            self._add(self._alias(event.anchor, place), place)
            return
        if event.tag is not None:
            self._refuse_tag(event.tag, place)
        node = Mapping(place) if isinstance(event, yaml.MappingStartEvent) else Sequence(place)
        self._add(node, place)
        self._refuse_depth(1, place)
        self.stack.append(_Frame(node, event.anchor, self.nodes))

    def _refuse_depth(self, height: int, place: Place) -> None:
        if len(self.stack) + height > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} levels of nesting, with aliases expanded"
            raise _StopReadingError(mistake("GP004", message, place))

    def _rise(self, height: int) -> None:
        """Tell the collection around what is finished how many levels that has."""
        if self.stack:
            self.stack[-1].height = max(self.stack[-1].height, height + 1)

    def _count(self, more: int, place: Place) -> None:
        self.nodes += more
        if self.nodes > self.kind.nodes:
            message = (
                f"more than {self.kind.nodes} values, with aliases expanded and long texts "
                "counted as several"
            )
            raise _StopReadingError(mistake("GP004", message, place))

    def _alias(self, anchor: str | None, place: Place) -> Node:
        if anchor is None or anchor not in self.anchors:
            name = str(anchor)[:60]
            raise _StopReadingError(
                mistake(
                    "GP002",
                    f"not YAML: the alias *{name} has no complete anchor &{name} before it",
                    place,
                )
            )
        node, size, height = self.anchors[anchor]
        self._count(size, place)
        self._refuse_depth(height, place)
        self._rise(height)
        return node

    def _scalar(self, event: Any, place: Place) -> Scalar:
        if not event.implicit[0]:
            return Scalar(event.value, place, event.value, event.tag or "")
        if self.kind.is_for_both:
            return self._for_both(event, place)
        if "0" in event.value[:2]:
            self._note_zeros(event, place)
        return Scalar(_resolve(event.value), place, event.value)

    def _for_both(self, event: Any, place: Place) -> Scalar:
        value, agreed = _by_both(event.value)
        if not agreed:
            message = (
                f"{event.value[:60]!r} is one thing by YAML 1.1 and another by YAML 1.2; put text "
                "in quotes, and write true or false"
            )
            raise _StopReadingError(mistake("GP015", message, place))
        if "0" in event.value[:2]:
            self._note_zeros(event, place)
        return Scalar(value, place, event.value)

    def _note_zeros(self, event: Any, place: Place) -> None:
        if _LEADING_ZERO.fullmatch(event.value):
            message = f"{event.value} is ambiguous: it could be one of two numbers, or text"
            fix = f'quote it: "{event.value}", or write the number without the leading zero'
            self.findings.append(mistake("GP015", message, place, fix))

    def _add(self, node: Node, place: Place) -> None:
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if isinstance(frame.node, Sequence):
            frame.node.items.append(node)
        elif frame.key is None:
            frame.key = self._key(node, place)
        else:
            key, key_place = frame.key
            frame.key = None
            self._member(frame.node, key, key_place, node)

    def _key(self, node: Node, place: Place) -> tuple[str, Place]:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return node.value, place
        if isinstance(node, Scalar):
            message = f"the key {node.text or 'null'} is not text"
            if not self.findings or self.findings[-1].at != place:
                self.findings.append(mistake("GP015", message, place, f'quote it: "{node.text}"'))
            return node.text, place
        raise _StopReadingError(
            mistake("GP002", "a key must be text, not a list or a mapping", place)
        )

    def _member(self, node: Node, key: str, place: Place, child: Node) -> None:
        assert isinstance(node, Mapping)
        first = node.members.get(key)
        if first is None:
            node.members[key] = (place, child)
            return
        message = f"the key {key[:60]!r} occurs twice, first on line {first[0].line}"
        fix = "keep one"
        if isinstance(child, Mapping | Sequence) and type(child) is type(first[1]):
            fix = f"write all that belongs to {key[:60]} below the first one, and remove this one"
        self.findings.append(mistake("GP003", message, place, fix, (first[0],)))


class _Frame:
    """One open collection."""

    __slots__ = ("anchor", "count", "height", "key", "node")

    def __init__(self, node: Node, anchor: str | None, count: int) -> None:
        self.node = node
        self.anchor = anchor
        self.count = count
        self.height = 1
        self.key: tuple[str, Place] | None = None
