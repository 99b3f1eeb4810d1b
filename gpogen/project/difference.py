"""What differs between two policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpogen.formats.subkeys import deleted_names
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Via
from gpogen.project.reading import Reading
from gpogen.project.showing import data_json, data_text, policy_title

_WITHOUT_ROUTE = ("reg", "lgpo")
"""Kinds that do not tell policy from preference."""
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; None stands for "not there"."""

    old: Record | None
    new: Record | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    @property
    def record(self) -> Record:
        """One of the two, for its place."""
        found = self.new or self.old
        assert found is not None
        return found


def compare_policies(old: Reading, new: Reading) -> list[Change]:
    """Compare two policies, keys and names without regard to case.

    Several records about one value count as their last. A value that one side deletes and a .reg
    file lacks is equal: an export of a machine lists what is there.
    """
    routed = old.kind not in _WITHOUT_ROUTE and new.kind not in _WITHOUT_ROUTE
    before, after = _index(old, routed=routed), _index(new, routed=routed)
    changes = []
    for key in sorted({*before, *after}):
        change = Change(before.get(key), after.get(key))
        if not _equal(change, old, new):
            changes.append(change)
    return changes


def not_compared(old: Reading, new: Reading) -> list[str]:
    """Say what the comparison leaves out, and what one side's format cannot hold."""
    said = [f"{side.file}: not compared: {part}" for side in (old, new) for part in side.skipped]
    for side, other in ((old, new), (new, old)):
        lost = sum(record.via is Via.PREFERENCE for record in other.records)
        if side.kind == "pol" and lost:
            said.append(
                f"{side.file}: a registry.pol holds no preferences, {other.file} has {lost}"
            )
        if side.kind == "reg" and other.kind != "reg":
            said.append(
                f"{side.file}: a .reg file writes a machine's registry itself; what Group Policy "
                "writes elsewhere for the same effect differs"
            )
    return said


def _index(reading: Reading, *, routed: bool) -> dict[_Key, Record]:
    return {_key(record, routed=routed): record for record in reading.records}


def _key(record: Record, *, routed: bool) -> _Key:
    group = "value" if record.action in _VALUES else record.action.value
    return (*record.target, group, record.via.value if routed else "")


_VALUES = (Action.SET, Action.DELETE, Action.SOFT)


def _equal(change: Change, old: Reading, new: Reading) -> bool:
    if change.old is not None and change.new is not None:
        return change.old.same_effect(change.new) or _same_subkeys(change.old, change.new)
    present, lacking = (change.new, old) if change.old is None else (change.old, new)
    assert present is not None
    return lacking.kind == "reg" and present.action is Action.DELETE


def _same_subkeys(old: Record, new: Record) -> bool:
    """Tell whether both delete the same subkeys: empty names, case and order do not count."""
    if old.action is not Action.DELETE_KEYS or new.action is not Action.DELETE_KEYS:
        return False
    names = [sorted({name.lower() for name in deleted_names(item)}) for item in (old, new)]
    return bool(names[0]) and names[0] == names[1]


def change_json(change: Change) -> dict[str, Any]:
    """Return one difference as ``diff --format json`` prints it."""
    record = change.record
    return {
        "change": change.kind,
        "hive": record.hive.value,
        "via": record.via.value,
        "key": record.key,
        "name": record.name,
        "policy": policy_title(record) or None,
        "old": _side(change.old),
        "new": _side(change.new),
    }


def _side(record: Record | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {"action": record.action.value, "type": record.type, "data": data_json(record)}


def change_text(change: Change) -> str:
    r"""Return one difference in one line: ``~ HKLM\Key!Name: 3 -> 4  [policy]``."""
    record = change.record
    place = f"{record.hive.value}\\{record.key}" + (f"!{record.name}" if record.name else "")
    place += " (preference)" if record.via is Via.PREFERENCE else ""
    sign = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
    title = policy_title(record)
    end = f"  [{title}]" if title else ""
    return f"{sign} {place}: {_values(change)}{end}"


def _values(change: Change) -> str:
    sides = [data_text(side) for side in (change.old, change.new) if side is not None]
    return " -> ".join(sides)


def markdown(changes: list[Change], old: str, new: str) -> list[str]:
    """Return a table for a pull request."""
    lines = [f"| value | policy | {_cell(old)} | {_cell(new)} |", "|---|---|---|---|"]
    for change in changes:
        record = change.record
        place = f"{record.hive.value}\\{record.key}!{record.name}"
        place += " (preference)" if record.via is Via.PREFERENCE else ""
        sides = (change.old, change.new)
        cells = [_cell(data_text(side)) if side is not None else "" for side in sides]
        lines.append(
            f"| `{_cell(place)}` | {_cell(policy_title(record))} | {cells[0]} | {cells[1]} |"
        )
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'").replace("\r", " ").replace("\n", " ")
