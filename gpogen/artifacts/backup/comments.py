"""The comments of a GPO: GPO.cmt for the whole, comment.cmtx for its policies.

Beside them, for the import script alone, lies the list of the values that an import wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from gpogen.artifacts.render import render
from gpogen.artifacts.render.contexts.characters import split_lines, visible
from gpogen.compile.result import Compiled, PolicyComment
from gpogen.policy.records import Record

INDENT = "  "
"""Before each of the author's lines in the comment of a GPO."""
VALUES = "gpogen-values.txt"
"""The list of the values that an import wrote, in the GPO's own folder: no console shows it."""
_LIST = re.compile(
    rb"gpogen [^\r\n]*, profile [0-9a-f]{12}\r\n"  # As the comment ends.
    rb"(?:[0-9a-f]{8}\r\n)*\Z"
)


@dataclass(frozen=True, slots=True)
class _Using:
    prefix: str
    namespace: str


@dataclass(frozen=True, slots=True)
class _Comment:
    ref: str
    id: str
    text: str


def value_mark(record: Record) -> str:
    """Eight hex digits that stand for one value's place: hive, key and name without case."""
    place = f"{record.hive.value}|{record.key}|{record.name}".lower()
    return sha256(place.encode("utf-8")).hexdigest()[:8]


def gpo_comment(compiled: Compiled) -> str:
    """The GPO's own comment; lines end with CRLF, the last one with nothing.

    ``gpogen:<name>``, then the profile's reason, then version, revision and digest. The author's
    lines are indented, and cannot pass for one of the others.
    """
    head = compiled.header
    why = split_lines(head.why.rstrip()) if head.why.strip() else []
    own = (f"{INDENT}{line}" if line else "" for line in why)
    lines = (visible(line) for line in (f"gpogen:{head.name}", *own))
    return "\r\n".join([*lines, _about(compiled)])


def _about(compiled: Compiled) -> str:
    head = compiled.header
    revision = f", revision {head.revision}" if head.revision else ""
    return visible(f"gpogen {head.version}{revision}, profile {head.digest[:12]}")


def value_list(compiled: Compiled) -> str:
    """The text of the file `VALUES`; every line ends with CRLF.

    The last line of the comment, then the mark of every value that the GPO writes, sorted. A later
    import knows by them what this one wrote, and believes them beside that comment alone.
    """
    marks = {value_mark(item.record) for item in (*compiled.policy, *compiled.preferences)}
    return "".join(f"{line}\r\n" for line in (_about(compiled), *sorted(marks)))


def is_value_list(data: bytes) -> bool:
    """Tell whether the bytes of a file are such a list, and nothing else."""
    return _LIST.match(data) is not None


def comment_file(compiled: Compiled, side: str) -> bytes | None:
    """comment.cmtx of one side, ``Machine`` or ``User``; None when it has no comments.

    Raises:
        ContextError: a reason holds a character that XML cannot hold.
    """
    own = [comment for comment in compiled.comments if comment.side == side]
    if not own:
        return None
    namespaces = dict.fromkeys(comment.namespace for comment in own)
    prefixes = {namespace: f"ns{number}" for number, namespace in enumerate(namespaces)}
    return render(
        "gpo/comment.cmtx.j2",
        usings=[_Using(prefix, namespace) for namespace, prefix in prefixes.items()],
        comments=_merge(own, prefixes),
    )


def _merge(comments: list[PolicyComment], prefixes: dict[str, str]) -> list[_Comment]:
    texts: dict[tuple[str, str], list[str]] = {}
    for comment in comments:
        place = (prefixes[comment.namespace], comment.policy)
        texts.setdefault(place, []).append(comment.text)
    return [
        _Comment(f"{prefix}:{policy}", f"{prefix}_{policy}", "\n".join(dict.fromkeys(parts)))
        for (prefix, policy), parts in texts.items()
    ]
