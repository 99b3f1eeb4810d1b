"""One update on the machines of one profile: released, offered, installed, restarted."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gpogen.calendar.clock import release_moment
from gpogen.calendar.entries import MonthEntry, Restart
from gpogen.calendar.plan import Plan
from gpogen.calendar.schedule import WeekReading

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What becomes of one month's update; all moments are local, None where nothing decides.

    Attributes:
        entry: the month.
        zone: the time zone of the calculation.
        released: when it appears.
        offered: when the machine may take it: after deferral and pause.
        installed: when it installs at the latest; in a window, when the window closes.
        install_from: when the window opens in which it installs; None without a window.
        reading: the reading of the week boxes by which this is so; None where both agree.
        restart_from: when a restart can come at the earliest.
        restart_due: when the restart is over at the latest; where it is forced, as if the
            installation took no time.
        forced: whether a timer that starts when the installation ends restarts the machine, so
            that ``restart_due`` is the earliest time.
    """

    entry: MonthEntry
    zone: datetime.tzinfo
    released: datetime.datetime
    offered: datetime.datetime
    installed: datetime.datetime | None
    install_from: datetime.datetime | None = None
    reading: WeekReading | None = None
    restart_from: datetime.datetime | None = None
    restart_due: datetime.datetime | None = None
    forced: bool = False

    @property
    def unproven(self) -> bool:
        """Whether it is unproven that the update does not restart the machine (UNPROVEN-A)."""
        return self.forced and self.entry.restart is not Restart.YES

    @property
    def protected(self) -> datetime.datetime | None:
        """When the machine is protected if all goes by plan: a baseline needs its restart."""
        return self.restart_due if self.entry.restart is Restart.YES else self.installed

    @property
    def protected_after_restart(self) -> datetime.datetime | None:
        """When it is protected if the update turns out to need a restart."""
        return self.installed if self.entry.restart is Restart.NO else self.restart_due

    @property
    def exposed_days(self) -> float | None:
        """Days from the release to the protection, to one decimal."""
        return days_between(self.released, self.protected)


def days_between(start: datetime.datetime, end: datetime.datetime | None) -> float | None:
    """Return days of 24 hours to one decimal, half up."""
    if end is None:
        return None
    seconds = (_utc(end) - _utc(start)).total_seconds()
    return int(seconds / 8640 + 0.5) / 10


@lru_cache(maxsize=1 << 14)  # Many profiles have the same plan.
def course(plan: Plan, entry: MonthEntry, zones: tuple[datetime.tzinfo, ...]) -> Course:
    """Calculate one month in the zone, the reading and the hour that are worst."""
    found = [made for zone in zones for made in _courses(plan, entry, zone)]
    worst = max(found, key=_lateness)
    by_reading: dict[WeekReading | None, list[Course]] = {}
    for item in found:
        if item.zone is worst.zone:
            by_reading.setdefault(item.reading, []).append(item)
    latest = {max(rows, key=_lateness).installed for rows in by_reading.values()}
    return replace(worst, reading=None) if len(latest) == 1 else worst


def _lateness(item: Course) -> tuple[bool, datetime.timedelta, datetime.timedelta]:
    """Order courses from the best to the worst; of equals, the one nearest to UTC is last."""
    offset = abs(item.released.utcoffset() or datetime.timedelta())
    if item.installed is None:
        return True, datetime.timedelta(), -offset
    return False, _utc(item.installed) - _utc(item.released), -offset


def _utc(moment: datetime.datetime) -> datetime.datetime:
    # Two local times of one zone are subtracted as if the clocks never changed.
    return moment.astimezone(datetime.UTC)


def _courses(plan: Plan, entry: MonthEntry, zone: datetime.tzinfo) -> Iterator[Course]:
    released = release_moment(entry.date)
    offered = _offered(plan, released, zone)
    base = Course(
        entry=entry,
        zone=zone,
        released=released.astimezone(zone),
        offered=offered.astimezone(zone),
        installed=None,
        forced=plan.forces_restart,
    )
    for installed, reading in _installed(plan, offered, zone):
        opens = _opens(plan, installed, zone)
        found = replace(base, installed=installed, install_from=opens, reading=reading)
        yield _restarted(plan, found)


def _opens(
    plan: Plan, closes: datetime.datetime | None, zone: datetime.tzinfo
) -> datetime.datetime | None:
    """Return when the window of an installation opens; None where no window decides."""
    if closes is None or plan.window is None or plan.deadline or plan.schedule:
        return None
    length = datetime.timedelta(minutes=plan.window.minutes)
    return (_utc(closes) - length).astimezone(zone)


def _offered(plan: Plan, released: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    offered = released + plan.deferral * _DAY
    paused = _pause(plan, zone)
    return paused[1] if paused and paused[0] <= offered < paused[1] else offered


def _pause(plan: Plan, zone: datetime.tzinfo) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Return when a pause begins and ends (UTC), both at the machine's midnight."""
    if plan.pause is None or plan.pause_end is None:
        return None
    start, end = (
        datetime.datetime.combine(day, datetime.time(0), tzinfo=zone).astimezone(datetime.UTC)
        for day in (plan.pause, plan.pause_end)
    )
    return start, end


def _installed(
    plan: Plan, offered: datetime.datetime, zone: datetime.tzinfo
) -> Iterator[tuple[datetime.datetime | None, WeekReading | None]]:
    if plan.deadline is not None:
        yield offered.astimezone(zone), None
    elif plan.schedule is None and plan.window is not None:
        start = _first_outside(plan.window.starts(offered, zone), _pause(plan, zone))
        length = datetime.timedelta(minutes=plan.window.minutes)
        yield (start + length).astimezone(zone) if start else None, None
    elif plan.schedule is None:
        yield None, None
    else:
        paused = _pause(plan, zone)
        for reading in plan.schedule.readings:
            for hour in plan.schedule.hours:
                runs = plan.schedule.runs(offered, zone, reading, hour)
                yield _first_outside(runs, paused), reading


def _first_outside(
    runs: Iterable[datetime.datetime],
    paused: tuple[datetime.datetime, datetime.datetime] | None,
) -> datetime.datetime | None:
    for run in runs:
        if paused is None or not paused[0] <= _utc(run) < paused[1]:
            return run
    return None


def _after_active_hours(plan: Plan, moment: datetime.datetime) -> datetime.datetime:
    """Return the first moment (UTC) from one on that is not within active hours."""
    if plan.active_hours is None:
        return _utc(moment)
    start, end = plan.active_hours
    left = (end - moment.hour) % 24
    if (moment.hour - start) % 24 >= (end - start) % 24:
        return _utc(moment)
    over = (moment + datetime.timedelta(hours=left)).replace(minute=0)
    return _utc(over)


def _restarted(plan: Plan, item: Course) -> Course:
    if item.installed is None or item.entry.restart is Restart.NO:
        return item
    start = _utc(item.installed)
    if plan.deadline is not None:
        due = max(
            _utc(item.offered) + plan.deadline.days * _DAY, start + plan.deadline.grace * _DAY
        )
        earliest = due
        if plan.deadline.early:
            earliest = min(_after_active_hours(plan, item.installed), due)
    elif plan.schedule is None and plan.window is not None:
        earliest, due = start - datetime.timedelta(minutes=plan.window.minutes), start
        if not plan.restarts_in_window:
            return replace(item, restart_from=earliest.astimezone(item.zone))
    elif plan.warn_minutes is not None:
        due = earliest = start + datetime.timedelta(minutes=plan.warn_minutes)
    else:
        return replace(item, restart_from=item.installed)
    return replace(
        item, restart_from=earliest.astimezone(item.zone), restart_due=due.astimezone(item.zone)
    )
