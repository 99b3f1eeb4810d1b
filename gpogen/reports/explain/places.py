"""Entries of images, operating systems, platforms and orchestrations."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.pages import platform_facts
from gpogen.catalog.platforms import (
    PUBLISHER,
    Image,
    NearMiss,
    OperatingSystem,
    Orchestration,
    Platform,
    images,
    near_misses,
    operating_systems,
    orchestrations,
    platforms,
)
from gpogen.reports.explain.entry import Explanation, facts


def entries() -> Iterator[Explanation]:
    """Yield images, near misses, operating systems, platforms and orchestrations."""
    yield from (_image(image) for image in images())
    yield from (_near_miss(row) for row in near_misses())
    yield from (_os(os) for os in operating_systems().values())
    yield from (_platform(platform) for platform in platforms().values())
    yield from (_orchestration(item) for item in orchestrations().values())


def _image(image: Image) -> Explanation:
    return Explanation(
        id=image.sku,
        kind="image",
        title=f"A supported image: {operating_systems()[image.os].title}, {image.installation}",
        source=image.source,
        aliases=_image_names(image.publisher, image.offer, image.sku),
        facts=facts(
            ("publisher", image.publisher),
            ("offer", image.offer),
            ("SKU", image.sku),
            ("disk", "small" if image.smalldisk else "ordinary"),
            ("in a profile", f"target: {{os: {image.os}, image: {image.sku}}}"),
            ("platforms", "azure-vm, azure-local"),
        ),
    )


def _image_names(publisher: str, offer: str, sku: str) -> tuple[str, ...]:
    parts = ((publisher, offer, sku), (offer, sku))
    return tuple(sign.join(names) for names in parts for sign in (":", "/"))


def _near_miss(row: NearMiss) -> Explanation:
    return Explanation(
        id=row.sku,
        kind="image",
        title="An image that looks similar but gets no hotpatches, or only for evaluation",
        source=row.source,
        aliases=_image_names(PUBLISHER, row.offer, row.sku),
        facts=facts(
            ("publisher", PUBLISHER),
            ("offer", row.offer),
            ("SKU", row.sku.replace("*", "... (any ending)")),
            ("why", row.why),
            ("use instead", row.instead),
            ("found by", "HP012"),
        ),
    )


def _os(os: OperatingSystem) -> Explanation:
    homes = [item.word for item in platforms().values() if os.word in item.operating_systems]
    core = os.edition_core or "not verified"
    minimum = os.minimum_build or "no minimum is documented"
    return Explanation(
        id=os.word,
        kind="os",
        title=os.title,
        source=os.source,
        aliases=tuple(name for name in (os.title, os.edition_desktop, os.edition_core) if name),
        facts=facts(
            ("platforms", ", ".join(homes)),
            ("version", f"{os.build}; from build: {minimum}"),
            ("with desktop", f"EditionID {os.edition_desktop}, SKU number {os.sku_desktop}"),
            ("Server Core", f"EditionID {core}, SKU number {os.sku_core}"),
            ("templates", os.template_set),
            ("Azure Arc", "hotpatches require an Arc license" if os.needs_arc else "not needed"),
        ),
    )


def _platform(platform: Platform) -> Explanation:
    more = platform_facts().platforms[platform.word]
    return Explanation(
        id=platform.word,
        kind="platform",
        title=platform.title,
        source=platform.source,
        aliases=(*platform.aliases, platform.title),
        facts=facts(
            ("systems", ", ".join(platform.operating_systems)),
            ("image", "must be a listed image" if platform.image_required else None),
            ("orchestrate", ", ".join(platform.orchestrations)),
            ("note", platform.note),
            ("facts", (f"{fact.text} ({fact.source})" for fact in more.facts)),
            ("scale sets", more.scale_sets),
            ("more", f"gpogen platforms {platform.word}"),
        ),
    )


def _orchestration(item: Orchestration) -> Explanation:
    homes = [found for found in platforms().values() if item.word in found.orchestrations]
    named = platform_facts().platforms
    return Explanation(
        id=item.word,
        kind="orchestration",
        title=item.title,
        source="; ".join(dict.fromkeys(home.source for home in homes)),
        aliases=(item.title,),
        facts=facts(
            ("does", item.meaning),
            (
                "platforms",
                ", ".join(
                    home.word
                    + (
                        ""
                        if item.word in named[home.word].named_by_microsoft
                        else " (an inference)"
                    )
                    for home in homes
                ),
            ),
        ),
    )
