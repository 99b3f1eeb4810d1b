"""Runs the rules over one profile and its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from gpogen.catalog.rules import rule_page
from gpogen.compile.drafts import Draft
from gpogen.compile.source import Source
from gpogen.finding import Finding, Place, Severity
from gpogen.policy.types import Action
from gpogen.profile.schema import Profile
from gpogen.servicing.answer import Servicing
from gpogen.servicing.decide import decide
from gpogen.servicing.read import situation_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule saw.

    Attributes:
        message: what was found, one sentence.
        at: where it stands.
        related: the other settings that take part.
        severity: set only where this case differs from the rule's page.
        fix: set only where this case differs from the rule's page.
    """

    message: str
    at: Place | None
    related: tuple[Place, ...] = ()
    severity: Severity | None = None
    fix: str | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the rules judge.

    Attributes:
        profile: the merged profile.
        tree: places in it.
        drafts: all records, by policy and by preference.
        family: the operating system's family.
        foreign: whether the records come from somebody else's GPO: only the rules about
            policy run then, and some are milder.
        extensions: gPCMachineExtensionNames, where the GPO's are known.
    """

    profile: Profile
    tree: Source
    drafts: tuple[Draft, ...]
    family: str
    foreign: bool = False
    extensions: str | None = None

    def find(self, name: str, *, key: str | None = None, authored: bool = True) -> Draft | None:
        """Return the record that sets a value under a Windows Update or Device Guard key.

        Of several the last one counts, as it does on Windows.

        Args:
            name: the value's name, any case.
            key: the end of the key to look under, any case; by default any policy key.
            authored: whether to see only what the author wrote.
        """
        for draft in reversed(self._set_by_name.get(name.lower(), ())):
            if (draft.authored or not authored) and _is_relevant(draft.record.key, key):
                return draft
        return None

    @cached_property
    def servicing(self) -> Servicing:
        """Who installs, when, from where, and who restarts: reckoned once, for all rules."""
        return decide(situation_of(self.profile, (draft.record for draft in self.drafts)))

    @cached_property
    def _set_by_name(self) -> dict[str, list[Draft]]:
        """The records that set a value, by its lower-case name."""
        index: dict[str, list[Draft]] = {}
        for draft in self.drafts:
            if draft.record.action is Action.SET:
                index.setdefault(draft.record.name.lower(), []).append(draft)
        return index

    def number(self, name: str, *, authored: bool = True) -> int | None:
        """Return a DWORD that the policy sets, or None."""
        draft = self.find(name, authored=authored)
        value = draft.record.value if draft else None
        return value if isinstance(value, int) else None

    def place(self, name: str) -> Place | None:
        """Return where a value was asked for, whoever filled it in."""
        draft = self.find(name, authored=False)
        return draft.place if draft else None

    def places(self, *names: str) -> tuple[Place, ...]:
        """Return the places of those values that are set."""
        found = (self.place(name) for name in names)
        return tuple(dict.fromkeys(place for place in found if place is not None))


_ROOTS = ("software\\policies\\microsoft\\windows\\windowsupdate", "deviceguard")


def _is_relevant(key: str, wanted: str | None) -> bool:
    lowered = key.lower()
    if wanted is not None:
        return lowered.endswith(wanted.lower())
    return lowered.startswith(_ROOTS[0]) or lowered.endswith(_ROOTS[1])


Rule: TypeAlias = Callable[[Subject], Iterable[Hit]]


def judge(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for everything that a rule sees."""
    from gpogen.compile.rules import all_rules

    for rule_id in all_rules.RULES:
        if not subject.foreign or rule_page(rule_id).input == "policy":
            yield from judge_by(rule_id, subject)


def judge_by(rule_id: str, subject: Subject) -> Iterator[Finding]:
    """Yield the findings of one rule."""
    from gpogen.compile.rules import all_rules

    for hit in all_rules.RULES[rule_id](subject):
        yield finding_of(rule_id, hit, foreign=subject.foreign)


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
        fix=(foreign and page.foreign_fix) or fix,
        why=page.why,
        source=page.source,
        related=tuple(place for place in hit.related if place != hit.at),
    )
