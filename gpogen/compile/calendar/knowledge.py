"""What is known about releases: the catalogue's data, and what users have added to them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind, OtherUpdate, Release, System, release_data
from gpogen.finding import Finding, Place, Severity

if TYPE_CHECKING:  # Its models cost more than all the rest.
    from gpogen.profile.releases import Additions

GPOGEN = "gpogen"
_FIELDS = ("date", "type", "kb", "build")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All that is known about releases, each from the newest source that says it.

    Attributes:
        systems: the operating systems with a calendar, by ``os``.
        releases: by system and month.
        others: out-of-band updates and LCUs of hotpatch months.
        as_of: by system, the day on which somebody last looked at Microsoft's calendar.
        conflicts: where two sources differ (GP040, warnings).
    """

    systems: Mapping[str, System]
    releases: Mapping[tuple[str, Month], Release]
    others: tuple[OtherUpdate, ...]
    as_of: Mapping[str, datetime.date]
    conflicts: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    release: Release
    by: str
    as_of: datetime.date
    at: Place | None


def know(additions: Iterable[Additions] = ()) -> Knowledge:
    """Put the catalogue and what users have added together; the newer source wins."""
    data = release_data()
    said: dict[tuple[str, Month], _Said] = {
        (row.os, row.month): _Said(release=row, by=GPOGEN, as_of=data.as_of, at=None)
        for row in data.releases
    }
    others = {(row.os, row.kb, row.build): row for row in data.others}
    as_of = dict.fromkeys(data.systems, data.as_of)
    conflicts: list[Finding] = []
    for added in sorted(additions, key=lambda item: item.as_of):
        for at, row in added.releases:
            new = _Said(release=row, by=added.file, as_of=added.as_of, at=at)
            said[row.os, row.month] = _joined(said.get((row.os, row.month)), new, conflicts)
            as_of[row.os] = max(as_of[row.os], added.as_of)
        for _, other in added.others:
            others[other.os, other.kb, other.build] = other
            as_of[other.os] = max(as_of[other.os], added.as_of)
    return Knowledge(
        systems=data.systems,
        releases={key: item.release for key, item in said.items()},
        others=tuple(sorted(others.values(), key=lambda row: (row.os, row.date, row.kb or ""))),
        as_of=as_of,
        conflicts=tuple(conflicts),
    )


def unplanned(knowledge: Knowledge, os: str) -> tuple[int, int]:
    """Count a system's unplanned baselines, and the months that are known at all."""
    rows = [row.type for (system, _), row in knowledge.releases.items() if system == os]
    return rows.count(Kind.UNPLANNED), len(rows) - rows.count(Kind.UNKNOWN)


def _joined(old: _Said | None, new: _Said, conflicts: list[Finding]) -> _Said:
    """Keep the newer of two, filled up from the older, and tell where they differ."""
    if old is None:
        return new
    newer, older = (new, old) if new.as_of >= old.as_of else (old, new)
    differing = tuple(_differing(newer.release, older.release))
    if differing:
        conflicts.append(_conflict(newer, older, differing, new.at))
    filled = replace(
        newer.release,
        type=older.release.type if newer.release.type is Kind.UNKNOWN else newer.release.type,
        kb=newer.release.kb or older.release.kb,
        build=newer.release.build or older.release.build,
        note=newer.release.note or older.release.note,
        also=newer.release.also or older.release.also,
    )
    return replace(newer, release=filled)


def _differing(newer: Release, older: Release) -> Iterable[str]:
    for name in _FIELDS:
        first, second = getattr(newer, name), getattr(older, name)
        if first != second and None not in (first, second) and Kind.UNKNOWN not in (first, second):
            yield name


def _conflict(newer: _Said, older: _Said, names: tuple[str, ...], at: Place | None) -> Finding:
    parts = (
        f"{name} {getattr(newer.release, name)} by {newer.by} ({newer.as_of}), "
        f"{getattr(older.release, name)} by {older.by} ({older.as_of})"
        for name in names
    )
    where = f"{newer.release.os} {newer.release.month}"
    return Finding(
        id="GP040",
        severity=Severity.WARNING,
        message=f"{where}: {'; '.join(parts)}: the newer counts",
        at=at,
        related=tuple(place for place in (newer.at, older.at) if place and place != at),
    )
