"""The situation of a profile or of a foreign GPO, read from what its records leave behind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gpogen.catalog.effective import InForce
from gpogen.profile.schema import Profile
from gpogen.servicing.effective import SERVICE, WU, Effective
from gpogen.servicing.machines import Machines
from gpogen.servicing.situation import Azure, Block, From, Mode, Policy, Situation, Timetable

_MODES = {
    2: Mode.NOTIFY,
    3: Mode.DOWNLOAD,
    4: Mode.SCHEDULE,
    5: Mode.LOCAL_ADMIN,
    7: Mode.NOTIFY_RESTART,
}
_CLASSES = ("Feature", "Quality", "Driver", "Other")
_DEFAULT_HOUR, _HOURS = 3, 24
_DISABLED = 4
"""Start of a service that is disabled."""
DEADLINES = ("SetComplianceDeadline", "SetComplianceDeadlineForQU")
"""The two generations; which of them a server build honors is unproven (UNPROVEN-C)."""


def situation_of(
    found: InForce[Any],
    machines: Machines | None,
    named: str | None,
    profile: Profile | None = None,
) -> Situation:
    """Read a situation.

    Args:
        found: what counts of the profile or the GPO; raw values count as its words do.
        machines: what is known about the machines.
        named: the orchestration that the profile or the command line names.
        profile: Azure's settings; None for somebody else's GPO.
    """
    values = Effective(found)
    platform = machines.found if machines else None
    return Situation(
        platform=platform.word if platform else "",
        role=machines.role if machines else "member",
        named=named,
        possible=platform is None or named is None or named in platform.orchestrations,
        mode=_mode(values),
        restart=_restart(values),
        source=source_of(values),
        blocks=frozenset(_blocks(values)),
        azure=_azure(profile) if profile else Azure(),
        security=profile is None or _takes_security(profile),
        quality_from_wsus=quality_from_wsus(values),
        timetable=_timetable(values),
    )


def _mode(values: Effective) -> Mode:
    off, options = values.number("NoAutoUpdate"), values.number("AUOptions")
    if off == 1:
        return Mode.OFF
    if options is not None:
        return _MODES.get(options, Mode.OTHER)
    if off is not None:
        return Mode.ON
    removed = values.removed("AUOptions") or values.removed("NoAutoUpdate")
    return Mode.REMOVED if removed else Mode.ABSENT


def _timetable(values: Effective) -> Timetable:
    if values.number("AutomaticMaintenanceEnabled") == 1:
        return Timetable(0, None)  # Automatic maintenance takes the place of day and hour.
    hour = values.number("ScheduledInstallTime")
    hour = _DEFAULT_HOUR if hour is None else hour
    weeks = frozenset(
        number
        for number, word in enumerate(("First", "Second", "Third", "Fourth"), 1)
        if values.number(f"ScheduledInstall{word}Week") == 1
    )
    if values.number("ScheduledInstallEveryWeek") == 1:
        weeks = frozenset()  # Which of the two counts is unproven; AU-WEEKS tells of both.
    day = values.number("ScheduledInstallDay") or 0
    return Timetable(day, hour if hour < _HOURS else None, weeks)


def _restart(values: Effective) -> Policy:
    if any(values.number(name, WU) == 1 for name in DEADLINES):
        return Policy.DEADLINE
    if values.number("NoAutoRebootWithLoggedOnUsers") == 1:
        return Policy.NOT_WHILE_SIGNED_IN
    always = values.number("AlwaysAutoRebootAtScheduledTime")
    if always == 1:
        return Policy.AT_SCHEDULED_TIME
    return Policy.ABSENT if always is None else Policy.WHEN_REQUIRED


def _by_class(values: Effective) -> dict[str, int | None]:
    if values.number("UseUpdateClassPolicySource") != 1:
        return {}
    names = {word: f"SetPolicyDrivenUpdateSourceFor{word}Updates" for word in _CLASSES}
    return {word: values.number(name, WU) for word, name in names.items()}


def quality_from_wsus(values: Effective) -> bool:
    """Tell whether quality updates come from WSUS."""
    return values.number("UseWUServer") == 1 and _by_class(values).get("Quality") != 0


def source_of(values: Effective) -> From:
    """Return where updates come from, as far as the values say."""
    if _is_cut_off(values):
        return From.BLOCKED
    used = values.number("UseWUServer")
    by_class = set(_by_class(values).values())
    if used == 1:
        if not values.text("WUServer", WU):
            return From.UNKNOWN
        if not by_class or by_class == {1}:
            return From.WSUS
        return From.MIXED if by_class != {0} else From.WINDOWS_UPDATE
    if values.number("AllowMUUpdateService") == 1:
        return From.MICROSOFT_UPDATE
    said = used is not None or by_class == {0}
    return From.WINDOWS_UPDATE if said else From.ABSENT


def _is_cut_off(values: Effective) -> bool:
    blocked = values.number("DoNotConnectToWindowsUpdateInternetLocations", WU) == 1
    return blocked and not quality_from_wsus(values)


def _blocks(values: Effective) -> Iterable[Block]:
    if _is_cut_off(values):
        yield Block.INTERNET
    if values.number("DisableWindowsUpdateAccess", WU) == 1:
        yield Block.ACCESS
    if values.number("Start", SERVICE) == _DISABLED:
        yield Block.SERVICE


def _azure(profile: Profile) -> Azure:
    said, plan = profile.azure, profile.update_manager
    reboot = (said.reboot_setting if said else None) or (plan.reboot if plan else None)
    schedule = said.maintenance_schedule if said else None
    if schedule is None and plan is not None:
        schedule = True
    return Azure(
        patch_mode=said.patch_mode if said else None,
        bypass=said.bypass_platform_safety_checks if said else None,
        schedule=schedule,
        hotpatching=said.enable_hotpatching if said else None,
        reboot=reboot,
    )


def _takes_security(profile: Profile) -> bool:
    plan = profile.update_manager
    return plan is None or plan.classifications is None or "Security" in plan.classifications
