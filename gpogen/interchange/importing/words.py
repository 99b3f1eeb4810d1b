"""Candidates for the words of a profile: what the sections could say to give some records.

The candidates are guesses, the most expressive first. Whether one is right is seen by compiling
it: see :mod:`gpogen.interchange.importing.compose`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from gpogen.catalog.policies import policies
from gpogen.compile import vbs, words
from gpogen.interchange.importing.record_index import Seen
from gpogen.profile.schema import Profile
from gpogen.profile.sections import DAYS
from gpogen.profile.setting import SettingWord, setting_words
from gpogen.profile.weeks import WEEKS

Body: TypeAlias = dict[str, Any]
"""A part of a profile, such as ``{"updates": {"drivers": "exclude"}}``."""
_ALWAYS_SAID = ("platform_security", "credential_guard", "hvci")
"""What a reader looks for in ``vbs``, so it is written even where it is the default."""
_AUTO = words.AUTO_UPDATE


def candidates(seen: Seen) -> Iterator[Iterator[Body]]:
    """Yield the candidates of each section and word, in the order of the documentation."""
    for make in _SECTIONS:
        yield make(seen)


def _vbs(seen: Seen) -> Iterator[Body]:
    said: Body = {}
    safe = policies()[vbs.POLICY].safe
    for name, row in vbs.FIELDS.items():
        found = seen.element_values(vbs.POLICY).get(row.element)
        word = next((word for word, one in row.words.items() if one == found), None)
        usual = found == safe[row.element] and name not in _ALWAYS_SAID
        if found is not None and word is not None and not usual:
            said[name] = word
    for how in ("policy+registry", "policy"):
        yield {"vbs": {"enforce": how, **said}}
    yield {"vbs": {"enforce": "registry"}}
    yield {"vbs": "remove"}


def _mode(seen: Seen) -> Iterator[Body]:
    options = seen.data(_AUTO, "AUOptions")
    known = [word for word, number in words.MODE_OPTIONS.items() if number == options]
    for mode in known:
        for schedule in _schedules(seen, mode):
            body: Body = {"mode": mode}
            body |= {"schedule": schedule} if schedule is not None else {}
            yield {"updates": {**body, "microsoft_update": _microsoft_update(seen)}}
    yield {"updates": {"mode": "off"}}
    yield {"updates": {"mode": "remove"}}


def _microsoft_update(seen: Seen) -> bool | str:
    if seen.find(_AUTO, "AllowMUUpdateService") is None:
        return "unmanaged"
    return seen.data(_AUTO, "AllowMUUpdateService") == 1


def _schedules(seen: Seen, mode: str) -> list[Body | str | None]:
    decoded = _schedule(seen)
    first: list[Body | str | None] = [decoded] if decoded else []
    # The default schedule is worth a line only where it counts.
    order = [*first, None] if mode == "install-on-schedule" else [None, *first]
    return [*order, "unmanaged", "remove"]


def _schedule(seen: Seen) -> Body | None:
    day = seen.data(_AUTO, "ScheduledInstallDay")
    hour = seen.data(_AUTO, "ScheduledInstallTime")
    if not isinstance(day, int) or not isinstance(hour, int):
        return None
    if day > len(DAYS) or hour > words.AUTOMATIC_HOUR:
        return None
    weeks = [w for w in WEEKS if seen.data(_AUTO, f"ScheduledInstall{w.capitalize()}Week") == 1]
    return {
        "day": "every-day" if day == 0 else DAYS[day - 1],
        "at": "automatic" if hour == words.AUTOMATIC_HOUR else f"{hour:02}:00",
        "weeks": weeks or "every",
    }


def _source(seen: Seen) -> Iterator[Body]:
    yield {"updates": {"source": "windows-update"}}
    values = seen.element_values(words.WSUS_URL)
    server = {"server": values.get("WUServer"), "status_server": values.get("WUStatusServer")}
    if all(server.values()):
        wsus = {**server, **_wsus_options(values)}
        scan = _scan(seen)
        if scan is not None:
            yield {"updates": {"source": {"wsus": wsus, "scan": scan}}}
        yield {"updates": {"source": {"wsus": wsus}}}
    yield {"updates": {"source": "remove"}}


def _wsus_options(values: Mapping[str, int | str | bool]) -> Body:
    found: Body = {}
    if values.get("UpdateServiceUrlAlternate"):
        found["alternate"] = values["UpdateServiceUrlAlternate"]
    if values.get("FillEmptyContentUrls"):
        found["fill_empty_content_urls"] = True
    if values.get("DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection"):
        found["skip_tls_pinning"] = True
    if values.get("SetProxyBehaviorForUpdateDetection") == 1:
        found["proxy"] = "user-allowed"
    return found


def _scan(seen: Seen) -> Body | None:
    names = {"feature": "Feature", "quality": "Quality", "drivers": "Driver", "other": "Other"}
    found: Body = {}
    for word, name in names.items():
        value = seen.data(words.SCAN_SOURCE, f"SetPolicyDrivenUpdateSourceFor{name}Updates")
        if value not in (0, 1):
            return None
        found[word] = "wsus" if value else "windows-update"
    return found


def _row(word: SettingWord) -> Callable[[Seen], Iterator[Body]]:
    def make(seen: Seen) -> Iterator[Body]:
        number = word.row.number
        found = None if number is None else seen.data(word.row.policy, number.element)
        for value in (found, *word.row.words, "remove"):
            if value is not None:
                yield {word.section: {word.name: value}}

    return make


def _restart(seen: Seen) -> Iterator[Body]:
    hours = _active_hours(seen)
    for policy in _restart_policies(seen):
        if hours:
            yield {"restart": {**policy, "active_hours": hours}}
        yield {"restart": policy}
    yield {"restart": "remove"}


def _restart_policies(seen: Seen) -> Iterator[Body]:
    days = seen.data(words.DEADLINE, "ConfigureDeadlineForQualityUpdates")
    grace = seen.data(words.DEADLINE, "ConfigureDeadlineGracePeriod")
    if days is not None and grace is not None:
        deadline = {"policy": "deadline", "days": days, "grace_days": grace}
        yield deadline
        yield {**deadline, "no_early_restart": True}
    minutes = seen.data(words.ALWAYS_RESTART, "AlwaysAutoRebootAtScheduledTimeMinutes")
    if minutes is not None:
        yield {"policy": "at-scheduled-time", "warn_minutes": minutes}
    yield {"policy": "not-while-users-are-logged-on"}
    yield {"policy": "when-required"}


def _active_hours(seen: Seen) -> Body | None:
    found: Body = {}
    for word, name in (("start", "ActiveHoursStart"), ("end", "ActiveHoursEnd")):
        hour = seen.data(words.ACTIVE_HOURS, name)
        if not isinstance(hour, int) or hour >= words.AUTOMATIC_HOUR:
            return None
        found[word] = f"{hour:02}:00"
    return found


_SECTIONS: tuple[Callable[[Seen], Iterator[Body]], ...] = (
    _vbs,
    _mode,
    _source,
    *(_row(word) for word in setting_words(Profile)),
    _restart,
)


def policy_candidates(seen: Seen, policy_id: str) -> Iterator[dict[str, Any]]:
    """Yield what an item of ``policies`` could say about one policy."""
    values = seen.element_values(policy_id)
    enabled: dict[str, Any] = {"policy": policy_id, "state": "enabled"}
    yield {**enabled, "values": values} if values else enabled
    for state in ("disabled", "remove"):
        yield {"policy": policy_id, "state": state}


def names_values(seen: Seen, policy_id: str) -> bool:
    """Tell whether any value of a policy is among the records."""
    definition = seen.definition(policy_id)
    if definition is None:
        return False
    names = [element.name for element in definition.elements]
    names += [definition.value_name] if definition.value_name is not None else []
    if any(seen.find(policy_id, name) is not None for name in names):
        return True
    entries = (*definition.enabled_list, *definition.disabled_list)
    return any((entry.key.lower(), entry.name.lower()) in seen.places for entry in entries)
