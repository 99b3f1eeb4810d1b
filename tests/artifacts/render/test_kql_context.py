from __future__ import annotations

import re

import pytest
from hypothesis import given

from gpogen.artifacts.render import ContextError
from gpogen.artifacts.render.contexts.kql import comment, literal
from tests.artifacts.render.hostile import HOSTILE, anything


@pytest.mark.parametrize(
    ("value", "written"), [("", "''"), ("rg (a).b-c_d", "'rg (a).b-c_d'"), (7, "7")]
)
def test_a_literal_is_quoted(value: object, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize("value", ["'", '"', "\\", "\n", "é", "\u2019", "\u202e", None, True])
def test_what_a_literal_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ContextError, match="KQL literal"):
        literal(value)


@pytest.mark.parametrize("value", HOSTILE)
def test_no_hostile_text_leaves_its_literal(value: str) -> None:
    try:
        written = literal(value)
    except ContextError:
        return
    assert re.fullmatch(r"'[^'\"\\\n]*'", written)
    assert written == f"'{value}'"


@given(anything)
def test_no_comment_ends_early(value: str) -> None:
    assert all(line.startswith("// ") for line in f"// {comment(value)}".split("\n"))


def test_a_comment_is_text() -> None:
    with pytest.raises(ContextError, match="KQL comment"):
        comment(3)
