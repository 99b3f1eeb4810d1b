"""Text in HTML stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from gpogen.artifacts.render.contexts import html
from gpogen.artifacts.render.rendered import ContextError


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"])))
def test_text_parses_back_unchanged_between_tags_and_in_an_attribute(content: str) -> None:
    made = html.text(content)
    for page in (f'<p title="{made}">{made}</p>', f"<p title='{made}'>{made}</p>"):
        found = parser.fromstring(page)

        assert found.tag == "p"
        assert len(found) == 0
        assert (found.text or "") == content
        assert found.get("title") == content


@pytest.mark.parametrize("character", ["\0", "\x1b", "\r", "\x85", "\ud800", "\ufffe", "\ufdd0"])
def test_a_character_that_html_cannot_hold_is_refused(character: str) -> None:
    with pytest.raises(ContextError, match="HTML text: cannot hold"):
        html.text(f"a{character}")


def test_only_text_and_whole_numbers_are_taken() -> None:
    assert html.text(7) == "7"
    for value in (None, True, 1.5, b"a"):
        with pytest.raises(ContextError, match="takes text or a whole number"):
            html.text(value)
