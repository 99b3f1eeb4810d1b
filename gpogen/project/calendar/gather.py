"""Everything that the calendar is made from: release data, profiles, today."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gpogen.catalog.months import Month
from gpogen.catalog.platforms import operating_systems
from gpogen.catalog.releases import release_data
from gpogen.compile.allow import BY_CALENDAR, OF_TODAY
from gpogen.compile.calendar.dated import of_today
from gpogen.compile.calendar.entries import Entry, entries
from gpogen.compile.calendar.knowledge import Knowledge, know
from gpogen.compile.calendar.overlay import Overlay
from gpogen.compile.calendar.rhythm import Other
from gpogen.compile.calendar.rings import in_ring_order
from gpogen.compile.compiler import Checked
from gpogen.errors import GpogenError, UsageError
from gpogen.files import Roots, read_file, root_of
from gpogen.finding import Finding, Place, Severity, has_error
from gpogen.profile import yaml12
from gpogen.profile.load import RELEASES, show
from gpogen.profile.releases import Additions, read_additions
from gpogen.profile.shape import hint
from gpogen.profile.zones import known_zones, zone_hint
from gpogen.project.calendar.lay import Range, lay
from gpogen.project.calendar.other import read_other
from gpogen.project.calendar.useless import Used, note_used, useless
from gpogen.project.select import in_order, select

_RUN = (*OF_TODAY, *BY_CALENDAR)


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
    entries: dict[str, tuple[Entry, ...]]
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
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = datetime.date.min
    if not 1980 <= day.year < 3000 or day.isoformat() != text:
        raise UsageError(f"--today: {text!r} is no date such as 2026-11-24")
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
        raise UsageError(f"--from: {first!r} is no month such as 2026-01") from None
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
                f"--os: {word!r} is no system; allowed: {allowed}{f'; {near}' if near else ''}"
            )
        found.add(known[word.lower()])
    return tuple(sorted(found or release_data().systems))


def read_knowledge(
    folders: Iterable[str | Path], files: Sequence[str], today: datetime.date
) -> tuple[Knowledge, tuple[Finding, ...]]:
    """Read what users have added: ``hotpatch-releases.yaml`` of some folders, and files.

    A file that claims to be of a day to come counts as of today (GP041).

    Raises:
        UsageError: a file can't be opened.
    """
    own = (Path(folder, name) for folder in dict.fromkeys(folders) for name in RELEASES)
    named = [path for path in own if os.path.lexists(path)]
    for path in named:
        refused = Roots(root_of(path)).refusal(path)
        if refused:
            raise UsageError(f"{show(path)}: {refused}; name the file itself with --update")
    paths = {path.resolve(): path for path in (*named, *map(Path, files))}
    added: list[Additions] = []
    findings: list[Finding] = []
    for path in paths.values():
        found, wrong = _read(path)
        findings += wrong
        if found is not None and found.as_of > today:
            findings.append(_ahead(found, today))
            # Of a day before gpogen's own data it would not count at all.
            found = found.as_of_day(max(today, release_data().as_of))
        added += [found] if found else []
    knowledge = know(added)
    return knowledge, (*findings, *knowledge.conflicts)


def _ahead(found: Additions, today: datetime.date) -> Finding:
    return Finding(
        id="GP041",
        severity=Severity.WARNING,
        message=f"as_of {found.as_of} is after today, {today}: today counts",
        at=Place(found.file, 1, 1),
        fix="write the day on which you looked at Microsoft's calendar",
    )


def _read(path: Path) -> tuple[Additions | None, tuple[Finding, ...]]:
    return read_additions(read_file(path, yaml12.MAX_BYTES, show(path)), show(path))


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
    used: Used = {}
    errors: list[GpogenError] = []
    if asked.paths:
        selection = select(asked.paths, asked.profiles_dir)
        laid = lay(selection, knowledge, when, wanted=systems, timezone=asked.timezone)
        errors += (*selection.errors, *laid.errors)
        overlays, used = laid.overlays, laid.used
        checked = selection.profiles
        findings += laid.findings
        systems = tuple(sorted({item.os for item in overlays}))
    told = list(findings)
    for system in systems:
        profiles = tuple(item.profile for item in overlays if item.os == system)
        judged = of_today(knowledge, system, profiles, when.today)
        told += judged.standing
        note_used(used, profiles, judged.silenced)
    laid_out = {item.profile.name for item in overlays}
    told += useless((one for one in checked if one.loaded.stem in laid_out), used, _RUN)
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
        raise UsageError(f"--timezone: {name!r} is no IANA time zone; {zone_hint(name)}")
