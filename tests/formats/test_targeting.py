"""The conditions of a preference, in one line."""

from __future__ import annotations

from hashlib import sha256

import pytest

from gpogen.formats.gppregistry import Around, Filter, PreferenceItem
from gpogen.formats.targeting import Conditions, wql_condition
from gpogen.policy.records import set_value
from gpogen.policy.types import Hive, RegType

RECORD = set_value(Hive.HKLM, r"Software\X", "N", RegType.DWORD, 1)


def condition(
    element: str, inside: tuple[Filter, ...] = (), negated: str = "", **attributes: str
) -> Filter:
    given = attributes | ({"not": negated} if negated else {})
    return Filter(element, tuple(given.items()), inside)


def text_of(*own: Filter, user_context: bool = False, remove_policy: bool = False) -> str:
    item = PreferenceItem(
        RECORD, "U", 1, own=own, user_context=user_context, remove_policy=remove_policy
    )
    return Conditions().of(item)


@pytest.mark.parametrize(
    ("own", "text"),
    [
        ((), ""),
        ((condition("FilterOs"),), "FilterOs"),
        ((condition("FilterOs", bool="AND"),), "FilterOs"),
        ((condition("FilterOs", bool="OR"),), "FilterOs"),
        ((condition("A"), condition("B", bool="OR")), "A or B"),
        ((condition("A"), condition("B", bool="or")), "A or B"),
        ((condition("A"), condition("B", bool="AND")), "A and B"),
        ((condition("A"), condition("B")), "A and B"),
        ((condition("A"), condition("B", bool="XOR")), "A and B"),
        ((condition("A"), condition("B", bool="AA")), "A and B"),
        ((condition("A", negated="1"),), "not A"),
        ((condition("A", negated="0"),), "A"),
        ((condition("A", negated="2"),), "A"),
        ((condition("A"), condition("B", bool="OR", negated="1")), "A or not B"),
        ((condition("FilterRunOnce", id="x"),), "applied once"),
        ((condition("FilterRunOnce", negated="1"),), "not applied once"),
        ((condition("A"), condition("FilterRunOnce")), "A and applied once"),
        ((condition("FilterRunOnce"), condition("A")), "applied once and A"),
        ((condition("A", id="1"), condition("Z", id="2")), 'A id="1" and Z id="2"'),
        ((condition("A", z="1", B="2", c=""),), 'A b="2" z="1"'),
        ((condition("A", hidden="1", namespace="ROOT\\CIMV2"),), "A"),
        ((condition("A", namespace="root\\other"),), 'A namespace="root\\other"'),
        (
            (condition("C", (condition("A"), condition("B", bool="OR")), name="n"),),
            'C name="n" (A or B)',
        ),
    ],
)
def test_conditions_are_one_line(own: tuple[Filter, ...], text: str) -> None:
    assert text_of(*own) == text


def test_the_context_of_the_user_and_the_removal_are_conditions_too() -> None:
    user, removed = "written as the logged-on user", "removed when the GPO no longer applies"

    assert text_of(user_context=True) == user
    assert text_of(remove_policy=True) == removed
    both = text_of(condition("A"), user_context=True, remove_policy=True)
    assert both == f"A; {user}; {removed}"


@pytest.mark.parametrize(("length", "is_cut"), [(199, False), (200, False), (201, True)])
def test_a_text_of_more_than_200_characters_is_cut_and_has_its_hash(
    length: int, is_cut: bool
) -> None:
    whole = "x" * length
    digest = sha256(whole.encode()).hexdigest()

    wanted = f"{whole[:200]}... (SHA-256 {digest})" if is_cut else whole
    assert text_of(Filter(whole, ())) == wanted


def test_the_collections_around_an_item_come_first_from_the_outermost() -> None:
    file = Around(False, None, (), None, ())
    outer = Around(False, "o", (condition("A"),), file, ())
    inner = Around(False, "i", (condition("B"), condition("C", bool="OR")), outer, ())
    conditions = Conditions()

    def of(around: Around | None, *own: Filter) -> str:
        return conditions.of(PreferenceItem(RECORD, "U", 1, own=own, around=around))

    assert of(inner, condition("D")) == "A; B or C; D"
    assert of(inner) == "A; B or C"
    assert of(outer, condition("E")) == "A; E"
    assert of(file) == of(None) == ""
    assert of(Around(False, "j", (condition("F"),), inner, ())) == "A; B or C; F"


def test_wmi_queries_are_conditions_that_all_must_be_true() -> None:
    assert wql_condition([]) == ""
    assert wql_condition(["q1", "q2"]) == 'FilterWmi query="q1" and FilterWmi query="q2"'
