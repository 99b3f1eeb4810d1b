from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gpogen.document.nodes import plain
from gpogen.errors import FormatError
from gpogen.formats.yamlread import MAX_BYTES, MAX_NODES, document, hive_and_key, kind
from gpogen.policy.types import Hive
from tests.formats.hostile import by_1_1

KIND = kind("a document", "a list")


def test_a_document_of_the_most_bytes_and_values_is_read() -> None:
    assert (KIND.bytes, KIND.nodes) == (MAX_BYTES, MAX_NODES)
    small = replace(KIND, bytes=9, nodes=4)

    document(b"[1, 2, 3]", small)
    with pytest.raises(FormatError, match="line 1: the file has more than 9 bytes"):
        document(b"[1, 2, 3] ", small)
    with pytest.raises(FormatError, match="line 1: more than 4 values"):
        document(b"[1,2,3,4]", small)


def test_aliases_cannot_make_a_document_large() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(FormatError, match="more than 1000000 values, with aliases expanded"):
        document("\n".join(lines).encode(), KIND)


@pytest.mark.parametrize("data", [b"", b"# x\n"])
def test_an_empty_file_is_not_a_document(data: bytes) -> None:
    with pytest.raises(FormatError, match="the file is empty: a document must be a list"):
        document(data, KIND)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HKLM\\A\\B", (Hive.HKLM, "A\\B")),
        ("HKLM:\\A", (Hive.HKLM, "A")),
        ("HKEY_LOCAL_MACHINE\\A", (Hive.HKLM, "A")),
        ("HKEY_CURRENT_USER:\\A", (Hive.HKCU, "A")),
        ("HKU\\A", None),
        ("hkcr:\\A", None),
    ],
)
def test_a_hive_is_read_in_every_spelling(text: str, found: tuple[Hive, str] | None) -> None:
    assert hive_and_key(text, 1) == found


@pytest.mark.parametrize(
    "text",
    ["yes", "No", "ON", "off", "1_000", "12:30:45", "2026-11-28", "0b11", "0o7", "1e3", "=", "<<"],
)
def test_a_value_that_yaml_1_1_takes_for_another_is_refused_unless_it_is_quoted(text: str) -> None:
    with pytest.raises(FormatError, match="is one thing by YAML 1"):
        document(f"- {text}".encode(), KIND)
    with pytest.raises(FormatError, match=r"line 2: .* is one thing by YAML 1"):
        document(f"a: 1\n{text}: 1".encode(), KIND)
    assert plain(document(f"- '{text}'".encode(), KIND)) == [text]


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "false", "False", "FALSE"])
def test_what_both_versions_take_for_a_boolean_is_one(text: str) -> None:
    assert plain(document(f"- {text}".encode(), KIND)) == [text.lower() == "true"]


@given(st.text("yesnoftrua0189bxo._:-+eE~,=<>infINFTZ ", max_size=12))
@example("190:20:30")
@example("+.inf")
@example("0x_1")
def test_a_value_that_is_read_is_the_same_by_yaml_1_1(text: str) -> None:
    data = f"- {text}".encode()
    try:
        found = plain(document(data, KIND))
    except FormatError:
        return

    wanted = by_1_1(data)
    assert repr(found) == repr(wanted)


def test_of_several_mistakes_the_first_is_told_with_its_line() -> None:
    with pytest.raises(FormatError, match=r"^line 2: .*'a'"):
        document(b"a: 1\na: 2\nb: 1\nb: 2\n", KIND)
