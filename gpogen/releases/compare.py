"""What a copy of the page says that is not known yet, and what it says otherwise."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind, OtherUpdate, Release, Train
from gpogen.releases.knowledge import Knowledge
from gpogen.releases.page import Page, ReleaseRow, rows_of

SOURCE = "Windows Server release information (Microsoft Learn), copy of {}"
_NOTES = {"hotpatch month": "the cumulative update of a hotpatch month", "C": "an optional preview"}
Item: TypeAlias = Release | OtherUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a copy says.

    Attributes:
        added: what is not known yet.
        contradiction:  what is known otherwise, with a sentence on it.
        unchanged: how many are known just so.
        newest: the newest release of each system that the copy has.
        passed_over: rows that say nothing here, with the reason.
    """

    added: tuple[Item, ...]
    contradicting: tuple[tuple[Item, str], ...]
    unchanged: int
    newest: tuple[Release, ...]
    passed_over: tuple[str, ...]


def compare(page: Page, as_of: datetime.date, knowledge: Knowledge) -> Compared:
    """Compare a copy with what is known."""
    items: list[Item] = []
    passed: list[str] = list(page.passed_over)
    calendar = {(row.os, row.month): row for row in rows_of(page, calendar=True)}
    source = SOURCE.format(as_of)
    history = {
        (row.os, row.month): row for row in rows_of(page, calendar=False) if row.letter == "B"
    }
    for row in calendar.values():
        release = _month(row, history.get((row.os, row.month)), source)
        items += [release] if release else []
    for row in rows_of(page, calendar=False):
        found = _between(row, calendar, knowledge, source)
        if isinstance(found, str):
            passed.append(found)
        elif found is not None:
            items.append(found)
    released = [item for item in items if isinstance(item, Release) and item.kb]
    newest = {item.os: item for item in sorted(released, key=lambda item: item.date)}
    added: list[Item] = []
    contradicting: list[tuple[Item, str]] = []
    unchanged = 0
    for item in items:
        known = _known(item, knowledge)
        wrong = _differences(item, known)
        if wrong:
            contradicting.append((item, wrong))
        elif known is None or _says_more(item, known):
            added.append(item)
        else:
            unchanged += 1
    return Compared(
        added=tuple(added),
        contradicting=tuple(contradicting),
        unchanged=unchanged,
        newest=tuple(newest.values()),
        passed_over=tuple(passed),
    )


def _month(row: ReleaseRow, lcu: ReleaseRow | None, source: str) -> Release | None:
    """Make a release of a row of the calendar; None where it only repeats the plan."""
    planned = Kind.BASELINE if row.month == row.month.quarter else Kind.HOTPATCH
    kind = Kind.HOTPATCH
    if row.baseline:
        kind = Kind.UNPLANNED if row.marked or planned is Kind.HOTPATCH else Kind.BASELINE
    if row.kb is None and row.build is None and kind is planned:
        return None
    date = row.date or (lcu.date if lcu and lcu.date else row.month.patch_tuesday)
    return Release(
        os=row.os,
        month=row.month,
        date=date,
        type=kind,
        kb=row.kb,
        build=row.build,
        confidence="copy",
        source=source,
    )


def _between(
    row: ReleaseRow,
    calendar: dict[tuple[str, Month], ReleaseRow],
    knowledge: Knowledge,
    source: str,
) -> Item | str | None:
    """Make an update of a row of the history; a sentence where it can't be said what it is."""
    assert row.date is not None
    if any(row.kb and row.kb == item.kb for item in calendar.values()):
        return None  # It is the month's own.
    known = knowledge.releases.get((row.os, row.month))
    before = row.month < knowledge.systems[row.os].first
    in_calendar = calendar.get((row.os, row.month))
    if row.letter == "B" and not before and in_calendar is None:
        if known is None or known.type is not Kind.HOTPATCH:
            return _release(row, known.type if known else Kind.UNKNOWN, source)
        if known.kb == row.kb:
            return None
    if row.letter == "A":
        found = _other(row, Train.BASELINE, "", source)
        if _known(found, knowledge) is None:
            return f"{row.at}: the meaning of an update of the first week ({row.build}) is unknown"
        return found
    note = "hotpatch month" if row.letter == "B" else "C" if row.letter in "CDE" else ""
    return _other(row, Train.LCU, "" if before else _NOTES.get(note, ""), source)


def _release(row: ReleaseRow, kind: Kind, source: str) -> Release:
    assert row.date is not None
    return Release(
        os=row.os,
        month=row.month,
        date=row.date,
        type=kind,
        kb=row.kb,
        build=row.build,
        confidence="copy",
        source=source,
    )


def _other(row: ReleaseRow, train: Train, note: str, source: str) -> OtherUpdate:
    assert row.date is not None
    return OtherUpdate(
        os=row.os,
        date=row.date,
        kb=row.kb,
        build=row.build,
        train=train,
        out_of_band=row.letter == "OOB",
        confidence="copy",
        source=source,
        note=note,
    )


def _known(item: Item, knowledge: Knowledge) -> Item | None:
    if isinstance(item, Release):
        return knowledge.releases.get((item.os, item.month))
    rows = [row for row in knowledge.others if row.os == item.os]
    by_kb = [row for row in rows if item.kb and row.kb == item.kb]
    by_build = [
        row
        for row in rows
        if item.build == row.build and row.train is not Train.HOTPATCH and None in (row.kb, item.kb)
    ]
    return next(iter((*by_kb, *by_build)), None)


def _differences(item: Item, known: Item | None) -> str:
    """Say in what the copy and what is known differ, where both say it."""
    if known is None:
        return ""
    names = ["kb", "build"]
    names += ["type"] if isinstance(item, Release) else ["train"]
    names += ["date"] if item.kb and known.kb else []
    parts = [
        f"{name} {getattr(item, name)}, known as {getattr(known, name)}"
        for name in names
        if getattr(item, name) != getattr(known, name) and _both_say(item, known, name)
    ]
    what = str(item.month) if isinstance(item, Release) else item.kb or item.build or ""
    return f"{item.os} {what}: {'; '.join(parts)}" if parts else ""


def _both_say(item: Item, known: Item, name: str) -> bool:
    pair = (getattr(item, name), getattr(known, name))
    return None not in pair and Kind.UNKNOWN not in pair


def _says_more(item: Item, known: Item) -> bool:
    pairs = [(item.kb, known.kb), (item.build, known.build)]
    if isinstance(item, Release) and isinstance(known, Release):
        pairs.append(
            (
                None if item.type is Kind.UNKNOWN else item.type.value,
                None if known.type is Kind.UNKNOWN else known.type.value,
            )
        )
    return any(new is not None and old is None for new, old in pairs)


def sentences(found: Compared) -> Iterator[str]:
    """Say what was found, the counts first."""
    counted = (
        f"{len(found.added)} added, {found.unchanged} unchanged, "
        f"{len(found.contradicting)} contradicting"
    )
    yield counted
    yield from (f"added: {name(item)}" for item in found.added)
    yield from (
        f"contradiction: {text}: the copy takes precedence where it is newer"
        for _, text in found.contradicting
    )
    yield from found.passed_over


def name(item: Item) -> str:
    """Write ``windows-server-2025 2026-10 baseline KB5099999 (26100.34000)``."""
    what = f"{item.month} {item.type}" if isinstance(item, Release) else f"{item.date} {item.train}"
    build = f" ({item.build})" if item.build else ""
    return f"{item.os} {what} {item.kb or 'without a KB number'}{build}"


def chosen(found: Compared) -> Iterable[Item]:
    """Return what is written: the new, the contradicting, and the newest, which dates the data."""
    rows = (*found.added, *(item for item, _ in found.contradicting), *found.newest)
    return dict.fromkeys(rows)
