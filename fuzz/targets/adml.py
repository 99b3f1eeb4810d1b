"""ADML: a table of texts of bounded length."""

from __future__ import annotations

from fuzz import xmltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import admx


def generate(dice: Dice) -> bytes:
    """Make a file of a few texts."""
    texts = [
        xmltext.element("string", xmltext.attributes(dice, id=dice.word(2)), text=dice.word(20))
        for _ in range(dice.below(5))
    ]
    table = xmltext.element("resources", {}, xmltext.element("stringTable", {}, *texts))
    return xmltext.document(dice, xmltext.element("policyDefinitionResources", {}, table))


def check(data: bytes) -> None:
    """Read a file."""
    for text in admx.texts(data).values():
        assert len(text) <= admx.MAX_TITLE + 3
        assert "\n" not in text


TARGET = Target(
    generate=generate,
    check=check,
    words=(*xmltext.WORDS, b"<string ", b'id="a"', b"<stringTable>"),
    most=1024,
)
