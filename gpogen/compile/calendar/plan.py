"""What a profile's records mean for the calendar: who installs when, and who restarts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from gpogen.compile.calendar.schedule import EVERY_DAY, Schedule
from gpogen.compile.rules.calendar import PAUSE
from gpogen.compile.rules.client import INSTALL_ON_SCHEDULE
from gpogen.compile.rules.engine import Subject
from gpogen.compile.rules.restart import ALWAYS, DEADLINES, LOGGED_ON

PAUSE_DAYS = 35
"""A pause ends by itself (Microsoft Learn, waas-configure-wufb)."""
_WEEKS = ("First", "Second", "Third", "Fourth")
_DEFAULT_HOUR = 3
_AUTOMATIC = 24
_DEFAULT_WARNING = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A compliance deadline for quality updates, in days."""

    days: int
    grace: int
    early: bool
    """Whether Windows may restart before it, outside active hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When and how the machines of a profile take updates.

    Attributes:
        schedule: when updates install; None where no schedule decides.
        deferral: days by which Windows Update holds quality updates back.
        pause: the day on which a pause of quality updates begins, or None.
        deadline: a deadline, which overrides the schedule; or None.
        warn_minutes: minutes from the scheduled installation to a forced restart, or None.
        waits_for_logoff: whether a restart waits until nobody is logged on.
        active_hours: hours (start, end) without automatic restart, or None.
    """

    schedule: Schedule | None
    deferral: int
    pause: datetime.date | None
    deadline: Deadline | None
    warn_minutes: int | None
    waits_for_logoff: bool
    active_hours: tuple[int, int] | None

    @property
    def pause_end(self) -> datetime.date | None:
        """The day on which a pause is over."""
        return pause_end(self.pause) if self.pause else None


def plan_of(subject: Subject) -> Plan:
    """Read a plan out of a profile's records."""

    def number(name: str) -> int | None:
        return subject.number(name, authored=False)

    scheduled = number("AUOptions") == INSTALL_ON_SCHEDULE and number("NoAutoUpdate") != 1
    always = number(ALWAYS) == 1 and scheduled and number(LOGGED_ON) != 1
    deferral = number("DeferQualityUpdatesPeriodInDays") or 0
    minutes = number("AlwaysAutoRebootAtScheduledTimeMinutes")
    start, end = number("ActiveHoursStart"), number("ActiveHoursEnd")
    active = number("SetActiveHours") == 1 and start is not None and end is not None
    return Plan(
        schedule=_schedule(subject) if scheduled else None,
        deferral=deferral if number("DeferQualityUpdates") == 1 else 0,
        pause=pause_of(subject),
        deadline=_deadline(subject),
        warn_minutes=(_DEFAULT_WARNING if minutes is None else minutes) if always else None,
        waits_for_logoff=number(LOGGED_ON) == 1 and scheduled,
        active_hours=(start, end) if active and start is not None and end is not None else None,
    )


def _schedule(subject: Subject) -> Schedule:
    if subject.number("AutomaticMaintenanceEnabled", authored=False) == 1:
        return Schedule(EVERY_DAY, None)  # Automatic maintenance takes the place of day and hour.
    hour = subject.number("ScheduledInstallTime", authored=False)
    hour = _DEFAULT_HOUR if hour is None else hour
    weeks = frozenset(
        number
        for number, word in enumerate(_WEEKS, 1)
        if subject.number(f"ScheduledInstall{word}Week", authored=False) == 1
    )
    if subject.number("ScheduledInstallEveryWeek", authored=False) == 1:
        weeks = frozenset()  # Which of the two counts is unproven; AU-WEEKS tells of both.
    return Schedule(
        day=(subject.number("ScheduledInstallDay", authored=False) or 0) % 8,
        hour=None if hour >= _AUTOMATIC else hour,
        weeks=weeks,
    )


def _deadline(subject: Subject) -> Deadline | None:
    if not any(subject.number(name, authored=False) == 1 for name in DEADLINES):
        return None
    names = ("ConfigureDeadlineNoAutoReboot", "ConfigureDeadlineNoAutoRebootForQualityUpdates")
    return Deadline(
        days=subject.number("ConfigureDeadlineForQualityUpdates", authored=False) or 0,
        grace=subject.number("ConfigureDeadlineGracePeriod", authored=False) or 0,
        early=not any(subject.number(name, authored=False) == 1 for name in names),
    )


def pause_end(start: datetime.date) -> datetime.date:
    """Return the day on which a pause that began on a day is over."""
    return start + datetime.timedelta(days=PAUSE_DAYS)


def pause_of(subject: Subject) -> datetime.date | None:
    """Return the day on which quality updates are paused; None without a pause or a date."""
    draft = subject.find(PAUSE)
    if draft is None or subject.number("DeferQualityUpdates", authored=False) == 0:
        return None
    value = draft.record.value
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
