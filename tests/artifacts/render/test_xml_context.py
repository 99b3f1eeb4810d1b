from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gpogen.artifacts.render import ContextError
from gpogen.artifacts.render.contexts.xml import attribute, cdata, comment, text
from tests.artifacts.render.hostile import HOSTILE

FORBIDDEN = ["\0", "\x01", "\x08", "\v", "\f", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]
HOLDABLE = st.text(
    st.characters(exclude_categories=["Cs"]).filter(
        lambda char: char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff")
    ),
    max_size=60,
)
KEPT = [item for item in HOSTILE if not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", item)]


def parse(source: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(source.encode("utf-8"), parser)


@given(HOLDABLE)
def test_text_parses_back_unchanged(value: str) -> None:
    assert (parse(f"<a>{text(value)}</a>").text or "") == value


@given(HOLDABLE)
def test_an_attribute_parses_back_unchanged_in_either_quotes(value: str) -> None:
    assert parse(f'<a b="{attribute(value)}"/>').get("b") == value
    assert parse(f"<a b='{attribute(value)}'/>").get("b") == value


@given(HOLDABLE.filter(lambda value: "\r" not in value))
def test_cdata_parses_back_unchanged(value: str) -> None:
    assert (parse(f"<a>{cdata(value)}</a>").text or "") == value


@given(HOLDABLE)
def test_a_comment_stays_one_comment(value: str) -> None:
    (node,) = parse(f"<a><!-- {comment(value)} --></a>")
    assert isinstance(node, etree._Comment)
    assert (node.text or "").replace(" ", "") == re.sub("\r\n?", "\n", value).replace(" ", "")


@pytest.mark.parametrize("value", KEPT)
def test_hostile_text_parses_back(value: str) -> None:
    assert (parse(f"<a>{text(value)}</a>").text or "") == value
    assert parse(f'<a b="{attribute(value)}"/>').get("b") == value


@pytest.mark.parametrize("char", FORBIDDEN)
@pytest.mark.parametrize("context", [text, attribute, cdata, comment])
def test_a_character_outside_xml_is_named(context: object, char: str) -> None:
    with pytest.raises(ContextError, match=rf"XML \w+: cannot hold U\+{ord(char):04X} "):
        context(f"abc{char}")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a&b<c>d\"e'f", "a&amp;b&lt;c&gt;d\"e'f"),
        ("a\tb\nc\rd", "a\tb\nc&#xD;d"),
        (12, "12"),
    ],
)
def test_text_is_escaped(value: object, written: str) -> None:
    assert text(value) == written


def test_white_space_in_an_attribute_becomes_references() -> None:
    assert attribute("a\tb\nc\rd\"'") == "a&#x9;b&#xA;c&#xD;d&quot;&apos;"


def test_cdata_splits_its_own_end() -> None:
    assert cdata("a]]>b") == "<![CDATA[a]]]]><![CDATA[>b]]>"
    assert cdata("") == "<![CDATA[]]>"


def test_cdata_refuses_a_carriage_return() -> None:
    with pytest.raises(ContextError, match=r"XML CDATA: cannot hold U\+000D"):
        cdata("a\rb")


@pytest.mark.parametrize(
    ("value", "written"), [("a--b", "a- -b"), ("a---", "a- - - "), ("-", "- "), ("a-b", "a-b")]
)
def test_hyphens_in_a_comment_are_set_apart(value: str, written: str) -> None:
    assert comment(value) == written


@pytest.mark.parametrize("value", [None, True, b"x", 1.5, ["a"]])
@pytest.mark.parametrize("context", [text, attribute, cdata, comment])
def test_other_types_are_refused(context: object, value: object) -> None:
    with pytest.raises(ContextError, match="takes text or a whole number"):
        context(value)  # type: ignore[operator]
