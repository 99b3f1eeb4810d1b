"""What a profile allows of the rules that depend on dates, and whether it silences anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from gpogen.finding import Finding
from gpogen.rules.allow import Judgment, unused
from gpogen.rules.check import Checked, subject_of


def useless(
    profiles: Iterable[Checked], judgment: Judgment, run: Collection[str]
) -> Iterator[Finding]:
    """Yield each ``allow`` of rules that have run and in which nothing was silenced (GP061).

    Args:
        profiles: the profiles that were judged, as the check without a date has left them.
        judgment: what was judged since.
        run: the rules that have run.
    """
    for item in profiles:
        subject = subject_of(item)
        if subject is not None and subject.machines is not None:
            before = {allowed.finding.id for allowed in item.allowed}
            both = before | judgment.used(subject.profile)
            yield from unused(subject.profile, subject.tree, both, run)
