"""Finds audit reports: in files, folders, JSON lines and gzip, one at a time."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, cast

from gpogen.errors import UsageError
from gpogen.files import open_file, read_first
from gpogen.lists import strict_json
from gpogen.profile.reading import STDIN, show
from gpogen.text import cut

MAX_REPORT = 4 << 20
"""Bytes of one report, or of one line."""
MAX_LIST = 16 << 20
"""Bytes of a file that is a list of reports."""
MAX_BLANK = 4 << 20
"""Bytes of a file's blank lines."""
MAX_EXPANDED = 16 << 30
"""Bytes that one gzip file expands to."""
MAX_FOLDERS = 32
"""Folders in one another."""
SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_PARTIAL = ".partial"
_UNFINISHED = re.compile(
    r"(?P<machine>[^/\\]{1,255})-(?P<time>[0-9]{8}T[0-9]{6}Z)-[0-9a-f-]{36}\.json\.partial",
    re.IGNORECASE,
)
"""What the script names the file until it is whole."""
_GZIP = b"\x1f\x8b"
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF8 = b"\xef\xbb\xbf"


class Text(NamedTuple):
    """The text of one report, and where it stands.

    Attributes:
        place: the file, with the line where it is one of several.
        data: its bytes; empty where it could not be read.
        problem: why it could not be read; empty otherwise.
        machine: the machine's name where the file's name alone tells it; empty otherwise.
    """

    place: str
    data: bytes
    problem: str = ""
    machine: str = ""


def texts(path: str) -> Iterator[Text]:
    """Yield every report that a path stands for; see `files`."""
    return chain.from_iterable(files(path))


def files(path: str) -> Iterator[Iterator[Text]]:
    """Yield the reports of each file that a path stands for: a file, a folder, or ``-``.

    Files in folders are those whose names end with one of `SUFFIXES`; ``.partial`` files are
    reports that were not finished. Links in folders are not followed.

    Raises:
        UsageError: the path itself can't be opened.
    """
    if path == STDIN:
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        yield _guarded(sys.stdin.buffer, "<stdin>")
        return
    found = Path(path)
    if found.is_dir():
        yield from _folder(path, 1)
        return
    with open_file(found, show(found)) as opened:
        yield _guarded(opened, show(found))


def _problem(place: str, problem: str) -> Iterator[Text]:
    return iter((Text(place, b"", problem),))


def _folder(folder: str, depth: int) -> Iterator[Iterator[Text]]:
    if depth > MAX_FOLDERS:
        yield _problem(folder, f"more than {MAX_FOLDERS} levels of folders")
        return
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield from _entry(entry, depth)
    except OSError as error:
        yield _problem(folder, error.strerror or str(error))


def _entry(entry: os.DirEntry[str], depth: int) -> Iterator[Iterator[Text]]:
    name = entry.name.lower()
    if entry.is_dir(follow_symlinks=False):
        yield from _folder(entry.path, depth + 1)
    elif name.endswith((*SUFFIXES, _PARTIAL)):
        if not entry.is_file(follow_symlinks=False):
            yield _problem(entry.path, "must be a regular file, and no link")
        elif name.endswith(_PARTIAL):
            yield iter((_unfinished(entry.path, entry.name),))
        else:
            yield _file(entry.path)


def _unfinished(path: str, name: str) -> Text:
    """Tell of a report that was cut while it was written; its name begins with the machine's."""
    found = _UNFINISHED.fullmatch(name)
    if found is None:
        return Text(path, b"", "the script did not finish this report")
    day, hour = found["time"].split("T")
    when = f"{day[:4]}-{day[4:6]}-{day[6:]}T{hour[:2]}:{hour[2:4]}:{hour[4:6]}Z"
    problem = (
        f"the script on {cut(found['machine'])} did not finish this report of {when}: the machine "
        "or the share stopped while it was written, or it is being written now"
    )
    return Text(path, b"", problem, found["machine"])


def _file(path: str) -> Iterator[Text]:
    try:
        opened = open_file(Path(path), path)
    except UsageError as error:
        yield Text(path, b"", str(error).removeprefix(f"{path}: "))
        return
    with opened:
        yield from _guarded(opened, path)


def _guarded(opened: IO[bytes], shown: str) -> Iterator[Text]:
    """Yield the reports of an open file; what stops the reading is a report with a problem."""
    try:
        yield from _opened(opened, shown)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        yield Text(shown, b"", "the gzip data are damaged or incomplete")
    except UnicodeDecodeError:
        yield Text(shown, b"", "not UTF-16, although it begins with its mark")
    except OSError as error:
        yield Text(shown, b"", error.strerror or str(error))


def _opened(opened: IO[bytes], shown: str) -> Iterator[Text]:
    stream = cast(_Stream, opened)
    expands = _begins(stream, _GZIP)
    if expands:
        stream = gzip.GzipFile(fileobj=opened)
    for mark, encoding in _MARKS.items():
        if _begins(stream, mark):
            stream.read(len(mark))
            narrow = _Narrow(stream, encoding)
            try:
                yield from _lines(narrow, shown, expands=expands)
            finally:
                narrow.detach()
            return
    if _begins(stream, _UTF8):
        stream.read(len(_UTF8))
    yield from _lines(stream, shown, expands=expands)


class _Stream(Protocol):
    """A buffered stream of bytes."""

    def peek(self, size: int, /) -> bytes: ...
    def read(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...


def _begins(stream: _Stream, mark: bytes) -> bool:
    return stream.peek(len(mark)).startswith(mark)


class _Narrow:
    """Lines of UTF-16 as UTF-8: Windows PowerShell 5.1 redirects its output in UTF-16."""

    def __init__(self, stream: _Stream, encoding: str) -> None:
        self._text = io.TextIOWrapper(cast(Any, stream), encoding=encoding, newline="\n")

    def detach(self) -> None:
        """Leave the stream to whoever opened it."""
        self._text.detach()

    def readline(self, size: int) -> bytes:
        return self._text.readline(size).encode("utf-8", "surrogatepass")

    def read(self, size: int) -> bytes:
        return self._text.read(size).encode("utf-8", "surrogatepass")


def _lines(stream: _Stream | _Narrow, shown: str, *, expands: bool) -> Iterator[Text]:
    """Yield the lines of JSON lines; a file that is one document as its reports."""
    number = size = blank = 0
    is_empty = True
    while line := stream.readline(MAX_REPORT + 1):
        number += 1
        size += len(line)
        line = line.removeprefix(_UTF8)  # Files that were joined have a mark in each of them.
        if expands and size > MAX_EXPANDED:
            yield Text(shown, b"", f"the gzip file expands to more than {MAX_EXPANDED} bytes")
            return
        if not line or line.isspace():
            blank += len(line)
            if blank > MAX_BLANK:
                yield Text(shown, b"", f"more than {MAX_BLANK} bytes of blank lines")
                return
            continue
        if is_empty:
            is_empty = False
            stripped = line.strip()
            if stripped[:1] == b"[" or (stripped[:1] == b"{" and stripped[-1:] != b"}"):
                yield from _document(line, stream, shown)
                return
        if len(line) > MAX_REPORT:
            yield Text(f"{shown}:{number}", b"", f"more than {MAX_REPORT} bytes in one line")
            return
        yield Text(f"{shown}:{number}", line)
    if is_empty:
        yield Text(shown, b"", "the file is empty")


def _document(first: bytes, stream: _Stream | _Narrow, shown: str) -> Iterator[Text]:
    """Read a file that is one JSON document: a report over several lines, or a list of reports."""
    is_list = first.lstrip()[:1] == b"["
    most = MAX_LIST if is_list else MAX_REPORT
    data = first + read_first(stream.read, most + 1 - len(first))
    if len(data) > most:
        what = "a JSON list" if is_list else "one JSON document"
        yield Text(shown, b"", f"more than {most} bytes in {what}: write one report in each line")
        return
    if not is_list:
        yield Text(shown, data)
        return
    try:
        found = strict_json.loads(data.decode("utf-8"))
    except RecursionError:
        yield Text(shown, b"", "too many levels of JSON")
        return
    except ValueError as error:
        yield Text(shown, b"", f"not JSON: {error}")
        return
    for number, item in enumerate(found):
        yield _item(f"{shown}[{number}]", item)
    if not found:
        yield Text(shown, b"", "the list is empty")


def _item(place: str, item: Any) -> Text:
    data = json.dumps(item).encode("ascii")
    if len(data) > MAX_REPORT:
        return Text(place, b"", f"more than {MAX_REPORT} bytes in one report")
    return Text(place, data)
