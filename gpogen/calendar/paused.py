"""Baselines that a pause of quality updates covers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from gpogen.calendar.entries import Restart, entries
from gpogen.calendar.pause import pause_end, pause_of
from gpogen.catalog.months import Month, months_from
from gpogen.catalog.releases import release_data
from gpogen.compile.subject import Subject
from gpogen.releases.knowledge import know


def paused_baselines(subject: Subject) -> Iterator[tuple[datetime.date, datetime.date, str]]:
    """Yield (first day, day after the last, which baseline) for each that is covered."""
    start = pause_of(subject)
    if start is None:
        return
    end = pause_end(start)
    knowledge = know()
    families = (subject.family,) if subject.family else tuple(release_data().systems)
    covered = (
        f"{row.type.value} of {row.date}"
        for family in families
        for row in entries(knowledge, family, months_from(Month.of(start), 3), start)
        if row.restart is Restart.YES and start <= row.date < end
    )
    for which in dict.fromkeys(covered):
        yield start, end, which
