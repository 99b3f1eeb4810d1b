"""The policies of four ADMX files of Microsoft's, as these define them.

WindowsUpdate, DeviceGuard and SecureBoot; of the last there is one file for every release. Of
DeliveryOptimization only the download mode.
The data is made by ``python -m tools.admx`` from the templates of Windows 11 21H2 (the nearest
found to Windows Server 2022's), 23H2, 24H2 (Windows Server 2025's code base) and 25H2. A
:class:`Policy` is built when it is asked for, so that a command pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from gpogen.catalog.files import load, reg_type
from gpogen.policy.types import RegType

_EVERY_RELEASE = ("SecureBoot",)
"""Files of which there is one for every release: each template set counts as having them."""
TEMPLATE_SETS: Mapping[str, str] = {
    "windows-server-2022": "21H2",
    "windows-server-2025": "24H2",
}
"""The template set that stands for each operating system family."""


def releases_of(file: str, sets: Sequence[str]) -> str:
    """Write which releases of a template file have something: ``21H2, 23H2``."""
    return "for every release" if file in _EVERY_RELEASE else ", ".join(sets)


class Status(StrEnum):
    """Whether a policy can be used in a profile."""

    OFFERED = "offered"
    KNOWN = "known"
    """In the templates, but of no use on a hotpatch server; :attr:`Policy.reason` says why."""


class Kind(StrEnum):
    """The kinds of element that the two templates use (ADMX schema, MS-GPREG 7.1)."""

    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    ENUM = "enum"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegValue:
    """One registry value's type and data."""

    type: RegType
    data: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """A further value that an enabledList or disabledList writes."""

    key: str
    """Registry key without hive."""
    name: str
    value: RegValue
    meaning: str
    """One line: what the value does."""
    absent: str | None
    """What Windows does without the value, where a source says so."""
    absent_source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumItem:
    """One choice of a drop-down list."""

    value: RegValue
    display: str
    """The text that the editor shows (en-US)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One input field of a policy, and the registry value that it writes."""

    id: str
    """The ADMX id; unlike the value name it is unique within its policy."""
    name: str
    """Registry value name."""
    key: str | None
    """Registry key without hive; None for the policy's own."""
    kind: Kind
    required: bool
    label: str
    """The text beside the field (en-US)."""
    type: RegType
    """Type of the value that the element writes."""
    min: int | None
    """Smallest number (decimal only; 0 where the ADMX names none)."""
    max: int | None
    """Largest number (decimal only; 9999 where the ADMX names none)."""
    max_length: int | None
    """Longest text in characters (text only; 1023 where the ADMX names none)."""
    items: tuple[EnumItem, ...]
    """The choices, in the ADMX's order (enum only)."""
    true: RegValue | None
    """What a ticked box writes (boolean only)."""
    false: RegValue | None
    """What an unticked box writes; None (of a boolean): the value is deleted."""
    default: int | str | bool | None
    """What the editor preselects, as registry data (bool: ticked or not); None: unknown."""
    default_source: str | None
    """How the default is known, or why it is not."""
    meaning: str
    """One line: what the value does."""
    absent: str | None
    """What Windows does without the value, where a source says so."""
    absent_source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a policy writes, according to one or more template sets that agree."""

    sets: tuple[str, ...]
    """Template sets, oldest first, such as ``("21H2", "23H2")``."""
    key: str
    """Registry key without hive."""
    value_name: str | None
    """The policy's own value; None where only lists and elements write."""
    meaning: str | None
    """One line: what the policy's own value does."""
    absent: str | None
    """What Windows does without the policy's own value, where a source says so."""
    absent_source: str | None
    enabled: RegValue | None
    """What Enabled writes to the own value; None: nothing."""
    disabled: RegValue | None
    """What Disabled writes to the own value; None: the value is deleted."""
    enabled_list: tuple[ListEntry, ...]
    disabled_list: tuple[ListEntry, ...]
    elements: tuple[Element, ...]
    """In the order of the ADML presentation, in which the editor writes them."""

    def key_of(self, element: Element) -> str:
        """The registry key, without hive, that an element of this definition writes to."""
        return self.key if element.key is None else element.key

    def element(self, name: str) -> Element | None:
        """The element with this id or value name (any case); None if there is none."""
        wanted = name.lower()
        for found in self.elements:
            if wanted in (found.id.lower(), found.name.lower()):
                return found
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy of one ADMX file, over all template sets."""

    name: str
    """The ADMX name, such as ``AutoUpdateCfg``."""
    file: str
    """``WindowsUpdate``, ``DeviceGuard``, ``DeliveryOptimization`` or ``SecureBoot``."""
    namespace: str
    """The ADMX target namespace (comment.cmtx refers to it)."""
    order: int
    """0-based place in the newest ADMX file; the relative order is the same in all sets."""
    policy_class: str
    """``Machine``, ``User`` or ``Both``."""
    display_name: str
    category: tuple[str, ...]
    """The editor's folders, outermost first."""
    client_extension: str | None
    """GUID, in braces, of the client-side extension that processes the policy besides Registry."""
    supported_on: str
    summary: str
    """One line in plain words: what the policy does."""
    absent: str | None
    """What Windows does while the policy is not configured, where a source says so."""
    absent_source: str | None
    note: str | None
    """What an author should know besides."""
    note_source: str | None
    source: str
    """The ADMX file and the sets that have the policy."""
    status: Status
    reason: str | None
    """Why a known policy is not offered."""
    oses: tuple[str, ...]
    """The operating system families on which the policy takes effect."""
    excluded_reason: Mapping[str, str]
    """For each other family, why not."""
    definitions: tuple[Definition, ...] = field(repr=False)
    """One per distinct shape, oldest first."""
    no_defaults: bool = False
    """Whether an author must choose each item, although the editor preselects one."""
    safe: Mapping[str, int | str | bool] = field(default_factory=dict)
    """What an enabled policy writes for the elements that an author leaves out, by value name; for
    the others what the editor preselects."""

    @property
    def id(self) -> str:
        """The key in :func:`policies`, such as ``WindowsUpdate.AutoUpdateCfg``."""
        return f"{self.file}.{self.name}"

    def definition_for(self, os_family: str) -> Definition | None:
        """What the policy writes by the templates of an operating system family.

        Whether it takes effect there is another question: see :attr:`oses`.

        Returns:
            The definition, or None where that family's templates don't have the policy.

        Raises:
            KeyError: the family is neither windows-server-2022 nor windows-server-2025.
        """
        wanted = TEMPLATE_SETS[os_family]
        return next((d for d in self.definitions if wanted in d.sets), None)

    def applies_to(self, os_family: str) -> bool:
        """Whether the policy takes effect on an operating system family."""
        return os_family in self.oses


def policies() -> Mapping[str, Policy]:
    """All policies by :attr:`Policy.id`, in the order of the ADMX files; read-only, cached."""
    return _catalogue()


@cache
def files() -> tuple[str, ...]:
    """Return the template files, in the order of their policies' records inside a key."""
    return tuple(dict.fromkeys(name.partition(".")[0] for name in _catalogue()))


def find_value(key: str, name: str) -> tuple[tuple[Policy, Element | None], ...]:
    """The policies that write a registry value.

    Args:
        key: registry key without hive, in any case.
        name: value name, in any case.

    Returns:
        Pairs of policy and element; the element is None where the policy's own value or one of
        its lists writes it. An element is the newest template set's. Empty: no policy writes it.
    """
    return _by_value().get((key.lower(), name.lower()), ())


class _Catalogue(Mapping[str, Policy]):
    """A mapping that builds each policy at its first use."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self._rows = rows
        self._built: dict[str, Policy] = {}

    def __getitem__(self, key: str) -> Policy:
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = _policy(self._rows[key])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@cache
def _catalogue() -> _Catalogue:
    return _Catalogue(load("policies.json")["policies"])


@cache
def _by_value() -> dict[tuple[str, str], tuple[tuple[Policy, Element | None], ...]]:
    index: dict[tuple[str, str], dict[str, tuple[Policy, Element | None]]] = {}
    for policy in _catalogue().values():
        for definition in policy.definitions:
            for key, name, element in _values_of(definition):
                index.setdefault((key.lower(), name.lower()), {})[policy.id] = (policy, element)
    return {value: tuple(found.values()) for value, found in index.items()}


def _values_of(definition: Definition) -> Iterator[tuple[str, str, Element | None]]:
    # Elements last: MaintenanceWindow's own value and one of its elements share a name, and the
    # element is the one that is written.
    if definition.value_name is not None:
        yield definition.key, definition.value_name, None
    for entry in (*definition.enabled_list, *definition.disabled_list):
        yield entry.key, entry.name, None
    for element in definition.elements:
        yield definition.key_of(element), element.name, element


def _value(row: dict[str, Any] | None) -> RegValue | None:
    return None if row is None else RegValue(type=reg_type(row["type"]), data=row["data"])


def _entry(row: dict[str, Any]) -> ListEntry:
    return ListEntry(
        key=row["key"],
        name=row["name"],
        value=RegValue(type=reg_type(row["type"]), data=row["data"]),
        meaning=row["meaning"],
        absent=row["absent"],
        absent_source=row["absent_source"],
    )


def _item(row: dict[str, Any]) -> EnumItem:
    value = RegValue(type=reg_type(row["type"]), data=row["value"])
    return EnumItem(value=value, display=row["display"])


def _type(row: dict[str, Any]) -> RegType:
    if row["kind"] == "text":
        return RegType.EXPAND_SZ if row["expandable"] else RegType.SZ
    if row["kind"] == "enum":
        return reg_type(row["items"][0]["type"])
    return reg_type(row["true"]["type"]) if row["kind"] == "boolean" else RegType.DWORD


def _element(row: dict[str, Any]) -> Element:
    return Element(
        id=row["id"],
        name=row["name"],
        key=row["key"],
        kind=Kind(row["kind"]),
        required=row["required"],
        label=row["label"],
        type=_type(row),
        min=row.get("min"),
        max=row.get("max"),
        max_length=row.get("max_length"),
        items=tuple(_item(item) for item in row.get("items", ())),
        true=_value(row.get("true")),
        false=_value(row.get("false")),
        default=row["default"],
        default_source=row["default_source"],
        meaning=row["meaning"],
        absent=row["absent"],
        absent_source=row["absent_source"],
    )


def _definition(row: dict[str, Any]) -> Definition:
    return Definition(
        sets=tuple(row["sets"]),
        key=row["key"],
        value_name=row["value_name"],
        meaning=row["meaning"],
        absent=row["absent"],
        absent_source=row["absent_source"],
        enabled=_value(row["enabled"]),
        disabled=_value(row["disabled"]),
        enabled_list=tuple(_entry(entry) for entry in row["enabled_list"]),
        disabled_list=tuple(_entry(entry) for entry in row["disabled_list"]),
        elements=tuple(_element(element) for element in row["elements"]),
    )


def _policy(row: dict[str, Any]) -> Policy:
    built = dict(
        row,
        status=Status(row["status"]),
        category=tuple(row["category"]),
        oses=tuple(row["oses"]),
        definitions=tuple(_definition(found) for found in row["definitions"]),
    )
    return Policy(**built)
