"""The names of the subkeys that ``**DeleteKeys`` deletes."""

from __future__ import annotations

from gpogen.policy.data import decode_data
from gpogen.policy.records import Record
from gpogen.policy.types import RegType


def deleted_names(record: Record) -> tuple[str, ...]:
    """Return the names of the subkeys that a record deletes; none where its data is no text."""
    value = decode_data(RegType.SZ, record.data)
    return tuple(name for name in value.split(";") if name) if isinstance(value, str) else ()
