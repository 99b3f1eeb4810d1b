"""The machines that a policy is for, as a profile or the command line describes them."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.catalog.platforms import Platform, find_platform
from gpogen.profile.schema import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """What a rule about policy can know about the machines.

    Attributes:
        platform: as the author writes it, azure-local or an alias.
        os: a key of the catalog's operating systems; empty where the command line has none.
        role: member, domain-controller, cluster-node, and so on.
        time_zone: an IANA name, or empty.
    """

    platform: str
    os: str = ""
    role: str = "member"
    time_zone: str = ""

    @property
    def found(self) -> Platform | None:
        """The catalog's entry for the platform; None for one that it does not have."""
        return find_platform(self.platform)


def machines_of(profile: Profile) -> Machines | None:
    """Return the machines of a profile; None for a base, and for an unspecified target."""
    target = profile.target
    if target is None:
        return None
    zone = target.time_zone or ""
    return Machines(platform=target.platform, os=target.os, role=target.role, time_zone=zone)
