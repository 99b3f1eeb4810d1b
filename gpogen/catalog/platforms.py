"""Where hotpatch runs: images, operating systems, platforms and orchestrations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from gpogen.catalog.files import load

PUBLISHER = "MicrosoftWindowsServer"
"""The publisher of every hotpatch image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One supported combination of publisher, offer and SKU; compared without regard to case."""

    publisher: str
    offer: str
    sku: str
    os: str
    """A word of :func:`operating_systems`."""
    installation: str
    """``core`` or ``desktop``."""
    smalldisk: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A combination that looks right and gets no hotpatches, or only for evaluation."""

    offer: str
    sku: str
    """Lower case; a ``*`` at the end stands for any ending."""
    why: str
    instead: str
    """The SKU to use."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingSystem:
    """An operating system that a profile can name."""

    word: str
    title: str
    family: str
    """``windows-server-2022`` or ``windows-server-2025``."""
    template_set: str
    """The Administrative Templates that stand for it: 21H2 or 24H2."""
    build: str
    """Start of Win32_OperatingSystem.Version, such as ``10.0.26100``."""
    minimum_build: str | None
    """Build and revision from which hotpatch works, such as ``26100.1742``."""
    sku_desktop: int
    """Win32_OperatingSystem.OperatingSystemSKU with Desktop Experience."""
    sku_core: int
    """Win32_OperatingSystem.OperatingSystemSKU of Server Core."""
    edition_desktop: str
    """Registry EditionID with Desktop Experience."""
    edition_core: str | None
    """Registry EditionID of Server Core; None: not verified."""
    needs_arc: bool
    """Whether only an Azure Arc license brings hotpatches."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What the machines of a profile do."""

    word: str
    product_type: int
    """Win32_OperatingSystem.ProductType: 2 for a domain controller, 3 for another server."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Orchestration:
    """Who decides when updates are installed."""

    word: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Where the machines of a profile run."""

    word: str
    aliases: tuple[str, ...]
    """Older words for the same platform."""
    title: str
    operating_systems: tuple[str, ...]
    """Words of :func:`operating_systems` that get hotpatches there."""
    image_required: bool
    """Whether the machine must come from a row of :func:`images`."""
    orchestrations: tuple[str, ...]
    """Words of :func:`orchestrations` that are possible there."""
    note: str
    source: str


def images() -> tuple[Image, ...]:
    """The eight supported images."""
    return _data().images


def near_misses() -> tuple[NearMiss, ...]:
    """Combinations that are often taken for supported ones."""
    return _data().near_misses


def operating_systems() -> Mapping[str, OperatingSystem]:
    """The operating systems by word."""
    return _data().operating_systems


def product_types() -> Mapping[str, int]:
    """Win32_OperatingSystem.ProductType by role."""
    return {word: role.product_type for word, role in _data().roles.items()}


def orchestrations() -> Mapping[str, Orchestration]:
    """The orchestrations by word."""
    return _data().orchestrations


def platforms() -> Mapping[str, Platform]:
    """The platforms by word, without aliases."""
    return _data().platforms


def find_platform(word: str) -> Platform | None:
    """The platform with this word or alias (lower case), or None."""
    return next((p for p in platforms().values() if word in (p.word, *p.aliases)), None)


def find_image(publisher: str, offer: str, sku: str) -> Image | None:
    """The supported image with these names, in any case, or None."""
    wanted = (publisher.lower(), offer.lower(), sku.lower())
    for image in images():
        if (image.publisher.lower(), image.offer.lower(), image.sku.lower()) == wanted:
            return image
    return None


def find_near_miss(publisher: str, offer: str, sku: str) -> NearMiss | None:
    """Why a combination is not supported, where it is a known mistake; None otherwise."""
    if publisher.lower() != PUBLISHER.lower() or find_image(publisher, offer, sku) is not None:
        return None
    for row in near_misses():
        if row.offer.lower() == offer.lower() and _is_about(row, sku.lower()):
            return row
    return None


def _is_about(row: NearMiss, sku: str) -> bool:
    """Tell whether a row is about a SKU; a pattern never is about a misspelled Azure Edition."""
    return row.sku == sku or (fnmatchcase(sku, row.sku) and "-azure" not in sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    images: tuple[Image, ...]
    near_misses: tuple[NearMiss, ...]
    operating_systems: Mapping[str, OperatingSystem]
    roles: Mapping[str, Role]
    orchestrations: Mapping[str, Orchestration]
    platforms: Mapping[str, Platform]


@cache
def _data() -> _Data:
    raw = load("platforms.json")
    return _Data(
        images=tuple(Image(**row) for row in raw["images"]),
        near_misses=tuple(NearMiss(**row) for row in raw["near_misses"]),
        operating_systems={r["word"]: OperatingSystem(**r) for r in raw["operating_systems"]},
        roles={r["word"]: Role(**r) for r in raw["roles"]},
        orchestrations={r["word"]: Orchestration(**r) for r in raw["orchestrations"]},
        platforms={r["word"]: _platform(r) for r in raw["platforms"]},
    )


def _platform(row: dict[str, Any]) -> Platform:
    lists = ("aliases", "operating_systems", "orchestrations")
    return Platform(**row | {name: tuple(row[name]) for name in lists})
