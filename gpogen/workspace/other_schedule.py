"""What profiles are compared with: a schedule in words, or that of another profile."""

from __future__ import annotations

from pathlib import PurePath

from gpogen.calendar.clock import zone_of
from gpogen.calendar.plan import plan_of
from gpogen.calendar.rhythm import Other, other_of
from gpogen.errors import ContentError, UsageError
from gpogen.finding import Severity
from gpogen.profile.load import SUFFIXES
from gpogen.rules.check import subject_of
from gpogen.workspace.select import select


def read_other(text: str, profiles_dir: str) -> Other:
    """Read a schedule; what ends in .yaml or .yml is a profile.

    Raises:
        UsageError: it is not understood, or a file can't be opened.
        ContentError: the profile has errors, or is a base.
    """
    if PurePath(text).suffix not in SUFFIXES:
        return other_of(text)
    selection = select((text,), profiles_dir)
    for error in selection.errors:
        raise UsageError(f"--compare-schedule: {error}")
    wrong = [item for item in selection.findings if item.severity is Severity.ERROR]
    if wrong:
        raise ContentError(f"--compare-schedule: {wrong[0].at or text}: {wrong[0].message}")
    if len(selection.profiles) != 1:
        raise UsageError(f"--compare-schedule: {text}: name a single profile")
    (found,) = selection.profiles
    subject = subject_of(found)
    if subject is None or found.loaded.is_base or subject.profile.target is None:
        raise ContentError(
            f"--compare-schedule: {text}: it has no target, so no machines install updates"
        )
    name = subject.profile.target.time_zone
    return Other(
        text="",
        plan=plan_of(subject),
        servicing=subject.servicing,
        zone=zone_of(name) if name else None,
        profile=subject.profile.name,
    )
