"""Sentences for people: restarts, what stays behind, what is vouched for."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import iso, vbs
from gpogen.compile.drafts import Draft
from gpogen.policy.keys import is_policy_key
from gpogen.policy.types import Action, Via
from gpogen.profile.schema import Profile
from gpogen.profile.sections import (
    RestartAtScheduledTime,
    RestartDeadline,
    RestartNotWhileLoggedOn,
)


def assured(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Return what the author vouches for, with the reasons."""
    return tuple((item.what, item.why) for item in profile.assured)


def restarts(profile: Profile) -> tuple[str, ...]:
    """Say what will restart, when and why."""
    return tuple(_restarts(profile))


def _restarts(profile: Profile) -> Iterator[str]:
    if vbs.enforcement(profile) in ("policy", "registry", "policy+registry"):
        yield "Once, after VBS is first turned on: it runs only after a restart."
    if iso.is_iso(profile):
        yield "Once, after KB5003508 and the preparation values of an ISO installation."
    baseline = "In every baseline month (planned: January, April, July, October; besides them "
    baseline += "unplanned ones, which nobody can foresee)"
    match profile.restart:
        case RestartAtScheduledTime(warn_minutes=minutes):
            yield f"{baseline}: forced at the scheduled time, {minutes} minutes after a warning."
        case RestartNotWhileLoggedOn():
            yield f"{baseline}: at the scheduled time, but not while somebody is logged on."
        case RestartDeadline(days=days, grace_days=grace):
            yield f"{baseline}: forced {days} days after the offer and {grace} days of grace."
        case _:
            yield f"{baseline}: nothing here forces it, somebody or something else must restart."


def irreversible(drafts: list[Draft]) -> tuple[str, ...]:
    """Say what stays behind when the GPO goes, and what cannot be taken back."""
    stays = sorted(
        f"{draft.record.hive.value}\\{draft.record.key}: {draft.record.name or '(key)'}"
        for draft in drafts
        if draft.record.action in (Action.SET, Action.CREATE_KEY, Action.SOFT)
        and (draft.record.via is Via.PREFERENCE or not is_policy_key(draft.record.key))
    )
    return tuple(f"{name} stays when the GPO goes (it tattoos)." for name in dict.fromkeys(stays))
