"""Profiles laid over the calendar, and what is to be told about them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from gpogen.calendar.overlay import Overlay, lay_over
from gpogen.catalog.months import Month, months_from
from gpogen.compile.subject import Subject
from gpogen.errors import UsageError
from gpogen.finding import Finding
from gpogen.releases.knowledge import Knowledge
from gpogen.rules.allow import Judgment, Told
from gpogen.rules.check import Checked, subject_of
from gpogen.rules.engine import judge_by
from gpogen.rules.inputs import Overlays, judge_calendar
from gpogen.workspace.select import Selection

ABOUT_WHEN = ("HP014", "HP032", "HP035")
"""The rules of gpogen check that the calendar tells, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which months are shown, seen from which day."""

    first: Month
    count: int
    today: datetime.date

    @property
    def months(self) -> tuple[Month, ...]:
        """The months."""
        return months_from(self.first, self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """What came of some profiles: overlays, findings of check, and those that can't be laid out."""

    overlays: tuple[Overlay, ...]
    findings: tuple[Finding, ...]
    errors: tuple[UsageError, ...]


def lay(
    selection: Selection,
    knowledge: Knowledge,
    when: Range,
    *,
    wanted: Sequence[str],
    timezone: str,
    judgment: Judgment,
) -> Laid:
    """Lay the profiles of some systems over the calendar.

    Args:
        selection: the profiles.
        knowledge: the releases.
        when: the months, and today.
        wanted: the systems that are asked for.
        timezone: an IANA name that counts instead of the profiles' own, or empty.
        judgment: where the findings of the rules about the calendar go.
    """
    overlays: list[Overlay] = []
    findings = [item for item in selection.findings if _is_told(item, retimed=bool(timezone))]
    left_out: list[str] = []
    for item in selection.profiles:
        subject = subject_of(item)
        reason = _unfit(item, subject, wanted)
        if subject is None or reason:
            left_out += [f"{item.loaded.file}: {reason}"] if reason else []
            continue
        if timezone:
            subject = subject.in_zone(timezone)
            again = judge_by("HP032", subject)
            judgment.take(Told(found, (subject.profile,)) for found in again)
        overlays.append(lay_over(subject, knowledge, when.months, today=when.today))
    errors = tuple(UsageError(f"{reason}: not in the calendar") for reason in left_out)
    told = tuple(judge_calendar(Overlays(items=tuple(overlays))))
    judgment.take(told)
    # The calendar's own says more of the months that it shows.
    better = {(one.finding.id, one.finding.at) for one in told}
    kept = tuple(item for item in findings if (item.id, item.at) not in better)
    return Laid(overlays=tuple(overlays), findings=kept, errors=errors)


def _is_told(item: Finding, *, retimed: bool) -> bool:
    """Tell whether a finding of check is of interest: a mistake of form, or about when."""
    if item.id == "HP032" and retimed:
        return False  # It is judged again, in the other zone.
    return item.id.startswith("GP") or item.id in ABOUT_WHEN


def _unfit(item: Checked, subject: Subject | None, wanted: Sequence[str]) -> str:
    """Say why a profile can't be laid out; empty where its mistakes are told, or it can."""
    if subject is None:
        return ""
    if item.loaded.is_base:
        return "a base, which has no target"
    if subject.machines is None:
        return "its target is unspecified"
    if subject.family not in wanted:
        return f"it is for {subject.family}, which --os excludes"
    return ""
