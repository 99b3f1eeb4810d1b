"""What Microsoft released in which month: baselines, hotpatches, out-of-band updates."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar

from gpogen.catalog.files import load
from gpogen.catalog.months import Month
from gpogen.finding import Place


class Kind(StrEnum):
    """What a month brings."""

    BASELINE = "baseline"
    UNPLANNED = "unplanned-baseline"
    HOTPATCH = "hotpatch"
    UNKNOWN = "unknown"

    @property
    def is_baseline(self) -> bool:
        """Whether it is a baseline, planned or not."""
        return self in (Kind.BASELINE, Kind.UNPLANNED)


class Train(StrEnum):
    """Which machines an update between the months is for."""

    HOTPATCH = "hotpatch"
    """For the hotpatch train; no restart."""
    LCU = "lcu"
    """A cumulative update: it takes a machine off the hotpatch train."""
    BASELINE = "baseline"
    """A cumulative update on which hotpatches install, besides the baselines of the months."""


def kb_link(kb: str | None) -> str | None:
    """Return the address of an update's article, as Microsoft's own page writes it."""
    return f"https://support.microsoft.com/help/{kb.removeprefix('KB')}" if kb else None


CONFIDENCES = ("microsoft", "copy", "single-source", "computed")
"""From the surest to what nobody has said: read at Microsoft, in a faithful copy, in one place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One operating system with a hotpatch calendar of its own.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        title: for people.
        build: the number before the point, ``26100``.
        first: the first month of its calendar that anything is known of.
        ends: the last month with hotpatches, or None where Microsoft has named none.
        source: where ``ends`` comes from.
    """

    os: str
    title: str
    build: str
    first: Month
    ends: Month | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What one month brought one operating system.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        month: the month.
        date: the day of the release, Pacific time.
        type: what it was.
        kb: ``KB5094125``, or None where it is not known.
        build: ``26100.32995``, or None where it is not known.
        confidence: one of :data:`CONFIDENCES`.
        source: where it was read.
        note: a remark for people, or empty.
        also: other KB numbers of the same update.
    """

    os: str
    month: Month
    date: datetime.date
    type: Kind
    kb: str | None
    build: str | None
    confidence: str
    source: str
    note: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherUpdate:
    """An update that is not a month's release: out of band, or the LCU of a hotpatch month.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        date: the day of the release.
        kb: its number, or None where only the build is known.
        build: the build, or None where only the number is known.
        train: whom it is for.
        out_of_band: whether it came besides the monthly release.
        confidence: one of :data:`CONFIDENCES`.
        source: where it was read.
        note: a remark for people, or empty.
    """

    os: str
    date: datetime.date
    kb: str | None
    build: str | None
    train: Train
    out_of_band: bool
    confidence: str
    source: str
    note: str = ""


Item = TypeVar("Item", Release, OtherUpdate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Generic[Item]):
    """What one source says.

    Attributes:
        item: the release or update.
        by: the source: a file's name, or gpogen.
        as_of: the day of the source.
        at: where it stands; None for gpogen's own data.
        dated: whether the source names the day, or it is only calculated.
    """

    item: Item
    by: str
    as_of: datetime.date
    at: Place | None = None
    dated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A KB number that people meet, and that says nothing about the train."""

    kb: str
    what: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseData:
    """All that is known.

    Attributes:
        as_of: the day on which Microsoft's calendar was last consulted.
        systems: by ``os``.
        releases: one per system and month, sorted.
        others: sorted by system and day.
        strangers: KB numbers without a meaning here.
    """

    as_of: datetime.date
    systems: Mapping[str, System]
    releases: tuple[Release, ...]
    others: tuple[OtherUpdate, ...]
    strangers: tuple[Stranger, ...]


@cache
def release_data() -> ReleaseData:
    """Return the data that come with this gpogen."""
    raw = load("releases.json")
    return ReleaseData(
        as_of=datetime.date.fromisoformat(raw["as_of"]),
        systems={row["os"]: _system(row) for row in raw["systems"]},
        releases=tuple(release(row) for row in raw["releases"]),
        others=tuple(other_update(row) for row in raw["others"]),
        strangers=tuple(Stranger(**row) for row in raw["strangers"]),
    )


def _system(row: dict[str, Any]) -> System:
    ends = Month.parse(row["ends"]) if row["ends"] else None
    return System(**row | {"first": Month.parse(row["first"]), "ends": ends})


def release(row: Mapping[str, Any]) -> Release:
    """Make a release of a row of the data file."""
    parsed = {
        "month": Month.parse(row["month"]),
        "date": datetime.date.fromisoformat(row["date"]),
        "type": Kind(row["type"]),
        "also": tuple(row.get("also", ())),
    }
    return Release(**{**row, **parsed})


def other_update(row: Mapping[str, Any]) -> OtherUpdate:
    """Make an update between the months of a row of the data file."""
    parsed = {"date": datetime.date.fromisoformat(row["date"]), "train": Train(row["train"])}
    return OtherUpdate(**{**row, **parsed})
