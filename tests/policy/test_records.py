"""Records: what they mean, their order, and how they are said in words."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from gpogen.finding import Place
from gpogen.policy.gpo import Gpo, Item, Part, Reading
from gpogen.policy.order import record_order
from gpogen.policy.outcome import acting, contradictions, effective, stands
from gpogen.policy.records import Record, delete_value, remembered, set_value
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Hive, RegType, Via, type_name
from gpogen.policy.words import data_text, effect_of, name_of
from gpogen.text import SHORT

KEY = r"Software\Policies\X"


def number(name: str = "A", data: int = 1, **more: Via) -> Record:
    return set_value(Hive.HKLM, KEY, name, RegType.DWORD, data, **more)


def test_true_is_no_number_though_it_equals_one() -> None:
    assert number().value == 1

    with pytest.raises(ValueError, match="must be a whole number"):
        set_value(Hive.HKLM, KEY, "A", RegType.DWORD, True)


def test_a_record_of_a_number_is_made_once() -> None:
    assert number("Once", 7) is number("Once", 7)
    assert number("Once", 7) is not number("Once", 8)
    assert delete_value(Hive.HKLM, KEY, "Once") is delete_value(Hive.HKLM, KEY, "Once")


@pytest.mark.parametrize("part", ["key", "name", "data"])
@pytest.mark.parametrize(("length", "calls"), [(SHORT, 1), (SHORT + 1, 2)])
def test_what_was_made_of_a_short_record_alone_is_kept(part: str, length: int, calls: int) -> None:
    asked: list[Record] = []
    texts = {"key": "", "name": "", "data": ""} | {part: "x" * length}
    data = texts["data"].encode("ascii")
    record = Record(Hive.HKLM, texts["key"], texts["name"], Action.SET, RegType.BINARY, data)

    @remembered
    def make(record: Record) -> str:
        asked.append(record)
        return record.name

    assert [make(record), make(replace(record))] == [texts["name"]] * 2
    assert len(asked) == calls


def item(record: Record, action: str = "", condition: str = "") -> Item:
    return Item(record, Place("x", 1, 1), action, condition)


def other(action: Action, data: bytes = b"", kind: RegType | None = None, name: str = "") -> Record:
    return Record(Hive.HKLM, KEY, name, action, kind, data)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (number(), number(), True),
        (number(), number("a"), True),
        (number(), number(data=2), False),
        (number(), number("B"), False),
        (number(), number(via=Via.PREFERENCE), True),
        (number(), delete_value(Hive.HKLM, KEY, "A"), False),
        (number(), other(Action.SOFT, b"\1\0\0\0", RegType.DWORD, "A"), False),
        (number(), Record(Hive.HKLM, KEY, "A", Action.SET, 3, b"\1\0\0\0"), False),
        (number(), Record(Hive.HKCU, KEY, "A", Action.SET, 4, b"\1\0\0\0"), False),
        (number(), Record(Hive.HKLM, KEY + "Y", "A", Action.SET, 4, b"\1\0\0\0"), False),
        (
            Record(Hive.HKLM, KEY, "A", Action.DELETE, 1, b" "),
            Record(Hive.HKLM, KEY, "A", Action.DELETE),
            True,
        ),
        (
            Record(Hive.HKLM, KEY, "A", Action.SET, 7, b"\0\0"),
            Record(Hive.HKLM, KEY, "A", Action.SET, 7, b"\0\0\0\0"),
            True,
        ),
        (
            Record(Hive.HKLM, KEY, "A", Action.SET, 3, b"\1"),
            Record(Hive.HKLM, KEY, "A", Action.SET, 3, b"\1\0"),
            False,
        ),
    ],
)
def test_records_are_compared_by_what_they_do(one: Record, two: Record, same: bool) -> None:
    assert one.same_effect(two) is same
    assert two.same_effect(one) is same


def test_a_record_has_a_value_where_it_carries_data() -> None:
    assert number().value == 1
    assert delete_value(Hive.HKLM, KEY, "A").value is None
    assert Record(Hive.HKLM, KEY, "", Action.CREATE_KEY, RegType.NONE).value is None


def test_instructions_about_a_key_come_before_its_values() -> None:
    wanted = [
        other(Action.DELETE_VALUES),
        other(Action.DELETE_KEYS),
        other(Action.CREATE_KEY),
        number("b"),
        number("C"),
    ]
    mixed = random.Random(1).sample(wanted, len(wanted))

    assert sorted(mixed, key=lambda one: record_order(one, (0,))) == wanted
    assert record_order(number("Z"), (0, 1)) < record_order(number("A"), (0, 2))
    assert record_order(number("Z"), (9,)) < record_order(
        Record(Hive.HKLM, KEY + "z", "A", Action.DELETE_VALUES), (0,)
    )
    assert record_order(number(), (0,))[1] == KEY.lower()
    assert record_order(other(Action.CREATE_KEY), (9,)) < record_order(number(""), (0,))


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (number(), "1"),
        (set_value(Hive.HKLM, KEY, "A", RegType.SZ, "x"), '"x"'),
        (set_value(Hive.HKLM, KEY, "A", RegType.MULTI_SZ, ("x", "y")), '"x", "y"'),
        (set_value(Hive.HKLM, KEY, "A", RegType.BINARY, b"\1\xff"), "01 ff"),
        (Record(Hive.HKLM, KEY, "A", Action.SOFT, 4, b"\2\0\0\0"), "2 (if absent)"),
        (delete_value(Hive.HKLM, KEY, "A"), "deleted"),
        (other(Action.DELETE_VALUES), "all values deleted"),
        (other(Action.CREATE_KEY), "key created"),
        (other(Action.DELETE_KEYS, b"a\0;\0b\0\0\0", RegType.SZ), "subkeys deleted: a, b"),
        (other(Action.SECURE_KEY, b"\1\0\0\0", RegType.DWORD), "key locked"),
        (other(Action.SECURE_KEY, b"\0\0\0\0", RegType.DWORD), "protection of the key reset"),
        (other(Action.SECURE_KEY, b"\1\2", RegType.BINARY), "key protected by REG_BINARY 01 02"),
        (other(Action.SECURE_KEY, b"\1", RegType.DWORD), "key protected by REG_DWORD 01"),
    ],
)
def test_what_a_record_does_is_said_in_words(record: Record, words: str) -> None:
    assert data_text(record) == words


def test_a_record_is_named_and_cut_where_it_is_long() -> None:
    assert name_of(number()) == rf"HKLM\{KEY}!A"
    assert name_of(other(Action.DELETE_VALUES)) == rf"HKLM\{KEY}"
    assert effect_of(delete_value(Hive.HKLM, KEY, "A")) == "delete"
    assert effect_of(number()) == "1"
    long = [
        effect_of(set_value(Hive.HKLM, KEY, "A", RegType.SZ, "x" * n)) for n in (57, 58, 59, 80)
    ]
    assert [len(text) for text in long] == [59, 60, 60, 60]
    assert [text.endswith("...") for text in long] == [False, False, True, True]


@pytest.mark.parametrize(("length", "shown"), [(299, 299), (300, 300), (301, 303), (900, 303)])
def test_a_key_and_a_name_of_more_than_300_characters_are_cut(length: int, shown: int) -> None:
    end = "..." if length > 300 else ""
    text = "x" * min(length, 300) + end
    assert len(text) == shown

    assert name_of(Record(Hive.HKCU, "x" * length, "", Action.SET)) == f"HKCU\\{text}"
    assert name_of(Record(Hive.HKCU, "K", "x" * length, Action.SET)) == f"HKCU\\K!{text}"


def test_types_and_hives_have_names() -> None:
    assert [type_name(n) for n in (0, 4, 11, 12)] == [
        "REG_NONE",
        "REG_DWORD",
        "REG_QWORD",
        "REG_12",
    ]
    assert [hive.long_name for hive in Hive] == ["HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"]
    assert [hive.side for hive in Hive] == ["Machine", "User"]


def test_subkeys_to_delete_are_read_from_the_data() -> None:
    assert deleted_names(other(Action.DELETE_KEYS, b"a\0;\0;\0b\0\0\0")) == ("a", "b")
    assert deleted_names(other(Action.DELETE_KEYS, b"a")) == ()


def test_a_preference_that_replaces_a_key_empties_it_first() -> None:
    key = Record(Hive.HKLM, KEY, "", Action.CREATE_KEY, via=Via.PREFERENCE)

    assert [one.action for one in acting(item(key, "R"))] == ["delete-values", "create-key"]
    assert acting(item(key, "U")) == [key]
    assert acting(item(number(), "R")) == [number()]


def test_a_later_item_makes_up_for_an_earlier_one_unless_it_has_a_condition() -> None:
    first, last = item(number(data=1)), item(number(data=2))
    maybe = item(number(data=3), condition="targeting")

    assert stands([first, last]) == [False, True]
    assert stands([first, maybe]) == [True, True]
    assert stands([maybe, first]) == [True, True]


def test_the_items_of_a_disabled_side_do_not_act() -> None:
    user = set_value(Hive.HKCU, KEY, "A", RegType.DWORD, 1)
    items = (item(number(data=1)), item(number(data=2)), item(user))

    def acts(gpo: Gpo | None) -> list[Record]:
        found = effective(Reading(file="x", kind="pol", items=items, gpo=gpo))
        return [one.record for one in found]

    assert (
        acts(None) == acts(Gpo()) == acts(Gpo(computer=True, user=True)) == [number("A", 2), user]
    )
    assert acts(Gpo(computer=False)) == [user]
    assert acts(Gpo(user=False)) == [number("A", 2)]


def test_a_policy_and_a_preference_that_differ_contradict_each_other() -> None:
    policy, same = item(number(data=1)), item(number(data=1, via=Via.PREFERENCE))
    differs = item(number("a", 2, via=Via.PREFERENCE))
    twice = item(number(data=3))
    key = item(Record(Hive.HKLM, KEY, "", Action.CREATE_KEY, via=Via.PREFERENCE))

    assert list(contradictions([policy, same, key])) == []
    (found,) = contradictions([differs, policy, same, item(number("B", 5, via=Via.PREFERENCE))])
    assert (found.policy, found.preference) == (policy, differs)
    assert list(contradictions([policy, twice])) == []


def test_a_reading_tells_of_its_extensions_and_of_what_is_not_shown() -> None:
    there = Part(location="a/b", what="script", read=lambda: b"x")
    gone = Part(location="c", what="script")
    entry = Part(location="d", what="object", is_file=False)
    gpo = Gpo(extensions={Hive.HKLM: "[{1}]", Hive.HKCU: "[{2}]"}, parts=(there, gone, entry))
    reading = Reading(file="x", kind="backup", items=(), gpo=gpo, skipped=("a line",))

    assert reading.extensions == "[{1}]"
    assert reading.not_shown == ("a line", "script: a/b", "script: c (not there)", "object: d")
    assert Reading(file="x", kind="pol", items=()).extensions is None
    assert Reading(file="x", kind="pol", items=(), gpo=Gpo()).extensions is None
    assert gone.digest() == ""
    assert there.digest().startswith("2d711642b726b044")
