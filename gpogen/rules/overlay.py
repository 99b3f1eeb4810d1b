"""What the calendar tells of a profile that is laid over it (HP014, HP035)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gpogen.calendar.overlay import Overlay
from gpogen.calendar.pause import PAUSE
from gpogen.calendar.plan import Plan
from gpogen.calendar.rings import same_hour
from gpogen.calendar.schedule import HORIZON
from gpogen.calendar.swallowed import Swallowed
from gpogen.compile.subject import Subject
from gpogen.finding import Finding, Severity
from gpogen.profile.schema import Profile
from gpogen.rules.engine import Hit, finding_of

_NAMED = 4


def swallowed_baselines(subject: Subject, laid: Overlay) -> Iterator[Finding]:
    """HP014: baselines that a pause or a deferral holds back until the next release."""
    for item in laid.swallowed:
        fix = "end the pause earlier" if item.value == PAUSE else "defer less, or run more often"
        message = _swallows(laid.plan, item)
        at = subject.place(item.value)
        yield finding_of("HP014", Hit(message=message, at=at, severity=Severity.ERROR, fix=fix))


def _swallows(plan: Plan, lost: Swallowed) -> str:
    rows = lost.rows
    cause = f"the deferral of {plan.deferral} days"
    if lost.value == PAUSE:
        cause = f"the pause from {plan.pause} to {plan.pause_end}"
    named = ", ".join(str(item.entry.date) for item, _ in rows)
    item, following = rows[0]
    when = f"on {item.installed.date()}" if item.installed else f"never, within {HORIZON} days"
    first = "the first" if len(rows) > 1 else "it"
    return (
        f"{cause} swallows the baseline{'s' if len(rows) > 1 else ''} of {named}: {first} "
        f"would install {when}, and the next release comes on {following.date}"
    )


def controllers_in_one_hour(
    overlays: Sequence[Overlay],
) -> Iterator[tuple[Finding, tuple[Profile, ...]]]:
    """HP035: domain controllers of several profiles that restart in one hour, and the profiles."""
    profiles = {item.name: item.profile for item in overlays}
    for names, month in same_hour(overlays):
        shown = f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
        shown = shown if len(names) > _NAMED else " and ".join(names)
        message = f"the domain controllers of {shown} restart in the same hour, first in {month}"
        found = finding_of("HP035", Hit(message=message, at=None))
        yield found, tuple(profiles[name] for name in names)
