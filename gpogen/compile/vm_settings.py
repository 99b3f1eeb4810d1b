"""The patch settings that an Azure VM needs: what the orchestration requires, and what is stated.

The table is Microsoft Learn's, "Prerequisites for scheduled patching" (Azure Update Manager);
hotpatching excludes bypassed safety checks (HP024).
"""

from __future__ import annotations

import json
from typing import Any

from gpogen.catalog.platforms import find_image
from gpogen.compile.installation import OFFER
from gpogen.compile.result import VmSettings
from gpogen.profile.azure import Azure
from gpogen.profile.schema import Image, Profile
from gpogen.servicing.azure import GUEST_PATCHING, UPDATE_MANAGER


def vm_settings(profile: Profile) -> VmSettings | None:
    """Return them; None where the machines are no single Azure VMs, or nothing is to be set."""
    target = profile.target
    if target is None or target.platform != "azure-vm" or target.scale_set is not None:
        return None
    settings = _settings(profile.orchestration or "", profile.azure)
    if not settings:
        return None
    image = target.image
    names = (image.publisher, image.offer, image.sku) if isinstance(image, Image) else None
    row = find_image(*(names or (*OFFER, str(image or ""))))
    text = json.dumps(settings, sort_keys=True)
    # Only names of the catalog come into the address of a request.
    known = (row.publisher, row.offer, row.sku) if row else ("", "", "")
    return VmSettings(settings=text, publisher=known[0], offer=known[1], sku=known[2])


def _settings(orchestration: str, azure: Azure | None) -> dict[str, Any]:
    scheduled = orchestration == UPDATE_MANAGER
    needed = scheduled or orchestration == GUEST_PATCHING
    said = azure or Azure()
    platform = {
        "bypassPlatformSafetyChecksOnUserSchedule": _first(
            said.bypass_platform_safety_checks, scheduled if needed else None
        ),
        "rebootSetting": said.reboot_setting,
    }
    settings = {
        "patchMode": _first(said.patch_mode, "AutomaticByPlatform" if needed else None),
        "enableHotpatching": _first(said.enable_hotpatching, not scheduled if needed else None),
        "assessmentMode": said.assessment_mode,
        "automaticByPlatformSettings": _present(platform) or None,
    }
    return _present(settings)


def _first(said: object, needed: object) -> object:
    return needed if said is None else said


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
