"""Named cases of what a policy does in the end, and which records take part in it."""

from __future__ import annotations

import pytest

from gpogen.policy.data import encode_data
from gpogen.policy.effect import differs_in_encoding, effect, same_end, standing
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via

KEY = r"Software\X"
LOCK, RESET = b"\1\0\0\0", b"\0\0\0\0"


def number(data: int, name: str = "A", key: str = KEY, action: Action = Action.SET) -> Record:
    return Record(Hive.HKLM, key, name, action, 4, encode_data(RegType.DWORD, data))


def soft(data: int) -> Record:
    return number(data, action=Action.SOFT)


def delete(name: str = "A") -> Record:
    return Record(Hive.HKLM, KEY, name, Action.DELETE)


def whole(action: Action, key: str = KEY) -> Record:
    return Record(Hive.HKLM, key, "", action)


def keys(names: str, above: str = "Software") -> Record:
    data = encode_data(RegType.SZ, names)
    return Record(Hive.HKLM, above, "", Action.DELETE_KEYS, RegType.SZ, data)


def secure(data: bytes, kind: int = 4) -> Record:
    return Record(Hive.HKLM, KEY, "", Action.SECURE_KEY, kind, data)


@pytest.mark.parametrize(
    ("records", "stands"),
    [
        ([number(1), number(2)], [False, True]),
        ([number(1), number(2, "B")], [True, True]),
        ([number(1), soft(2)], [True, False]),
        ([delete(), soft(2)], [True, True]),
        ([soft(1), soft(2)], [True, False]),
        ([soft(1), number(2)], [False, True]),
        ([number(1), whole(Action.DELETE_VALUES)], [False, True]),
        ([whole(Action.DELETE_VALUES), number(1)], [True, True]),
        ([whole(Action.DELETE_VALUES), whole(Action.DELETE_VALUES)], [False, True]),
        ([whole(Action.DELETE_VALUES), soft(1)], [True, True]),
        ([number(1), keys("X")], [False, True]),
        ([keys("X"), number(1)], [True, True]),
        ([keys("X"), keys("X")], [False, True]),
        ([keys("X;Y"), keys("X")], [True, True]),
        ([keys("X"), keys("X;Y")], [False, True]),
        ([keys(""), keys("")], [True, True]),
        ([keys("", KEY), keys("X")], [False, True]),
        ([number(1, key=KEY + r"\Deep\Er"), keys("X")], [False, True]),
        ([number(1, key=KEY + "Y"), keys("X")], [True, True]),
        ([number(1, key=r"Deep\Software\X"), keys("X", r"Deep\Software")], [False, True]),
        ([secure(LOCK), secure(RESET)], [False, True]),
        ([whole(Action.CREATE_KEY), number(1)], [True, True]),
    ],
)
def test_a_record_stands_unless_a_later_one_makes_up_for_it(
    records: list[Record], stands: list[bool]
) -> None:
    assert standing(records) == stands


def test_policy_and_preferences_are_two_sequences() -> None:
    other = Record(Hive.HKLM, KEY, "A", Action.SET, 4, b"\2\0\0\0", Via.PREFERENCE)

    assert standing([number(1), other]) == [True, True]
    assert standing([other, number(1), other]) == [False, True, True]


@pytest.mark.parametrize(
    ("records", "end"),
    [
        ([number(1), number(2)], [number(2)]),
        ([delete(), soft(2)], [number(2)]),
        ([whole(Action.DELETE_VALUES), soft(1)], [whole(Action.DELETE_VALUES), number(1)]),
        (
            [soft(1), whole(Action.DELETE_VALUES)],
            [whole(Action.DELETE_VALUES), whole(Action.CREATE_KEY)],
        ),
        ([whole(Action.DELETE_VALUES), delete()], [whole(Action.DELETE_VALUES)]),
        ([keys("X"), delete()], [keys("X")]),
        ([keys("X"), soft(1)], [keys("X"), number(1)]),
        ([keys("X"), whole(Action.DELETE_VALUES)], [keys("X")]),
        ([whole(Action.CREATE_KEY), number(1)], [number(1)]),
        ([whole(Action.CREATE_KEY, KEY), number(1, key=KEY + r"\Y")], [number(1, key=KEY + r"\Y")]),
        ([whole(Action.CREATE_KEY), delete()], [whole(Action.CREATE_KEY), delete()]),
        ([secure(b"\2\0\0\0")], [secure(RESET)]),
        ([secure(LOCK)], [secure(LOCK)]),
        ([secure(b"\2\0", 3)], [secure(b"\2\0", 3)]),
        ([secure(b"\2\0", 4)], [secure(b"\2\0", 4)]),
        ([number(1), keys("X")], [keys("X"), whole(Action.CREATE_KEY, "Software")]),
        ([delete(), keys("X")], [keys("X")]),
    ],
)
def test_a_policy_is_reduced_to_its_end(records: list[Record], end: list[Record]) -> None:
    found = effect(records)

    assert [one.action for one in found] == [one.action for one in end]
    assert all(one.same_effect(other) for one, other in zip(found, end, strict=True))
    assert same_end(records, end)


def test_two_ends_differ_where_one_does_more() -> None:
    assert not same_end([number(1)], [number(2)])
    assert not same_end([number(1)], [number(1), number(1, "B")])
    assert not same_end([], [number(1)])
    assert same_end([], [])


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (b"\0\0", b"\0\0\0\0", True),
        (b"\0\0", b"\0\0", False),
        (b"a\0\0\0", b"a\0\0\0\0\0", True),
        (b"a\0\0\0\0\0", b"b\0\0\0\0\0", False),
    ],
)
def test_data_may_differ_in_bytes_alone(one: bytes, other: bytes, differs: bool) -> None:
    pair = [Record(Hive.HKLM, KEY, "A", Action.SET, 7, data) for data in (one, other)]

    assert differs_in_encoding(*pair) is differs
    assert differs_in_encoding(*pair[::-1]) is differs
    texts = [Record(Hive.HKLM, KEY, "A", Action.SET, kind, b"\0\0") for kind in (1, 2)]
    assert not differs_in_encoding(*texts)
