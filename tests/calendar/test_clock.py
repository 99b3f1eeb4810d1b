"""Clock changes, weeks of a month, and rings: each day and each order against a second count."""

from __future__ import annotations

import calendar as standard
import datetime
import itertools
from zoneinfo import ZoneInfo

import pytest

from gpogen.calendar.clock import goes_forward, offset_name
from gpogen.calendar.overlay import Overlay, lay_over
from gpogen.calendar.rhythm import LAST, Rhythm
from gpogen.calendar.rings import in_ring_order
from gpogen.calendar.schedule import Schedule, WeekReading, week_of
from gpogen.catalog.months import Month, months_from
from gpogen.releases.knowledge import know
from gpogen.rules.check import subject_of
from tests.support.profiles import checked

YEAR = [datetime.date(2026, 1, 1) + datetime.timedelta(days=step) for step in range(365)]
FORWARD = {"Europe/Rome": "2026-03-29", "America/New_York": "2026-03-08", "Asia/Tokyo": ""}


@pytest.mark.parametrize("zone", FORWARD)
def test_the_clocks_go_forward_on_one_day_of_a_year_or_never(zone: str) -> None:
    days = [str(day) for day in YEAR if goes_forward(day, ZoneInfo(zone))]

    assert days == [FORWARD[zone]] * bool(FORWARD[zone])


@pytest.mark.parametrize("hours", range(-12, 15))
def test_a_fixed_distance_from_utc_is_told_with_its_sign(hours: int) -> None:
    zone = datetime.timezone(datetime.timedelta(hours=hours))

    sign = "+" if hours > 0 else "-"
    assert offset_name(zone) == ("UTC" if hours == 0 else f"UTC{sign}{abs(hours)}")
    assert offset_name(ZoneInfo("Europe/Rome")) == "Europe/Rome"


def days_of(month: int, weekday: int) -> list[int]:
    """Return the days of a month of 2026 that are such a weekday, by the standard library."""
    return [week[weekday] for week in standard.monthcalendar(2026, month) if week[weekday]]


NUMBERED = (1, 2, 3, 4, LAST)
CHOICES = [set(some) for size in (1, 2) for some in itertools.combinations(NUMBERED, size)]


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("weeks", CHOICES, ids=str)
def test_a_week_of_the_month_is_the_nth_such_day_or_the_last(weekday: int, weeks: set[int]) -> None:
    rhythm = Rhythm(hour=3, minute=0, day=weekday, weeks=frozenset(weeks))
    wanted = []
    for month in range(1, 13):
        days = days_of(month, weekday)
        picked = {days[week - 1] for week in weeks if week != LAST and week <= len(days)}
        picked |= {days[-1]} if LAST in weeks else set()
        wanted += [datetime.date(2026, month, day) for day in sorted(picked)]

    assert [day for day in YEAR if rhythm.falls_on(day)] == wanted


def test_both_readings_of_a_week_agree_with_the_standard_calendar() -> None:
    sunday_first = standard.Calendar(firstweekday=6)
    for day in YEAR:
        rows = sunday_first.monthdayscalendar(day.year, day.month)
        row = next(number for number, week in enumerate(rows, 1) if day.day in week)
        assert week_of(day, WeekReading.WEEK) == row
        assert week_of(day, WeekReading.NTH) == days_of(day.month, day.weekday()).index(day.day) + 1


@pytest.mark.parametrize("hour", range(24))
def test_a_run_is_skipped_in_the_hour_that_the_clocks_skip_alone(hour: int) -> None:
    zone = ZoneInfo("Europe/Rome")
    months = months_from(Month.parse("2026-01"), 12)
    gone = Schedule(day=0, hour=hour).skipped_runs(zone, months)

    assert [str(run) for run in gone] == ["2026-03-29 02:00:00"] * (hour == 2)
    assert Schedule(day=0, hour=hour).skipped_runs(zone, months[3:]) == ()
    march = Schedule(day=0, hour=hour).skipped_runs(zone, months[2:3])
    assert len(march) == (hour == 2)


def laid(order: int | None) -> Overlay:
    ring = "" if order is None else f"ring: {{name: r, order: {order}}}\n"
    subject = subject_of(checked(f"{ring}updates: {{mode: install-on-schedule}}\n"))
    assert subject is not None
    months = months_from(Month.parse("2026-07"), 1)
    return lay_over(subject, know(), months, today=datetime.date(2026, 11, 24))


ORDERS = (None, 0, 1, 2, 1000)


@pytest.mark.parametrize("orders", [*itertools.permutations(ORDERS, 3)], ids=str)
def test_rings_go_by_their_number_and_profiles_without_one_come_last(
    orders: tuple[int | None, ...],
) -> None:
    items = [laid(order) for order in orders]

    wanted = sorted(order for order in orders if order is not None)
    found = [item.order for item in in_ring_order(items)]
    assert found == [*wanted, *[None] * (len(orders) - len(wanted))]
