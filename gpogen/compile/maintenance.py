"""The maintenance configuration that Azure Update Manager needs, from ``update_manager``.

The properties are those of Microsoft.Maintenance/maintenanceConfigurations, 2023-04-01.
"""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.profile.azure import UpdateManager
from gpogen.profile.schema import Profile
from gpogen.servicing.azure import UPDATE_MANAGER

_UNSAID = "(your choice; not set in the profile)"
_SECURITY = "include Security"


def maintenance(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Return properties and values; empty where Update Manager does not install."""
    if profile.orchestration != UPDATE_MANAGER:
        return ()
    return tuple(_rows(profile, profile.update_manager))


def _rows(profile: Profile, plan: UpdateManager | None) -> Iterator[tuple[str, str]]:
    yield "maintenanceScope", "InGuestPatch"
    yield "extensionProperties.InGuestPatchMode", "User"
    yield "maintenanceWindow.recurEvery", _recurs(plan)
    yield "maintenanceWindow.startDateTime", f"a future date, {plan.at}" if plan else _UNSAID
    yield "maintenanceWindow.duration", plan.duration if plan else _UNSAID
    yield "maintenanceWindow.timeZone", _zone(profile, plan)
    reboot = plan.reboot if plan else None
    yield "installPatches.rebootSetting", reboot or _UNSAID
    windows = "installPatches.windowsParameters"
    chosen = plan.classifications if plan else None
    yield f"{windows}.classificationsToInclude", ", ".join(chosen) if chosen else _SECURITY
    if plan and plan.exclude_kbs:
        yield f"{windows}.kbNumbersToExclude", ", ".join(plan.exclude_kbs)


def _recurs(plan: UpdateManager | None) -> str:
    if plan is None:
        return _UNSAID
    days = plan.patch_tuesday_offset
    return "Month Second Tuesday" + (f" Offset{days}" if days else "")


def _zone(profile: Profile, plan: UpdateManager | None) -> str:
    name = plan.time_zone if plan else None
    name = name or (profile.target.time_zone if profile.target else None)
    return f"{name}, by its Windows name" if name else _UNSAID
