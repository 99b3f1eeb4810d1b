"""Policies written as the Group Policy editor writes them.

The policy's own value first, then its elements in presentation order. An unticked box writes its
falseValue, or ``**del.`` when its ADMX has none; a disabled policy deletes its elements; an empty
optional text is an empty REG_SZ (all seen in GPOs that Windows made).
"""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.policies import Definition, Element, ListEntry, Policy, RegValue, files
from gpogen.compile.drafts import Draft, Findings
from gpogen.compile.origin import Origin
from gpogen.compile.request import PolicyRequest
from gpogen.finding import Place
from gpogen.policy.data import MAX_DATA, encode_data
from gpogen.policy.keys import utf16_length
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Hive, RegType
from gpogen.profile.fields import shown
from gpogen.profile.setting import ElementValue

_NAMED = 22
"""So many values are named in a message; more in a row, such as 24 hours, are a range."""


def write_policy(
    policy: Policy, definition: Definition, request: PolicyRequest, findings: Findings
) -> list[Draft]:
    """Turn a request into drafts; faults in its values go to ``findings`` (GP035, GP036)."""
    if request.state == "unmanaged":
        return []
    return list(_Writer(policy, definition, request, findings).drafts())


class _Writer:
    """Holds what every record of one policy shares."""

    def __init__(
        self,
        policy: Policy,
        definition: Definition,
        request: PolicyRequest,
        findings: Findings,
    ) -> None:
        self.policy = policy
        self.definition = definition
        self.request = request
        self.findings = findings
        self.hive = Hive.HKCU if policy.policy_class == "User" else Hive.HKLM
        self.rank = (files().index(policy.file), policy.order)
        self.origin = self._origin(request.at)

    def drafts(self) -> Iterator[Draft]:
        """Yield the records in the editor's order."""
        state, definition = self.request.state, self.definition
        if definition.value_name is not None:
            yield self._draft(self._own_value(definition.value_name), 0)
        entries = definition.enabled_list if state == "enabled" else definition.disabled_list
        for entry in entries or definition.enabled_list:
            yield self._draft(self._entry(entry), 1)
        for number, element in enumerate(definition.elements):
            yield from self._element(element, number)

    def _draft(
        self,
        record: Record,
        part: int,
        number: int = 0,
        *,
        authored: bool = True,
        at: Place | None = None,
    ) -> Draft:
        origin = self.origin if at is None or at is self.request.at else self._origin(at)
        return Draft(
            record=record, origin=origin, rank=(*self.rank, part, number), authored=authored
        )

    def _origin(self, at: Place) -> Origin:
        return Origin(
            policy=f"{self.policy.file}.{self.policy.name}",
            title=self.policy.display_name,
            why=self.request.why,
            places=(at,),
        )

    def _own_value(self, name: str) -> Record:
        state, definition = self.request.state, self.definition
        value = definition.enabled if state == "enabled" else definition.disabled
        if state == "enabled" and value is None:
            value = RegValue(type=RegType.DWORD, data=1)
        if state == "remove" or value is None:
            return delete_value(self.hive, definition.key, name)
        return set_value(self.hive, definition.key, name, value.type, value.data)

    def _entry(self, entry: ListEntry) -> Record:
        listed = entry in self.definition.disabled_list or self.request.state == "enabled"
        if self.request.state == "remove" or not listed:
            return delete_value(self.hive, entry.key, entry.name)
        return set_value(self.hive, entry.key, entry.name, entry.value.type, entry.value.data)

    def _element(self, element: Element, number: int) -> Iterator[Draft]:
        key = element.key or self.definition.key
        wanted = self.request.values.get(element.name)
        authored = wanted is not None and element.name not in self.request.filled
        if wanted is None and self.request.state == "enabled":
            wanted = self.policy.safe.get(element.name)
        at = self.request.places.get(element.name)
        if wanted == "unmanaged":
            return
        if self.request.state != "enabled" or wanted == "remove":
            record: Record | None = delete_value(self.hive, key, element.name)
        else:
            value = self._value(element, wanted, at or self.request.at)
            record = self._record(element, key, value)
        if record is not None:
            yield self._draft(record, 2, number, authored=authored, at=at)

    def _record(self, element: Element, key: str, value: RegValue | None) -> Record | None:
        if value is not None:
            return set_value(self.hive, key, element.name, value.type, value.data)
        if element.kind == "boolean":
            return delete_value(self.hive, key, element.name)
        return None

    def _value(self, element: Element, wanted: ElementValue | None, at: Place) -> RegValue | None:
        if element.kind == "boolean":
            return self._box(element, wanted, at)
        if wanted is None:
            return self._absent(element)
        if element.kind == "text":
            return self._text(element, wanted, at)
        return self._number(element, wanted, at)

    def _box(self, element: Element, wanted: ElementValue | None, at: Place) -> RegValue | None:
        ticked = element.default is True if wanted is None else wanted
        if not isinstance(ticked, bool) and ticked not in (0, 1):
            self._wrong(element, wanted, "true, false", at)
        return element.true if ticked else element.false

    def _absent(self, element: Element) -> RegValue | None:
        if element.kind == "text" and not element.required:
            return RegValue(type=element.type, data="")
        if not element.required:
            return None
        if element.default is not None and not self.policy.no_defaults:
            return RegValue(type=element.type, data=element.default)
        message = f"{self.request.policy}: the element {element.name!r} is missing"
        fix = f"add it to `values:` ({_allowed(element)})"
        self.findings.error("GP036", message, self.request.at, fix)
        return None

    def _text(self, element: Element, wanted: ElementValue, at: Place) -> RegValue | None:
        if not isinstance(wanted, str):
            self._wrong(element, wanted, "text", at)
            return None
        try:
            size = len(encode_data(element.type, wanted))
        except ValueError as error:
            self._wrong(element, wanted, f"text ({error})", at)
            return None
        if element.max_length is not None and utf16_length(wanted) > element.max_length:
            self._wrong(element, wanted, f"at most {element.max_length} characters", at)
        elif size > MAX_DATA:
            self._wrong(element, wanted, f"at most {MAX_DATA} bytes", at)
        return RegValue(type=element.type, data=wanted)

    def _number(self, element: Element, wanted: ElementValue, at: Place) -> RegValue | None:
        allowed = {item.value.data for item in element.items}
        fits = (
            wanted in allowed
            if element.items
            else isinstance(wanted, int) and _low(element) <= wanted <= _high(element)
        )
        if isinstance(wanted, bool) or not fits:
            self._wrong(element, wanted, _allowed(element), at)
            return None
        return RegValue(type=element.type, data=wanted)

    def _wrong(
        self, element: Element, wanted: ElementValue | None, allowed: str, at: Place
    ) -> None:
        message = f"{self.request.policy}: {element.name} must be {allowed}; got {shown(wanted)}"
        self.findings.error("GP035", message, at)


def _low(element: Element) -> int:
    return element.min if element.min is not None else 0


def _high(element: Element) -> int:
    return element.max if element.max is not None else 0xFFFFFFFF


def _allowed(element: Element) -> str:
    if element.kind == "boolean":
        return "true, false"
    named = any(item.display != str(item.value.data) for item in element.items)
    if element.items and (not named or len(element.items) > _NAMED):
        numbers = sorted(int(item.value.data) for item in element.items)
        if numbers == list(range(numbers[0], numbers[-1] + 1)):
            return f"{numbers[0]} to {numbers[-1]}"
        return ", ".join(str(number) for number in numbers)
    if element.items:
        return ", ".join(f"{item.value.data} ({item.display})" for item in element.items)
    if element.kind == "text":
        return "text"
    return f"{_low(element)} to {_high(element)}"
