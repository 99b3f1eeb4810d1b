"""Records: what they are about, when two are the same, in which order they are written."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.policy.data import encode_data
from gpogen.policy.order import record_order
from gpogen.policy.records import WITHOUT_DATA, Record, delete_value, meaning, set_value
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Hive, RegType, Via, type_name

ONE, TWO = b"\1\0\0\0", b"\2\0\0\0"


def of(
    action: Action = Action.SET,
    kind: int | None = 4,
    data: bytes = ONE,
    *,
    hive: Hive = Hive.HKLM,
    key: str = "K",
    name: str = "V",
) -> Record:
    return Record(hive, key, name, action, kind, data)


def test_what_a_record_is_about_is_compared_without_regard_to_case() -> None:
    assert of(key="Aß", name="ÄB").target == ("HKLM", "aß", "äb")
    assert of(key="aß", name="äb").same_effect(of(key="Aß", name="ÄB"))


@pytest.mark.parametrize(
    ("hive", "key", "name"), [("HKCU", "K", "V"), ("HKLM", "L", "V"), ("HKLM", "K", "W")]
)
@pytest.mark.parametrize("action", list(Action))
def test_records_about_something_else_are_never_the_same(
    action: Action, hive: str, key: str, name: str
) -> None:
    assert of(action).same_effect(of(action))
    assert not of(action).same_effect(of(action, hive=Hive(hive), key=key, name=name))


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("other", list(Action))
def test_two_actions_are_never_the_same(action: Action, other: Action) -> None:
    assert of(action).same_effect(of(other)) is (action is other)


@pytest.mark.parametrize("action", list(Action))
def test_type_and_data_count_where_the_action_carries_data(action: Action) -> None:
    carries = action in (Action.SET, Action.SOFT, Action.SECURE_KEY, Action.DELETE_KEYS)

    assert (action in WITHOUT_DATA) is not carries
    assert of(action).same_effect(of(action, data=TWO)) is not carries
    assert of(action).same_effect(of(action, kind=3)) is not carries


@pytest.mark.parametrize("kind", range(13))
def test_ends_of_texts_and_lists_alone_mean_nothing(kind: int) -> None:
    ended = kind in (RegType.SZ, RegType.EXPAND_SZ, RegType.MULTI_SZ)

    assert meaning(kind, b"a\0\0\0") == (b"a\0" if ended else b"a\0\0\0")
    assert of(kind=kind, data=b"a\0\0\0").same_effect(of(kind=kind, data=b"a\0")) is ended


def test_the_value_is_what_the_data_mean_and_none_where_there_is_none() -> None:
    assert of().value == 1
    assert of(Action.SOFT, 1, b"a\0\0\0").value == "a"
    assert of(kind=None, data=b"").value is None
    assert of(Action.CREATE_KEY).value is None


def test_what_builds_a_record_takes_the_route_along() -> None:
    made = set_value(Hive.HKCU, "K", "V", RegType.DWORD, 1, via=Via.PREFERENCE)
    gone = delete_value(Hive.HKCU, "K", "V", via=Via.PREFERENCE)

    assert made == Record(Hive.HKCU, "K", "V", Action.SET, RegType.DWORD, ONE, Via.PREFERENCE)
    assert gone == Record(Hive.HKCU, "K", "V", Action.DELETE, None, b"", Via.PREFERENCE)
    assert set_value(Hive.HKLM, "K", "V", RegType.DWORD, 1).via is Via.POLICY
    assert delete_value(Hive.HKLM, "K", "V").via is Via.POLICY


def test_a_key_is_emptied_before_anything_is_written_into_it() -> None:
    actions = (Action.DELETE_VALUES, Action.DELETE_KEYS, Action.CREATE_KEY)
    wanted = [
        *(of(action, key="a", name="") for action in actions),
        of(key="A", name="b"),
        of(Action.DELETE, key="a", name="C"),
        of(Action.SECURE_KEY, key="a", name="d"),
        of(key="b", name="a"),
    ]

    for seed in range(20):
        mixed = random.Random(seed).sample(wanted, len(wanted))
        assert sorted(mixed, key=lambda record: record_order(record, ())) == wanted


def test_the_rank_comes_before_the_name_and_behind_the_key() -> None:
    first, second, third = of(key="a", name="z"), of(key="a", name="b"), of(key="b", name="a")
    ranks = {"z": (1,), "b": (2,), "a": (0,)}

    ordered = sorted([third, second, first], key=lambda item: record_order(item, ranks[item.name]))

    assert ordered == [first, second, third]


@given(st.lists(st.text("aB\\ é", min_size=1, max_size=4), max_size=4))
def test_the_names_of_deleted_subkeys_are_parted_by_semicolons(names: list[str]) -> None:
    for text in (";".join(names), ";" + ";;".join(names) + ";"):
        data = encode_data(RegType.SZ, text)
        record = Record(Hive.HKLM, "K", "", Action.DELETE_KEYS, RegType.SZ, data)
        assert deleted_names(record) == tuple(names)


def test_data_that_are_no_text_name_no_subkey() -> None:
    assert deleted_names(of(Action.DELETE_KEYS, 1, b"a")) == ()


def test_a_type_without_a_name_is_told_by_its_number() -> None:
    assert [type_name(number) for number in (0, 4, 11, 12)] == [
        "REG_NONE",
        "REG_DWORD",
        "REG_QWORD",
        "REG_12",
    ]


def test_a_hive_is_one_side_of_a_gpo() -> None:
    assert (Hive.HKLM.long_name, Hive.HKLM.side) == ("HKEY_LOCAL_MACHINE", "Machine")
    assert (Hive.HKCU.long_name, Hive.HKCU.side) == ("HKEY_CURRENT_USER", "User")
