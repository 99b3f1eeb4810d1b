"""Rules about the settings by which Azure patches its VMs, and about its schedules."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Authored
from gpogen.finding import Severity
from gpogen.rules.engine import Hit
from gpogen.rules.servicing import named_place, patching_says_it
from gpogen.servicing.answer import Conflict, Who
from gpogen.servicing.azure import UPDATE_MANAGER
from gpogen.servicing.tell import reason_text

_CHOOSE = (
    "choose one: azure-guest-patching with hotpatching (bypass_platform_safety_checks: false, "
    "maintenance_schedule: false), or azure-update-manager with a schedule and without hotpatching "
    "(bypass_platform_safety_checks: true, maintenance_schedule: true, enable_hotpatching: false)"
)


def hp024(subject: Authored) -> Iterator[Hit]:
    """An Azure VM on which hotpatching and a schedule exclude each other, or nothing patches."""
    found = subject.servicing
    amiss = patching_says_it(found)
    if not found.situation.possible or not (
        amiss or Conflict.HOTPATCH_OR_SCHEDULE in found.conflicts
    ):
        return
    azure = found.situation.azure
    first = found.installers[0]
    if amiss and first.who is not Who.UNKNOWN:
        message = (
            f"the installer is {found.situation.named}, but {reason_text(first, found.situation)}"
        )
    elif azure.hotpatching:
        message = "Azure refuses hotpatching with a schedule, or with bypassed safety checks"
    else:
        message = "with a schedule, an Azure VM gets no hotpatches, but the profile leaves them on"
        message += ": enable_hotpatching is not false" if azure.bypass else ""
    sure = azure.hotpatching is True or (amiss and first.who is not Who.UNKNOWN)
    severity = None if sure else Severity.WARNING
    at = subject.place_of("azure") if subject.profile.azure else named_place(subject)[0]
    yield Hit(message=message, at=at, related=named_place(subject), severity=severity, fix=_CHOOSE)


def reboot_setting(subject: Authored) -> Iterator[Hit]:
    """A reboot setting of Azure that leaves baselines pending, or restarts every month."""
    found = subject.servicing
    section = "azure" if subject.profile.azure and subject.profile.azure.reboot_setting else ""
    path = (section, "reboot_setting") if section else ("update_manager", "reboot")
    if Conflict.NEVER_RESTARTS in found.conflicts:
        message = "Azure never restarts these machines: a baseline stays pending, and the machines "
        message += "get no hotpatches that are based on it"
        yield Hit(message=message, at=subject.place_of(*path))
    if Conflict.ALWAYS_RESTARTS in found.conflicts:
        message = "Azure restarts these machines after every run, also in hotpatch months"
        yield Hit(message=message, at=subject.place_of(*path))


def update_manager_unused(subject: Authored) -> Iterator[Hit]:
    """A schedule of Update Manager that cannot count, or that installs beside somebody else."""
    profile, named = subject.profile, subject.named
    assigned = profile.azure.maintenance_schedule if profile.azure else None
    if profile.update_manager is not None and named != "azure-update-manager":
        message = f"`update_manager` describes a schedule, but the orchestration is {named}"
        yield Hit(message=message, at=subject.place_of("update_manager"))
    elif profile.update_manager is not None and assigned is False:
        message = "`update_manager` describes a schedule, but maintenance_schedule is false"
        yield Hit(message=message, at=subject.place_of("azure", "maintenance_schedule"))
    elif assigned and named not in ("azure-update-manager", "azure-guest-patching"):
        message = f"an Azure Update Manager schedule is assigned, but the orchestration is {named}"
        yield Hit(message=message, at=subject.place_of("azure", "maintenance_schedule"))


def update_manager_no_schedule(subject: Authored) -> Iterator[Hit]:
    """Update Manager installs, and nothing says by which schedule: no file deploys one."""
    profile, machines = subject.profile, subject.machines
    if machines is None or machines.platform not in ("azure-arc", "azure-vm"):
        return
    stated = profile.azure is not None and profile.azure.maintenance_schedule is not None
    if subject.named != UPDATE_MANAGER or profile.update_manager is not None or stated:
        return
    message = "`update_manager` is missing: gpogen writes no files that deploy a schedule"
    yield Hit(message=message, at=named_place(subject)[0])
