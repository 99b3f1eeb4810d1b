"""From checked records to everything that the artifacts are made from."""

from __future__ import annotations

from gpogen.catalog.policies import Policy, find_value, policies
from gpogen.compile import vbs
from gpogen.compile.arc import arc_machines
from gpogen.compile.compiler import Compilation
from gpogen.compile.direct import direct_drafts
from gpogen.compile.drafts import Draft
from gpogen.compile.facts import facts
from gpogen.compile.header import header
from gpogen.compile.maintenance import maintenance, schedule
from gpogen.compile.origin import Allowed, Unproven
from gpogen.compile.result import Compiled, PolicyComment
from gpogen.compile.sconfig import sconfig_plan
from gpogen.compile.vm_settings import vm_settings
from gpogen.document.digest import digest_of
from gpogen.policy.types import Hive, Via


def assemble(
    found: Compilation,
    *,
    allowed: tuple[Allowed, ...] = (),
    unproven: tuple[Unproven, ...] = (),
) -> Compiled:
    """Build what the artifacts need.

    Args:
        found: the profile and its records.
        allowed: what the author silenced.
        unproven: what the output rests on without proof.
    """
    profile, drafts = found.profile, list(found.drafts)
    by_policy = [draft for draft in drafts if draft.record.via is Via.POLICY]
    by_preference = [draft for draft in drafts if draft.record.via is Via.PREFERENCE]
    direct, not_direct = direct_drafts(profile, found.tree, drafts)
    return Compiled(
        header=header(profile, digest_of(found.tree.tree)),
        policy=tuple(draft.traced() for draft in by_policy),
        preferences=tuple(draft.traced() for draft in by_preference),
        direct=tuple(draft.traced() for draft in direct),
        comments=_comments(by_policy),
        client_extensions=_client_extensions(by_policy),
        vbs_restart=vbs.enforcement(profile) in ("policy", "registry", "policy+registry"),
        not_direct=not_direct,
        sconfig=sconfig_plan(profile),
        left_out=found.left_out,
        facts=facts(profile, drafts, found.subject.by_name),
        allowed=allowed,
        unproven=unproven,
        servicing=found.subject.servicing,
        maintenance=maintenance(profile),
        outputs=tuple(profile.outputs or ()),
        arc=arc_machines(profile),
        vm=vm_settings(profile),
        schedule=schedule(profile),
    )


def _client_extensions(drafts: list[Draft]) -> tuple[str, ...]:
    """Return the extensions of policies, and of raw values that a policy would write."""
    found = {
        policy.client_extension
        for draft in drafts
        if draft.record.hive is Hive.HKLM
        for policy in _policies_of(draft)
    }
    return tuple(sorted(guid for guid in found if guid is not None))


def _policies_of(draft: Draft) -> list[Policy]:
    if draft.origin.policy is not None:
        return [policies()[draft.origin.policy]]
    return [policy for policy, _ in find_value(draft.record.key, draft.record.name)]


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
