"""``check --strict``: what rests on an unproven fact needs the author's word."""

from __future__ import annotations

from dataclasses import replace

from gpogen.document.nodes import place_of
from gpogen.finding import Finding, Severity, in_order
from gpogen.rules.allow import Judgment, Told
from gpogen.rules.check import Checked
from gpogen.workspace.select import Selection


def judge_strictly(selection: Selection) -> Selection:
    """Add a warning for each unproven fact that a profile rests on and does not allow."""
    more = [finding for item in selection.profiles for finding in unproven_findings(item)]
    return replace(selection, findings=in_order((*selection.findings, *more)))


def unproven_findings(item: Checked) -> list[Finding]:
    """Return a warning for each unproven fact that a profile rests on and does not allow."""
    profile = item.loaded.profile
    tree = item.loaded.tree
    if profile is None or tree is None or item.loaded.is_base:
        return []
    found = (
        Finding(
            id=fact.id,
            severity=Severity.WARNING,
            message=f"relies on an unproven fact: {fact.sentence}",
            at=place_of(tree, fact.path),
            fix=f"test it, and record it: `allow: [{{rule: {fact.id}, why: ...}}]`",
            why="Nobody has tested this on a real machine; `gpogen help unproven-facts` shows "
            "what is known.",
            source="gpogen help unproven-facts",
        )
        for fact in item.unproven
    )
    return Judgment(Told(one, (profile,)) for one in found).standing
