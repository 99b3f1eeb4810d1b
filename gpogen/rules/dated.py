"""Rules about today's date: they never decide whether a profile is right."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.rules.engine import Hit
from gpogen.rules.inputs import Today

STALE_DAYS = 45
"""Release data older than this miss a month (HP020)."""
NOTICE_MONTHS = 6
"""So long before its end the end of hotpatch for a system is reported (HP030)."""


def hp020(today: Today) -> Iterator[Hit]:
    """Release data that is too old for today."""
    as_of = today.knowledge.as_of[today.family]
    days = (today.day - as_of).days
    if days > STALE_DAYS:
        message = f"the release data of {today.family} is from {as_of}, {days} days ago"
        yield Hit(message=message, at=None)


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
