"""The profile's words, as requests for ADMX policies.

A word that writes one policy is a row beside the schema (:mod:`gpogen.profile.setting`). The
functions are for what several words write together. What each word writes is listed in
``docs/words.md``, which is generated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gpogen.compile import vbs
from gpogen.compile.request import PolicyRequest
from gpogen.compile.source import Places as Tree
from gpogen.profile.schema import Profile
from gpogen.profile.sections import (
    DAYS,
    RestartAtScheduledTime,
    RestartDeadline,
    RestartNotWhileLoggedOn,
    RestartWhenRequired,
    Schedule,
    Source,
    Updates,
    Wsus,
)
from gpogen.profile.setting import ElementValue, State, setting_words
from gpogen.profile.weeks import WEEKS

WU = "WindowsUpdate"
AUTO_UPDATE = f"{WU}.AutoUpdateCfg"
WSUS_URL = f"{WU}.CorpWuURL"
SCAN_SOURCE = f"{WU}.UpdateClassPolicySource_Title"
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

_COMPOSED: Mapping[str, tuple[str, ...]] = {
    "vbs": (vbs.POLICY,),
    "updates": (AUTO_UPDATE, WSUS_URL, SCAN_SOURCE),
    "restart": (ALWAYS_RESTART, NO_RESTART_LOGGED_ON, DEADLINE, ACTIVE_HOURS),
}
"""The policies that several words of a section write together."""
_SCAN = {"windows-update": 0, "wsus": 1}
_PROXY = {"system-only": 0, "user-allowed": 1}
_WEEK_VALUES = {week: f"ScheduledInstall{week.capitalize()}Week" for week in WEEKS}
_SCHEDULE_KEYS = {"ScheduledInstallDay": "day", "ScheduledInstallTime": "at"}
AUTOMATIC_HOUR = 24


def requests(profile: Profile, tree: Tree) -> list[PolicyRequest]:
    """Return the requests of all words except ``vbs``."""
    found: list[PolicyRequest] = []
    if profile.updates is not None:
        found += _updates(profile.updates, profile, tree)
    found += _rows(profile, tree)
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


def _rows(profile: Profile, tree: Tree) -> Iterator[PolicyRequest]:
    """Yield the requests of the words that are one row each."""
    for word in setting_words(Profile):
        section = getattr(profile, word.section)
        value = None if section is None else getattr(section, word.name)
        if value is None:
            continue
        writes, at = word.row.writes(value), tree.place(word.section, word.name)
        yield PolicyRequest(
            policy=word.row.policy,
            state=writes.state,
            values=writes.values,
            at=at,
            why=tree.why(word.section, at),
            word=word.path,
        )


def policies_of(section: str) -> tuple[str, ...]:
    """Return the names of the policies that the words of a section write."""
    rows = (word.row.policy for word in setting_words(Profile) if word.section == section)
    return (*_COMPOSED.get(section, ()), *rows)


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
        for policy in _COMPOSED["restart"]:
            yield PolicyRequest(policy=policy, state="remove", at=at, word="restart")
        return
    why = restart.why or ""
    policy, state, values = _restart_policy(restart)
    yield PolicyRequest(
        policy=policy,
        state=state,
        values=values,
        at=at,
        why=why,
        word="restart",
        any_release=True,
    )
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


_Built = tuple[str, State, Mapping[str, ElementValue]]


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
