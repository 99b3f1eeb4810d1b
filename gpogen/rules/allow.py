"""``allow``: rules that an author silences, each with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gpogen.catalog.rules import rule_pages
from gpogen.compile.drafts import Findings
from gpogen.compile.result import Allowed
from gpogen.compile.source import Places
from gpogen.finding import Finding, Severity
from gpogen.profile.schema import Profile
from gpogen.profile.shape import NEAR_ID
from gpogen.rules.unproven import UNPROVEN_IDS

OF_TODAY = ("HP020", "HP030")
"""Rules that today's date decides about: only a command with a date runs them."""
BY_CALENDAR = ("HP014", "HP035")
"""Rules of which the calendar tells cases that a check without one does not see."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings after ``allow``: those that stand, and those that are silenced."""

    standing: tuple[Finding, ...]
    silenced: tuple[Allowed, ...]


def silence(told: Iterable[Finding], concerned: Sequence[Profile]) -> Judged:
    """Part findings into those that stand and those that the profiles allow.

    A finding is silenced where every profile that it concerns allows its rule; one that concerns
    no profile stands.

    Args:
        told: findings of rules.
        concerned: the profiles that each of them is about.
    """
    reasons = [{item.rule: item.why for item in profile.allow} for profile in concerned]
    standing: list[Finding] = []
    silenced: list[Allowed] = []
    for item in told:
        if reasons and all(item.id in one for one in reasons):
            silenced.append(Allowed(finding=item, why=reasons[0][item.id]))
        else:
            standing.append(item)
    return Judged(tuple(standing), tuple(silenced))


def apply_allow(
    profile: Profile, tree: Places, seen: list[Finding], unproven: set[str], findings: Findings
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
    known = tuple(sorted({*rule_pages(), *UNPROVEN_IDS}))
    _refuse_unknown(profile, tree, known, findings)
    judged = silence(seen, (profile,))
    used = {item.finding.id for item in judged.silenced} | unproven
    run = tuple(rule for rule in known if rule not in (*OF_TODAY, *BY_CALENDAR))
    findings.items += unused(profile, tree, used, run)
    return judged


def _refuse_unknown(
    profile: Profile, tree: Places, known: tuple[str, ...], findings: Findings
) -> None:
    for number, item in enumerate(profile.allow):
        if item.rule not in known:
            message = f"allow: there is no rule {item.rule!r}"
            at = tree.place("allow", number, "rule")
            near = findings.hints.hint(item.rule, known, NEAR_ID)
            findings.error("GP060", message, at, near)


def unused(
    profile: Profile, tree: Places, used: Collection[str], run: Collection[str]
) -> Iterator[Finding]:
    """Yield what a profile's own ``allow`` holds of rules that have run and saw nothing (GP061).

    Args:
        profile: the profile.
        tree: places.
        used: the rules of which a finding was silenced.
        run: the rules that have run.
    """
    for number, item in enumerate(profile.allow):
        at = tree.place("allow", number, "rule")
        if item.rule not in run or item.rule in used or not tree.is_own(at):
            continue
        dated = item.rule in OF_TODAY
        yield Finding(
            id="GP061",
            severity=Severity.WARNING,
            message=f"allow: {item.rule} silences nothing {'today' if dated else 'here'}",
            at=at,
            fix="remove it, unless it is for another day" if dated else "remove it",
        )
