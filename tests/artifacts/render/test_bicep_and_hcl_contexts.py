from __future__ import annotations

import re
import tempfile
from typing import Any

import hcl2
import pytest
from hypothesis import given
from pycep import BicepParser

from gpogen.artifacts.render import ContextError
from gpogen.artifacts.render.contexts import bicep, clock, hcl
from gpogen.artifacts.render.contexts.characters import first_hidden
from tests.artifacts.render.hostile import HOSTILE, anything

MORE = [
    *HOSTILE,
    "${x}",
    "$${x}",
    "%{if}",
    "\\",
    "\\'",
    '\\"',
    "'''",
    "*/ // #",
    "a\n}\nresource x",
]


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    # The parser keeps its grammar in the temporary folder.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.getbasetemp()))


@pytest.mark.parametrize(
    ("value", "written"),
    [("", "''"), ("it's", r"'it\'s'"), ("${x}", r"'\${x}'"), ("a\nb\\", r"'a\nb\\'"), (7, "7")],
)
def test_a_bicep_literal(value: object, written: str) -> None:
    assert bicep.literal(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("", '""'),
        ('a"b', r'"a\"b"'),
        ("${x} %{y}", '"$${x} %%{y}"'),
        ("a\nb\\\u202e\U000e0041", r'"a\nb\\\u202e\U000e0041"'),
        (7, "7"),
    ],
)
def test_an_hcl_literal(value: object, written: str) -> None:
    assert hcl.literal(value) == written


@pytest.mark.parametrize("context", [bicep.literal, hcl.literal])
@pytest.mark.parametrize("value", ["\ud800", None, True, b"a"])
def test_what_no_literal_holds_is_refused(context: Any, value: object) -> None:
    with pytest.raises(ContextError, match="literal"):
        context(value)


def test_a_parser_of_bicep_reads_one_value_for_each_text() -> None:
    # pycep counts the quotes of comments and of three in a row, which Bicep itself does not.
    values = [value for value in MORE if "''" not in value]
    assert len(values) >= 40
    for value in values:
        text = f"// {bicep.comment(value)}\nvar a = {bicep.literal(value)}\nvar b = 1\n"
        found: Any = BicepParser().parse(text=text)
        assert set(found["variables"]) == {"a", "b"}, value


def test_a_parser_of_hcl_reads_one_value_for_each_text() -> None:
    for value in MORE:
        text = f"# {hcl.comment(value)}\na = {hcl.literal(value)}\nb = 1\n"
        found: Any = hcl2.loads(text)
        assert {key for key in found if not key.startswith("__")} == {"a", "b"}, value


@given(anything)
def test_no_literal_and_no_comment_ends_early(value: str) -> None:
    for module, mark in ((bicep, "// "), (hcl, "# ")):
        lines = f"{mark}{module.comment(value)}".split("\n")
        assert all(line.startswith(mark) for line in lines)
        if re.search("[\ud800-\udfff]", value):
            continue
        written = module.literal(value)
        assert first_hidden(written) is None
        quote = written[0]
        assert re.fullmatch(rf"{quote}(?:[^{quote}\\]|\\.|\\u\{{[0-9a-f]+\}})*{quote}", written)


@pytest.mark.parametrize("value", ["22:00", "00:59"])
def test_a_time_passes(value: str) -> None:
    assert clock.word(value) == value


@pytest.mark.parametrize("value", ["24:00", "2:00", "22:00\n", "${x}", "", None, 22])
def test_another_text_is_no_time(value: object) -> None:
    with pytest.raises(ContextError, match="must be a time"):
        clock.word(value)


@pytest.mark.parametrize("context", [bicep.comment, hcl.comment])
def test_a_comment_is_text(context: Any) -> None:
    with pytest.raises(ContextError, match="comment"):
        context(3)
