"""A schedule that somebody describes in words, to compare a profile with."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gpogen.calendar.plan import Plan
from gpogen.calendar.schedule import HORIZON
from gpogen.catalog.months import Month
from gpogen.errors import UsageError
from gpogen.servicing.answer import Servicing
from gpogen.text import cut

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST = 5
"""The number that stands for the last such weekday of a month."""
_WEEKS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}
_EVERY_DAY = ("daily", "nightly", "every-day")
_WORDS = (*_EVERY_DAY, "weekly", "monthly", *_WEEKS, *DAYS)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_OFFSET = re.compile(r"patch-tuesday(?:\+([0-9]|[12][0-9]))?")
_TUESDAY = 1
_EXAMPLES = '"monthly, Sun 02:00", "second sunday 02:00", "patch-tuesday+4 02:00", "daily 03:00"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Runs that come again: on days, at a time, in the time zone of the machines.

    Attributes:
        hour: the hour.
        minute: the minute.
        day: 0 for Monday to 6 for Sunday; None for every day.
        weeks: which such weekdays of a month, 1 to 4, or :data:`LAST`; empty for all.
        offset: days after the second Tuesday of a month, instead of a day; None for none.
    """

    hour: int
    minute: int
    day: int | None = None
    weeks: frozenset[int] = frozenset()
    offset: int | None = None

    minutes = 0
    """Installing takes no time; see :class:`gpogen.calendar.window.Window`."""

    @property
    def text(self) -> str:
        """Say when it runs."""
        at = f"{self.hour:02}:{self.minute:02}"
        if self.offset is not None:
            day = f"{self.offset} day{'s' if self.offset != 1 else ''} after the second Tuesday"
            if self.day is not None:
                day = f"the first {DAYS[self.day].title()} after the second Tuesday"
            return f"monthly, {day if self.offset else 'on the second Tuesday'}, {at}"
        if self.day is None:
            return f"every day {at}"
        names = {number: name for name, number in _WEEKS.items()}
        weeks = " and ".join(names[week] for week in sorted(self.weeks))
        return f"{weeks} {DAYS[self.day]} {at}".strip()

    def falls_on(self, day: datetime.date) -> bool:
        """Tell whether it runs on a day."""
        if self.offset is not None:
            return any(
                day == (Month.of(day) + back).patch_tuesday + datetime.timedelta(days=self.offset)
                for back in (0, -1)
            )
        if self.day is not None and day.weekday() != self.day:
            return False
        is_last = (day + datetime.timedelta(days=7)).month != day.month
        week = (day.day - 1) // 7 + 1
        return not self.weeks or week in self.weeks - {LAST} or (LAST in self.weeks and is_last)

    def starts(
        self, offered: datetime.datetime, zone: datetime.tzinfo
    ) -> Iterator[datetime.datetime]:
        """Yield its runs (UTC) at an offer or later; none in an hour that the clocks skip."""
        first = offered.astimezone(zone).date()
        for step in range(HORIZON):
            day = first + datetime.timedelta(days=step)
            if not self.falls_on(day):
                continue
            local = datetime.datetime.combine(
                day, datetime.time(self.hour, self.minute), tzinfo=zone
            )
            run = local.astimezone(datetime.UTC)
            exists = run.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
            if exists and run >= offered:
                yield run


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What a profile is compared with.

    Attributes:
        text: a schedule in words, as :func:`read_rhythm` has it; empty for that of a profile.
        plan: when and how machines take updates.
        zone: its own time zone; None for that of the profile that it is compared with.
        profile: the name of the profile that describes it; empty for a schedule in words.
        servicing: who installs by that profile; None for a schedule in words.
    """

    text: str
    plan: Plan
    zone: datetime.tzinfo | None = None
    profile: str = ""
    servicing: Servicing | None = None


def other_of(text: str) -> Other:
    """Read a schedule in words: its restart follows the installation at once.

    Raises:
        UsageError: it is not a known word; the message says what is.
    """
    rhythm = read_rhythm(text)
    plan = Plan(
        schedule=None,
        deferral=0,
        pause=None,
        deadline=None,
        warn_minutes=None,
        waits_for_logoff=False,
        active_hours=None,
        window=rhythm,
    )
    return Other(text=rhythm.text, plan=plan)


def read_rhythm(text: str) -> Rhythm:
    """Read ``monthly, Sun 02:00`` and the like; words in any order, in upper or lower case.

    Raises:
        UsageError: it is not a known word; the message says what is.
    """
    words = re.sub(r"\s*\+\s*", "+", re.sub(r"patch[ -]tuesday", "patch-tuesday", text.lower()))
    found = _Words(text)
    for word in re.split(r"[\s,]+", words):
        if word:
            found.take(word)
    return found.rhythm()


class _Words:
    """What the words of a schedule have said so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.time: tuple[int, int] | None = None
        self.day: int | None = None
        self.offset: int | None = None
        self.often = ""
        self.weeks: set[int] = set()

    def error(self, message: str) -> UsageError:
        where = f"--compare-schedule: {cut(self.text, 60)!r}: {message}"
        return UsageError(f"{where}; write it as {_EXAMPLES}, or name a profile (.yaml)")

    def take(self, word: str) -> None:
        if time := _TIME.fullmatch(word):
            self._once(self.time is None, "more than one time")
            self.time = int(time[1]), int(time[2])
        elif offset := _OFFSET.fullmatch(word):
            self._once(self.offset is None, "patch-tuesday occurs twice")
            self.offset = int(offset[1] or 0)
        elif word in _WEEKS:
            self.weeks.add(_WEEKS[word])
        elif word in (*_EVERY_DAY, "weekly", "monthly"):
            self._once(not self.often, "more than one word for how often")
            self.often = word
        elif word.endswith(".") or len(word) > 2:
            self._take_day(word.rstrip("."))
        else:
            raise self._unknown(word)

    def _take_day(self, word: str) -> None:
        named = [
            number for number, day in enumerate(DAYS) if len(word) > 2 and day.startswith(word)
        ]
        if not named:
            raise self._unknown(word)
        self._once(self.day is None, "more than one day")
        self.day = named[0]

    def _once(self, first: bool, what: str) -> None:
        if not first:
            raise self.error(f"{what}; only one is allowed")

    def _unknown(self, word: str) -> UsageError:
        near = difflib.get_close_matches(word[:60], _WORDS, n=1)
        advice = f", did you mean {near[0]}?" if near else ""
        return self.error(f"{cut(word, 40)!r} is not a known word{advice}")

    def rhythm(self) -> Rhythm:
        if self.time is None:
            raise self.error("the time is missing, such as 02:00")
        made = Rhythm(hour=self.time[0], minute=self.time[1])
        if self.offset is not None:
            self._once(self.day is None and not self.weeks, "patch-tuesday and a day")
            self._once(self.often in ("", "monthly"), f"patch-tuesday and {self.often}")
            return replace(made, offset=self.offset)
        if self.often in _EVERY_DAY:
            self._once(self.day is None and not self.weeks, f"{self.often} and a day")
            return made
        if self.day is None:
            raise self.error("the day is missing, such as sunday")
        self._once(not (self.weeks and self.often == "weekly"), "weekly and a week of the month")
        if self.often == "monthly" and not self.weeks:
            return replace(made, day=self.day, offset=(self.day - _TUESDAY - 1) % 7 + 1)
        return replace(made, day=self.day, weeks=frozenset(self.weeks))
