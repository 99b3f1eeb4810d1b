"""What a machine without Group Policy gets, written straight into its registry."""

from __future__ import annotations

from dataclasses import replace

from gpogen.compile import vbs
from gpogen.compile.drafts import Draft
from gpogen.compile.origin import LeftOut
from gpogen.compile.source import Places
from gpogen.policy.types import Action, Hive, Via
from gpogen.profile.schema import Profile

_VBS_REASON = (
    "an extension of Group Policy processes this key; two published reports saw no effect when it "
    "was written directly (cschneegans/unattend-generator#328, "
    "MicrosoftDocs/windows-itpro-docs#11344), and the authors of gpogen have not tested it"
)


def direct_drafts(
    profile: Profile, tree: Places, drafts: list[Draft]
) -> tuple[list[Draft], tuple[LeftOut, ...]]:
    """Return the drafts that can be written directly, and what cannot, with the reason.

    The Policies key of VBS is never written alone: outside Group Policy only the Control key
    works, so it is added whenever the profile enforces VBS.
    """
    kept: dict[tuple[str, str, str, str], Draft] = {}
    left: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        reason = _obstacle(draft)
        if reason:
            key = f"{draft.record.hive.value}\\{draft.record.key}"
            left.setdefault((key, reason), []).append(draft)
            continue
        kept.setdefault((*draft.record.target, draft.record.action.value), _plain(draft))
    if vbs.enforcement(profile) == "policy":
        control = vbs.control_record()
        added = Draft(
            record=replace(control, via=Via.POLICY),
            origin=vbs.control_origin(tree),
            rank=(9, 0, 0, 0),
        )
        kept.setdefault((*control.target, control.action.value), added)
    return list(kept.values()), tuple(_left_out(*item) for item in left.items())


def _left_out(where: tuple[str, str], drafts: list[Draft]) -> LeftOut:
    key, reason = where
    names = ", ".join(draft.record.name or "(the key)" for draft in drafts)
    return LeftOut(what=f"{key}: {names}", reason=reason, at=drafts[0].place)


def _plain(draft: Draft) -> Draft:
    return replace(draft, record=replace(draft.record, via=Via.POLICY))


def _obstacle(draft: Draft) -> str:
    record = draft.record
    if record.hive is not Hive.HKLM:
        return "a user setting: a script cannot set it for every user of a machine"
    if record.action is Action.SECURE_KEY:
        return "only Group Policy processes this instruction"
    if record.key.lower() == vbs.POLICY_KEY.lower():
        return _VBS_REASON
    return ""
