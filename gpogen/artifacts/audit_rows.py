"""What a machine must look like when a profile has arrived, as rows for the audit script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from gpogen.artifacts.powershell_text import ValueRow, rows, unwritable
from gpogen.compile.origin import Traced
from gpogen.compile.result import Compiled
from gpogen.finding import Place
from gpogen.policy.effect import effect
from gpogen.policy.records import Record
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Hive

_VALUES = (Action.SET, Action.SOFT, Action.DELETE)
_CREATING = (Action.SET, Action.SOFT, Action.CREATE_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One row.

    Attributes:
        row: the record: action, key, name, kind, data; its hive is HKLM.
        policy: the catalog's name of the policy, or empty.
        title: the policy's display name.
        via: by which way it comes: ``policy``, ``preference`` or ``direct``.
        wql: the queries of its targeting, all of which must find something.
        places: the profile's lines that asked for it.
    """

    row: ValueRow
    policy: str
    title: str
    via: str
    wql: tuple[str, ...]
    places: tuple[Place, ...] = ()

    @property
    def id(self) -> str:
        """What reports call it: ``Get-RowId`` of the script does the same."""
        row = self.row
        if row.action in _VALUES:
            return f"HKLM\\{row.key}!{row.name}"
        if row.action == Action.DELETE_KEYS:
            return f"HKLM\\{row.key}\\{';'.join(row.names)} (delete-keys)"
        return f"HKLM\\{row.key} ({row.action})"


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Something of the profile that the script does not judge, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All rows of a profile.

    Attributes:
        group_policy: those of a machine with the GPO.
        direct: those of a machine with the Set script.
        not_checked: what is in neither.
    """

    group_policy: tuple[Requirement, ...]
    direct: tuple[Requirement, ...]
    not_checked: tuple[NotChecked, ...]


_Source: TypeAlias = Mapping[tuple[str, str, str], Traced]


@lru_cache(maxsize=1)  # Writing a script and reading it back ask for the same one.
def audit(compiled: Compiled) -> Audit:
    """Return the end that the records of a profile have, and what of it nobody can judge.

    Preferences run after policy: where both have a value, the preference's stays.
    """
    unseen: dict[NotChecked, None] = {}
    policy = _end(compiled.policy, unseen)
    after = [item for group in _by_target(compiled.preferences) for item in _end(group, unseen)]
    last = {item.record.target for item in after if item.record.action in _VALUES and not item.wql}
    kept = [item for item in policy if item.record.target not in last]
    direct = _end(compiled.direct, unseen)
    return Audit(
        group_policy=_requirements([*kept, *after]),
        direct=_requirements(direct, via="direct"),
        not_checked=tuple(unseen),
    )


def _by_target(items: Iterable[Traced]) -> Iterator[list[Traced]]:
    """Group preferences by their targeting; within a group the order stays."""
    found: dict[tuple[str, ...], list[Traced]] = {}
    for item in items:
        found.setdefault(item.wql, []).append(item)
    yield from found.values()


def _end(items: Iterable[Traced], unseen: dict[NotChecked, None]) -> list[Traced]:
    """Reduce records of one route to their end; what nobody can judge goes into ``unseen``."""
    every = tuple(items)
    sources = _sources(every)
    reduced = effect([item.record for item in every])
    written = [f"{item.key}\\".lower() for item in reduced if item.action in _CREATING]
    kept = []
    for record in reduced:
        traced = _source_of(record, sources, every)
        if traced.record is not record:
            traced = replace(traced, record=record)
        reason = _obstacle(record, written)
        if reason:
            unseen[NotChecked(_place(record), reason)] = None
        else:
            kept.append(traced)
    return kept


def _sources(items: Iterable[Traced]) -> _Source:
    """Return the last record of each value or key."""
    return {(*item.record.target[:2], _own_name(item.record)): item for item in items}


def _own_name(record: Record) -> str:
    return record.target[2] if record.action in _VALUES else f"\0{record.action.value}"


def _source_of(record: Record, sources: _Source, items: tuple[Traced, ...]) -> Traced:
    found = sources.get((*record.target[:2], _own_name(record)))
    if found is not None:
        return found
    # A reduced record may stand for another action: the nearest is one of the same key.
    own = [item for item in items if item.record.target[:2] == record.target[:2]]
    return (own or items)[-1]


def _obstacle(record: Record, written: list[str]) -> str:
    if record.hive is not Hive.HKLM:
        return "is a user setting, which a script that runs as the machine does not reach"
    if reason := unwritable(record):
        return f"it {reason}"
    if record.action is Action.DELETE_KEYS:
        paths = [f"{record.key}\\{name}\\".lower() for name in deleted_names(record)]
        if any(key.startswith(path) for path in paths for key in written):
            return "the profile deletes this key and then writes into it"
    return ""


def _place(record: Record) -> str:
    name = record.name or "(default)"
    where = f"{record.hive.value}\\{record.key}"
    return f"{where}!{name}" if record.action in _VALUES else f"{where} ({record.action.value})"


def _requirements(items: list[Traced], via: str = "") -> tuple[Requirement, ...]:
    made = zip(items, rows(items), strict=True)
    staying = _staying(items)
    return tuple(
        Requirement(
            row=_with_names(row, item.record, staying),
            policy=item.origin.policy or "",
            title=item.origin.title,
            via=via or item.record.via.value,
            wql=item.wql,
            places=item.origin.places,
        )
        for item, row in made
    )


def _staying(items: list[Traced]) -> dict[tuple[str, str], list[str]]:
    """Return the values that a key may hold, by key."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in items:
        if item.record.action in (Action.SET, Action.SOFT):
            found.setdefault(item.record.target[:2], []).append(item.record.name)
    return found


def _with_names(
    row: ValueRow, record: Record, staying: dict[tuple[str, str], list[str]]
) -> ValueRow:
    # `rows` looks at the order of a file, which the reduced records have no longer.
    if row.action != record.action.value:
        row = replace(row, action=record.action.value)
    if record.action is not Action.DELETE_VALUES:
        return row
    return replace(row, names=tuple(staying.get(record.target[:2], ())))
