"""The products of WSUS that carry the updates of a hotpatch machine, by their titles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Products:
    """The products of one operating system.

    Attributes:
        cumulative: the product of baselines and of other cumulative updates.
        hotpatch: the product of hotpatches; empty where no source names one.
    """

    cumulative: str
    hotpatch: str


PRODUCTS: Mapping[str, Products] = MappingProxyType(
    {
        "windows-server-2022": Products(
            "Microsoft Server operating system-21H2", "Server 2022 Hotpatch Category"
        ),
        "windows-server-2025": Products("Microsoft Server Operating System-24H2", ""),
    }
)
"""By the system's name in a KB list. The titles are those of five public WSUS scripts, which differ
in capitals; none of them has a hotpatch product for 2025, and no page of Microsoft says whether
WSUS carries the hotpatches of 2025."""
