"""The shape of a profile, version 1; each class is one mapping of the YAML file."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from gpogen.profile import fields
from gpogen.profile.arc import Arc
from gpogen.profile.azure import Azure, UpdateManager
from gpogen.profile.fields import Block, Flag, Line, pattern, whole, words
from gpogen.profile.items import Allowance, Assurance, PolicyItem, RegistryItem
from gpogen.profile.part import Part, is_mapping
from gpogen.profile.sections import RestartField, SecureBoot, Updates, VbsField
from gpogen.profile.zone import Zone

PLATFORMS = ("azure-local", "azure-stack-hci", "azure-arc", "azure-vm")
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
_WSUS = "write group-policy, and name the WSUS server in updates.source"
_OTHER_NAMES = {
    "gpo": "group-policy",
    "aum": "azure-update-manager",
    "cau": "cluster-aware",
    "sccm": "configmgr",
    "mecm": "configmgr",
    "windows-update": "group-policy",
    "wufb": "group-policy",
    "wsus": _WSUS,
}
_OTHER_PLATFORMS = {"hci": "azure-local", "azure-stack": "azure-local"}
_OTHER_INSTALLATIONS = {
    "gui": "desktop",
    "full": "desktop",
    "desktop experience": "desktop",
    "desktop-experience": "desktop",
    "server core": "core",
    "server-core": "core",
}
_OTHER_ROLES = {
    "dc": "domain-controller",
    "server": "member",
    "member-server": "member",
    "cluster": "cluster-node",
    "hyper-v": "hyper-v-host",
    "hyperv": "hyper-v-host",
    "wsus": "wsus-server",
}
INSTALLATIONS = ("core", "desktop", "both")
ROLES = ("member", "domain-controller", "cluster-node", "hyper-v-host", "wsus-server")
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)))
)


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise fields.wrong("text", f"must be text; got {fields.shown(value)}", found=value)
    if value in _DEVICES:
        raise fields.wrong("form", f"{value!r} is a reserved Windows device name")
    return value


_NAME = r"[a-z0-9][a-z0-9-]{0,62}"


def is_name(text: str) -> bool:
    """Tell whether a profile can have this name."""
    return re.fullmatch(_NAME, text) is not None and text not in _DEVICES


Name = Annotated[
    str,
    pattern(
        _NAME,
        "a name of 1 to 63 characters (a-z, 0-9 and hyphens) that starts with a letter or digit",
    ),
    BeforeValidator(_name),
]


class Image(Part):
    """A marketplace image by its three names."""

    publisher: Line
    offer: Line
    sku: Line


ImageField = Annotated[
    Annotated[Line, Tag("word")] | Annotated[Image, Tag("mapping")], Discriminator(is_mapping)
]


class ScaleSet(Part):
    """An Azure scale set."""

    orchestration: Annotated[str, words("uniform", "flexible")]
    health_extension: Flag = False


Platform = Annotated[str, words(*PLATFORMS, meant=_OTHER_PLATFORMS)]
Os = Annotated[str, words(*OSES)]


def _installation(value: Any) -> Any:
    if not isinstance(value, list) or sorted(map(str, value)) != ["core", "desktop"]:
        return value
    message = "a list is not allowed here"
    raise fields.wrong("word", message, allowed=INSTALLATIONS, found=value, fix="write both")


Installation = Annotated[
    str, words(*INSTALLATIONS, meant=_OTHER_INSTALLATIONS), BeforeValidator(_installation)
]
Role = Annotated[str, words(*ROLES, meant=_OTHER_ROLES)]


class Target(Part):
    """The machines that a profile is for."""

    platform: Platform
    os: Os
    installation: Installation | None = None
    role: Role = "member"
    time_zone: Zone | None = None
    image: ImageField | None = None
    scale_set: ScaleSet | None = None


class PartialTarget(Part):
    """What a base (``base: true``) says of the machines: any part of a target."""

    platform: Platform | None = None
    os: Os | None = None
    installation: Installation | None = None
    role: Role | None = None
    time_zone: Zone | None = None
    image: ImageField | None = None
    scale_set: ScaleSet | None = None


UNSPECIFIED = "unspecified"
"""The word for a target that is not said: a policy is built, and no platform is judged."""


def _target(value: Any) -> Any:
    if not isinstance(value, str) or value == UNSPECIFIED:
        return None if value == UNSPECIFIED else value
    message = f"{fields.shown(value)} is not allowed here"
    allowed = ("{platform: ..., os: ...}", UNSPECIFIED)
    raise fields.wrong("word", message, allowed=allowed, found=value)


class BaseTarget(Part):
    """The target of a base, by itself."""

    target: Annotated[PartialTarget | None, BeforeValidator(_target)] = None


class Ring(Part):
    """A deployment ring."""

    name: Line
    order: Annotated[int, whole(0, 1000)]


_FIRST_DAY = datetime.date(1980, 1, 1)
_SINCE = f"write {_FIRST_DAY} or a later date"


def date_text(value: Any) -> str:
    """Check a date from 1980 on, such as ``2026-11-02``."""
    if isinstance(value, str):
        try:
            if datetime.date.fromisoformat(value).isoformat() == value and value >= str(_FIRST_DAY):
                return value
        except ValueError:
            pass
    fix = _iso_date(value) or _no_such_day(value) if isinstance(value, str) else ""
    message = f"must be a date such as 2026-11-02; got {fields.shown(value)}"
    raise fields.wrong("form", message, fix=fix)


def _iso_date(text: str) -> str:
    """Write ``28.11.2026``, in which the day comes first, or ``2026/11/28`` as a date."""
    found = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text)
    parts = found.groups()[::-1] if found else ()
    found = found or re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", text)
    if found is None:
        return ""
    year, month, day = map(int, parts or found.groups())
    try:
        meant = datetime.date(year, month, day)
    except ValueError:
        return ""
    return f"write {meant}" if meant >= _FIRST_DAY else ""


def _no_such_day(text: str) -> str:
    """Say what is wrong with ``2026-02-30``, or with a date before 1980."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if found is None:
        is_date = re.fullmatch(r"[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}", text) is not None
        return "write the year, the month and the day in this order" if is_date else ""
    year, month, day = map(int, found.groups())
    if month not in range(1, 13):
        return "the month is the second part, 01 to 12"
    days = calendar.monthrange(max(year, 1), month)[1]
    return f"{found[1]}-{found[2]} has {days} days" if not 1 <= day <= days else _SINCE


class Revision(Part):
    """Change evidence, carried into every artifact."""

    number: Annotated[int, whole(0, 1_000_000)]
    date: Annotated[str, BeforeValidator(date_text)]
    change: Line | None = None
    owner: Line | None = None


class GpoSides(Part):
    """The GPO's two sides; by default a side that sets nothing is disabled."""

    computer: Annotated[str, words("enabled", "disabled")] | None = None
    user: Annotated[str, words("enabled", "disabled")] | None = None


def format_version(value: Any) -> int:
    """Check the number of the file format, which is 1."""
    if isinstance(value, int) and not isinstance(value, bool) and value == 1:
        return value
    message = f"{fields.shown(value)} is not a format that this version of gpogen reads; allowed: 1"
    raise fields.wrong("range", message)


OUTPUTS = (
    "gpo",
    "registry-pol",
    "lgpo",
    "policyrules",
    "reg",
    "import-script",
    "set-script",
    "undo-script",
    "test-script",
    "restore-script",
    "install-script",
    "iso-script",
    "sconfig",
    "settings-csv",
    "settings-json",
    "dsc",
    "osconfig",
    "ansible",
    "samba",
    "arc",
    "vm",
    "patch-now",
    "maintenance",
    "policy",
    "queries",
    "wsus",
    "wmi",
)
"""What a profile can ask a build for; README.txt and what these need come by themselves."""


_ALWAYS_BUILT = dict.fromkeys(
    ("readme", "readme.txt", "manifest", "manifest.json"), "remove it: every build writes it"
)


def _outputs(value: Any) -> Any:
    if value is None or value == []:
        raise fields.wrong("form", "must name at least one output", allowed=OUTPUTS)
    return value


class Profile(Part):
    """A whole profile after ``extends`` has been merged."""

    gpogen: Annotated[int, BeforeValidator(format_version)]
    base: Flag = False
    name: Name
    title: Line | None = None
    why: Block | None = None
    extends: list[Line] = Field(default_factory=list)
    target: Annotated[Target | None, BeforeValidator(_target)] = None
    """None for a base, and where the target is unspecified."""
    orchestration: Annotated[str, words(*ORCHESTRATIONS, meant=_OTHER_NAMES)] | None = None
    ring: Ring | None = None
    revision: Revision | None = None
    gpo: GpoSides | None = None
    outputs: Annotated[
        list[Annotated[str, words(*OUTPUTS, meant=_ALWAYS_BUILT)]] | None,
        BeforeValidator(_outputs),
    ] = None
    arc: Arc | None = None
    azure: Azure | None = None
    update_manager: UpdateManager | None = None
    vbs: VbsField | None = None
    secure_boot: SecureBoot | None = None
    updates: Updates | None = None
    restart: RestartField | None = None
    policies: list[PolicyItem] = Field(default_factory=list)
    registry: list[RegistryItem] = Field(default_factory=list)
    allow: list[Allowance] = Field(default_factory=list)
    assured: list[Assurance] = Field(default_factory=list)
