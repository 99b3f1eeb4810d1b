"""One flat table of every registry value that the catalog knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from gpogen.catalog.policies import (
    TEMPLATE_SETS,
    Definition,
    Element,
    EnumItem,
    Kind,
    Policy,
    RegValue,
    Status,
    policies,
    releases_of,
)
from gpogen.catalog.values import KnownValue, values
from gpogen.policy.types import RegType


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One registry value."""

    hive: str
    """``HKLM`` or ``HKCU``; of a policy for both, HKLM."""
    key: str
    """Registry key without hive."""
    name: str | None
    """Value name; None: the row is about the key itself."""
    type: RegType | None
    """None where no source names the type."""
    min: int | None
    """Smallest number, where there is a range."""
    max: int | None
    """Largest number, where there is a range."""
    max_length: int | None
    """Longest text in characters, where there is a limit."""
    choices: tuple[EnumItem, ...]
    """The possible data with their texts; empty where any data within the range will do."""
    policy: str | None
    """Id of the ADMX policy that writes the value, such as ``WindowsUpdate.AutoUpdateCfg``."""
    element: str | None
    """Id of the ADMX element; None: the policy's own value, or one of its lists."""
    sets: tuple[str, ...]
    """Template sets that have the value, oldest first; empty without a policy."""
    oses: tuple[str, ...]
    """Operating system families on which it takes effect."""
    category: str
    """The editor's folders joined with `` > ``, or the category of a value in no ADMX file."""
    meaning: str
    absent: str | None
    """What Windows does without the value, where a source says so."""
    source: str
    status: Status
    reason: str | None
    """Why it is known but not offered."""


@cache
def settings() -> tuple[Setting, ...]:
    """Every registry value: the policies' in ADMX order, then those in no ADMX file."""
    admx = [row for policy in policies().values() for row in _policy_rows(policy)]
    return (*admx, *(_known(row) for row in values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What one definition says about one registry value."""

    key: str
    name: str
    type: RegType
    meaning: str
    absent: str | None
    choices: tuple[EnumItem, ...] = ()
    element: Element | None = None


def _policy_rows(policy: Policy) -> Iterator[Setting]:
    newest: dict[tuple[str, str], _Written] = {}
    sets: dict[tuple[str, str], list[str]] = {}
    for definition in policy.definitions:
        for written in _written(definition):
            place = (written.key.lower(), written.name.lower())
            newest[place] = written
            sets.setdefault(place, []).extend(definition.sets)
    for place, written in newest.items():
        yield _row(policy, written, tuple(dict.fromkeys(sets[place])))


def _written(definition: Definition) -> Iterator[_Written]:
    # An element of the same name replaces the policy's own value (MaintenanceWindow).
    taken = {element.name.lower() for element in definition.elements}
    if definition.value_name is not None and definition.value_name.lower() not in taken:
        yield _own(definition, definition.value_name)
    for entry in definition.enabled_list:
        yield _Written(
            key=entry.key,
            name=entry.name,
            type=entry.value.type,
            meaning=entry.meaning,
            absent=entry.absent,
            choices=_lists(definition, entry.name),
        )
    for element in definition.elements:
        yield _Written(
            key=definition.key_of(element),
            name=element.name,
            type=element.type,
            meaning=element.meaning,
            absent=element.absent,
            choices=element.items or _states(element),
            element=element,
        )


def _own(definition: Definition, name: str) -> _Written:
    found = [("Enabled", definition.enabled), ("Disabled", definition.disabled)]
    choices = _choices(found)
    return _Written(
        key=definition.key,
        name=name,
        type=choices[0].value.type if choices else RegType.DWORD,
        meaning=definition.meaning or "",
        absent=definition.absent,
        choices=choices,
    )


def _lists(definition: Definition, name: str) -> tuple[EnumItem, ...]:
    on = [("Enabled", row.value) for row in definition.enabled_list if row.name == name]
    off = [("Disabled", row.value) for row in definition.disabled_list if row.name == name]
    return _choices([*on, *off])


def _states(element: Element) -> tuple[EnumItem, ...]:
    if element.kind is not Kind.BOOLEAN:
        return ()
    return _choices([("Ticked", element.true), ("Not ticked", element.false)])


def _choices(
    found: list[tuple[str, RegValue]] | list[tuple[str, RegValue | None]],
) -> tuple[EnumItem, ...]:
    return tuple(EnumItem(value=v, display=text) for text, v in found if v is not None)


def _row(policy: Policy, written: _Written, sets: tuple[str, ...]) -> Setting:
    element = written.element
    oses = tuple(os for os in policy.oses if TEMPLATE_SETS[os] in sets)
    offered = policy.status is Status.OFFERED and bool(oses)
    elsewhere = policy.reason or "no template set of a supported server has it"
    return Setting(
        hive="HKCU" if policy.policy_class == "User" else "HKLM",
        key=written.key,
        name=written.name,
        type=written.type,
        min=None if element is None else element.min,
        max=None if element is None else element.max,
        max_length=None if element is None else element.max_length,
        choices=written.choices,
        policy=policy.id,
        element=None if element is None else element.id,
        sets=sets,
        oses=oses,
        category=" > ".join(policy.category),
        meaning=written.meaning,
        absent=written.absent,
        source=f"{policy.file}.admx ({releases_of(policy.file, sets)})",
        status=Status.OFFERED if offered else Status.KNOWN,
        reason=None if offered else elsewhere,
    )


def _known(row: KnownValue) -> Setting:
    return Setting(
        hive="HKLM",
        key=row.key,
        name=row.name,
        type=row.type,
        min=row.min,
        max=row.max,
        max_length=None,
        choices=_fixed(row),
        policy=None,
        element=None,
        sets=(),
        oses=row.oses,
        category=row.category,
        meaning=row.meaning,
        absent=None,
        source=row.source,
        status=Status.OFFERED if row.writable else Status.KNOWN,
        reason=row.reason,
    )


def _fixed(row: KnownValue) -> tuple[EnumItem, ...]:
    if row.data is None or row.type is None or row.min is not None:
        return ()
    return (EnumItem(value=RegValue(type=row.type, data=row.data), display=str(row.data)),)
