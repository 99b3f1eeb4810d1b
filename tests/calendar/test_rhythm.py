"""Schedules in words, and the comparison with them."""

from __future__ import annotations

import calendar
import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.calendar.compare import assumptions, compare
from gpogen.calendar.rhythm import DAYS, Rhythm, other_of, read_rhythm
from gpogen.errors import UsageError
from tests.calendar.test_overlay import FORCED, ROME, laid

NIGHTLY = 'updates: {mode: install-on-schedule, schedule: {day: every-day, at: "03:00"}}\n' + FORCED
UTC = datetime.UTC


def runs(text: str, year: int, zone: str = "UTC") -> list[str]:
    """The runs of a year by their local days and hours."""
    place = ZoneInfo(zone)
    start = datetime.datetime(year, 1, 1, tzinfo=place)
    found = (run.astimezone(place) for run in read_rhythm(text).starts(start, place))
    return [f"{run:%m-%d %H:%M}" for run in found if run.year == year]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        # The second Tuesdays of 2026: 13 Jan, 10 Feb, 10 Mar, 14 Apr, ...
        ("monthly, Sun 02:00", ["01-18", "02-15", "03-15", "04-19"]),
        ("monthly, Wed 02:00", ["01-14", "02-11", "03-11", "04-15"]),
        ("monthly, Tue 02:00", ["01-20", "02-17", "03-17", "04-21"]),
        ("Patch Tuesday + 5, 02:00", ["01-18", "02-15", "03-15", "04-19"]),
        ("patch-tuesday 02:00", ["01-13", "02-10", "03-10", "04-14"]),
        ("patch-tuesday+25 02:00", ["01-03", "02-07", "03-07", "04-04"]),
        ("second sunday 02:00", ["01-11", "02-08", "03-08", "04-12"]),
        ("02:00 monthly SECOND Sun.", ["01-11", "02-08", "03-08", "04-12"]),
        ("last sat 02:00", ["01-31", "02-28", "03-28", "04-25"]),
        ("first, third sun 02:00", ["01-04", "01-18", "02-01", "02-15"]),
        ("fourth, last sun 02:00", ["01-25", "02-22", "03-22", "03-29"]),
        ("sunday 02:00", ["01-04", "01-11", "01-18", "01-25"]),
        ("weekly, Sun 2:00", ["01-04", "01-11", "01-18", "01-25"]),
        ("nightly 02:00", ["01-01", "01-02", "01-03", "01-04"]),
        ("every-day, 02:00", ["01-01", "01-02", "01-03", "01-04"]),
    ],
)
def test_a_schedule_in_words_runs_on_these_days(text: str, days: list[str]) -> None:
    assert runs(text, 2026)[:4] == [f"{day} 02:00" for day in days]


@given(st.sampled_from(DAYS), st.integers(2020, 2040))
def test_monthly_means_once_a_month_on_the_first_such_day_after_the_second_tuesday(
    day: str, year: int
) -> None:
    found = runs(f"monthly {day} 04:30", year)

    assert len(found) == 12
    for month, run in enumerate(found, 1):
        tuesdays = [
            week[1] for week in calendar.Calendar().monthdayscalendar(year, month) if week[1]
        ]
        later = [
            number
            for number in range(tuesdays[1] + 1, tuesdays[1] + 8)
            if datetime.date(year, month, number).weekday() == DAYS.index(day)
        ]
        assert run == f"{month:02}-{later[0]:02} 04:30"


@given(
    st.builds(
        Rhythm,
        hour=st.integers(0, 23),
        minute=st.integers(0, 59),
        day=st.integers(0, 6),
        weeks=st.frozensets(st.integers(1, 4), min_size=1),
    )
)
def test_what_is_said_of_a_schedule_is_understood_as_the_same(rhythm: Rhythm) -> None:
    assert read_rhythm(rhythm.text.replace(" and ", " ")) == rhythm


def test_an_hour_that_the_clocks_skip_is_left_out() -> None:
    found = runs("sunday 02:30", 2026, "Europe/Rome")

    assert "03-29 02:30" not in found
    assert {"03-22 02:30", "04-05 02:30"} <= set(found)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "the time is missing, such as 02:00"),
        (",", "the time is missing"),
        ("sunday", "the time is missing"),
        ("02:00", "the day is missing, such as sunday"),
        ("monthly 02:00", "the day is missing"),
        ("monthly sundy 02:00", "'sundy' is not a known word, did you mean sunday?"),
        ("su 02:00", "'su' is not a known word"),
        ("sun 25:00", "'25:00' is not a known word"),
        ("sun 02:60", "'02:60' is not a known word"),
        ("sun mon 02:00", "more than one day; only one is allowed"),
        ("sun 02:00 03:00", "more than one time"),
        ("daily weekly sun 02:00", "more than one word for how often"),
        ("daily sun 02:00", "daily and a day"),
        ("weekly second sun 02:00", "weekly and a week of the month"),
        ("patch-tuesday+4 sun 02:00", "patch-tuesday and a day"),
        ("patch-tuesday+4 weekly 02:00", "patch-tuesday and weekly"),
        ("patch-tuesday+30 02:00", "is not a known word"),
        ("\x1b[31m", "is not a known word"),
        ("x" * 10_000, "is not a known word"),
    ],
)
def test_what_is_not_understood_is_told_with_how_to_write_it(text: str, part: str) -> None:
    with pytest.raises(UsageError, match="--compare-schedule: ") as caught:
        read_rhythm(text)

    assert part in str(caught.value)
    assert '"monthly, Sun 02:00"' in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_monthly_window_of_today_is_compared_with_nights_of_hotpatch() -> None:
    item = laid(NIGHTLY, first="2026-01", months=12, extra_target=ROME)
    found = compare(item, other_of("monthly, Sun 02:00"))
    same = compare(item)
    assert found.hotpatch is not None
    assert found.cumulative is not None
    assert same.cumulative is not None

    assert found.hotpatch == same.hotpatch
    assert found.cumulative.restarts == found.cumulative.restarts_at_most == 12
    assert not found.cumulative.at_least
    # Tuesday 19:00 (18:00 in March, before the clocks of Europe change) to Sunday 02:00.
    assert found.cumulative.exposed_days == round((12 * 103 + 1) / 24, 1)
    assert same.cumulative.exposed_days < 5


def test_the_restart_follows_at_once_although_the_profile_s_own_has_no_sure_time() -> None:
    body = "updates: {mode: install-on-schedule}\nrestart: {policy: when-required}\n"
    found = compare(laid(body, extra_target=ROME), other_of("sunday 02:00"))
    assert found.hotpatch is not None
    assert found.cumulative is not None

    assert found.hotpatch.at_least
    assert not found.cumulative.at_least


def test_a_profile_that_gives_no_time_has_nothing_to_compare_but_the_other_side_has() -> None:
    found = compare(laid("updates: {mode: notify}\n", extra_target=ROME), other_of("sun 02:00"))

    assert found.hotpatch is None
    assert found.cumulative is not None


def test_each_comparison_says_what_it_assumes_of_the_other_side() -> None:
    assert "on the same schedule" in assumptions(None)[-1]
    assert "defers and pauses nothing" in assumptions(other_of("sun 02:00"))[-1]
