"""The sections ``vbs``, ``updates`` and ``restart`` of a profile.

A field of type ``X | Keyword`` takes a value, or ``remove`` (delete explicitly) or ``unmanaged``
(write nothing even if inherited); None means that the profile does not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag

from gpogen.profile import fields
from gpogen.profile.fields import Block, Flag, Hour, ScheduleHour, setting, whole, words
from gpogen.profile.part import Keyword, Part, is_keyword, is_mapping
from gpogen.profile.setting import DISABLED, Element, ElementValue, Number, Setting, enabled
from gpogen.profile.weeks import Weeks

DAYS = (
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
)
_EVERY_DAY = dict.fromkeys(("daily", "every", "all", "any", "each", "every day"), "every-day")
MODES = ("notify", "download", "install-on-schedule", "local-admin", "notify-restart", "off")
_OPTIONS = {
    "2": "notify",
    "3": "download",
    "4": "install-on-schedule",
    "5": "local-admin",
    "7": "notify-restart",
}
"""The modes by the number of their AUOptions."""
_LOCKABLE: Mapping[str | bool, ElementValue] = {
    "not-configured": 3,
    "disabled": 0,
    "enabled-with-uefi-lock": 1,
    "enabled-without-lock": 2,
}
"""What may be locked in the firmware (DeviceGuard.admx)."""


class Vbs(Part):
    """Virtualization-based security, which hotpatch needs running."""

    enforce: Annotated[
        str,
        setting(
            "policy",
            "registry",
            "policy+registry",
            "elsewhere",
            meant={"true": "policy+registry", "yes": "policy+registry", "on": "policy+registry"},
        ),
    ] = "policy+registry"
    platform_security: Annotated[
        str | None,
        Element(
            what="What the platform must support.",
            element="RequirePlatformSecurityFeatures",
            words={"secure-boot": 1, "secure-boot-and-dma": 3},
        ),
    ] = None
    credential_guard: Annotated[
        str | None,
        Element(what="Credential Guard.", element="LsaCfgFlags", words=_LOCKABLE),
    ] = None
    hvci: Annotated[
        str | None,
        Element(
            what="Memory integrity (HVCI).",
            element="HypervisorEnforcedCodeIntegrity",
            words=_LOCKABLE,
        ),
    ] = None
    mat_required: Annotated[
        bool | None,
        Element(
            what="Whether VBS requires the UEFI Memory Attributes Table.",
            element="HVCIMATRequired",
            words={True: True, False: False},
        ),
    ] = None
    machine_identity_isolation: Annotated[
        str | None,
        Element(
            what="Machine identity isolation.",
            element="MachineIdentityIsolation",
            words={"not-configured": 3, "disabled": 0, "audit": 1, "enforcement": 2},
        ),
    ] = None
    system_guard: Annotated[
        str | None,
        Element(
            what="Secure Launch of System Guard.",
            element="ConfigureSystemGuardLaunch",
            words={"not-configured": 0, "enabled": 1, "disabled": 2},
        ),
    ] = None
    kernel_shadow_stacks: Annotated[
        str | None,
        Element(
            what="Kernel-mode hardware-enforced stack protection.",
            element="ConfigureKernelShadowStacksLaunch",
            words={"not-configured": 0, "enforcement": 1, "audit": 2, "disabled": 3},
        ),
    ] = None
    why: Block | None = None


class SecureBoot(Part):
    """The Secure Boot certificates of 2023 (policy SecureBoot_AvailableUpdatesPolicy)."""

    certificates: Annotated[
        str | None,
        Setting(
            what="deploy starts the deployment of the 2023 certificates. Update the hypervisor "
            "first, and plan restarts. Windows cannot undo the deployment.",
            policy="SecureBoot.SecureBoot_AvailableUpdatesPolicy",
            words={"deploy": enabled()},
            short="Secure Boot certificates",
        ),
    ] = None
    why: Block | None = None


class Schedule(Part):
    """When updates are installed, in the machine's own time zone."""

    day: Annotated[str, words("every-day", *DAYS, meant=_EVERY_DAY)] = "every-day"
    at: ScheduleHour = "03:00"
    weeks: Weeks = ("every",)


_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?/?")


def _url(value: Any) -> str:
    text = fields._line(value)
    if not text.lower().startswith(("http://", "https://")) or any(c.isspace() for c in text):
        fix = f'write "https://{text}"' if _HOST.fullmatch(text) else ""
        message = f"must be an http:// or https:// address; got {fields.shown(value)}"
        raise fields.wrong("form", message, fix=fix)
    return text


Url = Annotated[str, BeforeValidator(_url)]
ScanWord = Annotated[str, words("windows-update", "wsus", meant={"wu": "windows-update"})]


class Wsus(Part):
    """An intranet update service (policy CorpWuURL)."""

    server: Url
    status_server: Url
    alternate: Url | None = None
    fill_empty_content_urls: Flag = False
    skip_tls_pinning: Flag = False
    proxy: Annotated[str, words("system-only", "user-allowed")] = "system-only"


class Scan(Part):
    """Where each class of update is looked for (policy UpdateClassPolicySource_Title)."""

    feature: ScanWord
    quality: ScanWord
    drivers: ScanWord
    other: ScanWord


class Source(Part):
    """A WSUS server, and the scan source per class."""

    wsus: Wsus
    scan: Scan | None = None


SourceField = Annotated[
    Annotated[str, setting("windows-update", forms=("{wsus: ...}",)), Tag("word")]
    | Annotated[Source, Tag("mapping")],
    Discriminator(is_mapping),
]


ScheduleField = Annotated[Annotated[Schedule, Tag("value")] | Keyword, Discriminator(is_keyword)]
FlagField = Annotated[
    Annotated[bool, fields.flag(*fields.KEYWORDS), Tag("value")] | Keyword,
    Discriminator(is_keyword),
]
VbsField = Annotated[Annotated[Vbs, Tag("value")] | Keyword, Discriminator(is_keyword)]


class Updates(Part):
    """The Windows Update client."""

    mode: Annotated[str, setting(*MODES, meant=_OPTIONS)] | None = None
    schedule: ScheduleField | None = None
    source: SourceField | None = None
    drivers: Annotated[
        str | None,
        Setting(
            what="Whether Windows Update includes drivers with quality updates.",
            policy="WindowsUpdate.ExcludeWUDriversInQualityUpdate",
            words={"exclude": enabled(), "include": DISABLED},
            meant={"no": "exclude", "false": "exclude", "yes": "include", "true": "include"},
        ),
    ] = None
    microsoft_update: FlagField | None = None
    optional_content: Annotated[
        str | None,
        Setting(
            what="Optional updates.",
            policy="WindowsUpdate.AllowOptionalContent",
            words={
                "none": DISABLED,
                "automatic-with-rollouts": enabled(AllowOptionalContent=1),
                "automatic": enabled(AllowOptionalContent=2),
                "user-choice": enabled(AllowOptionalContent=3),
            },
        ),
    ] = None
    delivery_optimization: Annotated[
        str | None,
        Setting(
            what="Where Delivery Optimization downloads from: HTTP only (simple: also without "
            "its cloud service), or also from peers in the LAN, in a group, or on the "
            "Internet.",
            policy="DeliveryOptimization.DownloadMode",
            words={
                "http-only": enabled(DODownloadMode=0),
                "lan": enabled(DODownloadMode=1),
                "group": enabled(DODownloadMode=2),
                "internet": enabled(DODownloadMode=3),
                "simple": enabled(DODownloadMode=99),
            },
        ),
    ] = None
    quality_deferral_days: Annotated[
        int | str | None,
        Setting(
            what="The number of days to defer quality updates.",
            policy="WindowsUpdate.DeferQualityUpdates",
            words={0: DISABLED},
            number=Number(
                element="DeferQualityUpdatesPeriodInDays", low=0, high=30, unit="days", example=7
            ),
            short="quality deferral",
        ),
    ] = None
    pause_button: Annotated[
        str | None,
        Setting(
            what='Whether Settings has "Pause updates", with which a user of Desktop Experience '
            "can pause a baseline.",
            policy="WindowsUpdate.DisablePauseUXAccess",
            words={"hidden": enabled(), "shown": DISABLED},
        ),
    ] = None
    feature_updates: Annotated[
        str | None,
        Setting(
            what="The target version of feature updates.",
            policy="WindowsUpdate.TargetReleaseVersion",
            words={
                "hold": enabled(ProductVersion="", TargetReleaseVersionInfo="hold"),
                "windows-server-2025": enabled(ProductVersion="", TargetReleaseVersionInfo="2025"),
            },
        ),
    ] = None
    why: Block | None = None


class ActiveHours(Part):
    """Hours in which Windows does not restart by itself."""

    start: Hour
    end: Hour


WarnMinutes = Annotated[int, whole(15, 180, "minutes")]
Days = Annotated[int, whole(0, 30, "days")]
GraceDays = Annotated[int, whole(0, 7, "days")]


class _Restart(Part):
    active_hours: ActiveHours | None = None
    why: Block | None = None


class RestartAtScheduledTime(_Restart):
    """Restart by force at the scheduled time (AlwaysAutoRebootAtScheduledTime)."""

    policy: Annotated[str, words("at-scheduled-time")]
    warn_minutes: WarnMinutes = 15


class RestartNotWhileLoggedOn(_Restart):
    """No restart while somebody is logged on (NoAutoRebootWithLoggedOnUsers)."""

    policy: Annotated[str, words("not-while-users-are-logged-on")]


class RestartDeadline(_Restart):
    """Compliance deadline for quality updates (ComplianceDeadline)."""

    policy: Annotated[str, words("deadline")]
    days: Days
    grace_days: GraceDays
    no_early_restart: Flag = False


class RestartWhenRequired(_Restart):
    """A restart where an update needs one (AlwaysAutoRebootAtScheduledTime disabled)."""

    policy: Annotated[str, words("when-required", "none")]


RESTARTS = (
    "when-required",
    "at-scheduled-time",
    "not-while-users-are-logged-on",
    "deadline",
    "none",
)
"""The restart policies; ``none`` is an older name of ``when-required``."""
RESTART_NAMES = {
    "planned": "at-scheduled-time",
    "scheduled": "at-scheduled-time",
    "schedule": "at-scheduled-time",
    "always": "at-scheduled-time",
    "true": "at-scheduled-time",
    "automatic": "when-required",
    "if-required": "when-required",
    "ifrequired": "when-required",
    "required": "when-required",
    "false": "when-required",
}
"""Other names of the restart policies, in lower case, for the message about a wrong one."""


UNKNOWN = "unknown"
"""The tag of a restart whose policy is none of the words."""


class RestartUnknown(_Restart):
    """Stands for a policy word that does not exist, with the keys that any policy takes."""

    policy: Annotated[str, words(*RESTARTS, meant=RESTART_NAMES)]
    warn_minutes: WarnMinutes = 15
    days: Days | None = None
    grace_days: GraceDays | None = None
    no_early_restart: Flag = False


RESTART_MODELS: dict[str, type[_Restart]] = {
    "at-scheduled-time": RestartAtScheduledTime,
    "not-while-users-are-logged-on": RestartNotWhileLoggedOn,
    "deadline": RestartDeadline,
    "when-required": RestartWhenRequired,
    "none": RestartWhenRequired,
    UNKNOWN: RestartUnknown,
}
"""Each restart policy's word and shape; `UNKNOWN` for any other word."""


def _restart_tag(value: Any) -> str:
    word = value.get("policy") if isinstance(value, dict) else getattr(value, "policy", None)
    if isinstance(value, str):
        return "keyword"
    if word == "none":
        return "when-required"
    return word if isinstance(word, str) and word in RESTARTS else UNKNOWN


RestartField = Annotated[
    Annotated[RestartAtScheduledTime, Tag("at-scheduled-time")]
    | Annotated[RestartNotWhileLoggedOn, Tag("not-while-users-are-logged-on")]
    | Annotated[RestartDeadline, Tag("deadline")]
    | Annotated[RestartWhenRequired, Tag("when-required")]
    | Annotated[RestartUnknown, Tag("unknown")]
    | Annotated[
        str,
        words(*fields.KEYWORDS, forms=tuple(f"{{policy: {word}}}" for word in RESTARTS)),
        Tag("keyword"),
    ],
    Discriminator(_restart_tag),
]
