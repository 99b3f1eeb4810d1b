"""One loaded profile becomes its records."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.catalog.platforms import operating_systems
from gpogen.compile import iso, vbs, words
from gpogen.compile.conflicts import unite
from gpogen.compile.drafts import Draft, Findings
from gpogen.compile.no_effect import judge_idle
from gpogen.compile.origin import LeftOut
from gpogen.compile.registry_items import registry_drafts
from gpogen.compile.resolve import Resolver, policy_requests
from gpogen.compile.source import Places
from gpogen.compile.subject import Authored
from gpogen.finding import Finding, in_order
from gpogen.policy.order import record_order
from gpogen.policy.records import Record
from gpogen.profile.load import LoadedProfile
from gpogen.profile.schema import Profile
from gpogen.profile.shape import Hints
from gpogen.servicing.machines import machines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """A profile whose shape is right, and its records.

    Attributes:
        profile: the merged profile.
        tree: places in it.
        drafts: the records, in the order in which they are written.
        findings: mistakes of shape and values, those of the reader included, in the order found.
        left_out: inherited settings that were not written.
        hints: what is still to be spent on nearest names.
        subject: what the rules judge.
    """

    profile: Profile
    tree: Places
    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    hints: Hints
    subject: Authored


def compile_profile(loaded: LoadedProfile) -> Compilation | None:
    """Compile a profile; None where its shape is wrong. No rule is run."""
    profile = loaded.profile
    if profile is None or loaded.tree is None:
        return None
    tree = Places(loaded.tree, loaded.file)
    findings = Findings(list(loaded.findings))
    family = _family(profile)
    resolver = Resolver(family, tree, findings)
    drafts = tuple(_drafts(profile, tree, resolver, findings))
    return Compilation(
        profile=profile,
        tree=tree,
        drafts=drafts,
        findings=tuple(findings.items),
        left_out=tuple(resolver.left_out),
        hints=findings.hints,
        subject=Authored(
            drafts=drafts,
            family=family,
            machines=machines_of(profile),
            named=profile.orchestration,
            start=tree.place(),
            profile=profile,
            tree=tree,
        ),
    )


def compile_records(loaded: LoadedProfile) -> tuple[tuple[Record, ...], tuple[Finding, ...]]:
    """Return a profile's records, and what is wrong with its shape and values; no rule is run."""
    found = compile_profile(loaded)
    if found is None:
        return (), in_order(loaded.findings)
    return tuple(draft.record for draft in found.drafts), in_order(found.findings)


def _family(profile: Profile) -> str:
    return operating_systems()[profile.target.os].family if profile.target else ""


def _drafts(profile: Profile, tree: Places, resolver: Resolver, findings: Findings) -> list[Draft]:
    asked = [*words.requests(profile, tree), *policy_requests(profile, tree)]
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
