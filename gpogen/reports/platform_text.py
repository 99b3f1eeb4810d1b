"""What is supported where, for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gpogen.reports.explain.entry import Fact
from gpogen.reports.explain.text import WIDTH, escaped, fact_text
from gpogen.reports.platform_pages import Section


def as_text(sections: Iterable[Section], width: int = WIDTH) -> str:
    """Write sections for a terminal."""
    return "\n\n".join(_text(section, width) for section in sections)


def as_markdown(sections: Iterable[Section]) -> str:
    """Write sections of the second level."""
    return "\n".join(_markdown(section) for section in sections)


def _text(section: Section, width: int) -> str:
    lines = [line for fact in section.facts for line in fact_text(fact, width)]
    return "\n".join((section.title, *lines))


def _markdown(section: Section) -> str:
    lines = [line for fact in section.facts for line in _items(fact)]
    return "\n".join((f"## {escaped(section.title)}", "", *lines, ""))


def _items(fact: Fact) -> Iterator[str]:
    for number, line in enumerate(fact.lines):
        if fact.label and number == 0:
            yield f"- **{fact.label}**: {escaped(line)}"
        else:
            yield f"  - {escaped(line)}"
