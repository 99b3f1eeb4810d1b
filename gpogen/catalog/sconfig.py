"""What SConfig writes and shows (Microsoft.ServerCore.SConfig 2.0.0.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gpogen.catalog.files import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One answer to SConfig's item 5, Update setting."""

    name: str
    """gpogen's word: automatic, download-only or manual."""
    set: Mapping[str, int]
    """DWORD values that it writes, in order; it deletes AUOptions where that is not among them."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayRule:
    """One step of how SConfig names the present setting; the first that fits counts."""

    value: str
    data: int
    shows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SConfig:
    """What SConfig writes and shows."""

    key: str
    """Registry key without hive (HKLM) that holds the two values."""
    modes: tuple[Mode, ...]
    display: tuple[DisplayRule, ...]
    display_otherwise: str
    source: str


@cache
def sconfig() -> SConfig:
    """The facts, loaded once."""
    raw = load("sconfig.json")
    return SConfig(
        key=raw["key"],
        modes=tuple(Mode(**row) for row in raw["modes"]),
        display=tuple(DisplayRule(**row) for row in raw["display"]),
        display_otherwise=raw["display_otherwise"],
        source=raw["source"],
    )


def displayed_as(*, no_auto_update: int | None, au_options: int | None) -> str:
    """What SConfig shows for the two registry values (None: the value is not there)."""
    present = {"NoAutoUpdate": no_auto_update, "AUOptions": au_options}
    for rule in sconfig().display:
        if present[rule.value] == rule.data:
            return rule.shows
    return sconfig().display_otherwise
