r"""Content of Ansible playbooks: the values that their tasks of win_regedit set.

A task is read only where it says by itself what it does. Any keyword but those listed here
(``when``, ``loop``, ``tags``, ``vars``, ``delegate_to``, ...) can change whether it runs, where, or
with which values; a play has the same keywords for all its tasks. What is not read is named.

Ansible reads YAML 1.1, and runs ``{{ }}`` in every text without the tag ``!unsafe`` as a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gpogen.document.nodes import Mapping as MappingNode
from gpogen.document.nodes import Node, Scalar
from gpogen.document.nodes import Sequence as SequenceNode
from gpogen.formats.loss import Content, PlacedRecord, Skipped
from gpogen.formats.playframe import RESTART, are_handlers, is_build_check
from gpogen.formats.textread import at_line
from gpogen.formats.yamlread import (
    document,
    hive_and_key,
    key_deletion,
    kind,
    named,
    need,
    parted,
    refuse_others,
    setting,
    text_of,
)
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.text import cut

MODULE = "ansible.windows.win_regedit"
UNSAFE = "!unsafe"
WORDS = {
    RegType.SZ: "string",
    RegType.EXPAND_SZ: "expandstring",
    RegType.BINARY: "binary",
    RegType.DWORD: "dword",
    RegType.MULTI_SZ: "multistring",
    RegType.QWORD: "qword",
}
TEMPLATE = re.compile(r"\{[{%#]|\A#jinja2:")
"""What makes a text a template for Ansible."""

_TYPES = {word: number for number, word in WORDS.items()}
_EMPTY: dict[RegType, RegData] = {
    RegType.SZ: "",
    RegType.EXPAND_SZ: "",
    RegType.BINARY: b"",
    RegType.DWORD: 0,
    RegType.MULTI_SZ: (),
    RegType.QWORD: 0,
}
"""What the module sets for a value without data."""
_TEMPLATE = f"Ansible runs a text of it as a template, because it lacks {UNSAFE}"
_OF_PLAY = ("name", "hosts", "gather_facts", "pre_tasks", "tasks", "handlers")
_OF_TASK = ("name", MODULE, "notify", "no_log")
_ARGUMENTS = ("path", "name", "data", "type", "state", "delete_key", "hive")
_PATH = re.compile(r"HK(?:CC|CR|CU|LM|U):\\", re.I)
_BYTES = re.compile(r"(?:hex:)?((?:(?:0x)?[0-9a-f]{2}(?:,(?:0x)?[0-9a-f]{2})*)?)", re.I)
_NUMBER = re.compile(r"[0-9]{1,20}|0x[0-9a-f]{1,16}", re.I)
"""Text that the module converts into a number."""
_KIND = kind("a playbook", "a list of plays", (UNSAFE,))


def read(data: bytes) -> Content:
    """Read a playbook: its tasks of win_regedit; everything else is skipped.

    Raises:
        FormatError: with the line, for anything that is not a playbook.
    """
    plays = need(document(data, _KIND), SequenceNode, "a playbook", 1)
    return parted(item for node in plays.items for item in _play(node))


def _play(node: Node) -> Iterator[PlacedRecord | Skipped]:
    line = node.place.line
    play = need(node, MappingNode, "a play", line)
    other = next((key for key in play.members if key not in _OF_PLAY), None)
    if other is not None:
        reason = f"gpogen reads no play with {cut(other)!r}, which can change what its tasks do"
        yield Skipped(play.members[other][0].line, "a play", reason)
        return
    _hosts(play)
    _facts(play)
    heads = (play.get(key) for key in ("name", "hosts"))
    if any(head is not None and _has_template(head) for head in heads):
        yield Skipped(line, "a play", _TEMPLATE)
    for key in ("pre_tasks", "tasks"):
        if play.get(key) is not None:
            for item in need(play.get(key), SequenceNode, key, line).items:
                yield from _tasks(item, play)
    if play.get("tasks") is None:
        yield Skipped(line, "a play", "it has no tasks")
    yield from _handlers(play)


def _hosts(play: MappingNode) -> None:
    """Refuse a play that Ansible refuses; which machines it is for is none of the records."""
    found = play.get("hosts")
    hosts = found.items if isinstance(found, SequenceNode) else [found]
    if not hosts or not all(
        isinstance(host, Scalar) and isinstance(host.value, str) and host.value for host in hosts
    ):
        line = (play if found is None else found).place.line
        raise at_line(line, "hosts must be the name of a group or a machine, or a list of them")


def _facts(play: MappingNode) -> None:
    found = play.get("gather_facts")
    if found is not None and not isinstance(_value_of(found), bool):
        raise at_line(found.place.line, "gather_facts must be true or false")


def _value_of(node: Node) -> object:
    return node.value if isinstance(node, Scalar) else None


def _handlers(play: MappingNode) -> Iterator[Skipped]:
    found = play.get("handlers")
    if found is not None and not are_handlers(found):
        yield Skipped(found.place.line, "handlers", "gpogen reads only those that it writes")


def _tasks(node: Node, play: MappingNode) -> Iterator[PlacedRecord | Skipped]:
    facts = play.get("gather_facts")
    is_known = facts is None or _value_of(facts) is True
    if not (is_known and is_build_check(node)):
        yield _task(node, play)


def _task(node: Node, play: MappingNode) -> PlacedRecord | Skipped:
    line = node.place.line
    task = need(node, MappingNode, "a task", line)
    name = named(task, "a task")
    if task.get(MODULE) is None:
        return Skipped(line, name, f"it is not a task of {MODULE}")
    other = next((key for key in task.members if key not in _OF_TASK), None)
    if other is not None:
        return Skipped(line, name, f"its {cut(other)!r} can change what it does")
    if not _is_notice(task, play):
        return Skipped(line, name, f"its notify is not {RESTART!r} with the handlers for it")
    arguments = need(task.get(MODULE), MappingNode, MODULE, line)
    refuse_others(arguments, _ARGUMENTS, MODULE)
    if _has_template(task):
        return Skipped(line, name, _TEMPLATE)
    found = _record(arguments)
    return PlacedRecord(found, line) if isinstance(found, Record) else Skipped(line, name, found)


def _is_notice(task: MappingNode, play: MappingNode) -> bool:
    """Tell whether a task announces nothing, or the restart to the handlers that gpogen writes."""
    if task.get("notify") is None:
        return True
    handlers = play.get("handlers")
    return task.text("notify") == RESTART and handlers is not None and are_handlers(handlers)


def _has_template(node: Node) -> bool:
    if isinstance(node, Scalar):
        text = node.value
        return isinstance(text, str) and not node.tag and TEMPLATE.search(text) is not None
    if isinstance(node, SequenceNode):
        return any(map(_has_template, node.items))
    return any(_has_template(child) for _, child in node.members.values())


def _record(node: MappingNode) -> Record | str:
    """Return the record of a task, or why it has none."""
    line = node.place.line
    if node.get("hive") is not None:
        return "it sets values in the hive of a file"
    path = text_of(node, "path")
    if _PATH.match(path) is None:
        raise at_line(line, rf"path must begin with HKLM:\ or another hive; got {cut(path)!r}")
    if "::" in path:
        return "Split-Path takes what stands before :: for a provider of PowerShell"
    place = hive_and_key(path, line)
    if place is None:
        return "no GPO has values of its hive"
    name = text_of(node, "name") if node.get("name") is not None else ""
    state = text_of(node, "state") if node.get("state") is not None else "present"
    if state not in ("present", "absent"):
        raise at_line(line, f"state must be present or absent; got {cut(state)!r}")
    return _absent(*place, name, node) if state == "absent" else _present(*place, name, node)


def _absent(hive: Hive, key: str, name: str, node: MappingNode) -> Record:
    line = node.place.line
    found = node.get("delete_key")
    whole = True if found is None else need(found, Scalar, "delete_key", line).value
    if not isinstance(whole, bool):
        raise at_line(line, "delete_key must be true or false")
    if name or not whole:
        return Record(hive, key, name, Action.DELETE)
    return key_deletion(hive, key, line)


def _present(hive: Hive, key: str, name: str, node: MappingNode) -> Record | str:
    line, data = node.place.line, node.get("data")
    word = text_of(node, "type") if node.get("type") is not None else "string"
    if word not in _TYPES:
        raise at_line(line, f"{cut(word)!r} is not a type; allowed: {', '.join(_TYPES)}")
    if not name and word != "string":
        return "a default value can only be a string"
    if not name and data is None:
        return Record(hive, key, "", Action.CREATE_KEY)
    number = _TYPES[word]
    value = _EMPTY[number] if data is None else _value(number, data, line)
    return setting(hive, key, name, (number, value), line)


def _value(number: RegType, node: Node, line: int) -> RegData:
    """Return the data of a task, in the forms that the documentation of the module shows."""
    if number is RegType.MULTI_SZ:
        return _texts(node, line)
    if number is RegType.BINARY:
        return _bytes(node, line)
    value = need(node, Scalar, "data", line).value
    if number in (RegType.DWORD, RegType.QWORD):
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            return int(value, 16 if value[:2].lower() == "0x" else 10)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise at_line(line, "data must be a whole number")
    if not isinstance(value, str):
        raise at_line(line, "data must be text")
    return value


def _texts(node: Node, line: int) -> RegData:
    """Return the texts of a list; one text is a list of one."""
    items = node.items if isinstance(node, SequenceNode) else (node,)
    values = [need(item, Scalar, "data", line).value for item in items]
    if all(isinstance(value, str) for value in values):
        return tuple(map(str, values))
    raise at_line(line, "data must be a list of texts")


def _bytes(node: Node, line: int) -> RegData:
    """Return the bytes of a list of numbers, or of text as regedit exports it."""
    if isinstance(node, SequenceNode):
        numbers = [need(item, Scalar, "data", line).value for item in node.items]
        if all(type(value) is int and 0 <= value <= 255 for value in numbers):
            return bytes(value for value in numbers if isinstance(value, int))
        raise at_line(line, "data must be a list of numbers from 0 to 255")
    value = need(node, Scalar, "data", line).value
    if not isinstance(value, str):
        raise at_line(line, "data must be text")
    match = _BYTES.fullmatch(value)
    if match is None:
        raise at_line(line, "data must be hex: and pairs of hexadecimal digits with commas")
    return bytes.fromhex(match[1].lower().replace("0x", "").replace(",", ""))
