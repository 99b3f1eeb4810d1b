"""Everything that the calendar is made from: release data, profiles, today."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gpogen.calendar.entries import MonthEntry, entries
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.rhythm import Other
from gpogen.calendar.rings import in_ring_order
from gpogen.catalog.months import Month, read_day
from gpogen.catalog.platforms import operating_systems
from gpogen.catalog.releases import release_data
from gpogen.errors import GpogenError, UsageError
from gpogen.finding import Finding, has_error, in_order
from gpogen.profile.shape import hint
from gpogen.profile.zones import known_zones, zone_hint
from gpogen.releases.knowledge import Knowledge
from gpogen.releases.known import read_knowledge
from gpogen.rules.allow import Judgment, of_calendar, of_today
from gpogen.rules.check import Checked
from gpogen.rules.inputs import Today, judge_today
from gpogen.workspace.other_schedule import read_other
from gpogen.workspace.overlays import Range, lay
from gpogen.workspace.select import select
from gpogen.workspace.useless import useless


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


def day_of(text: str) -> datetime.date:
    """Read a day; without one it is today, or what SOURCE_DATE_EPOCH says.

    Raises:
        UsageError: the text is no date from 1980 on.
    """
    if text in ("", "now"):
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if epoch.isdecimal() and len(epoch) < 12:
            return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
        return datetime.datetime.now().astimezone().date()
    day = read_day(text)
    if day is None:
        raise UsageError(f"--today: {text!r} is not a date such as 2026-11-24")
    return day


def range_of(first: str, count: int, today: datetime.date) -> Range:
    """Return the months to show; without a first one they begin with the last quarter.

    Raises:
        UsageError: ``first`` is no month.
    """
    try:
        whole = f"{first}-01" if len(first) == 4 else first
        start = Month.parse(whole) if first else (Month.of(today) + -3).quarter
    except ValueError:
        raise UsageError(f"--from: {first!r} is not a month such as 2026-01") from None
    return Range(first=start, count=count, today=today)


def systems_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return the systems that are asked for; all without words.

    Raises:
        UsageError: a word is no system.
    """
    found = set()
    known = {word: row.family for word, row in operating_systems().items()}
    known |= {family: family for family in release_data().systems}
    known |= {family.rpartition("-")[2]: family for family in release_data().systems}
    for word in words:
        if word.lower() not in known:
            near = hint(word, tuple(known))
            allowed = ", ".join(release_data().systems)
            raise UsageError(
                f"--os: {word!r} is not a supported system; allowed: "
                f"{allowed}{f'; {near}' if near else ''}"
            )
        found.add(known[word.lower()])
    return tuple(sorted(found or release_data().systems))


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
