from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from gpogen.artifacts.render import ContextError
from gpogen.artifacts.render.contexts.text import block, line
from tests.artifacts.render.hostile import anything


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("", ""),
        (3, "3"),
        ("a\r\nb\nc\rd\u2028e", "a b c d e"),
        ("a\tb", "a b"),
        ("a\u202eb\x1b", "a<U+202E>b<U+001B>"),
        ("\U000e0041", "<U+E0041>"),
        ("é 漢 \U0001f512", "é 漢 \U0001f512"),
    ],
)
def test_a_line_is_one_line(value: object, written: str) -> None:
    assert line(value) == written


def test_a_block_keeps_its_lines_and_indents_those_after_the_first() -> None:
    assert block("a\r\n\nb\u2029c", 2) == "a\n\n  b\n  c"


@given(anything)
def test_nothing_hidden_is_left(value: str) -> None:
    for char in line(value) + block(value).replace("\n", ""):
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(anything)
def test_a_block_has_as_many_lines_as_its_text(value: str) -> None:
    breaks = sum(value.replace("\r\n", "\n").count(char) for char in "\n\r\v\f\x85\u2028\u2029")
    assert block(value).count("\n") == breaks


@pytest.mark.parametrize("value", [None, True, b"a", 1.5])
@pytest.mark.parametrize("context", [line, block])
def test_other_types_are_refused(context: object, value: object) -> None:
    with pytest.raises(ContextError, match="takes text"):
        context(value)  # type: ignore[operator]
