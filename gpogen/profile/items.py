"""The lists ``policies``, ``registry`` and ``assured`` of a profile."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from gpogen.profile import fields
from gpogen.profile.fields import Block, pattern, setting, words
from gpogen.profile.part import Part

ASSURANCES = (
    "restart-after-vbs-planned",
    "hotpatch-approved-in-wsus",
    "endpoints-reachable",
    "vbs-managed-elsewhere",
    "secure-boot-certificates",
    "osconfig-baseline",
)
PolicyName = Annotated[
    str,
    # One without its file is no policy either, and the compiler knows which file it is of.
    pattern(r"([A-Za-z]+\.)?[A-Za-z0-9_]+", "a policy name such as WindowsUpdate.AutoUpdateCfg"),
]


def _scalar(value: Any) -> Any:
    if isinstance(value, bool | int | str):
        return value
    raise fields.wrong("text", f"must be text, a number or a boolean; got {fields.shown(value)}")


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


_RULE = r"[A-Z0-9-]{2,40}"


def _rule_fix(value: Any) -> str:
    """Say how to write ``hp016``."""
    capitals = value.upper() if isinstance(value, str) else ""
    return f"write {capitals}" if re.fullmatch(_RULE, capitals) else ""


class Allowance(Part):
    """A rule that is silenced, with the reason."""

    rule: Annotated[str, pattern(_RULE, "a rule's id such as HP016", _rule_fix)]
    why: Block
