"""``extends``: one tree laid over another."""

from __future__ import annotations

from typing import Any

import pytest

from gpogen.document import yaml12
from gpogen.document.nodes import Mapping, find, plain
from gpogen.profile.merge import OWN_KEYS, merge


def _tree(text: str, file: str) -> Mapping:
    node, findings = yaml12.read(text.encode(), file)
    assert not findings
    assert isinstance(node, Mapping)
    return node


def _merged(base: str, over: str) -> Mapping:
    return merge(_tree(base, "base.yaml"), _tree(over, "over.yaml"))


def _plain(base: str, over: str) -> Any:
    return plain(_merged(base, over))


def _file(tree: Mapping, *path: int | str) -> str:
    node = find(tree, path)
    assert node is not None
    return node.place.file


def test_mappings_merge_key_by_key() -> None:
    base = "updates: {drivers: exclude, mode: download}\n"
    assert _plain(base, "updates: {mode: 'off', why: x}\n") == {
        "updates": {"drivers": "exclude", "mode": "off", "why": "x"}
    }


def test_target_and_vbs_merge_key_by_key() -> None:
    base = "target: {platform: azure-arc, os: a}\nvbs: {hvci: disabled, enforce: policy}\n"
    over = "target: {os: b}\nvbs: {enforce: elsewhere}\n"
    assert _plain(base, over) == {
        "target": {"platform": "azure-arc", "os": "b"},
        "vbs": {"hvci": "disabled", "enforce": "elsewhere"},
    }


@pytest.mark.parametrize("key", OWN_KEYS)
def test_the_identity_of_a_profile_is_not_inherited(key: str) -> None:
    assert _plain(f"{key}: inherited\nring: {{name: a}}\n", "vbs: remove\n") == {
        "ring": {"name": "a"},
        "vbs": "remove",
    }


@pytest.mark.parametrize("key", ["schedule", "source"])
def test_schedule_and_source_are_replaced_whole(key: str) -> None:
    base = f"updates: {{{key}: {{a: 1, b: 2}}, mode: download}}\n"
    assert _plain(base, f"updates: {{{key}: {{b: 3}}}}\n") == {
        "updates": {key: {"b": 3}, "mode": "download"}
    }


def test_restart_is_replaced_whole() -> None:
    base = "restart: {policy: deadline, days: 2, grace_days: 1}\n"
    assert _plain(base, "restart: {policy: none}\n") == {"restart": {"policy": "none"}}


def test_the_image_is_replaced_whole() -> None:
    base = "target: {os: a, image: {publisher: p, offer: o, sku: s}}\n"
    over = "target: {image: {sku: t}}\n"
    assert _plain(base, over) == {"target": {"os": "a", "image": {"sku": "t"}}}


@pytest.mark.parametrize("word", ["remove", "unmanaged"])
def test_a_keyword_takes_the_place_of_a_mapping_and_the_other_way_round(word: str) -> None:
    assert _plain("vbs: {hvci: disabled}\n", f"vbs: {word}\n") == {"vbs": word}
    assert _plain(f"vbs: {word}\n", "vbs: {hvci: disabled}\n") == {"vbs": {"hvci": "disabled"}}


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_an_empty_key_says_nothing_so_what_is_inherited_stays(nothing: str) -> None:
    base = "updates: {drivers: exclude}\npolicies: [{policy: A.B}]\n"
    over = f"updates: {nothing}\npolicies: {nothing}\n"
    assert _plain(base, over) == plain(_tree(base, "base.yaml"))


def test_an_empty_mapping_changes_nothing() -> None:
    base = "updates: {drivers: exclude}\n"
    assert _plain(base, "updates: {}\n") == plain(_tree(base, "base.yaml"))


def test_policies_merge_by_name_without_regard_to_case() -> None:
    base = "policies: [{policy: WU.A, state: enabled, values: {X: 1}}, {policy: WU.B}]\n"
    over = "policies: [{policy: wu.a, state: disabled}, {policy: WU.C}]\n"
    assert _plain(base, over) == {
        "policies": [
            {"policy": "WU.B"},
            {"policy": "wu.a", "state": "disabled"},
            {"policy": "WU.C"},
        ]
    }


@pytest.mark.parametrize(
    "key",
    [
        r"HKLM\SOFTWARE\Contoso",
        r"HKLM:\SOFTWARE\Contoso",
        r"hklm\Software\contoso",
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Contoso",
        r"hkey_local_machine:\software\CONTOSO",
    ],
)
def test_registry_values_merge_by_key_however_it_is_written(key: str) -> None:
    base = "registry: [{key: 'HKLM\\SOFTWARE\\Contoso', name: Port, data: 1}]\n"
    over = f"registry: [{{key: '{key}', name: PORT, data: 2}}]\n"
    assert _plain(base, over) == {"registry": [{"key": key, "name": "PORT", "data": 2}]}


@pytest.mark.parametrize(
    "item",
    [
        r"{key: 'HKCU\SOFTWARE\Contoso', name: Port}",
        r"{key: 'HKLM\SOFTWARE\Contoso\Sub', name: Port}",
        r"{key: 'HKLM\SOFTWARE\Contoso', name: Ports}",
        r"{key: 'HKLM\SOFTWARE\Contoso'}",
        r"{key: 'HKLM\SOFTWARE\Contoso', name: Port, via: preference}",
    ],
)
def test_registry_values_of_another_place_or_route_stay_beside_each_other(item: str) -> None:
    base = "registry: [{key: 'HKLM\\SOFTWARE\\Contoso', name: Port, data: 1}]\n"
    assert len(_plain(base, f"registry: [{item}]\n")["registry"]) == 2


def test_the_route_by_default_is_policy() -> None:
    base = "registry: [{key: 'HKLM\\X', name: a}]\n"
    over = "registry: [{key: 'HKLM\\X', name: a, via: policy}]\n"
    assert len(_plain(base, over)["registry"]) == 1


def test_assurances_merge_by_what_they_assure() -> None:
    base = "assured: [{what: a, why: 1}, {what: b, why: 2}]\n"
    assert _plain(base, "assured: [{what: a, why: 3}]\n") == {
        "assured": [{"what": "b", "why": 2}, {"what": "a", "why": 3}]
    }


def test_lists_inside_a_replaced_mapping_do_not_merge() -> None:
    base = "updates: {schedule: {weeks: [first]}}\n"
    over = "updates: {schedule: {weeks: [second]}}\n"
    assert _plain(base, over) == {"updates": {"schedule": {"weeks": ["second"]}}}


def test_every_node_keeps_the_file_it_came_from() -> None:
    tree = _merged(
        "updates:\n  drivers: exclude\n  mode: download\npolicies: [{policy: A.B}]\n",
        "updates:\n  mode: 'off'\npolicies: [{policy: A.C}]\n",
    )
    assert _file(tree, "updates", "drivers") == "base.yaml"
    assert _file(tree, "updates", "mode") == "over.yaml"
    assert _file(tree, "policies", 0) == "base.yaml"
    assert _file(tree, "policies", 1) == "over.yaml"
    assert tree.place.file == "over.yaml"


def test_merging_changes_neither_tree() -> None:
    base = _tree("updates: {drivers: exclude}\npolicies: [{policy: A.B}]\n", "base.yaml")
    over = _tree("updates: {mode: 'off'}\npolicies: [{policy: A.B, state: x}]\n", "over.yaml")
    before = (plain(base), plain(over))
    merge(base, over)
    assert (plain(base), plain(over)) == before
