"""Which records count: the last one for a value, and only with the type that Windows reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from gpogen.catalog.expected import expected
from gpogen.formats.subkeys import deleted_names
from gpogen.policy.data import is_malformed
from gpogen.policy.records import ON_VALUES, Record
from gpogen.policy.types import Action, Via

Item = TypeVar("Item")
_Target = tuple[str, str, str]
_About = tuple[_Target, Via]
"""A value by one way: what a preference sets and what the policy sets are kept both."""
_Tree: TypeAlias = dict[str, "_Tree"]
_WHOLE = "\\"
"""Marks a key that is deleted: no part of a key is called so."""


@dataclass(frozen=True)
class InForce(Generic[Item]):
    """What some records leave behind.

    Attributes:
        kept: the items whose value counts: preferences first, since they run after the policy and
            theirs stays (inference and practice: nobody has proved it), else in their order.
        records: the records of these items.
        removed: the values, by hive, key and name in lower case, that are deleted by name.
        emptied: the keys, by hive and key in lower case, all values of which are deleted.
        deleted: the keys that are deleted with all below them, as trees of their parts, each
            with its hive.
    """

    kept: tuple[Item, ...]
    records: tuple[Record, ...]
    removed: frozenset[_Target]
    emptied: frozenset[tuple[str, str]]
    deleted: tuple[tuple[str, _Tree], ...]

    def empties(self, hive: str, key: str) -> bool:
        """Tell whether all values of a key, in lower case, are deleted or it is, or one above."""
        if (hive, key) in self.emptied:
            return True
        return any(own == hive and _is_below(key, tree) for own, tree in self.deleted)


def in_force(items: Iterable[Item], record_of: Callable[[Item], Record]) -> InForce[Item]:
    """Return what counts of some records, which stand in the order in which they run.

    The instructions of registry.pol run in the order of the file (MS-GPREG 3.2.5.1): a later
    record takes a value back or sets it again. What a preference sets and what the policy sets
    are kept both. A value that Windows cannot read takes the place of an earlier one, and does
    not count.

    Args:
        items: the records, or what carries them.
        record_of: gives the record of an item.
    """
    walk = _Walk()
    kept: list[tuple[Item, Record, _About]] = []
    for item in reversed(tuple(items)):
        record = record_of(item)
        about = (record.target, record.via)
        if walk.keeps(record, about):
            kept.append((item, record, about))
    first: set[_About] = set()
    found: list[tuple[Item, Record]] = []
    for item, record, about in reversed(kept):
        # A soft value is set only where there is none.
        if is_readable(record) and not (record.action is Action.SOFT and about in first):
            found.append((item, record))
        first.add(about)
    found.sort(key=lambda one: one[1].via is not Via.PREFERENCE)
    set_again = {target for target, _ in first}
    return InForce(
        kept=tuple(item for item, _ in found),
        records=tuple(record for _, record in found),
        removed=frozenset(walk.removed - set_again),
        emptied=frozenset((hive, key) for hive, key, _ in walk.emptied),
        deleted=tuple((hive, tree) for (hive, _), tree in walk.deleted.items()),
    )


class _Walk:
    """Goes through records from the last to the first, and knows what came after."""

    def __init__(self) -> None:
        self.removed: set[_Target] = set()
        self.emptied: set[tuple[str, str, Via]] = set()
        self._later: set[_About] = set()
        self.deleted: dict[tuple[str, Via], _Tree] = {}

    def keeps(self, record: Record, about: _About) -> bool:
        """Tell whether a record sets a value that no later one takes back or sets again."""
        if record.action in ON_VALUES:
            return self._takes(record, about)
        hive, key, _ = about[0]
        if record.action is Action.DELETE_VALUES:
            self.emptied.add((hive, key, record.via))
        elif record.action is Action.DELETE_KEYS:
            _note(record, self.deleted.setdefault((hive, record.via), {}))
        return False

    def _takes(self, record: Record, about: _About) -> bool:
        hive, key, _ = about[0]
        gone = about in self._later
        gone = gone or (bool(self.emptied) and (hive, key, record.via) in self.emptied)
        gone = gone or (bool(self.deleted) and _is_below(key, self.deleted.get((hive, record.via))))
        if record.action is Action.DELETE and not gone:
            self.removed.add(about[0])
        if record.action is not Action.SOFT:
            self._later.add(about)
        return not gone and record.action is not Action.DELETE


def _note(record: Record, tree: _Tree) -> None:
    """Add the keys that an instruction deletes to a tree of the parts of keys."""
    for name in deleted_names(record):
        node = tree
        for part in f"{record.key}\\{name}".lower().split("\\"):
            node = node.setdefault(part, {})
        node[_WHOLE] = {}


def _is_below(key: str, tree: _Tree | None) -> bool:
    """Tell whether a key is deleted, or one above it."""
    if tree is None:
        return False
    node: _Tree | None = tree
    for part in key.split("\\"):
        node = node.get(part) if node else None
        if node is None:
            return False
        if _WHOLE in node:
            return True
    return False


def is_readable(record: Record) -> bool:
    """Tell whether a value has a type and a length from which Windows can read it.

    A value of which the catalog knows no type counts as it is.
    """
    if record.type is None or is_malformed(record.type, record.data):
        return False
    known = expected(record.hive, record.key, record.name)
    return known is None or known.has_type(record.type)
