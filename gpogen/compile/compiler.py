"""One loaded profile becomes everything that the artefacts need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from gpogen.catalog.platforms import operating_systems
from gpogen.compile import iso, secureboot, vbs, words
from gpogen.compile.conflicts import unite
from gpogen.compile.drafts import Draft, Findings
from gpogen.compile.no_effect import judge_idle
from gpogen.compile.registry_items import registry_drafts
from gpogen.compile.resolve import Resolver, policy_requests
from gpogen.compile.result import Allowed, Compiled, LeftOut
from gpogen.compile.sides import disabled_sides
from gpogen.compile.source import Source
from gpogen.finding import Finding, has_error
from gpogen.policy.order import record_order
from gpogen.policy.records import Record
from gpogen.profile.load import LoadedProfile
from gpogen.profile.schema import Profile
from gpogen.rules.allow import apply_allow
from gpogen.rules.deletions import RULE as UNTARGETED
from gpogen.rules.engine import Subject, judge, judge_by
from gpogen.rules.unproven import Unproven, rests_on


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A profile after everything has been said about it.

    Attributes:
        loaded: the profile.
        findings: all findings, sorted.
        left_out: inherited settings that were not written.
        allowed: findings that the author silenced.
        unproven: what the output rests on without proof, allowed or not.
    """

    loaded: LoadedProfile
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    drafts: tuple[Draft, ...] = ()
    """The records, in the order in which they are written."""

    @cached_property
    def compiled(self) -> Compiled | None:
        """What is built from it; None for a base and after an error."""
        if self.failed or self.loaded.is_base or self.loaded.profile is None:
            return None
        from gpogen.compile.assemble import assemble

        made = assemble(self.loaded, self.loaded.profile, list(self.drafts))
        return replace(
            made,
            left_out=self.left_out,
            allowed=self.allowed,
            unproven=tuple(f"{item.id}: {item.sentence}" for item in self.unproven),
        )

    @property
    def failed(self) -> bool:
        """Tell whether there is an error."""
        return has_error(self.findings)


def check(loaded: LoadedProfile) -> Checked:
    """Compile a profile and judge it.

    A base is compiled too, but not kept. A profile whose target is unspecified has its shape and
    its registry values and deletions checked; no rule about hotpatch judges it.
    """
    if loaded.profile is None or loaded.tree is None:
        return Checked(loaded=loaded, findings=_sorted(loaded.findings))
    tree = Source(loaded.tree, loaded.file)
    findings = Findings(list(loaded.findings))
    family = _family(loaded.profile)
    resolver = Resolver(family, tree, findings)
    drafts = _drafts(loaded.profile, tree, resolver, findings)
    unproven = rests_on(loaded.profile, drafts)
    allowed: tuple[Allowed, ...] = ()
    if not loaded.is_base:
        subject = _subject(loaded.profile, tree, drafts)
        findings.items += disabled_sides(loaded.profile, tree, drafts)
        hits = list(_hits(loaded, subject))
        resting = {item.id for item in unproven}
        judged = apply_allow(loaded.profile, tree, hits, resting, findings)
        findings.items += judged.standing
        allowed = judged.silenced
    return Checked(
        loaded=loaded,
        findings=_sorted(tuple(findings.items)),
        left_out=tuple(resolver.left_out),
        allowed=allowed,
        unproven=unproven,
        drafts=tuple(drafts),
    )


def _hits(loaded: LoadedProfile, subject: Subject) -> Iterator[Finding]:
    """Judge what machines apply: nothing, where the computer side is disabled."""
    gpo = subject.profile.gpo
    if gpo is not None and gpo.computer == "disabled":
        return iter(())
    return judge_by(UNTARGETED, subject) if loaded.is_unspecified else judge(subject)


def subject_of(checked: Checked) -> Subject | None:
    """Return what the rules judge of a profile; None where its shape is wrong."""
    loaded = checked.loaded
    if loaded.profile is None or loaded.tree is None:
        return None
    return _subject(loaded.profile, Source(loaded.tree, loaded.file), checked.drafts)


def _subject(profile: Profile, tree: Source, drafts: Iterable[Draft]) -> Subject:
    return Subject(profile=profile, tree=tree, drafts=tuple(drafts), family=_family(profile))


def compile_records(loaded: LoadedProfile) -> tuple[tuple[Record, ...], tuple[Finding, ...]]:
    """Return a profile's records, and what is wrong with its shape and values; no rule is run."""
    if loaded.profile is None or loaded.tree is None:
        return (), _sorted(loaded.findings)
    tree = Source(loaded.tree, loaded.file)
    findings = Findings(list(loaded.findings))
    resolver = Resolver(_family(loaded.profile), tree, findings)
    drafts = _drafts(loaded.profile, tree, resolver, findings)
    return tuple(draft.record for draft in drafts), _sorted(tuple(findings.items))


def _sorted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda item: item.sort_key))


def _family(profile: Profile) -> str:
    return operating_systems()[profile.target.os].family if profile.target else ""


def _drafts(profile: Profile, tree: Source, resolver: Resolver, findings: Findings) -> list[Draft]:
    asked = [*words.requests(profile, tree), *policy_requests(profile, tree)]
    asked += secureboot.requests(profile, tree)
    by_policy = vbs.request(profile, tree)
    if by_policy is not None:
        asked.append(by_policy)
    drafts = [draft for request in asked for draft in resolver.drafts(request)]
    drafts += vbs.control_drafts(profile, tree)
    drafts += iso.iso_drafts(profile, tree)
    drafts += registry_drafts(profile, tree, findings)
    resolver.left_out += judge_idle(profile, tree, findings)
    united = unite(drafts, findings)
    return sorted(united, key=lambda draft: record_order(draft.record, draft.rank))
