"""What is told by today's date: it never decides whether a profile is right."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from gpogen.finding import Finding, Place
from gpogen.profile.schema import Profile
from gpogen.releases.knowledge import Knowledge
from gpogen.rules.allow import Judged, silence
from gpogen.rules.engine import Hit, finding_of

STALE_DAYS = 45
"""Release data older than this miss a month (HP020)."""
NOTICE_MONTHS = 6
"""So long before its end the end of hotpatch for a system is told (HP030)."""


def of_today(
    knowledge: Knowledge, family: str, profiles: Sequence[Profile], today: datetime.date
) -> Judged:
    """Judge one system's data and end by today's date, as its profiles allow."""
    told = (*stale(knowledge, (family,), today), *ending(knowledge, family, today))
    return silence(told, profiles)


def stale(knowledge: Knowledge, families: Sequence[str], today: datetime.date) -> Iterator[Finding]:
    """HP020: release data that are too old for today, one finding per system."""
    for family in families:
        as_of = knowledge.as_of[family]
        days = (today - as_of).days
        if days > STALE_DAYS:
            message = f"the release data of {family} are of {as_of}, {days} days old"
            yield finding_of("HP020", Hit(message=message, at=None))


def ending(
    knowledge: Knowledge, family: str, today: datetime.date, at: Place | None = None
) -> Iterator[Finding]:
    """HP030: the end of hotpatch for a system, from six months before it."""
    system = knowledge.systems[family]
    if system.ends is None:
        return
    over = (system.ends + 1).first_day
    if today < (system.ends + (1 - NOTICE_MONTHS)).first_day:
        return
    word = "ended" if today >= over else "ends"
    message = f"hotpatch for {system.title} {word} with {system.ends}"
    yield finding_of("HP030", Hit(message=message, at=at))
