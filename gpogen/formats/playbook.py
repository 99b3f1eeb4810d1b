r"""Ansible playbooks whose tasks set registry values with ansible.windows.win_regedit.

The rules are those of the module, ansible.windows 3.3.0 (plugins/modules/win_regedit.ps1): a path
has the form ``HKLM:\A``; ``state: absent`` without a name deletes the key; a REG_MULTI_SZ without
items is one without ``data``, because the module takes an empty list for no data; a default value
is a text.

Ansible runs ``{{ }}`` in every text as a template: texts with such marks have the tag ``!unsafe``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpogen.document.nodes import Mapping as MappingNode
from gpogen.document.nodes import Node, Scalar
from gpogen.document.nodes import Sequence as SequenceNode
from gpogen.formats.api import Format, parsed
from gpogen.formats.direct import as_read, data_reason, loss_lines, place_reason, subkey_paths
from gpogen.formats.loss import Content, Loss, PlacedRecord, Skipped, inexpressible, split
from gpogen.formats.textread import at_line
from gpogen.formats.yamlread import (
    document,
    hive_and_key,
    key_deletion,
    kind,
    need,
    parted,
    refuse_others,
    setting,
    text_of,
)
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, type_name
from gpogen.text import cut
from gpogen.yaml_text import Tagged, to_document

MODULE = "ansible.windows.win_regedit"
UNSAFE = "!unsafe"

_WORDS = {
    RegType.SZ: "string",
    RegType.EXPAND_SZ: "expandstring",
    RegType.BINARY: "binary",
    RegType.DWORD: "dword",
    RegType.MULTI_SZ: "multistring",
    RegType.QWORD: "qword",
}
_TYPES = {word: number for number, word in _WORDS.items()}
_ARGUMENTS = ("path", "name", "data", "type", "state", "delete_key")
_TEMPLATE = re.compile(r"\{[{%#]|[}%#]\}|\A#jinja2")
_BYTES = re.compile(r"(?:hex:)?((?:[0-9a-f]{2}(?:,[0-9a-f]{2})*)?)", re.I)
_KIND = kind("a playbook", "a list of plays", (UNSAFE,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What a play has besides its tasks of win_regedit.

    Attributes:
        name: its name.
        hosts: the group of the inventory.
        pre_tasks: tasks that run first.
        handlers: handlers, each with ``listen``.
        notifies: the event that a changed record announces to them; empty for none.
    """

    name: str = "Set registry values"
    hosts: str = "all"
    pre_tasks: Sequence[Mapping[str, Any]] = ()
    handlers: Sequence[Mapping[str, Any]] = ()
    notifies: Callable[[Record], str] = lambda _: ""


def encode(
    records: Iterable[Record], remarks: Sequence[str] = (), play: Play | None = None
) -> bytes:
    """Write a playbook of one play; comments name each record that it does not hold.

    Args:
        records: what to write.
        remarks: more comment lines.
        play: what else is in the play.
    """
    play = play or Play()
    kept, lost = split(records, _reason)
    content: dict[str, Any] = {
        "name": play.name,
        "hosts": play.hosts,
        "gather_facts": bool(play.pre_tasks),
        "pre_tasks": list(play.pre_tasks),
        "tasks": list(_tasks(kept, play.notifies)),
        "handlers": list(play.handlers),
    }
    empty = [key for key in ("pre_tasks", "handlers") if not content[key]]
    for key in empty:
        del content[key]
    lines = (*remarks, *loss_lines(lost))
    return b"---\n" + to_document([content], lines).encode("utf-8")


def losses(records: Iterable[Record]) -> tuple[Loss, ...]:
    """Return the records that `encode` leaves out, each with its reason."""
    return split(records, _reason)[1]


def read(data: bytes) -> Content:
    """Read a playbook: its tasks of win_regedit; tasks of other modules are skipped.

    Raises:
        FormatError: with the line, for anything that is not a playbook.
    """
    plays = need(document(data, _KIND), SequenceNode, "a playbook", 1)
    return parted(item for node in plays.items for item in _play(node))


# --- reading


def _play(node: Node) -> Iterator[PlacedRecord | Skipped]:
    line = node.place.line
    play = need(node, MappingNode, "a play", line)
    if play.get("tasks") is None:
        yield Skipped(line, "a play", "it has no tasks")
        return
    yield from map(_task, need(play.get("tasks"), SequenceNode, "tasks", line).items)


def _task(node: Node) -> PlacedRecord | Skipped:
    line = node.place.line
    task = need(node, MappingNode, "a task", line)
    name = cut(text_of(task, "name")) if task.get("name") is not None else "a task"
    if task.get(MODULE) is None:
        return Skipped(line, name, f"it is not a task of {MODULE}")
    conditions = [word for word in ("when", "loop", "with_items") if task.get(word) is not None]
    if conditions:
        return Skipped(line, name, f"its {conditions[0]} decides what it does")
    arguments = need(task.get(MODULE), MappingNode, MODULE, line)
    refuse_others(arguments, _ARGUMENTS, MODULE)
    found = _record(arguments)
    return PlacedRecord(found, line) if isinstance(found, Record) else Skipped(line, name, found)


def _record(node: MappingNode) -> Record | str:
    """Return the record of a task, or why it has none."""
    line = node.place.line
    place = hive_and_key(text_of(node, "path"), line)
    if place is None:
        return "no GPO has values of its hive"
    name = text_of(node, "name") if node.get("name") is not None else ""
    state = text_of(node, "state") if node.get("state") is not None else "present"
    if state not in ("present", "absent"):
        raise at_line(line, f"state must be present or absent; got {cut(state)!r}")
    if state == "absent":
        return _absent(*place, name, node)
    if node.get("data") is None and node.get("type") is None:
        return Record(*place, "", Action.CREATE_KEY)
    word = text_of(node, "type") if node.get("type") is not None else "string"
    if word not in _TYPES:
        raise at_line(line, f"{cut(word)!r} is not a type; allowed: {', '.join(_TYPES)}")
    if not name and word != "string":
        return "a default value can only be a string"
    data = node.get("data")
    value = () if data is None and word == "multistring" else _value(_TYPES[word], data, line)
    return setting(*place, name, (_TYPES[word], value), line)


def _absent(hive: Hive, key: str, name: str, node: MappingNode) -> Record:
    line = node.place.line
    found = node.get("delete_key")
    whole = True if found is None else need(found, Scalar, "delete_key", line).value
    if not isinstance(whole, bool):
        raise at_line(line, "delete_key must be true or false")
    if name or not whole:
        return Record(hive, key, name, Action.DELETE)
    return key_deletion(hive, key, line)


def _value(number: RegType, node: Node | None, line: int) -> RegData:
    if number is RegType.MULTI_SZ:
        items = need(node, SequenceNode, "data", line).items
        values = [need(item, Scalar, "data", line).value for item in items]
        if all(isinstance(value, str) for value in values):
            return tuple(map(str, values))
        raise at_line(line, "data must be a list of texts")
    value = need(node, Scalar, "data", line).value
    if number in (RegType.DWORD, RegType.QWORD):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise at_line(line, "data must be a whole number")
    if not isinstance(value, str):
        raise at_line(line, "data must be text")
    if number is not RegType.BINARY:
        return value
    match = _BYTES.fullmatch(value)
    if match is None:
        raise at_line(line, "data must be hex: and pairs of hexadecimal digits with commas")
    return bytes.fromhex(match[1].replace(",", ""))


# --- writing


def _reason(record: Record) -> str:
    return place_reason(record) or _key_reason(record) or _action_reason(record)


def _key_reason(record: Record) -> str:
    paths = subkey_paths(record) if record.action is Action.DELETE_KEYS else [record.key]
    # Split-Path takes what stands before it for a provider of PowerShell, and drops it.
    if any("::" in path for path in paths):
        return f"{MODULE} cannot name a key with ::"
    return ""


def _action_reason(record: Record) -> str:
    match record.action:
        case Action.SET if not record.name and record.type != RegType.SZ:
            kind_name = "no type" if record.type is None else type_name(record.type)
            return f"{MODULE} sets a default value only as REG_SZ; it has {kind_name}"
        case Action.SET:
            return data_reason(record, _WORDS, MODULE)
        case Action.DELETE | Action.DELETE_KEYS | Action.CREATE_KEY:
            return ""
        case _:
            return inexpressible(record.action, MODULE)


def _tasks(
    records: Iterable[Record], notifies: Callable[[Record], str]
) -> Iterator[dict[str, Any]]:
    number = 0
    for record in records:
        event = notifies(record)
        for arguments in _arguments(record):
            number += 1
            task: dict[str, Any] = {"name": _title(record, number), MODULE: arguments}
            yield {**task, "notify": event} if event else task


def _title(record: Record, number: int) -> str:
    verb = "Set" if record.action is Action.SET else "Delete"
    verb = "Create the key" if record.action is Action.CREATE_KEY else verb
    named = record.name or record.key
    plain = re.sub(r"[^A-Za-z0-9_. -]+", " ", named).strip()
    return f"{verb} {plain} ({number})"


def _arguments(record: Record) -> Iterator[dict[str, Any]]:
    if record.action is Action.DELETE_KEYS:
        for path in subkey_paths(record):
            yield {"path": _text(f"{record.hive}:\\{path}"), "state": "absent"}
        return
    arguments: dict[str, Any] = {"path": _text(f"{record.hive}:\\{record.key}")}
    if record.action is Action.CREATE_KEY:
        yield {**arguments, "state": "present"}
        return
    arguments["name"] = _text(record.name)
    if record.action is Action.DELETE:
        yield {**arguments, "state": "absent", "delete_key": False}
        return
    if record.value != ():
        arguments["data"] = _written(record.value)
    yield {**arguments, "type": _WORDS[RegType(record.type or 0)], "state": "present"}


def _written(value: RegData | None) -> Any:
    match value:
        case tuple(items):
            return list(map(_text, items))
        case bytes(data):
            return f"hex:{data.hex(',')}" if data else ""
        case str(text):
            return _text(text)
        case _:
            return value


def _text(text: str) -> str:
    return Tagged(text, tag=UNSAFE) if _TEMPLATE.search(text) else text


FORMAT = Format(
    id="ansible",
    read=lambda data, file, _: parsed(read(data), file),
    write=encode,
    losses=losses,
    as_read=as_read,
    has_route=False,
)
