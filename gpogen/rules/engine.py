"""Runs the rules over one profile and its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from gpogen.catalog.rules import rule_page
from gpogen.compile.subject import Subject
from gpogen.finding import Finding, Place, Severity
from gpogen.rules.repair import inherited_fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule saw.

    Attributes:
        message: what was found, one sentence.
        at: where it stands.
        related: the other settings that take part.
        severity: set only where this case differs from the rule's page.
        fix: set only where this case differs from the rule's page.
        foreign_fix: the same for somebody else's GPO.
    """

    message: str
    at: Place | None
    related: tuple[Place, ...] = ()
    severity: Severity | None = None
    fix: str | None = None
    foreign_fix: str = ""


Rule: TypeAlias = Callable[[Subject], Iterable[Hit]]


def judge(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for everything that a rule sees."""
    from gpogen.rules import all_rules

    for rule_id in all_rules.RULES:
        if not subject.foreign or rule_page(rule_id).input == "policy":
            yield from judge_by(rule_id, subject)


def judge_by(rule_id: str, subject: Subject) -> Iterator[Finding]:
    """Yield the findings of one rule."""
    from gpogen.rules import all_rules

    for hit in all_rules.RULES[rule_id](subject):
        found = finding_of(rule_id, hit, foreign=subject.foreign)
        own = subject.foreign or hit.at is None or subject.tree.is_own(hit.at)
        more = "" if own else inherited_fix(rule_id, subject.located, hit.at)
        yield replace(found, fix="; ".join(filter(None, (found.fix, more)))) if more else found


def finding_of(rule_id: str, hit: Hit, *, foreign: bool = False) -> Finding:
    """Make the finding of what a rule saw, with what its page says."""
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
    )
