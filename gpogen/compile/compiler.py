"""One loaded profile becomes everything that the artefacts need."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gpogen.catalog.platforms import operating_systems
from gpogen.catalog.policies import policies
from gpogen.compile import iso, vbs, words
from gpogen.compile.allow import apply_allow
from gpogen.compile.conflicts import unite
from gpogen.compile.direct import direct_drafts
from gpogen.compile.drafts import Draft, Findings
from gpogen.compile.header import header
from gpogen.compile.idle import judge_idle
from gpogen.compile.notes import assured, before, irreversible, restarts, way_back
from gpogen.compile.registry_items import registry_drafts
from gpogen.compile.resolve import Resolver, policy_requests
from gpogen.compile.result import Allowed, Compiled, LeftOut, PolicyComment
from gpogen.compile.rules.engine import Subject, judge
from gpogen.compile.sconfig import sconfig_plan
from gpogen.compile.source import Source
from gpogen.compile.unproven import Unproven, rests_on
from gpogen.finding import Finding, Severity
from gpogen.policy.order import record_order
from gpogen.policy.records import Record
from gpogen.policy.types import Via
from gpogen.profile.load import LoadedProfile
from gpogen.profile.schema import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A profile after everything has been said about it.

    Attributes:
        loaded: the profile.
        compiled: what is built from it; None for a base and after an error.
        findings: all findings, sorted.
        left_out: inherited settings that were not written.
        allowed: findings that the author silenced.
        unproven: what the output rests on without proof, allowed or not.
    """

    loaded: LoadedProfile
    compiled: Compiled | None
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    unproven: tuple[Unproven, ...] = ()

    @property
    def failed(self) -> bool:
        """Tell whether there is an error."""
        return any(item.severity is Severity.ERROR for item in self.findings)


def check(loaded: LoadedProfile) -> Checked:
    """Compile a profile and judge it; a base is compiled too, but not kept."""
    if loaded.profile is None or loaded.tree is None:
        return Checked(loaded=loaded, compiled=None, findings=_sorted(loaded.findings))
    tree = Source(loaded.tree, loaded.file)
    findings = Findings(list(loaded.findings))
    family = _family(loaded.profile)
    resolver = Resolver(family, tree, findings)
    drafts = _drafts(loaded.profile, tree, resolver, findings)
    unproven = rests_on(loaded.profile, drafts)
    allowed: tuple[Allowed, ...] = ()
    if not loaded.is_base:
        subject = Subject(
            profile=loaded.profile,
            tree=tree,
            drafts=tuple(drafts),
            family=family,
            foreign=loaded.is_unspecified,
        )
        resting = {item.id for item in unproven}
        judged = apply_allow(loaded.profile, tree, list(judge(subject)), resting, findings)
        findings.items += judged.standing
        allowed = judged.silenced
    left_out = tuple(resolver.left_out)
    ordered = _sorted(tuple(findings.items))
    failed = any(item.severity is Severity.ERROR for item in ordered)
    compiled = None
    if not failed and not loaded.is_base:
        compiled = _assemble(loaded, loaded.profile, tree, drafts)
        compiled = replace(
            compiled,
            left_out=left_out,
            allowed=allowed,
            unproven=tuple(f"{item.id}: {item.sentence}" for item in unproven),
        )
    return Checked(
        loaded=loaded,
        compiled=compiled,
        findings=ordered,
        left_out=left_out,
        allowed=allowed,
        unproven=unproven,
    )


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


def _assemble(
    loaded: LoadedProfile,
    profile: Profile,
    tree: Source,
    drafts: list[Draft],
) -> Compiled:
    by_policy = [draft for draft in drafts if draft.record.via is Via.POLICY]
    by_preference = [draft for draft in drafts if draft.record.via is Via.PREFERENCE]
    direct, not_direct = direct_drafts(profile, tree, drafts)
    return Compiled(
        header=header(profile, loaded.digest),
        policy=tuple(draft.traced() for draft in by_policy),
        preferences=tuple(draft.traced() for draft in by_preference),
        direct=tuple(draft.traced() for draft in direct),
        comments=_comments(by_policy),
        client_extensions=_client_extensions(by_policy),
        vbs_restart=vbs.enforcement(profile) in ("policy", "registry", "policy+registry"),
        not_direct=not_direct,
        sconfig=sconfig_plan(profile),
        left_out=(),
        before=before(profile, drafts),
        restarts=restarts(profile),
        way_back=way_back(drafts),
        irreversible=irreversible(drafts),
        assured=assured(profile),
        allowed=(),
        unproven=(),
    )


def _client_extensions(drafts: list[Draft]) -> tuple[str, ...]:
    names = {draft.origin.policy for draft in drafts if draft.origin.policy is not None}
    found = {policies()[name].client_extension for name in names}
    return tuple(sorted(guid for guid in found if guid is not None))


def _comments(drafts: list[Draft]) -> tuple[PolicyComment, ...]:
    comments: dict[str, PolicyComment] = {}
    for draft in drafts:
        name = draft.origin.policy
        if name is None or not draft.origin.why or name in comments:
            continue
        policy = policies()[name]
        comments[name] = PolicyComment(
            namespace=policy.namespace,
            policy=policy.name,
            side=draft.record.hive.side,
            text=draft.origin.why,
        )
    return tuple(comments[name] for name in sorted(comments))
