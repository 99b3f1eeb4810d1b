r"""What a policy does in the end, whatever the registry held before it.

The Registry extension carries out the records of a file one after another (MS-GPREG 3.2.5.1), so
a later one can undo an earlier one: the last value wins, ``**delvals.`` takes what stands before
it, and ``**soft.`` does nothing where a value is there. `effect` reduces records to the shortest
policy that ends the same from every starting registry; two policies do the same exactly when
their reduced records are the same. `standing` tells which records take part in that end.

What is assumed of the client: ``**soft.`` and ``**SecureKey`` create their key as a value does; a
deletion creates none; a key takes its protection with it when it is deleted; and the names of
``**DeleteKeys`` are paths below the record's key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from gpogen.policy.data import encode_data
from gpogen.policy.records import Record, meaning
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Hive, RegType, Via

MAX_LEVELS = 512
"""Levels of a registry tree on Windows; what is deeper counts as one name."""
_CREATING = (Action.SET, Action.SOFT, Action.CREATE_KEY, Action.SECURE_KEY)
_LOCKED, _RESET = encode_data(RegType.DWORD, 1), encode_data(RegType.DWORD, 0)


@dataclass(slots=True)
class _Key:
    """What is known of one key while the records are gone through from the last to the first.

    Attributes:
        key: the key's name as first seen.
        values: the values that are decided, by their lower-case name.
        soft: those that are set where they are absent, and by which record.
        emptied: no value of the key from before stays.
        created: the key is there in the end.
        secure: the record that protects it, or takes the protection back.
    """

    key: str
    values: dict[str, Record] = field(default_factory=dict)
    soft: dict[str, tuple[int, Record]] = field(default_factory=dict)
    emptied: bool = False
    created: bool = False
    secure: Record | None = None

    @property
    def writes(self) -> bool:
        """Tell whether the key is there for what is written into it."""
        set_here = any(item.action is Action.SET for item in self.values.values())
        return bool(set_here or self.soft or self.secure)


class _Roots:
    """Keys that are deleted with all below them; a key below another one is not kept."""

    def __init__(self) -> None:
        self._tree: dict[str, object] = {}

    def find(self, hive: Hive, key: str) -> str | None:
        """Return the lower-case path of the root at or above a key."""
        node: object = self._tree.get(hive)
        start = 0
        for level in range(1, MAX_LEVELS + 1):
            end = key.find("\\", start) if level < MAX_LEVELS else -1
            node = node.get(key[start:end] if end >= 0 else key[start:]) if node else None  # type: ignore[attr-defined]
            if node is True:
                return key if end < 0 else key[:end]
            if node is None or end < 0:
                return None
            start = end + 1
        return None

    def add(self, hive: Hive, key: str) -> None:
        """Add a root that none of the others is above."""
        node = self._tree.setdefault(hive, {})
        *above, last = key.split("\\", MAX_LEVELS - 1)
        for part in above:
            node = node.setdefault(part, {})  # type: ignore[attr-defined]
        node[last] = True  # type: ignore[index]

    def __iter__(self) -> Iterator[tuple[Hive, str]]:
        """Yield the roots, those of one hive together."""
        for hive, tree in self._tree.items():
            stack: list[tuple[str, object]] = [("", tree)]
            while stack:
                path, node = stack.pop()
                if node is True:
                    yield Hive(hive), path
                else:
                    before = f"{path}\\" if path else ""
                    stack += [(f"{before}{name}", item) for name, item in node.items()]  # type: ignore[attr-defined]


class _Sweep:
    """Goes through records of one route from the last to the first: what is decided stays."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.keys: dict[tuple[Hive, str], _Key] = {}
        self.roots = _Roots()
        self.spelt: dict[tuple[Hive, str], str] = {}
        self.opaque: list[Record] = []
        self.via = records[0].via if records else Via.POLICY
        # Many records share one key, which is looked up once.
        self._last: tuple[str, str] = ("", "")
        self._root: str | None = None
        self._above_made = False
        self.stands = [False] * len(records)
        for number in range(len(records) - 1, -1, -1):
            self.stands[number] = self._take(number, records[number])

    def _take(self, number: int, record: Record) -> bool:
        if record.action is Action.DELETE_KEYS:
            return self._delete_keys(record)
        hive, lowered, name = record.target
        if self._last != (hive, lowered):
            self._root = self.roots.find(record.hive, lowered)
            self._last = (hive, lowered)
            self._above_made = False
        if self._root is not None:
            self._make_above(record, self._root)
            return False
        key = self._key(record.hive, lowered, record.key)
        key.created |= record.action in _CREATING
        match record.action:
            case Action.DELETE_VALUES:
                return _empty(key)
            case Action.CREATE_KEY:
                return True
            case Action.SECURE_KEY:
                first = key.secure is None
                key.secure = key.secure or _secured(record)
                return first
        if key.emptied or name in key.values:
            return False
        if record.action is Action.SOFT:
            self._drop(key.soft.pop(name, None))
            key.soft[name] = (number, record)
            return True
        later = key.soft.pop(name, None)
        if record.action is Action.DELETE and later is not None:
            key.values[name] = replace(later[1], action=Action.SET)
            return True
        self._drop(later)
        key.values[name] = record
        return True

    def _make_above(self, record: Record, root: str) -> None:
        """Note what stays of a key that goes later with all that is in it: the keys above."""
        if self._above_made or record.action not in _CREATING:
            return
        self._above_made = True
        levels = root.count("\\")
        if levels:
            spelt = "\\".join(record.key.split("\\", levels)[:levels])
            self._key(record.hive, root.rpartition("\\")[0], spelt).created = True

    def _drop(self, later: tuple[int, Record] | None) -> None:
        """Note that a record does nothing, because an earlier one always sets the value."""
        if later is not None:
            self.stands[later[0]] = False

    def _delete_keys(self, record: Record) -> bool:
        self._last = ("", "")
        names = deleted_names(record)
        above = f"{record.key}\\" if record.key else ""
        stands = False
        for name in names:
            path = f"{above}{name}"
            lowered = path.lower()
            if self.roots.find(record.hive, lowered) is None:
                self.roots.add(record.hive, lowered)
                self.spelt.setdefault((record.hive, lowered), path)
                stands = True
        if not names and self.roots.find(record.hive, record.key.lower()) is None:
            self.opaque.append(record)
            stands = True
        return stands

    def _key(self, hive: Hive, lowered: str, spelt: str) -> _Key:
        found = self.keys.get((hive, lowered))
        if found is None:
            found = self.keys[hive, lowered] = _Key(spelt)
        return found

    def reduced(self) -> Iterator[Record]:
        """Yield the shortest policy with the same end: deletions of keys, then key by key."""
        for hive, path in sorted(self.roots):
            parent, _, name = self.spelt[hive, path].rpartition("\\")
            data = encode_data(RegType.SZ, name)
            yield Record(hive, parent, "", Action.DELETE_KEYS, RegType.SZ, data, self.via)
        yield from {(item.target, item.type, item.data): item for item in self.opaque}.values()
        places = sorted((hive, f"{lowered}\\") for hive, lowered in self.keys)
        made = [place for place in places if self.keys[place[0], place[1][:-1]].created]
        deepest = {
            place
            for place, after in zip_longest(made, made[1:])
            if after is None or after[0] != place[0] or not after[1].startswith(place[1])
        }
        for hive, place in places:
            key = self.keys[hive, place[:-1]]
            gone = self.roots.find(hive, place[:-1]) is not None
            blank = Record(hive, key.key, "", Action.CREATE_KEY, via=self.via)
            yield from _of_key(key, blank, gone=gone, alone=(hive, place) in deepest)


def _empty(key: _Key) -> bool:
    if key.emptied:
        return False
    key.emptied = True
    for name, (_, record) in key.soft.items():
        key.values[name] = replace(record, action=Action.SET)
    key.soft.clear()
    return True


def _secured(record: Record) -> Record:
    """Return the record with 1 or 0, which is all that a number says; other data stays."""
    value = record.value
    if record.type != RegType.DWORD or not isinstance(value, int):
        return record
    return replace(record, data=_LOCKED if value == 1 else _RESET)


def _of_key(key: _Key, blank: Record, *, gone: bool, alone: bool) -> Iterator[Record]:
    """Yield the records of one key; ``blank`` is the one that creates it."""
    if key.emptied and not gone:
        yield replace(blank, action=Action.DELETE_VALUES)
    if alone and not key.writes:
        yield blank
    values = dict(key.values)
    values |= {
        name: replace(record, action=Action.SET if gone else Action.SOFT)
        for name, (_, record) in key.soft.items()
    }
    for _, record in sorted(values.items()):
        if record.action is not Action.DELETE or not (gone or key.emptied):
            yield record
    if key.secure is not None:
        yield key.secure


def effect(records: Sequence[Record]) -> list[Record]:
    """Return the shortest policy that ends as the records of one route do, whatever was there."""
    return list(_Sweep(records).reduced())


def same_end(one: Sequence[Record], other: Sequence[Record]) -> bool:
    """Tell whether the records of one route do the same to every registry."""
    first, second = effect(one), effect(other)
    return len(first) == len(second) and all(map(Record.same_effect, first, second))


def standing(records: Sequence[Record]) -> list[bool]:
    """Tell of each record whether it takes part in the end, or a later one makes up for it.

    Policy and preferences are two sequences, of which each has its own end.
    """
    stands = [False] * len(records)
    for via in Via:
        numbers = [number for number, item in enumerate(records) if item.via is via]
        found = _Sweep([records[number] for number in numbers]).stands
        for number, stand in zip(numbers, found, strict=True):
            stands[number] = stand
    return stands


def differs_in_encoding(one: Record, other: Record) -> bool:
    """Tell whether two records mean the same and have other bytes."""
    same = meaning(one.type, one.data) == meaning(other.type, other.data)
    return one.type == other.type and same and one.data != other.data
