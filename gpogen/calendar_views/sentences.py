"""An overlay in sentences: who installs, what brings the restart about, what else is to be told."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from gpogen.calendar import clock
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.plan import Plan
from gpogen.calendar.rhythm import Other
from gpogen.calendar.schedule import Schedule
from gpogen.catalog.months import Month
from gpogen.servicing.answer import Restarts, Servicing
from gpogen.servicing.tell import installs_text, restarts_text, timetable_text

_DAY = 24 * 60
"""The minutes of a day."""
UNPROVEN_RESTART = (
    "whether a hotpatch, which requires no restart, also starts the forced restart is unproven "
    "(UNPROVEN-A)"
)
"""What is to be told of every profile that forces restarts."""


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def installs(item: Overlay) -> str:
    """Say who installs, and when, in one sentence."""
    return _installs(item.plan, item.servicing)


def other(item: Other) -> str:
    """Say when the schedule that a profile is compared with installs."""
    if item.servicing is None:
        return item.text
    return f"{item.profile}: {_installs(item.plan, item.servicing)}"


def _installs(plan: Plan, found: Servicing) -> str:
    held = f", from {_count(plan.deferral, 'day')} after the release on" if plan.deferral else ""
    if plan.deadline is not None:
        return f"immediately when offered{held}: the deadline overrides every schedule"
    if plan.schedule is None and plan.window is not None:
        return f"Azure Update Manager, {plan.window.text}{held}"
    if plan.schedule is None:
        return f"{installs_text(found)}: time unknown to gpogen"
    return f"{timetable_text(plan.schedule)}{held}"


_SURE_OF_NO_TIME = {restarts: f"{restarts.value}: time unknown" for restarts in Restarts}


def restarts(item: Overlay) -> str:
    """Say what brings the restart about, in one sentence."""
    plan, found = item.plan, item.servicing
    if plan.deadline is not None:
        early = (
            "any time after the installation, outside active hours"
            if plan.deadline.early
            else "by the deadline"
        )
        days = _count(plan.deadline.days, "day")
        return (
            f"{early}, due {days} after the offer, {_count(plan.deadline.grace, 'day')} of "
            "grace period"
        )
    if plan.schedule is None and plan.window is not None and plan.restarts_in_window:
        return "within the window, by Azure Update Manager"
    if plan.schedule is None:
        return restarts_text(found)
    if plan.warn_minutes is not None:
        return _forced(plan.schedule, plan.warn_minutes)
    if plan.waits_for_logoff:
        return "when nobody is logged on: time unknown"
    if plan.active_hours is not None:
        start, end = plan.active_hours
        return f"when Windows chooses, not from {start:02}:00 to {end:02}:00: time unknown"
    return _SURE_OF_NO_TIME[found.restarts]


def _forced(schedule: Schedule, minutes: int) -> str:
    """Say when a timer restarts the machine: nobody knows how long an installation takes."""
    earliest = ""
    if schedule.hour is not None:
        day, at = divmod(schedule.hour * 60 + minutes, _DAY)
        later = " on the next day" if day else ""
        earliest = f", {at // 60:02}:{at % 60:02}{later} at the earliest"
    return (
        f"forced {minutes} minutes after the scheduled installation ends{earliest}; plan a window "
        "of some hours"
    )


def remarks(item: Overlay) -> Iterator[str]:
    """Say what else is to be told, one sentence each."""
    plan, zone = item.plan, item.zones[0]
    if not isinstance(zone, ZoneInfo):
        yield (
            "time zone unknown: the calendar covers UTC-12 to UTC+14 and shows the worst case, "
            "in its own time zone (set target.time_zone or --timezone)"
        )
    elif item.months:
        yield from _clock_changes(plan, zone, item.months)
    if any(row.reading for row in item.courses):
        yield (
            "whether a week box means the Nth weekday or the calendar week is unproven "
            "(UNPROVEN-B): gpogen calculates both and shows the later"
        )
    if plan.schedule is not None and plan.schedule.hour is None and plan.deadline is None:
        yield "Windows chooses the hour: gpogen assumes the worst hour of the day"
    if plan.schedule is not None or plan.deadline is not None:
        yield "days exposed assume that an installation takes no time"
    if plan.forces_restart:
        yield UNPROVEN_RESTART
    if plan.wsus:
        yield (
            "quality updates come from WSUS: gpogen assumes that somebody approves them in the "
            "hour of their release; deferral and pause do not apply to them"
        )
    yield from plan.beyond


def _clock_changes(plan: Plan, zone: ZoneInfo, months: tuple[Month, ...]) -> Iterator[str]:
    days = clock.changes(zone, months[0], len(months))
    if days:
        told = ", ".join(
            f"{day} ({'forward' if clock.goes_forward(day, zone) else 'back'})" for day in days
        )
        yield f"clocks change in {zone.key}: {told}"
    if plan.schedule is None or plan.deadline is not None:
        return
    for gone in plan.schedule.skipped_runs(zone, months):
        yield (
            f"{gone:%Y-%m-%d %H:%M} does not exist: clocks go forward over it, so gpogen "
            "assumes that Windows skips the run"
        )
