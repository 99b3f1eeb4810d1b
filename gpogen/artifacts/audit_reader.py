"""Reads the rows of an audit script again, without PowerShell and without its template.

A literal is what PowerShell takes for one: digits, quoted text whose quotes are doubled, sums of
such text and ``[char]`` numbers in parentheses, lists and bytes. Anything else is no row of ours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from gpogen.artifacts.audit_rows import Audit, Requirement
from gpogen.errors import FormatError
from gpogen.text import remembered

Data: TypeAlias = int | str | bytes | tuple[str, ...] | None
Read: TypeAlias = tuple[tuple[str, Data], ...]

TABLES = ("groupPolicyRows", "directRows")
_QUOTE = "'\u2018\u2019\u201a\u201b"
_PART = re.compile(
    rf"(?P<text>'(?:[^{_QUOTE}]|(?P<quote>[{_QUOTE}])(?P=quote))*')|\[char\]0x(?P<code>[0-9A-F]{{4}})"
)
_NUMBER = re.compile(r"[0-9]{1,20}")
_BYTES = re.compile(r"\(\[byte\[\]\](?:@\(\)|\((?P<bytes>[0-9,]*)\))\)")
_NAME = re.compile(r"(?:(?P<first>@\{ )|; )(?P<name>[A-Z][a-z]+) = ")


def read_rows(data: bytes, table: str) -> tuple[Read, ...]:
    """Read the rows of one table of a script.

    Raises:
        FormatError: the table is missing, or a line of it is no row.
    """
    lines = data.decode("utf-8-sig", "replace").split("\r\n")
    try:
        start = lines.index(f"${table} = @(") + 1
        end = lines.index(")", start)
    except ValueError:
        raise FormatError(f"the script does not have the table ${table}") from None
    return tuple(_row(line.strip()) for line in lines[start:end])


def read_tables(data: bytes) -> dict[str, tuple[Read, ...]]:
    """Read all tables of a script.

    Raises:
        FormatError: a table is missing, or a line of it is no row.
    """
    return {table: read_rows(data, table) for table in TABLES}


def wanted_tables(found: Audit) -> dict[str, tuple[Read, ...]]:
    """Return what the tables must hold."""
    both = (found.group_policy, found.direct)
    return {table: tuple(map(_wanted, rows)) for table, rows in zip(TABLES, both, strict=True)}


def differences(found: object, wanted: object) -> Iterator[str]:
    """Say what of a script's tables is not what the profile says."""
    assert isinstance(found, dict)
    assert isinstance(wanted, dict)
    for table in TABLES:
        there: Counter[Read] = Counter(found[table])
        right: Counter[Read] = Counter(wanted[table])
        yield from (f"${table} lacks {_place(row)}" for row in right - there)
        yield from (f"${table} also has {_place(row)}" for row in there - right)


def _place(row: Read) -> str:
    facts = dict(row)
    return f"{facts.get('Do')!s} {facts.get('Key')!s}!{facts.get('Name')!s}"


def _wanted(item: Requirement) -> Read:
    row = item.row
    return (
        ("Do", row.action),
        ("Key", row.key),
        ("Name", row.name),
        ("Kind", row.kind),
        ("Value", row.value if row.kind else None),
        ("Names", row.names),
        ("Policy", item.policy),
        ("Title", item.title),
        ("Via", item.via),
        ("Wql", item.wql),
    )


@remembered
def _row(line: str) -> Read:
    found: list[tuple[str, Data]] = []
    at = 0
    while line[at:] != " }":
        name = _NAME.match(line, at)
        if name is None or bool(name["first"]) is bool(found):
            raise FormatError(f"not a row of an audit script: {line[:80]!a}")
        value, at = _value(line, name.end())
        found.append((name["name"], value))
    return tuple(found)


def _value(line: str, at: int) -> tuple[Data, int]:
    if line.startswith("$null", at):
        return None, at + len("$null")
    if number := _NUMBER.match(line, at):
        return int(number[0]), number.end()
    if listed := _BYTES.match(line, at):
        return bytes(map(int, filter(None, (listed["bytes"] or "").split(",")))), listed.end()
    if line.startswith("@(", at):
        return _list(line, at + 2)
    return _text(line, at)


def _list(line: str, at: int) -> tuple[tuple[str, ...], int]:
    items: list[str] = []
    while not line.startswith(")", at):
        if items:
            at = _after(line, at, ",")
        text, at = _text(line, at)
        items.append(text)
    return tuple(items), at + 1


def _text(line: str, at: int) -> tuple[str, int]:
    if not line.startswith("(", at):
        return _part(line, at)
    text, at = _part(line, at + 1)
    while line.startswith(" + ", at):
        more, at = _part(line, at + 3)
        text += more
    # A character beyond U+FFFF stands as the two halves that PowerShell has of it.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return whole, _after(line, at, ")")


def _part(line: str, at: int) -> tuple[str, int]:
    found = _PART.match(line, at)
    if found is None:
        raise FormatError(f"not a text of an audit script: {line[at : at + 80]!a}")
    if found["code"]:
        return chr(int(found["code"], 16)), found.end()
    return re.sub(rf"([{_QUOTE}])\1", r"\1", found["text"][1:-1]), found.end()


def _after(line: str, at: int, mark: str) -> int:
    if not line.startswith(mark, at):
        raise FormatError(f"not a row of an audit script: {line[at : at + 80]!a}")
    return at + 1
