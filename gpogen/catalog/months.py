"""Days and months, and the day and hour at which Microsoft releases security updates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_YEAR = 1980
"""No date before it is one of an update or a report."""
PLANNED_BASELINES = (1, 4, 7, 10)
"""The months of a planned baseline (Microsoft Learn, hotpatch, 2025-07-14)."""
RELEASE_HOUR = 10
RELEASE_ZONE = "America/Los_Angeles"
"""Updates appear at 10:00 Pacific time (second-hand; no first-party page was found)."""
_FORM = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year; adding a number moves it by so many months."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2026-06``.

        Raises:
            ValueError: the text is no month from 1980-01 to 2999-12.
        """
        if _FORM.fullmatch(text) is None or not "1980" <= text[:4] < "3000":
            raise ValueError(text)
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: datetime.date) -> Month:
        """Return the month of a day."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        """Write ``2026-06``."""
        return f"{self.year:04}-{self.number:02}"

    def __add__(self, months: int) -> Month:
        """Go so many months on, or back."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)

    def __sub__(self, other: Month) -> int:
        """Count the months from another one to this."""
        return (self.year - other.year) * 12 + self.number - other.number

    @property
    def first_day(self) -> datetime.date:
        """The first day."""
        return datetime.date(self.year, self.number, 1)

    @property
    def patch_tuesday(self) -> datetime.date:
        """The second Tuesday, on which security updates are released."""
        first = self.first_day
        return first + datetime.timedelta(days=(1 - first.weekday()) % 7 + 7)

    @property
    def quarter(self) -> Month:
        """The month of the planned baseline that governs this month."""
        return Month(self.year, (self.number - 1) // 3 * 3 + 1)

    def days(self) -> Iterator[datetime.date]:
        """Yield every day."""
        day = self.first_day
        while day.month == self.number:
            yield day
            day += datetime.timedelta(days=1)


def read_day(text: str, first_year: int = FIRST_YEAR) -> datetime.date | None:
    """Read ``2026-11-24``; None where it is no such day from the first year to 2999."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if first_year <= day.year < 3000 and day.isoformat() == text else None


def months_from(first: Month, count: int) -> tuple[Month, ...]:
    """Return so many months in a row."""
    return tuple(first + step for step in range(count))
