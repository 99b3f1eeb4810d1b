"""What ``gpogen check --today`` tells besides: findings that depend on the day."""

from __future__ import annotations

from dataclasses import replace

from gpogen.compile.calendar.dated import ending, stale
from gpogen.compile.compiler import subject_of
from gpogen.finding import Finding
from gpogen.project.calendar.gather import day_of, read_knowledge
from gpogen.project.select import Selection, in_order


def findings_of(selection: Selection, today: str, profiles_dir: str) -> tuple[Finding, ...]:
    """Return them for the systems of the profiles; none is an error.

    Raises:
        UsageError: ``today`` is no date.
    """
    day = day_of(today)
    knowledge, found = read_knowledge((profiles_dir,), (), day)
    told: list[Finding] = [*found]
    families: set[str] = set()
    for item in selection.profiles:
        subject = subject_of(item)
        if subject is None or not subject.family:
            continue
        families.add(subject.family)
        at = subject.tree.place("target", "os")
        if any(allowed.rule == "HP030" for allowed in subject.profile.allow):
            continue
        told += (
            replace(finding, profiles=(item.loaded.stem,))
            for finding in ending(knowledge, subject.family, day, at)
        )
    told += stale(knowledge, sorted(families), day)
    return in_order(told)
