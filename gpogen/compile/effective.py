"""Which records count: the last one for a value, and only with the type that Windows reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from gpogen.catalog.expected import expected
from gpogen.compile.drafts import Draft
from gpogen.formats.subkeys import deleted_names
from gpogen.policy.data import is_malformed
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Via

_Target = tuple[str, str, str, Via]
_Tree: TypeAlias = dict[str, "_Tree"]
_WHOLE = "\\"
"""Marks a key that is deleted: no part of a key is called so."""


def by_name(drafts: Iterable[Draft]) -> dict[str, list[Draft]]:
    """Return the records whose value is in force, by the value's lower-case name."""
    index: dict[str, list[Draft]] = {}
    for draft in in_force(drafts):
        if is_readable(draft.record):
            index.setdefault(draft.record.name.lower(), []).append(draft)
    return index


def in_force(drafts: Iterable[Draft]) -> list[Draft]:
    """Return the records that set a value which no later record takes back or sets again.

    The instructions of registry.pol run in the order of the file (MS-GPREG 3.2.5.1). What a
    preference sets and what the policy sets are kept both.
    """
    later: set[_Target] = set()
    emptied: set[tuple[str, str, Via]] = set()
    deleted: dict[tuple[str, Via], _Tree] = {}
    kept: list[Draft] = []
    for draft in reversed(tuple(drafts)):
        record = draft.record
        hive, key, _ = record.target
        target = (*record.target, record.via)
        if record.action in (Action.SET, Action.DELETE):
            gone = target in later or (hive, key, record.via) in emptied
            gone = gone or _is_below(key, deleted.get((hive, record.via)))
            later.add(target)
            if record.action is Action.SET and not gone:
                kept.append(draft)
        elif record.action is Action.DELETE_VALUES:
            emptied.add((hive, key, record.via))
        elif record.action is Action.DELETE_KEYS:
            _note(record, deleted.setdefault((hive, record.via), {}))
    return kept[::-1]


def _note(record: Record, tree: _Tree) -> None:
    """Add the keys that an instruction deletes to a tree of the parts of keys."""
    for name in deleted_names(record):
        node = tree
        for part in f"{record.key}\\{name}".lower().split("\\"):
            node = node.setdefault(part, {})
        node[_WHOLE] = {}


def _is_below(key: str, tree: _Tree | None) -> bool:
    """Tell whether a key is deleted, or one above it."""
    node = tree
    for part in key.split("\\"):
        node = node.get(part) if node else None
        if node is None:
            return False
        if _WHOLE in node:
            return True
    return False


def is_readable(record: Record) -> bool:
    """Tell whether a value has a type and a length from which Windows can read it.

    A value of which the catalogue knows no type counts as it is.
    """
    if record.type is None or is_malformed(record.type, record.data):
        return False
    known = expected(record.hive, record.key, record.name)
    return known is None or known.has_type(record.type)
