"""What a user knows about releases beyond the catalog: a small YAML file.

It lies as ``hotpatch-releases.yaml`` in the profiles folder, or anywhere and is named.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind, OtherUpdate, Release, Said, Train, release_data
from gpogen.document import yaml12
from gpogen.document.nodes import Mapping, place_of
from gpogen.finding import Finding, Place, mistake
from gpogen.profile import fields
from gpogen.profile.azure import Kb
from gpogen.profile.fields import Line, pattern, words
from gpogen.profile.part import Part
from gpogen.profile.schema import date_text, format_version
from gpogen.profile.shape import check_shape
from gpogen.text import visible

SYSTEMS = tuple(release_data().systems)
USER = "copy"
"""How sure a user's entry is: somebody has read it at Microsoft and written it down."""


def _month(value: Any) -> str:
    try:
        return str(Month.parse(value))
    except (TypeError, ValueError):
        raise fields.wrong(
            "form", f"must be a month such as 2026-11; got {fields.shown(value)}"
        ) from None


Os = Annotated[str, words(*SYSTEMS, meant={name.rpartition("-")[2]: name for name in SYSTEMS})]


def _date(value: Any) -> str:
    text = date_text(value)
    if text >= "3000":
        raise fields.wrong("form", f"must be a date such as 2026-11-02; got {fields.shown(value)}")
    return text


Date = Annotated[str, BeforeValidator(_date)]
MonthText = Annotated[str, BeforeValidator(_month)]
Build = Annotated[str, pattern(r"[0-9]{5}\.[0-9]{1,6}", 'a build such as "26100.32995"')]


class ReleaseItem(Part):
    """One month of one system."""

    os: Os
    month: MonthText
    type: Annotated[str, words(*(kind.value for kind in Kind))]
    date: Date | None = None
    kb: Kb | None = None
    build: Build | None = None
    source: Line | None = None
    note: Line | None = None


class OutOfBandItem(Part):
    """One update between the months."""

    os: Os
    date: Date
    train: Annotated[str, words(*(train.value for train in Train))]
    kb: Kb | None = None
    build: Build | None = None
    source: Line | None = None
    note: Line | None = None


class CumulativeItem(Part):
    """The cumulative update of a hotpatch month, or an optional preview: it leaves the train."""

    os: Os
    date: Date
    kb: Kb | None = None
    build: Build | None = None
    source: Line | None = None
    note: Line | None = None


class ReleasesFile(Part):
    """The whole file."""

    gpogen: Annotated[int, BeforeValidator(format_version)]
    as_of: Date
    """The day on which somebody looked at Microsoft's calendar."""
    releases: list[ReleaseItem] = Field(default_factory=list)
    out_of_band: list[OutOfBandItem] = Field(default_factory=list)
    cumulative: list[CumulativeItem] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What a file adds.

    Attributes:
        file: its name, to show.
        as_of: the day on which its author looked.
        releases: months.
        others: updates between the months.
    """

    file: str
    as_of: datetime.date
    releases: tuple[Said[Release], ...]
    others: tuple[Said[OtherUpdate], ...]

    def as_of_day(self, day: datetime.date) -> Additions:
        """Return the same as the words of another day."""
        return Additions(
            file=self.file,
            as_of=day,
            releases=tuple(replace(said, as_of=day) for said in self.releases),
            others=tuple(replace(said, as_of=day) for said in self.others),
        )


def read_additions(data: bytes, file: str) -> tuple[Additions | None, tuple[Finding, ...]]:
    """Read such a file; None with the findings when anything in it is wrong."""
    node, findings = yaml12.read(data, file)
    if node is None:
        return None, tuple(findings)
    if not isinstance(node, Mapping):
        message = "release data must be a mapping that starts with `gpogen: 1`"
        return None, (*findings, mistake("GP006", message, node.place))
    found, wrong = check_shape(node, ReleasesFile)
    findings += wrong
    if found is None or findings:
        return None, tuple(findings)
    made = _additions(found, node, file)
    problems = (*_misfits(made), *_repeated(made))
    return (None if problems else made), problems


def _additions(found: ReleasesFile, node: Mapping, file: str) -> Additions:
    as_of = datetime.date.fromisoformat(found.as_of)
    name = visible(file)
    others: tuple[tuple[str, Sequence[OutOfBandItem | CumulativeItem]], ...] = (
        ("out_of_band", found.out_of_band),
        ("cumulative", found.cumulative),
    )
    return Additions(
        file=name,
        as_of=as_of,
        releases=tuple(
            Said(
                item=_release(item, name),
                by=name,
                as_of=as_of,
                at=place_of(node, ("releases", number)),
                dated=item.date is not None,
            )
            for number, item in enumerate(found.releases)
        ),
        others=tuple(
            Said(item=_other(item, name), by=name, as_of=as_of, at=place_of(node, (key, number)))
            for key, rows in others
            for number, item in enumerate(rows)
        ),
    )


def _release(item: ReleaseItem, file: str) -> Release:
    month = Month.parse(item.month)
    return Release(
        os=item.os,
        month=month,
        date=datetime.date.fromisoformat(item.date) if item.date else month.patch_tuesday,
        type=Kind(item.type),
        kb=item.kb,
        build=item.build,
        confidence=USER,
        source=item.source or file,
        note=item.note or "",
    )


def _other(item: OutOfBandItem | CumulativeItem, file: str) -> OtherUpdate:
    return OtherUpdate(
        os=item.os,
        date=datetime.date.fromisoformat(item.date),
        kb=item.kb,
        build=item.build,
        train=Train(item.train) if isinstance(item, OutOfBandItem) else Train.LCU,
        out_of_band=isinstance(item, OutOfBandItem),
        confidence=USER,
        source=item.source or file,
        note=item.note or "",
    )


def _misfits(made: Additions) -> Iterator[Finding]:
    """Find builds of another system, and months and dates that can't be."""
    for said in made.releases:
        row = said.item
        assert said.at is not None
        yield from _wrong_build(row.os, row.build, said.at)
        if Month.of(row.date) != row.month:
            message = f"the date {row.date} is not in the month {row.month}"
            yield mistake("GP016", message, said.at)
        first = release_data().systems[row.os].first
        if row.month < first:
            yield mistake("GP016", f"the calendar of {row.os} starts with {first}", said.at)
    for other in made.others:
        assert other.at is not None
        if not other.item.kb and not other.item.build:
            yield mistake("GP011", "an update must have a kb, a build, or both", other.at)
        yield from _wrong_build(other.item.os, other.item.build, other.at)


def _wrong_build(os: str, build: str | None, at: Place) -> Iterator[Finding]:
    number = release_data().systems[os].build
    if build and not build.startswith(f"{number}."):
        yield mistake("GP016", f"the build {build} does not belong to {os}, which is {number}", at)


def _repeated(made: Additions) -> Iterator[Finding]:
    first: dict[tuple[str, str], Place] = {}
    rows = [(said.item.os, str(said.item.month), said.at) for said in made.releases]
    rows += [
        (other.item.os, other.item.kb or other.item.build or f"of {other.item.date}", other.at)
        for other in made.others
    ]
    for os, what, at in rows:
        assert at is not None
        if (os, what) in first:
            message = f"{os} {what} occurs twice"
            yield mistake("GP017", message, at, "keep one", (first[os, what],))
        first.setdefault((os, what), at)
