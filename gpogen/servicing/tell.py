"""The answer in words, for rules, README.txt, lists and the calendar."""

from __future__ import annotations

from typing import Protocol

from gpogen.servicing.answer import Installer, Restarts, Servicing, Who, Why
from gpogen.servicing.situation import From, Mode, Situation

_WHO = {
    Who.SCHEDULE: "Windows Update, on its schedule",
    Who.DEADLINE: "Windows Update, when updates are offered (deadline)",
    Who.USER: "a person, by hand",
    Who.GUEST_PATCHING: "Azure guest patching",
    Who.UPDATE_MANAGER: "Azure Update Manager, on its schedule",
    Who.CONFIGMGR: "Configuration Manager",
    Who.CLUSTER_AWARE: "Cluster-Aware Updating",
    Who.THIRD_PARTY: "a third-party patch manager",
    Who.UNKNOWN: "unknown",
    Who.NOBODY: "nobody",
}
_SOURCE = {
    From.WINDOWS_UPDATE: "Windows Update",
    From.MICROSOFT_UPDATE: "Microsoft Update",
    From.WSUS: "WSUS",
    From.MIXED: "WSUS and Windows Update, depending on the class of update",
    From.BLOCKED: "nowhere: Windows Update is blocked, and the machines do not use WSUS",
    From.CONFIGMGR: "Configuration Manager",
    From.UNKNOWN: "unknown",
}
_RESTARTS = {
    Restarts.FORCED: "Windows, forced after the installation, even if users are signed in",
    Restarts.AFTER: "Windows, after the installation; a signed-in user can delay it",
    Restarts.SIGNED_OUT: "Windows, after the installation, when nobody is signed in",
    Restarts.DEADLINE: "Windows, any time after the installation, at the deadline at the latest",
    Restarts.PLATFORM: "Azure, in off-peak hours that it chooses",
    Restarts.USER: "a person; nothing in these files forces it",
    Restarts.NOBODY: "nobody",
    Restarts.UNKNOWN: "unknown",
}
_ORCHESTRATORS = {
    Who.UPDATE_MANAGER: (
        "Azure Update Manager, in its maintenance window, if rebootSetting allows it"
    ),
    Who.CONFIGMGR: "Configuration Manager, according to its deployments",
    Who.CLUSTER_AWARE: "Cluster-Aware Updating, one node at a time",
    Who.THIRD_PARTY: "the third-party patch manager, according to its settings",
}
_SHORT = {
    Restarts.FORCED: "forced",
    Restarts.AFTER: "after installation, delayable",
    Restarts.SIGNED_OUT: "when nobody is signed in",
    Restarts.DEADLINE: "by deadline",
    Restarts.PLATFORM: "by Azure",
    Restarts.ORCHESTRATOR: "by the installer",
    Restarts.USER: "by hand",
    Restarts.NOBODY: "nobody",
    Restarts.UNKNOWN: "unknown",
}
_REASONS = {
    Why.OFF: "Automatic Updates is off (NoAutoUpdate 1)",
    Why.MACHINE: (
        "no option is set, so the setting of the machine decides; what a server without a setting "
        "does is unproven (UNPROVEN-G)"
    ),
    Why.REMOVED: (
        "the mode is removed; what a server then does is unproven (UNPROVEN-G): it may install "
        "and restart automatically"
    ),
    Why.PATCH_MODE: "with patch_mode Manual, nothing installs automatically",
    Why.BY_OS: "with patch_mode AutomaticByOS, Windows installs automatically, without Azure",
    Why.NO_SCHEDULE: (
        "nobody patches: bypassed safety checks leave it to a schedule, and no schedule is assigned"
    ),
    Why.NEITHER: (
        "neither guest patching nor the schedule runs: a schedule is assigned, and the safety "
        "checks are not bypassed"
    ),
    Why.NO_SECURITY: "its schedule excludes security updates",
    Why.NOT_ON_PLATFORM: "the platform does not support it",
    Why.BY_HAND: "updates wait for a person to install them",
}


def mode_text(mode: Mode) -> str:
    """Write ``mode download (AUOptions 3)``."""
    numbers = {
        Mode.NOTIFY: "AUOptions 2",
        Mode.DOWNLOAD: "AUOptions 3",
        Mode.SCHEDULE: "AUOptions 4",
        Mode.LOCAL_ADMIN: "AUOptions 5",
        Mode.NOTIFY_RESTART: "AUOptions 7",
        Mode.OFF: "NoAutoUpdate 1",
    }
    if mode is Mode.ON:
        return "NoAutoUpdate 0"
    return f"mode {mode.value} ({numbers[mode]})" if mode in numbers else "this AUOptions"


def reason_text(item: Installer, situation: Situation) -> str:
    """Say why somebody installs, or nobody does, or it is unknown."""
    if item.why is Why.NO_SUCH_OPTION:
        return f"{mode_text(situation.mode)} has no known effect"
    if item.why is Why.BY_HAND and situation.mode in (
        Mode.NOTIFY,
        Mode.DOWNLOAD,
        Mode.NOTIFY_RESTART,
    ):
        return f"{mode_text(situation.mode)} waits for a person"
    if item.why is Why.NAMED:
        return f"{who_text(item)} installs"
    return _REASONS.get(item.why, item.why.value)


def who_text(item: Installer) -> str:
    """Name who installs."""
    if item.why is Why.ON_REQUEST:
        return "Azure Update Manager, only on request"
    return _WHO[item.who]


class _When(Protocol):
    """A timetable, or the calendar's schedule."""

    @property
    def day(self) -> int: ...
    @property
    def hour(self) -> int | None: ...
    @property
    def weeks(self) -> frozenset[int]: ...


_DAYS = ("", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WEEKS = ("", "first", "second", "third", "fourth")


def timetable_text(when: _When) -> str:
    """Write ``second Saturday 04:00``."""
    day = (_DAYS[when.day] if 0 <= when.day < len(_DAYS) else "") or "every day"
    weeks = ", ".join(_WEEKS[week] for week in sorted(when.weeks))
    hour = "at an hour that Windows chooses" if when.hour is None else f"{when.hour:02}:00"
    return f"{weeks} {day} {hour}".strip()


def installs_text(found: Servicing, zone: str = "") -> str:
    """Name all who install, and when where the policy says it.

    Args:
        found: the answer.
        zone: the machines' time zone, ``Europe/Rome``, to name beside the hour; empty for none.
    """
    first, *more = (_timed(item, found, zone) for item in found.installers)
    doubtful = ", and perhaps Windows Update (unknown)"
    return first + "".join(
        doubtful if text == _WHO[Who.UNKNOWN] else f" and {text}" for text in more
    )


def _timed(item: Installer, found: Servicing, zone: str) -> str:
    if item.who is Who.SCHEDULE and item.why is Why.MODE:
        when = found.situation.timetable
        where = f" ({zone})" if zone and when.hour is not None else ""
        return f"{who_text(item)}: {timetable_text(when)}{where}"
    return who_text(item)


def source_text(found: Servicing) -> str:
    """Name where updates come from."""
    text = _SOURCE[found.source]
    return f"{text} (the Windows default; another GPO can change it)" if found.assumed else text


def restarts_text(found: Servicing) -> str:
    """Say who restarts, and when."""
    if found.restarts is Restarts.ORCHESTRATOR:
        return _ORCHESTRATORS[found.installers[0].who]
    return _RESTARTS[found.restarts]


def short_text(found: Servicing) -> str:
    """Write who installs and who restarts for a list: ``installs: ...; restarts: ...``."""
    who = " and ".join(item.who.value for item in found.installers)
    return f"installs: {who}; restarts: {_SHORT[found.restarts]}"
