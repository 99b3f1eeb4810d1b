"""Azure VMs: who patches, by patch mode, safety checks and schedule.

The table is Microsoft Learn's, "Prerequisites for scheduled patching" (Azure Update Manager).
"""

from __future__ import annotations

from gpogen.servicing.answer import Installer, Who, Why
from gpogen.servicing.situation import Azure, Situation

BY_PLATFORM = "AutomaticByPlatform"
GUEST_PATCHING, UPDATE_MANAGER = "azure-guest-patching", "azure-update-manager"


def scheduled(situation: Situation) -> bool:
    """Tell whether a schedule is assigned; unsaid, the orchestration says it."""
    said = situation.azure.schedule
    return situation.named == UPDATE_MANAGER if said is None else said


def platform_installer(situation: Situation) -> Installer:
    """Return who patches an Azure VM whose profile names Azure."""
    azure = situation.azure
    if azure.patch_mode == "AutomaticByOS":
        return Installer(Who.SCHEDULE, Why.BY_OS)
    if azure.patch_mode == "Manual":
        return Installer(Who.NOBODY, Why.PATCH_MODE)
    if scheduled(situation):
        return _by_schedule(azure)
    if azure.bypass:
        return Installer(Who.NOBODY, Why.NO_SCHEDULE)
    return Installer(Who.GUEST_PATCHING, Why.NAMED)


def _by_schedule(azure: Azure) -> Installer:
    if azure.bypass is None:
        return Installer(Who.UNKNOWN, Why.BYPASS_UNSAID)
    if not azure.bypass:
        return Installer(Who.NOBODY, Why.NEITHER)
    return Installer(Who.UPDATE_MANAGER, Why.NAMED)


def has_no_hotpatches(situation: Situation) -> bool:
    """Tell whether an Azure VM gets no hotpatches: each month brings a cumulative update."""
    azure = situation.azure
    return situation.platform == "azure-vm" and (
        situation.named == UPDATE_MANAGER
        or azure.hotpatching is False
        or azure.patch_mode in ("AutomaticByOS", "Manual")
    )


def excludes_hotpatching(situation: Situation) -> bool:
    """Tell whether hotpatching is wanted beside a schedule, or without the safety checks.

    The service refuses hotpatching with the checks bypassed; with them and a schedule neither
    the schedule nor guest patching runs.
    """
    azure = situation.azure
    if azure.hotpatching is False or azure.patch_mode in ("AutomaticByOS", "Manual"):
        return False
    return scheduled(situation) or azure.bypass is True
