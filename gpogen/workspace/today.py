"""What ``gpogen check --today`` tells besides: findings that depend on the day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from gpogen.finding import Finding, in_order
from gpogen.profile.schema import Profile
from gpogen.releases.known import read_knowledge
from gpogen.rules.allow import OF_TODAY, silence
from gpogen.rules.check import subject_of
from gpogen.rules.dated import ending, stale
from gpogen.workspace.calendar import day_of
from gpogen.workspace.select import Selection
from gpogen.workspace.useless import Used, note_used, useless


def findings_of(selection: Selection, today: str, profiles_dir: str) -> tuple[Finding, ...]:
    """Return them for the systems of the profiles; none is an error.

    Raises:
        UsageError: ``today`` is no date.
    """
    day = day_of(today)
    knowledge, found = read_knowledge((profiles_dir,), (), day)
    told: list[Finding] = [*found]
    used: Used = {}
    families: defaultdict[str, list[Profile]] = defaultdict(list)
    for item in selection.profiles:
        subject = subject_of(item)
        if subject is None or not subject.family:
            continue
        families[subject.family].append(subject.profile)
        at = subject.tree.place("target", "os")
        judged = silence(ending(knowledge, subject.family, day, at), (subject.profile,))
        note_used(used, (subject.profile,), judged.silenced)
        told += (replace(one, profiles=(item.loaded.stem,)) for one in judged.standing)
    for family, profiles in sorted(families.items()):
        judged = silence(stale(knowledge, (family,), day), profiles)
        note_used(used, profiles, judged.silenced)
        told += judged.standing
    told += useless(selection.profiles, used, OF_TODAY)
    return in_order(told)
