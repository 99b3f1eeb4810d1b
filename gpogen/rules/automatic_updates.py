"""Rules about the Windows Update client and who orchestrates it."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Place, Severity
from gpogen.rules.engine import Hit
from gpogen.servicing.read import DEADLINES
from gpogen.servicing.situation import Mode

INSTALL_ON_SCHEDULE = 4
_SCHEDULE = (
    "ScheduledInstallDay",
    "ScheduledInstallTime",
    "ScheduledInstallEveryWeek",
    "ScheduledInstallFirstWeek",
    "ScheduledInstallSecondWeek",
    "ScheduledInstallThirdWeek",
    "ScheduledInstallFourthWeek",
)


def hp037(subject: Authored) -> Iterator[Hit]:
    """Settings that Azure guest patching ignores, and settings that interfere with it."""
    situation = subject.servicing.situation
    if situation.platform != "azure-vm" or situation.named != "azure-guest-patching":
        return
    related = (subject.place_of("orchestration"),)
    updates = subject.profile.updates
    schedule = updates.schedule if updates else None
    if schedule not in (None, "unmanaged", "remove"):
        message = "updates.schedule is set, but Azure guest patching ignores it"
        at = subject.place_of("updates", "schedule")
        yield Hit(message=message, at=at, related=related)
    yield from _interfering(subject)


def _interfering(subject: Subject) -> Iterator[Hit]:
    """Find what still applies in the guest: Azure guest patching does not configure it."""
    found = {
        "UseWUServer": "WSUS is the source",
        "DeferQualityUpdates": "a deferral or pause is set",
    }
    for name, what in found.items():
        if subject.number(name) == 1:
            message = f"{what}; it still applies to the updates that Azure guest patching installs"
            yield Hit(
                message=message,
                at=subject.place(name),
                related=(subject.place_of("orchestration"),),
                severity=Severity.WARNING,
                fix="remove it; on an Azure VM, use `source: windows-update`",
            )


def feature_update_hold(subject: Subject) -> Iterator[Hit]:
    """The upgrade from Windows Server 2022 to 2025 that Windows Update offers."""
    hit = _target_release(subject)
    if hit is not None:
        yield hit
    for name in ("DeferFeatureUpdates", "SetComplianceDeadlineForFU"):
        if subject.number(name) == 1:
            message = f"{name} applies to feature updates, which a hotpatch server must not get"
            yield Hit(message=message, at=subject.place(name))


def _target_release(subject: Subject) -> Hit | None:
    draft = subject.find("TargetReleaseVersionInfo")
    value = draft.record.value if draft else None
    if subject.family != "windows-server-2022":
        return None
    if draft is not None and value == "2025":
        message = (
            "the target version is Windows Server 2025: an in-place upgrade off the hotpatch train"
        )
        return Hit(message=message, at=draft.place, severity=Severity.ERROR)
    found = subject.servicing
    offered = found.from_windows_update and (found.by_itself or not subject.foreign)
    if not offered or value == "hold":
        return None
    message = "Windows Update offers Windows Server 2025 to this system, and nothing blocks it"
    return Hit(message=message, at=source_place(subject))


def source_place(subject: Subject) -> Place | None:
    """Return where the source is written, or what installs from it."""
    if subject.written("updates", "source"):
        return subject.place_of("updates", "source")
    names = ("AUOptions", *DEADLINES)
    found = next(iter(subject.places(*names)), None)
    if found is None and not subject.written("updates"):
        return subject.place_of("target", "os")
    return found or subject.place_of("updates")


def au_schedule_only_4(subject: Subject) -> Iterator[Hit]:
    """A schedule without scheduled installation."""
    options = subject.number("AUOptions")
    off = subject.servicing.situation.mode is Mode.OFF
    if options in (None, INSTALL_ON_SCHEDULE) and not off:
        return
    # In a GPO from the editor day, time and every week say nothing: it always writes them.
    wanted = _SCHEDULE[3:] if subject.foreign else _SCHEDULE
    names = [name for name in wanted if subject.find(name)]
    if names:
        told = "NoAutoUpdate 1" if off else f"AUOptions {options}"
        message = f"a schedule is set, but {told} does not use it"
        related = subject.places("AUOptions")
        yield Hit(
            message=message,
            at=subject.place(names[0]),
            related=related,
            fix=None if may_schedule(subject) else _NO_SCHEDULE,
            foreign_fix="" if may_schedule(subject) else "clear the weeks of the schedule",
        )


_NO_SCHEDULE = "write `updates: {schedule: unmanaged}` or remove the raw values"


def may_schedule(subject: Subject) -> bool:
    """Tell whether a scheduled installation is right: nobody but Windows is to install."""
    situation = subject.servicing.situation
    by_windows = situation.named in (None, "group-policy", "sconfig")
    return by_windows and situation.role != "cluster-node" and situation.platform != "azure-vm"


def au_5_dead(subject: Subject) -> Iterator[Hit]:
    """Local choice, which Windows 10 code no longer offers."""
    if subject.number("AUOptions") == 5:
        message = "AUOptions 5 (local-admin) has no effect on Windows Server 2016 and later"
        yield Hit(message=message, at=subject.place("AUOptions"), fix=_instead_of_5(subject))


def _instead_of_5(subject: Subject) -> str:
    """Say what to write instead; who is to install decides."""
    situation = subject.servicing.situation
    if situation.platform == "azure-vm":
        return "remove the mode: the Azure VM platform writes it"
    if situation.named == "sconfig":
        return "write `updates: {mode: install-on-schedule}` or `{mode: download}`"
    if situation.named != "group-policy":
        return "write `updates: {mode: download}`, and remove a raw value"
    if situation.role == "cluster-node":
        return "write `orchestration: cluster-aware` and `updates: {mode: download}`"
    return (
        "write `updates: {mode: install-on-schedule}` and `restart: {policy: when-required}`, and "
        "remove a raw value"
    )


def au_1_not_policy(subject: Subject) -> Iterator[Hit]:
    """AUOptions 1, which is no policy."""
    if subject.number("AUOptions") == 1:
        message = "no ADMX template has AUOptions 1; NoAutoUpdate 1 turns Automatic Updates off"
        yield Hit(message=message, at=subject.place("AUOptions"))


def au_6_unknown(subject: Subject) -> Iterator[Hit]:
    """AUOptions 6, which does not exist."""
    if subject.number("AUOptions") == 6:
        message = "AUOptions must be 2, 3, 4, 5, or 7; got 6"
        yield Hit(message=message, at=subject.place("AUOptions"))


_KILLED = (
    "UseWUServer",
    "DetectionFrequencyEnabled",
    "NoAutoRebootWithLoggedOnUsers",
    "AutoInstallMinorUpdates",
    "RebootRelaunchTimeoutEnabled",
    "RebootWarningTimeoutEnabled",
    "RescheduleWaitTimeEnabled",
)


def au_disabled_kills(subject: Subject) -> Iterator[Hit]:
    """Automatic Updates off, and settings that then do nothing."""
    if subject.number("NoAutoUpdate") != 1:
        return
    for name in _KILLED:
        if subject.number(name) == 1:
            message = f"{name} has no effect while Automatic Updates is off (NoAutoUpdate 1)"
            related = subject.places("NoAutoUpdate")
            yield Hit(message=message, at=subject.place(name), related=related)


def au_maint_vs_schedule(subject: Subject) -> Iterator[Hit]:
    """Automatic maintenance and a fixed time."""
    name = "ScheduledInstallFirstWeek" if subject.foreign else "ScheduledInstallTime"
    if subject.number("AutomaticMaintenanceEnabled") == 1 and subject.find(name):
        message = "automatic maintenance is on, so the fixed time has no effect"
        related = subject.places("AutomaticMaintenanceEnabled")
        yield Hit(message=message, at=subject.place(name), related=related)


def au_weeks(subject: Subject) -> Iterator[Hit]:
    """Every week, and single weeks."""
    if subject.number("ScheduledInstallEveryWeek") != 1:
        return
    single = [name for name in _SCHEDULE[3:] if subject.number(name) == 1]
    if single:
        message = f"every week is selected, so {', '.join(single)} have no effect"
        yield Hit(message=message, at=subject.place(single[0]))
