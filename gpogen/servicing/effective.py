"""The values that a machine ends up with: of two that set one, the later."""

from __future__ import annotations

from collections.abc import Iterable

from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via

WU = r"software\policies\microsoft\windows\windowsupdate"
AU = rf"{WU}\au"
SERVICE = r"system\currentcontrolset\services\wuauserv"
_REMOVED = object()
"""Stands for a value that the policy deletes."""


class Effective:
    """What some records leave behind under the keys of Windows Update.

    registry.pol is processed in file order, so the last record of a value wins; preferences run
    after it, and theirs stays (inference and practice: nobody has proved the latter).
    """

    def __init__(self, records: Iterable[Record]) -> None:
        """Apply the records of one policy, in file order."""
        self._found: dict[tuple[str, str], object] = {}
        machine = [item for item in records if item.hive is Hive.HKLM]
        for record in sorted(machine, key=lambda item: item.via is Via.PREFERENCE):
            self._take(record)

    def _take(self, record: Record) -> None:
        key, name = record.key.lower(), record.name.lower()
        match record.action:
            case Action.SET:
                self._found[key, name] = record.value
            case Action.SOFT:
                self._found.setdefault((key, name), record.value)
            case Action.DELETE:
                self._found[key, name] = _REMOVED
            case Action.DELETE_VALUES:
                for one in [one for one in self._found if one[0] == key]:
                    self._found[one] = _REMOVED

    def value(self, name: str, key: str = AU) -> RegData | None:
        """Return a value's data; None where nothing sets it."""
        found = self._found.get((key, name.lower()))
        return None if found is _REMOVED else found  # type: ignore[return-value]

    def number(self, name: str, key: str = AU) -> int | None:
        """Return a number; None where nothing sets one."""
        found = self.value(name, key)
        return found if isinstance(found, int) else None

    def removed(self, name: str, key: str = AU) -> bool:
        """Tell whether a value is deleted, and nothing sets it again."""
        return self._found.get((key, name.lower())) is _REMOVED
