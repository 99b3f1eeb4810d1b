"""What is supported where: systems, images, builds, who orchestrates, steps for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from gpogen.catalog.pages import PlatformFacts, Sourced, Steps, platform_facts
from gpogen.catalog.platforms import (
    Image,
    NearMiss,
    OperatingSystem,
    Platform,
    find_platform,
    images,
    near_misses,
    operating_systems,
    orchestrations,
    platforms,
)
from gpogen.errors import UsageError
from gpogen.near import hint
from gpogen.reports.explain.entry import Fact, facts


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPage:
    """Everything about one platform.

    Attributes:
        platform: where the machines run.
        systems: the operating systems that get hotpatches there.
        images: the images to make them from; empty where there are none.
        near_misses: images that look right and are not.
        more: details and sources.
        requirements: what every machine needs.
        steps: what a person can follow.
    """

    platform: Platform
    systems: tuple[OperatingSystem, ...]
    images: tuple[Image, ...]
    near_misses: tuple[NearMiss, ...]
    more: PlatformFacts
    requirements: tuple[Sourced, ...]
    steps: tuple[Steps, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what ``--format json`` prints."""
        named = self.more.named_by_microsoft
        return {
            **asdict(self.platform),
            "operating_systems": [asdict(os) for os in self.systems],
            "images": [asdict(image) for image in self.images],
            "near_misses": [asdict(row) for row in self.near_misses],
            "orchestrations": [
                {"word": word, "title": orchestrations()[word].title, "named": word in named}
                for word in self.platform.orchestrations
            ],
            "requirements": [asdict(row) for row in self.requirements],
            "facts": [asdict(row) for row in self.more.facts],
            "scale_sets": self.more.scale_sets,
            "steps": [asdict(row) for row in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Section:
    """A title and what stands under it."""

    title: str
    facts: tuple[Fact, ...]


def pages(word: str = "") -> tuple[PlatformPage, ...]:
    """Return the page of one platform, or of all where no word is given.

    Raises:
        UsageError: there is no such platform.
    """
    if not word:
        return tuple(_page(platform) for platform in platforms().values())
    found = find_platform(word.lower())
    if found is None:
        known = tuple(name for p in platforms().values() for name in (p.word, *p.aliases))
        near = hint(word, known) or f"platforms: {', '.join(known)}"
        raise UsageError(f"unknown platform {word!r}; {near}")
    return (_page(found),)


def sections(shown: tuple[PlatformPage, ...]) -> Iterator[Section]:
    """Yield what is shown of platforms: each, then what they share."""
    for page in shown:
        yield Section(f"{page.platform.word}: {page.platform.title}", _about(page))
    yield Section("Every machine", facts(("needs", _said(shown[0].requirements))))
    yield Section("Operating systems", tuple(_systems(shown)))
    yield Section("Editions by number", facts(("known", _said(platform_facts().editions))))
    if any(page.images for page in shown):
        yield Section("Images", tuple(_images(shown)))
        yield Section("Images that look similar but get no hotpatches", tuple(_misses(shown)))
    # Steps of one platform are long: all of them at once would bury the table.
    for steps in shown[0].steps if len(shown) == 1 else _shared(shown):
        yield Section(steps.title, tuple(_steps(steps)))


def _page(platform: Platform) -> PlatformPage:
    made = tuple(row for row in images() if row.os in platform.operating_systems)
    return PlatformPage(
        platform=platform,
        systems=tuple(operating_systems()[word] for word in platform.operating_systems),
        images=made,
        near_misses=near_misses() if made else (),
        more=platform_facts().platforms[platform.word],
        requirements=platform_facts().requirements,
        steps=tuple(row for row in platform_facts().steps if platform.word in row.platforms),
    )


def _image(platform: Platform) -> str:
    """Say what ``target.image`` takes; rule HP012 holds a profile to it."""
    if not platform.image_required:
        return "none: do not set `target.image`"
    listed = "required: one of the images below"
    return listed if platform.word == "azure-vm" else f"{listed}, or `iso` for Windows Server 2022"


def _about(page: PlatformPage) -> tuple[Fact, ...]:
    platform, named = page.platform, page.more.named_by_microsoft
    others = [word for word in platform.orchestrations if word not in named]
    return facts(
        ("systems", (os.title for os in page.systems)),
        ("image", _image(platform)),
        ("orchestrate", (f"{orchestrations()[word].title} ({word})" for word in named)),
        ("others", (f"{orchestrations()[word].title} ({word})" for word in others)),
        ("scale sets", page.more.scale_sets),
        ("note", platform.note),
        ("facts", _said(page.more.facts)),
        ("also called", ", ".join(platform.aliases)),
        ("source", platform.source),
    )


def _systems(shown: tuple[PlatformPage, ...]) -> Iterator[Fact]:
    for os in dict.fromkeys(os for page in shown for os in page.systems):
        core = os.edition_core or "EditionID not verified"
        yield from facts(
            ("system", f"{os.title} ({os.word})"),
            ("", f"version {os.build}, from build {os.minimum_build or '(none documented)'}"),
            ("", f"with desktop: {os.edition_desktop}, OperatingSystemSKU {os.sku_desktop}"),
            ("", f"Server Core: {core}, OperatingSystemSKU {os.sku_core}"),
            (
                "",
                "hotpatches only with an Azure Arc license" if os.needs_arc else "Arc not required",
            ),
        )


def _images(shown: tuple[PlatformPage, ...]) -> Iterator[Fact]:
    for row in dict.fromkeys(row for page in shown for row in page.images):
        yield Fact(row.installation, (f"{row.publisher} / {row.offer} / {row.sku}",))


def _misses(shown: tuple[PlatformPage, ...]) -> Iterator[Fact]:
    for row in dict.fromkeys(row for page in shown for row in page.near_misses):
        yield from facts(
            ("not", f"{row.offer} / {row.sku}"), ("", row.why), ("", f"use {row.instead}")
        )


def _shared(shown: tuple[PlatformPage, ...]) -> tuple[Steps, ...]:
    words = {page.platform.word for page in shown}
    return tuple(row for row in platform_facts().steps if words <= set(row.platforms))


def _steps(steps: Steps) -> Iterator[Fact]:
    for number, step in enumerate(steps.steps, 1):
        yield Fact(f"{number}. {step.statement}", (step.text,))
    yield Fact("source", (steps.source,))


def _said(rows: tuple[Sourced, ...]) -> tuple[str, ...]:
    return tuple(f"{row.text} ({row.source})" for row in rows)
