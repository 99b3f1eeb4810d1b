"""What formats have in common that write values of HKEY_LOCAL_MACHINE directly.

They are not Group Policy: a value stays when its line goes. Whether a record was policy or
preference makes no difference to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gpogen.formats.loss import SURROGATE, Loss
from gpogen.formats.subkeys import delete_key, deleted_names, subkeys_reason
from gpogen.policy.data import is_malformed
from gpogen.policy.keys import check_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via, type_name


def place_reason(record: Record) -> str:
    """Return why such a format cannot name the key or value; an empty text where it can."""
    if record.hive is not Hive.HKLM:
        return "a user setting: the account that runs this would get it, not each user"
    if record.action is Action.DELETE_KEYS:
        return _subkeys_reason(record)
    if "\0" in record.name or SURROGATE.search(record.name):
        return "the name has a NUL or a lone surrogate"
    return _key_reason(record.key)


def _key_reason(key: str) -> str:
    try:
        check_key(key)
    except ValueError as error:
        return str(error)
    return ""


def data_reason(record: Record, types: Iterable[int], what: str) -> str:
    """Return why a value's data cannot be written; ``what`` names the format."""
    if record.type is None:
        return f"{what} does not have values without a type"
    if record.type not in types:
        return f"{what} does not have the type {type_name(record.type)}"
    if is_malformed(record.type, record.data):
        return "its data does not fit its type"
    return ""


def loss_lines(lost: Iterable[Loss]) -> Iterator[str]:
    """Yield the lines of a comment that names what is not in a file, and why."""
    for loss in lost:
        yield f"Not in this file: {loss.place}:"
        yield f"  {loss.reason}"


def _subkeys_reason(record: Record) -> str:
    reason = subkeys_reason(deleted_names(record))
    return reason or next(filter(None, map(_key_reason, subkey_paths(record))), "")


def subkey_paths(record: Record) -> list[str]:
    """Return the keys that a record deletes, without their hive."""
    names = deleted_names(record)
    return ["\\".join(filter(None, (record.key, name))) for name in names]


def as_read(records: Iterable[Record]) -> list[Record]:
    """Return records as such a format gives them back: policy, and one key deleted in each."""
    found: list[Record] = []
    for record in records:
        if record.action is Action.DELETE_KEYS:
            found += (delete_key(record.hive, path) for path in subkey_paths(record))
        else:
            found.append(replace(record, via=Via.POLICY))
    return found
