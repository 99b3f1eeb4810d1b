"""Entries of rules and shape ids."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gpogen.catalog.pages import ShapePage, examples, shape_pages
from gpogen.catalog.rules import Change, Repair, RulePage, rule_pages
from gpogen.compile.edits import HERE
from gpogen.reports.explain.entry import Explanation, Fact, facts


def entries() -> Iterator[Explanation]:
    """Yield every rule, then every shape id."""
    for page in rule_pages().values():
        yield _rule(page)
    for shape in shape_pages().values():
        yield _shape(shape)


def _rule(page: RulePage) -> Explanation:
    return Explanation(
        id=page.id,
        kind="rule",
        title=page.title,
        severity=page.severity.value,
        input=page.input,
        source=page.source,
        facts=(
            *facts(
                ("but", (f"{case.severity.value}: {case.when}" for case in page.cases)),
                ("why", page.why),
                ("fix", page.fix),
                ("repair", (_repair(one) for one in page.repair)),
                ("others' GPOs", page.foreign and f"{page.foreign.value} instead"),
                ("what to do", page.foreign_fix),
                ("not checked", page.missing),
                ("calendar", "`gpogen calendar` finds more cases" if page.calendar else None),
                ("since", page.since),
            ),
            *_examples(page.id),
        ),
    )


def _repair(found: Repair) -> str:
    """Write what a repair changes and when, in one line."""
    said = "; ".join(_change(edit) for edit in found.edits) or f"no edit: {found.outside}"
    when = [f"the finding is at `{found.at}`"] if found.at else []
    when += [f"the profile has `{path}`" for path in found.needs]
    brings = f" (brings {', '.join(found.brings)})" if found.brings else ""
    where = f", where {' and '.join(when)}" if when else ""
    return f"{said}{brings}{where}"


def _change(edit: Change) -> str:
    if edit.do == "take-out":
        return (
            "remove the item at the place of the finding"
            if edit.path == HERE
            else f"remove `{edit.path}`"
        )
    value = json.dumps(edit.value, ensure_ascii=False)
    where = "the item of the finding" if edit.path == HERE else f"`{edit.path}`"
    return f"{'set' if edit.do == 'set' else 'add to'} {where}: `{value}`"


def _examples(rule_id: str) -> Iterator[Fact]:
    found = examples().get(rule_id)
    if found is not None:
        yield Fact("fails", found.fails, verbatim=True)
        yield Fact("passes", found.passes, verbatim=True)


def _shape(page: ShapePage) -> Explanation:
    return Explanation(
        id=page.id,
        kind="shape",
        title=page.title,
        severity=page.severity.value,
        input="profile",
        source="the form of a profile (gpogen help profile-keys)",
        facts=facts(("fix", page.fix)),
    )
