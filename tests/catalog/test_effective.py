"""Which of several records counts."""

from __future__ import annotations

from gpogen.catalog.effective import in_force
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType, Via

AU = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
PARENT, _, CHILD = AU.rpartition("\\")


def number(data: int, via: Via = Via.POLICY) -> Record:
    return set_value(Hive.HKLM, AU, "AUOptions", RegType.DWORD, data, via=via)


def soft(data: int) -> Record:
    record = number(data)
    return Record(record.hive, record.key, record.name, Action.SOFT, record.type, record.data)


def whole(action: Action, key: str = AU, names: str = "") -> Record:
    return Record(Hive.HKLM, key, "", action, None, encode_data(RegType.SZ, names))


def kept(*records: Record) -> list[object]:
    return [record.value for record in in_force(records, lambda one: one).kept]


def test_the_last_of_two_counts() -> None:
    assert kept(number(3), number(4)) == [4]


def test_what_is_taken_back_later_does_not_count() -> None:
    for last in (
        delete_value(Hive.HKLM, AU.upper(), "auoptions"),
        whole(Action.DELETE_VALUES),
        whole(Action.DELETE_KEYS, PARENT, CHILD),
    ):
        assert kept(number(4), last) == []
        assert kept(last, number(4)) == [4]


def test_a_value_of_another_type_takes_the_place_of_an_earlier_one_and_does_not_count() -> None:
    text = set_value(Hive.HKLM, AU, "AUOptions", RegType.SZ, "4")

    assert kept(number(4), text) == []
    assert kept(text, number(4)) == [4]


def test_a_soft_value_counts_only_where_there_is_none() -> None:
    gone = delete_value(Hive.HKLM, AU, "AUOptions")

    assert kept(soft(3)) == [3]
    assert kept(number(4), soft(3)) == [4]
    assert kept(soft(3), soft(2)) == [3]
    assert kept(number(4), gone, soft(3)) == [3]


def test_a_preference_comes_before_the_policy_whatever_their_order() -> None:
    assert kept(number(3), number(4, Via.PREFERENCE)) == [4, 3]
    assert kept(number(4, Via.PREFERENCE), number(3)) == [4, 3]


def test_a_deleted_value_is_removed_unless_something_sets_it_again() -> None:
    gone = delete_value(Hive.HKLM, AU, "AUOptions")

    assert in_force([number(4), gone], lambda one: one).removed == {gone.target}
    assert in_force([gone, number(4)], lambda one: one).removed == set()
    assert in_force([whole(Action.DELETE_VALUES)], lambda one: one).emptied == {
        (Hive.HKLM, AU.lower())
    }
