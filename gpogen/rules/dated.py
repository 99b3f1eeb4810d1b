"""Rules about today's date: they never decide whether a profile is right."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from gpogen.calendar.entries import Status, entries
from gpogen.catalog.months import Month, months_from
from gpogen.rules.engine import Hit
from gpogen.rules.inputs import Today

STALE_DAYS = 45
"""Release data older than this miss a month (HP020)."""
_NAMED = 6
"""So many missing months are named."""
NOTICE_MONTHS = 6
"""So long before its end the end of hotpatch for a system is reported (HP030)."""


def hp020(today: Today) -> Iterator[Hit]:
    """Release data that is too old for today, or that lacks months before its own day."""
    as_of = today.knowledge.as_of[today.family]
    days = (today.day - as_of).days
    missing = _missing(today, as_of)
    if days > STALE_DAYS:
        message = f"the release data of {today.family} is from {as_of}, {days} days ago"
        yield Hit(message=message, at=None)
    elif missing:
        count = f"{len(missing)} past month{' has' if len(missing) == 1 else 's have'}"
        named = ", ".join(map(str, missing[-_NAMED:]))
        more = "the newest: " if len(missing) > _NAMED else ""
        message = (
            f"the release data of {today.family} is from {as_of}, but {count} no data: "
            f"{more}{named}"
        )
        yield Hit(message=message, at=None)


def _missing(today: Today, as_of: datetime.date) -> tuple[Month, ...]:
    """Return the months that were out on the day of the release data, which lack them."""
    first = today.knowledge.systems[today.family].first
    months = months_from(first, max(0, Month.of(as_of) + 1 - first))
    rows = entries(today.knowledge, today.family, months, as_of)
    return tuple(row.month for row in rows if row.status is Status.OVERDUE)


def hp030(today: Today) -> Iterator[Hit]:
    """The end of hotpatch for a system, from six months before it."""
    system = today.knowledge.systems[today.family]
    if system.ends is None:
        return
    over = (system.ends + 1).first_day
    if today.day < (system.ends + (1 - NOTICE_MONTHS)).first_day:
        return
    word = "ended" if today.day >= over else "ends"
    message = f"hotpatch for {system.title} {word} with {system.ends}"
    if not today.each:
        yield Hit(message=message, at=None)
        return
    for subject in today.subjects:
        yield Hit(message=message, at=subject.place_of("target", "os"), about=(subject,))
