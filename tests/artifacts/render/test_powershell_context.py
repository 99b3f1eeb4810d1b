from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gpogen.artifacts.render import ContextError, Rendered
from gpogen.artifacts.render.contexts.powershell import (
    comment,
    help_text,
    identifier,
    literal,
    typed_value,
)
from tests.artifacts.render.hostile import HOSTILE, anything

QUOTES = "'\u2018\u2019\u201a\u201b"
BREAKS = "\n\r\v\f\x85\u2028\u2029"


def read_literal(source: str) -> str:
    """Read what `literal` wrote, as PowerShell's tokenizer would; assert that all is read."""
    if source.startswith("("):
        assert source.endswith(")")
        source = source[1:-1]
    units: list[int] = []
    rest = source
    while rest:
        part, rest = _read_operand(rest)
        units += part
        assert not rest or rest.startswith(" + ")
        rest = rest[3:]
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "surrogatepass")


def _read_operand(rest: str) -> tuple[list[int], str]:
    if found := re.match(r"\[char\]0x([0-9A-F]{4})", rest):
        return [int(found[1], 16)], rest[found.end() :]
    assert rest[0] == "'"
    text, position = "", 1
    while not (rest[position] in QUOTES and rest[position + 1 : position + 2] not in set(QUOTES)):
        position += rest[position] in QUOTES
        text += rest[position]
        position += 1
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[i : i + 2]) for i in range(0, len(data), 2)], rest[position + 1 :]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", "''"),
        ("abc", "'abc'"),
        ("it's", "'it''s'"),
        (
            "\u2018\u2019\u201a\u201b",
            "'\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'",
        ),
        ('"$x`n$(y)"', "'\"$x`n$(y)\"'"),
        ("abc\ndef", "('abc' + [char]0x000A + 'def')"),
        ("\r\n", "('' + [char]0x000D + [char]0x000A)"),
        ("\0", "('' + [char]0x0000)"),
        ("a\u202e", "('a' + [char]0x202E)"),
        ("a\u2028", "('a' + [char]0x2028)"),
        ("\ufeffa", "('' + [char]0xFEFF + 'a')"),
        ("\U000e0041", "('' + [char]0xDB40 + [char]0xDC41)"),
        ("\ud800", "('' + [char]0xD800)"),
        ("é \U0001f512", "'é \U0001f512'"),
    ],
)
def test_text_becomes_a_literal(text: str, written: str) -> None:
    assert literal(text) == written


@pytest.mark.parametrize(("number", "digits"), [(0, "0"), (-3, "-3"), (2**64, str(2**64))])
def test_a_whole_number_becomes_its_digits(number: int, digits: str) -> None:
    assert literal(number) == typed_value(number) == digits


@pytest.mark.parametrize("value", [None, b"x", 1.5, True, ["a"], ("a",), object()])
def test_the_literal_refuses_what_is_neither_text_nor_a_whole_number(value: object) -> None:
    with pytest.raises(ContextError, match="PowerShell literal: takes text or a whole number"):
        literal(value)


@given(anything)
@example("'\n'")
def test_a_literal_reads_back_as_the_same_text(text: str) -> None:
    expected = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
    assert read_literal(literal(text)) == expected


@given(anything)
def test_a_literal_is_one_line_of_visible_characters(text: str) -> None:
    # Characters of a later Unicode than 15.0 are not looked up: the bytes must not change.
    hidden = {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.category(char) in hidden for char in literal(text))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "$true"),
        (False, "$false"),
        (4, "4"),
        ("it's", "'it''s'"),
        ((), "@()"),
        ([], "@()"),
        (("a", "b'"), "@('a','b''')"),
        (("a\n",), "@(('a' + [char]0x000A))"),
        (b"", "([byte[]]@())"),
        (b"\x00\xff", "([byte[]](0,255))"),
        (b"\x01", "([byte[]](1))"),
    ],
)
def test_a_value_keeps_its_type(value: object, written: str) -> None:
    assert typed_value(value) == written


@pytest.mark.parametrize("value", [None, 1.5, {"a": 1}, (1,), ("a", None), (Rendered("x"),)])
def test_a_value_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(ContextError, match="PowerShell value"):
        typed_value(value)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("one", "one"),
        ("one\ntwo\rthree\r\nfour", "one\n  # two\n  # three\n  # four"),
        ("a\vb\fc\x85d\u2028e\u2029f", "a\n  # b\n  # c\n  # d\n  # e\n  # f"),
        ("a\u202eb\tc", "a<U+202E>b c"),
        (".SYNOPSIS", "<U+002E>SYNOPSIS"),
        (".. and more", ".. and more"),
    ],
)
def test_every_line_of_a_comment_is_a_comment(text: str, written: str) -> None:
    assert comment(text, 2) == written


@pytest.mark.parametrize("text", ["SIG # Begin signature block", "Signature block", "sig begin"])
def test_a_comment_that_looks_like_a_signature_says_that_it_is_none(text: str) -> None:
    assert comment(text) == f"{text} <this line is a comment, not a signature>"


def test_an_ordinary_comment_is_left_alone() -> None:
    text = "Servers of the first ring restart in the second week."
    assert comment(text) == text


@given(anything)
def test_a_comment_has_no_line_without_its_sign(text: str) -> None:
    first, *rest = comment(text, 4).split("\n")
    assert all(line.startswith("    # ") for line in rest)
    assert not any(set(line) & set(BREAKS) for line in [first, *rest])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("#>", "# >"),
        ("<#", "< #"),
        ("<#>", "< # >"),
        ("##>>", "## >>"),
        ("one\n  .PARAMETER x", "one\n    <U+002E>PARAMETER x"),
        ("a\r\nb", "a\n  b"),
    ],
)
def test_help_text_stays_inside_its_comment(text: str, written: str) -> None:
    assert help_text(text, 2) == written


@given(st.text(st.sampled_from("<#> \n\r.a"), max_size=12))
def test_help_text_never_ends_its_comment(text: str) -> None:
    written = help_text(text)
    assert "#>" not in written
    assert not re.search(r"(?m)^\s*\.\w", written)


@pytest.mark.parametrize("text", ["a", "AzlocalWs2022Core", "Z9"])
def test_an_identifier_passes(text: str) -> None:
    assert identifier(text) == text


@pytest.mark.parametrize("text", ["", "a-b", "a b", "a\n", "é", "a'", "_a"])
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(ContextError, match="PowerShell identifier"):
        identifier(text)


@pytest.mark.parametrize("context", [comment, help_text, identifier])
def test_a_place_for_text_refuses_other_types(context: object) -> None:
    with pytest.raises(ContextError, match="takes text, not int"):
        context(1)  # type: ignore[operator]


def test_an_error_names_the_context_the_character_and_the_beginning() -> None:
    with pytest.raises(ContextError) as caught:
        identifier("AzLocal\u202eCore" + "x" * 100)
    assert str(caught.value) == (
        "PowerShell identifier: cannot hold U+202E"
        " (the text begins 'AzLocal\\u202eCorexxxxxxxxxxxxxxxxxxxxxxxxxxxx')"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reads_back(text: str) -> None:
    assert read_literal(literal(text)) == text
