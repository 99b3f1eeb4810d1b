"""A YAML document as a tree in which every node knows its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gpogen.finding import Place


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, number, boolean or null.

    Attributes:
        value: the value by YAML 1.2's core schema.
        place: where it begins.
        text: as it is written, without quotes.
        tag: its tag, such as ``!unsafe``; empty for none.
    """

    value: str | int | float | bool | None
    place: Place
    text: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list, compare=False, repr=False)

    def number(self, index: int) -> int:
        """Return which item of its own file an item is, from 1."""
        if len(self._numbers) != len(self.items):
            count: Counter[str] = Counter()
            self._numbers.clear()
            for item in self.items:
                count[item.place.file] += 1
                self._numbers.append(count[item.place.file])
        return self._numbers[index]

    def only(self, indexes: Iterable[int]) -> Sequence:
        """Return a list of some of the items, which keep their numbers."""
        chosen = list(indexes)
        numbers = [self.number(index) for index in chosen]
        return Sequence(self.place, [self.items[index] for index in chosen], numbers)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping: key to (place of the key, node), in the order of the file."""

    place: Place
    members: dict[str, tuple[Place, Node]] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        """Return the node of a key, or None."""
        member = self.members.get(key)
        return member[1] if member else None

    def text(self, key: str) -> str | None:
        """Return the text of a key when there is one."""
        node = self.get(key)
        return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def says(node: Mapping, key: str) -> bool:
    """Tell whether a key is there with something behind it; an empty one says nothing."""
    child = node.get(key)
    return child is not None and not is_null(child)


def is_null(node: Node) -> bool:
    """Tell whether nothing, ``~`` or ``null`` is written."""
    return isinstance(node, Scalar) and node.value is None


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """Return the tree as plain dicts, lists and scalars."""
    if isinstance(node, Mapping):
        return {key: plain(child) for key, (_, child) in node.members.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def find(node: Node, path: tuple[int | str, ...]) -> Node | None:
    """Return the node at a path of keys and list positions, or None."""
    current: Node | None = node
    for step in path:
        if isinstance(current, Mapping) and isinstance(step, str):
            current = current.get(step)
        elif isinstance(current, Sequence) and isinstance(step, int) and step < len(current.items):
            current = current.items[step]
        else:
            return None
    return current


def place_of(node: Node, path: tuple[int | str, ...]) -> Place:
    """Return the place of a path, or of the nearest thing above it that exists."""
    for length in range(len(path), 0, -1):
        found = find(node, path[:length])
        if found is not None:
            return found.place
    return node.place


def key_place(node: Node, path: tuple[int | str, ...]) -> Place:
    """Return the place of the key that a path ends with, else of the path."""
    parent = find(node, path[:-1]) if path else None
    if isinstance(parent, Mapping) and path[-1] in parent.members:
        return parent.members[str(path[-1])][0]
    return place_of(node, path)
