"""What ``gpogen check --today`` tells besides: findings that depend on the day."""

from __future__ import annotations

from collections import defaultdict

from gpogen.compile.subject import Authored
from gpogen.finding import Finding, in_order
from gpogen.releases.known import read_knowledge
from gpogen.rules.allow import Judgment, of_today
from gpogen.rules.check import subject_of
from gpogen.rules.inputs import Today, judge_today
from gpogen.workspace.select import Selection
from gpogen.workspace.useless import useless
from gpogen.workspace.words import day_of


def findings_of(selection: Selection, today: str, profiles_dir: str) -> tuple[Finding, ...]:
    """Return them for the systems of the profiles; none is an error.

    Raises:
        UsageError: ``today`` is no date.
    """
    day = day_of(today)
    knowledge, found = read_knowledge((profiles_dir,), (), day)
    families: defaultdict[str, list[Authored]] = defaultdict(list)
    for item in selection.profiles:
        subject = subject_of(item)
        if subject is not None and subject.family:
            families[subject.family].append(subject)
    judgment = Judgment()
    for family, subjects in sorted(families.items()):
        today_of = Today(
            knowledge=knowledge, family=family, day=day, subjects=tuple(subjects), each=True
        )
        judgment.take(judge_today(today_of))
    idle = useless(selection.profiles, judgment, of_today())
    return in_order((*found, *judgment.standing, *idle))
