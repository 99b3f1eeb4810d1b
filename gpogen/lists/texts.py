"""Lists of updates as PowerShell, DISM and people print them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gpogen.calendar.sighting import Presence, Sighting, package_kb
from gpogen.calendar.updates import read_kb
from gpogen.errors import UsageError
from gpogen.lists.columns import (
    IDENTIFYING,
    MACHINE,
    column,
    first,
    presence_of,
    sighting,
)
from gpogen.lists.reported import Reported, build_of
from gpogen.text import cut

MAX_LINE = 2000
"""Characters of a line in which a package is looked for, and of a title."""
_PACKAGE = re.compile(r"[\w.-]+~[0-9a-f]+~[a-z0-9]*~[^~\s]*~[0-9.]+", re.IGNORECASE | re.ASCII)
_VERSION = re.compile(r"([^:~]{1,60}):\s*(10\.0\.[0-9]{5}\.[0-9]{1,6})\s*")
_PAIR = re.compile(r"\s*([A-Za-z_][A-Za-z_ ]{0,40}?)\s*:(?:\s+(.*))?")
_NUMBER = re.compile(r"KB[0-9].*", re.IGNORECASE)
"""What is meant for a number, and must be one."""
_KB = re.compile(r"\bKB[0-9]{6,8}\b", re.IGNORECASE | re.ASCII)
_WORDS = re.compile(r"[^\W\d_]{3,}")
QUOTES = "()[]\"'.:"


def read_lines(text: str, shown: str) -> Iterator[Reported]:
    """Read a text by its form: packages, a table, blocks of ``name : value``, or a bare list.

    Raises:
        UsageError: it names no update.
    """
    lines = text.splitlines()
    packages = [number for number, line in enumerate(lines) if _package(line)]
    if packages:
        build = _image_build(lines, packages[0], shown)
        yield Reported(name="", build=build, seen=tuple(_packages(lines)), rows=len(lines))
        return
    head = next((number for number, line in enumerate(lines) if _is_head(line)), None)
    if head is not None:
        yield from _table(lines[head:], lines[head])
        return
    if any(column(found[1]) in IDENTIFYING for line in lines if (found := _PAIR.fullmatch(line))):
        yield from _blocks(lines)
        return
    yield Reported(name="", build="", seen=tuple(_bare(lines, shown)), rows=len(lines))


def _image_build(lines: Sequence[str], first: int, shown: str) -> str:
    """Return the build of the image that DISM names before its packages; empty without one.

    Its own version stands before, in any language, so the second of two is the image's.

    Args:
        lines: the whole text.
        first: the number of the first line with a package.
        shown: its name in messages.

    Raises:
        UsageError: it names two images.
    """
    found = [match for line in lines if (match := _VERSION.fullmatch(line)) is not None]
    named = [match[2] for match in found if match[1].strip().lower() == "image version"]
    if not named:
        head = [match[2] for line in lines[:first] if (match := _VERSION.fullmatch(line))]
        named = head[-1:] if len(head) > 1 else []
    builds = list(dict.fromkeys(named))
    if len(builds) > 1:
        raise UsageError(f"{shown}: two images in one list, {builds[0]} and {builds[1]}")
    return build_of(builds[0], "", shown) if builds else ""


def _packages(lines: Sequence[str]) -> Iterator[Sighting]:
    """Read what DISM prints, in any language: a package, and its state behind or below it."""
    for number, line in enumerate(lines):
        found = _package(line)
        if found is None:
            continue
        beside = line[found.end() :].strip().strip("|").split("|")[0].strip()
        below = lines[number + 1] if number + 1 < len(lines) else ""
        state = beside or (below.partition(":")[2].strip() if ":" in below else "")
        presence, word = presence_of(state) if state else (Presence.UNCLEAR, "no state")
        yield Sighting(kb=package_kb(found[0]), package=found[0], presence=presence, state=word)


def _package(line: str) -> re.Match[str] | None:
    """Find the name of a package.

    Raises:
        UsageError: the line is longer than any that holds one.
    """
    if "~" not in line:
        return None
    if len(line) > MAX_LINE:
        raise UsageError(f"a line with a package has more than {MAX_LINE} characters")
    return _PACKAGE.search(line)


def _is_head(line: str) -> bool:
    words = line.lower().split() if len(line) <= MAX_LINE else []
    return "hotfixid" in words and len(words) > 1 and ":" not in line


def _table(lines: Sequence[str], head: str) -> Iterator[Reported]:
    """Read a table of Get-HotFix: its columns begin where their names do."""
    for line in lines[1:]:
        if _is_head(line):
            head = line
            continue
        if not line.strip() or set(line) <= set("- \t"):
            continue
        row = _row(line, head)
        found = sighting(row)
        kb = _KB.search(line)
        if found is None and kb is not None:
            found = Sighting(kb=kb[0].upper())
        seen = (found,) if found is not None else ()
        yield Reported(name=first(row, MACHINE), build="", seen=seen, rows=1)


def _row(line: str, head: str) -> dict[str, str]:
    """Read a line by the places of the columns; the work grows with the line, not with the head."""
    found: dict[str, str] = {}
    names = list(re.finditer(r"\S+", head[: len(line)]))
    for number, name in enumerate(names):
        end = names[number + 1].start() if number + 1 < len(names) else len(line)
        found[column(head[name.start() :].split(maxsplit=1)[0])] = line[name.start() : end].strip()
    return found


def _blocks(lines: Sequence[str]) -> Iterator[Reported]:
    """Read blocks of ``name : value``; an empty line or a repeated name begins a new one."""
    block: dict[str, str] = {}
    for line in (*lines, ""):
        found = _PAIR.fullmatch(line)
        name = column(found[1]) if found else ""
        if block and (not line.strip() or name in block):
            seen = sighting(block)
            found_in = (seen,) if seen else ()
            yield Reported(name=first(block, MACHINE), build="", seen=found_in, rows=1)
            block = {}
        if found:
            block[name] = (found[2] or "").strip()


def _bare(lines: Sequence[str], shown: str) -> Iterator[Sighting]:
    """Read numbers wherever they stand; a line with one number and words is a title."""
    count = 0
    for line in filter(str.strip, lines):
        for item in _of_line(line, shown):
            count += 1
            yield item
    if not count:
        words = " ".join(lines).split()
        if not words:
            raise UsageError(f"{shown}: it does not name an update")
        raise UsageError(f"{shown}: {cut(words[0], 40)!r} is not a KB number such as KB5066835")


def _of_line(line: str, shown: str) -> Iterator[Sighting]:
    words = [word.strip(QUOTES) for word in re.split(r"[\s,;]+", line.strip())]
    wrong = [word for word in words if _NUMBER.fullmatch(word) and read_kb(word) is None]
    if wrong:
        raise UsageError(f"{shown}: {cut(wrong[0], 40)!r} is not a KB number such as KB5066835")
    numbers = [kb for word in words if (kb := read_kb(word)) is not None]
    is_title = len(numbers) == 1 and _WORDS.search(_KB.sub("", line)) is not None
    title = line.strip()[:MAX_LINE] if is_title else ""
    yield from (Sighting(kb=kb, title=title) for kb in numbers)
