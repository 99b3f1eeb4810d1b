"""Entries of the source document's statements and of what nobody has proved."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.pages import (
    Statement,
    source_document,
    statements,
    unproven_pages,
)
from gpogen.compile.origin import Unproven
from gpogen.reports.explain.entry import Explanation, Fact, facts
from gpogen.rules.unproven import ALL

LABELS = {"rule": "rules", "command": "commands", "file": "files", "later": "planned"}
"""The kinds of what does a statement, as they are shown."""


def entries() -> Iterator[Explanation]:
    """Yield the statements, then the unproven facts."""
    yield from (_statement(item) for item in statements().values())
    yield from (_unproven(item) for item in ALL)


def done_by(item: Statement, kind: str) -> tuple[str, ...]:
    """Return the rules, commands, files or coming things that do what a statement says."""
    return tuple(doer.name for doer in item.by if doer.kind == kind)


def _statement(item: Statement) -> Explanation:
    return Explanation(
        id=item.id,
        kind="statement",
        title=item.statement,
        source=source_document(),
        aliases=(f"S{int(item.id[1:])}",),
        facts=facts(
            ("about", item.about),
            ("today", item.now),
            ("status", item.status),
            *((label, ", ".join(done_by(item, kind))) for kind, label in LABELS.items()),
        ),
    )


def _unproven(item: Unproven) -> Explanation:
    page = unproven_pages()[item.id]
    return Explanation(
        id=item.id,
        kind="unproven",
        title=item.sentence,
        source=page.source,
        facts=(
            *facts(("used by", page.built_on), ("known", page.known)),
            Fact("how to test it", page.prove),
        ),
    )
