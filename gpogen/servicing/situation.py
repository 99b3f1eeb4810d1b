"""What the answer to "who installs?" depends on: a small value, and nothing of files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Configure Automatic Updates, as it stands on the machine when the policy is applied."""

    ABSENT = "absent"
    """The policy says nothing: the machine's own setting stays."""
    REMOVED = "removed"
    """The policy deletes AUOptions or NoAutoUpdate."""
    ON = "on"
    """NoAutoUpdate 0 without AUOptions: the machine's own option counts."""
    OFF = "off"
    """NoAutoUpdate 1."""
    NOTIFY = "notify"
    DOWNLOAD = "download"
    SCHEDULE = "install-on-schedule"
    LOCAL_ADMIN = "local-admin"
    NOTIFY_RESTART = "notify-restart"
    OTHER = "other"
    """An AUOptions that no template has, such as 1 or 6."""


class Policy(StrEnum):
    """What decides about restarts, by policy; of two that are set, the one that wins."""

    ABSENT = "absent"
    WHEN_REQUIRED = "when-required"
    """AlwaysAutoRebootAtScheduledTime 0."""
    AT_SCHEDULED_TIME = "at-scheduled-time"
    """AlwaysAutoRebootAtScheduledTime 1."""
    NOT_WHILE_SIGNED_IN = "not-while-users-are-logged-on"
    DEADLINE = "deadline"
    """A compliance deadline for quality updates; it installs, too."""


class From(StrEnum):
    """Where quality updates come from, as far as policy says."""

    ABSENT = "absent"
    WINDOWS_UPDATE = "windows-update"
    MICROSOFT_UPDATE = "microsoft-update"
    WSUS = "wsus"
    MIXED = "mixed"
    """WSUS for some classes of update, Windows Update for others."""
    BLOCKED = "blocked"
    """Windows Update's addresses are blocked, and no WSUS is used."""
    CONFIGMGR = "configmgr"
    UNKNOWN = "unknown"


class Block(StrEnum):
    """What keeps the Windows Update client of a machine from working at all."""

    ACCESS = "DisableWindowsUpdateAccess"
    SERVICE = "wuauserv"
    INTERNET = "DoNotConnectToWindowsUpdateInternetLocations"


@dataclass(frozen=True, slots=True)
class Azure:
    """Azure's own settings of a machine; None where nobody has said.

    Attributes:
        patch_mode: AutomaticByPlatform, AutomaticByOS or Manual.
        bypass: bypassPlatformSafetyChecksOnUserSchedule.
        schedule: whether a maintenance configuration (a schedule) is assigned.
        hotpatching: enableHotpatching.
        reboot: IfRequired, Never or Always; the machine's own wins over the schedule's.
    """

    patch_mode: str | None = None
    bypass: bool | None = None
    schedule: bool | None = None
    hotpatching: bool | None = None
    reboot: str | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """The schedule of Configure Automatic Updates, in the machine's own time.

    Attributes:
        day: 0 for every day, 1 for Sunday to 7 for Saturday; a raw value may go beyond.
        hour: 0 to 23; None where Windows chooses, as it does in automatic maintenance.
        weeks: 1 to 4; empty for every week.
    """

    day: int
    hour: int | None
    weeks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the answer depends on.

    Attributes:
        platform: azure-local, azure-arc or azure-vm; empty where nobody has said.
        role: member, cluster-node and so on.
        named: the orchestration that the author, or ``--installed-by``, names; None for nobody.
        possible: whether the platform has that orchestration.
        mode: Configure Automatic Updates.
        restart: what decides about restarts.
        source: where quality updates come from.
        blocks: what keeps the Windows Update client from working.
        azure: Azure's settings.
        security: whether Update Manager's schedule takes security updates in; hotpatches are
            such updates.
        timetable: when a scheduled installation runs; by default every day at three.
        quality_from_wsus: whether quality updates, of all classes, come from WSUS.
    """

    platform: str = ""
    role: str = "member"
    named: str | None = None
    possible: bool = True
    mode: Mode = Mode.ABSENT
    restart: Policy = Policy.ABSENT
    source: From = From.ABSENT
    blocks: frozenset[Block] = frozenset()
    azure: Azure = Azure()
    security: bool = True
    quality_from_wsus: bool = False
    timetable: Timetable = Timetable(0, 3)
