"""Everything that the calendar is made from: release data, profiles, today."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gpogen.catalog.months import Month, months_from
from gpogen.catalog.platforms import operating_systems
from gpogen.catalog.releases import release_data
from gpogen.compile.calendar.dated import ending, stale
from gpogen.compile.calendar.entries import Entry, entries
from gpogen.compile.calendar.knowledge import Knowledge, know
from gpogen.compile.calendar.overlay import Overlay, lay_over
from gpogen.compile.calendar.rings import in_ring_order, same_hour
from gpogen.compile.compiler import Checked, subject_of
from gpogen.errors import GpogenError, UsageError
from gpogen.finding import Finding, Severity
from gpogen.profile import yaml12
from gpogen.profile.load import RELEASES, show
from gpogen.profile.releases import Additions, read_additions
from gpogen.profile.shape import hint
from gpogen.project.select import in_order, select

OVERLAID = ("HP014", "HP020", "HP030", "HP032", "HP035")
"""The rules about when, which the calendar tells; gpogen check tells all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which months are shown, seen from which day."""

    first: Month
    count: int
    today: datetime.date

    @property
    def months(self) -> tuple[Month, ...]:
        """The months."""
        return months_from(self.first, self.count)


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
    """

    range: Range
    knowledge: Knowledge
    systems: tuple[str, ...]
    entries: dict[str, tuple[Entry, ...]]
    overlays: tuple[Overlay, ...]
    asked: bool
    findings: tuple[Finding, ...]
    errors: tuple[GpogenError, ...]

    @property
    def exit_code(self) -> int:
        """2 when a file could not be read, else 1 after an error, else 0."""
        worst = max((error.exit_code for error in self.errors), default=0)
        return max(worst, failed(self.findings))


def failed(findings: Iterable[Finding]) -> int:
    """Return 1 when there is an error among them, else 0."""
    return int(any(item.severity is Severity.ERROR for item in findings))


def day_of(text: str, option: str = "--today") -> datetime.date:
    """Read a day; without one it is today, or what SOURCE_DATE_EPOCH says.

    Raises:
        UsageError: the text is no date from 1980 on.
    """
    if not text:
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if epoch.isdecimal() and len(epoch) < 12:
            return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
        return datetime.datetime.now().astimezone().date()
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = datetime.date.min
    if not 1980 <= day.year < 3000 or day.isoformat() != text:
        raise UsageError(f"{option}: {text!r} is no date such as 2026-11-24")
    return day


def range_of(first: str, count: int, today: datetime.date) -> Range:
    """Return the months to show; without a first one they begin with the last quarter.

    Raises:
        UsageError: ``first`` is no month.
    """
    try:
        start = Month.parse(first) if first else (Month.of(today) + -3).quarter
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
    profiles_dir: str, files: Sequence[str]
) -> tuple[Knowledge, tuple[Finding, ...]]:
    """Read what users have added: ``hotpatch-releases.yaml`` of the profiles folder, and files.

    Raises:
        UsageError: a file can't be opened.
    """
    own = Path(profiles_dir, RELEASES)
    paths = [own] if own.is_file() else []
    paths += [path for path in map(Path, files) if path not in paths]
    added: list[Additions] = []
    findings: list[Finding] = []
    for path in paths:
        found, wrong = _read(path)
        findings += wrong
        added += [found] if found else []
    knowledge = know(added)
    return knowledge, (*findings, *knowledge.conflicts)


def _read(path: Path) -> tuple[Additions | None, tuple[Finding, ...]]:
    try:
        with path.open("rb") as stream:
            data = stream.read(yaml12.MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    return read_additions(data, show(path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see.

    Attributes:
        paths: profiles, or none.
        profiles_dir: the profiles folder.
        systems: words of systems, or none.
        updates: files with release data.
        timezone: an IANA name, or empty.
    """

    paths: tuple[str, ...]
    profiles_dir: str
    systems: tuple[str, ...]
    updates: tuple[str, ...]
    timezone: str


def gather(asked: Asked, when: Range) -> Calendar:
    """Read everything, and lay the profiles over the calendar.

    Raises:
        UsageError: an option is wrong, or a file of release data can't be opened.
    """
    _check_zone(asked.timezone)
    systems = systems_of(asked.systems)
    knowledge, findings = read_knowledge(asked.profiles_dir, asked.updates)
    overlays: tuple[Overlay, ...] = ()
    errors: tuple[GpogenError, ...] = ()
    if asked.paths:
        selection = select(asked.paths, asked.profiles_dir)
        errors = selection.errors
        overlays, problems = _lay(selection.profiles, knowledge, when, asked)
        findings += problems
        systems = tuple(sorted({item.os for item in overlays}))
    told = [*findings, *stale(knowledge, systems, when.today)]
    for system in systems:
        told += ending(knowledge, system, when.today)
    return Calendar(
        range=when,
        knowledge=knowledge,
        systems=systems,
        entries={system: entries(knowledge, system, when.months, when.today) for system in systems},
        overlays=in_ring_order(overlays),
        asked=bool(asked.paths),
        findings=in_order(told),
        errors=errors,
    )


def _check_zone(name: str) -> None:
    import zoneinfo

    if name and name not in zoneinfo.available_timezones():
        near = hint(name, tuple(zoneinfo.available_timezones()))
        raise UsageError(f"--timezone: {name!r} is no IANA time zone{f'; {near}' if near else ''}")


def _lay(
    profiles: Sequence[Checked], knowledge: Knowledge, when: Range, asked: Asked
) -> tuple[tuple[Overlay, ...], tuple[Finding, ...]]:
    overlays: list[Overlay] = []
    findings: list[Finding] = []
    wanted = systems_of(asked.systems)
    for item in profiles:
        subject = subject_of(item)
        profile = item.loaded.profile
        findings += _about_when(item)
        if subject is None or profile is None or profile.target is None:
            continue
        if subject.family not in wanted:
            continue
        laid = lay_over(
            subject,
            profile,
            knowledge,
            when.months,
            today=when.today,
            timezone=asked.timezone,
        )
        findings += laid.findings
        overlays.append(laid)
    return tuple(overlays), (*findings, *_meeting(overlays))


def _about_when(item: Checked) -> list[Finding]:
    """Return what check says about when, or about a profile that can't be laid over anything."""
    if item.loaded.profile is None:
        return list(item.findings)
    return [found for found in item.findings if found.id in OVERLAID]


def _meeting(overlays: Sequence[Overlay]) -> list[Finding]:
    from gpogen.catalog.rules import rule_page

    page = rule_page("HP035")
    return [
        Finding(
            id="HP035",
            severity=page.severity,
            message=f"the domain controllers of {first.name} and {second.name} restart in the same "
            f"hour, first in {month}",
            fix=page.fix,
            why=page.why,
            source=page.source,
        )
        for first, second, month in same_hour(overlays)
    ]
