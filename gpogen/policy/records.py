"""One registry policy record and its equality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import TypeVar

from gpogen.policy.data import RegData, decode_data, encode_data, without_ends
from gpogen.policy.types import Action, Hive, RegType, Via
from gpogen.text import KEPT, SHORT

Made = TypeVar("Made")

_lower = lru_cache(maxsize=64)(str.lower)
"""Many records of a file share one key; they share its lower case, too."""

ON_VALUES = (Action.SET, Action.DELETE, Action.SOFT)
"""Actions about one value."""
WITHOUT_DATA = (Action.DELETE, Action.DELETE_VALUES, Action.CREATE_KEY)
"""The actions that a record's type and data take no part in."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a policy does to one registry key or value.

    Attributes:
        hive: HKLM or HKCU.
        key: the key without hive, backslashes between its parts.
        name: the value's bare name; empty for the default value and for whole-key actions.
        action: what happens.
        type: the registry type's number; None for the actions that carry no data.
        data: the value's bytes as registry.pol holds them; for ``delete-keys`` the
            ``;``-joined names in UTF-16LE.
        via: registry.pol or Group Policy Preferences.
    """

    hive: Hive
    key: str
    name: str
    action: Action
    type: int | None = None
    data: bytes = b""
    via: Via = Via.POLICY

    @property
    def value(self) -> RegData | None:
        """The data as int, str, tuple of str or bytes; None where there is none."""
        if self.type is None or self.action is Action.CREATE_KEY:
            return None
        return decode_data(self.type, self.data)

    @property
    def target(self) -> tuple[str, str, str]:
        """What the record is about, compared as Windows does, without regard to case."""
        return (self.hive, _lower(self.key), self.name.lower())

    def same_effect(self, other: Record) -> bool:
        """Tell whether both records do the same to the same key or value.

        Data is compared by what it means in its type: an empty list of one NUL and one of two
        are the same.
        """
        if self.target != other.target or self.action is not other.action:
            return False
        if self.action in WITHOUT_DATA:
            return True
        return self.type == other.type and meaning(self.type, self.data) == meaning(
            other.type, other.data
        )


def set_value(
    hive: Hive, key: str, name: str, kind: RegType, value: RegData, *, via: Via = Via.POLICY
) -> Record:
    """Build a record that sets a value.

    Raises:
        ValueError: the value does not fit its type.
    """
    # Profiles write the same numbers again and again; a text can be long, and anybody's.
    make = _number if isinstance(value, int) else _setting
    return make(hive, key, name, kind, value, via)


def _setting(hive: Hive, key: str, name: str, kind: RegType, value: RegData, via: Via) -> Record:
    return Record(hive, key, name, Action.SET, kind, encode_data(kind, value), via)


_number = lru_cache(maxsize=KEPT, typed=True)(_setting)


@lru_cache(maxsize=KEPT)
def delete_value(hive: Hive, key: str, name: str, *, via: Via = Via.POLICY) -> Record:
    """Build a record that deletes a value."""
    return Record(hive, key, name, Action.DELETE, via=via)


def remembered(make: Callable[[Record], Made]) -> Callable[[Record], Made]:
    """Remember what a function, which depends on its record alone, makes of short records.

    Profiles write the same records again and again, and each format asks the same of them. As
    :func:`gpogen.text.remembered` it keeps no long ones.
    """
    known = lru_cache(maxsize=KEPT)(make)

    @wraps(make)
    def recall(record: Record) -> Made:
        size = len(record.key) + len(record.name) + len(record.data)
        return known(record) if size <= SHORT else make(record)

    return recall


def meaning(kind: int | None, data: bytes) -> bytes:
    """Return what data of a type means: texts and lists without the NULs that end them."""
    return without_ends(data) if kind in _TEXTS else data


_TEXTS = (RegType.SZ, RegType.EXPAND_SZ, RegType.MULTI_SZ)
