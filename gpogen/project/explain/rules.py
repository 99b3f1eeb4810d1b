"""Entries of rules and shape ids."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.pages import ShapePage, examples, shape_pages
from gpogen.catalog.rules import RulePage, rule_pages
from gpogen.project.explain.entry import Entry, Fact, facts


def entries() -> Iterator[Entry]:
    """Yield every rule, then every shape id."""
    for page in rule_pages().values():
        yield _rule(page)
    for shape in shape_pages().values():
        yield _shape(shape)


def _rule(page: RulePage) -> Entry:
    return Entry(
        id=page.id,
        kind="rule",
        title=page.title,
        severity=page.severity.value,
        input=page.input,
        source=page.source,
        facts=(
            *facts(
                ("why", page.why),
                ("fix", page.fix),
                ("others' GPOs", page.foreign and f"{page.foreign.value} instead"),
                ("fix there", page.foreign_fix),
                ("not checked", page.missing),
            ),
            *_examples(page.id),
        ),
    )


def _examples(rule_id: str) -> Iterator[Fact]:
    found = examples().get(rule_id)
    if found is not None:
        yield Fact("fails", found.fails, verbatim=True)
        yield Fact("passes", found.passes, verbatim=True)


def _shape(page: ShapePage) -> Entry:
    return Entry(
        id=page.id,
        kind="shape",
        title=page.title,
        severity=page.severity.value,
        input="profile",
        source="the form of a profile (docs/profile.md)",
        facts=facts(("fix", page.fix)),
    )
