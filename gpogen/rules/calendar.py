"""Rules about when: a schedule or a pause against the calendar."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from gpogen.compile.subject import Subject
from gpogen.rules.engine import Hit
from gpogen.servicing.answer import Who

PAUSE = "PauseQualityUpdatesStartTime"
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How a pause is written."""


def read_pause(text: str) -> datetime.date | None:
    """Return the day that a pause begins with; None where the text is no such day."""
    try:
        day = datetime.date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and 1980 <= day.year < 3000 else None


def paused_baseline(subject: Subject) -> Iterator[Hit]:
    """Find the baselines that a pause of quality updates covers (HP014)."""
    if subject.find(PAUSE) is None:
        return
    from gpogen.calendar.paused import paused_baselines

    for start, end, which in paused_baselines(subject):
        message = f"quality updates are paused from {start} to {end}, over the {which}"
        fix = f"pause after the baseline is installed, or take {PAUSE} out"
        yield Hit(message=message, at=subject.place(PAUSE), fix=fix)


def hp032(subject: Subject) -> Iterator[Hit]:
    """A schedule that runs before its month's release, or at an hour that does not exist."""
    target = subject.profile.target
    weekly = subject.number("ScheduledInstallEveryWeek", authored=False) == 1
    who = subject.servicing.who
    if Who.UPDATE_MANAGER in who and subject.profile.update_manager is not None:
        from gpogen.calendar.early import early_windows

        yield from early_windows(subject)
    if Who.SCHEDULE not in who:
        return
    if weekly and not (target and target.time_zone):
        return
    from gpogen.calendar.early import early_runs  # Time zones cost; most need none.

    yield from early_runs(subject)
