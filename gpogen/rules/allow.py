"""``allow``: rules that an author silences, each with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from gpogen.catalog.rules import rule_pages
from gpogen.compile.drafts import Findings
from gpogen.compile.origin import Allowed
from gpogen.compile.source import Places
from gpogen.finding import Finding, Severity
from gpogen.profile.schema import Profile
from gpogen.profile.shape import NEAR_ID
from gpogen.rules.unproven import UNPROVEN_IDS


class Told(NamedTuple):
    """A finding, and the profiles that it concerns."""

    finding: Finding
    concerned: tuple[Profile, ...]


class Judgment:
    """Findings after ``allow``: nothing else silences one.

    Attributes:
        standing: the findings that stand.
        silenced: those that every profile they concern allows, each with the first one's reason.
    """

    def __init__(self, told: Iterable[Told] = ()) -> None:
        """Judge some findings."""
        self.standing: list[Finding] = []
        self.silenced: list[Allowed] = []
        self._used: defaultdict[str, set[str]] = defaultdict(set)
        self.take(told)

    def take(self, told: Iterable[Told]) -> None:
        """Judge more findings; one that concerns no profile stands."""
        for finding, concerned in told:
            reasons = [_reason(profile, finding.id) for profile in concerned]
            if not reasons or None in reasons:
                self.standing.append(finding)
                continue
            self.silenced.append(Allowed(finding=finding, why=reasons[0] or ""))
            for profile in concerned:
                self._used[profile.name].add(finding.id)

    def used(self, profile: Profile) -> set[str]:
        """Return the rules that a profile's ``allow`` has silenced."""
        return self._used[profile.name]


def _reason(profile: Profile, rule_id: str) -> str | None:
    return next((item.why for item in profile.allow if item.rule == rule_id), None)


def of_today() -> tuple[str, ...]:
    """Return the rules that only a command with a date runs."""
    return tuple(page.id for page in rule_pages().values() if page.runs and page.input == "today")


def of_calendar() -> tuple[str, ...]:
    """Return the rules of which the calendar finds cases that a check without one does not."""
    return tuple(page.id for page in rule_pages().values() if page.calendar)


def check_allow(
    profile: Profile, tree: Places, judgment: Judgment, unproven: set[str], findings: Findings
) -> None:
    """Check a profile's ``allow`` after every rule without a date has run.

    An ``allow`` of a rule that does not exist is an error (GP060); one of the profile's own that
    silences nothing is a warning (GP061). Inherited ones may silence nothing here.

    Args:
        profile: the profile.
        tree: places.
        judgment: what the rules found.
        unproven: the ids of the unproven facts that the profile rests on.
        findings: where faults of ``allow`` go.
    """
    if not profile.allow:
        return
    known = tuple(sorted({*rule_pages(), *UNPROVEN_IDS}))
    _refuse_unknown(profile, tree, known, findings)
    later = (*of_today(), *of_calendar())
    run = tuple(rule for rule in known if rule not in later)
    findings.items += unused(profile, tree, judgment.used(profile) | unproven, run)


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
    """Yield what a profile's own ``allow`` holds of rules that have run and found nothing (GP061).

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
        dated = item.rule in of_today()
        yield Finding(
            id="GP061",
            severity=Severity.WARNING,
            message=f"allow: {item.rule} silences nothing {'today' if dated else 'here'}",
            at=at,
            fix="remove it, unless it is for another day" if dated else "remove it",
        )
