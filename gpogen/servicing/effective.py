"""The values of Windows Update that a machine ends up with."""

from __future__ import annotations

from typing import Any

from gpogen.catalog.effective import InForce
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Hive

WU = r"software\policies\microsoft\windows\windowsupdate"
AU = rf"{WU}\au"
SERVICE = r"system\currentcontrolset\services\wuauserv"


class Effective:
    """What some records leave behind under the keys of Windows Update."""

    def __init__(self, result: InForce[Any]) -> None:
        """Take what counts of one policy's records."""
        self._result = result
        self._found: dict[tuple[str, str, str], Record] = {}
        for record in result.records:
            self._found.setdefault(record.target, record)

    def number(self, name: str, key: str = AU) -> int | None:
        """Return a number; None where nothing sets one."""
        found = self._value(name, key)
        return found if isinstance(found, int) else None

    def text(self, name: str, key: str = AU) -> str:
        """Return a text; empty where nothing sets one."""
        found = self._value(name, key)
        return found if isinstance(found, str) else ""

    def _value(self, name: str, key: str) -> RegData | None:
        record = self._found.get((Hive.HKLM, key, name.lower()))
        return record.value if record is not None else None

    def removed(self, name: str, key: str = AU) -> bool:
        """Tell whether a value is deleted, and nothing sets it again."""
        target = (Hive.HKLM, key, name.lower())
        gone = target in self._result.removed or self._result.empties(Hive.HKLM, key)
        return gone and target not in self._found
