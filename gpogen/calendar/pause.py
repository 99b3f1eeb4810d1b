"""A pause of quality updates: how it is written, when it ends."""

from __future__ import annotations

import datetime

from gpogen.catalog.months import read_day
from gpogen.compile.subject import Subject

PAUSE = "PauseQualityUpdatesStartTime"
PAUSE_DAYS = 35
"""A pause ends by itself (Microsoft Learn, waas-configure-wufb)."""


def pause_end(start: datetime.date) -> datetime.date:
    """Return the day on which a pause that began on a day is over."""
    return start + datetime.timedelta(days=PAUSE_DAYS)


def pause_of(subject: Subject) -> datetime.date | None:
    """Return the day on which quality updates are paused; None without a pause or a date."""
    if subject.number("DeferQualityUpdates", authored=False) == 0:
        return None
    return read_day(subject.text(PAUSE))
