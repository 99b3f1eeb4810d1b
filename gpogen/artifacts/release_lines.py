"""Releases as lines that the scripts read: ``26100|2025-10|baseline|KB5066835|26100.6899|``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gpogen.catalog.releases import Kind, OtherUpdate, Release, System, Train

if TYPE_CHECKING:
    from gpogen.releases.knowledge import Knowledge

_TYPES = {
    Train.HOTPATCH: "out-of-band-hotpatch",
    Train.LCU: "cumulative",
    Train.BASELINE: "out-of-band-baseline",
}
RELEASE_TYPES = (*(kind.value for kind in Kind), *_TYPES.values())
"""Every type that a line can have."""


def release_file(knowledge: Knowledge) -> bytes:
    """Return the file for Install-Updates.ps1: the day of the data, then every release.

    The day is the oldest on which somebody last looked at a system's calendar.
    """
    rows = release_lines(
        knowledge.systems, knowledge.systems, knowledge.releases.values(), knowledge.others
    )
    head = f"# gpogen release data as of {min(knowledge.as_of.values()).isoformat()}"
    return "".join(f"{line}\r\n" for line in (head, *rows)).encode("ascii")


def release_lines(
    families: Iterable[str],
    systems: Mapping[str, System],
    releases: Iterable[Release],
    others: Iterable[OtherUpdate],
) -> tuple[str, ...]:
    """Return ``build|month|type|number|build and revision|other numbers``, the oldest first.

    A month's own release comes after what else was released on its day.
    """
    months, between = tuple(releases), tuple(others)
    every: list[tuple[str, str, int, str]] = []
    for system in families:
        own = [item for item in months if item.os == system]
        rest = [item for item in between if item.os == system]
        build = systems[system].build
        every += [(build, one.date.isoformat(), 1, _release_line(one)) for one in own]
        every += [(build, one.date.isoformat(), 0, _other_line(one)) for one in rest]
    return tuple(f"{build}|{line}" for build, _, _, line in sorted(every))


def _release_line(item: Release) -> str:
    return _line(str(item.month), item.type.value, item.kb, item.build, item.also)


def _other_line(item: OtherUpdate) -> str:
    return _line(item.date.isoformat()[:7], _TYPES[item.train], item.kb, item.build)


def _line(
    month: str, kind: str, kb: str | None, build: str | None, also: tuple[str, ...] = ()
) -> str:
    return "|".join((month, kind, kb or "", build or "", " ".join(also)))
