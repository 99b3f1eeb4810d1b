"""Whether records that were read from a file are those that were to be written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gpogen.compile.result import Compiled, PolicyComment
from gpogen.formats.cmtx import PolicyNote
from gpogen.policy.records import WITHOUT_DATA, Record
from gpogen.policy.types import Hive

Comments = dict[tuple[str, str], str]


def same_records(found: Sequence[Record], wanted: Sequence[Record]) -> bool:
    """Tell whether both are the same, in the same order; data may be spelt otherwise."""
    return len(found) == len(wanted) and all(map(_same, found, wanted))


def _same(one: Record, other: Record) -> bool:
    if _place(one) != _place(other):
        return False
    if one.action in WITHOUT_DATA or (one.type == other.type and one.data == other.data):
        return True
    return one.type == other.type and one.value == other.value


def _place(record: Record) -> tuple[str, ...]:
    return (record.hive, record.key, record.name, record.action, record.via)


def wanted_comments(compiled: Compiled, hive: Hive) -> Comments:
    """Return the comments of one side by namespace and policy."""
    own = [item for item in compiled.comments if item.side == hive.side]
    texts: dict[tuple[str, str], dict[str, None]] = {}
    for item in own:
        texts.setdefault(_policy(item), {})[item.text] = None
    return {key: _plain("\n".join(parts)) for key, parts in texts.items()}


def found_comments(notes: Iterable[PolicyNote]) -> Comments:
    """Return the comments of a file by namespace and policy."""
    return {(note.namespace, note.policy): _plain(note.text) for note in notes}


def _policy(comment: PolicyComment) -> tuple[str, str]:
    return comment.namespace, comment.policy


def _plain(text: str) -> str:
    return "\n".join(text.splitlines()).strip()
