"""The journal of a working folder: which files a run was about to write into it.

Each profile's folder has a line of JSON: ``{"files": ["README.txt", ...], "folder": "web"}``. The
line is in the file before the first of these files is made. So a killed run leaves no file that no
line lists, and at most one line without an end, of which nothing was made.

Anybody can have planted a journal. It is read a line at a time; the first that no gpogen writes
ends it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from gpogen.disk.directory import Directory, Kind
from gpogen.outputs.tree import PROFILE_NAME, path_inside

NAME = "journal.jsonl"
MAX_LINE = 64 << 10
"""Bytes of a line that is read; the longest that a build writes takes a tenth of it."""


def note(root: Directory, folder: str, files: Iterable[str], *, durable: bool) -> None:
    """Write that files are going to be made; ``durable`` waits until it is on the disk.

    Raises:
        OSError: the file system refuses; the journal is as it was.
    """
    line = json.dumps({"files": list(files), "folder": folder}) + "\n"
    root.append(NAME, line.encode("ascii"), durable=durable)


def read(root: Directory) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what the journal in a working folder lists: the folder's name and its files.

    Raises:
        GpogenError: it is no file.
        OSError: the file system refuses.
    """
    if root.kind(NAME) is not Kind.FILE:
        return
    for line in root.lines(NAME, MAX_LINE):
        entry = _decode(line)
        if entry is None:
            return
        yield entry


def _decode(line: bytes) -> tuple[str, tuple[str, ...]] | None:
    try:
        content = json.loads(line)
        files = tuple(map(path_inside, content["files"]))
        return (content["folder"], files) if PROFILE_NAME.fullmatch(content["folder"]) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
