"""Rules about when: a schedule or a pause against the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gpogen.calendar.pause import PAUSE
from gpogen.compile.subject import Subject
from gpogen.rules.deferral import pause_fix
from gpogen.rules.engine import Hit
from gpogen.servicing.answer import Who

if TYPE_CHECKING:
    from gpogen.calendar.swallowed import Swallowed


def paused_baseline(subject: Subject) -> Iterator[Hit]:
    """Find the baselines that a pause of quality updates covers (HP014)."""
    if subject.find(PAUSE) is None:
        return
    from gpogen.calendar.paused import paused_baselines

    for start, end, which in paused_baselines(subject):
        message = f"quality updates are paused from {start} to {end}, over the {which}"
        yield Hit(message=message, at=subject.place(PAUSE), fix=pause_fix())


def lost_baselines(subject: Subject) -> dict[str, Swallowed]:
    """Return what a profile's deferral and its pause each hold back until the next release."""
    from gpogen.calendar.held_back import held_back  # Time zones cost; most need none.

    return {item.value: item for item in held_back(subject)}


def hp032(subject: Subject) -> Iterator[Hit]:
    """A schedule that runs before its month's release, or at an hour that does not exist."""
    zone = subject.machines.time_zone if subject.machines else ""
    weekly = subject.number("ScheduledInstallEveryWeek", authored=False) == 1
    who = subject.servicing.who
    if Who.UPDATE_MANAGER in who and subject.profile and subject.profile.update_manager:
        from gpogen.rules.early import windows

        yield from windows(subject)
    if Who.SCHEDULE not in who:
        return
    if weekly and not zone:
        return
    from gpogen.rules.early import runs  # Time zones cost; most need none.

    yield from runs(subject)
