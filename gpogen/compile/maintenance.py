"""The maintenance configuration that Azure Update Manager needs, from ``update_manager``.

The properties are those of Microsoft.Maintenance/maintenanceConfigurations, 2023-04-01.
"""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.result import Schedule
from gpogen.profile.azure import UpdateManager
from gpogen.profile.schema import Profile
from gpogen.servicing.azure import UPDATE_MANAGER

_UNSAID = "(your choice)"
_SECURITY = "include Security"


def maintenance(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Return properties and values to choose in Azure.

    Empty where Update Manager does not install, and where `schedule` has them for a deployment.
    """
    if profile.orchestration != UPDATE_MANAGER or profile.update_manager is not None:
        return ()
    return tuple(_rows(profile))


_RESOURCES = {
    "azure-vm": "Microsoft.Compute/virtualMachines",
    "azure-arc": "Microsoft.HybridCompute/machines",
    "azure-local": "Microsoft.HybridCompute/machines",
}


def schedule(profile: Profile) -> Schedule | None:
    """Return the schedule; None where Update Manager does not install, or nothing describes it."""
    plan, target = profile.update_manager, profile.target
    if profile.orchestration != UPDATE_MANAGER or plan is None or target is None:
        return None
    return Schedule(
        recurs=_recurs(plan),
        at=plan.at,
        duration=plan.duration,
        zone=plan.time_zone or target.time_zone or "",
        reboot=plan.reboot or "",
        classifications=tuple(plan.classifications or ("Security",)),
        exclude_kbs=tuple(plan.exclude_kbs or ()),
        resource_type=_RESOURCES[target.platform],
    )


def _rows(profile: Profile) -> Iterator[tuple[str, str]]:
    yield "maintenanceScope", "InGuestPatch"
    yield "extensionProperties.InGuestPatchMode", "User"
    yield "maintenanceWindow.recurEvery", _UNSAID
    yield "maintenanceWindow.startDateTime", _UNSAID
    yield "maintenanceWindow.duration", _UNSAID
    zone = profile.target.time_zone if profile.target else None
    yield "maintenanceWindow.timeZone", f"{zone}, by its Windows name" if zone else _UNSAID
    yield "installPatches.rebootSetting", _UNSAID
    yield "installPatches.windowsParameters.classificationsToInclude", _SECURITY


def _recurs(plan: UpdateManager) -> str:
    days = plan.patch_tuesday_offset
    return "Month Second Tuesday" + (f" Offset{days}" if days else "")
