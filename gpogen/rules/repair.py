"""Which repair of a rule fits a finding, and how it is written into a profile's own file."""

from __future__ import annotations

from typing import Any

import yaml

from gpogen.catalog.rules import Repair, rule_pages
from gpogen.compile.edits import Located, is_there, path_of, repaired, stands_in
from gpogen.document.nodes import Mapping, Scalar, Sequence
from gpogen.finding import Place

_WIDTH = 10_000
"""Columns: a repair is written in one line."""


def repair_of(rule_id: str, tree: Located, at: Place | None) -> Repair | None:
    """Return the first repair of a rule's page that fits a finding; None for none.

    Args:
        rule_id: the rule.
        tree: the profile's tree with what it extends.
        at: where the finding stands.
    """
    page = rule_pages().get(rule_id)
    return next((one for one in page.repair if _fits(one, tree, at)), None) if page else None


def _fits(repair: Repair, tree: Located, at: Place | None) -> bool:
    if repair.at and not stands_in(at, tree, repair.at):
        return False
    if not all(is_there(path, tree, at) for path in repair.needs):
        return False
    here = [edit.path for edit in repair.edits if edit.path.startswith("@") or "[]" in edit.path]
    return all(path_of(path, tree, at) is not None for path in here)


def inherited_fix(rule_id: str, tree: Located, at: Place | None) -> str:
    """Return what a profile writes itself against what it inherits; empty where nothing helps."""
    found = repair_of(rule_id, tree, at)
    if found is None or not found.edits:
        return ""
    own = _extending()
    text = _flow({k: v for k, v in repaired(own, tree, found.edits, at).items() if k != "extends"})
    return f"it is inherited: write {text} in this profile" if text else ""


def _extending() -> Mapping:
    """Return a file that says nothing of its own but what it extends."""
    nowhere = Place("", 0, 0)
    bases = Sequence(nowhere, [Scalar("base", nowhere, "base")])
    return Mapping(nowhere, {"extends": (nowhere, bases)})


def _flow(body: dict[str, Any]) -> str:
    parts = (
        yaml.safe_dump(
            {key: value}, default_flow_style=True, width=_WIDTH, allow_unicode=True, sort_keys=False
        ).strip()[1:-1]
        for key, value in body.items()
    )
    return " and ".join(f"`{part}`" for part in parts)
