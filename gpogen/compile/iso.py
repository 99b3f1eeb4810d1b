"""What prepares a Windows Server 2022 Azure Edition that was installed from an ISO.

Four registry values and KB5003508 (Microsoft Learn, "Enable Hotpatch for Azure Edition virtual
machines built from ISO", 2023-10-31). They are preferences, never policy, and each is targeted,
so that a wrongly linked GPO harms no other server. Nothing is documented for Windows Server 2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from gpogen.catalog.values import KnownValue, values
from gpogen.catalog.wmi import target_queries
from gpogen.compile.drafts import Draft
from gpogen.compile.origin import Origin
from gpogen.compile.source import Places
from gpogen.policy.records import set_value
from gpogen.policy.types import Hive, Via
from gpogen.profile.schema import Profile

OS = "windows-server-2022-azure-edition"
WQL = target_queries(OS)
"""Datacenter: Azure Edition (Desktop or Core), Windows Server 2022; all must find something."""


def is_iso(profile: Profile) -> bool:
    """Tell whether the machines come from an ISO."""
    return profile.target is not None and profile.target.image == "iso"


def is_prepared(profile: Profile) -> bool:
    """Tell whether the machines come from an ISO of the system whose preparation is documented."""
    return is_iso(profile) and profile.target is not None and profile.target.os == OS


@lru_cache(maxsize=4096)
def preparation(key: str, name: str) -> KnownValue | None:
    """Return what the catalog says of a value of the preparation; None for every other value."""
    return next((row for row in _rows() if row.covers(key, name)), None)


def _rows() -> list[KnownValue]:
    return [row for row in values() if row.category == "iso-preparation"]


def iso_drafts(profile: Profile, tree: Places) -> Iterator[Draft]:
    """Yield the preparation values for Server 2022; none for any other system."""
    if not is_prepared(profile):
        return
    origin = Origin(
        policy=None,
        title="ISO preparation",
        why="",
        places=(tree.place("target", "image"),),
    )
    for number, row in enumerate(_rows()):
        assert row.name is not None
        assert row.type is not None
        assert row.data is not None
        record = set_value(Hive.HKLM, row.key, row.name, row.type, row.data, via=Via.PREFERENCE)
        yield Draft(record=record, origin=origin, rank=(9, 1, number, 0), wql=WQL)
