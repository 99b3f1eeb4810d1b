"""What is known about releases: the catalog's data, and what users have added to them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpogen.catalog.months import Month
from gpogen.catalog.releases import (
    Kind,
    OtherUpdate,
    Release,
    Said,
    System,
    release_data,
)
from gpogen.finding import Finding, Severity
from gpogen.releases.joining import join_others, join_releases

if TYPE_CHECKING:  # Its models cost more than all the rest.
    from gpogen.releases.additions import Additions

GPOGEN = "gpogen"
_MonthKey = tuple[str, Month]
_UpdateKey = tuple[str, str]


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
    releases: Mapping[_MonthKey, Release]
    others: tuple[OtherUpdate, ...]
    as_of: Mapping[str, datetime.date]
    conflicts: tuple[Finding, ...]


def know(additions: Iterable[Additions] = ()) -> Knowledge:
    """Put the catalog and what users have added together; the newer source wins."""
    data = release_data()
    months: dict[_MonthKey, Said[Release]] = {
        (row.os, row.month): Said(item=row, by=GPOGEN, as_of=data.as_of) for row in data.releases
    }
    between: dict[_UpdateKey, Said[OtherUpdate]] = {
        _key(row): Said(item=row, by=GPOGEN, as_of=data.as_of) for row in data.others
    }
    as_of = dict.fromkeys(data.systems, data.as_of)
    conflicts: list[Finding] = []
    lost: list[OtherUpdate] = []
    for added in sorted(additions, key=lambda item: item.as_of):
        for said in added.releases:
            key = (said.item.os, said.item.month)
            months[key] = join_releases(months.get(key), said, conflicts, lost)
        _add_others(added, between, conflicts)
        about = {row.item.os for row in added.releases} | {row.item.os for row in added.others}
        as_of |= {os: max(as_of[os], added.as_of) for os in about}
    releases = {key: said.item for key, said in months.items()}
    others = [said.item for said in between.values()]
    others += (row for row in lost if _key(row) not in between)
    conflicts += _both(releases, between)
    return Knowledge(
        systems=data.systems,
        releases=releases,
        others=tuple(sorted(others, key=lambda row: (row.os, row.date, row.kb or ""))),
        as_of=as_of,
        conflicts=tuple(conflicts),
    )


def _key(row: OtherUpdate) -> _UpdateKey:
    return row.os, row.kb or row.build or ""


def _add_others(
    added: Additions,
    between: dict[_UpdateKey, Said[OtherUpdate]],
    conflicts: list[Finding],
) -> None:
    for said in added.others:
        by_build = (said.item.os, said.item.build or "")
        known = between.get(_key(said.item))
        if known is None and by_build in between:
            known = between.pop(by_build)  # It was known by its build alone.
        between[_key(said.item)] = join_others(known, said, conflicts)


def _both(
    releases: Mapping[_MonthKey, Release], between: Mapping[_UpdateKey, Said[OtherUpdate]]
) -> Iterable[Finding]:
    """Find updates between the months that are a month's release, too."""
    numbers = {(row.os, row.kb): row for row in releases.values() if row.kb}
    for said in between.values():
        month = numbers.get((said.item.os, said.item.kb or ""))
        if month is not None:
            yield Finding(
                id="GP040",
                severity=Severity.WARNING,
                message=f"{said.item.os} {said.item.kb} is the {month.type} of {month.month}, "
                f"but {said.by} has it as an out-of-band update: both count",
                at=said.at,
            )


def unplanned(knowledge: Knowledge, os: str) -> tuple[int, int]:
    """Count a system's unplanned baselines, and the months of which anything is known."""
    rows = [
        row.type
        for (system, _), row in knowledge.releases.items()
        if system == os and (row.kb or row.build)
    ]
    return rows.count(Kind.UNPLANNED), len(rows) - rows.count(Kind.UNKNOWN)
