"""What type and data the catalog knows for a registry value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from gpogen.catalog.policies import Definition, Element, Kind, Policy, RegValue, find_value
from gpogen.catalog.values import find_known_value
from gpogen.policy.data import RegData
from gpogen.policy.keys import utf16_length
from gpogen.policy.types import Hive, RegType, type_name

_CLASSES = {Hive.HKLM: ("Machine", "Both"), Hive.HKCU: ("User", "Both")}
_BIG = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Form:
    """One form of data that a template or a source gives a value.

    Attributes:
        type: the registry type.
        low: the smallest number; 0 for a text.
        high: the largest number, or for a text the most characters.
    """

    type: RegType
    low: int = 0
    high: int = _BIG

    def holds(self, value: RegData | None) -> bool:
        """Tell whether data are within the form."""
        if isinstance(value, int):
            return self.low <= value <= self.high
        return isinstance(value, str) and utf16_length(value) <= self.high


@dataclass(frozen=True, slots=True)
class Expected:
    """All forms that are known for a value; at least one."""

    forms: tuple[Form, ...]

    def has_type(self, kind: int | None) -> bool:
        """Tell whether a registry type is one of those."""
        return any(form.type == kind for form in self.forms)

    def holds(self, kind: int | None, value: RegData | None) -> bool:
        """Tell whether type and data are of one form."""
        return any(form.type == kind and form.holds(value) for form in self.forms)

    @property
    def types(self) -> str:
        """Write the types: ``REG_DWORD``."""
        return " or ".join(dict.fromkeys(type_name(form.type) for form in self.forms))

    @property
    def data(self) -> str:
        """Write what the data may be: ``1 to 22``, ``2, 3, 4``, ``at most 10 characters``."""
        texts = [form.high for form in self.forms if form.type is not RegType.DWORD]
        parts = [f"at most {max(texts)} characters"] if texts else []
        ranges = ((form.low, form.high) for form in self.forms if form.type is RegType.DWORD)
        parts += [str(low) if low == high else f"{low} to {high}" for low, high in _joined(ranges)]
        return ", ".join(parts)


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges that touch: 0, 1, 2 become 0 to 2."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


@lru_cache(maxsize=4096)
def expected(hive: Hive, key: str, name: str) -> Expected | None:
    """Return what is known about a value; None where no source says its type.

    Args:
        hive: HKLM or HKCU.
        key: the key without hive, in any case.
        name: the value's name, in any case.
    """
    forms: dict[Form, None] = {}
    for policy, _ in find_value(key, name):
        if policy.policy_class in _CLASSES[hive]:
            forms |= dict.fromkeys(_of_policy(policy, key.lower(), name.lower()))
    row = find_known_value(key, name) if hive is Hive.HKLM else None
    if row is not None and row.type is not None and row.writable:
        low, high = (row.min or 0), (_BIG if row.max is None else row.max)
        forms[Form(row.type, low, high)] = None
    return Expected(tuple(forms)) if forms else None


def _of_policy(policy: Policy, key: str, name: str) -> Iterator[Form]:
    for definition in policy.definitions:
        yield from _of_definition(definition, key, name)


def _of_definition(definition: Definition, key: str, name: str) -> Iterator[Form]:
    elements = [
        item
        for item in definition.elements
        if (definition.key_of(item).lower(), item.name.lower()) == (key, name)
    ]
    for element in elements:
        yield from _of_element(element)
    own = definition.value_name or ""
    # Of a name that an element shares with its policy, the element is what is written.
    if not elements and (definition.key.lower(), own.lower()) == (key, name):
        on = definition.enabled or RegValue(type=RegType.DWORD, data=1)
        off = definition.disabled or RegValue(type=on.type, data=0)
        yield from (_exactly(value) for value in (on, off))
    for entry in (*definition.enabled_list, *definition.disabled_list):
        if (entry.key.lower(), entry.name.lower()) == (key, name):
            yield _exactly(entry.value)


def _of_element(element: Element) -> Iterator[Form]:
    if element.kind is Kind.TEXT:
        yield Form(element.type, 0, element.max_length or _BIG)
    elif element.kind is Kind.DECIMAL:
        yield Form(element.type, element.min or 0, _BIG if element.max is None else element.max)
    elif element.kind is Kind.ENUM:
        yield from (_exactly(item.value) for item in element.items)
    else:
        # Windows reads a box that is not ticked as 0 where its template deletes the value.
        off = element.false or RegValue(type=element.type, data=0)
        yield from (_exactly(value) for value in (element.true, off) if value is not None)


def _exactly(value: RegValue) -> Form:
    if isinstance(value.data, int):
        return Form(value.type, value.data, value.data)
    return Form(value.type, 0, _BIG)
