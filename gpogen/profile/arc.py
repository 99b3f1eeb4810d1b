"""The section ``arc``: which machines of Azure Arc the scripts in ``azure/`` are for.

Names of resources are data. A secret does not belong into a profile, so a text that looks like one
is refused, and the message does not repeat it.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from gpogen.profile import fields
from gpogen.profile.fields import pattern
from gpogen.profile.part import Part

MAX_MACHINES = 1000
"""Machines of one profile; longer lists are a file for the script or a Resource Graph query."""
MACHINE = r"(?=[._-]*[A-Za-z0-9])[A-Za-z0-9_.-]{1,54}"
"""The name of an Arc machine (azure-rest-api-specs, HybridCompute 2025-01-13, machineName).

One letter or digit at least: ``..`` would lead out of a request's path.
"""
GROUP = r"[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]"
"""The name of a resource group, in ASCII: 1 to 90 characters, no full stop at the end."""
_SECRET = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}"  # a JSON web token
    r"|[0-9A-Fa-f]{32,}"  # a key or a hash in hexadecimal
    r"|[A-Za-z0-9_.-]{3}[0-9]Q~"  # a client secret of Microsoft Entra ID
    r"|(?i:(?:account|shared|access)[-_ ]?key|password|passwd|pwd|secret|token|bearer|sig)\s*[=: ]"
    r"|(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[0-9])[A-Za-z0-9+/]{40,}"
)


def looks_like_secret(text: str) -> bool:
    """Tell whether a text has the form of a key, a token or a password."""
    return _SECRET.search(text) is not None


def _no_secret(value: Any) -> Any:
    if isinstance(value, str) and looks_like_secret(value):
        message = "looks like a key, a token or a password; a profile holds names only"
        raise fields.wrong("form", message, fix="remove it, and renew it where it was valid")
    return value


def _location_fix(value: Any) -> str:
    plain = re.sub(r"[ _-]", "", value).lower() if isinstance(value, str) else ""
    return f"write {plain}" if re.fullmatch(r"[a-z][a-z0-9]{2,39}", plain) else ""


def _guid_fix(value: Any) -> str:
    found = (
        re.fullmatch(r"/?subscriptions/([0-9A-Fa-f-]{36})/?", value) if _is_text(value) else None
    )
    return f"write {found[1]}" if found else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_ID = "the id of a subscription such as 00000000-0000-0000-0000-000000000000"
_Secretless = BeforeValidator(_no_secret)  # The last one of a list of validators runs first.


def _once(value: list[str]) -> list[str]:
    if len(value) > MAX_MACHINES:
        message = f"must have at most {MAX_MACHINES} machines; got {len(value)}"
        raise fields.wrong("form", message, fix="name them in a file for the script, with --list")
    seen: set[str] = set()
    for name in value:
        if name.lower() in seen:
            raise fields.wrong("form", f"names {fields.shown(name)} twice")
        seen.add(name.lower())
    return value


class Arc(Part):
    """The Arc machines of a profile."""

    subscription: Annotated[str, pattern(_GUID, _ID, _guid_fix), _Secretless]
    resource_group: Annotated[
        str,
        pattern(
            GROUP,
            "the name of a resource group: 1 to 90 ASCII letters, digits and _ ( ) . -, "
            "without a full stop at the end",
        ),
        _Secretless,
    ]
    location: Annotated[
        str,
        pattern(r"[a-z][a-z0-9]{2,39}", "the name of a region such as westeurope", _location_fix),
        _Secretless,
    ]
    machines: Annotated[
        list[
            Annotated[
                str,
                pattern(
                    MACHINE,
                    "the name of a machine: 1 to 54 letters, digits and _ . -, not _ . - alone",
                ),
                _Secretless,
            ]
        ],
        AfterValidator(_once),
    ] = Field(default_factory=list)
