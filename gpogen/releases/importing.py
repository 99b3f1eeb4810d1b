"""A copy of the page, read, compared and written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gpogen.catalog.months import read_day
from gpogen.errors import UsageError
from gpogen.files import read_file, read_stdin
from gpogen.finding import Finding, mistake
from gpogen.profile.reading import STDIN, show
from gpogen.releases.additions import read_additions
from gpogen.releases.compare import chosen, compare, sentences
from gpogen.releases.known import read_knowledge
from gpogen.releases.page import Page, read_page
from gpogen.releases.write import existing, text_of

MAX_BYTES = 8 << 20
DAYS_AHEAD = 31
"""Days from now that a copy may be of: clocks and time zones differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a copy.

    Attributes:
        text: the file of releases; empty after problems.
        sentences: what was added, is unchanged, and contradicts.
        has_news: whether anything was added or contradicts.
        problems: what was not understood, or is wrong with what users have added.
    """

    text: str
    sentences: tuple[str, ...]
    has_news: bool
    problems: tuple[Finding, ...]


def import_page(
    file: str, output: str, as_of: str, folders: Sequence[str], updates: Sequence[str]
) -> Imported:
    """Read a copy, and say what to write.

    Raises:
        UsageError: it can't be opened, is none, or does not say of which day it is.
        ContentError: the file that is to be rewritten is wrong.
    """
    shown = "<stdin>" if file == STDIN else show(Path(file))
    data = read_stdin(MAX_BYTES) if file == STDIN else read_file(Path(file), MAX_BYTES, shown)
    if len(data) > MAX_BYTES:
        raise UsageError(f"{shown}: more than {MAX_BYTES} bytes")
    page = read_page(data.decode("utf-8-sig", errors="replace"), shown)
    if page.problems:
        return Imported(text="", sentences=(), has_news=False, problems=page.problems)
    day = _day(as_of) or page.as_of
    if day is None:
        raise UsageError(f"{shown}: it does not state its date: set it with --as-of")
    late = tuple(_late(page, day))
    if late:
        return Imported(text="", sentences=(), has_news=False, problems=late)
    _refuse_future(day, shown)
    before = None if output == STDIN else existing(Path(output))
    own = [] if before is None else [output]
    knowledge, wrong = read_knowledge(folders, (*updates, *own), max(day, datetime.date.today()))
    found = compare(page, day, knowledge)
    errors = tuple(item for item in wrong if item.severity.value == "error")
    if before is not None and before.as_of > day and found.contradicting:
        told = "\n".join(text for _, text in found.contradicting)
        raise UsageError(
            f"{show(Path(output))} is from {before.as_of}, which is newer than {day}: {told}"
        )
    text = "" if errors else text_of(chosen(found), day, before)
    _refuse_unreadable(text, shown)
    return Imported(
        text=text,
        sentences=(f"{shown}, from {day}:", *sentences(found)),
        has_news=bool(found.added or found.contradicting),
        problems=errors,
    )


def _refuse_future(day: datetime.date, shown: str) -> None:
    """Refuse a day that no clock explains: data of that day would not count as old until then.

    Raises:
        UsageError: it is more than `DAYS_AHEAD` days from now.
    """
    today = datetime.date.today()
    if (day - today).days > DAYS_AHEAD:
        raise UsageError(
            f"{shown}: its date is {day}, but today is {today}: set the date on which you saved "
            "it with --as-of"
        )


def _late(page: Page, day: datetime.date) -> Iterator[Finding]:
    """Find releases with a number that are later than the copy."""
    for row in page.rows:
        if row.date is not None and row.date > day and (row.kb or row.build):
            message = f"a release of {row.date} in a copy from {day}: one of the two dates is wrong"
            yield mistake("GP016", message, row.at)


def _refuse_unreadable(text: str, shown: str) -> None:
    """Make sure that what is to be written is read again as what it is."""
    if not text:
        return
    made, wrong = read_additions(text.encode("utf-8"), shown)
    errors = [item for item in wrong if item.severity.value == "error"]
    if made is None or errors:
        why = errors[0].message if errors else "it is too large"
        raise UsageError(f"{shown}: gpogen cannot create a release file from it: {why}")


def _day(text: str) -> datetime.date | None:
    if not text:
        return None
    day = read_day(text, 2000)
    if day is None:
        raise UsageError(f"--as-of: {text!r} is not a date such as 2026-11-24")
    return day
