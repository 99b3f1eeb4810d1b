"""Markdown as lines for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gpogen.calendar_views.lines import Line, wrapped
from gpogen.reports.explain.topics import TOPICS
from gpogen.text import columns

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
_HEADING = re.compile(r"#+ (.*)")
_ITEM = re.compile(r"(\s*)([-*]|[0-9]+\.) (.*)")
_RULE = re.compile(r"\|?[ :|-]+\|?")
_BREAK = re.compile(r"<br ?/?>")
_COMMENT = re.compile(r"<!--.*-->")
_KEPT = re.compile(r"(`[^`]*`)|\\([!-/:-@\[-`{-~])")
_KEPT_AT = re.compile("\0([0-9]+)\0")
_EMPHASIS = re.compile(r"(?<![*\w])(\*{1,2})(?=[^\s*])([^*]*[^\s*])\1(?![*\w])")
_GAP = "  "


def terminal_lines(markdown: str, width: int) -> Iterator[Line]:
    """Lay Markdown out: headings, paragraphs, lists, tables and code."""
    blocks = list(_blocks(markdown.splitlines()))
    for number, block in enumerate(blocks):
        if number:
            yield Line("")
        yield from _laid(block, width)


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Split at blank lines and headings; code is one block with its fences."""
    block: list[str] = []
    fenced = False
    for line in lines:
        if not fenced and _COMMENT.fullmatch(line.strip()):
            continue
        is_fence = line.lstrip().startswith("```")
        begins = not fenced and (is_fence or not line.strip() or _HEADING.fullmatch(line))
        if begins and block:
            yield block
            block = []
        if fenced or line.strip():
            block.append(line)
        ends = (fenced and is_fence) or (not fenced and _HEADING.fullmatch(line))
        if is_fence:
            fenced = not fenced
        if ends and block:
            yield block
            block = []
    if block:
        yield block


def _laid(block: list[str], width: int) -> Iterator[Line]:
    first = block[0]
    if first.lstrip().startswith("```"):
        yield from (Line(f"    {line}".rstrip()) for line in block[1:-1])
    elif heading := _HEADING.fullmatch(first):
        yield from wrapped(_inline(heading[1]), "", "  ", width, "head")
    elif first.startswith("|"):
        yield from _table(block, width)
    else:
        yield from _text(block, width)


def _text(block: list[str], width: int) -> Iterator[Line]:
    """Break a paragraph or the items of a list, each with its own indent."""
    parts: list[tuple[str, str]] = []
    for line in block:
        item = _ITEM.fullmatch(line)
        if item is not None:
            parts.append((f"{item[1]}{item[2]} ", item[3]))
        elif parts:
            mark, text = parts.pop()
            parts.append((mark, f"{text} {line.strip()}"))
        else:
            parts.append(("", line.strip()))
    for mark, text in parts:
        yield from wrapped(_inline(text), mark, " " * len(mark), width)


def _table(block: list[str], width: int) -> Iterator[Line]:
    """Lay a table out in columns, or row by row where they are too wide."""
    rows = [_cells(line) for line in block if not _RULE.fullmatch(line)]
    heads, rest = rows[0], rows[1:]
    count = max(map(len, rows))
    rows = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(columns(row[number]) for row in rows) for number in range(count)]
    is_flat = not any("\n" in cell for row in rows for cell in row)
    if is_flat and sum(widths) + len(_GAP) * count <= width:
        for number, row in enumerate(rows):
            cells = (
                cell + " " * (wide - columns(cell)) for cell, wide in zip(row, widths, strict=True)
            )
            yield Line(f"{_GAP}{_GAP.join(cells)}".rstrip(), "" if number else "heads")
        return
    if is_flat and count == 2 and widths[0] <= width * 2 // 5:
        for number, row in enumerate(rows):
            first = f"{_GAP}{row[0]}{' ' * (widths[0] - columns(row[0]))}{_GAP}"
            style = "" if number else "heads"
            yield from wrapped(row[1] or "-", first, " " * len(first), width, style)
        return
    yield Line(f"{_GAP}{', '.join(head for head in heads if head)}:", "heads")
    for row in rest:
        yield from wrapped(row[0], _GAP, 2 * _GAP, width)
        for head, cell in list(zip(heads, row, strict=False))[1:]:
            if cell:
                label = f"{head}: " if head and count > 2 else ""
                for line in f"{label}{cell}".split("\n"):
                    yield from wrapped(line, 3 * _GAP, 3 * _GAP, width)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [_BREAK.sub("\n", _inline(cell.strip())) for cell in re.split(r"(?<!\\)\|", inner)]


def _inline(text: str) -> str:
    """Remove what a terminal does not show; links become topics or addresses.

    Code and escaped characters are set aside first: an asterisk in them is no emphasis.
    """
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[1].replace("\\|", "|") if found[1] else found[2])
        return f"\0{len(kept) - 1}\0"

    plain = _EMPHASIS.sub(r"\2", _LINK.sub(_link, _KEPT.sub(keep, text)))
    return _KEPT_AT.sub(lambda found: kept[int(found[1])], plain)


def _link(found: re.Match[str]) -> str:
    label, target = found[1], found[2]
    if target.startswith(("http://", "https://")):
        return label if label == target else f"{label} <{target}>"
    page = target.rpartition("/")[2].partition("#")[0].removesuffix(".md")
    topic = next((topic.name for topic in TOPICS if topic.page == page), "")
    return f"{label} (gpogen help {topic})" if topic else label
