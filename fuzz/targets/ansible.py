"""Playbooks: what is read is what PyYAML finds, and is read back the same."""

from __future__ import annotations

from typing import Any

import yaml

from fuzz import records, yamltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import playbook, playframe
from gpogen.formats.playbookread import MODULE, WORDS, read
from gpogen.policy.types import Action
from gpogen.verify.records import same_records

_HIVES = ("HKLM:\\", "HKCU:\\", "hklm:\\", "HKU:\\", "HKLM\\")
_MORE = (*("when", "tags", "vars", "loop", "become", "notify", "register"), "no_log", "delegate_to")
_DATA: tuple[Any, ...] = (0, 1, 2**32, -1, "", "hex:00,ff", [], ["a", "{{ x }}"], "{{ x }}", True)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    pass


_Loader.add_constructor("!unsafe", yaml.SafeLoader.construct_yaml_str)


def generate(dice: Dice) -> bytes:
    """Make a playbook: one that gpogen writes, or one spelt by hand."""
    if dice.one_in(4):
        frame = playbook.Play(
            pre_tasks=(playframe.build_check("Windows", "10.0.1"),),
            handlers=playframe.HANDLERS,
            notifies=lambda _: dice.pick(("", playframe.RESTART)),
        )
        return playbook.encode(dice.some(records.record, 3), (), frame)
    play: dict[str, Any] = {"hosts": dice.text() if dice.one_in(16) else "all"}
    play["tasks"] = dice.some(_task, 3)
    if dice.one_in(16):
        play[dice.pick(_MORE)] = dice.text()
    return b"- name: x\n  hosts: all\n" if dice.one_in(64) else yamltext.document([play], dice)


def _task(dice: Dice) -> dict[str, Any]:
    given: dict[str, Any] = {
        "name": dice.text(),
        "type": dice.pick((*WORDS.values(), "none")),
        "data": dice.pick(_DATA) if dice.one_in(2) else dice.text(),
        "state": dice.pick(("present", "absent")),
        "delete_key": dice.one_in(2),
    }
    more = {name: value for name, value in given.items() if not dice.one_in(3)}
    arguments = {"path": dice.pick(_HIVES) + records.key(dice), **more}
    task = {"name": "x", MODULE: arguments}
    return {**task, dice.pick(_MORE): dice.text()} if dice.one_in(8) else task


def check(data: bytes) -> None:
    """Read a playbook, compare with PyYAML, write it, and read it again."""
    found = [entry.record for entry in read(data).entries]
    plays = yaml.load(data.decode("utf-8-sig"), Loader=_Loader)
    named = {
        (str(item[MODULE].get("path")).partition("\\")[2].lower(), item[MODULE].get("name") or "")
        for play in plays
        for key in ("pre_tasks", "tasks")
        for item in play.get(key) or ()
        if isinstance(item, dict) and isinstance(item.get(MODULE), dict)
    }
    for record in found:
        place = (record.key.lower(), record.name)
        assert record.action is Action.DELETE_KEYS or place in named, "PyYAML finds another value"
    again = [entry.record for entry in read(playbook.encode(found)).entries]
    assert same_records(again, playbook.FORMAT.kept(found)), "other records are read back"


TARGET = Target(
    generate=generate,
    check=check,
    words=(*yamltext.WORDS, MODULE.encode(), *(word.encode() + b": " for word in _MORE), b"{{ "),
    most=1536,
    steps=(100_000, 4_000),
)
