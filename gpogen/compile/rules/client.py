"""Rules about the Windows Update client and who orchestrates it."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.rules.engine import Hit, Subject
from gpogen.compile.words import MODE_OPTIONS
from gpogen.finding import Severity

INSTALL_ON_SCHEDULE = 4
NOTIFY_RESTART = 7
_OTHERS = ("azure-update-manager", "cluster-aware", "configmgr", "third-party", "manual")
_SCHEDULE = (
    "ScheduledInstallDay",
    "ScheduledInstallTime",
    "ScheduledInstallEveryWeek",
    "ScheduledInstallFirstWeek",
    "ScheduledInstallSecondWeek",
    "ScheduledInstallThirdWeek",
    "ScheduledInstallFourthWeek",
)
_WORDS = {number: word for word, number in MODE_OPTIONS.items()}


def hp027(subject: Subject) -> Iterator[Hit]:
    """A mode that contradicts who orchestrates."""
    who = subject.profile.orchestration
    options = subject.number("AUOptions")
    if options is None:
        return
    at = subject.place("AUOptions")
    related = (subject.tree.place("orchestration"),)
    mode = f"mode {_WORDS.get(options, options)}"
    if who in _OTHERS and options == INSTALL_ON_SCHEDULE:
        message = f"{mode} makes Windows install by itself, and {who} orchestrates"
        yield Hit(message=message, at=at, related=related, severity=Severity.ERROR)
    elif who == "azure-guest-patching":
        message = f"{mode} is written, and Azure guest patching sets it itself"
        yield Hit(message=message, at=at, related=related)
    elif who == "group-policy" and options in (2, 3, NOTIFY_RESTART):
        message = f"{mode} installs nothing by itself, and Group Policy is to orchestrate"
        severity = Severity.INFO if options == NOTIFY_RESTART else None
        yield Hit(message=message, at=at, related=related, severity=severity)


def hp037(subject: Subject) -> Iterator[Hit]:
    """Settings that Azure guest patching ignores."""
    profile = subject.profile
    if profile.target is None or profile.target.platform != "azure-vm":
        return
    if profile.orchestration != "azure-guest-patching":
        return
    updates = profile.updates
    written = {
        ("updates", "schedule"): updates.schedule if updates else None,
        ("updates", "source"): updates.source if updates else None,
        ("updates", "quality_deferral_days"): updates.quality_deferral_days if updates else None,
        ("restart",): profile.restart,
    }
    related = (subject.tree.place("orchestration"),)
    for path, value in written.items():
        if value is None or value in ("unmanaged", "remove"):
            continue
        message = f"{'.'.join(path)} is set, and Azure guest patching ignores it"
        yield Hit(message=message, at=subject.tree.place(*path), related=related)


def feature_update_hold(subject: Subject) -> Iterator[Hit]:
    """The upgrade from Windows Server 2022 to 2025 that Windows Update offers."""
    hit = _target_release(subject)
    if hit is not None:
        yield hit
    for name in ("DeferFeatureUpdates", "SetComplianceDeadlineForFU"):
        if subject.number(name) == 1:
            message = f"{name} concerns feature updates, and a hotpatch server should get none"
            yield Hit(message=message, at=subject.place(name))


def _target_release(subject: Subject) -> Hit | None:
    draft = subject.find("TargetReleaseVersionInfo")
    value = draft.record.value if draft else None
    if subject.family != "windows-server-2022":
        return None
    if draft is not None and value == "2025":
        message = "Windows Server 2025 is let in: an in-place upgrade, which leaves the train"
        return Hit(message=message, at=draft.place, severity=Severity.ERROR)
    updates = subject.profile.updates
    if updates is None or updates.source != "windows-update" or value == "hold":
        return None
    message = "Windows Update offers Windows Server 2025 to this system, and nothing holds it"
    return Hit(message=message, at=subject.tree.place("updates", "source"))


def au_schedule_only_4(subject: Subject) -> Iterator[Hit]:
    """A schedule without scheduled installation."""
    options = subject.number("AUOptions")
    if options in (None, INSTALL_ON_SCHEDULE):
        return
    # In a GPO from the editor day, time and every week say nothing: it always writes them.
    wanted = _SCHEDULE[3:] if subject.foreign else _SCHEDULE
    names = [name for name in wanted if subject.find(name)]
    if names:
        message = f"a schedule is set, and AUOptions {options} does not use it"
        related = subject.places("AUOptions")
        yield Hit(message=message, at=subject.place(names[0]), related=related)


def au_5_dead(subject: Subject) -> Iterator[Hit]:
    """Local choice, which Windows 10 code no longer offers."""
    if subject.number("AUOptions") == 5:
        message = "AUOptions 5 (local-admin) does nothing on Windows Server 2016 and later"
        yield Hit(message=message, at=subject.place("AUOptions"))


def au_1_not_policy(subject: Subject) -> Iterator[Hit]:
    """AUOptions 1, which is no policy."""
    if subject.number("AUOptions") == 1:
        message = "AUOptions 1 is in no ADMX; off is NoAutoUpdate 1"
        yield Hit(message=message, at=subject.place("AUOptions"))


def au_6_unknown(subject: Subject) -> Iterator[Hit]:
    """AUOptions 6, which does not exist."""
    if subject.number("AUOptions") == 6:
        message = "AUOptions 6 does not exist; 2, 3, 4, 5 and 7 do"
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
        message = "automatic maintenance is on, so the fixed time does not count"
        related = subject.places("AutomaticMaintenanceEnabled")
        yield Hit(message=message, at=subject.place(name), related=related)


def au_weeks(subject: Subject) -> Iterator[Hit]:
    """Every week, and single weeks."""
    if subject.number("ScheduledInstallEveryWeek") != 1:
        return
    single = [name for name in _SCHEDULE[3:] if subject.number(name) == 1]
    if single:
        message = f"every week is chosen, so {', '.join(single)} add nothing"
        yield Hit(message=message, at=subject.place(single[0]))
