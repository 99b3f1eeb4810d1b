"""A profile laid over the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gpogen.calendar import clock
from gpogen.calendar.entries import Restart, entries
from gpogen.calendar.plan import Plan, plan_of
from gpogen.calendar.rollout import Course, course
from gpogen.calendar.swallowed import Swallowed, swallowed
from gpogen.catalog.months import Month
from gpogen.compile.header import ring_text
from gpogen.compile.subject import Authored
from gpogen.releases.knowledge import Knowledge
from gpogen.servicing.answer import Servicing


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
        zones: those of the calculation.
        servicing: who installs, and who restarts.
        courses: one per month.
        swallowed: baselines that a pause or a deferral holds back for too long.
        subject: the profile with its policy.
        months: the months that were asked for, in a row.
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
    zones: tuple[datetime.tzinfo, ...]
    servicing: Servicing
    courses: tuple[Course, ...]
    swallowed: tuple[Swallowed, ...]
    subject: Authored
    months: tuple[Month, ...]


def lay_over(
    subject: Authored,
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
    profile, machines = subject.profile, subject.machines
    name = machines.time_zone if machines else ""
    zones = (clock.zone_of(name),) if name else clock.EVERY_OFFSET
    rows = entries(knowledge, subject.family, months, today)
    courses = tuple(course(plan, row, zones) for row in rows)
    system = knowledge.systems[subject.family]
    return Overlay(
        name=profile.name,
        title=profile.title or profile.name,
        os=subject.family,
        ring=ring_text(profile),
        order=profile.ring.order if profile.ring else None,
        role=machines.role if machines else "member",
        revision=profile.revision.number if profile.revision else 0,
        zone=name or "UTC-12 to UTC+14",
        plan=plan,
        zones=zones,
        servicing=subject.servicing,
        courses=courses,
        swallowed=tuple(swallowed(plan, courses, knowledge, system, today)),
        subject=subject,
        months=tuple(months),
    )


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
