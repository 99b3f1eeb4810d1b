"""Rules about restarts: the baseline months need one."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Subject
from gpogen.rules.automatic_updates import INSTALL_ON_SCHEDULE, may_schedule
from gpogen.rules.engine import Hit
from gpogen.servicing.read import DEADLINES

ALWAYS = "AlwaysAutoRebootAtScheduledTime"
LOGGED_ON = "NoAutoRebootWithLoggedOnUsers"
SPAN = 18
"""Hours; ActiveHoursMaxRange allows 8 to 18."""


def _deadline(subject: Subject) -> str | None:
    return next((name for name in DEADLINES if subject.number(name) == 1), None)


def reboot_loggedon_needs_4(subject: Subject) -> Iterator[Hit]:
    """No restart while users are logged on, without scheduled installation."""
    options = subject.number("AUOptions")
    if subject.foreign and options is None:
        return  # Another GPO may set the mode.
    if subject.number(LOGGED_ON) == 1 and options != INSTALL_ON_SCHEDULE:
        message = f"{LOGGED_ON} applies only to scheduled installations (AUOptions 4)"
        related = subject.places("AUOptions")
        fits = may_schedule(subject)
        yield Hit(
            message=message,
            at=subject.place(LOGGED_ON),
            related=related,
            fix=None if fits else "remove it",
            foreign_fix="" if fits else "remove it",
        )


def reboot_loggedon_vs_always(subject: Subject) -> Iterator[Hit]:
    """Two restart policies of which one overrides the other."""
    if subject.number(LOGGED_ON) == 1 and subject.number(ALWAYS) == 1:
        message = f"{LOGGED_ON} and {ALWAYS} are both set: {ALWAYS} has no effect"
        yield Hit(message=message, at=subject.place(ALWAYS), related=subject.places(LOGGED_ON))


def activehours_dead(subject: Subject) -> Iterator[Hit]:
    """Active hours beside a policy that overrides them."""
    winners = [name for name in (LOGGED_ON, ALWAYS) if subject.number(name) == 1]
    if subject.number("SetActiveHours") == 1 and winners:
        message = f"active hours have no effect, because {winners[0]} is set"
        yield Hit(
            message=message, at=subject.place("SetActiveHours"), related=subject.places(*winners)
        )


def activehours_span(subject: Subject) -> Iterator[Hit]:
    """Active hours that span more hours than Windows allows."""
    start, end = subject.number("ActiveHoursStart"), subject.number("ActiveHoursEnd")
    if start is None or end is None:
        return
    most = subject.number("ActiveHoursMaxRange") or SPAN
    span = (end - start) % 24
    if span > most or span == 0:
        spans = f"{start}:00 to {end}:00 spans {span or 24}"
        message = f"active hours must span at most {most} hours; {spans}"
        yield Hit(message=message, at=subject.place("ActiveHoursStart"))


def deadline_overrides_au(subject: Subject) -> Iterator[Hit]:
    """A deadline beside a schedule, which it overrides."""
    name = _deadline(subject)
    draft = subject.find("ScheduledInstallDay")
    if name is None or draft is None:
        return
    message = (
        "a deadline is set, so the schedule has no effect: updates install when they are offered"
    )
    yield Hit(message=message, at=draft.place, related=subject.places(name))


_OLD_DEADLINES = ("SetAutoRestartDeadline", "SetEngagedRestartTransitionSchedule")
_UNTIL_2022 = (
    *_OLD_DEADLINES,
    "SetAutoRestartRequiredNotificationDismissal",
    "SetAutoRestartNotificationConfig",
    "SetAutoRestartNotificationDisable",
    "SetRestartWarningSchd",
)


def restartdeadline_overridden(subject: Subject) -> Iterator[Hit]:
    """An older restart deadline beside a setting that overrides it."""
    winners = [name for name in (LOGGED_ON, ALWAYS) if subject.number(name) == 1]
    deadline = _deadline(subject)
    winners += [deadline] if deadline else []
    for name in _OLD_DEADLINES:
        if winners and subject.number(name) == 1:
            message = f"{name} has no effect, because {winners[0]} is set"
            yield Hit(message=message, at=subject.place(name), related=subject.places(*winners))


def restartdeadline_2025(subject: Subject) -> Iterator[Hit]:
    """The older restart notifications on Windows Server 2025."""
    if subject.family != "windows-server-2025":
        return
    for name in _UNTIL_2022:
        if subject.number(name) is not None:
            message = f"{name} is supported only up to Windows Server 2022"
            yield Hit(message=message, at=subject.place(name))


def deadline_overrides_always(subject: Subject) -> Iterator[Hit]:
    """A compliance deadline beside AlwaysAutoReboot."""
    name = _deadline(subject)
    if name is not None and subject.number(ALWAYS) == 1:
        message = f"{ALWAYS} has no effect, because {name} is set"
        yield Hit(message=message, at=subject.place(ALWAYS), related=subject.places(name))


def deadline_name_by_os(subject: Subject) -> Iterator[Hit]:
    """A deadline in the words of the other template generation, and not in its own."""
    older, newer = (subject.number(name) == 1 for name in DEADLINES)
    if subject.family == "windows-server-2022" and newer and not older:
        message = (
            "SetComplianceDeadlineForQU is for the 24H2 templates; the target is an older system"
        )
        yield Hit(message=message, at=subject.place(DEADLINES[1]))
    if subject.family == "windows-server-2025" and older and not newer:
        message = "SetComplianceDeadline is for templates before 24H2; the target is a newer system"
        yield Hit(message=message, at=subject.place(DEADLINES[0]))
