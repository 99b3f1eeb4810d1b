"""The values of Windows Update that a machine ends up with."""

from __future__ import annotations

from collections.abc import Iterable

from gpogen.catalog.effective import in_force
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Hive

WU = r"software\policies\microsoft\windows\windowsupdate"
AU = rf"{WU}\au"
SERVICE = r"system\currentcontrolset\services\wuauserv"


class Effective:
    """What some records leave behind under the keys of Windows Update."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Apply the records of one policy, in file order."""
        self._result = in_force(records, lambda record: record)
        self._found: dict[tuple[str, str, str], RegData | None] = {}
        for record in self._result.kept:
            self._found.setdefault(record.target, record.value)

    def number(self, name: str, key: str = AU) -> int | None:
        """Return a number; None where nothing sets one."""
        found = self._found.get((Hive.HKLM, key, name.lower()))
        return found if isinstance(found, int) else None

    def text(self, name: str, key: str = AU) -> str:
        """Return a text; empty where nothing sets one."""
        found = self._found.get((Hive.HKLM, key, name.lower()))
        return found if isinstance(found, str) else ""

    def removed(self, name: str, key: str = AU) -> bool:
        """Tell whether a value is deleted, and nothing sets it again."""
        target = (Hive.HKLM, key, name.lower())
        gone = target in self._result.removed or self._result.empties(Hive.HKLM, key)
        return gone and target not in self._found
