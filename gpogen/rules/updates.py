"""Rules about which updates come, when, and from where."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.calendar.pause import PAUSE
from gpogen.calendar.plan import DEFERRAL
from gpogen.catalog.months import read_day
from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Severity
from gpogen.rules.automatic_updates import source_place
from gpogen.rules.calendar import lost_baselines, paused_baseline
from gpogen.rules.deferral import RING_DAYS, held_back_hit
from gpogen.rules.engine import Hit


def hp013(subject: Subject) -> Iterator[Hit]:
    """WSUS, and nothing said about hotpatches on it."""
    if not subject.servicing.situation.quality_from_wsus:
        return
    if subject.declares("hotpatch-approved-in-wsus"):
        return
    severity = Severity.INFO if subject.family == "windows-server-2022" else None
    message = (
        "quality updates come from WSUS, and nothing states that hotpatches are approved there"
    )
    yield Hit(message=message, at=subject.place("UseWUServer"), severity=severity)


def hp014(subject: Subject) -> Iterator[Hit]:
    """A long deferral of quality updates, or a pause over a baseline."""
    days = subject.number("DeferQualityUpdatesPeriodInDays")
    is_long = subject.number("DeferQualityUpdates") == 1 and days is not None and days > RING_DAYS
    lost = lost_baselines(subject) if is_long or subject.find(PAUSE) is not None else {}
    yield from (held_back_hit(subject, item) for item in lost.values())
    if is_long and DEFERRAL not in lost:
        message = f"quality updates are deferred by {days} days"
        yield Hit(message=message, at=subject.place("DeferQualityUpdatesPeriodInDays"))
    if PAUSE not in lost:
        yield from paused_baseline(subject)


def hp015(subject: Subject) -> Iterator[Hit]:
    """Preview builds and optional content."""
    if subject.number("ManagePreviewBuildsPolicyValue") == 2:
        message = "preview builds are on (ManagePreviewBuildsPolicyValue 2)"
        yield Hit(message=message, at=subject.place("ManagePreviewBuildsPolicyValue"))
    content = subject.number("AllowOptionalContent")
    if subject.number("SetAllowOptionalContent") == 1 and content in (1, 2, 3):
        chosen = content == 3
        who = "users can choose" if chosen else "the machines get"
        severity = Severity.WARNING if chosen else Severity.ERROR
        message = f"{who} optional updates (AllowOptionalContent {content})"
        yield Hit(message=message, at=subject.place("AllowOptionalContent"), severity=severity)


def hp016(subject: Subject) -> Iterator[Hit]:
    """Drivers let in on purpose, or forgotten where Windows Update is named as the source."""
    excluded = subject.number("ExcludeWUDriversInQualityUpdate")
    if excluded == 0:
        at = subject.place("ExcludeWUDriversInQualityUpdate")
        yield Hit(message="drivers come with Windows Update", at=at)
        return
    found = subject.servicing
    if excluded is None and found.from_windows_update and (found.by_itself or not subject.foreign):
        message = "drivers come with Windows Update: nothing excludes them"
        yield Hit(message=message, at=source_place(subject))


def hp017(subject: Subject) -> Iterator[Hit]:
    """Updates of other Microsoft products."""
    if subject.number("AllowMUUpdateService") == 1:
        message = "updates for other Microsoft products are allowed"
        yield Hit(message=message, at=subject.place("AllowMUUpdateService"))


def hp036(subject: Authored) -> Iterator[Hit]:
    """Uncovered updates that install in the same run."""
    if subject.servicing.by_itself and subject.servicing.from_windows_update:
        message = ".NET and other updates that hotpatch does not cover install in the same run"
        related = subject.places("AUOptions")
        yield Hit(message=message, at=source_place(subject), related=related)


def pause_format(subject: Subject) -> Iterator[Hit]:
    """A pause that is no date; an empty one means no pause."""
    for name in ("PauseQualityUpdatesStartTime", "PauseFeatureUpdatesStartTime"):
        value = subject.text(name)
        if value and read_day(value) is None:
            yield Hit(
                message=f"{name} must be a date (yyyy-mm-dd); got {value!r}", at=subject.place(name)
            )


_DEAD = (
    "AutoInstallMinorUpdates",
    "IncludeRecommendedUpdates",
    "ElevateNonAdmins",
    "EnableFeaturedSoftware",
    "RebootRelaunchTimeoutEnabled",
    "RebootWarningTimeoutEnabled",
    "RescheduleWaitTimeEnabled",
)


def dead_on_win10(subject: Subject) -> Iterator[Hit]:
    """Settings that ended before Windows Server 2016."""
    for name in _DEAD:
        draft = subject.find(name)
        if draft is not None:
            yield Hit(message=f"{name} is not supported since Windows Server 2016", at=draft.place)
