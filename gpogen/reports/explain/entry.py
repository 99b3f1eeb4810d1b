"""One entry: what can be asked for, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

KINDS = (
    "rule",
    "shape",
    "policy",
    "value",
    "image",
    "os",
    "platform",
    "orchestration",
    "statement",
    "unproven",
    "key",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A labeled piece of an entry.

    Attributes:
        label: one or two words, such as ``why``.
        lines: one paragraph or list item each.
        verbatim: whether the lines are code, never to be wrapped.
    """

    label: str
    lines: tuple[str, ...]
    verbatim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is said about one thing.

    Attributes:
        id: its name, unique within its kind.
        kind: one of :data:`KINDS`.
        title: one line.
        severity: of a rule; None otherwise.
        input: what a rule reads; None otherwise.
        source: where the facts come from.
        facts: the rest, in order.
        aliases: other words that lead here.
    """

    id: str
    kind: str
    title: str
    source: str
    facts: tuple[Fact, ...]
    severity: str | None = None
    input: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every word that leads here."""
        return (self.id, *self.aliases)

    def as_json(self) -> dict[str, Any]:
        """Return what ``--format json`` prints."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "severity": self.severity,
            "input": self.input,
            "source": self.source,
            "facts": {fact.label: list(fact.lines) for fact in self.facts},
        }


def facts(*pairs: tuple[str, str | Iterable[str] | None]) -> tuple[Fact, ...]:
    """Make facts of label and text, or label and lines; empty ones are dropped."""
    return tuple(_facts(pairs))


def _facts(pairs: Iterable[tuple[str, str | Iterable[str] | None]]) -> Iterator[Fact]:
    for label, said in pairs:
        lines = (said,) if isinstance(said, str) else tuple(said or ())
        lines = tuple(line for line in lines if line)
        if lines:
            yield Fact(label, lines)
