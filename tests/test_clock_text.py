"""Times and durations as people write them."""

from __future__ import annotations

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.clock_text import duration_fix, hour_fix, time_fix

USE = 'use hours and minutes in quotes, such as "03:30"'


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("10:00 PM", 'write "22:00"'),
        ("12:30 a.m.", 'write "00:30"'),
        ("12 pm", 'write "12:00"'),
        ("24:00", 'write "00:00"; the day begins with it'),
        ("03.00", 'write "03:00"'),
        ("3:05", 'write "03:05"'),
        ("\u201c03:00\u201d", 'write "03:00"'),
        ("\u00ab22:15\u00bb", 'write "22:15"'),
        (3, 'write "03:00"'),
        (3.5, USE),
        ("13:00 PM", USE),
        ("25:00", ""),
        ("3:60", USE),
        (True, USE),
        (None, USE),
    ],
)
def test_a_time_of_people_is_written_as_the_profile_has_it(value: object, fix: str) -> None:
    assert time_fix(value) == fix


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("3h30m", 'write "03:30"'),
        ("3h", 'write "03:00"'),
        ("30m", USE),
        ("8h", USE),
        ("3:55", 'write "03:55"'),
        ("90 minutes", 'write "01:30"'),
        ("2 hours 15 min", 'write "02:15"'),
        ("PT3H30M", 'write "03:30"'),
        ("3:30", 'write "03:30"'),
        ("03.00", 'write "03:00"'),
        (3, 'write "03:00"'),
        ("3h30", 'write "03:30"'),
        ("00:00", ""),
        ("24:00", ""),
        ("1h90x", USE),
        ("", USE),
    ],
)
def test_a_duration_of_people_is_written_as_the_profile_has_it(value: object, fix: str) -> None:
    assert duration_fix(value) == fix


@pytest.mark.parametrize(
    ("value", "fix"), [("8 PM", 'write "20:00"'), ("8:30", ""), (25, ""), ("x", "")]
)
def test_only_a_whole_hour_is_one(value: object, fix: str) -> None:
    assert hour_fix(value) == fix


@given(st.times())
def test_each_minute_of_the_day_is_read_back_from_the_clock_with_twelve_hours(
    time: datetime.time,
) -> None:
    assert time_fix(time.strftime("%I:%M %p")) == f'write "{time:%H:%M}"'


@given(st.text() | st.integers() | st.floats() | st.none())
def test_a_fix_is_never_a_time_that_does_not_exist(value: object) -> None:
    for fix in (time_fix(value), duration_fix(value)):
        found = re.match(r'write "(.*)"', fix)
        assert fix == USE or (found and datetime.time.fromisoformat(found[1]))
