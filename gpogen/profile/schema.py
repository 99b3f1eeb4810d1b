"""The shape of a profile, version 1.

Each class is one mapping of the YAML file. A field of type ``X | Keyword`` takes a value, or
``remove`` (delete explicitly) or ``unmanaged`` (write nothing even if inherited); None means
that the profile does not say.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from gpogen.profile import fields
from gpogen.profile.fields import (
    Block,
    Flag,
    Hour,
    Line,
    ScheduleHour,
    pattern,
    setting,
    whole,
    words,
)

DAYS = (
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
)
WEEKS = ("first", "second", "third", "fourth")
OSES = (
    "windows-server-2022-azure-edition",
    "windows-server-2025-azure-edition",
    "windows-server-2025-standard",
    "windows-server-2025-datacenter",
)
ORCHESTRATIONS = (
    "group-policy",
    "sconfig",
    "azure-update-manager",
    "azure-guest-patching",
    "configmgr",
    "cluster-aware",
    "third-party",
    "manual",
)
ROLES = ("member", "domain-controller", "cluster-node", "hyper-v-host", "wsus-server")
ASSURANCES = (
    "restart-after-vbs-planned",
    "hotpatch-approved-in-wsus",
    "endpoints-reachable",
    "vbs-managed-elsewhere",
)
MODES = ("notify", "download", "install-on-schedule", "local-admin", "notify-restart", "off")
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)))
)


class Part(BaseModel):
    """Base of every mapping: unknown keys are errors, nothing is converted."""

    # Only Profile is ever validated by itself, so only its validator is built.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise fields.wrong("text", f"a text is needed, found {fields.shown(value)}", found=value)
    if value in _DEVICES:
        raise fields.wrong("form", f"{value!r} is the name of a Windows device")
    return value


Name = Annotated[
    str,
    pattern(
        r"[a-z0-9][a-z0-9-]{0,62}",
        "a name: a-z, 0-9 and hyphens, 1 to 63, beginning with a letter or digit",
    ),
    BeforeValidator(_name),
]
PolicyName = Annotated[
    str,
    pattern(r"[A-Za-z]+\.[A-Za-z0-9_]+", "a policy name such as WindowsUpdate.AutoUpdateCfg"),
]


def _zone(value: Any) -> str:
    import zoneinfo

    if not isinstance(value, str):
        raise fields.wrong("text", f"a text is needed, found {fields.shown(value)}", found=value)
    known = zoneinfo.available_timezones()
    if value not in known:
        raise fields.wrong(
            "word",
            f"{fields.shown(value)} is no IANA time zone",
            allowed=tuple(sorted(known)),
            found=value,
            hide=True,
        )
    return value


class Image(Part):
    """A marketplace image by its three names."""

    publisher: Line
    offer: Line
    sku: Line


def _is_mapping(value: Any) -> str:
    return "mapping" if isinstance(value, (dict, BaseModel)) else "word"


ImageField = Annotated[
    Annotated[Line, Tag("word")] | Annotated[Image, Tag("mapping")], Discriminator(_is_mapping)
]


class Target(Part):
    """The machines that a profile is for."""

    platform: Annotated[str, words("azure-local", "azure-stack-hci", "azure-arc", "azure-vm")]
    os: Annotated[str, words(*OSES)]
    installation: Annotated[str, words("core", "desktop")] | None = None
    role: Annotated[str, words(*ROLES)] = "member"
    time_zone: Annotated[str, BeforeValidator(_zone)] | None = None
    image: ImageField | None = None


class Ring(Part):
    """A deployment ring."""

    name: Line
    order: Annotated[int, whole(0, 1000, "the ring's order")]


def _date(value: Any) -> str:
    if isinstance(value, str):
        try:
            if datetime.date.fromisoformat(value).isoformat() == value and value >= "1980-01-01":
                return value
        except ValueError:
            pass
    raise fields.wrong("form", f"{fields.shown(value)} is no date such as 2026-11-02")


class Revision(Part):
    """Change evidence, carried into every artefact."""

    number: Annotated[int, whole(0, 1_000_000, "the revision")]
    date: Annotated[str, BeforeValidator(_date)]
    change: Line | None = None
    owner: Line | None = None


_LOCKABLE = (
    "not-configured",
    "disabled",
    "enabled-with-uefi-lock",
    "enabled-without-lock",
)


class Vbs(Part):
    """Virtualization-based security, which hotpatch needs running."""

    enforce: Annotated[str, setting("policy", "registry", "policy+registry", "elsewhere")] = (
        "policy+registry"
    )
    platform_security: Annotated[str, words("secure-boot", "secure-boot-and-dma")] | None = None
    credential_guard: Annotated[str, words(*_LOCKABLE)] | None = None
    hvci: Annotated[str, words(*_LOCKABLE)] | None = None
    mat_required: Flag | None = None
    machine_identity_isolation: (
        Annotated[str, words("not-configured", "disabled", "audit", "enforcement")] | None
    ) = None
    system_guard: Annotated[str, words("not-configured", "enabled", "disabled")] | None = None
    kernel_shadow_stacks: (
        Annotated[str, words("not-configured", "enforcement", "audit", "disabled")] | None
    ) = None
    why: Block | None = None


def _weeks(value: Any) -> tuple[str, ...]:
    if value == "every":
        return ("every",)
    if isinstance(value, list) and value:
        for item in value:
            if item not in WEEKS:
                raise fields.wrong(
                    "word", f"{fields.shown(item)} is not allowed here", allowed=WEEKS, found=item
                )
        twice = next((item for item in value if value.count(item) > 1), None)
        if twice is not None:
            raise fields.wrong("form", f"{fields.shown(twice)} stands twice")
        return tuple(week for week in WEEKS if week in value)
    allowed = ("every", *(f"[{week}]" for week in WEEKS))
    found = value if isinstance(value, str) else None
    raise fields.wrong(
        "word", f"{fields.shown(value)} is not allowed here", allowed=allowed, found=found
    )


class Schedule(Part):
    """When updates are installed, in the machine's own time zone."""

    day: Annotated[str, words("every-day", *DAYS)] = "every-day"
    at: ScheduleHour = "03:00"
    weeks: Annotated[tuple[str, ...], BeforeValidator(_weeks)] = ("every",)


def _url(value: Any) -> str:
    text = fields._line(value)
    if not text.lower().startswith(("http://", "https://")) or any(c.isspace() for c in text):
        raise fields.wrong("form", f"{fields.shown(value)} is no http:// or https:// address")
    return text


Url = Annotated[str, BeforeValidator(_url)]
ScanWord = Annotated[str, words("windows-update", "wsus")]


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
    Discriminator(_is_mapping),
]


Keyword = Annotated[str, words(*fields.KEYWORDS), Tag("keyword")]


def _is_keyword(value: Any) -> str:
    return "keyword" if isinstance(value, str) and value in fields.KEYWORDS else "value"


ScheduleField = Annotated[Annotated[Schedule, Tag("value")] | Keyword, Discriminator(_is_keyword)]
FlagField = Annotated[
    Annotated[bool, fields.flag(*fields.KEYWORDS), Tag("value")] | Keyword,
    Discriminator(_is_keyword),
]
DeferralField = Annotated[
    Annotated[int, whole(0, 30, "days", fields.KEYWORDS), Tag("value")] | Keyword,
    Discriminator(_is_keyword),
]
VbsField = Annotated[Annotated[Vbs, Tag("value")] | Keyword, Discriminator(_is_keyword)]


class Updates(Part):
    """The Windows Update client."""

    mode: Annotated[str, setting(*MODES)] | None = None
    schedule: ScheduleField | None = None
    source: SourceField | None = None
    drivers: Annotated[str, setting("exclude", "include")] | None = None
    microsoft_update: FlagField | None = None
    optional_content: (
        Annotated[str, setting("none", "automatic-with-rollouts", "automatic", "user-choice")]
        | None
    ) = None
    quality_deferral_days: DeferralField | None = None
    feature_updates: Annotated[str, setting("hold", "windows-server-2025")] | None = None
    why: Block | None = None


class ActiveHours(Part):
    """Hours in which Windows does not restart by itself."""

    start: Hour
    end: Hour


class _Restart(Part):
    active_hours: ActiveHours | None = None
    why: Block | None = None


class RestartAtScheduledTime(_Restart):
    """Restart by force at the scheduled time (AlwaysAutoRebootAtScheduledTime)."""

    policy: Annotated[str, words("at-scheduled-time")]
    warn_minutes: Annotated[int, whole(15, 180, "minutes")] = 15


class RestartNotWhileLoggedOn(_Restart):
    """No restart while somebody is logged on (NoAutoRebootWithLoggedOnUsers)."""

    policy: Annotated[str, words("not-while-users-are-logged-on")]


class RestartDeadline(_Restart):
    """Compliance deadline for quality updates (ComplianceDeadline)."""

    policy: Annotated[str, words("deadline")]
    days: Annotated[int, whole(0, 30, "days")]
    grace_days: Annotated[int, whole(0, 7, "days")]
    no_early_restart: Flag = False


class RestartNone(_Restart):
    """No restart policy: Windows decides (AlwaysAutoRebootAtScheduledTime disabled)."""

    policy: Annotated[str, words("none")]


RESTARTS = ("at-scheduled-time", "not-while-users-are-logged-on", "deadline", "none")


class RestartUnknown(_Restart):
    """Stands for a policy word that does not exist, so that it is one message."""

    model_config = ConfigDict(extra="ignore")
    policy: Annotated[str, words(*RESTARTS)]


RESTART_MODELS: dict[str, type[_Restart]] = {
    "at-scheduled-time": RestartAtScheduledTime,
    "not-while-users-are-logged-on": RestartNotWhileLoggedOn,
    "deadline": RestartDeadline,
    "none": RestartNone,
    "unknown": RestartUnknown,
}
"""Each restart policy's word and shape; ``unknown`` for any other word."""


def _restart_tag(value: Any) -> str:
    word = value.get("policy") if isinstance(value, dict) else getattr(value, "policy", None)
    if isinstance(value, str):
        return "keyword"
    return word if isinstance(word, str) and word in RESTARTS else "unknown"


RestartField = Annotated[
    Annotated[RestartAtScheduledTime, Tag("at-scheduled-time")]
    | Annotated[RestartNotWhileLoggedOn, Tag("not-while-users-are-logged-on")]
    | Annotated[RestartDeadline, Tag("deadline")]
    | Annotated[RestartNone, Tag("none")]
    | Annotated[RestartUnknown, Tag("unknown")]
    | Annotated[
        str,
        words(*fields.KEYWORDS, forms=tuple(f"{{policy: {word}}}" for word in RESTARTS)),
        Tag("keyword"),
    ],
    Discriminator(_restart_tag),
]


def _scalar(value: Any) -> Any:
    if isinstance(value, bool | int | str):
        return value
    raise fields.wrong("text", f"a text, number or boolean is needed, found {fields.shown(value)}")


class PolicyItem(Part):
    """Any ADMX policy by its name; ``values`` by the registry value names of its elements."""

    policy: PolicyName
    state: Annotated[str, setting("enabled", "disabled")]
    values: dict[str, Annotated[Any, BeforeValidator(_scalar)]] = Field(default_factory=dict)
    why: Block | None = None


REGISTRY_TYPES = ("sz", "expand-sz", "binary", "dword", "qword", "multi-sz", "none")
REGISTRY_ACTIONS = (
    "set",
    "delete",
    "delete-values",
    "delete-keys",
    "create-key",
    "soft",
    "secure-key",
    "unmanaged",
)


class RegistryItem(Part):
    """Any registry value; what fits together is checked by the compiler."""

    key: Annotated[str, BeforeValidator(fields._line)]
    name: Annotated[str, pattern(r"[\s\S]*", "a value name")] | None = None
    type: Annotated[str, words(*REGISTRY_TYPES)] | None = None
    data: Any = None
    action: Annotated[str, words(*REGISTRY_ACTIONS)] = "set"
    via: Annotated[str, words("policy", "preference")] = "policy"
    why: Block | None = None


class Assurance(Part):
    """Something that no file can show and that the author vouches for."""

    what: Annotated[str, words(*ASSURANCES)]
    why: Block


def _format(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value == 1:
        return value
    message = f"{fields.shown(value)} is no format that this gpogen reads; allowed: 1"
    raise fields.wrong("range", message)


class Profile(Part):
    """A whole profile after ``extends`` has been merged."""

    gpogen: Annotated[int, BeforeValidator(_format)]
    name: Name
    title: Line | None = None
    why: Block | None = None
    extends: list[Line] = Field(default_factory=list)
    target: Target | None = None
    orchestration: Annotated[str, words(*ORCHESTRATIONS)] | None = None
    ring: Ring | None = None
    revision: Revision | None = None
    vbs: VbsField | None = None
    updates: Updates | None = None
    restart: RestartField | None = None
    policies: list[PolicyItem] = Field(default_factory=list)
    registry: list[RegistryItem] = Field(default_factory=list)
    assured: list[Assurance] = Field(default_factory=list)
