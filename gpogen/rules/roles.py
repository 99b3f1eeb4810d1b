"""Rules about what a machine does besides."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Subject
from gpogen.rules.engine import Hit
from gpogen.rules.restart import ALWAYS
from gpogen.rules.servicing import forced_in_one_hour

_ON_VM = "take `updates.mode` out, with schedule and `restart`: Azure decides when a VM restarts"
SPECIAL = ("domain-controller", "wsus-server")


def hp029(subject: Subject) -> Iterator[Hit]:
    """Roles whose fixes have left the train before."""
    target = subject.profile.target
    if target is not None and target.role in SPECIAL:
        message = f"a {target.role}: some of its fixes cannot be hotpatched"
        yield Hit(message=message, at=subject.tree.place("target", "role"))


def hp035(subject: Subject) -> Iterator[Hit]:
    """All domain controllers in one hour."""
    target = subject.profile.target
    if target is None or target.role != "domain-controller":
        return
    if forced_in_one_hour(subject.servicing):
        message = "every domain controller of this profile restarts in the same hour"
        related = (subject.tree.place("target", "role"),)
        at = subject.place(ALWAYS) or subject.place("AUOptions")
        on_vm = subject.servicing.situation.platform == "azure-vm"
        yield Hit(message=message, at=at, related=related, fix=_ON_VM if on_vm else None)
