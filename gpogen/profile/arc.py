"""The section ``arc``: which machines of Azure Arc the scripts in ``azure/`` are for.

Names only: a text that looks like a secret is refused, and the message does not repeat it.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from gpogen.profile import fields
from gpogen.profile.fields import pattern, words
from gpogen.profile.part import Part
from gpogen.secret import looks_like_secret

AUDIT, DEPLOY = "AuditIfNotExists", "DeployIfNotExists"
"""What Azure Policy can do with machines that are not enrolled: report them, or enroll them."""
MAX_MACHINES = 1000
"""Machines of one profile; longer lists are a file for the script or a Resource Graph query."""
MACHINE = r"(?=[._-]*[A-Za-z0-9])[A-Za-z0-9_.-]{1,54}"
"""A machineName of HybridCompute 2026-07-15, but ``..``, which leads out of a request's path."""
_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_REGION = r"[a-z][a-z0-9]{2,39}"
_GROUP = r"[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]"


def _no_secret(value: Any) -> Any:
    if isinstance(value, str) and looks_like_secret(value):
        message = "looks like a key, a token or a password; a profile holds names only"
        raise fields.wrong("form", message, fix="remove it, and renew it where it was valid")
    return value


def _location_fix(value: Any) -> str:
    plain = re.sub(r"[ _-]", "", value).lower() if isinstance(value, str) else ""
    return f"write {plain}" if re.fullmatch(_REGION, plain) else ""


def _once(value: list[str]) -> list[str]:
    if len(value) > MAX_MACHINES:
        message = f"must have at most {MAX_MACHINES} machines; got {len(value)}"
        raise fields.wrong("form", message, fix="name them in a file for the script, with --list")
    twice = fields.repeated(value)
    if twice is not None:
        message = f"names {fields.shown(value[twice])} twice"
        raise fields.wrong("form", message, fix="keep one", item=twice)
    return value


_ID = "the id of a subscription such as 00000000-0000-0000-0000-000000000000"
_GROUP_TEXT = "the name of a resource group: 1 to 90 of a-z, A-Z, 0-9, _ ( ) . -, no . at the end"
_MACHINE_TEXT = "the name of a machine: 1 to 54 letters, digits and _ . -, not _ . - alone"
_REGION_TEXT = "the name of a region such as westeurope"
_NoSecret = BeforeValidator(_no_secret)  # The last one of a list of validators runs first.
_Machine = Annotated[str, pattern(MACHINE, _MACHINE_TEXT), _NoSecret]


class Arc(Part):
    """The Arc machines of a profile."""

    subscription: Annotated[str, pattern(_GUID, _ID), _NoSecret]
    resource_group: Annotated[str, pattern(_GROUP, _GROUP_TEXT), _NoSecret]
    location: Annotated[str, pattern(_REGION, _REGION_TEXT, _location_fix), _NoSecret]
    machines: Annotated[list[_Machine], AfterValidator(_once)] = Field(default_factory=list)
    policy_effect: Annotated[str, words(AUDIT, DEPLOY)] | None = None
    """What Azure Policy does with machines that are not enrolled; it reports them by default."""
