"""Rules about which machines a profile means, and where they are."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.calendar.plan import plan_of
from gpogen.compile.installation import said_installation
from gpogen.compile.subject import Authored
from gpogen.rules.engine import Hit

_OTHER = {
    "core": ("Server Core", "Desktop Experience"),
    "desktop": ("Desktop Experience", "Server Core"),
}


def ring_time_zone(subject: Authored) -> Iterator[Hit]:
    """A ring whose schedule or window is in local time, and nothing says where."""
    if subject.profile.ring is None or subject.machines is None or subject.machines.time_zone:
        return
    plan = plan_of(subject)
    window = subject.profile.update_manager
    is_local = plan.schedule is not None and plan.deadline is None
    is_local = is_local or (plan.window is not None and not (window and window.time_zone))
    if is_local:
        message = "the ring installs at a local time, and the profile has no time zone"
        yield Hit(message=message, at=subject.place_of("ring"))


def installation_inherited(subject: Authored) -> Iterator[Hit]:
    """An installation that a base names, where no image decides which one the machines have."""
    target = subject.profile.target
    if target is None or target.installation not in _OTHER:
        return
    at = subject.place_of("target", "installation")
    if subject.tree.is_own(at):
        return
    if said_installation(target.model_copy(update={"installation": None})):
        return  # By its image.
    own, other = _OTHER[target.installation]
    message = f"the WMI filter finds {own} alone: machines with {other} do not get the GPO"
    yield Hit(message=message, at=subject.place_of("extends"), related=(at,))
