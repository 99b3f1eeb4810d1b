"""iCalendar (RFC 5545): what a calendar program subscribes to."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

import icalendar

from gpogen import __version__
from gpogen.text import visible

_FIRST, _REVISIONS = datetime.date(2020, 1, 1), 1000
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_DOUBLE_COLON = re.compile("::(?=[A-Za-z])")
_NAMESPACE = UUID("b1f3b9a8-6f62-5f4e-8a55-2f0f7f6f2f0d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event.

    Attributes:
        seed: what it is about; the same seed gives the same UID in every file.
        start: when it begins, any zone.
        end: when it ends.
        summary: one line.
        description: lines for people.
        category: a word.
        confirmed: whether it is known; tentative otherwise.
        alarms: how long before the start to remind.
        revision: the number of the profile's revision, so that a newer one beats an older.
        url: the address of the update's article, or None.
    """

    seed: str
    start: datetime.datetime
    end: datetime.datetime
    summary: str
    description: tuple[str, ...]
    category: str
    confirmed: bool
    alarms: tuple[datetime.timedelta, ...] = ()
    revision: int = 0
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A whole calendar.

    Attributes:
        name: its name.
        as_of: the day of the data, which stamps every event.
        events: in order.
    """

    name: str
    as_of: datetime.date
    events: tuple[Event, ...]


def calendar(feed: Feed) -> bytes:
    """Write a feed: UTF-8, CRLF, lines folded, all times in UTC."""
    made = icalendar.Calendar()
    made.add("prodid", f"-//gpogen//gpogen {__version__}//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made["x-wr-calname"] = _Text(feed.name)
    made.add("refresh-interval", datetime.timedelta(days=1), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "P1D")
    for item in feed.events:
        made.add_component(_event(item, feed.as_of))
    return bytes(made.to_ical())


class _Text(icalendar.vText):
    """Text as RFC 5545 (3.3.11) escapes it: the library takes a backslash before N for a break."""

    def to_ical(self) -> bytes:
        # Folding begins lines anywhere, and a build service sees commands at their beginning.
        lines = (_DOUBLE_COLON.sub(":<U+003A>", line) for line in str(self).split("\n"))
        shown = (visible(line) for line in lines)
        return "".join(_ESCAPES.get(char, char) for char in "\n".join(shown)).encode("utf-8")


def _event(item: Event, as_of: datetime.date) -> icalendar.Event:
    stamp = datetime.datetime.combine(as_of, datetime.time(0), tzinfo=datetime.UTC)
    made = icalendar.Event()
    made.add("uid", f"{uuid5(_NAMESPACE, item.seed)}@gpogen")
    made.add("dtstamp", stamp)
    made.add("last-modified", stamp)
    # A newer file must beat an older one: calendar programs compare this number first.
    made.add("sequence", max((as_of - _FIRST).days, 0) * _REVISIONS + item.revision % _REVISIONS)
    made.add("dtstart", item.start.astimezone(datetime.UTC))
    made.add("dtend", item.end.astimezone(datetime.UTC))
    made["summary"] = _Text(item.summary)
    made["description"] = _Text("\n".join(item.description))
    if item.url is not None:
        made.add("url", item.url)
    made.add("categories", [item.category])
    made.add("status", "CONFIRMED" if item.confirmed else "TENTATIVE")
    made.add("transp", "TRANSPARENT")
    for alarm in _alarms(item):
        made.add_component(alarm)
    return made


def _alarms(item: Event) -> Iterable[icalendar.Alarm]:
    for before in item.alarms:
        made = icalendar.Alarm()
        made.add("action", "DISPLAY")
        made["description"] = _Text(item.summary)
        made.add("trigger", -before)
        yield made
