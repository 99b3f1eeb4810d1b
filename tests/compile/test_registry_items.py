"""Raw registry values: which fields, types and routes go together."""

from __future__ import annotations

import pytest

from gpogen.finding import Finding
from gpogen.policy.records import Record
from tests.support.profiles import checked, compiled

KEY = r"key: 'HKLM\SOFTWARE\Policies\X'"
TYPED = "name: A, type: dword, data: 1"


def item(text: str, key: str = KEY) -> str:
    return f"registry:\n  - {{{key}, {text}}}\n"


def faults(text: str, key: str = KEY) -> list[Finding]:
    return [one for one in checked(item(text, key)).findings if one.id == "GP050"]


def record(text: str, key: str = KEY) -> Record:
    made = compiled(item(text, key))
    (found,) = (*made.policy, *made.preferences)
    return found.record


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("name: A, type: dword, data: 0x10", 16, 4),
        ("name: A, type: qword, data: 1", 1, 11),
        ("name: A, type: sz, data: x", "x", 1),
        ("name: A, type: expand-sz, data: '%x%'", "%x%", 2),
        ("name: A, type: multi-sz, data: [x, y]", ("x", "y"), 7),
        ("name: A, type: multi-sz, data: []", (), 7),
        ("name: A, type: binary, data: '01 ff'", b"\1\xff", 3),
        ("name: A, type: binary, data: '01,ff'", b"\1\xff", 3),
        ("name: A, type: none, data: ''", b"", 0),
        ("name: A, type: dword, data: 2, action: soft", 2, 4),
    ],
)
def test_a_value_has_the_data_of_its_type(text: str, value: object, kind: int) -> None:
    found = record(text)

    assert (found.name, found.value, found.type) == ("A", value, kind)
    assert found.key == r"SOFTWARE\Policies\X"


@pytest.mark.parametrize(
    ("text", "action", "kind", "data"),
    [
        ("name: A, action: delete", "delete", None, b""),
        ("action: delete-values", "delete-values", None, b""),
        ("action: create-key", "create-key", None, b""),
        ("action: delete-keys, data: [a, b]", "delete-keys", 1, b"a\0;\0b\0\0\0"),
        ("action: secure-key, data: 1", "secure-key", 4, b"\1\0\0\0"),
        ("action: secure-key, data: 0", "secure-key", 4, b"\0\0\0\0"),
    ],
)
def test_an_action_has_the_data_that_it_needs(
    text: str, action: str, kind: int | None, data: bytes
) -> None:
    found = record(text)

    assert (found.action, found.type, found.data) == (action, kind, data)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: A, type: dword", "action set requires it"),
        ("name: A, data: 1", "action set requires it"),
        ("type: dword, data: 1", "action set requires it"),
        ("name: A, action: delete, data: 1", "action delete does not take it"),
        ("name: A, action: delete-values", "action delete-values does not take it"),
        ("action: secure-key", "action secure-key requires it"),
        ("action: secure-key, data: 2", "must be 1 (locks the key) or 0 (resets the lock)"),
        ("action: secure-key, data: true", "must be 1 (locks the key) or 0 (resets the lock)"),
        ("action: delete-keys, data: []", "must be a list of subkey names"),
        ("action: delete-keys, data: a", "must be a list of subkey names"),
        ("action: delete-keys, data: [1]", "must be a list of subkey names"),
        ("action: delete-keys, data: ['a;b']", "cannot express a subkey name with ';'"),
        ("action: delete-keys, data: ['']", "an empty part"),
        ("action: delete-values, via: preference", "a preference does not support delete-values"),
        (
            "action: secure-key, data: 1, via: preference",
            ("a preference does not support secure-key"),
        ),
        (
            "name: A, type: none, data: '', via: preference",
            ("a preference does not support the type none"),
        ),
        ("name: A, type: dword, data: true", "dword must be a whole number"),
        ("name: A, type: qword, data: x", "qword must be a whole number"),
        ("name: A, type: dword, data: 4294967296", "outside 0 to 4294967295"),
        ("name: A, type: sz, data: 1", "got 1: quote it"),
        ("name: A, type: multi-sz, data: x", "multi-sz must be a list of texts"),
        ("name: A, type: multi-sz, data: [1]", "multi-sz must be a list of texts"),
        ("name: A, type: binary, data: zz", "hexadecimal digits in quotes"),
        ("name: A, type: binary, data: 1", "hexadecimal digits in quotes"),
        ("name: '', type: none, data: ''", "is the instruction to create a key"),
        ("name: (Default), type: sz, data: x", "default value"),
        ("name: '**x', type: sz, data: x", "starts with **, which marks an instruction"),
    ],
)
def test_what_does_not_go_together_is_refused(text: str, words: str) -> None:
    (found,) = faults(text)

    assert words in found.message
    assert found.at is not None
    assert found.at.line >= 7


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (r"key: 'SOFTWARE\X'", "start with HKLM"),
        (r"key: 'HKLM\HKCU\X'", "one hive"),
        (r"key: 'HKLM\HKEY_LOCAL_MACHINE\X'", "one hive"),
        (r"key: 'HKLM\SOFTWARE\'", "an empty part"),
    ],
)
def test_a_key_that_is_none_is_refused(key: str, words: str) -> None:
    (found,) = faults(TYPED, key)

    assert words in found.message


def test_a_preference_is_xml_and_so_are_its_names_and_texts() -> None:
    bad = 'name: A, type: sz, data: "a\\u0001b"'
    assert faults(bad) == []
    assert "U+0001" in faults(f"{bad}, via: preference")[0].message
    listed = 'name: A, type: multi-sz, data: ["a", "\\u0001b"], via: preference'
    assert "U+0001" in faults(listed)[0].message
    named = 'name: "a\\uffff", type: dword, data: 1'
    assert faults(named) == []
    assert "U+FFFF" in faults(f"{named}, via: preference")[0].message


def test_an_unnamed_value_of_no_type_is_refused_only_where_it_creates_a_key() -> None:
    assert faults("name: '', type: none, data: '01'") == []
    assert faults("name: A, type: none, data: ''") == []
    assert faults("name: '', type: sz, data: ''") == []
    assert "write `action: create-key`" in faults("name: '', type: none, data: ''")[0].fix


def test_data_has_a_limit() -> None:
    fits, over = "x" * 32766, "x" * 32767
    assert faults(f"name: A, type: sz, data: {fits}") == []
    assert (
        "65536 bytes; the maximum is 65535" in faults(f"name: A, type: sz, data: {over}")[0].message
    )


def test_every_fault_of_an_item_is_told_at_its_place() -> None:
    found = faults("name: A, type: sz, data: x, action: delete-values")

    assert [one.message.split(":")[0] for one in found] == [
        "registry[1].name",
        "registry[1].type",
        "registry[1].data",
    ]


def test_items_keep_their_order_within_a_key_and_carry_their_reason() -> None:
    made = compiled(
        "registry:\n"
        f"  - {{{KEY}, name: Z, type: dword, data: 1, why: because}}\n"
        f"  - {{{KEY}, name: A, type: dword, data: 1}}\n"
        f"  - {{{KEY}, name: B, action: unmanaged}}\n"
    )

    assert [one.record.name for one in made.policy] == ["Z", "A"]
    assert [one.origin.why for one in made.policy] == ["because", ""]
    assert made.policy[0].origin.title == "Registry value"
    assert made.policy[0].origin.places[0].line == 8
