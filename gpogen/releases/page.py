"""Microsoft's release information page for Windows Server, as Markdown: its tables as rows."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from gpogen.catalog.months import Month, read_day
from gpogen.catalog.releases import release_data
from gpogen.errors import UsageError
from gpogen.finding import Finding, Place, SourceText, mistake
from gpogen.profile.fields import quoted

MAX_LINES = 50_000
MAX_PROBLEMS = 200
TITLE = "Windows Server release information"
HISTORY = ("servicing option", "update type", "availability date", "build", "kb article")
CALENDAR = ("month", "update type", "type", "availability date", "build", "kb article")
VERSIONS = "windows server version"
"""How the head of the table of versions begins, which is of no interest here."""
_HEADING = "`**Windows Server 2025 (OS build 26100)**`"
TYPES = {"baseline (restart)": True, "baseline": True, "hotpatch": False}
_SYSTEM = re.compile(
    r"[#*\s]*Windows Server,?\s+(?:version\s+)?(\w{4})\b[^*#(]*\(OS build (\d+)\)[*\s]*",
    re.IGNORECASE | re.ASCII,
)
_OS_BUILD = re.compile(r"\s*(?:#|\*\*).{0,200}\bOS\W{0,2}build", re.IGNORECASE)
"""A heading that means to name a system; prose may speak of builds, too."""
_SECTION = re.compile(r"#{1,2}\s")
WITHOUT_HOTPATCH = {"2016": "14393", "2019": "17763", "23H2": "25398"}
"""The other systems of the page, whose tables are of no interest here, with their builds."""
_KB = re.compile(r"(?:\[\s*)?KB\s?([0-9]{6,8})(?:\s*\]\(\s*[^()\s]*\s*\))?", re.IGNORECASE)
_HISTORY_TYPE = re.compile(r"(\d{4}-\d{2}) (A|B|C|D|E|OOB)")
_CALENDAR_TYPE = re.compile(r"(\d{4})\.(\d{2}) B\s*(\\?\*|\^\\?\*\^|<sup>\\?\*</sup>)?")
_UPDATED = re.compile(r"(?:updated_at|ms\.date):\s*['\"]?(\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """One row of the page.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        month: the month that it is of.
        letter: A to E or OOB in the history; empty in the hotpatch calendar.
        baseline: in the calendar, whether it is a baseline; None in the history.
        marked: whether it was planned as a hotpatch, by a star.
        date: the day of the release, or None where it is still to come.
        build: ``26100.4946``, or None.
        kb: ``KB5063878``, or None.
        at: where it stands.
    """

    os: str
    month: Month
    letter: str
    baseline: bool | None
    marked: bool
    date: datetime.date | None
    build: str | None
    kb: str | None
    at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page.

    Attributes:
        as_of: the day of the copy, or None where it does not say.
        rows: in the order of the page.
        problems: what was not understood.
        passed_over: tables that say nothing here, one sentence each.
    """

    as_of: datetime.date | None
    rows: tuple[ReleaseRow, ...]
    problems: tuple[Finding, ...]
    passed_over: tuple[str, ...] = ()


@dataclass(slots=True)
class _State:
    """Where reading is: the system whose tables come, and the table."""

    os: str | None = None
    heads: tuple[str, ...] | None = None
    skipped: bool = False
    rows: list[ReleaseRow] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


class _BadError(Exception):
    """A cell that is not understood: what is wrong, and its number."""

    def __init__(self, message: str, cell: int) -> None:
        super().__init__(message)
        self.cell = cell


def read_page(text: str, file: str) -> Page:
    """Read the page.

    Raises:
        UsageError: it is no Markdown copy of the page.
    """
    if text.lstrip()[:1] == "<":
        raise UsageError(f"{file}: gpogen does not read HTML; save the page as Markdown")
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise UsageError(f"{file}: more than {MAX_LINES} lines")
    state = _State()
    source = SourceText("\n".join(lines))
    for number, line in enumerate(lines, 1):
        if len(state.problems) >= MAX_PROBLEMS:
            break
        _read_line(state, line, Place(file, number, 1, source))
    state.problems += _contradictions(state.rows)
    if not state.rows and not state.problems:
        raise UsageError(f"{file}: not a copy of Microsoft's {TITLE!r}: it has none of its tables")
    return Page(
        as_of=_day(lines),
        rows=tuple(state.rows),
        problems=tuple(state.problems),
        passed_over=tuple(state.passed_over),
    )


def _contradictions(rows: list[ReleaseRow]) -> Iterator[Finding]:
    """Find months of the hotpatch calendar of which two rows say different things."""
    first: dict[tuple[str, Month], ReleaseRow] = {}
    for row in rows:
        if row.baseline is None:
            continue
        before = first.setdefault((row.os, row.month), row)
        if replace(before, at=row.at) != row:
            message = f"the page contradicts itself about {row.month}"
            yield mistake("GP016", message, row.at, related=(before.at,))


def _day(lines: list[str]) -> datetime.date | None:
    days = []
    for line in lines[:200]:
        found = _UPDATED.match(line)
        if found is None:
            continue
        text = found[1]
        form = "%Y-%m-%d" if "-" in text else "%m/%d/%Y"
        try:
            days.append(datetime.datetime.strptime(text, form).date())
        except ValueError:
            continue
    return max((day for day in days if 2000 <= day.year < 3000), default=None)


def _read_line(state: _State, line: str, at: Place) -> None:
    if not line.lstrip().startswith("|"):
        if _read_heading(state, line, at):
            return
        if state.heads in (HISTORY, CALENDAR) and line.count("|") > 1:
            message = "a row of a table starts with |, but no header precedes it"
            state.problems.append(mistake("GP016", message, at))
        state.heads = None
        return
    cells = _cells(line)
    if state.heads is None:
        state.heads = tuple(cell.lower() for cell in cells)
        _check_heads(state, at)
        return
    if all(set(cell) <= set(":- ") for cell in cells):
        return
    if state.heads in (HISTORY, CALENDAR) and not state.skipped:
        try:
            state.rows.append(_row(state, cells, at))
        except _BadError as error:
            col = _column(line, error.cell)
            state.problems.append(mistake("GP016", str(error), replace(at, col=col)))


def _read_heading(state: _State, line: str, at: Place) -> bool:
    """Read the name of a system, or of a section, which ends what was said of the last system."""
    system = _SYSTEM.fullmatch(line.strip())
    if system is None:
        if _OS_BUILD.match(line):
            message = f"a heading must be similar to {_HEADING}; got {quoted(line.strip())}"
            state.problems.append(mistake("GP016", message, at))
        if _SECTION.match(line):
            state.os, state.heads, state.skipped = None, None, False
            return True
        return False
    year, build = system[1].upper(), system[2]
    state.os, state.heads, state.skipped = _os_of(year, build), None, False
    if state.os is None:
        state.skipped = True
        known = {**_builds(), **WITHOUT_HOTPATCH}
        if known.get(year, build) != build or build in set(known.values()) - {known.get(year)}:
            allowed = "; ".join(f"{name}: {number}" for name, number in known.items())
            message = f"build {build} does not belong to Windows Server {year}; known: {allowed}"
            state.problems.append(mistake("GP016", message, at))
        elif year not in known:
            told = f"{at}: the tables of Windows Server {year} (OS build {build}) are skipped: "
            state.passed_over.append(told + "gpogen does not know this system")
    return True


def _builds() -> dict[str, str]:
    """Return year and build of the systems with hotpatch."""
    return {row.os[-4:]: row.build for row in release_data().systems.values()}


def _os_of(year: str, build: str) -> str | None:
    return next(
        (
            row.os
            for row in release_data().systems.values()
            if (row.os[-4:], row.build) == (year, build)
        ),
        None,
    )


def _check_heads(state: _State, at: Place) -> None:
    heads = state.heads or ()
    if heads in (HISTORY, CALENDAR):
        if state.os is None and not state.skipped:
            message = (
                "a table must follow a line such as `**Windows Server 2025 (OS build 26100)**`"
            )
            state.problems.append(mistake("GP016", message, at))
            state.skipped = True
        return
    if not (heads and heads[0] == VERSIONS) and not state.skipped:
        allowed = f"{'; '.join(HISTORY)}, or {'; '.join(CALENDAR)}"
        message = f"a table has the header {quoted('; '.join(heads))}; known: {allowed}"
        state.problems.append(mistake("GP016", message, at))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _column(line: str, cell: int) -> int:
    starts = [number for number, char in enumerate(line) if char == "|"]
    return starts[min(cell, len(starts) - 1)] + 3 if starts else 1


def _row(state: _State, cells: list[str], at: Place) -> ReleaseRow:
    heads = state.heads or ()
    # Some rows of the page have an empty cell too many.
    if len(cells) < len(heads) or any(cells[len(heads) :]):
        raise _BadError(f"{len(cells)} cells; there must be {len(heads)}", 0)
    assert state.os is not None
    read = _history if heads == HISTORY else _calendar
    return read(state.os, cells, at)


def _history(os: str, cells: list[str], at: Place) -> ReleaseRow:
    found = _HISTORY_TYPE.fullmatch(cells[1])
    if found is None:
        raise _BadError(f"{quoted(cells[1])} is not an update type such as 2026-05 B or OOB", 1)
    month, day = _read(Month.parse, found[1], "not a month", 1), _date(cells[2], 2)
    if found[2] == "B":  # The first release of a system (A) has a month of its own.
        _check_month(day, month, 2)
    return ReleaseRow(
        os=os,
        month=month,
        letter=found[2],
        baseline=None,
        marked=False,
        date=day,
        build=_build(os, cells[3], 3),
        kb=_kb(cells[4], 4),
        at=at,
    )


def _calendar(os: str, cells: list[str], at: Place) -> ReleaseRow:
    found = _CALENDAR_TYPE.fullmatch(cells[1])
    if found is None:
        raise _BadError(f"{quoted(cells[1])} is not an update type such as 2026.05 B", 1)
    if cells[2].lower() not in TYPES:
        raise _BadError(f"{quoted(cells[2])} is not a type; known: Baseline (Restart), Hotpatch", 2)
    month = _read(Month.parse, f"{found[1]}-{found[2]}", "not a month", 1)
    if cells[0].lower() != f"{month.first_day:%B}".lower():
        raise _BadError(f"{quoted(cells[0])} is not the month of {quoted(cells[1])}", 0)
    day = _date(cells[3], 3) if cells[3] else None
    if day is not None:
        _check_month(day, month, 3)
    return ReleaseRow(
        os=os,
        month=month,
        letter="",
        baseline=TYPES[cells[2].lower()],
        marked=found[3] is not None,
        date=day,
        build=_build(os, cells[4], 4) if cells[4] else None,
        kb=_kb(cells[5], 5),
        at=at,
    )


def _read(parse: Callable[[str], Month], text: str, what: str, cell: int) -> Month:
    try:
        return parse(text)
    except ValueError:
        raise _BadError(f"{quoted(text)} is {what}", cell) from None


def _date(text: str, cell: int) -> datetime.date:
    day = read_day(text, 2000)
    if day is None:
        raise _BadError(f"{quoted(text)} is not a date such as 2026-05-12", cell)
    return day


def _check_month(day: datetime.date, month: Month, cell: int) -> None:
    if Month.of(day) != month:
        raise _BadError(f"the date {day} is not in the month {month}", cell)


def _build(os: str, text: str, cell: int) -> str:
    number = release_data().systems[os].build
    if not re.fullmatch(rf"{number}\.[0-9]{{1,6}}", text, re.ASCII):
        raise _BadError(f"{quoted(text)} is not a build of {os}, such as {number}.1234", cell)
    return text


def _kb(text: str, cell: int) -> str | None:
    if not text:
        return None
    found = _KB.fullmatch(text)
    if found is None:
        raise _BadError(
            f"{quoted(text)} is not a KB number such as KB5087539, with or without a link", cell
        )
    return f"KB{found[1]}"


def rows_of(page: Page, *, calendar: bool) -> Iterator[ReleaseRow]:
    """Yield the rows of the hotpatch calendar, or those of the history."""
    yield from (row for row in page.rows if (row.baseline is not None) is calendar)
