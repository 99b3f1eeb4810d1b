"""What a profile allows of the rules that depend on dates, and whether it silences anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from gpogen.compile.result import Allowed
from gpogen.finding import Finding
from gpogen.profile.schema import Profile
from gpogen.rules.allow import unused
from gpogen.rules.check import Checked, subject_of

Used: TypeAlias = dict[str, set[str]]
"""The rules of which something was silenced, by the name of the profile that allows them."""


def note_used(used: Used, concerned: Iterable[Profile], silenced: Iterable[Allowed]) -> None:
    """Add the rules of which findings about some profiles were silenced."""
    rules = {item.finding.id for item in silenced}
    for profile in concerned:
        used.setdefault(profile.name, set()).update(rules)


def useless(profiles: Iterable[Checked], used: Used, run: Collection[str]) -> Iterator[Finding]:
    """Yield each ``allow`` of rules that have run and in which nothing was silenced (GP061).

    Args:
        profiles: the profiles that were judged, as the check without a date has left them.
        used: what was silenced since.
        run: the rules that have run.
    """
    for item in profiles:
        subject = subject_of(item)
        if subject is not None and subject.profile.target is not None:
            before = {allowed.finding.id for allowed in item.allowed}
            both = before | used.get(subject.profile.name, set())
            yield from unused(subject.profile, subject.tree, both, run)
