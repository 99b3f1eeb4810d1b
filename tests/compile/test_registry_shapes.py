"""Data of the wrong kind are told with what was found and how to write it."""

from __future__ import annotations

import pytest

from tests.support.profiles import checked

TYPES = ("sz", "expand-sz", "binary", "dword", "qword", "multi-sz", "none")
KINDS = {
    "{a: b}": "a mapping",
    "[{a: b}]": "",
    "[7]": "",
    "some": "'some'",
    "7": "7",
    "1.5": "1.5",
    "true": "true",
}
RIGHT = {("sz", "some"), ("expand-sz", "some"), ("dword", "7"), ("qword", "7")}


def told(fields: str) -> list[tuple[str, str]]:
    body = f"registry: [{{key: 'HKLM\\Software\\X', {fields}}}]\n"
    return [(item.message, item.fix) for item in checked(body).findings if item.id == "GP050"]


@pytest.mark.parametrize("data", KINDS)
@pytest.mark.parametrize("kind", TYPES)
def test_data_of_the_wrong_kind_are_told_with_the_right_one(kind: str, data: str) -> None:
    found = told(f"name: V, type: {kind}, data: {data}")

    assert bool(found) is ((kind, data) not in RIGHT)
    for message, _ in found:
        assert "such as" in message or message.endswith(": quote it"), message
        assert f"got {KINDS[data]}" in message
        assert not ("a mapping" in message or "a list" in message) or "quote it" not in message


@pytest.mark.parametrize("kind", TYPES)
def test_missing_data_are_told_with_data_that_are_right(kind: str) -> None:
    ((message, fix),) = told(f"name: V, type: {kind}")

    assert message == "registry[1].data: action set requires it"
    assert fix.startswith("write data: ")
    assert told(f"name: V, type: {kind}, {fix.removeprefix('write ')}") == []


@pytest.mark.parametrize("action", ["delete-keys", "secure-key"])
def test_an_action_s_missing_data_are_told_with_data_that_are_right(action: str) -> None:
    ((_, fix),) = told(f"action: {action}")

    assert told(f"action: {action}, {fix.removeprefix('write ')}") == []
