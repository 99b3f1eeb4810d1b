"""What HP014 says of baselines that a deferral or a pause holds back, with and without a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpogen.calendar.pause import PAUSE
from gpogen.calendar.plan import DEFERRAL, plan_of
from gpogen.calendar.schedule import HORIZON
from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Severity
from gpogen.rules.engine import Hit

if TYPE_CHECKING:
    from gpogen.calendar.swallowed import Swallowed

RING_DAYS = 14
"""A quality deferral up to this many days is an ordinary ring."""


def pause_fix() -> str:
    """Say what to do about a pause over a baseline: it has no end of its own to set."""
    return f"pause after the baseline is installed, or remove {PAUSE}"


def held_back_hit(subject: Subject, lost: Swallowed, *, about: tuple[Authored, ...] = ()) -> Hit:
    """Make the finding of baselines that install only after the next release."""
    return Hit(
        message=_held_back(subject, lost),
        at=subject.place(lost.value),
        severity=Severity.ERROR,
        fix=pause_fix() if lost.value == PAUSE else _shorter(subject, lost),
        about=about,
    )


def _shorter(subject: Subject, lost: Swallowed) -> str:
    """Name the longest deferral that holds back none of the baselines, and is a ring's."""
    days = min(lost.most, RING_DAYS)
    updates = subject.profile.updates if subject.profile else None
    is_word = updates is not None and updates.quality_deferral_days is not None
    name = "quality_deferral_days" if is_word else DEFERRAL
    return f"set `{name}: {days}`{' or less' if days else ''}"


def _held_back(subject: Subject, lost: Swallowed) -> str:
    plan, rows = plan_of(subject), lost.rows
    cause = f"the deferral of {plan.deferral} days"
    if lost.value == PAUSE:
        cause = f"the pause from {plan.pause} to {plan.pause_end}"
    named = ", ".join(str(item.entry.date) for item, _ in rows)
    item, following = rows[0]
    when = f"on {item.installed.date()}" if item.installed else f"never, within {HORIZON} days"
    first = "the first" if len(rows) > 1 else "it"
    return (
        f"{cause} skips the baseline{'s' if len(rows) > 1 else ''} of {named}: {first} "
        f"would install {when}, and the next release comes on {following.date}"
    )
