"""The calendar as events and as a picture's rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from gpogen.calendar.clock import release_moment
from gpogen.calendar.entries import MonthEntry, Restart, Status, updates_between
from gpogen.calendar.overlay import Overlay, window_of
from gpogen.calendar.rollout import Course
from gpogen.calendar_views import sentences
from gpogen.calendar_views.ics import Event, Feed
from gpogen.catalog.releases import Kind, kb_link
from gpogen.workspace.calendar import Calendar

_HOUR = datetime.timedelta(hours=1)
_ALARMS = {
    Restart.YES: (datetime.timedelta(days=7), datetime.timedelta(days=1)),
    Restart.POSSIBLE: (datetime.timedelta(days=1),),
    Restart.NO: (),
}
_BANDS = {True: "out-of-band", False: "not on the train:"}
_RESTART_WORDS = {
    Restart.YES: "restart",
    Restart.POSSIBLE: "restart possible",
    Restart.NO: "no restart",
}


def feed(found: Calendar, *, oob: bool) -> Feed:
    """Make the events: of the systems, or of the profiles where there are some."""
    if found.asked:
        events = [event for item in found.overlays for event in of_overlay(item)]
        name = f"Hotpatch: {', '.join(item.name for item in found.overlays)}"
    else:
        events = [event for system in found.systems for event in _of_system(found, system, oob)]
        name = "Windows Server hotpatch calendar"
    as_of = max((found.knowledge.as_of[system] for system in found.systems), default=None)
    return Feed(name=name, as_of=as_of or max(found.knowledge.as_of.values()), events=tuple(events))


def _of_system(found: Calendar, system: str, oob: bool) -> Iterator[Event]:
    title = found.knowledge.systems[system].title
    for row in found.entries[system]:
        start = release_moment(row.date)
        yield Event(
            seed=f"{system}/{row.month}",
            start=start,
            end=start + _HOUR,
            summary=f"{title}: {describe(row)}, {_RESTART_WORDS[row.restart]}",
            description=_about(row),
            category=row.type.value,
            confirmed=row.status is Status.RELEASED,
            alarms=_ALARMS[row.restart],
            url=kb_link(row.kb),
        )
        for other in updates_between(found.knowledge, system, row.month) if oob else ():
            known = other.kb or other.build or ""
            start = release_moment(other.date)
            yield Event(
                seed=f"{system}/{known}",
                start=start,
                end=start + _HOUR,
                summary=f"{title}: {_BANDS[other.out_of_band]} {other.train.value} {known}",
                description=(other.note, f"Source: {other.source} ({other.confidence})"),
                category="out-of-band",
                confirmed=True,
                url=kb_link(other.kb),
            )


def describe(row: MonthEntry) -> str:
    """Write ``unplanned baseline KB5094125`` or ``hotpatch (planned)``."""
    kind = row.type.value.replace("-", " ")
    kind = "update of unknown type" if row.type is Kind.UNKNOWN else kind
    if row.kb:
        return f"{kind} {row.kb}"
    return f"{kind} ({row.status})"


def _about(row: MonthEntry) -> tuple[str, ...]:
    known = [f"Build {row.build}"] if row.build else []
    known += [row.note] if row.note else []
    return (*known, f"Status: {row.status}", f"Source: {row.source} ({row.confidence})")


def of_overlay(item: Overlay) -> Iterator[Event]:
    """Yield the events of one profile: installations and restarts, each by its window."""
    for row in item.courses:
        about = (
            f"{item.title} ({item.zone})",
            f"Installs: {sentences.installs(item)}",
            *_about(row.entry),
        )
        if row.installed is None:
            start = row.released
            yield Event(
                seed=f"{item.name}/{row.entry.month}/released",
                start=start,
                end=start + _HOUR,
                summary=(
                    f"{item.name}: {describe(row.entry)} is released; installation time unknown"
                ),
                description=about,
                category=row.entry.type.value,
                revision=item.revision,
                confirmed=row.entry.status is Status.RELEASED,
                alarms=_ALARMS[row.entry.restart],
                url=kb_link(row.entry.kb),
            )
            continue
        yield Event(
            seed=f"{item.name}/{row.entry.month}/install",
            start=row.install_from or row.installed,
            end=row.installed
            if row.install_from
            else row.installed.astimezone(datetime.UTC) + _HOUR,
            summary=f"{item.name} installs: {describe(row.entry)}",
            description=about,
            category=row.entry.type.value,
            revision=item.revision,
            confirmed=row.entry.status is Status.RELEASED,
            url=kb_link(row.entry.kb),
        )
        yield from _restart(item, row, about)


def _restart(item: Overlay, row: Course, about: tuple[str, ...]) -> Iterator[Event]:
    start = _restart_from(item, row)
    if start is None:
        return
    due = row.restart_due or start
    sure = row.entry.restart is Restart.YES and row.restart_due is not None
    word = "restarts" if sure else "may restart"
    word += " at this time or later" if row.forced else ""
    word += " (UNPROVEN-A)" if row.unproven else ""
    window = "scheduled run" if row.forced else window_of(item.plan, row)
    where = f"Window: {window}" if window else "Outside every window of the profile"
    yield Event(
        seed=f"{item.name}/{row.entry.month}/restart",
        start=start,
        end=max(due, start.astimezone(datetime.UTC) + _HOUR),
        summary=f"{item.name} {word}: {describe(row.entry)}",
        description=(
            *about,
            f"Restarts: {sentences.restarts(item)}",
            *((f"Unproven: {sentences.UNPROVEN_RESTART}",) if row.unproven else ()),
            where,
        ),
        category="restart",
        revision=item.revision,
        confirmed=sure and row.entry.status is Status.RELEASED,
        alarms=_ALARMS[Restart.POSSIBLE if row.unproven else row.entry.restart],
        url=kb_link(row.entry.kb),
    )


def _restart_from(item: Overlay, row: Course) -> datetime.datetime | None:
    """Return the earliest restart; of a released hotpatch, only where it is unproven."""
    if row.entry.restart is not Restart.NO:
        return row.restart_from
    if not row.unproven or row.installed is None or item.plan.warn_minutes is None:
        return None
    after = datetime.timedelta(minutes=item.plan.warn_minutes)
    return (row.installed.astimezone(datetime.UTC) + after).astimezone(row.zone)
