"""Text files of other programs: their encoding, and CSV as Excel and PowerShell export it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from gpogen.errors import UsageError
from gpogen.files import read_file
from gpogen.profile.reading import show
from gpogen.text import cut

_DELIMITERS = ",;\t"
_BEFORE = re.compile(
    r"(?:[ \t\r\n]*\n|#TYPE [^\n]*\n|\"?sep=(?P<sep>[,;\t])\"?[ \t]*\r?\n)*+", re.IGNORECASE
)
"""Blank lines, the type that Export-Csv of Windows PowerShell writes, the separator of Excel."""


def read_text(path: str, limit: int) -> str:
    """Read a text in UTF-8, or in UTF-16 with its mark, as Windows PowerShell redirects it.

    Raises:
        UsageError: it can't be opened, has more than ``limit`` bytes, or another encoding.
    """
    shown = show(Path(path))
    data = read_file(Path(path), limit, shown)
    if len(data) > limit:
        raise UsageError(f"{shown}: more than {limit} bytes")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        name = "UTF-16, although it begins with its mark" if wide else "UTF-8"
        raise UsageError(
            f"{shown}: not {name}: byte {error.start + 1} is 0x{data[error.start]:02X}; save the "
            "file as UTF-8"
        ) from None


def is_exported(text: str) -> bool:
    """Tell whether a line of Export-Csv or Excel before the columns shows that a text is CSV."""
    return bool(_before(text)[0].strip())


def head(text: str) -> list[str]:
    """Return the names of the columns, if the text is CSV; otherwise, parts of its first line."""
    before, delimiter = _before(text)
    first = text[len(before) :].partition("\n")[0].rstrip("\r")
    return [part.strip(' "') for part in first.split(delimiter)]


def rows(text: str, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines and the cells of the rows: of the names of the columns first.

    Every row has as many cells as there are columns; blank rows are left out.

    Raises:
        UsageError: it is not CSV, or a row has more cells than there are columns.
    """
    before, delimiter = _before(text)
    above = before.count("\n")
    reader = csv.reader(io.StringIO(text[len(before) :], newline=""), delimiter=delimiter)
    width = 0
    try:
        for row in reader:
            line = above + reader.line_num
            width = width or len(row)
            if any(map(str.strip, row[width:])):
                raise UsageError(
                    f"{shown}:{line}: {len(row)} cells, but the first row names {width} columns: "
                    f"write a cell that contains {delimiter!r} in double quotes"
                )
            if any(map(str.strip, row)):
                yield line, [*row[:width], *[""] * (width - len(row))]
    except csv.Error as error:
        line = above + reader.line_num
        raise UsageError(f"{shown}:{line}: not CSV: {cut(str(error))}") from None


def _before(text: str) -> tuple[str, str]:
    """Return what precedes the columns, and the delimiter."""
    found = _BEFORE.match(text)
    assert found is not None
    first = text[found.end() :].partition("\n")[0]
    return found[0], found["sep"] or max(_DELIMITERS, key=first.count)
