"""Rules about what a machine does besides."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Authored
from gpogen.rules.engine import Hit
from gpogen.rules.restart import ALWAYS
from gpogen.rules.servicing import forced_in_one_hour

_ON_VM = "remove `updates.mode`, the schedule, and `restart`: Azure decides when a VM restarts"
SPECIAL = ("domain-controller", "wsus-server")


def hp029(subject: Authored) -> Iterator[Hit]:
    """Roles whose fixes have left the train before."""
    role = subject.machines.role if subject.machines else ""
    if role in SPECIAL:
        message = f"role {role}: some fixes for it cannot be hotpatched"
        yield Hit(message=message, at=subject.place_of("target", "role"))


def hp035(subject: Authored) -> Iterator[Hit]:
    """All domain controllers in one hour."""
    if subject.machines is None or subject.machines.role != "domain-controller":
        return
    if forced_in_one_hour(subject.servicing):
        message = "all domain controllers of this profile restart in the same hour"
        related = (subject.place_of("target", "role"),)
        at = subject.place(ALWAYS) or subject.place("AUOptions")
        on_vm = subject.servicing.situation.platform == "azure-vm"
        yield Hit(message=message, at=at, related=related, fix=_ON_VM if on_vm else None)
