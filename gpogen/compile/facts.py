"""What README.txt and the Set script say in sentences, as facts about one profile."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.expected import expected
from gpogen.compile import iso, secureboot, vbs
from gpogen.compile.drafts import Draft
from gpogen.compile.effective import ByName
from gpogen.compile.result import CredentialGuard, Deadline, Facts, RestartCause
from gpogen.policy.data import RegData
from gpogen.policy.keys import is_policy_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via
from gpogen.profile.schema import Profile
from gpogen.profile.sections import RestartAtScheduledTime, RestartDeadline


def facts(profile: Profile, drafts: list[Draft], set_values: ByName) -> Facts:
    """Return the facts about a profile, its records, and those of them that count."""
    restart = profile.restart
    return Facts(
        restart_causes=tuple(_causes(profile, set_values)),
        warn_minutes=restart.warn_minutes if isinstance(restart, RestartAtScheduledTime) else None,
        deadline=Deadline(days=restart.days, grace_days=restart.grace_days)
        if isinstance(restart, RestartDeadline)
        else None,
        deferral_days=_deferral_days(set_values),
        credential_guard=_credential_guard(profile, set_values),
        decides_installation=_decides_installation(profile, set_values),
        unprepared_iso=iso.is_iso(profile) and not iso.is_prepared(profile),
        stays=tuple(_stays(drafts)),
        assured=tuple((item.what, item.why) for item in profile.assured),
    )


def _causes(profile: Profile, set_values: ByName) -> Iterator[RestartCause]:
    if vbs.enforcement(profile) in ("policy", "registry", "policy+registry"):
        yield RestartCause.VBS
    if iso.is_prepared(profile):
        yield RestartCause.ISO
    if secureboot.deploys(set_values):
        yield RestartCause.CERTIFICATES


def _deferral_days(set_values: ByName) -> int:
    days = _set(set_values, "DeferQualityUpdatesPeriodInDays")
    is_on = _set(set_values, "DeferQualityUpdates") == 1
    return days if is_on and isinstance(days, int) else 0


def _credential_guard(profile: Profile, set_values: ByName) -> CredentialGuard | None:
    if _set(set_values, vbs.VALUE) != 1 or profile.target is None:
        return None
    guard = _set(set_values, "LsaCfgFlags")
    if guard in (1, 2):
        return CredentialGuard.ON
    if "2025" not in profile.target.os:
        return None
    return CredentialGuard.OFF if guard == 0 else CredentialGuard.OPEN


def _decides_installation(profile: Profile, set_values: ByName) -> bool:
    if profile.target is not None and profile.target.platform == "azure-vm":
        return False
    return _set(set_values, "AUOptions") is not None or _set(set_values, "NoAutoUpdate") == 1


def _set(set_values: ByName, name: str) -> RegData | None:
    """Return what a policy's value is set to, by whichever route; None where it is not set."""
    found = (item.record for item in set_values.get(name.lower(), ()))
    return next((item.value for item in found if expected(*_place(item)) is not None), None)


def _place(record: Record) -> tuple[Hive, str, str]:
    return record.hive, record.key, record.name


def _stays(drafts: list[Draft]) -> Iterator[Record]:
    for draft in drafts:
        record = draft.record
        if record.action in (Action.SET, Action.CREATE_KEY, Action.SOFT) and (
            record.via is Via.PREFERENCE or not is_policy_key(record.key)
        ):
            yield record
