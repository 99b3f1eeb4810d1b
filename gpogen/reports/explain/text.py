"""Entries for a terminal and as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from gpogen.reports.explain.entry import Explanation, Fact

WIDTH = 100
_LABEL = 14


def as_text(entry: Explanation, width: int = WIDTH) -> str:
    """Write one entry for a terminal, at most so wide where it can be wrapped."""
    about = [entry.kind, entry.severity, _reads(entry.input) if entry.input else None]
    head = f"{entry.id}  ({', '.join(part for part in about if part)})"
    lines = [head, *_wrapped(entry.title, "  ", "  ", width)]
    for fact in (*entry.facts, Fact("source", (entry.source,))):
        lines += fact_text(fact, width)
    return "\n".join(lines)


def fact_text(fact: Fact, width: int = WIDTH) -> Iterator[str]:
    """Write one fact: its label, then its lines, each with a hanging indent."""
    margin = " " * (_LABEL + 2)
    if fact.verbatim:
        yield f"  {fact.label}:"
        yield from (f"    {line}" for line in fact.lines)
        return
    fits = len(fact.label) < _LABEL
    if not fits:
        yield f"  {fact.label}"
    for number, line in enumerate(fact.lines):
        first = f"  {fact.label:<{_LABEL}}" if number == 0 and fits else margin
        rest = margin if len(fact.lines) == 1 else f"{margin}  "
        yield from _wrapped(line, first, rest, width)


def _wrapped(line: str, first: str, rest: str, width: int) -> list[str]:
    return textwrap.wrap(
        line,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def as_markdown(entries: Iterable[Explanation]) -> str:
    """Write entries as sections of the second level."""
    return "\n".join(_section(entry) for entry in entries)


def _section(entry: Explanation) -> str:
    lines = [f"## {_heading(entry)}", ""]
    if entry.severity:
        lines += [f"{entry.severity}; {_reads(entry.input)}", ""]
    if entry.kind not in ("rule", "shape"):
        lines += [escaped(entry.title), ""]
    for fact in entry.facts:
        lines += _items(fact)
    lines += [f"- **source**: {escaped(entry.source)}", ""]
    return "\n".join(lines)


def _heading(entry: Explanation) -> str:
    if entry.kind in ("rule", "shape"):
        return f"{entry.id}: {escaped(entry.title)}"
    return f"`{entry.id}`" if entry.kind == "value" else entry.id


def _items(fact: Fact) -> Iterator[str]:
    if fact.verbatim:
        yield f"- **{fact.label}**"
        yield ""
        yield "  ```yaml"
        yield from (f"  {line}" for line in fact.lines)
        yield "  ```"
        yield ""
    elif len(fact.lines) == 1:
        yield f"- **{fact.label}**: {escaped(fact.lines[0])}"
    else:
        yield f"- **{fact.label}**:"
        yield from (f"  - {_command(line) or escaped(line)}" for line in fact.lines)


def _command(line: str) -> str:
    """Write a step that is a command as code; nothing for any other step."""
    return f"`{line[2:]}`" if line.startswith("> ") else ""


def escaped(text: str) -> str:
    """Keep what looks like HTML in Markdown from being taken for it."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "\\<") for part in parts[::2]]
    return "`".join(parts)


def _reads(subject: str | None) -> str:
    return "reads today's date" if subject == "today" else f"reads the {subject}"
