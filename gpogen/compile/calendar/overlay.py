"""A profile laid over the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from gpogen.catalog.months import Month
from gpogen.compile.allow import silence
from gpogen.compile.calendar import clock
from gpogen.compile.calendar.course import Course, course
from gpogen.compile.calendar.entries import Entry, Restart, entries, entry
from gpogen.compile.calendar.knowledge import Knowledge
from gpogen.compile.calendar.plan import Plan, plan_of
from gpogen.compile.calendar.schedule import HORIZON
from gpogen.compile.header import ring_text
from gpogen.compile.result import Allowed
from gpogen.compile.rules.calendar import PAUSE
from gpogen.compile.rules.engine import Hit, Subject, finding_of
from gpogen.finding import Finding, Place, Severity
from gpogen.profile.schema import Profile
from gpogen.servicing.answer import Restarts, Servicing
from gpogen.servicing.tell import installs_text, restarts_text, timetable_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """One profile over some months.

    Attributes:
        name: the profile's name.
        title: its title.
        os: windows-server-2022 or windows-server-2025.
        ring: "pilot (1)", or empty.
        order: the ring's order; None without a ring.
        role: member, domain-controller and so on.
        revision: the number of the profile's revision, or 0.
        zone: the zone that was asked for, or "UTC-12 to UTC+14" where none was.
        plan: what its records mean.
        installs: who installs and when, one sentence.
        restarts: what brings the restart about, one sentence.
        courses: one per month.
        findings: baselines that are swallowed (HP014, error).
        silenced: those that the author allows.
        profile: the profile.
        remarks: what else is to be told, one sentence each.
    """

    name: str
    title: str
    os: str
    ring: str
    order: int | None
    role: str
    revision: int
    zone: str
    plan: Plan
    installs: str
    restarts: str
    courses: tuple[Course, ...]
    findings: tuple[Finding, ...]
    silenced: tuple[Allowed, ...]
    profile: Profile
    remarks: tuple[str, ...]


def in_zone(subject: Subject, timezone: str) -> Subject:
    """Return a profile, which has a target, as if its machines stood in another time zone."""
    profile = subject.profile
    assert profile.target is not None
    target = profile.target.model_copy(update={"time_zone": timezone})
    return replace(subject, profile=profile.model_copy(update={"target": target}))


def lay_over(
    subject: Subject,
    knowledge: Knowledge,
    months: Sequence[Month],
    *,
    today: datetime.date,
) -> Overlay:
    """Lay a profile over some months.

    Args:
        subject: the profile, which has a target.
        knowledge: the releases.
        months: the months, in a row.
        today: decides what is overdue.
    """
    plan = plan_of(subject)
    profile = subject.profile
    name = (profile.target.time_zone if profile.target else None) or ""
    zones = (clock.zone_of(name),) if name else clock.EVERY_OFFSET
    rows = entries(knowledge, subject.family, months, today)
    courses = tuple(course(plan, row, zones) for row in rows)
    lost = silence(_swallowed(subject, plan, courses, knowledge, today), (profile,))
    return Overlay(
        name=profile.name,
        title=profile.title or profile.name,
        os=subject.family,
        ring=ring_text(profile),
        order=profile.ring.order if profile.ring else None,
        role=profile.target.role if profile.target else "member",
        revision=profile.revision.number if profile.revision else 0,
        zone=name or "UTC-12 to UTC+14",
        plan=plan,
        installs=installs(plan, subject.servicing),
        restarts=_restarts(plan, subject.servicing),
        courses=courses,
        findings=lost.standing,
        silenced=lost.silenced,
        profile=profile,
        remarks=tuple(_remarks(plan, zones, courses, months)),
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def installs(plan: Plan, found: Servicing) -> str:
    """Say who installs, and when."""
    held = f", from {_count(plan.deferral, 'day')} after the release on" if plan.deferral else ""
    if plan.deadline is not None:
        return f"at once when offered{held}: the deadline overrides every schedule"
    if plan.schedule is None and plan.window is not None:
        return f"Azure Update Manager, {plan.window.text}{held}"
    if plan.schedule is None:
        return f"{installs_text(found)}: gpogen knows no time"
    return f"{timetable_text(plan.schedule)}{held}"


_SURE_OF_NO_TIME = {restarts: f"{restarts.value}: no time is sure" for restarts in Restarts}


def _restarts(plan: Plan, found: Servicing) -> str:
    if plan.deadline is not None:
        early = (
            "from the installation on, outside active hours"
            if plan.deadline.early
            else "by the deadline"
        )
        days = _count(plan.deadline.days, "day")
        return f"{early}, due {days} after the offer, {_count(plan.deadline.grace, 'day')} of grace"
    if plan.schedule is None and plan.window is not None and plan.restarts_in_window:
        return "within the window, by Azure Update Manager"
    if plan.schedule is None:
        return restarts_text(found)
    if plan.warn_minutes is not None:
        return f"forced {plan.warn_minutes} minutes after the scheduled installation"
    if plan.waits_for_logoff:
        return "when nobody is logged on: no time is sure"
    if plan.active_hours is not None:
        start, end = plan.active_hours
        return f"when Windows chooses, not from {start:02}:00 to {end:02}:00: no time is sure"
    return _SURE_OF_NO_TIME[found.restarts]


def window_of(plan: Plan, item: Course) -> str:
    """Say in which window of the profile a restart falls; empty for none."""
    if item.restart_from is None:
        return ""
    if plan.deadline is None:
        if plan.schedule is None and plan.window is not None and item.restart_due is not None:
            return "Update Manager's window"
        if plan.warn_minutes is not None:
            return "scheduled run"
        return "outside active hours" if plan.active_hours and not plan.waits_for_logoff else ""
    due = item.restart_due
    if due is None or plan.active_hours is None or not isinstance(item.zone, ZoneInfo):
        return ""  # Somewhere on earth it is due within active hours.
    start, end = plan.active_hours
    active = (due.hour - start) % 24 < (end - start) % 24
    return "" if active else "outside active hours"


def in_no_window(item: Overlay) -> tuple[Month, ...]:
    """Return the months whose restart, sure or possible, falls into no window."""
    return tuple(
        row.entry.month
        for row in item.courses
        if row.entry.restart is not Restart.NO and not window_of(item.plan, row)
    )


def is_late(item: Course) -> bool:
    """Tell whether an update installs only in a later month than its own."""
    return item.installed is not None and Month.of(item.installed.date()) > item.entry.month


def _swallowed(
    subject: Subject,
    plan: Plan,
    courses: Sequence[Course],
    knowledge: Knowledge,
    today: datetime.date,
) -> Iterator[Finding]:
    """Find baselines that install only after the next month's release has come."""
    free = replace(plan, deferral=0, pause=None)
    if free == plan:
        return
    lost: dict[tuple[str, str], list[tuple[Course, Entry]]] = {}
    for item in courses:
        if item.entry.restart is not Restart.YES or not plan.decides:
            continue
        system = knowledge.systems[subject.family]
        following = entry(knowledge, system, item.entry.month + 1, today)
        if not _is_after(item, following):
            continue
        if _is_after(course(free, item.entry, (item.zone,)), following):
            continue  # The schedule alone is as late.
        lost.setdefault(_cause(plan, item, following), []).append((item, following))
    for (name, cause), rows in lost.items():
        fix = "end the pause earlier" if name == PAUSE else "defer less, or run more often"
        yield _swallow(subject.place(name), cause, rows, fix)


def _cause(plan: Plan, item: Course, following: Entry) -> tuple[str, str]:
    """Return the value that holds an update back, and what it is in words."""
    without = course(replace(plan, pause=None), item.entry, (item.zone,))
    if plan.pause is not None and not _is_after(without, following):
        return PAUSE, f"the pause from {plan.pause} to {plan.pause_end}"
    return "DeferQualityUpdatesPeriodInDays", f"the deferral of {plan.deferral} days"


def _is_after(item: Course, following: Entry) -> bool:
    if item.installed is None:
        return True
    return item.installed.astimezone(datetime.UTC) >= clock.release_moment(following.date)


def _swallow(
    at: Place | None, cause: str, rows: Sequence[tuple[Course, Entry]], fix: str
) -> Finding:
    named = ", ".join(str(item.entry.date) for item, _ in rows)
    item, following = rows[0]
    when = f"on {item.installed.date()}" if item.installed else f"never, within {HORIZON} days"
    first = "the first" if len(rows) > 1 else "it"
    message = (
        f"{cause} swallows the baseline{'s' if len(rows) > 1 else ''} of {named}: {first} "
        f"would install {when}, and the next release comes on {following.date}"
    )
    return finding_of("HP014", Hit(message=message, at=at, severity=Severity.ERROR, fix=fix))


def _remarks(
    plan: Plan,
    zones: tuple[datetime.tzinfo, ...],
    courses: Sequence[Course],
    months: Sequence[Month],
) -> Iterator[str]:
    zone = zones[0]
    if not isinstance(zone, ZoneInfo):
        yield (
            "no time zone is known: UTC-12 to UTC+14 were tried, the worst is shown, in its own "
            "time (target.time_zone, or --timezone)"
        )
    elif months:
        yield from _clock_changes(plan, zone, months)
    if any(item.reading for item in courses):
        yield (
            "whether a week box means the Nth weekday or the calendar week is unproven "
            "(UNPROVEN-B): both were reckoned, the later is shown"
        )
    if plan.schedule is not None and plan.schedule.hour is None and plan.deadline is None:
        yield "Windows chooses the hour: the worst one of the day is reckoned with"
    if plan.warn_minutes is not None and plan.deadline is None:
        yield (
            "whether a hotpatch, which needs no restart, starts the forced restart is unproven "
            "(UNPROVEN-A)"
        )
    if plan.wsus:
        yield (
            "quality updates come from WSUS: they are reckoned as approved in the hour of their "
            "release; deferral and pause do not reach them"
        )
    yield from plan.beyond


def _clock_changes(plan: Plan, zone: ZoneInfo, months: Sequence[Month]) -> Iterator[str]:
    days = clock.changes(zone, months[0], len(months))
    if days:
        told = ", ".join(
            f"{day} ({'forward' if clock.goes_forward(day, zone) else 'back'})" for day in days
        )
        yield f"clocks change in {zone.key}: {told}"
    if plan.schedule is None or plan.deadline is not None:
        return
    for gone in plan.schedule.skipped_runs(zone, months):
        yield (
            f"{gone:%Y-%m-%d %H:%M} does not exist: clocks go forward over it, "
            "and the run is reckoned as left out"
        )
