"""Where the GPO of a profile is linked and who applies it, as examples for people.

The names are examples: nothing knows the domain. They follow the role and the ring, so that a
line that is copied as it stands does not reach machines of another kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gpogen.compile.result import Header

CONTROLLER = "domain-controller"
_PLACES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "member": ("Servers", "Servers"),
        CONTROLLER: ("Domain Controllers", "Domain Controllers"),
        "cluster-node": ("Cluster Nodes", "Cluster Nodes"),
        "hyper-v-host": ("Hyper-V Hosts", "Hyper-V Hosts"),
        "wsus-server": ("WSUS Servers", "WSUS Servers"),
    }
)
"""Role to (organizational unit, group); that of domain controllers has this name everywhere."""
_ORDER = re.compile(r"\(([0-9]+)\)\Z")


@dataclass(frozen=True, slots=True)
class Placing:
    """Names that hold letters, digits, blanks, hyphens and underscores only.

    Attributes:
        unit: the organizational unit, ``Domain Controllers``.
        group: the group whose members apply the GPO, ``Hotpatch Servers ring 1``.
        direct: for which machines the files without a GPO are.
    """

    unit: str
    group: str
    direct: str


def placing(header: Header) -> Placing:
    """Name unit and group after the role and the ring."""
    unit, who = _PLACES[header.role]
    # The number, not the name: no text of the author stands in a line that is pasted.
    order = _ORDER.search(header.ring)
    ring = f"ring {order[1]}" if order else ""
    direct = "a machine without a domain"
    if header.role == CONTROLLER:
        direct = "one domain controller that does not apply the GPO"
    return Placing(unit, f"Hotpatch {who} {ring}".strip(), direct)
