"""What a profile's records mean for the calendar: who installs when, and who restarts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from gpogen.calendar.pause import pause_end, pause_of
from gpogen.calendar.schedule import Schedule
from gpogen.calendar.window import window_of_profile
from gpogen.compile.subject import Subject
from gpogen.servicing.answer import Restarts, Who
from gpogen.servicing.situation import Policy, Timetable

DEFERRAL = "DeferQualityUpdatesPeriodInDays"
DEFERRAL_MAX, DEADLINE_MAX, GRACE_MAX, WARNING_MAX, DAY_MAX = 30, 30, 7, 180, 7
"""The limits of the ADMX; a raw registry value can go beyond, and no source says what then."""
_DEFAULT_WARNING = 15


class Recurring(Protocol):
    """What is used like a window of Azure Update Manager."""

    @property
    def minutes(self) -> int:
        """How long it is open."""

    @property
    def text(self) -> str:
        """Say when it is."""

    def starts(
        self, offered: datetime.datetime, zone: datetime.tzinfo
    ) -> Iterator[datetime.datetime]:
        """Yield when it opens (UTC) at an offer or later."""


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
        wsus: whether quality updates come from WSUS, where somebody approves them: Windows
            Update's deferral and pause do not reach them.
        window: the monthly window of Azure Update Manager, or what is used like one; None where
            there is none that installs.
        restarts_in_window: whether that window's run restarts what needs it.
        follows_installation: whether a restart follows the scheduled installation at once,
            unless somebody who is signed in delays it.
        beyond: what was used instead of values that are missing, or beyond what the
            policy allows.
    """

    schedule: Schedule | None
    deferral: int
    pause: datetime.date | None
    deadline: Deadline | None
    warn_minutes: int | None
    waits_for_logoff: bool
    active_hours: tuple[int, int] | None
    wsus: bool = False
    window: Recurring | None = None
    restarts_in_window: bool = True
    follows_installation: bool = False
    beyond: tuple[str, ...] = ()

    @property
    def holds_back(self) -> bool:
        """Tell whether a deferral or a pause makes updates later than the schedule alone."""
        return self.deferral != 0 or self.pause is not None

    @property
    def forces_restart(self) -> bool:
        """Tell whether a timer restarts the machine after a scheduled installation has ended.

        Whether a hotpatch also starts that timer is unproven (UNPROVEN-A).
        """
        scheduled = self.schedule is not None and self.deadline is None
        return scheduled and self.warn_minutes is not None

    @property
    def pause_end(self) -> datetime.date | None:
        """The day on which a pause is over."""
        return pause_end(self.pause) if self.pause else None


def plan_of(subject: Subject) -> Plan:
    """Read a plan out of a profile's records."""
    values = _Values(subject)
    found = subject.servicing
    policy = found.situation.restart
    scheduled = Who.SCHEDULE in found.who
    waits = policy is Policy.NOT_WHILE_SIGNED_IN and scheduled
    always = policy is Policy.AT_SCHEDULED_TIME and scheduled
    warning = values.within("AlwaysAutoRebootAtScheduledTimeMinutes", WARNING_MAX)
    wsus = found.situation.quality_from_wsus
    return Plan(
        schedule=_schedule(found.situation.timetable, values.beyond) if scheduled else None,
        deferral=0 if wsus else _deferral(values),
        pause=None if wsus else pause_of(subject),
        deadline=_deadline(values) if Who.DEADLINE in found.who else None,
        warn_minutes=(_DEFAULT_WARNING if warning is None else warning) if always else None,
        waits_for_logoff=waits,
        active_hours=_active_hours(values),
        wsus=wsus,
        window=_window(subject) if Who.UPDATE_MANAGER in found.who else None,
        follows_installation=found.restarts is Restarts.AFTER and _active_hours(values) is None,
        restarts_in_window=found.restarts is Restarts.ORCHESTRATOR,
        beyond=tuple(values.beyond),
    )


def _window(subject: Subject) -> Recurring | None:
    return window_of_profile(subject.profile) if subject.profile else None


class _Values:
    """A profile's numbers, and the names of those that had to be cut down."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.beyond: list[str] = []

    def number(self, name: str) -> int | None:
        return self._subject.number(name, authored=False)

    def within(self, name: str, high: int) -> int | None:
        """Return a number that is at least 0 and at most ``high``."""
        found = self.number(name)
        if found is None or 0 <= found <= high:
            return found
        self.beyond.append(f"{name} is {found}, more than {high}: the calendar uses {high}")
        return high


def _deferral(values: _Values) -> int:
    if values.number("DeferQualityUpdates") != 1:
        return 0
    return values.within(DEFERRAL, DEFERRAL_MAX) or 0


def _active_hours(values: _Values) -> tuple[int, int] | None:
    start, end = values.number("ActiveHoursStart"), values.number("ActiveHoursEnd")
    if values.number("SetActiveHours") != 1 or start is None or end is None:
        return None
    return start % 24, end % 24


def _schedule(found: Timetable, beyond: list[str]) -> Schedule:
    day = found.day
    if day > DAY_MAX:
        beyond.append(
            f"ScheduledInstallDay is {day}, more than {DAY_MAX}: the calendar uses {DAY_MAX}"
        )
    return Schedule(day=min(day, DAY_MAX), hour=found.hour, weeks=found.weeks)


def _deadline(values: _Values) -> Deadline:
    for name in ("ConfigureDeadlineForQualityUpdates", "ConfigureDeadlineGracePeriod"):
        if values.number(name) is None:
            values.beyond.append(f"{name} is not set: the calendar uses 0 days")
    names = ("ConfigureDeadlineNoAutoReboot", "ConfigureDeadlineNoAutoRebootForQualityUpdates")
    return Deadline(
        days=values.within("ConfigureDeadlineForQualityUpdates", DEADLINE_MAX) or 0,
        grace=values.within("ConfigureDeadlineGracePeriod", GRACE_MAX) or 0,
        early=not any(values.number(name) == 1 for name in names),
    )
