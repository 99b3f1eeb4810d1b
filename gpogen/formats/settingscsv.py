"""settings.csv: a row a value, for spreadsheets, other patch tools and auditors.

UTF-8 with its mark, commas, every cell in double quotes, CR LF.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and one set
to semicolons or tabs begins a cell at each of these. So an apostrophe is put before such a
character wherever a cell can begin, and before apostrophes that stand there already. `decode`
takes one away again: every text comes back unchanged.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from gpogen.errors import FormatError
from gpogen.finding import Place
from gpogen.formats.api import Format, Parsed
from gpogen.formats.settings import (
    COLUMNS,
    LEFT_OUT,
    Setting,
    cells,
    losses,
    parted,
    setting_of,
)
from gpogen.formats.textread import at_line
from gpogen.policy.gpo import Item
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.text import cut, remembered

_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_SEPARATORS = frozenset(";\t\r\n")


@remembered
def guard(text: str) -> str:
    """Put an apostrophe wherever a spreadsheet would begin a formula."""
    return "'".join(_parts(text))


@remembered
def unguard(text: str) -> str:
    """Take away what `guard` put: ``unguard(guard(x)) == x`` for every text."""
    first, *others = _parts(text)
    return "".join([first, *(part.removeprefix("'") for part in others)])


def _parts(text: str) -> list[str]:
    """Cut a text before each formula that could begin a cell, and before its apostrophes.

    Blanks and quotation marks can stand before it. Each character is looked at once, because a
    hostile text can be long.
    """
    parts: list[str] = []
    done, begins, run = 0, True, -1
    for at, char in enumerate(text):
        if char in _FORMULA and (begins or run >= 0):
            cut_at = at if run < 0 else run
            parts.append(text[done:cut_at])
            done, begins, run = cut_at, False, -1
        elif char in _SEPARATORS:
            begins, run = True, -1
        elif char == "'" and (begins or run >= 0):
            begins, run = False, at if run < 0 else run
        elif not (begins and (char.isspace() or char == '"')):
            begins, run = False, -1
    return [*parts, text[done:]]


def encode(settings: Iterable[Setting]) -> bytes:
    """Write a file; a row with the action ``left-out`` names each record that no row can hold."""
    kept, lost = parted(settings)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for loss in lost:
        row = {"key": guard(cut(loss.place)), "action": LEFT_OUT, "why": loss.reason}
        writer.writerow([row.get(column, "") for column in COLUMNS])
    for item in kept:
        row = cells(item)
        writer.writerow([guard(row[column]) for column in COLUMNS])
    return codecs.BOM_UTF8 + text.getvalue().encode("utf-8")


def decode(data: bytes) -> list[tuple[int, Setting]]:
    """Read a file: the line on which each row begins, and its setting.

    Raises:
        FormatError: with the line, for anything that is not exactly the format.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("the file is not UTF-8", offset=error.start) from None
    found: list[tuple[int, Setting]] = []
    for line, row in _rows(text):
        if line == 1:
            if tuple(row) != COLUMNS:
                raise at_line(1, f"the columns must be {', '.join(COLUMNS)}")
            continue
        if len(row) != len(COLUMNS):
            raise at_line(line, f"a row must have {len(COLUMNS)} cells; got {len(row)}")
        plain = dict(zip(COLUMNS, map(unguard, row), strict=True))
        if plain["action"] == LEFT_OUT:
            continue
        try:
            found.append((line, setting_of(plain)))
        except ValueError as error:
            raise at_line(line, str(error)) from None
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise at_line(line, f"not CSV: {cut(str(error))}") from None
        if row is None:
            return
        yield line, row
        line = reader.line_num + 1


def _read(data: bytes, file: str, _side: Hive) -> Parsed:
    return Parsed(
        tuple(
            Item(item.record, Place(file, line, 1), condition=item.targeting)
            for line, item in decode(data)
        )
    )


def _write(records: Iterable[Record]) -> bytes:
    return encode(Setting(record=record) for record in records)


FORMAT = Format(id="settings-csv", read=_read, write=_write, losses=losses)
