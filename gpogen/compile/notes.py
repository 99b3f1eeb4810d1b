"""Sentences for people: restarts, what stays behind, what is vouched for."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.expected import expected
from gpogen.compile import effective, iso, secureboot, vbs
from gpogen.compile.drafts import Draft
from gpogen.policy.data import RegData
from gpogen.policy.keys import is_policy_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via
from gpogen.profile.schema import Profile
from gpogen.profile.sections import RestartAtScheduledTime, RestartDeadline
from gpogen.servicing.answer import Conflict, Restarts, Servicing
from gpogen.servicing.azure import has_no_hotpatches
from gpogen.servicing.tell import restarts_text

_BASELINE = (
    "In every baseline month (planned: January, April, July, October; besides them unplanned ones, "
    "which nobody can foresee)"
)
_EVERY_MONTH = "In every month, because these machines get no hotpatches"
_FORCED = (
    "Whether an update that needs no restart, such as a hotpatch, starts the forced restart is "
    "unproven (UNPROVEN-A)."
)
_STOPS = (
    "Then NTLMv1, MS-CHAPv2, unconstrained delegation and CredSSP stop working: find out first "
    "what uses them."
)
_LEAVE = (
    "Unlinking or deleting the GPO leaves AUOptions absent. What a server does then is unproven "
    "(gpogen explain UNPROVEN-G): it may download and install updates by itself, "
    "and restart. So first link another GPO that sets AUOptions 3 and NoAutoUpdate 0 (from a "
    "profile with mode: download), let the machines take it, and only then unlink this one."
)
_ISO_OF_2025 = (
    "The machines come from an ISO, and Microsoft documents no preparation of such an installation "
    "for Windows Server 2025: check on one machine that it is offered a hotpatch before you rely "
    "on it."
)
_KEEP_OFF = "vbs: {credential_guard: disabled} in the profile keeps it off by Group Policy."


def assured(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Return what the author vouches for, with the reasons."""
    return tuple((item.what, item.why) for item in profile.assured)


def restarts(profile: Profile, servicing: Servicing) -> tuple[str, ...]:
    """Say what will restart, when and why."""
    return tuple(_restarts(profile, servicing))


def _restarts(profile: Profile, servicing: Servicing) -> Iterator[str]:
    if vbs.enforcement(profile) in ("policy", "registry", "policy+registry"):
        yield "Once, after VBS is first turned on: it runs only after a restart."
    if iso.is_prepared(profile):
        yield "Once, after KB5003508 and the preparation values of an ISO installation."
    if profile.secure_boot is not None and profile.secure_boot.certificates == "deploy":
        yield "Several times, for the Secure Boot certificates: some steps wait for a restart."
    months = _EVERY_MONTH if has_no_hotpatches(servicing.situation) else _BASELINE
    yield f"{months}: {_baseline(profile, servicing)}"
    if servicing.restarts is Restarts.FORCED:
        yield _FORCED
    if Conflict.RESTART_BESIDE in servicing.conflicts:
        yield "Besides, this profile's restart policy may force or hinder a restart that is due."


def _baseline(profile: Profile, servicing: Servicing) -> str:
    """Say how the restart of a baseline month comes about."""
    restart = profile.restart
    match servicing.restarts:
        case Restarts.DEADLINE if isinstance(restart, RestartDeadline):
            days = f"{restart.days} days after the offer and {restart.grace_days} days of grace"
            return f"{restarts_text(servicing)}, {days}."
        case Restarts.FORCED if isinstance(restart, RestartAtScheduledTime):
            when = "at the scheduled time" if servicing.by_itself else "once somebody has installed"
            return f"forced {when}, {restart.warn_minutes} minutes after a warning."
        case Restarts.USER:
            return "nothing here forces it, a person installs and restarts."
        case Restarts.NOBODY:
            return "nothing installs and nothing restarts; somebody must."
        case Restarts.UNKNOWN:
            return "not known, because it is not known who installs."
    return f"{restarts_text(servicing)}."


def before(profile: Profile, drafts: list[Draft]) -> tuple[str, ...]:
    """Say what to find out and to do before the settings arrive on a machine."""
    return (
        *_iso_of_2025(profile),
        *_credential_guard(profile, drafts),
        *secureboot.steps(profile, drafts),
    )


def _iso_of_2025(profile: Profile) -> tuple[str, ...]:
    if not iso.is_iso(profile) or iso.is_prepared(profile):
        return ()
    return (_ISO_OF_2025,)


def _credential_guard(profile: Profile, drafts: list[Draft]) -> tuple[str, ...]:
    if _set(drafts, vbs.VALUE) != 1 or profile.target is None:
        return ()
    guard = _set(drafts, "LsaCfgFlags")
    if guard in (1, 2):
        return (f"Credential Guard starts with VBS, because this profile turns it on. {_STOPS}",)
    if "2025" not in profile.target.os:
        return ()
    if guard == 0:
        told = "The GPO keeps Credential Guard off. The Set script cannot: where only that runs, "
        return (f"{told}Windows Server 2025 may start it by itself once VBS runs. {_STOPS}",)
    told = "Credential Guard is not configured here, and then Windows Server 2025 may start it by "
    return (f"{told}itself once VBS runs. {_STOPS} {_KEEP_OFF}",)


def way_back(profile: Profile, drafts: list[Draft]) -> tuple[str, ...]:
    """Say what to do before a GPO that decides how updates install is unlinked.

    On an Azure VM the platform writes these values itself, and nothing is to be left there.
    """
    if profile.target is not None and profile.target.platform == "azure-vm":
        return ()
    if _set(drafts, "AUOptions") is None and _set(drafts, "NoAutoUpdate") != 1:
        return ()
    return (_LEAVE,)


def _set(drafts: list[Draft], name: str) -> RegData | None:
    """Return what a policy's value is set to, by whichever route; None where it is not set."""
    found = (item.record for item in effective.by_name(drafts).get(name.lower(), ()))
    return next((item.value for item in found if expected(*_place(item)) is not None), None)


def _place(record: Record) -> tuple[Hive, str, str]:
    return record.hive, record.key, record.name


def irreversible(drafts: list[Draft]) -> tuple[str, ...]:
    """Say what stays behind when the GPO goes, and what cannot be taken back."""
    stays = sorted(
        f"{draft.record.hive.value}\\{draft.record.key}: {draft.record.name or '(key)'}"
        for draft in drafts
        if draft.record.action in (Action.SET, Action.CREATE_KEY, Action.SOFT)
        and (draft.record.via is Via.PREFERENCE or not is_policy_key(draft.record.key))
    )
    return tuple(f"{name} stays when the GPO goes." for name in dict.fromkeys(stays))
