"""The restart forecast against figures worked out by hand, a simulation and the past."""

from __future__ import annotations

import datetime
import random
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.calendar.forecast import PRIOR, Forecast, Rate, backtest, forecast, rate_of
from gpogen.catalog.months import Month, months_from
from gpogen.releases.knowledge import know

TODAY = datetime.date(2026, 11, 24)
SURPRISES = (Month(2026, 6), Month(2026, 9))


@pytest.mark.parametrize(
    ("months", "surprises", "expected", "none"),
    [(16, 2, 1.2, 0.35), (26, 1, 0.4, 0.67)],
    ids=["Windows Server 2025", "Windows Server 2022"],
)
def test_the_base_rates_of_the_sources_give_their_figures(
    months: int, surprises: int, expected: float, none: float
) -> None:
    rate = Rate(months=months, surprises=SURPRISES[:surprises])

    assert round(rate.expected(8), 1) == expected
    assert round(rate.chances(8)[0], 2) == none


@pytest.mark.parametrize(("months", "surprises"), [(16, 2), (0, 0), (3, 3), (40, 1)])
def test_the_closed_form_agrees_with_a_simulation_within_its_error(
    months: int, surprises: int
) -> None:
    rate = Rate(months=months, surprises=tuple(months_from(Month(2026, 1), surprises)))
    runs, ahead = 40_000, 8
    chance = random.Random(16)
    counts = [0] * (ahead + 1)
    for _ in range(runs):
        share = chance.betavariate(PRIOR + surprises, PRIOR + months - surprises)
        counts[sum(chance.random() < share for _ in range(ahead))] += 1

    for count, wanted in zip(counts, rate.chances(ahead), strict=True):
        error = sqrt(wanted * (1 - wanted) / runs)
        assert abs(count / runs - wanted) <= 5 * error + 1e-9


@given(st.integers(0, 60), st.data(), st.integers(0, 24))
def test_chances_are_a_distribution_with_the_expected_mean(
    months: int, data: st.DataObject, ahead: int
) -> None:
    count = data.draw(st.integers(0, months))
    rate = Rate(months=months, surprises=tuple(months_from(Month(2000, 1), count)))
    chances = rate.chances(ahead)
    low, high = rate.interval(ahead)

    assert isclose(sum(chances), 1.0, rel_tol=1e-9)
    mean = sum(number * chance for number, chance in enumerate(chances))
    assert isclose(mean, rate.expected(ahead), rel_tol=1e-9, abs_tol=1e-9)
    assert 0 <= low <= high <= ahead
    assert sum(chances[low : high + 1]) >= 0.9 - 1e-9


def test_only_planned_hotpatch_months_with_a_known_outcome_are_evidence() -> None:
    knowledge = know()
    found = forecast(knowledge, "windows-server-2025", months_from(Month(2026, 12), 12), TODAY)

    assert found.rate == Rate(months=16, surprises=SURPRISES)
    assert [month.number for month in found.sure] == [1, 4, 7, 10]
    assert len(found.open) == 8
    assert found.chance(Month(2027, 1)) == 1.0
    assert found.chance(Month(2026, 12)) == found.rate.mean
    assert found.restarts == (4, 7)
    assert isclose(found.expected, 4 + 8 * 2.5 / 17)


def test_the_evidence_is_what_is_known_today_whatever_months_are_shown() -> None:
    early = forecast(know(), "windows-server-2025", months_from(Month(2026, 6), 12), TODAY)

    assert early.rate == Rate(months=16, surprises=SURPRISES)


def test_after_the_end_of_hotpatch_every_month_restarts() -> None:
    found = forecast(know(), "windows-server-2022", months_from(Month(2027, 11), 3), TODAY)

    assert len(found.sure) == 3
    assert found.restarts == (3, 3)


def test_without_any_known_month_the_interval_is_wide() -> None:
    assert rate_of(()).interval(8) == (0, 8)


@pytest.mark.parametrize("os", ["windows-server-2022", "windows-server-2025"])
def test_forecasts_of_the_past_held_what_came(os: str) -> None:
    found = backtest(know(), os, TODAY)

    assert found.asked >= 8
    assert found.held >= 0.8 * found.asked


@pytest.mark.parametrize("os", ["windows-server-2022", "windows-server-2025"])
@pytest.mark.parametrize("months", [1, 3, 12, 36])
def test_restarts_are_the_sure_ones_and_the_interval_of_the_open_ones(os: str, months: int) -> None:
    found = forecast(know(), os, list(months_from(Month.of(TODAY), months)), TODAY)
    low, high = found.rate.interval(len(found.open))

    assert found.restarts == (len(found.sure) + low, len(found.sure) + high)
    assert set(found.sure) | set(found.open) <= {row.month for row in found.rows}
    assert found.certainty >= 0.9 or (low, high) == (0, len(found.open))


def test_the_bounds_of_a_forecast_are_added_to_the_sure_restarts() -> None:
    always = Rate(months=400, surprises=tuple(months_from(Month(2000, 1), 400)))
    months = tuple(months_from(Month(2027, 1), 4))
    found = Forecast(os="x", rows=(), rate=always, sure=months[:1], open=months[1:])

    assert found.restarts == (1 + 3, 1 + 3)
