"""Whatever stands where something of another kind belongs, the message shows how to write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from gpogen.document import yaml12
from gpogen.document.nodes import Mapping, Scalar, find, plain
from gpogen.finding import Finding
from gpogen.profile.examples import examples, write_instead
from gpogen.profile.schema import Profile
from gpogen.profile.sections import RestartUnknown
from gpogen.profile.shape import check_shape
from gpogen.releases.additions import ReleasesFile

WRONG = {
    "mapping": "{some: thing}",
    "list": "[some]",
    "list of a mapping": "[{some: thing}]",
    "text": "some",
    "number": "987654321",
    "fraction": "1.5",
    "truth": "true",
    "nothing": "null",
}
HEADS: dict[type[BaseModel], dict[str, Any]] = {
    Profile: {"name": "some"},
    ReleasesFile: {"as_of": "2026-11-24"},
}
PLACE = "@here@"


def _inner(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in get_args(annotation):
        yield from _inner(inner)


def _keys(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Yield the keys of a model, and those with [] whose values are lists."""
    for name in model.model_fields:
        key = f"{above}{name}"
        parts = list(_inner(model.model_fields[name].rebuild_annotation()))
        yield key
        if any(get_origin(part) is list for part in parts) or name == "weeks":
            yield f"{key}[]"
        if name == "values":
            yield f"{key}.*"
        for part in parts:
            is_model = isinstance(part, type) and issubclass(part, BaseModel)
            if is_model and part is not RestartUnknown:
                yield from _keys(part, f"{key}.")


KEYS = [(model, key) for model in (Profile, ReleasesFile) for key in dict.fromkeys(_keys(model))]


def _read(text: str) -> Any:
    node, _ = yaml12.read(text.encode(), "example.yaml")
    assert node is not None
    return plain(node)


def _around(key: str, rest: list[str]) -> Any:
    """Return what stands at a key so that something below it can be wrong."""
    if key == "restart":
        word = {"warn_minutes": "at-scheduled-time", "days": "deadline", "grace_days": "deadline"}
        word["no_early_restart"] = "deadline"
        deadline = {"days": 3, "grace_days": 2} if word.get(rest[0]) == "deadline" else {}
        return {"policy": word.get(rest[0], "when-required"), **deadline}
    if key == "target.image":
        return {"publisher": "a", "offer": "b", "sku": "c"}
    return _read(examples()[key])


def _document(model: type[BaseModel], key: str, value: str) -> tuple[str, tuple[int | str, ...]]:
    """Write a document that has a value at a key, with examples around it; and the key's path."""
    document: Any = {"gpogen": 1, **HEADS[model]}
    node, path, above = document, [], ""
    steps = [step for name in key.split(".") for step in re.findall(r"[^\[\]]+|\[\]", name)]
    for position, name in enumerate(steps):
        if isinstance(node, list):  # An item's key names its list only.
            path.append(0)
            node = node[0] if name != "[]" else node
        last = position == len(steps) - 1
        step: Any = 0 if name == "[]" else "Name" if name == "*" else name
        above = f"{above}.{name}" if above else name
        node[step] = PLACE if last else _around(above, steps[position + 1 :])
        path = path if name == "[]" else [*path, step]
        node = node[step]
    lines = (f"{name}: {json.dumps(said)}\n" for name, said in document.items())
    return "".join(lines).replace(f'"{PLACE}"', value), tuple(path)


def _judge(model: type[BaseModel], text: str) -> tuple[list[Finding], Mapping]:
    tree, findings = yaml12.read(text.encode(), "some.yaml")
    assert isinstance(tree, Mapping), findings
    return [*findings, *check_shape(tree, model)[1]], tree


@pytest.mark.parametrize(("model", "key"), KEYS, ids=lambda value: str(value))
def test_every_key_and_every_item_has_an_example_that_is_right(
    model: type[BaseModel], key: str
) -> None:
    text, _ = _document(model, key, examples()[key])

    assert _judge(model, text)[0] == [], text


def test_no_example_is_of_a_key_that_there_is_not() -> None:
    assert set(examples()) == {key for _, key in KEYS}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize(("model", "key"), KEYS, ids=lambda value: str(value))
def test_what_is_of_the_wrong_kind_is_told_with_how_to_write_it_and_that_is_right(
    model: type[BaseModel], key: str, kind: str
) -> None:
    text, path = _document(model, key, WRONG[kind])
    findings, tree = _judge(model, text)
    # A wrong week is told at its list.
    path = path[:-1] if key == "updates.schedule.weeks[]" else path
    node = find(tree, path)
    assert node is not None
    told = [item for item in findings if item.at == node.place and item.id != "GP011"]
    for item in told:
        says = any(
            word in item.message
            for word in ("; allowed: ", " such as ", " from ", " to ", "http://")
        )
        assert item.fix or says, f"{text}\n{item}"
        written = re.fullmatch(
            r"write (?:a list: |a value such as )?(.*?)(?:; (?:weeks can be|the ring) .*)?",
            item.fix,
        )
        if written and "..." not in item.fix:
            again, _ = _document(model, key, written[1])
            assert _judge(model, again)[0] == [], again
    if not told:  # It is right, or what stands in it is wrong.
        assert not isinstance(node, Scalar) or findings == [], text


OS = "os: windows-server-2025-standard"
SYSTEMS = (
    "did you mean windows-server-2025-azure-edition, windows-server-2025-standard or "
    "windows-server-2025-datacenter?"
)
LOCKS = "did you mean enabled-with-uefi-lock or enabled-without-lock?"
SAME_SERVER = "{server: 'https://w:8531', status_server: 'https://w:8531'}"
SCALE_SET = "{orchestration: uniform, health_extension: true}"
NO_FIFTH = "remove it: the policy has four weeks; for each week, write every"
HOURS = 'use hours and minutes in quotes, such as "03:30"'
OS = "os: windows-server-2025-standard"
SYSTEMS = (
    "did you mean windows-server-2025-azure-edition, windows-server-2025-standard or "
    "windows-server-2025-datacenter?"
)
LOCKS = "did you mean enabled-with-uefi-lock or enabled-without-lock?"
SAME_SERVER = "{server: 'https://w:8531', status_server: 'https://w:8531'}"
SCALE_SET = "{orchestration: uniform, health_extension: true}"
NO_FIFTH = "remove it: the policy has four weeks; for each week, write every"
HOURS = 'use hours and minutes in quotes, such as "03:30"'
FIRST = "; the ring with order 1 installs first"


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("ring: pilot", f"write {{name: pilot, order: 1}}{FIRST}"),
        ("ring: Pilot", f"write {{name: Pilot, order: 1}}{FIRST}"),
        ("ring: broad", f"write {{name: broad, order: 2}}{FIRST}"),
        ("ring: ring 3", f"write {{name: ring 3, order: 3}}{FIRST}"),
        ("ring: 3", "write {name: ring-3, order: 3}"),
        ("ring: true", "write {name: pilot, order: 1}"),
        ("ring: 1001", "write {name: pilot, order: 1}"),
        ("ring: [pilot, 1]", "write {name: pilot, order: 1}"),
        ("ring: [broad, 7]", "write {name: broad, order: 7}"),
        ("ring: 'a: b'", f"write {{name: 'a: b', order: 2}}{FIRST}"),
        ("ring: {name: pilot}", "write order: 1"),
        ("ring: {name: broad}", "write order: 2"),
        ("restart: planned", "write {policy: at-scheduled-time}"),
        ("restart: automatic", "write {policy: when-required}"),
        ("restart: sometimes", "choose one (gpogen explain restart)"),
        ("revision: {number: 1, date: 28.11.2026}", "write 2026-11-28"),
        ("revision: {number: 1, date: 2026/11/2}", "write 2026-11-02"),
        ("revision: {number: 1, date: 31.02.2026}", ""),
        (
            "revision: {number: 1, date: 11/28/2026}",
            "write the year, the month and the day in this order",
        ),
        ("revision: {number: 1, date: 2026-02-30}", "2026-02 has 28 days"),
        ("revision: {number: 1, date: 2028-02-30}", "2028-02 has 29 days"),
        ("revision: {number: 1, date: 2026-13-01}", "the month is the second part, 01 to 12"),
        ("revision: {number: 1, date: 1979-12-31}", "write 1980-01-01 or a later date"),
        ("base: yes", "write true"),
        ("base: 0", "write false"),
        ("base: 'true'", "write true, without quotes"),
        ("base: perhaps", ""),
        ("updates: {microsoft_update: off}", "write false"),
        ("vbs: {mat_required: no}", "write false"),
        ("gpo: {computer: on}", "did you mean enabled?"),
        ("gpo: {user: false}", "did you mean disabled?"),
        ("vbs: {system_guard: no}", "did you mean disabled?"),
        ("updates: {quality_deferral_days: 7 days}", "write 7"),
        ("updates: {quality_deferral_days: 31 days}", ""),
        ("updates: {schedule: {weeks: [fifth]}}", NO_FIFTH),
        ("update_manager: {at: '25:00', duration: '03:00'}", ""),
        ("update_manager: {at: '22:00', duration: '04:30'}", ""),
        ("update_manager: {at: '22:00', duration: four hours}", HOURS),
        ("allow: [{rule: hp036, why: x}]", "write HP036"),
        ("outputs: [gpo, README.txt]", "remove it: every build writes it"),
        ("outputs: [pol]", "did you mean registry-pol?"),
        ("outputs: [settings]", "did you mean settings-csv or settings-json?"),
        ("orchestration: wsus", "write group-policy, and name the WSUS server in updates.source"),
        (f"target: {{{OS}, platform: arc}}", "did you mean azure-arc?"),
        (f"target: {{{OS}, platform: azure-arc, role: dc}}", "did you mean domain-controller?"),
        (f"target: {{{OS}, platform: azure-arc, installation: gui}}", "did you mean desktop?"),
        ("target: {platform: azure-arc, os: windows-server-2025}", SYSTEMS),
        ("vbs: {hvci: lock}", LOCKS),
        ("updates: {source: {wsus: 'https://w:8531'}}", f"write {SAME_SERVER}"),
        (
            "updates: {source: {wsus: {server: 'wsus:8531', status_server: 'https://w'}}}",
            'write "https://wsus:8531"',
        ),
        (f"target: {{{OS}, platform: azure-vm, scale_set: uniform}}", f"write {SCALE_SET}"),
        ("restart: {polcy: none}", "did you mean policy?"),
        ("updates:\n  mode = download", "write a colon instead of =: mode: download"),
        ("updates:\u00a0{mode: download}", "replace U+00A0 after the colon with a space"),
        ("ti\u0442le: some", "did you mean title? ('ti\u0442le' contains U+0442)"),
        ("updates:\nmode: download", "indent it, so that it belongs to updates"),
        ("drivers: exclude", "did you mean updates.drivers or updates.source.scan.drivers?"),
        ("outputs: -gpo", "put a space after the dash of each item"),
        ("policies:\n  -policy: some", "put a space after the dash of each item"),
        ("vbs: {enforce: true}", "did you mean policy+registry?"),
        ("updates: {schedule: {day: sunday, at: 3}}", 'write "03:00"'),
        ("updates: {schedule: {day: sunday, at: 25}}", ""),
        ("extends: hotpatch-base", "write a list: [hotpatch-base]"),
        ("extends: {name: hotpatch-base}", "write a list: [azlocal-ws2025-core]"),
        ("restart: deadline", "write {policy: deadline, days: 3, grace_days: 2}"),
        ("restart: at-scheduled-time", "write {policy: at-scheduled-time}"),
        ("allow: HP036", "write a list: [{rule: HP036, why: ...}]"),
        ("allow: [HP036]", "write {rule: HP036, why: ...}"),
        ("title: [Web]", 'write a value such as "Hotpatch: web servers, pilot"'),
        ("gpo: enabled", "write {computer: enabled, user: disabled}"),
        (
            "update_manager: {at: '03:00', duration: '03:00', classifications: Security}",
            "write a list: [Security]",
        ),
    ],
)
def test_the_shape_is_shown_with_the_word_that_was_written(line: str, fix: str) -> None:
    findings, _ = _judge(Profile, f"gpogen: 1\nname: some\n{line}\n")

    assert [item.fix for item in findings] == [fix]


def test_a_key_that_nobody_knows_has_no_shape() -> None:
    assert write_instead(("some", "key"), None) == ""
