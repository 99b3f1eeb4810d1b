"""Baselines that a deferral or a pause holds back, without a date of today."""

from __future__ import annotations

from gpogen.calendar import clock
from gpogen.calendar.entries import entries
from gpogen.calendar.pause import pause_of
from gpogen.calendar.plan import plan_of
from gpogen.calendar.rollout import course
from gpogen.calendar.swallowed import Swallowed, swallowed
from gpogen.catalog.months import Month, months_from
from gpogen.compile.subject import Subject
from gpogen.releases.knowledge import know

MONTHS = 24
"""So many months are judged, from that of gpogen's release data on: eight planned baselines."""


def held_back(subject: Subject) -> tuple[Swallowed, ...]:
    """Return what a profile's deferral or pause holds back until the next release.

    The answer depends on gpogen's own release data and on no clock, so that every build of a
    profile gives the same one. `gpogen calendar` gives that of the months it shows.
    """
    knowledge = know()
    system = knowledge.systems.get(subject.family)
    plan = plan_of(subject)
    if system is None or subject.machines is None or not plan.holds_back:
        return ()
    today = knowledge.as_of[subject.family]
    zone = subject.machines.time_zone
    zones = (clock.zone_of(zone),) if zone else clock.EVERY_OFFSET
    months = list(months_from(Month.of(today), MONTHS))
    pause = pause_of(subject)
    if pause is not None:
        months += [one for one in months_from(Month.of(pause), 3) if one not in months]
    rows = entries(knowledge, subject.family, sorted(months), today)
    courses = tuple(course(plan, row, zones) for row in rows)
    return tuple(swallowed(plan, courses, knowledge, system, today))
