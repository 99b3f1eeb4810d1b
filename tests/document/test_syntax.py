"""What is said of a text that PyYAML cannot parse: its words never, and a fix that works."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gpogen.document import fault, yaml12
from gpogen.document.nodes import plain
from gpogen.finding import Finding

LOADERS = (yaml.CSafeLoader, yaml.SafeLoader)
RAW = re.compile(
    r"did not find|could not find|while (?:scanning|parsing)|any token|block (?:mapping|collection|"
    r"scalar|end)|flow (?:mapping|sequence)|simple key|end of stream|document start|expected|"
    r"hexdecimal|indicator"
)
"""The jargon of libyaml and of PyYAML's parser in Python."""

PASTED: tuple[tuple[str, str, Any], ...] = (
    ("a: b: c\n", "a: 'b: c'\n", {"a": "b: c"}),
    ("a: @x\n", "a: '@x'\n", {"a": "@x"}),
    ("a: it's: so\n", "a: 'it''s: so'\n", {"a": "it's: so"}),
    ("a: *.exe\n", "a: '*.exe'\n", {"a": "*.exe"}),
    ("a: 'it's'\n", "a: 'it''s'\n", {"a": "it's"}),
    ("a: - b\n", "a: [b]\n", {"a": ["b"]}),
    ('a: "C:\\q"\n', "a: 'C:\\q'\n", {"a": "C:\\q"}),
    ("a:\n  at:03:00\n  b: 1\n", "a:\n  at: 03:00\n  b: 1\n", {"a": {"at": "03:00", "b": 1}}),
)
"""A wrong text, what the fix makes of its line, and what that means."""

WRONG = (
    "a: `x`",
    "a: 'x",
    'a: "x\nb: 1',
    "a: [x\nb: 1",
    "a: {x: 1\nb: 2",
    "a:\n- b\nc",
    "a:\n  - b\n  c: 1",
    "a: 1\n- b",
    "a: [x, , y]",
    'a: "x" y',
    "a: [x] y",
    "{a: 1} b",
    "a: !<x y",
    "a: !x!y z",
    "a: &",
    "%FOO\na: 1",
    "%YAML x\n---\na: 1",
    "%YAML 9.1\n---\na: 1",
    "a: |x\n  y",
    "a: |0\n y",
    "b\n: c",
    "- a\nb: 1",
    "a: ]",
    "a: 1\n}",
    "a: {b: c, d: e: f}",
    "[a: {b}}",
    "a: 1\n...\nb: 2",
    'a: "x\n---\ny"',
    "a: !%zz x",
    "- - a\n - b",
)


def found(text: str) -> Finding:
    _, (finding,) = yaml12.read(text.encode(), "f.yaml")
    return finding


@pytest.fixture(params=LOADERS, ids=["libyaml", "python"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault, "LOADER", request.param)


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(("text", "right", "meaning"), PASTED)
def test_what_the_fix_says_can_be_pasted(text: str, right: str, meaning: Any) -> None:
    finding = found(text)
    written = next(line for line in right.splitlines() if line not in text.splitlines())
    value = written.strip().partition(": ")[2]

    assert finding.fix.endswith((written.strip(), f": {value}")), finding
    node, findings = yaml12.read(right.encode(), "f.yaml")
    assert node is not None
    assert (plain(node), findings) == (meaning, [])


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize("first", range(1, 6))
@pytest.mark.parametrize("second", range(1, 6))
def test_a_line_that_is_indented_by_the_fix_is_right(first: int, second: int) -> None:
    lines = ["a:", f"{' ' * first}b: 1", f"{' ' * second}c: 2"]
    if first == second:
        assert yaml12.read("\n".join(lines).encode(), "f.yaml")[1] == []
        return
    finding = found("\n".join(lines))

    assert str(finding.at) == f"f.yaml:3:{second + 1}"
    assert f"by 0 or {first} spaces; got {second}" in finding.message
    spaces = 0
    if finding.fix != "do not indent it":
        spaces = int(finding.fix.removeprefix("indent it by ").split()[0])
        assert spaces == first
    lines[2] = " " * spaces + "c: 2"
    assert yaml12.read("\n".join(lines).encode(), "f.yaml")[1] == []


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize("text", WRONG)
def test_each_fault_is_told_in_the_words_of_its_author_with_what_to_do(text: str) -> None:
    finding = found(text)

    assert finding.message.startswith("not YAML: ")
    assert not RAW.search(finding.message), finding
    assert finding.fix
    assert finding.at is not None
    assert "not allowed here" not in finding.message, "no function explains it"


@given(st.text(st.sampled_from(list("ab:- \n\t#'\"[]{},&*!|>%@`?\\01")), max_size=30))
def test_no_text_brings_the_words_of_the_parser_up(text: str) -> None:
    for loader in LOADERS:
        kept = fault.LOADER
        fault.LOADER = loader
        try:
            findings = yaml12.read(text.encode(), "f.yaml")[1]
        finally:
            fault.LOADER = kept
        for finding in findings:
            assert not RAW.search(finding.message.split("; got")[0]), (loader, finding)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a:\n\tb: 1\n", "f.yaml:2:1"),
        ("a:\n  b: 1\n  \tc: 2\n", "f.yaml:3:3"),
        ("a:\n \t b: 1\n", "f.yaml:2:2"),
    ],
)
def test_a_tab_in_the_indentation_is_where_the_tab_stands(text: str, place: str) -> None:
    finding = found(text)

    assert (finding.id, str(finding.at)) == ("GP005", place)
