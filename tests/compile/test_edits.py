"""Edits of a profile: each form of a path, at each kind of place, in files that inherit or not."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from typing import Any

import pytest

from gpogen.catalog.rules import Change
from gpogen.compile.edits import Located, is_there, path_of, repaired, stands_in
from gpogen.document import yaml12
from gpogen.document.nodes import Mapping, find, plain
from gpogen.finding import Place

TEXT = """\
gpogen: 1
name: sample
vbs: {enforce: policy}
secure_boot: {certificates: deploy}
updates:
  mode: download
  schedule: {day: sunday, at: '03:00'}
  drivers: exclude
restart: {policy: deadline, days: 2, grace_days: 1}
policies:
  - {policy: A.One, state: enabled, values: {X: 1, Y: 2}}
  - {policy: A.Two, state: disabled}
registry:
  - {key: 'HKLM\\SOFTWARE\\A', name: N, type: dword, data: 1}
  - {key: 'HKLM\\SOFTWARE\\B', name: M, type: dword, data: 2, via: preference}
"""


def tree(text: str = TEXT) -> Mapping:
    node, wrong = yaml12.read(text.encode(), "sample.yaml")
    assert not wrong
    assert isinstance(node, Mapping)
    return node


MERGED = tree()
LOCATED = Located(MERGED)


def at(*path: int | str) -> Place:
    node = find(MERGED, path)
    assert node is not None
    return node.place


PLACES: tuple[tuple[tuple[int | str, ...], tuple[int | str, ...] | None], ...] = (
    (("registry",), None),
    (("registry", 1), ("registry", 1)),
    (("registry", 1, "data"), ("registry", 1)),
    (("policies",), None),
    (("policies", 0), ("policies", 0)),
    (("policies", 0, "state"), ("policies", 0)),
    (("policies", 0, "values"), ("policies", 0)),
    (("policies", 0, "values", "Y"), ("policies", 0, "values", "Y")),
    (("policies", 1, "state"), ("policies", 1)),
    (("updates",), ("updates",)),
    (("updates", "mode"), ("updates", "mode")),
    (("updates", "schedule", "at"), ("updates", "schedule")),
    (("restart",), ("restart",)),
    (("restart", "days"), ("restart",)),
    (("vbs", "enforce"), ("vbs", "enforce")),
    (("name",), ("name",)),
)


@pytest.mark.parametrize(("path", "wanted"), PLACES)
def test_the_place_means_the_item_the_value_of_a_policy_or_the_setting(
    path: tuple[int | str, ...], wanted: tuple[int | str, ...] | None
) -> None:
    assert path_of("@", LOCATED, at(*path)) == wanted


def test_no_place_means_nothing() -> None:
    assert LOCATED.path_at(None) == ()
    assert LOCATED.path_at(Place("other.yaml", 1, 1)) == ()
    assert path_of("@", LOCATED, None) is None
    assert path_of("@", LOCATED, Place("other.yaml", 1, 1)) is None


PATHS: tuple[tuple[str, tuple[int | str, ...], tuple[int | str, ...] | None], ...] = (
    ("updates.schedule", ("name",), ("updates", "schedule")),
    ("registry[name=M]", ("name",), ("registry", 1)),
    ("registry[name=m].data", ("name",), ("registry", 1, "data")),
    ("registry[name=Z]", ("name",), None),
    ("registry[missing=M]", ("name",), None),
    ("policies[policy=A.Two].state", ("name",), ("policies", 1, "state")),
    ("registry[]", ("registry", 1, "data"), ("registry", 1)),
    ("registry[]", ("registry", 0), ("registry", 0)),
    ("registry[]", ("registry",), None),
    ("registry[]", ("policies", 0, "state"), None),
    ("registry[]", ("updates", "mode"), None),
    ("policies[].values.X", ("policies", 0, "values", "Y"), ("policies", 0, "values", "X")),
    ("updates[name=x]", ("name",), None),
    ("nothing[]", ("registry", 0), None),
)


@pytest.mark.parametrize(("text", "place", "wanted"), PATHS)
def test_a_path_leads_through_keys_and_items(
    text: str, place: tuple[int | str, ...], wanted: tuple[int | str, ...] | None
) -> None:
    assert path_of(text, LOCATED, at(*place)) == wanted


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("updates.mode", True),
        ("updates.mode == download", True),
        ("updates.mode == downloaded", False),
        ("updates.mode == aaa", False),
        ("updates.source", False),
        ("updates.schedule == sunday", False),
        ("registry[name=N]", True),
        ("registry[name=Z]", False),
        ("registry[name=N].data == 1", True),
        ("registry[name=N].data == 2", False),
        ("registry[name=N].data == 0", False),
    ],
)
def test_a_path_is_there_or_has_that_value(text: str, there: bool) -> None:
    assert is_there(text, LOCATED, at("name")) is there


@pytest.mark.parametrize(
    ("place", "path", "inside"),
    [
        (("updates",), "updates", True),
        (("updates", "mode"), "updates", True),
        (("updates", "schedule", "at"), "updates.schedule", True),
        (("updates", "mode"), "updates.schedule", False),
        (("updates",), "updates.schedule", False),
        (("registry", 0, "data"), "registry.data", True),
        (("registry", 0, "data"), "policies", False),
        (("vbs",), "updates", False),
    ],
)
def test_a_place_stands_in_a_path_of_keys(
    place: tuple[int | str, ...], path: str, inside: bool
) -> None:
    assert stands_in(at(*place), LOCATED, path) is inside


def edited(
    path: str,
    *place: int | str,
    do: str = "take-out",
    value: Any = None,
    own: str = TEXT,
) -> Dict[str, Any]:
    change = Change(path=path, do=do, value=value)  # type: ignore[arg-type]
    result = repaired(tree(own), LOCATED, [change], at(*place) if place else None)
    assert isinstance(result, dict)
    return result


BEFORE: Dict[str, Any] = plain(MERGED)
CHILD = "gpogen: 1\nname: child\nextends: [sample]\n"
BASE: Dict[str, Any] = {"gpogen": 1, "name": "child", "extends": ["sample"]}


def without(*path: str) -> Dict[str, Any]:
    result: dict[str, Any] = plain(MERGED)
    holder = result
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return result


@pytest.mark.parametrize(
    "path",
    [
        ("updates", "mode"),
        ("updates", "schedule"),
        ("updates", "schedule", "day"),
        ("restart",),
        ("vbs",),
        ("vbs", "enforce"),
        ("secure_boot", "certificates"),
    ],
)
def test_what_a_file_of_its_own_has_is_taken_out(path: tuple[str, ...]) -> None:
    assert edited(".".join(path)) == without(*path)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("updates", {}),
        ("updates.mode", {"updates": {"mode": "unmanaged"}}),
        ("updates.schedule", {"updates": {"schedule": "unmanaged"}}),
        ("updates.schedule.day", {"updates": {"schedule": {"at": "03:00"}}}),
        ("restart", {"restart": "unmanaged"}),
        ("vbs", {"vbs": "unmanaged"}),
        ("secure_boot.certificates", {"secure_boot": {"certificates": "unmanaged"}}),
        ("vbs.enforce", {"vbs": {}}),
        ("updates.source", {}),
        ("registry[name=Z]", {}),
    ],
)
def test_what_a_file_inherits_is_left_unmanaged_where_that_can_be_said(
    path: str, wanted: Dict[str, Any]
) -> None:
    assert edited(path, own=CHILD) == {**BASE, **wanted}


def test_what_is_not_there_stays_as_it_is() -> None:
    for path in ("updates.source", "nothing", "registry[name=Z]", "registry[]"):
        assert edited(path, "name") == BEFORE
        assert edited(path, "name", do="set", value=1)["registry"] == BEFORE["registry"]


def test_a_value_is_set_in_the_own_file_and_beside_what_is_inherited_as_a_whole() -> None:
    assert edited("updates.mode", do="set", value="off")["updates"]["mode"] == "off"
    assert edited("updates.mode", do="set", value="off", own=CHILD) == {
        **BASE,
        "updates": {"mode": "off"},
    }
    assert edited("updates.schedule.day", do="set", value="monday", own=CHILD) == {
        **BASE,
        "updates": {"schedule": {"day": "monday", "at": "03:00"}},
    }
    assert edited("restart.days", do="set", value=9, own=CHILD) == {
        **BASE,
        "restart": {"policy": "deadline", "days": 9, "grace_days": 1},
    }


def test_an_item_is_added_to_a_list_that_is_there_or_not() -> None:
    item = {"policy": "A.Three", "state": "enabled"}

    assert edited("policies", do="add", value=item)["policies"] == [*BEFORE["policies"], item]
    assert edited("policies", do="add", value=item, own=CHILD) == {**BASE, "policies": [item]}


def test_an_item_of_the_own_file_is_taken_out_and_the_others_stay() -> None:
    assert edited("@", "registry", 0)["registry"] == BEFORE["registry"][1:]
    assert edited("registry[name=M]")["registry"] == BEFORE["registry"][:1]


def test_an_inherited_item_is_taken_back_by_what_names_it() -> None:
    assert edited("@", "registry", 0, own=CHILD) == {
        **BASE,
        "registry": [{"key": r"HKLM\SOFTWARE\A", "name": "N", "action": "unmanaged"}],
    }
    assert edited("registry[name=M]", own=CHILD)["registry"] == [
        {
            "key": r"HKLM\SOFTWARE\B",
            "name": "M",
            "via": "preference",
            "action": "unmanaged",
        }
    ]
    assert edited("@", "policies", 1, "state", own=CHILD)["policies"] == [
        {"policy": "A.Two", "state": "unmanaged"}
    ]


def test_a_field_of_an_item_is_set_or_taken_out_and_the_rest_of_the_item_is_kept() -> None:
    first, second = BEFORE["registry"]
    changed = edited("registry[].data", "registry", 0, "data", do="set", value=7)
    assert changed["registry"] == [second, {**first, "data": 7}]
    inherited = edited("registry[].data", "registry", 0, "data", do="set", value=7, own=CHILD)
    assert inherited["registry"] == [{**first, "data": 7}]
    gone = edited("@", "policies", 0, "values", "Y")
    assert gone["policies"][-1] == {"policy": "A.One", "state": "enabled", "values": {"X": 1}}
    new = edited("policies[policy=A.Two].values.Z", do="set", value=3)
    assert new["policies"][-1] == {"policy": "A.Two", "state": "disabled", "values": {"Z": 3}}


def test_an_item_by_another_route_is_another_item() -> None:
    first = BEFORE["registry"][0]
    moved = edited("registry[].via", "registry", 0, do="set", value="preference", own=CHILD)

    assert moved["registry"] == [
        {**first, "via": "preference"},
        {"key": first["key"], "name": "N", "action": "unmanaged"},
    ]
