"""The sections ``azure`` and ``update_manager``: what is set in Azure, as the author states it.

The words are those of Azure's own interfaces (Microsoft.Compute patchSettings,
Microsoft.Maintenance/maintenanceConfigurations); no policy is written from them.
"""

from __future__ import annotations

from typing import Annotated, Any

from gpogen.clock_text import duration_fix, time_fix
from gpogen.profile.fields import Flag, pattern, whole, words
from gpogen.profile.part import Part
from gpogen.profile.zone import Zone

REBOOT_SETTINGS = ("IfRequired", "Never", "Always")
CLASSIFICATIONS = (
    "Critical",
    "Security",
    "UpdateRollup",
    "FeaturePack",
    "ServicePack",
    "Definition",
    "Tools",
    "Updates",
)
_ALWAYS = {"alwaysreboot": "Always", "ifrequested": "IfRequired", "neverreboot": "Never"}
"""A schedule with Always reads back as AlwaysReboot."""
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DURATION = r"01:[3-5][0-9]|02:[0-5][0-9]|03:(?:[0-4][0-9]|5[0-5])"
"""The limits of the guest scope: Microsoft Learn, maintenance-configurations (2026-09-25)."""


def _kb_fix(value: Any) -> str:
    digits = str(value).strip().upper().removeprefix("KB").strip()
    return f"write KB{digits}" if digits.isdecimal() and 6 <= len(digits) <= 8 else ""


Kb = Annotated[str, pattern(r"KB[0-9]{6,8}", "a KB number such as KB5094125", _kb_fix)]


class Azure(Part):
    """Patch settings of an Azure machine."""

    patch_mode: Annotated[str, words("AutomaticByPlatform", "AutomaticByOS", "Manual")] | None = (
        None
    )
    enable_hotpatching: Flag | None = None
    provision_vm_agent: Flag | None = None
    bypass_platform_safety_checks: Flag | None = None
    maintenance_schedule: Flag | None = None
    """Whether a maintenance configuration is assigned."""
    reboot_setting: Annotated[str, words(*REBOOT_SETTINGS, meant=_ALWAYS)] | None = None
    """It wins over the schedule's."""
    assessment_mode: Annotated[str, words("AutomaticByPlatform", "ImageDefault")] | None = None


class UpdateManager(Part):
    """A monthly schedule of Azure Update Manager, counted from Patch Tuesday."""

    patch_tuesday_offset: Annotated[int, whole(0, 6, "days")] = 0
    """Days after the second Tuesday of a month."""
    at: Annotated[str, pattern(_CLOCK, 'a time, "00:00" to "23:59"', time_fix)]
    time_zone: Zone | None = None
    """An IANA name; by default that of the target."""
    duration: Annotated[
        str,
        pattern(
            _DURATION,
            'a duration from "01:30" to "03:55", the limits of Azure',
            duration_fix,
        ),
    ]
    reboot: Annotated[str, words(*REBOOT_SETTINGS, meant=_ALWAYS)] | None = None
    classifications: list[Annotated[str, words(*CLASSIFICATIONS)]] | None = None
    exclude_kbs: list[Kb] | None = None
