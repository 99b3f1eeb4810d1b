from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.artifacts.render import ContextError
from gpogen.artifacts.render.contexts.cmd import word


@pytest.mark.parametrize("value", ["a", "azlocal-ws2022-core", "A_b.9", "Set.ps1"])
def test_a_plain_word_passes(value: str) -> None:
    assert word(value) == value


@pytest.mark.parametrize(("value", "written"), [(0, "0"), (3010, "3010"), (-1, "-1")])
def test_a_whole_number_passes(value: int, written: str) -> None:
    assert word(value) == written


@pytest.mark.parametrize("char", list(" \"'%!^&|<>()\r\n\t;,=@*?:/\\~`$é\u2010\u202e\0"))
def test_any_other_character_is_named(char: str) -> None:
    with pytest.raises(ContextError, match=rf"cmd word: cannot hold U\+{ord(char):04X} "):
        word(f"a{char}b")


@pytest.mark.parametrize("value", ["", None, True, b"a", 1.5, ("a",)])
def test_nothing_and_other_types_are_refused(value: object) -> None:
    with pytest.raises(ContextError, match="cmd word"):
        word(value)


@given(st.text(max_size=20))
def test_only_plain_words_ever_pass(value: str) -> None:
    try:
        written = word(value)
    except ContextError:
        return
    assert re.fullmatch("[A-Za-z0-9._-]+", written)
    assert written == value
