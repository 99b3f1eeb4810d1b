"""What differs between two policies: in what they do, not in how they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gpogen.formats.all import FORMATS, find
from gpogen.interchange.showing import data_json, place_text, policy_title
from gpogen.policy.effect import differs_in_encoding, effect
from gpogen.policy.gpo import Reading
from gpogen.policy.outcome import acting
from gpogen.policy.records import ON_VALUES, Record
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Via, type_name
from gpogen.policy.words import data_text
from gpogen.reading.judging import contradiction_texts

_Key = tuple[str, ...]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs in the end; None stands for "not there".

    Attributes:
        old: what the first policy does.
        new: what the second policy does.
        condition: what a preference is applied under; empty for always.
    """

    old: Record | None
    new: Record | None
    condition: str = ""

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
    """Compare what two policies do to any registry, keys and names without regard to case.

    Both are reduced to what they do in the end (`gpogen.policy.effect`), policy and preferences
    apart; equal means that no registry tells them apart. A value that one side deletes and a
    .reg file lacks is equal: an export of a machine lists what is there.
    """
    before, after = _indices(old, new)
    changes = []
    for key in sorted({*before, *after}):
        change = Change(before.get(key), after.get(key), key[-1])
        if not _equal(change, old, new):
            changes.append(change)
    return changes


def not_compared(old: Reading, new: Reading) -> list[str]:
    """Say what the comparison leaves out, and what one side's format cannot hold."""
    said = [f"{side.file}: not compared: {part}" for side in (old, new) for part in side.skipped]
    for side, other in ((old, new), (new, old)):
        lost = sum(record.via is Via.PREFERENCE for record in other.records)
        form = find(side.kind)
        if form is not None and form.has_policies_alone and lost:
            title = FORMATS[side.kind].title
            said.append(f"{side.file}: {title} cannot hold preferences; {other.file} has {lost}")
        if is_state(side) and not is_state(other):
            title = FORMATS[side.kind].title
            said.append(
                f"{side.file}: {title} writes the registry of a machine directly; Group Policy "
                "writes the same settings to other keys"
            )
        if (side.gpo is None) != (other.gpo is None) and other.gpo is not None:
            said.append(
                f"{side.file}: it has no sides to disable, no WMI filter, extensions or other "
                f"files, so gpogen does not compare those of {other.file}"
            )
        doubts = (*_doubtful(side.records), *contradiction_texts(side))
        said += [f"{side.file}: {text}" for text in doubts]
    return [*said, *_encodings(old, new)]


def is_state(reading: Reading) -> bool:
    """Tell whether a reading lists what is in a registry, so that deletions are not in it."""
    form = find(reading.kind)
    return form is not None and form.is_state


def _doubtful(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        paths = [name for name in deleted_names(record) if "\\" in name]
        if record.action is Action.DELETE_KEYS and paths:
            yield (
                f"{place_text(record)}: **DeleteKeys names the path {paths[0]}, compared as a "
                "path below the key; whether Windows reads it that way is unknown"
            )


def _encodings(old: Reading, new: Reading) -> Iterator[str]:
    """Name the values of which only the bytes differ."""
    before, after = _indices(old, new)
    found = [
        f"{place_text(record)} ({len(record.data)} bytes and {len(other.data)})"
        for key, record in before.items()
        if (other := after.get(key)) is not None
        and record.action in (Action.SET, Action.SOFT)
        and record.action is other.action
        and differs_in_encoding(record, other)
    ]
    if found:
        rest = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield f"equal, except for the end of the text: {', '.join(found[:_SHOWN])}{rest}"


def _indices(old: Reading, new: Reading) -> tuple[dict[_Key, Record], dict[_Key, Record]]:
    routed = all(form is None or form.has_route for form in map(find, (old.kind, new.kind)))
    return _index(old, routed=routed), _index(new, routed=routed)


def _index(reading: Reading, *, routed: bool) -> dict[_Key, Record]:
    """Return what a policy does in the end, by what it is about, its route and its condition."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for via in Via:
        for item in reading.items:
            if item.record.via is via:
                group = (via.value, item.condition) if routed else ("", "")
                groups.setdefault(group, []).extend(acting(item))
    return {
        _key(record, *group): record
        for group, records in groups.items()
        for record in effect(records)
    }


def _key(record: Record, route: str, condition: str) -> _Key:
    if record.action is Action.DELETE_KEYS:
        hive, key, _ = record.target
        (name, *_) = (*deleted_names(record), "")
        return (hive, f"{key}\\{name.lower()}", "", record.action.value, route, condition)
    group = "value" if record.action in ON_VALUES else record.action.value
    return (*record.target, group, route, condition)


def _equal(change: Change, old: Reading, new: Reading) -> bool:
    if change.old is not None and change.new is not None:
        if change.record.action is Action.DELETE_KEYS and deleted_names(change.record):
            return True
        return change.old.same_effect(change.new)
    present, lacking = (change.new, old) if change.old is None else (change.old, new)
    assert present is not None
    return is_state(lacking) and present.action is Action.DELETE


def change_json(change: Change) -> dict[str, Any]:
    """Return one difference as ``diff --format json`` prints it."""
    record = change.record
    row = {
        "change": change.kind,
        "hive": record.hive.value,
        "via": record.via.value,
        "key": record.key,
        "name": record.name,
        "policy": policy_title(record) or None,
        "old": _side(change.old),
        "new": _side(change.new),
    }
    return row | ({"condition": change.condition} if change.condition else {})


def _side(record: Record | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {"action": record.action.value, "type": record.type, "data": data_json(record)}


def change_text(change: Change) -> str:
    r"""Return one difference in one line: ``~ HKLM\Key!Name: 3 -> 4  [policy]``."""
    sign = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
    title = policy_title(change.record)
    end = f"  [{title}]" if title else ""
    sides = [text for text in side_texts(change) if text]
    return f"{sign} {_place(change)}: {' -> '.join(sides)}{end}"


def _place(change: Change) -> str:
    record = change.record
    place = place_text(record)
    place += " (preference)" if record.via is Via.PREFERENCE else ""
    return place + (f" ({change.condition})" if change.condition else "")


def side_texts(change: Change) -> tuple[str, str]:
    """Return what each side does; the two never read alike."""
    sides = (change.old, change.new)
    old, new = ("" if side is None else data_text(side) for side in sides)
    if change.old is not None and change.new is not None:
        if change.old.type != change.new.type or old == new:
            old, new = (f"{_type(change.old)} {old}".strip(), f"{_type(change.new)} {new}".strip())
        if old == new:
            old, new = (f"bytes {side.data.hex(' ')}" for side in sides if side is not None)
    return old, new


def _type(record: Record | None) -> str:
    if record is None or record.type is None or record.action not in (Action.SET, Action.SOFT):
        return ""
    return type_name(record.type)


def markdown(
    changes: list[Change], old: str, new: str, others: Iterable[tuple[str, str, str]] = ()
) -> list[str]:
    """Return a table for a pull request.

    Args:
        changes: what differs in the registry.
        old: the name of the first policy.
        new: the name of the second.
        others: what differs of the GPOs: what, and the two sides.
    """
    lines = [f"| value | policy | {_cell(old)} | {_cell(new)} |", "|---|---|---|---|"]
    for change in changes:
        cells = [_cell(text) for text in side_texts(change)]
        title = _cell(policy_title(change.record))
        lines.append(f"| `{_cell(_place(change))}` | {title} | {cells[0]} | {cells[1]} |")
    for what, *sides in others:
        lines.append(f"| GPO, {_cell(what)} |  | {_cell(sides[0])} | {_cell(sides[1])} |")
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'").replace("\r", " ").replace("\n", " ")
