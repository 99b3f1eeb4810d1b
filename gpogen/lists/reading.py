"""A list of updates in any form: JSON, CSV, or text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gpogen.calendar.updates import read_kb
from gpogen.errors import UsageError
from gpogen.files import read_file, read_stdin
from gpogen.lists import strict_json
from gpogen.lists.audit import reduced
from gpogen.lists.columns import IDENTIFYING, MACHINE, cells, column, first, sighting
from gpogen.lists.reported import Reported, build_of, join
from gpogen.lists.texts import QUOTES, read_lines
from gpogen.lists.unread import refuse_unread
from gpogen.profile.reading import STDIN, show
from gpogen.text import cut

MAX_BYTES = 8 << 20
MAX_ROWS = 500_000
_JSON = re.compile(r"\s*(\{|\[\s*[\]{\[\"])")
"""How JSON begins; ``[01]: KB5066835`` is a line of systeminfo."""
_DELIMITERS = ",;\t"
_LISTS = ("updates", "hotfixes", "packages")
"""Keys of a report below which a machine's updates stand."""


def read_list(path: str) -> tuple[Reported, ...]:
    """Read a file, or standard input (``-``); each machine once.

    Raises:
        UsageError: it can't be opened, is too large, or is no list of updates.
    """
    if path == STDIN:
        return parse(read_stdin_text(), "standard input")
    shown = show(Path(path))
    if read_kb(path) and not Path(path).exists():
        raise UsageError(f"{path}: no such file; did you mean --kb {path}?")
    return parse(decode(read_file(Path(path), MAX_BYTES, shown)), shown)


def refuse_other_words(text: str, shown: str) -> None:
    """Refuse what is no KB number among the numbers of an option.

    A list of several lines, which somebody pastes, and the title of an update have other words,
    too; ``-`` is standard input.

    Raises:
        UsageError: a part between commas has no number, or a number is none of an update; it
            could have been the one that decides.
    """
    if text.strip() == STDIN or "\n" in text.strip():
        return
    for part in re.split("[,;]", text):
        words = [word.strip(QUOTES) for word in part.split()]
        odd = [word for word in words if word.isdecimal() and read_kb(word) is None]
        if odd or (words and not any(map(read_kb, words))):
            wrong = cut(odd[0] if odd else part.strip(), 40)
            raise UsageError(f"{shown}: {wrong!r} is not a KB number such as KB5066835")


def read_stdin_text() -> str:
    """Read a list from standard input.

    Raises:
        UsageError: it is too large.
    """
    return decode(read_stdin(MAX_BYTES))


def decode(data: bytes) -> str:
    """Read bytes as text; UTF-16 where PowerShell wrote it so."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"the list of updates has more than {MAX_BYTES} bytes")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if wide else "utf-8-sig", errors="replace").replace("\0", "")


def parse(text: str, shown: str) -> tuple[Reported, ...]:
    """Read a text by its form.

    Raises:
        UsageError: it is no list of updates.
    """
    _refuse_other(text, shown)
    text, unusable = reduced(text, shown)
    read = _json if _JSON.match(text) else _csv if _head(text) else read_lines
    try:
        found = join(read(text, shown), shown)
    except UsageError as error:
        told = str(error)
        raise UsageError(told if told.startswith(shown) else f"{shown}: {told}") from None
    refuse_unread(text, found, shown)
    unnamed = next((part for part in found if not part.name), None)
    if unnamed is not None and len(found) > 1:
        raise UsageError(
            f"{shown}: {unnamed.rows} rows lack the name of a machine, among rows of "
            f"{len(found) - 1} machines: add the names"
        )
    return join((*found, *unusable), shown) if unusable else found


_OTHERS = {
    "\x1f": "a gzip file: unpack it, or use gpogen status for reports with gzip",
    "PK\x03\x04": "a ZIP archive, or a workbook of Excel: export it as CSV",
    "<!doctype html": "an HTML page: export the list as CSV, JSON or text",
    "<html": "an HTML page: export the list as CSV, JSON or text",
    "%PDF-": "a PDF file: export the list as CSV, JSON or text",
    "MZ": "a program",
}
"""How files begin that are no lists, and what they are; in lower case."""
_CONTROL = re.compile("[\x01-\x08\x0e-\x19]")


def _refuse_other(text: str, shown: str) -> None:
    """Say what a file is that is no list of updates.

    Raises:
        UsageError: it is something else.
    """
    start = text.lstrip(" \t\r\n")[:20].lower()
    has_control = _CONTROL.search(text[:4_096]) is not None
    for mark, what in _OTHERS.items():
        if start.startswith(mark.lower()) and (mark != "MZ" or has_control):
            raise UsageError(f"{shown}: {what}")
    if has_control:
        raise UsageError(f"{shown}: a binary file; a list of updates is CSV, JSON or text")


def _json(text: str, shown: str) -> Iterator[Reported]:
    try:
        value = strict_json.loads(text)
    except RecursionError:
        raise UsageError(f"{shown}: too many levels of JSON") from None
    except ValueError as error:
        raise UsageError(f"{shown}: not JSON: {cut(str(error))}") from None
    yield from _of_value(value, shown)


def _of_value(value: Any, shown: str) -> Iterator[Reported]:
    if isinstance(value, Mapping) and isinstance(value.get("machines"), list):
        if any(column(str(key)) in _LISTS for key in value):
            raise UsageError(
                f"{shown}: a list of updates is outside of the machines: move it into a machine"
            )
        value = value["machines"]
    rows = value if isinstance(value, list) else [value]
    if len(rows) > MAX_ROWS:
        raise UsageError(f"{shown}: more than {MAX_ROWS} rows")
    if not rows:
        raise UsageError(f"{shown}: the list is empty")
    for row in rows:
        if isinstance(row, str):
            yield from read_lines(row, shown)
        elif isinstance(row, Mapping):
            yield _of_object(row, shown)
        else:
            raise UsageError(f"{shown}: {cut(repr(row), 40)} is not an update or a machine")


def _of_object(row: Mapping[str, Any], shown: str) -> Reported:
    """Read a report of a machine, or one update of it."""
    lists = [key for key in row if column(str(key)) in _LISTS]
    if len(lists) > 1:
        both = f"{cut(lists[0], 40)} and {cut(lists[1], 40)}"
        raise UsageError(f"{shown}: a machine must have one list of updates; got {both}")
    own = cells((key, value) for key, value in row.items() if key not in lists)
    build = build_of(
        first(own, ("build", "osbuild", "currentbuild", "currentbuildnumber")),
        own.get("ubr", ""),
        shown,
    )
    name = first(own, MACHINE)
    inner = row[lists[0]] if lists else None
    if inner is not None:
        if not isinstance(inner, list):
            raise UsageError(f"{shown}: the updates of {cut(name) or 'a machine'} are not a list")
        return Reported(name=name, build=build, seen=tuple(_updates(inner, shown)), rows=len(inner))
    if not IDENTIFYING & own.keys() and not build:
        allowed = "kb, HotFixID, title, package or PackageName"
        raise UsageError(f"{shown}: a row must have one of {allowed}")
    found = sighting(own)
    return Reported(name=name, build=build, seen=(found,) if found else (), rows=1)


def _updates(rows: list[Any], shown: str) -> Iterator[Any]:
    for row in rows:
        if isinstance(row, str):
            yield from (item for part in read_lines(row, shown) for item in part.seen)
            continue
        if not isinstance(row, Mapping):
            raise UsageError(f"{shown}: {cut(repr(row), 40)} is not an update")
        found = sighting(cells(row.items()))
        if found is None:
            raise UsageError(f"{shown}: an update must have kb, title or package")
        yield found


def _lines(text: str) -> list[str]:
    """Return a CSV's lines without what Export-Csv of Windows PowerShell writes before them."""
    lines = text.splitlines()
    while lines and (not lines[0].strip() or lines[0].startswith("#TYPE")):
        lines.pop(0)
    return lines


def _head(text: str) -> str:
    """Return the delimiter of a CSV, or nothing where the text is none."""
    lines = _lines(text[:100_000])
    if not lines:
        return ""
    for sign in _DELIMITERS:
        names = {column(name) for name in next(csv.reader([lines[0]], delimiter=sign), [])}
        if len(names) > 1 and IDENTIFYING & names:
            return sign
    alone = column(lines[0]) in IDENTIFYING and len(lines) > 1
    return "," if alone else ""


def _csv(text: str, shown: str) -> Iterator[Reported]:
    body = "\n".join(_lines(text))
    reader = csv.reader(io.StringIO(body), delimiter=_head(text) or ",", strict=True)
    try:
        names = [column(name) for name in next(reader)]
        for number, row in enumerate(filter(None, reader)):
            if number >= MAX_ROWS:
                raise UsageError(f"{shown}: more than {MAX_ROWS} rows")
            if len(row) > len(names):
                raise UsageError(f"{shown}: row {number + 2} has more cells than the header")
            own = cells(zip(names, row, strict=False))
            if not any(own.values()):
                continue
            build = build_of(
                first(own, ("build", "osbuild", "currentbuild")), own.get("ubr", ""), shown
            )
            found = sighting(own)
            seen = (found,) if found else ()
            yield Reported(name=first(own, MACHINE), build=build, seen=seen, rows=1)
    except csv.Error as error:
        raise UsageError(f"{shown}: not CSV: {cut(str(error))}") from None
