"""YAML by the 1.2 core schema, with places."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gpogen.document import fault, yaml12
from gpogen.document.nodes import Mapping, Node, Scalar, Sequence, find, plain
from gpogen.finding import Finding
from tests.support.effort import examples


def _has_place(number: int) -> bool:
    """Tell whether YAML has a place for a character: production 1 of its grammar (5.1).

    Its line ends of version 1.1 are refused besides, and DEL (0x7F) is in no range.
    """
    if number in (0x85, 0x2028, 0x2029):
        return False
    ranges = ((0x20, 0x7E), (0xA0, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    return number in (0x9, 0xA, 0xD) or any(low <= number <= high for low, high in ranges)


def test_every_character_that_yaml_has_no_place_for_is_refused() -> None:
    wrong = [
        number
        for number in range(0x110000)
        if (yaml12._FORBIDDEN.search(chr(number)) is None) is not _has_place(number)
    ]

    assert wrong == []


def _read(text: str) -> Node:
    node, findings = yaml12.read(text.encode(), "f.yaml")
    assert not findings
    assert node is not None
    return node


def _value(text: str) -> Any:
    return plain(_read(f"k: {text}\n"))["k"]


def _found(data: bytes | str) -> list[Finding]:
    return yaml12.read(data.encode() if isinstance(data, str) else data, "f.yaml")[1]


def _places(node: Node) -> dict[str, tuple[int, int]]:
    """Every node's place by its path."""
    places: dict[str, tuple[int, int]] = {}
    todo: list[tuple[str, Node]] = [("", node)]
    while todo:
        path, item = todo.pop()
        places[path] = (item.place.line, item.place.col)
        if isinstance(item, Mapping):
            todo += [(f"{path}.{key}", child) for key, (_, child) in item.members.items()]
        elif isinstance(item, Sequence):
            todo += [(f"{path}[{i}]", child) for i, child in enumerate(item.items)]
    return places


@pytest.mark.parametrize("text", ["off", "on", "no", "yes", "No", "YES", "y", "n", "True", "FALSE"])
def test_only_true_and_false_are_booleans(text: str) -> None:
    assert _value(text) == text


def test_true_and_false_are_booleans() -> None:
    assert _value("true") is True
    assert _value("false") is False


YAML_1_1 = """
03:00 22:30 190:20:30 1_000 0b101 2026-11-02 2026-11-02T10:00:00Z 1.2.3 + . e3 0x 0o8 -0x1F 0xG
.inf NaN nul = <<
"""


@pytest.mark.parametrize("text", YAML_1_1.split())
def test_what_yaml_1_1_made_numbers_and_dates_are_texts(text: str) -> None:
    assert _value(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("-7", -7), ("+7", 7), ("0o17", 15), ("0x1F", 31), ("0xffFF", 65535)],
)
def test_whole_numbers(text: str, number: int) -> None:
    value = _value(text)
    assert value == number
    assert type(value) is int


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e3", 1000.0), ("1.10", 1.1), (".5", 0.5), ("1.", 1.0), ("-2.5E-1", -0.25)],
)
def test_numbers_with_a_fraction(text: str, number: float) -> None:
    value = _value(text)
    assert value == number
    assert type(value) is float


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_tilde_and_null_are_nothing(text: str) -> None:
    assert _value(text) is None


@pytest.mark.parametrize("text", ["true", "null", "~", "12", "010", "1e3", "", "off"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_make_a_text(text: str, quote: str) -> None:
    assert _value(f"{quote}{text}{quote}") == text


@pytest.mark.parametrize("text", ["010", "00", "-01", "+007"])
def test_a_leading_zero_is_refused_with_its_place(text: str) -> None:
    (found,) = _found(f"k: {text}\n")
    assert (found.id, str(found.at)) == ("GP015", "f.yaml:1:4")
    assert f'quote it: "{text}"' in found.fix


def test_a_number_with_very_many_digits_is_no_fault() -> None:
    assert _value("9" * 5000) == "9" * 5000
    assert _value("9" * 40) == int("9" * 40)


def test_a_number_too_big_for_a_float_is_no_fault() -> None:
    assert math.isinf(_value("1e999"))


def test_a_block_text_keeps_its_lines() -> None:
    assert _value("|\n  one\n  two") == "one\ntwo\n"
    assert _value(">-\n  one\n  two") == "one two"


def test_every_node_knows_its_place() -> None:
    text = "# head\na: 1\nb:\n  - x\n  - {c: 'é', d: [2, 3]}\né: |\n  text\n"
    assert _places(_read(text)) == {
        "": (2, 1),
        ".a": (2, 4),
        ".b": (4, 3),
        ".b[0]": (4, 5),
        ".b[1]": (5, 5),
        ".b[1].c": (5, 9),
        ".b[1].d": (5, 17),
        ".b[1].d[0]": (5, 18),
        ".b[1].d[1]": (5, 21),
        ".é": (6, 4),
    }


def test_every_key_knows_its_place() -> None:
    tree = _read("a: 1\nb: {c: 2, 'd': 3}\n")
    inner = find(tree, ("b",))
    assert isinstance(tree, Mapping)
    assert isinstance(inner, Mapping)
    assert [str(place) for place, _ in tree.members.values()] == ["f.yaml:1:1", "f.yaml:2:1"]
    assert [str(place) for place, _ in inner.members.values()] == ["f.yaml:2:5", "f.yaml:2:11"]


def test_a_node_with_an_anchor_is_where_its_value_begins_or_its_anchor() -> None:
    node = find(_read("a: &x\n  b: 1\n"), ("a", "b"))
    assert node is not None
    assert str(node.place) == "f.yaml:2:6"


def test_columns_count_characters_not_bytes() -> None:
    node = find(_read("é𝄞: 1\n"), ("é𝄞",))
    assert node is not None
    assert node.place.col == 5


def test_a_key_twice_names_both_places_and_the_first_counts() -> None:
    node, (found,) = yaml12.read(b"a: 1\nb: 2\na: 3\n", "f.yaml")
    assert (found.id, str(found.at)) == ("GP003", "f.yaml:3:1")
    assert [str(place) for place in found.related] == ["f.yaml:1:1"]
    assert node is not None
    assert plain(node) == {"a": 1, "b": 2}


def test_a_key_three_times_is_two_findings() -> None:
    assert [item.id for item in _found("a: 1\na: 2\n'a': 3\n")] == ["GP003", "GP003"]


def test_the_same_key_in_two_mappings_is_no_fault() -> None:
    assert plain(_read("a: {x: 1}\nb: {x: 2}\n")) == {"a": {"x": 1}, "b": {"x": 2}}


def test_an_alias_stands_for_its_anchor_and_its_place() -> None:
    tree = _read("a: &x [1, 2]\nb: *x\n")
    assert plain(tree) == {"a": [1, 2], "b": [1, 2]}
    node = find(tree, ("b", 1))
    assert node is not None
    assert node.place.line == 1


def test_an_anchor_given_again_counts_from_there_on() -> None:
    assert plain(_read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")) == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_an_alias_can_be_a_key() -> None:
    assert plain(_read("a: &x word\n*x : 2\n")) == {"a": "word", "word": 2}


@pytest.mark.parametrize("text", ["a: *x\n", "a: &x [*x]\n", "a: &x {b: *x}\n", "a: *x\nb: &x 1\n"])
def test_an_alias_without_a_finished_anchor_is_refused(text: str) -> None:
    (found,) = _found(text)
    assert found.id == "GP002"


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert plain(_read("a: &x {b: 1}\nc: {<<: *x}\n"))["c"] == {"<<": {"b": 1}}


def test_comments_count_for_lines_only() -> None:
    node = find(_read("# one\n\na: 1 # two\n# three\nb: '# no comment'\n"), ("b",))
    assert isinstance(node, Scalar)
    assert (node.value, node.place.line) == ("# no comment", 5)


def test_a_byte_order_mark_is_no_column() -> None:
    node, findings = yaml12.read(b"\xef\xbb\xbfa: 1\n", "f.yaml")
    assert isinstance(node, Mapping)
    assert not findings
    assert str(node.members["a"][0]) == "f.yaml:1:1"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_ending_gives_the_same_tree_and_places(newline: str) -> None:
    text = "a: 1\nb:\n  - x\n  - y: |\n      one\n      two\n"
    wanted = _read(text)
    node = _read(text.replace("\n", newline))
    assert plain(node) == plain(wanted)
    assert _places(node) == _places(wanted)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_tab_is_found_whatever_the_line_ending(newline: str) -> None:
    (found,) = _found("a: 1\nb:\n\tc: 1\n".replace("\n", newline))
    assert (found.id, str(found.at)) == ("GP005", "f.yaml:3:1")


def test_a_tab_between_a_key_and_its_value_is_no_fault() -> None:
    assert _value("\tx\t# remark") == "x"


def test_a_tab_inside_a_text_is_no_fault() -> None:
    assert _value("a\tb") == "a\tb"


@pytest.mark.parametrize("text", ["", "# only a remark\n", "---\n", "\n\n", "\ufeff"])
def test_a_file_without_content_is_nothing_or_one_finding(text: str) -> None:
    node, findings = yaml12.read(text.encode(), "f.yaml")
    nothing = isinstance(node, Scalar) and node.value is None
    assert nothing or [item.id for item in findings] == ["GP006"]


def test_a_document_start_is_no_second_document() -> None:
    assert plain(_read("---\na: 1\n")) == {"a": 1}
    assert plain(_read("%YAML 1.2\n---\na: 1\n...\n")) == {"a": 1}


def test_the_c_scanner_and_the_python_one_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x [1, '2', {b: 03:00}]\nc: *x\nd: |\n  t\n"
    wanted = _read(text)
    monkeypatch.setattr(fault, "LOADER", yaml.SafeLoader)
    assert plain(_read(text)) == plain(wanted)
    assert _places(_read(text)) == _places(wanted)
    (found,) = _found("a:\n\tb: 1\n")
    assert (found.id, str(found.at)) == ("GP005", "f.yaml:2:1")


def test_a_bracket_that_is_never_closed_is_found_where_it_begins() -> None:
    (found,) = _found("a: 1\nb: [x,\nc: 2\n")
    assert found.id == "GP002"
    assert str(found.at) == "f.yaml:2:4"


TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\x7f", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")
    ),
    max_size=20,
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**64), 2**64), TEXT, FLOATS)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def _json(tree: Any) -> str:
    # PyYAML does not know the pairs of escapes by which JSON writes what is beyond U+FFFF.
    return json.dumps(tree, ensure_ascii=False)


@given(TREES)
@settings(max_examples=examples(150))
def test_json_is_read_as_json(tree: Any) -> None:
    node, findings = yaml12.read(_json(tree).encode(), "f.yaml")
    assert not findings
    assert node is not None
    assert plain(node) == tree


def _emit(tree: Any, indent: int) -> str:
    """Write block style by hand: the small emitter that the reader is held against."""
    pad = " " * indent
    if isinstance(tree, dict) and tree:
        rows = [f"{pad}{_json(k)}:{_child(v, indent)}" for k, v in tree.items()]
        return "\n".join(rows)
    if isinstance(tree, list) and tree:
        return "\n".join(f"{pad}-{_child(item, indent)}" for item in tree)
    return pad + _json(tree)


def _child(tree: Any, indent: int) -> str:
    if isinstance(tree, dict | list) and tree:
        return f" # a remark\n{_emit(tree, indent + 2)}"
    return f" {_json(tree)}"


@given(TREES)
@settings(max_examples=examples(150))
def test_block_style_is_read_back_as_it_was_written(tree: Any) -> None:
    for newline in ("\n", "\r\n"):
        text = _emit(tree, 0).replace("\n", newline) + newline
        node, findings = yaml12.read(text.encode(), "f.yaml")
        assert not findings
        assert node is not None
        assert plain(node) == tree


@given(st.dictionaries(TEXT, TEXT | st.booleans() | st.integers(0, 9), max_size=5))
@settings(max_examples=examples(100))
def test_what_pyyaml_quotes_is_read_as_pyyaml_reads_it(tree: dict[str, Any]) -> None:
    text = yaml.safe_dump(tree, default_style='"', allow_unicode=True)
    quoted = {key: value if isinstance(value, str) else None for key, value in tree.items()}
    node, _ = yaml12.read(text.encode(), "f.yaml")
    assert node is not None
    read = plain(node)
    assert {key: read[key] for key, value in quoted.items() if value is not None} == {
        key: value for key, value in quoted.items() if value is not None
    }


@given(st.binary(max_size=200))
@settings(max_examples=examples(300))
def test_random_bytes_give_a_tree_or_findings_and_raise_nothing(data: bytes) -> None:
    node, findings = yaml12.read(data, "f.yaml")
    assert node is not None or findings
    for found in findings:
        assert found.at is not None
        assert found.at.line >= 1
        assert found.at.col >= 1


MARKS = st.sampled_from(
    [*"abc{}[]:,-?&*!|>'\"%@`#~ \n\t\r", "\r\n", "  ", ": ", "- ", "---\n", "é"]
)


@given(st.lists(MARKS, max_size=60).map("".join))
@settings(max_examples=examples(400))
def test_random_punctuation_gives_a_tree_or_findings_and_raises_nothing(text: str) -> None:
    node, findings = yaml12.read(text.encode(), "f.yaml")
    assert node is not None or findings
    lines = max(text.count("\n"), text.count("\r")) + text.count("\n") + 2
    assert all(item.at is not None and item.at.line <= lines for item in findings)
