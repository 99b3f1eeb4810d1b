"""The records of a policy, found by the ADMX element that writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gpogen.catalog.policies import Definition, Element, policies
from gpogen.interchange.importing.collect import key_of
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via

_ON_VALUES = (Action.SET, Action.DELETE)


class Seen:
    """Records by what they are about, for one operating system family or the newest templates."""

    def __init__(self, records: Iterable[Record], family: str) -> None:
        """Index the records."""
        self.records: Mapping[tuple[str, ...], Record] = {key_of(item): item for item in records}
        self.places = {
            (key[1], key[2]) for key, item in self.records.items() if item.action in _ON_VALUES
        }
        """The keys and names of the values that are set or deleted, in lower case."""
        self._family = family

    def definition(self, policy_id: str) -> Definition | None:
        """Return what the templates of the system say of a policy."""
        policy = policies()[policy_id]
        if not self._family:
            return policy.definitions[-1]
        return policy.definition_for(self._family) if policy.applies_to(self._family) else None

    def find(self, policy_id: str, name: str) -> Record | None:
        """Return the record about one value of a policy, its own or an element's."""
        definition = self.definition(policy_id)
        if definition is None:
            return None
        element = definition.element(name)
        key = definition.key_of(element) if element else definition.key
        hive = Hive.HKCU if policies()[policy_id].policy_class == "User" else Hive.HKLM
        return self.at(hive, key, name)

    def at(self, hive: Hive, key: str, name: str, via: Via = Via.POLICY) -> Record | None:
        """Return the record about one value."""
        return self.records.get((hive.value, key.lower(), name.lower(), "value", via.value))

    def data(self, policy_id: str, name: str) -> RegData | None:
        """Return what one value of a policy is set to, or None."""
        record = self.find(policy_id, name)
        return record.value if record is not None and record.action is Action.SET else None

    def element_values(self, policy_id: str) -> dict[str, int | str | bool]:
        """Return the values of a policy's elements that are set, as a profile gives them."""
        definition = self.definition(policy_id)
        found: dict[str, int | str | bool] = {}
        for element in definition.elements if definition else ():
            value = self._element(policy_id, element)
            if value is not None:
                found[element.name] = value
        return found

    def _element(self, policy_id: str, element: Element) -> int | str | bool | None:
        record = self.find(policy_id, element.name)
        if record is None:
            return None
        if record.action is Action.DELETE:
            return False if element.kind == "boolean" else None
        value = record.value
        if element.kind == "boolean":
            return element.true is not None and value == element.true.data
        return value if isinstance(value, int | str) else None
