"""The audit report as a model: what docs/audit-report.schema.json says, and nothing more or less.

A property test holds both equal. `status` reads by the model, because it parses and checks in one
go. Its parts are dictionaries, not objects of classes: a fleet has many, and most are never looked
at.
"""

from __future__ import annotations

import datetime
import json
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic requires it below Python 3.12.

from gpogen.catalog.months import FIRST_YEAR

TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
BUILD = r"^[0-9]{1,6}(\.[0-9]{1,6})?$"
KB = r"^KB[0-9]{6,8}$"
GUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

Bool = StrictBool
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Number = Annotated[int, Field(ge=0, le=4_294_967_295)]
Text30 = Annotated[str, Field(max_length=30)]
Text50 = Annotated[str, Field(max_length=50)]
Text100 = Annotated[str, Field(max_length=100)]
Text200 = Annotated[str, Field(max_length=200)]
Text255 = Annotated[str, Field(max_length=255)]
Text300 = Annotated[str, Field(max_length=300)]
Text500 = Annotated[str, Field(max_length=500)]
Text1000 = Annotated[str, Field(max_length=1000)]
Time = Annotated[str, Field(pattern=TIME, max_length=20)]
Day = Annotated[str, Field(pattern=DAY, max_length=10)]
Build = Annotated[str, Field(pattern=BUILD, max_length=13)]
Kb = Annotated[str, Field(pattern=KB, max_length=10)]
ExitCode = Annotated[
    Annotated[int, Field(ge=0, le=0)] | Annotated[int, Field(ge=2, le=3)],
    Field(union_mode="left_to_right"),
]
"""0, 2 or 3; a Literal would take false for 0."""
Value = Annotated[
    Text1000 | Number | Annotated[list[Text1000], Field(max_length=100)] | None,
    Field(union_mode="left_to_right"),
]


_PART = ConfigDict(strict=True, extra="forbid")
"""Every member of an object is required, and there are no others."""


@with_config(_PART)
class Script(TypedDict):
    """Which script ran, and how."""

    name: Text255
    gpogen: Text50
    powershell: Text50
    edition: Literal["Desktop", "Core"]
    account: Text255
    elevated: Bool | None


@with_config(_PART)
class ProfileFacts(TypedDict):
    """The profile that the script was built from."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", max_length=63)]
    title: Text255
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
    revision: Text1000
    ring: Text300
    os: Text100
    platform: Text50
    orchestration: Text50
    route: Literal["group-policy", "direct"]


@with_config(_PART)
class MachineFacts(TypedDict):
    """The machine that the script ran on."""

    name: Text255
    domain: Text255 | None
    ou: Text1000 | None
    os: Text255 | None
    edition_id: Text100 | None
    installation_type: Text100 | None
    sku: Number | None
    product_type: Number | None
    architecture: Text50 | None
    build: Build | None
    last_boot: Time | None
    azure_resource_id: Text1000 | None


@with_config(_PART)
class RequirementCounts(TypedDict):
    """How many requirements are met."""

    total: Count
    compliant: Count
    not_compliant: Count
    unknown: Count


@with_config(_PART)
class ReadinessCounts(TypedDict):
    """What the checks of readiness say together."""

    verdict: Literal["ready", "not-ready", "unknown"]
    ok: Count
    problem: Count
    attention: Count
    unknown: Count


@with_config(_PART)
class Summary(TypedDict):
    """The verdict of the script."""

    verdict: Literal["compliant", "not-compliant", "unknown"]
    exit_code: ExitCode
    requirements: RequirementCounts
    readiness: ReadinessCounts


@with_config(_PART)
class Expected(TypedDict):
    """What a requirement wants."""

    type: Text30 | None
    value: Value
    cut: Bool


@with_config(_PART)
class Found(TypedDict):
    """What the machine has."""

    state: Literal["present", "absent", "unreadable"]
    type: Text30 | None
    value: Value
    cut: Bool


@with_config(_PART)
class Requirement(TypedDict):
    """One value of the profile."""

    id: Text1000
    action: Literal["set", "soft", "delete", "delete-values", "delete-keys", "create-key"]
    key: Text1000
    name: Text1000
    policy: Text255 | None
    title: Text1000
    via: Literal["policy", "preference", "direct"]
    expected: Expected
    found: Found
    origin: Literal["policy", "preference", "local", "absent", "unknown"]
    gpo: Text500 | None
    gpo_id: Text500 | None
    compliant: Bool | None
    reason: Literal[
        "as-expected",
        "differs",
        "wrong-type",
        "missing",
        "surplus",
        "unreadable",
        "not-targeted",
        "target-unknown",
    ]


@with_config(_PART)
class NotChecked(TypedDict):
    """What of the profile the script does not judge."""

    what: Text1000
    reason: Text1000


@with_config(_PART)
class Check(TypedDict):
    """One check of readiness."""

    id: Literal[
        "operating-system",
        "build",
        "architecture",
        "firmware",
        "secure-boot",
        "secure-boot-certificates",
        "vbs-running",
        "hotpatch-table",
        "enrolment-package",
        "prerequisite-update",
        "arc-agent",
        "arc-licence",
        "update-service",
        "pending-restart",
        "train",
        "hotpatch-installed",
    ]
    state: Literal["ok", "problem", "attention", "unknown"]
    decides: Bool
    expected: Text1000
    found: Text1000
    text: Text1000


@with_config(_PART)
class Event(TypedDict):
    """One kind of event of Secure Boot."""

    id: Literal[1795, 1796, 1801, 1808]
    count: Count
    last: Time


@with_config(_PART)
class SecureBoot(TypedDict):
    """Secure Boot and its certificates."""

    enabled: Bool | None
    certificates: Text100 | None
    error: Number | None
    capable: Number | None
    events: Annotated[list[Event], Field(max_length=4)] | None


@with_config(_PART)
class Package(TypedDict):
    """One CBS package."""

    name: Text500
    state: Text50
    installed_at: Time | None


@with_config(_PART)
class Installed(TypedDict):
    """One update, by the update agent or Get-HotFix."""

    kb: Kb | None
    title: Text500
    state: Literal["installed", "pending", "failed", "uninstalled"]
    date: Day | None
    by: Literal["windows-update", "hotfix"]


@with_config(_PART)
class Known(TypedDict):
    """An update that the script's release data know."""

    month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", max_length=7)]
    type: Literal[
        "baseline",
        "unplanned-baseline",
        "hotpatch",
        "unknown",
        "out-of-band-hotpatch",
        "out-of-band-baseline",
        "cumulative",
    ]
    kb: Kb | None
    build: Build | None


@with_config(_PART)
class PendingRestart(TypedDict):
    """Whether the machine waits for a restart."""

    state: Literal["yes", "no", "unknown"]
    reasons: Annotated[list[Text200], Field(max_length=10)]


@with_config(_PART)
class ReleaseData(TypedDict):
    """The release data that the script was built with."""

    as_of: Day
    systems: Annotated[list[Text50], Field(max_length=5)]


@with_config(_PART)
class Train(TypedDict):
    """Where the machine stands on the hotpatch train, by the script's release data."""

    build: Build | None
    packages: Annotated[list[Package], Field(max_length=200)] | None
    updates: Annotated[list[Installed], Field(max_length=200)] | None
    last_baseline: Known | None
    last_hotpatch: Known | None
    off_by: Known | None
    position: Literal["on", "off", "unknown"]
    pending_restart: PendingRestart
    release_data: ReleaseData


@with_config(_PART)
class Failure(TypedDict):
    """What could not be read."""

    what: Text200
    message: Text1000


@with_config(_PART)
class Report(TypedDict):
    """One report."""

    schema: Literal["gpogen-audit/1"]
    kind: Literal["audit", "readiness"]
    id: Annotated[str, Field(pattern=GUID, max_length=36)]
    taken_at: Time
    script: Script
    profile: ProfileFacts | None
    machine: MachineFacts
    summary: Summary
    requirements: Annotated[list[Requirement], Field(max_length=20_000)]
    not_checked: Annotated[list[NotChecked], Field(max_length=20_000)]
    readiness: Annotated[list[Check], Field(max_length=16)]
    secure_boot: SecureBoot
    train: Train
    errors: Annotated[list[Failure], Field(max_length=100)]


REPORT: TypeAdapter[Report] = TypeAdapter(Report)
"""The model as a whole."""
_validate = REPORT.validator.validate_json


def read_report(data: bytes) -> Report:
    """Read a report.

    Half of a surrogate pair, which .NET lets a name hold and writes as an escape, becomes ``?``.

    Raises:
        ValidationError: it does not fit.
    """
    try:
        found: Report = _validate(data)
    except ValidationError:
        if b"\\ud" not in data and b"\\uD" not in data:
            raise
        found = _validate(_whole(data))
    return found


def is_time(text: str) -> bool:
    """Tell whether a text of the form of `TIME` is a time of a day."""
    hour, minute, second = text[11:13], text[14:16], text[17:19]
    return hour < "24" and minute < "60" and second < "60" and _is_day(text[:10])


@lru_cache(maxsize=1_000)
def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).year >= FIRST_YEAR
    except ValueError:
        return False


def _whole(data: bytes) -> bytes:
    """Replace halves of characters; bytes that are no JSON stay as they are."""
    try:
        text = json.dumps(json.loads(data), ensure_ascii=False)
    except (ValueError, RecursionError):
        return data
    return text.encode("utf-8", "replace")
