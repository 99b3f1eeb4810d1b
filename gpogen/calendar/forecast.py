"""How many planned hotpatch months become unplanned baselines: a forecast with its uncertainty.

Each planned hotpatch month of a system becomes an unplanned baseline with one unknown probability.
Jeffreys' prior, Beta(1/2, 1/2), and the months that are known give its posterior; the number of
unplanned baselines in the months to come is beta-binomial. Nothing is assumed about causes, so few
known months give a wide interval, which is always shown.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, exp, lgamma

from gpogen.calendar.entries import MonthEntry, Restart, entries
from gpogen.catalog.months import PLANNED_BASELINES, Month, months_from
from gpogen.catalog.releases import Kind
from gpogen.releases.knowledge import Knowledge

PRIOR = 0.5
"""Both parameters of Jeffreys' prior for a proportion."""
CERTAINTY = 0.9
"""How much of the distribution an interval holds at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What is known of planned hotpatch months: how many, and which became unplanned baselines."""

    months: int
    surprises: tuple[Month, ...]

    @property
    def mean(self) -> float:
        """The probability that the next planned hotpatch month is an unplanned baseline."""
        return (PRIOR + len(self.surprises)) / (2 * PRIOR + self.months)

    def chances(self, months: int) -> tuple[float, ...]:
        """Return the probability of 0, 1, ... ``months`` unplanned baselines in so many months."""
        a = PRIOR + len(self.surprises)
        b = PRIOR + self.months - len(self.surprises)
        return tuple(
            comb(months, count) * exp(_log_beta(a + count, b + months - count) - _log_beta(a, b))
            for count in range(months + 1)
        )

    def expected(self, months: int) -> float:
        """Return the expected number of unplanned baselines in so many months."""
        return months * self.mean

    def interval(self, months: int, certainty: float = CERTAINTY) -> tuple[int, int]:
        """Return the smallest range of counts that holds so much of the distribution."""
        chances = self.chances(months)
        widths = range(1, months + 2)
        return next(
            (low, low + width - 1)
            for width in widths
            for low in _best(chances, width)
            if sum(chances[low : low + width]) >= certainty or width == months + 1
        )


def _best(chances: Sequence[float], width: int) -> list[int]:
    """Return where the most probable range of a width begins."""
    starts = range(len(chances) - width + 1)
    return [max(starts, key=lambda low: sum(chances[low : low + width]))]


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def rate_of(known: Iterable[MonthEntry]) -> Rate:
    """Count the planned hotpatch months of which it is known what came."""
    planned = [row for row in known if _is_evidence(row)]
    surprises = tuple(row.month for row in planned if row.type is Kind.UNPLANNED)
    return Rate(months=len(planned), surprises=surprises)


def _is_evidence(row: MonthEntry) -> bool:
    is_known = row.confidence != "computed" and row.type in (Kind.HOTPATCH, Kind.UNPLANNED)
    return is_known and row.month.number not in PLANNED_BASELINES


def history(knowledge: Knowledge, os: str, until: Month, today: datetime.date) -> list[MonthEntry]:
    """Return the months of a system's calendar before one."""
    first = knowledge.systems[os].first
    return list(entries(knowledge, os, months_from(first, max(0, until - first)), today))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The restarts of one system's train over some months.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        rows: the months.
        rate: what the past months say.
        sure: months that restart, by what is known and planned.
        open: months that may.
    """

    os: str
    rows: tuple[MonthEntry, ...]
    rate: Rate
    sure: tuple[Month, ...]
    open: tuple[Month, ...]

    @property
    def chances(self) -> tuple[float, ...]:
        """The probability of 0, 1, ... unplanned baselines among the open months."""
        return self.rate.chances(len(self.open))

    @property
    def restarts(self) -> tuple[int, int]:
        """The fewest and the most restarts within the interval."""
        low, high = self.rate.interval(len(self.open))
        return len(self.sure) + low, len(self.sure) + high

    @property
    def certainty(self) -> float:
        """The probability that the restarts are within :attr:`restarts`."""
        low, high = self.rate.interval(len(self.open))
        return sum(self.chances[low : high + 1])

    @property
    def expected(self) -> float:
        """The expected number of restarts."""
        return len(self.sure) + self.rate.expected(len(self.open))

    def chance(self, month: Month) -> float:
        """Return the probability that a month restarts."""
        if month in self.sure:
            return 1.0
        return self.rate.mean if month in self.open else 0.0


def forecast(
    knowledge: Knowledge, os: str, months: Sequence[Month], today: datetime.date
) -> Forecast:
    """Forecast the months of one system, which are those from the first one on.

    Args:
        knowledge: the releases.
        os: the system.
        months: the months, in a row.
        today: decides what is overdue.
    """
    rows = entries(knowledge, os, months, today)
    return Forecast(
        os=os,
        rows=rows,
        rate=rate_of(history(knowledge, os, Month.of(today) + 1, today)),
        sure=tuple(row.month for row in rows if row.restart is Restart.YES),
        open=tuple(row.month for row in rows if row.restart is Restart.POSSIBLE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What forecasts of the past would have been worth.

    Attributes:
        os: the system.
        asked: forecasts that were made, one for each known month that has enough months after it.
        held: how many intervals held what came.
        expected: unplanned baselines that were expected on average, in one forecast.
        came: how many came on average.
    """

    os: str
    asked: int
    held: int
    expected: float
    came: float


def backtest(knowledge: Knowledge, os: str, today: datetime.date, *, ahead: int = 8) -> Backtest:
    """Forecast ``ahead`` planned hotpatch months from each month in the past, and compare.

    A forecast sees only the months before it. Forecasts of months in a row overlap, so they are
    no independent trials.
    """
    known = [row for row in history(knowledge, os, Month.of(today) + 1, today) if _is_evidence(row)]
    asked = held = came = 0
    expected = 0.0
    for at in range(1, len(known) - ahead + 1):
        rate = rate_of(known[:at])
        count = sum(row.type is Kind.UNPLANNED for row in known[at : at + ahead])
        low, high = rate.interval(ahead)
        asked += 1
        held += low <= count <= high
        came += count
        expected += rate.expected(ahead)
    share = max(1, asked)
    return Backtest(os=os, asked=asked, held=held, expected=expected / share, came=came / share)
