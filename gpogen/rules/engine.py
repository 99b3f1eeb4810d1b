"""Runs the rules over one policy, and over the profile that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

from gpogen.catalog.rules import rule_page, rule_pages
from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Finding, Place, Severity
from gpogen.rules.repair import inherited_fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule found.

    Attributes:
        message: what was found, one sentence.
        at: where it stands.
        related: the other settings that take part.
        severity: set only where this case differs from the rule's page.
        fix: set only where this case differs from the rule's page.
        foreign_fix: the same for somebody else's GPO.
        about: the profiles that it is about, for a rule that judges several; empty for all.
    """

    message: str
    at: Place | None
    related: tuple[Place, ...] = ()
    severity: Severity | None = None
    fix: str | None = None
    foreign_fix: str = ""
    about: tuple[Authored, ...] = ()


PolicyRule: TypeAlias = Callable[[Subject], Iterable[Hit]]
"""A rule that judges any policy, somebody else's GPO too."""
ProfileRule: TypeAlias = Callable[[Authored], Iterable[Hit]]
"""A rule that judges a profile of the author's."""


def judge(subject: Subject) -> Iterator[Finding]:
    """Yield the findings of every rule about policy, and of those about profiles for a profile."""
    for rule_id, rule in _rules(isinstance(subject, Authored)).items():
        for hit in rule(subject):
            yield _found(rule_id, hit, subject)


def judge_by(rule_id: str, subject: Subject) -> Iterator[Finding]:
    """Yield the findings of one rule; nothing of one that judges something else."""
    rule = _rules(isinstance(subject, Authored)).get(rule_id)
    for hit in rule(subject) if rule is not None else ():
        yield _found(rule_id, hit, subject)


def _found(rule_id: str, hit: Hit, subject: Subject) -> Finding:
    found = finding_of(rule_id, hit, foreign=subject.foreign)
    more = _against_inherited(rule_id, hit, subject)
    return replace(found, fix="; ".join(filter(None, (found.fix, more)))) if more else found


@cache
def _rules(authored: bool) -> Mapping[str, Callable[[Any], Iterable[Hit]]]:
    """Return the rules that judge a profile, or somebody else's GPO, in the order of the pages."""
    from gpogen.rules.all_rules import POLICY_RULES, PROFILE_RULES

    rules: dict[str, Callable[[Any], Iterable[Hit]]] = {**POLICY_RULES}
    if authored:
        rules |= PROFILE_RULES
    return {rule_id: rules[rule_id] for rule_id in rule_pages() if rule_id in rules}


def _against_inherited(rule_id: str, hit: Hit, subject: Subject) -> str:
    if not isinstance(subject, Authored) or hit.at is None or subject.tree.is_own(hit.at):
        return ""
    return inherited_fix(rule_id, subject.located, hit.at)


def finding_of(rule_id: str, hit: Hit, *, foreign: bool = False) -> Finding:
    """Make the finding of what a rule found, with what its page says."""
    page = rule_page(rule_id)
    usual = page.foreign if foreign and page.foreign else page.severity
    fix = page.fix if hit.fix is None else hit.fix
    return Finding(
        id=rule_id,
        severity=hit.severity or usual,
        message=hit.message,
        at=hit.at,
        fix=(foreign and (hit.foreign_fix or page.foreign_fix)) or fix,
        why=page.why,
        source=page.source,
        related=tuple(place for place in hit.related if place != hit.at),
        profiles=tuple(one.profile.name for one in hit.about) if hit.at else (),
    )
