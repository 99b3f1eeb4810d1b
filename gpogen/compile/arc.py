"""The machines that the Arc scripts enroll for hotpatch."""

from __future__ import annotations

from gpogen.compile.result import ArcMachines
from gpogen.profile.arc import DEPLOY
from gpogen.profile.schema import Profile

_ENROLLED = ("windows-server-2025-standard", "windows-server-2025-datacenter")
"""What gets hotpatches by an enrollment (Microsoft Learn, enable-hotpatch-azure-arc)."""


def arc_machines(profile: Profile) -> ArcMachines | None:
    """Return them; None where the platform needs no enrollment, or has none."""
    target, arc = profile.target, profile.arc
    if target is None or target.os not in _ENROLLED or target.platform == "azure-vm":
        return None
    if arc is None:
        return ArcMachines() if target.platform == "azure-arc" else None
    return ArcMachines(
        subscription=arc.subscription,
        resource_group=arc.resource_group,
        location=arc.location,
        machines=tuple(arc.machines),
        deploys=arc.policy_effect == DEPLOY,
    )
