"""The profile's words for Windows Update, as requests for ADMX policies.

Each function turns one part of the profile into :class:`PolicyRequest` objects. The words and
what they write are listed in ``docs/words.md``, which is generated from these functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gpogen.compile.request import ElementValue, PolicyRequest, State
from gpogen.compile.source import Places as Tree
from gpogen.profile.schema import Profile
from gpogen.profile.sections import (
    DAYS,
    WEEKS,
    RestartAtScheduledTime,
    RestartDeadline,
    RestartNotWhileLoggedOn,
    RestartWhenRequired,
    Schedule,
    Source,
    Updates,
    Wsus,
)

WU = "WindowsUpdate"
AUTO_UPDATE = f"{WU}.AutoUpdateCfg"
WSUS_URL = f"{WU}.CorpWuURL"
SCAN_SOURCE = f"{WU}.UpdateClassPolicySource_Title"
DRIVERS = f"{WU}.ExcludeWUDriversInQualityUpdate"
OPTIONAL = f"{WU}.AllowOptionalContent"
DEFER_QUALITY = f"{WU}.DeferQualityUpdates"
TARGET_RELEASE = f"{WU}.TargetReleaseVersion"
ALWAYS_RESTART = f"{WU}.AlwaysAutoRebootAtScheduledTime"
NO_RESTART_LOGGED_ON = f"{WU}.NoAutoRebootWithLoggedOnUsers_Title"
DEADLINE = f"{WU}.ComplianceDeadline"
ACTIVE_HOURS = f"{WU}.ActiveHours"

MODE_OPTIONS: Mapping[str, int] = {
    "notify": 2,
    "download": 3,
    "install-on-schedule": 4,
    "local-admin": 5,
    "notify-restart": 7,
}
"""AUOptions by word; ``off`` is NoAutoUpdate 1."""

_OPTIONAL_CONTENT = {"automatic-with-rollouts": 1, "automatic": 2, "user-choice": 3}
_FEATURE = {"hold": "hold", "windows-server-2025": "2025"}
_SCAN = {"windows-update": 0, "wsus": 1}
_PROXY = {"system-only": 0, "user-allowed": 1}
_WEEK_VALUES = {week: f"ScheduledInstall{week.capitalize()}Week" for week in WEEKS}
_SCHEDULE_KEYS = {"ScheduledInstallDay": "day", "ScheduledInstallTime": "at"}
AUTOMATIC_HOUR = 24


def requests(profile: Profile, tree: Tree) -> list[PolicyRequest]:
    """Return the requests of ``updates`` and ``restart``."""
    found: list[PolicyRequest] = []
    if profile.updates is not None:
        found += _updates(profile.updates, profile, tree)
    found += _restart(profile, tree)
    return found


def hour(text: str) -> int:
    """Turn ``03:00`` into 3 and ``automatic`` into 24, as ScheduledInstallTime has them."""
    return AUTOMATIC_HOUR if text == "automatic" else int(text[:2])


def day(word: str) -> int:
    """Turn ``every-day`` into 0, ``sunday`` into 1, ``saturday`` into 7."""
    return 0 if word == "every-day" else DAYS.index(word) + 1


def _keyword(value: object) -> State | None:
    if value == "remove":
        return "remove"
    return "unmanaged" if value == "unmanaged" else None


def _updates(updates: Updates, profile: Profile, tree: Tree) -> Iterator[PolicyRequest]:
    yield from _auto_update(updates, tree)
    yield from _source(updates, profile, tree)
    simple = (
        ("drivers", updates.drivers, _drivers),
        ("optional_content", updates.optional_content, _optional_content),
        ("quality_deferral_days", updates.quality_deferral_days, _deferral),
        ("feature_updates", updates.feature_updates, _feature_updates),
    )
    for name, value, build in simple:
        if value is None:
            continue
        policy, state, values = build(value)
        at = tree.place("updates", name)
        yield PolicyRequest(
            policy=policy,
            state=_keyword(value) or state,
            values=values,
            at=at,
            why=tree.why("updates", at),
            word=f"updates.{name}",
        )


_Built = tuple[str, State, Mapping[str, ElementValue]]


def _drivers(value: object) -> _Built:
    return DRIVERS, "enabled" if value == "exclude" else "disabled", {}


def _optional_content(value: object) -> _Built:
    choice = _OPTIONAL_CONTENT.get(str(value))
    if choice is None:
        return OPTIONAL, "disabled", {}
    return OPTIONAL, "enabled", {"AllowOptionalContent": choice}


def _deferral(value: object) -> _Built:
    if isinstance(value, int) and value > 0:
        return DEFER_QUALITY, "enabled", {"DeferQualityUpdatesPeriodInDays": value}
    return DEFER_QUALITY, "disabled", {}


def _feature_updates(value: object) -> _Built:
    version = _FEATURE.get(str(value), "")
    return TARGET_RELEASE, "enabled", {"ProductVersion": "", "TargetReleaseVersionInfo": version}


def _auto_update(updates: Updates, tree: Tree) -> Iterator[PolicyRequest]:
    mode = updates.mode
    if mode is None:
        return
    at = tree.place("updates", "mode")
    state = _keyword(mode) or ("disabled" if mode == "off" else "enabled")
    values: dict[str, ElementValue] = {}
    places = {"AUOptions": at}
    if state == "enabled":
        values["AUOptions"] = MODE_OPTIONS[mode]
        values |= _schedule_values(updates)
        for name in values:
            key = _SCHEDULE_KEYS.get(name, "weeks")
            places.setdefault(name, tree.place("updates", "schedule", key))
        places["AllowMUUpdateService"] = tree.place("updates", "microsoft_update")
    yield PolicyRequest(
        policy=AUTO_UPDATE,
        state=state,
        values=values,
        at=at,
        places=places,
        why=tree.why("updates", at),
        word="updates.mode",
        filled=_filled(updates, values),
    )


def _filled(updates: Updates, values: Mapping[str, ElementValue]) -> frozenset[str]:
    """Name the elements that the author said nothing about."""
    authored = {"AUOptions"}
    if isinstance(updates.schedule, Schedule):
        authored |= {name for name in values if name.startswith("ScheduledInstall")}
    if updates.microsoft_update is not None:
        authored.add("AllowMUUpdateService")
    return frozenset(set(values) - authored)


def _schedule_values(updates: Updates) -> dict[str, ElementValue]:
    schedule = updates.schedule
    values: dict[str, ElementValue] = {}
    if isinstance(schedule, str):
        names = ("ScheduledInstallDay", "ScheduledInstallTime", "ScheduledInstallEveryWeek")
        values |= dict.fromkeys((*names, *_WEEK_VALUES.values()), schedule)
    else:
        chosen = schedule or Schedule()
        values["ScheduledInstallDay"] = day(chosen.day)
        values["ScheduledInstallTime"] = hour(chosen.at)
        values["ScheduledInstallEveryWeek"] = chosen.weeks == ("every",)
        values |= {name: week in chosen.weeks for week, name in _WEEK_VALUES.items()}
    if updates.microsoft_update is not None:
        values["AllowMUUpdateService"] = updates.microsoft_update
    return values


def _source(updates: Updates, profile: Profile, tree: Tree) -> Iterator[PolicyRequest]:
    source = updates.source
    if source is None or profile.orchestration == "configmgr":
        # ConfigMgr's own agent owns CorpWuURL; a second writer makes its scans fail.
        return
    at = tree.place("updates", "source")
    why = tree.why("updates", at)
    if not isinstance(source, Source):
        yield PolicyRequest(
            policy=WSUS_URL,
            state=_keyword(source) or "disabled",
            at=at,
            why=why,
            word="updates.source",
        )
        if source == "remove":
            yield PolicyRequest(
                policy=SCAN_SOURCE, state="remove", at=at, why=why, word="updates.source"
            )
        return
    yield _wsus(source.wsus, tree, why)
    if source.scan is not None:
        yield _scan(source, tree, why)


def _wsus(wsus: Wsus, tree: Tree, why: str) -> PolicyRequest:
    values: dict[str, ElementValue] = {
        "WUServer": wsus.server,
        "WUStatusServer": wsus.status_server,
        "UpdateServiceUrlAlternate": wsus.alternate or "",
        "FillEmptyContentUrls": wsus.fill_empty_content_urls,
        "DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection": wsus.skip_tls_pinning,
        "SetProxyBehaviorForUpdateDetection": _PROXY[wsus.proxy],
    }
    at = tree.place("updates", "source", "wsus")
    fields = {
        "WUServer": "server",
        "WUStatusServer": "status_server",
        "UpdateServiceUrlAlternate": "alternate",
        "FillEmptyContentUrls": "fill_empty_content_urls",
    }
    places = {v: tree.place("updates", "source", "wsus", key) for v, key in fields.items()}
    return PolicyRequest(
        policy=WSUS_URL,
        state="enabled",
        values=values,
        at=at,
        places=places,
        why=why,
        word="updates.source",
    )


def _scan(source: Source, tree: Tree, why: str) -> PolicyRequest:
    assert source.scan is not None
    scan = source.scan
    chosen = {
        "Feature": scan.feature,
        "Quality": scan.quality,
        "Driver": scan.drivers,
        "Other": scan.other,
    }
    values: dict[str, ElementValue] = {
        f"SetPolicyDrivenUpdateSourceFor{name}Updates": _SCAN[word] for name, word in chosen.items()
    }
    return PolicyRequest(
        policy=SCAN_SOURCE,
        state="enabled",
        values=values,
        at=tree.place("updates", "source", "scan"),
        why=why,
        word="updates.source.scan",
    )


def _restart(profile: Profile, tree: Tree) -> Iterator[PolicyRequest]:
    restart = profile.restart
    if restart is None or restart == "unmanaged":
        return
    at = tree.place("restart", "policy") if not isinstance(restart, str) else tree.place("restart")
    if isinstance(restart, str):
        for policy in (ALWAYS_RESTART, NO_RESTART_LOGGED_ON, DEADLINE, ACTIVE_HOURS):
            yield PolicyRequest(policy=policy, state="remove", at=at, word="restart")
        return
    why = restart.why or ""
    policy, state, values = _restart_policy(restart)
    yield PolicyRequest(policy=policy, state=state, values=values, at=at, why=why, word="restart")
    hours = restart.active_hours
    if hours is not None:
        yield PolicyRequest(
            policy=ACTIVE_HOURS,
            state="enabled",
            values={"ActiveHoursStart": hour(hours.start), "ActiveHoursEnd": hour(hours.end)},
            at=tree.place("restart", "active_hours"),
            why=why,
            word="restart.active_hours",
        )


def _restart_policy(restart: object) -> _Built:
    match restart:
        case RestartAtScheduledTime():
            minutes = restart.warn_minutes
            return ALWAYS_RESTART, "enabled", {"AlwaysAutoRebootAtScheduledTimeMinutes": minutes}
        case RestartNotWhileLoggedOn():
            return NO_RESTART_LOGGED_ON, "enabled", {}
        case RestartDeadline():
            return DEADLINE, "enabled", _deadline(restart)
        case RestartWhenRequired():
            return ALWAYS_RESTART, "disabled", {}
    raise AssertionError(restart)


def _deadline(restart: RestartDeadline) -> Mapping[str, ElementValue]:
    """Name the elements of both template generations; each OS has only its own."""
    return {
        "ConfigureDeadlineForQualityUpdates": restart.days,
        "ConfigureDeadlineGracePeriod": restart.grace_days,
        "ConfigureDeadlineForFeatureUpdates": restart.days,
        "ConfigureDeadlineGracePeriodForFeatureUpdates": restart.grace_days,
        "ConfigureDeadlineNoAutoReboot": restart.no_early_restart,
        "ConfigureDeadlineNoAutoRebootForQualityUpdates": restart.no_early_restart,
    }
