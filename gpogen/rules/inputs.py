"""What the rules about dates judge, and how they run: profiles over the calendar, and today."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gpogen.calendar.overlay import Overlay
from gpogen.compile.subject import Authored
from gpogen.finding import Finding
from gpogen.releases.knowledge import Knowledge
from gpogen.rules.allow import Told
from gpogen.rules.engine import Hit, finding_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlays:
    """Profiles that are laid over the calendar together."""

    items: tuple[Overlay, ...]

    @property
    def subjects(self) -> tuple[Authored, ...]:
        """The profiles."""
        return tuple(item.subject for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """One operating system on one day.

    Attributes:
        knowledge: the release data.
        family: the operating system's family.
        day: today, or what the command line says instead.
        subjects: the profiles for machines of the family.
        each: whether what concerns every profile is reported at the place of each of them, as
            ``gpogen check`` does, or once, as the calendar does.
    """

    knowledge: Knowledge
    family: str
    day: datetime.date
    subjects: tuple[Authored, ...]
    each: bool = False


CalendarRule: TypeAlias = Callable[[Overlays], Iterable[Hit]]
TodayRule: TypeAlias = Callable[[Today], Iterable[Hit]]


def judge_calendar(overlays: Overlays) -> Iterator[Told]:
    """Yield what the rules about the calendar find, and the profiles that it concerns."""
    from gpogen.rules.all_dated_rules import CALENDAR_RULES

    for rule_id, rule in CALENDAR_RULES.items():
        yield from _told(rule_id, rule(overlays), overlays.subjects)


def judge_today(today: Today) -> Iterator[Told]:
    """Yield what the rules about today's date find, and the profiles that it concerns."""
    from gpogen.rules.all_dated_rules import TODAY_RULES

    for rule_id, rule in TODAY_RULES.items():
        yield from _told(rule_id, rule(today), today.subjects)


def stale(knowledge: Knowledge, day: datetime.date) -> Iterator[Finding]:
    """Yield what is to be said of release data that is too old for a day (HP020)."""
    for family in knowledge.systems:
        today = Today(knowledge=knowledge, family=family, day=day, subjects=())
        yield from (told.finding for told in judge_today(today) if told.finding.id == "HP020")


def _told(rule_id: str, hits: Iterable[Hit], subjects: Sequence[Authored]) -> Iterator[Told]:
    for hit in hits:
        concerned = hit.about or subjects
        yield Told(finding_of(rule_id, hit), tuple(one.profile for one in concerned))
