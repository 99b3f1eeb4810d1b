"""The answer: who installs, when, from where, who restarts, and what contradicts itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gpogen.servicing.situation import From, Situation


class Who(StrEnum):
    """Somebody or something that installs updates."""

    SCHEDULE = "scheduled Windows Update"
    DEADLINE = "deadline"
    USER = "user"
    GUEST_PATCHING = "Azure guest patching"
    UPDATE_MANAGER = "Update Manager schedule"
    CONFIGMGR = "ConfigMgr"
    CLUSTER_AWARE = "cluster-aware"
    THIRD_PARTY = "third party"
    UNKNOWN = "unknown"
    NOBODY = "nobody"


class Why(StrEnum):
    """The reason why somebody installs, or nobody does, or it is not known."""

    NAMED = "the profile names it"
    MODE = "Configure Automatic Updates"
    DEADLINE = "a compliance deadline installs as soon as updates are offered"
    BY_HAND = "a person installs"
    OFF = "Automatic Updates is off"
    MACHINE = "the machine's own setting decides"
    REMOVED = "the setting is removed, and what a server then does is unproven"
    NO_SUCH_OPTION = "the option does nothing that is known"
    BLOCKED = "the Windows Update client is blocked"
    NOT_ON_PLATFORM = "the platform does not have it"
    BY_OS = "patchMode AutomaticByOS: Windows installs by itself"
    PATCH_MODE = "the patch mode leaves it to nobody"
    NO_SCHEDULE = "platform safety checks are bypassed, and no schedule is assigned"
    NEITHER = "a schedule is assigned, and the platform safety checks are not bypassed"
    BYPASS_UNSAID = "nothing says whether the platform safety checks are bypassed"
    ON_REQUEST = "no schedule is assigned: somebody asks for each installation"
    NO_SECURITY = "the schedule leaves security updates out"


class When(StrEnum):
    """When updates install."""

    SCHEDULED = "scheduled"
    OFFERED = "when offered"
    BY_HAND = "by hand"
    OFF_PEAK = "off-peak"
    WINDOW = "maintenance window"
    ELSEWHERE = "decided elsewhere"
    NEVER = "never"
    UNKNOWN = "unknown"


class Restarts(StrEnum):
    """Who restarts a machine that needs it, and when."""

    FORCED = "forced at the schedule"
    AFTER = "after the installation; a signed-in user may delay it"
    SIGNED_OUT = "after the installation, when nobody is signed in"
    DEADLINE = "by the deadline"
    PLATFORM = "the platform"
    ORCHESTRATOR = "the orchestrator"
    USER = "a user"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


class Conflict(StrEnum):
    """What is wrong, or not safe, about who installs and who restarts."""

    NOBODY = "nobody installs, although somebody is named"
    NOBODY_NAMED = "nobody installs, and nobody is named"
    BLOCKED_CLIENT = "who is named installs by way of the Windows Update client, which is blocked"
    UNKNOWN = "who installs is not known"
    TWO = "Windows installs by itself, and somebody else is named"
    BY_HAND = "nothing installs by itself, although Group Policy is to"
    BY_HAND_RESTART = "nothing installs by itself, by choice (AUOptions 7)"
    MODE_OVERRIDDEN = "the deadline overrides the mode"
    DEADLINE_BESIDE_OFF = "Automatic Updates is off beside a deadline"
    PLATFORM_WRITES = "the platform of an Azure VM writes Automatic Updates itself"
    CLUSTER = "a cluster node installs by itself"
    HOTPATCH_OR_SCHEDULE = "hotpatching and a schedule exclude each other"
    PATCHING_AMISS = "Azure's settings don't give what the profile names"
    NEVER_RESTARTS = "nothing restarts a machine after a baseline"
    ALWAYS_RESTARTS = "every run restarts, in hotpatch months, too"
    RESTART_BESIDE = "a restart policy acts beside the orchestrator"


@dataclass(frozen=True, slots=True)
class Installer:
    """One who installs, with the reason."""

    who: Who
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Servicing:
    """The answer for one profile or one foreign GPO.

    Attributes:
        situation: what the answer follows from.
        installers: who installs, each once; never empty (``NOBODY`` and ``UNKNOWN`` are answers).
        when: when updates install; that of the first installer.
        source: where updates come from.
        assumed: whether the source is only Windows' default, which another GPO may change.
        restarts: who restarts, and when.
        conflicts: what is wrong.
    """

    situation: Situation
    installers: tuple[Installer, ...]
    when: When
    source: From
    assumed: bool
    restarts: Restarts
    conflicts: frozenset[Conflict]

    @property
    def who(self) -> frozenset[Who]:
        """The installers without their reasons."""
        return frozenset(item.who for item in self.installers)

    @property
    def by_itself(self) -> bool:
        """Tell whether Windows Update on the machine installs by itself."""
        return bool(self.who & {Who.SCHEDULE, Who.DEADLINE})

    @property
    def from_windows_update(self) -> bool:
        """Tell whether what Windows Update offers reaches the machine."""
        return self.source in (From.WINDOWS_UPDATE, From.MICROSOFT_UPDATE, From.MIXED)
