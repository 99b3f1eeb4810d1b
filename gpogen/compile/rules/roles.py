"""Rules about what a machine does besides."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.rules.client import INSTALL_ON_SCHEDULE
from gpogen.compile.rules.engine import Hit, Subject
from gpogen.compile.rules.restart import ALWAYS

SPECIAL = ("domain-controller", "wsus-server")


def hp029(subject: Subject) -> Iterator[Hit]:
    """Roles whose fixes have left the train before."""
    target = subject.profile.target
    if target is not None and target.role in SPECIAL:
        message = f"a {target.role}: some of its fixes cannot be hotpatched"
        yield Hit(message=message, at=subject.tree.place("target", "role"))


def hp034(subject: Subject) -> Iterator[Hit]:
    """Scheduled installation on a cluster node."""
    target = subject.profile.target
    if target is None or target.role != "cluster-node":
        return
    if subject.number("AUOptions") == INSTALL_ON_SCHEDULE:
        related = (subject.tree.place("target", "role"),)
        message = "a cluster node installs and restarts by itself (AUOptions 4)"
        yield Hit(message=message, at=subject.place("AUOptions"), related=related)


def hp035(subject: Subject) -> Iterator[Hit]:
    """All domain controllers in one hour."""
    target = subject.profile.target
    if target is None or target.role != "domain-controller":
        return
    if subject.number("AUOptions") == INSTALL_ON_SCHEDULE and subject.number(ALWAYS) == 1:
        message = "every domain controller of this profile restarts in the same hour"
        related = (subject.tree.place("target", "role"),)
        yield Hit(message=message, at=subject.place(ALWAYS), related=related)
