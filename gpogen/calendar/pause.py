"""A pause of quality updates: how it is written, when it ends."""

from __future__ import annotations

import datetime
import re

from gpogen.compile.subject import Subject

PAUSE = "PauseQualityUpdatesStartTime"
PAUSE_DAYS = 35
"""A pause ends by itself (Microsoft Learn, waas-configure-wufb)."""
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How a pause is written."""


def read_pause(text: str) -> datetime.date | None:
    """Return the day that a pause begins with; None where the text is no such day."""
    try:
        day = datetime.date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and 1980 <= day.year < 3000 else None


def pause_end(start: datetime.date) -> datetime.date:
    """Return the day on which a pause that began on a day is over."""
    return start + datetime.timedelta(days=PAUSE_DAYS)


def pause_of(subject: Subject) -> datetime.date | None:
    """Return the day on which quality updates are paused; None without a pause or a date."""
    if subject.number("DeferQualityUpdates", authored=False) == 0:
        return None
    return read_pause(subject.text(PAUSE))
