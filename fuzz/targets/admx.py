"""ADMX: each value that a policy writes has a hive, and a name of bounded length."""

from __future__ import annotations

from fuzz import records, xmltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import admx
from gpogen.policy.keys import MAX_SHARED_KEY

_ELEMENTS = ("text", "decimal", "boolean", "enum", "list", "multiText")
_LISTS = ("enabledList", "disabledList", "trueList", "falseList", "valueList")


def generate(dice: Dice) -> bytes:
    """Make a file of a few policies."""
    policies = [_policy(dice) for _ in range(dice.below(4))]
    root = xmltext.element("policyDefinitions", {}, xmltext.element("policies", {}, *policies))
    return xmltext.document(dice, root)


def _policy(dice: Dice) -> str:
    given = xmltext.attributes(
        dice,
        name=dice.word(),
        displayName=f"$(string.{dice.word(2)})",
        key=records.key(dice),
        valueName=dice.text(),
        **{"class": dice.pick(("Machine", "User", "Both"))},
    )
    parts = [_element(dice) for _ in range(dice.below(3))]
    return xmltext.element("policy", given, xmltext.element("elements", {}, *parts), _list(dice))


def _element(dice: Dice) -> str:
    given = xmltext.attributes(dice, id="a", key=records.key(dice), valueName=dice.text())
    return xmltext.element(dice.pick(_ELEMENTS), given, _list(dice) if dice.one_in(2) else "")


def _list(dice: Dice) -> str:
    item = xmltext.attributes(dice, key=records.key(dice), valueName=dice.word())
    given = xmltext.attributes(dice, defaultKey=records.key(dice))
    return xmltext.element(dice.pick(_LISTS), given, xmltext.element("item", item))


def check(data: bytes) -> None:
    """Read a file."""
    for item in admx.written(data, {"a": "A name"}):
        assert len(item.key) <= MAX_SHARED_KEY
        assert len(item.policy) <= admx.MAX_TITLE + 3


TARGET = Target(
    generate=generate,
    check=check,
    words=(*xmltext.WORDS, b"<policy ", b"<elements>", b"<enabledList>", b'valueName="v"'),
    most=1536,
)
