"""What `diff` calls equal ends equal on every registry, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gpogen.finding import Place
from gpogen.interchange.difference import compare_policies
from gpogen.policy.data import encode_data
from gpogen.policy.effect import effect, standing
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.reading.read import Item, Reading
from tests.policy.simulator import Instruction, all_starts, end, starts
from tests.support.effort import examples

KEYS = ("A", "a", "A\\B", "A\\B\\C", "A\\D", "E", "E\\b")
NAMES = ("V", "v", "W", "")
SUBKEYS = ("B", "b", "C", "D", "B;D", "D;B", "D;;B", "B\\C", "A")
ONE, TWO = b"\1\0\0\0", b"\2\0\0\0"
WORDS = {
    "set": Action.SET,
    "soft": Action.SOFT,
    "create": Action.CREATE_KEY,
    "secure": Action.SECURE_KEY,
    "del": Action.DELETE,
    "delvals": Action.DELETE_VALUES,
    "deletekeys": Action.DELETE_KEYS,
}


def instruction(word: str) -> st.SearchStrategy[Instruction]:
    keys = st.sampled_from(KEYS)
    if word in ("set", "soft"):
        data = st.sampled_from([(4, ONE), (4, TWO), (3, ONE)])
        return st.builds(
            lambda key, name, found: (word, key, name, *found), keys, st.sampled_from(NAMES), data
        )
    if word == "secure":
        return st.builds(
            lambda key, data: (word, key, "", 4, data), keys, st.sampled_from([ONE, TWO])
        )
    names = {"del": NAMES, "deletekeys": SUBKEYS}.get(word, ("",))
    return st.builds(lambda key, name: (word, key, name, 0, b""), keys, st.sampled_from(names))


POLICIES = st.lists(st.sampled_from(sorted(WORDS)).flatmap(instruction), max_size=6)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Instruction], list[Instruction]]:
    """Two policies; the second is most often the first with something changed."""
    first = draw(POLICIES)
    how = draw(st.sampled_from(["order", "less", "more", "other"]))
    if how == "other" or not first:
        return first, draw(POLICIES)
    if how == "order":
        return first, draw(st.permutations(first))
    at = draw(st.integers(0, len(first) - 1))
    if how == "less":
        return first, [*first[:at], *first[at + 1 :]]
    return first, [*first[:at], draw(st.sampled_from(first)), *first[at:]]


def record(given: Instruction) -> Record:
    word, key, name, kind, data = given
    action = WORDS[word]
    if action is Action.DELETE_KEYS:
        return Record(Hive.HKLM, key, "", action, RegType.SZ, encode_data(RegType.SZ, name))
    whole = action in (Action.SET, Action.SOFT, Action.SECURE_KEY)
    return Record(Hive.HKLM, key, name, action, kind if whole else None, data)


def reading(records: list[Record]) -> Reading:
    items = tuple(Item(item, Place("p", number, 1)) for number, item in enumerate(records, 1))
    return Reading(file="p", kind="pol", items=items)


def is_equal_by_diff(first: list[Instruction], second: list[Instruction]) -> bool:
    one, two = ([*map(record, policy)] for policy in (first, second))
    return not compare_policies(reading(one), reading(two))


def ends_equal(first: list[Instruction], second: list[Instruction]) -> bool:
    return all(end(first, start) == end(second, start) for start in starts(first, second))


def judge(pair: tuple[list[Instruction], list[Instruction]]) -> None:
    assert is_equal_by_diff(*pair) == ends_equal(*pair)


QUICK = settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(pairs())
def test_diff_says_equal_exactly_when_every_registry_ends_equal(
    pair: tuple[list[Instruction], list[Instruction]],
) -> None:
    judge(pair)


@pytest.mark.slow
@settings(QUICK, max_examples=10_000)
@given(pairs())
def test_diff_says_equal_exactly_when_every_registry_ends_equal_for_10000_pairs(
    pair: tuple[list[Instruction], list[Instruction]],
) -> None:
    judge(pair)


@settings(QUICK, max_examples=examples(60))
@given(pairs())
def test_the_few_starting_registries_tell_as_much_as_all_of_them(
    pair: tuple[list[Instruction], list[Instruction]],
) -> None:
    first, second = pair[0][:2], pair[1][:2]
    assume(len(starts(first, second)) <= 12)

    every = all(end(first, start) == end(second, start) for start in all_starts(first, second))
    assert every == ends_equal(first, second)


@QUICK
@given(POLICIES)
def test_a_reduced_policy_ends_as_the_policy_does_and_is_reduced_no_further(
    policy: list[Instruction],
) -> None:
    reduced = effect([*map(record, policy)])

    assert len(effect(reduced)) == len(reduced)
    assert not compare_policies(reading([*map(record, policy)]), reading(reduced))


@QUICK
@given(POLICIES)
def test_what_does_not_stand_can_be_left_out_but_for_the_keys_it_makes(
    policy: list[Instruction],
) -> None:
    stands = standing([*map(record, policy)])
    kept = [one for one, stand in zip(policy, stands, strict=True) if stand]

    for start in starts(policy, kept):
        whole, rest = end(policy, start), end(kept, start)
        assert {key: item.values for key, item in whole.items() if item.values} == {
            key: item.values for key, item in rest.items() if item.values
        }
        assert all(whole[key].protection == item.protection for key, item in rest.items())


HEAD = ("set", "A", "V", 4, ONE)
CASES = {
    "the last of two values wins": ([("set", "A", "V", 4, TWO), HEAD], [HEAD], True),
    "a value before all are deleted is gone": ([HEAD, ("delvals", "A", "", 0, b"")], [HEAD], False),
    "a value after all are deleted stays": (
        [("delvals", "A", "", 0, b""), HEAD],
        [HEAD, ("delvals", "A", "", 0, b"")],
        False,
    ),
    "several deletions of subkeys add up": (
        [("deletekeys", "A", "B", 0, b""), ("deletekeys", "A", "D", 0, b"")],
        [("deletekeys", "A", "D;B", 0, b"")],
        True,
    ),
    "the second of several deletions counts": (
        [("deletekeys", "A", "B", 0, b""), ("deletekeys", "A", "D", 0, b"")],
        [("deletekeys", "A", "D", 0, b"")],
        False,
    ),
    "a soft value after a deletion is set": (
        [("del", "A", "V", 0, b""), ("soft", "A", "V", 4, ONE)],
        [HEAD],
        True,
    ),
    "a soft value alone is not set": ([("soft", "A", "V", 4, ONE)], [HEAD], False),
    "the first of two soft values wins": (
        [("soft", "A", "V", 4, ONE), ("soft", "A", "V", 4, TWO)],
        [("soft", "A", "V", 4, ONE)],
        True,
    ),
    "the type is part of a value": ([HEAD], [("set", "A", "V", 3, ONE)], False),
    "the same in other case is the same": ([HEAD], [("set", "a", "v", 4, ONE)], True),
    "a protection goes with its key": (
        [("secure", "A\\B", "", 4, ONE), ("deletekeys", "A", "B", 0, b"")],
        [("deletekeys", "A", "B", 0, b""), ("create", "A", "", 0, b"")],
        True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_named_cases_are_judged_as_the_simulator_does(name: str) -> None:
    first, second, equal = CASES[name]

    assert ends_equal(first, second) is equal
    assert is_equal_by_diff(first, second) is equal


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (RegType.MULTI_SZ, b"\0\0", b"\0\0\0\0"),
        (RegType.MULTI_SZ, b"", b"\0\0"),
        (RegType.MULTI_SZ, b"a\0\0\0", b"a\0\0\0\0\0"),
        (RegType.SZ, b"a\0\0\0", b"a\0"),
        (RegType.EXPAND_SZ, b"a\0\0\0", b"a\0\0\0\0"),
        (RegType.SZ, b"a\0\0\0", b"a\0\0"),
    ],
)
def test_data_that_is_only_encoded_otherwise_has_the_same_effect(
    kind: RegType, one: bytes, other: bytes
) -> None:
    records = [Record(Hive.HKLM, "K", "V", Action.SET, kind, data) for data in (one, other)]

    assert records[0].same_effect(records[1])
    assert not compare_policies(reading(records[:1]), reading(records[1:]))


@pytest.mark.parametrize("kind", [RegType.BINARY, RegType.DWORD, RegType.NONE])
def test_zeros_at_the_end_count_where_they_are_no_end_of_a_text(kind: RegType) -> None:
    one, other = (Record(Hive.HKLM, "K", "V", Action.SET, kind, data) for data in (b"a\0", b"a"))

    assert not one.same_effect(other)


def pol_of(*given: Instruction) -> list[Record]:
    return [*map(record, given)]


def deleted(key: str, name: str) -> Instruction:
    return ("deletekeys", key, name, 0, b"")


def written(key: str, word: str = "set") -> Instruction:
    return (word, key, "V", 4, ONE) if word in ("set", "soft") else (word, key, "", 0, b"")


@pytest.mark.parametrize("word", ["set", "soft", "create"])
@pytest.mark.parametrize(
    ("below", "made"),
    [
        ("A\\B", ["A"]),
        ("A\\B\\C", ["A"]),
        ("A\\B\\C\\D", ["A"]),
        ("A\\bc", []),
        ("A", []),
    ],
)
def test_of_a_key_that_is_deleted_with_what_is_in_it_the_key_above_stays(
    word: str, below: str, made: list[str]
) -> None:
    found = effect(pol_of(written(below, word), deleted("A", "B")))

    gone = [one for one in found if one.action is Action.DELETE_KEYS]
    created = [one.key for one in found if one.action is Action.CREATE_KEY]
    assert [(one.key, one.value) for one in gone] == [("A", "B")]
    if made:
        assert created == made
        assert len(found) == 2
    else:
        assert created == ([below] if word == "create" else [])


def test_a_key_that_stays_is_not_created_where_one_below_it_is() -> None:
    found = effect(pol_of(written("A\\D", "create"), written("A\\B\\C"), deleted("A", "B")))

    assert [(one.key, one.action.value) for one in found] == [
        ("A", "delete-keys"),
        ("A\\D", "create-key"),
    ]


@pytest.mark.parametrize("levels", [1, 2, 510, 511, 512, 513, 600])
def test_a_value_below_a_deleted_key_is_gone_at_every_depth(levels: int) -> None:
    above = "\\".join("k" for _ in range(levels))

    assert standing(pol_of(written(f"{above}\\B"), deleted(above, "B"))) == [False, True]
    assert standing(pol_of(written(f"{above}\\C"), deleted(above, "B"))) == [True, True]
    assert standing(pol_of(written(above), deleted(above, "B"))) == [True, True]


@pytest.mark.parametrize("above", ["\\A", "", "\\", "A\\\\B"])
def test_a_key_with_an_empty_part_is_deleted_like_any_other(above: str) -> None:
    before = f"{above}\\" if above else ""

    assert standing(pol_of(written(f"{before}B\\C"), deleted(above, "B"))) == [False, True]
    assert standing(pol_of(written(f"{before}D"), deleted(above, "B"))) == [True, True]
