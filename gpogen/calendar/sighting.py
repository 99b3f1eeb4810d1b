"""What is told of one update on one machine, and which update that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gpogen.calendar.updates import Effect, Update, stranger
from gpogen.catalog.releases import release_data


class Presence(StrEnum):
    """Whether an update is on the machine."""

    THERE = "installed"
    PENDING = "waits for a restart"
    GONE = "not installed"
    UNCLEAR = "in an unknown state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One line of a list of updates, whatever made the list.

    Attributes:
        kb: its number, ``KB5066835``, or empty.
        title: its title, or empty.
        description: what Get-HotFix calls it, or empty.
        package: the name of its CBS package, or empty.
        presence: whether it is there.
        state: the word that was not understood, or empty.
    """

    kb: str = ""
    title: str = ""
    description: str = ""
    package: str = ""
    presence: Presence = Presence.THERE
    state: str = ""

    def __str__(self) -> str:
        """Name it by what is surest."""
        return self.kb or self.package or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an update is.

    Attributes:
        updates: the update of the data; several where a build is that of several.
        neutral: why it has nothing to do with the train, or empty.
        doubt: why it may be an update of the system that no data have, or empty.
        build: the build that its package or title names, or empty.
    """

    updates: tuple[Update, ...] = ()
    neutral: str = ""
    doubt: str = ""
    build: str = ""


_PACKAGE = re.compile(
    r"(?P<name>Package_for_[\w.-]+)~[0-9a-f]*~[a-z0-9]*~[a-z-]*~(?P<version>[0-9]+(?:\.[0-9]+){1,3})",
    re.IGNORECASE | re.ASCII,
)
_COMPONENT = re.compile(r"[^~\s]+~[0-9a-f]+~[a-z0-9]*~[^~\s]*~[0-9.]+", re.IGNORECASE | re.ASCII)
_TITLE_BUILD = re.compile(r"\(([0-9]{5}\.[0-9]{1,6})\)")
_PACKAGE_KB = re.compile(r"Package_for_(KB[0-9]{6,8})", re.IGNORECASE | re.ASCII)
_BESIDE = re.compile(
    r"servicing stack|safe ?os\b|(setup|dynamic) update\b|recovery environment", re.IGNORECASE
)
_SYSTEM = re.compile(
    r"hotpatch|\bupdates? (preview )?for (windows (server|1[01])|microsoft server|azure)",
    re.IGNORECASE,
)
_MAYBE = re.compile(rf"{_SYSTEM.pattern}|cumulative|(\.\.\.|\N{{HORIZONTAL ELLIPSIS}})$", re.I)
"""A title without a number that may be one of the system all the same, or that is cut off."""
_OTHERS = re.compile(
    r"\.NET\b|\bdefender\b|security intelligence|antimalware|antivirus|malicious software removal"
    r"|windows security platform|\bSQL server\b|\boffice\b|\bexchange server\b|visual studio"
    r"|microsoft edge|silverlight|flash player|visual c\+\+",
    re.IGNORECASE,
)
_OTHER_PACKAGES = re.compile(r"dotnet|netfx|servicingstack", re.IGNORECASE)


def builds_in(item: Sighting) -> tuple[str, ...]:
    """Return the builds that a package or a title names, ``26100.4946``."""
    package = _PACKAGE.fullmatch(item.package)
    found = [".".join(package["version"].split(".")[:2])] if package else []
    found += _TITLE_BUILD.findall(item.title)
    return tuple(build for build in dict.fromkeys(found) if _is_system(build))


def package_kb(package: str) -> str:
    """Return the number in a package's name, or nothing."""
    found = _PACKAGE_KB.match(package)
    return found[1].upper() if found else ""


def is_rollup(item: Sighting) -> bool:
    """Tell whether it is the package of a cumulative update by its name."""
    return "rollupfix" in item.package.lower()


def identify(item: Sighting, known: Sequence[Update], *, has_rollup: bool) -> Identity:
    """Find out which update is meant; ``has_rollup`` where the list names cumulative packages."""
    builds = builds_in(item)
    by_kb = [row for row in known if item.kb and item.kb in (row.kb, *row.also)]
    if by_kb and builds and all(row.build and row.build not in builds for row in by_kb):
        return Identity(
            doubt=f"its KB number and its build {builds[0]} belong to two different updates"
        )
    if by_kb:
        return Identity(updates=tuple(by_kb))
    if what := stranger(item.kb):
        return Identity(neutral=what)
    package = _PACKAGE.fullmatch(item.package)
    is_part = _COMPONENT.fullmatch(item.package) and not item.package.startswith("Package_for_")
    if package is None and is_part and not item.kb:
        return Identity(neutral="a component of Windows, not an update")
    if package is not None and _OTHER_PACKAGES.search(package["name"]):
        return Identity(neutral="not an update of the system, according to its package")
    for build in builds:
        found = _of_build(item, [row for row in known if row.build == build])
        return found or _unknown(item, build, has_rollup=has_rollup)
    return _unknown(item, "", has_rollup=has_rollup)


def _of_build(item: Sighting, rows: Sequence[Update]) -> Identity | None:
    """Choose among the updates of a build what a package's or title's words tell apart."""
    if not rows:
        return None
    hot = "hotpatch" in f"{item.package} {item.title}".lower()
    cold = is_rollup(item) or "cumulative" in item.title.lower()
    if len(rows) > 1 and hot is not cold:
        rows = [row for row in rows if (row.effect is Effect.HOTPATCH) is hot] or rows
    return Identity(updates=tuple(rows), build=rows[0].build or "")


def _unknown(item: Sighting, build: str, *, has_rollup: bool) -> Identity:
    if (
        item.package
        and has_rollup
        and not is_rollup(item)
        and "hotpatch" not in item.package.lower()
    ):
        return Identity(neutral="not a cumulative update: the package of one is named RollupFix")
    text = item.title or item.description
    if build:
        return Identity(doubt=f"{item} is an update of the system with build {build}", build=build)
    if _BESIDE.search(text) and "cumulative" not in text.lower():
        return Identity(neutral="not a cumulative update, according to its title")
    if not _SYSTEM.search(text) and _OTHERS.search(text):
        return Identity(neutral="not an update of the system, according to its title")
    if not item.kb and not item.package and not _MAYBE.search(text):
        return Identity(neutral="not an update of the system: it has no KB number")
    if _SYSTEM.search(text):
        return Identity(doubt=f"{item} is an update of the system, according to its title")
    return Identity(doubt=f"{item} may be one")


def _is_system(build: str) -> bool:
    number = build.partition(".")[0]
    return number in {row.build for row in release_data().systems.values()}
