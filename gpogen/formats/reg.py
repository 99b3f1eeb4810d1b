r"""Files of regedit, .reg version 5: values that are set at once, without Group Policy.

A value that stands in such a file stays when it is set (it "tattoos"); whether it came from
registry.pol or from Preferences makes no difference, so both are written alike and read as policy.

* ``[KEY]`` with nothing under it creates the key.
* ``[-KEY]`` deletes it with all below: one ``delete-keys`` record of the parent. A record with
  several names becomes several ``[-KEY]``, which are read as one record each.
* Any type and any bytes can be written; a text with line ends goes as ``hex(1)``.
* Whole files of other hives are read, and their keys reported as skipped.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from gpogen.formats.api import Format, parsed
from gpogen.formats.loss import SURROGATE, Loss, comments, inexpressible, split
from gpogen.formats.regread import HEADER, OLD_HEADER, read
from gpogen.formats.subkeys import delete_key, deleted_names, subkeys_reason
from gpogen.policy.records import Record, remembered
from gpogen.policy.types import Action, RegType, Via

__all__ = ["HEADER", "OLD_HEADER", "decode", "encode", "encode_undo", "losses", "read"]

_VALUES = (Action.SET, Action.DELETE)
# The length from which regedit breaks a line behind the comma.
_BREAK = 77
_INDENT = "  "
_UNWRITABLE = re.compile(r"[\0\r\n]")
_UNDO_HEAD = (
    "; This file deletes the values that the other file sets.",
    "; It cannot restore earlier values: only the machine knows them.",
)
_LOST_FOR_GOOD = {
    Action.DELETE: "was deleted and remains deleted",
    Action.DELETE_KEYS: "its subkeys were deleted and remain deleted",
    Action.CREATE_KEY: "was created and remains, because other software may use it now",
}


def decode(data: bytes) -> list[Record]:
    """Read a file of which every key and value is a record.

    Raises:
        FormatError: with the line, for a malformed file, and for keys that have no record.
    """
    return read(data).whole()


def encode(records: Iterable[Record]) -> bytes:
    """Write what a .reg file carries; a comment at the top names each record that it does not.

    The order is kept. ``decode(encode(x)) == x`` where ``losses(x)`` is empty, all of ``x`` is
    policy and no record deletes more than one subkey.
    """
    kept, lost = split(records, _reason)
    blocks = [comments(lost)] if lost else []
    for (values, hive, key), group in groupby(kept, lambda r: (r.action in _VALUES, r.hive, r.key)):
        if values:
            blocks.append([rf"[{hive.long_name}\{key}]", *(map(_value_line, group))])
        else:
            blocks += ([line] for record in group for line in _key_lines(record))
    return _file(blocks)


def encode_undo(records: Iterable[Record], left: Iterable[Record] = ()) -> bytes:
    """Write the file that deletes every value that ``encode(records)`` sets.

    Comments say what that does not bring back. The values of ``left`` are set in the end.
    """
    stays = {record.target: record for record in left}
    kept, lost = split(records, _undo_reason)
    gone = {record.target: replace(record, action=Action.DELETE) for record in kept}
    values = {**gone, **stays}.values()
    blocks = [[*_UNDO_HEAD, *(f"; Not undone: {loss}" for loss in lost)]]
    for (hive, key), group in groupby(values, lambda r: (r.hive, r.key)):
        lines = [_value_line(record) for record in group]
        blocks.append([rf"[{hive.long_name}\{key}]", *lines])
    return _file(blocks)


def losses(records: Iterable[Record]) -> tuple[Loss, ...]:
    """Return the records that `encode` leaves out, each with its reason."""
    return split(records, _reason)[1]


def _file(blocks: Iterable[list[str]]) -> bytes:
    lines = [HEADER, "", *(line for block in blocks for line in (*block, ""))]
    return codecs.BOM_UTF16_LE + "".join(f"{line}\r\n" for line in lines).encode("utf-16-le")


@remembered
def _reason(record: Record) -> str:
    return _action_reason(record) or _name_reason(record)


@remembered
def _undo_reason(record: Record) -> str:
    return _LOST_FOR_GOOD.get(record.action, "") or _reason(record)


def _action_reason(record: Record) -> str:
    match record.action:
        case Action.SOFT | Action.SECURE_KEY | Action.DELETE_VALUES:
            return inexpressible(record.action, "a .reg file")
        case Action.DELETE_KEYS:
            return _subkeys_reason(deleted_names(record))
        case Action.SET if record.type is None:
            return "a .reg file cannot express a value without a type"
        case _:
            return ""


def _subkeys_reason(names: tuple[str, ...]) -> str:
    if any(_UNWRITABLE.search(name) for name in names):
        return subkeys_reason(names) or "a name has a line break or a NUL"
    return subkeys_reason(names)


def _name_reason(record: Record) -> str:
    names = record.key + record.name
    if _UNWRITABLE.search(names) or SURROGATE.search(names):
        return "a name has a line break, a NUL or a lone surrogate"
    # The parent of a key right under the hive is the hive itself.
    if not record.key and record.action is Action.DELETE_KEYS:
        return ""
    return "the key has an empty part" if "" in record.key.split("\\") else ""


def _key_lines(record: Record) -> Iterator[str]:
    parent = "\\".join(filter(None, (record.hive.long_name, record.key)))
    if record.action is Action.CREATE_KEY:
        yield f"[{parent}]"
    else:
        yield from (rf"[-{parent}\{name}]" for name in deleted_names(record))


def _value_line(record: Record) -> str:
    if record.action is Action.DELETE:
        return f"{_name(record)}=-"
    start = f"{_name(record)}="
    value = record.value
    if record.type == RegType.SZ and isinstance(value, str) and not _UNWRITABLE.search(value):
        return start + _quote(value)
    if record.type == RegType.DWORD and isinstance(value, int):
        return f"{start}dword:{value:08x}"
    kind = "" if record.type == RegType.BINARY else f"({record.type:x})"
    return _break_bytes(f"{start}hex{kind}:", record.data)


def _break_bytes(start: str, data: bytes) -> str:
    """Write bytes, in lines broken where regedit breaks them: at most 80 characters."""
    lines, line = [], start
    for at, byte in enumerate(data, 1):
        line += f"{byte:02x}"
        if at < len(data):
            line += ","
            if len(line) >= _BREAK:
                lines.append(line + "\\")
                line = _INDENT
    return "\r\n".join((*lines, line))


def _name(record: Record) -> str:
    return _quote(record.name) if record.name else "@"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def as_read(records: Iterable[Record]) -> list[Record]:
    """Return records as a .reg file gives them back: policy, and one key deleted in each."""
    found: list[Record] = []
    for record in records:
        if record.action is Action.DELETE_KEYS:
            for name in deleted_names(record):
                path = "\\".join(filter(None, (record.key, name)))
                found.append(delete_key(record.hive, path))
        else:
            found.append(replace(record, via=Via.POLICY))
    return found


def undone(records: Iterable[Record], left: Iterable[Record] = ()) -> list[Record]:
    """Return the deletions of all values that records set, each once, and what is left instead."""
    values = {item.target: item for item in records if item.action is Action.SET}
    gone = {
        target: Record(item.hive, item.key, item.name, Action.DELETE)
        for target, item in values.items()
    }
    return list({**gone, **{item.target: item for item in left}}.values())


FORMAT = Format(
    id="reg",
    read=lambda data, file, _: parsed(read(data), file),
    write=encode,
    losses=losses,
    as_read=as_read,
    has_route=False,
    is_state=True,
)
