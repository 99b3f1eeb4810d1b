"""``allow``: rules that an author silences, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.catalog.rules import rule_pages
from gpogen.compile.drafts import Findings
from gpogen.compile.result import Allowed
from gpogen.compile.source import Source
from gpogen.compile.unproven import UNPROVEN_IDS
from gpogen.finding import Finding, Severity
from gpogen.profile.schema import Profile
from gpogen.profile.shape import NEAR_ID

BY_CALENDAR = ("HP014", "HP020", "HP030", "HP035")
"""Rules of which the calendar tells cases that a check without a date does not see."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings after ``allow``: those that stand, and those that are silenced."""

    standing: tuple[Finding, ...]
    silenced: tuple[Allowed, ...]


def apply_allow(
    profile: Profile, tree: Source, seen: list[Finding], unproven: set[str], findings: Findings
) -> Judged:
    """Silence what the profile allows.

    An ``allow`` of a rule that does not exist is an error (GP060); one of the profile's own that
    silences nothing is a warning (GP061). Inherited ones may silence nothing here.

    Args:
        profile: the profile.
        tree: places.
        seen: what the rules saw.
        unproven: the ids of the unproven facts that the profile rests on.
        findings: where faults of ``allow`` go.
    """
    reasons = _reasons(profile, tree, findings)
    silenced = tuple(
        Allowed(finding=item, why=reasons[item.id]) for item in seen if item.id in reasons
    )
    used = {item.finding.id for item in silenced} | unproven
    _unused(profile, tree, used, findings)
    standing = tuple(item for item in seen if item.id not in reasons)
    return Judged(standing, silenced)


def _reasons(profile: Profile, tree: Source, findings: Findings) -> dict[str, str]:
    known = tuple(sorted({*rule_pages(), *UNPROVEN_IDS}))
    reasons: dict[str, str] = {}
    for number, item in enumerate(profile.allow):
        if item.rule not in known:
            message = f"allow: there is no rule {item.rule!r}"
            at = tree.place("allow", number, "rule")
            near = findings.hints.hint(item.rule, known, NEAR_ID)
            findings.error("GP060", message, at, near)
            continue
        reasons[item.rule] = item.why
    return reasons


def _unused(profile: Profile, tree: Source, used: set[str], findings: Findings) -> None:
    for number, item in enumerate(profile.allow):
        at = tree.place("allow", number, "rule")
        if item.rule in used or not tree.is_own(at) or item.rule not in rule_pages():
            continue
        if item.rule in BY_CALENDAR:
            continue  # It may silence what only gpogen calendar sees.
        findings.items.append(
            Finding(
                id="GP061",
                severity=Severity.WARNING,
                message=f"allow: {item.rule} silences nothing here",
                at=at,
                fix="remove it",
            )
        )
