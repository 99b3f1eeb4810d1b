"""Sentences for people: restarts, what stays behind, what is vouched for, what is unproven."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import iso, vbs, words
from gpogen.compile.drafts import Draft
from gpogen.policy.types import Action, Via
from gpogen.profile.schema import Profile
from gpogen.profile.sections import (
    RestartAtScheduledTime,
    RestartDeadline,
    RestartNotWhileLoggedOn,
    Schedule,
    Source,
    Updates,
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
        and (draft.record.via is Via.PREFERENCE or not _is_policy_key(draft.record.key))
    )
    return tuple(f"{name} stays when the GPO goes (it tattoos)." for name in dict.fromkeys(stays))


def _is_policy_key(key: str) -> bool:
    lowered = key.lower() + "\\"
    return lowered.startswith(
        ("software\\policies\\", "software\\microsoft\\windows\\currentversion\\policies\\")
    )


def unproven(profile: Profile, drafts: list[Draft]) -> tuple[str, ...]:
    """Say what this output rests on without a proof on a real machine."""
    return tuple(_unproven(profile, {draft.origin.policy for draft in drafts}))


def _unproven(profile: Profile, policies: set[str | None]) -> Iterator[str]:
    updates = profile.updates or Updates()
    if words.ALWAYS_RESTART in policies and isinstance(profile.restart, RestartAtScheduledTime):
        yield (
            "(a) Whether AlwaysAutoRebootAtScheduledTime leaves a machine alone after a hotpatch "
            "that needs no restart."
        )
    if isinstance(updates.schedule, Schedule) and updates.schedule.weeks != ("every",):
        yield "(b) Whether a week box means the Nth weekday or the calendar week of a month."
    if words.DEADLINE in policies:
        yield "(c) Which of the two generations of deadline values each server build honours."
    if isinstance(updates.source, Source):
        yield "(d) Whether WSUS carries hotpatches for Windows Server 2025."
    if vbs.POLICY in policies:
        yield "(e) VBS turned on by Group Policy inside a virtual machine."
    if iso.is_iso(profile):
        yield "(f) The ISO preparation values set at once, without the restart in between."
    if updates.mode == "remove":
        yield "(g) What a server does when AUOptions is removed."
    if profile.orchestration == "group-policy" and updates.mode in words.MODE_OPTIONS:
        yield "(h) When Group Policy writes its values again after somebody used SConfig."
