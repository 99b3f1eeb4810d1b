from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.artifacts.render import ContextError
from gpogen.artifacts.render.contexts.command import argument, fits, powershell_argument
from tests.artifacts.render.hostile import HOSTILE, anything

VISIBLE = string.ascii_letters + string.digits + string.punctuation + " "
BOTH = (argument, powershell_argument)


@pytest.mark.parametrize(
    "text", ["a", r"HKLM\SOFTWARE\A B", "{35378EAC-683F}", "a&b|c<d>e^f", "it's", "(a);b,c=d#"]
)
def test_an_argument_for_both_shells_stands_in_double_quotes(text: str) -> None:
    assert argument(text) == f'"{text}"'


@pytest.mark.parametrize("char", list('"$`%!\n\r\0\x1b\u201c\u201d\u201e\u201f\u2013\u202e\uff02é'))
def test_what_one_of_the_shells_acts_upon_is_named(char: str) -> None:
    with pytest.raises(ContextError, match=rf"command argument: cannot hold U\+{ord(char):04X} "):
        argument(f"a{char}b")


def test_powershell_takes_every_single_quote_twice() -> None:
    assert powershell_argument("a$`'\u2018\u2019\u201a\u201bé") == (
        "'a$`''\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201bé'"
    )


@pytest.mark.parametrize("char", list('"%!^&|<>()\n\r\0\x1b\u202e\u200b'))
def test_what_cmd_acts_upon_is_not_written_for_powershell(char: str) -> None:
    with pytest.raises(ContextError, match=rf"cannot hold U\+{ord(char):04X} "):
        powershell_argument(f"a{char}b")


@pytest.mark.parametrize("context", BOTH)
@pytest.mark.parametrize("value", ["", "-a", "/f", "@a", "a\\", None, True, 3, b"a", ("a",)])
def test_options_open_ends_and_other_types_are_refused(context: object, value: object) -> None:
    with pytest.raises(ContextError, match="command argument"):
        context(value)  # type: ignore[operator]


@given(anything | st.sampled_from(HOSTILE) | st.text(VISIBLE))
def test_an_argument_holds_only_what_both_shells_read_as_it_is(text: str) -> None:
    if fits(argument, text):
        written = str(argument(text))
        assert written == f'"{text}"'
        assert not set(text) & set('"$`%!')
        assert re.fullmatch("[ -~]+", text)


@given(anything | st.sampled_from(HOSTILE) | st.text(VISIBLE))
def test_powershells_quotes_close_once_and_cmd_finds_nothing_to_act_upon(text: str) -> None:
    if fits(powershell_argument, text):
        written = str(powershell_argument(text))
        assert not set(written) & set('"%!^&|<>()\r\n')
        inner = re.sub("(['\u2018\u2019\u201a\u201b])\\1", "", written[1:-1])
        assert not set(inner) & set("'\u2018\u2019\u201a\u201b")
