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

from gpogen.formats.api import Format, parsed
from gpogen.formats.direct import as_read, data_reason, loss_lines, place_reason, subkey_paths
from gpogen.formats.loss import Loss, inexpressible, split
from gpogen.formats.playbookread import MODULE, UNSAFE, WORDS, read
from gpogen.policy.data import RegData
from gpogen.policy.records import Record, remembered
from gpogen.policy.types import Action, RegType, type_name
from gpogen.yaml_text import Tagged, to_document

_MARK = re.compile(r"\{[{%#]|[}%#]\}|\A#jinja2")
"""What could make a text a template, in this or another release of Ansible."""


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


@remembered
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
            return data_reason(record, WORDS, MODULE)
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
    yield {**arguments, "type": WORDS[RegType(record.type or 0)], "state": "present"}


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
    return Tagged(text, tag=UNSAFE) if _MARK.search(text) else text


FORMAT = Format(
    id="ansible",
    read=lambda data, file, _: parsed(read(data), file),
    write=encode,
    losses=losses,
    as_read=as_read,
    has_route=False,
)
