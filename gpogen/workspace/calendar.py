"""Everything that the calendar is made from: release data, profiles, today."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from gpogen.calendar.entries import MonthEntry, entries
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.rhythm import Other
from gpogen.calendar.rings import in_ring_order
from gpogen.catalog.months import Month
from gpogen.errors import GpogenError, UsageError
from gpogen.finding import Finding, has_error, in_order
from gpogen.releases.knowledge import Knowledge
from gpogen.releases.known import read_knowledge
from gpogen.rules.allow import Judgment, of_calendar, of_today
from gpogen.rules.check import Checked
from gpogen.rules.inputs import Today, judge_today
from gpogen.workspace.other_schedule import read_other
from gpogen.workspace.overlays import Range, lay
from gpogen.workspace.select import select
from gpogen.workspace.useless import useless
from gpogen.workspace.words import systems_of
from gpogen.zones import known_zones, zone_hint

FROM_PREVIOUS_QUARTER = 6
"""So many months contain the month of today if they begin with the previous quarter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What the calendar shows.

    Attributes:
        range: the months, and today.
        knowledge: the release data.
        systems: the operating systems shown, sorted.
        entries: by system, its months.
        overlays: the profiles laid over them, in ring order.
        asked: whether profiles were asked for, if none could be laid over anything.
        findings: what is to be told, sorted.
        errors: files that could not be read.
        other: the schedule that profiles are compared with; None for their own.
    """

    range: Range
    knowledge: Knowledge
    systems: tuple[str, ...]
    entries: dict[str, tuple[MonthEntry, ...]]
    overlays: tuple[Overlay, ...]
    asked: bool
    findings: tuple[Finding, ...]
    errors: tuple[GpogenError, ...]
    other: Other | None = None

    @property
    def exit_code(self) -> int:
        """2 when a file could not be read, else 1 after an error, else 0."""
        worst = max((error.exit_code for error in self.errors), default=0)
        return max(worst, int(has_error(self.findings)))


def range_of(first: str, count: int, today: datetime.date) -> Range:
    """Return the months to show; without a first one they begin with the previous quarter.

    Fewer than six months would end before today then, so they begin with the month of today.

    Raises:
        UsageError: ``first`` is no month.
    """
    try:
        whole = f"{first}-01" if len(first) == 4 else first
        start = Month.parse(whole) if first else _start(count, Month.of(today))
    except ValueError:
        raise UsageError(f"--from: {first!r} is not a month such as 2026-01") from None
    return Range(first=start, count=count, today=today)


def _start(count: int, now: Month) -> Month:
    return (now + -3).quarter if count >= FROM_PREVIOUS_QUARTER else now


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see.

    Attributes:
        paths: profiles, or none.
        profiles_dir: the profiles folder.
        systems: words of systems, or none.
        updates: files with release data.
        timezone: an IANA name, or empty.
        other: the schedule to compare with, in words or a profile's file; or None.
    """

    paths: tuple[str, ...]
    profiles_dir: str
    systems: tuple[str, ...]
    updates: tuple[str, ...]
    timezone: str
    other: str | None = None


def gather(asked: Asked, when: Range) -> Calendar:
    """Read everything, and lay the profiles over the calendar.

    Raises:
        UsageError: an option is wrong, or a file of release data can't be opened.
        ContentError: the profile to compare with has errors.
    """
    _check_zone(asked.timezone)
    systems = systems_of(asked.systems)
    other = read_other(asked.other, asked.profiles_dir) if asked.other is not None else None
    beside = (path if path.is_dir() else path.parent for path in map(Path, asked.paths))
    folders = (Path(asked.profiles_dir), *beside)
    knowledge, findings = read_knowledge(folders, asked.updates, when.today)
    overlays: tuple[Overlay, ...] = ()
    checked: tuple[Checked, ...] = ()
    judgment = Judgment()
    errors: list[GpogenError] = []
    if asked.paths:
        selection = select(asked.paths, asked.profiles_dir)
        laid = lay(
            selection,
            knowledge,
            when,
            wanted=systems,
            timezone=asked.timezone,
            judgment=judgment,
        )
        errors += (*selection.errors, *laid.errors)
        overlays = laid.overlays
        checked = selection.profiles
        findings += laid.findings
        systems = tuple(sorted({item.os for item in overlays}))
    for system in systems:
        subjects = tuple(item.subject for item in overlays if item.os == system)
        today = Today(knowledge=knowledge, family=system, day=when.today, subjects=subjects)
        judgment.take(judge_today(today))
    laid_out = {item.name for item in overlays}
    shown = (one for one in checked if one.loaded.stem in laid_out)
    idle = useless(shown, judgment, (*of_today(), *of_calendar()))
    told = (*findings, *judgment.standing, *idle)
    return Calendar(
        range=when,
        knowledge=knowledge,
        systems=systems,
        entries={system: entries(knowledge, system, when.months, when.today) for system in systems},
        overlays=in_ring_order(overlays),
        asked=bool(asked.paths),
        findings=in_order(told),
        errors=tuple(errors),
        other=other,
    )


def _check_zone(name: str) -> None:
    if name and name not in known_zones():
        raise UsageError(f"--timezone: {name!r} is not an IANA time zone; {zone_hint(name)}")
