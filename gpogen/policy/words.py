"""How a record is said in words."""

from __future__ import annotations

from gpogen.policy.records import Record
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Hive, RegType, type_name
from gpogen.text import cut

MAX_NAMED = 300
"""Characters of a key or a name in a message: a profile's own are shorter, others need not be."""


def name_of(record: Record) -> str:
    r"""Write ``HKLM\KEY!Name`` for messages."""
    hive = record.hive.value if isinstance(record.hive, Hive) else record.hive
    name = f"!{cut(record.name, MAX_NAMED)}" if record.name else ""
    return f"{hive}\\{cut(record.key, MAX_NAMED)}{name}"


def effect_of(record: Record) -> str:
    """Write what a record does, shortly."""
    if record.action not in (Action.SET, Action.SOFT):
        return record.action.value
    text = repr(record.value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"{text} (if absent)" if record.action is Action.SOFT else text


def data_text(record: Record) -> str:
    """Return data for a table: ``4``, ``"text"``, ``"a", "b"``, ``01 ff``, or what happens."""
    if record.action is Action.DELETE_KEYS:
        return f"subkeys deleted: {', '.join(deleted_names(record))}"
    if record.action is Action.DELETE_VALUES:
        return "all values deleted"
    if record.action is Action.DELETE:
        return "deleted"
    if record.action is Action.CREATE_KEY:
        return "key created"
    if record.action is Action.SECURE_KEY:
        return _protection(record)
    value = record.value
    text = record.data.hex(" ") if isinstance(value, bytes) or value is None else _plain(value)
    return f"{text} (if absent)" if record.action is Action.SOFT else text


def _protection(record: Record) -> str:
    if record.type != RegType.DWORD or not isinstance(record.value, int):
        return f"key protected by {type_name(record.type or 0)} {record.data.hex(' ')}"
    return "key locked" if record.value == 1 else "protection of the key reset"


def _plain(value: int | str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return ", ".join(f'"{part}"' for part in value)
    return f'"{value}"' if isinstance(value, str) else str(value)
