"""A finding shows its source line, with a mark below what it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.finding import Place, SourceText
from gpogen.reports.excerpt import Excerpt, excerpt, token_length
from gpogen.text import columns, visible
from tests.cli.conftest import Run, Workplace

_WIDE = "漢字かな한글Ａ👍🏽🇩🇪é\u0301\ufe0f❤\u200d\u202e\u202c\u200f\x1b\x07\t\u0085\u2028\x00#:[]"


def _at(line: str, col: int, room: int = 80) -> Excerpt:
    found = excerpt(Place("a.yaml", 1, col, SourceText(line)), room)
    assert found is not None
    return found


def _marked(found: Excerpt) -> str:
    """What stands above the mark, read by columns as a terminal lays them out."""
    end = found.before + found.length
    return "".join(
        char
        for number, char in enumerate(found.text)
        if found.before <= columns(found.text[:number]) < end
    )


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("ring: pilot", "pilot"),
        ("updates: {schedule: {day: saterday, at: 04:30}}", "saterday"),
        ("server: http://a.example:8530 # comment", "http://a.example:8530"),
        ("title: two words", "two words"),
        ("title: two words # comment", "two words"),
        ("'a: b' : c", "'a: b'"),
        ("'it''s': c", "'it''s'"),
        ('"a \\" b": c', '"a \\" b"'),
        ("list: [a#b, c]", "a#b"),
        ("list: [a]", "["),
        ("map: {a: b}", "{"),
        ("  key: value", "key"),
        ("- item", "-"),
        ("'never closed", "'never closed"),
        ("漢字: x", "漢字"),
    ],
)
def test_the_whole_token_is_marked(line: str, token: str) -> None:
    start = line.index(token)

    assert line[start : start + token_length(line, start)] == token
    assert _marked(_at(line, start + 1)) == token


@pytest.mark.parametrize(
    ("before", "width"),
    [
        ("ab", 2),
        ("漢字", 4),
        ("👍", 2),
        ("e\u0301", 1),
        ("\u2764\ufe0f", 2),
        ("한글", 4),
        ("\t", 4),
        ("\u200f", len("<U+200F>")),
        ("\x1b[31m", len("<U+001B>[31m")),
        ("\u202e", len("<U+202E>")),
        ("##vso[", len("#<U+0023>vso[")),
    ],
)
def test_the_mark_stands_below_its_token_whatever_is_before_it(before: str, width: int) -> None:
    found = _at(f"{before} x: wrong", len(before) + 5)

    assert found.before == width + 4
    assert _marked(found) == "wrong"


@given(
    st.text(st.sampled_from(_WIDE + "abc 123,{}'\"") | st.characters(), max_size=120),
    st.integers(1, 121),
    st.integers(40, 200),
)
def test_no_line_acts_on_a_terminal_or_is_wider_than_its_room(
    line: str, col: int, room: int
) -> None:
    found = excerpt(Place("a.yaml", 1, col, SourceText(line)), room)

    if found is None:
        return
    assert visible(f"1 | {found.text}") == f"1 | {found.text}"
    assert columns(found.text) <= room + 1
    assert found.length >= 1
    assert found.before + found.length <= room + 1


@pytest.mark.parametrize("col", [1, 50, 5_000, 500_000, 998_900])
def test_a_line_of_a_million_characters_is_cut_around_its_place(col: int) -> None:
    line = "x, " * 333_000 + "last"
    line = f"{line[: col - 1]}WRONG, {line[col:]}"
    found = _at(line, col)

    assert _marked(found) == "WRONG"
    assert columns(found.text) <= 80
    assert found.text.startswith("…") is (col > 80)
    assert found.text.endswith("…")


def test_a_token_of_a_million_characters_is_marked_as_far_as_it_is_shown() -> None:
    found = _at(f"title: {'x' * 1_000_000}", 8)

    assert found.text.startswith("title: xxx")
    assert set(_marked(found)) <= {"x", "…"}


def test_what_the_encoding_lacks_is_shown_by_its_code_and_still_marked() -> None:
    def ascii_only(text: str) -> bool:
        return text.isascii()

    found = excerpt(Place("a.yaml", 1, 5, SourceText("é漢: wrong")), 40, ascii_only)

    assert found is not None
    assert found.text == "<U+00E9><U+6F22>: wrong"
    assert _marked(found) == "wrong"
    cut = excerpt(Place("a.yaml", 1, 300, SourceText("ab, " * 200)), 40, ascii_only)
    assert cut is not None
    assert cut.text.isascii()


@pytest.mark.parametrize(
    "where",
    [
        Place("a.pol", 7, 1),
        Place("a.yaml", 2, 1, SourceText("a: b")),
        Place("a.yaml", 0, 0, SourceText("a: b")),
        Place("a.yaml", 1, 9, SourceText("a: b")),
        Place("a.yaml", 1, 1, SourceText("   ")),
    ],
)
def test_a_place_without_a_line_shows_none(where: Place) -> None:
    assert excerpt(where, 80) is None


def test_two_places_are_equal_whatever_text_they_were_read_in() -> None:
    assert Place("a", 1, 1, SourceText("x")) == Place("a", 1, 1)
    assert len({Place("a", 1, 1, SourceText("x")), Place("a", 1, 1)}) == 1


def test_standard_input_is_shown_although_nobody_can_read_it_again(gpogen: Run) -> None:
    found = gpogen("check", "-", stdin=b"gpogen: 1\nname: stdin\nring: pilot\n")

    assert "   3 | ring: pilot\n     |       ^^^^^\n    fix: write {name: pilot, " in found.out


def test_a_mistake_in_a_base_shows_the_line_of_the_base(gpogen: Run, place: Workplace) -> None:
    place.profile("base", "ring: [pilot]")
    place.profile("web", extends="base")

    found = gpogen("check", "profiles/web.yaml")

    assert "profiles/base.yaml:5:7: error GP012" in found.out
    assert "   5 | ring: [pilot]\n     |       ^\n" in found.out


def test_a_file_that_is_not_utf_8_is_shown_up_to_the_byte(gpogen: Run, place: Workplace) -> None:
    path = place.profile("web")
    path.write_bytes(b"gpogen: 1\ntitle: caf\xe9 x\n")

    assert "   2 | title: caf\ufffd x\n     |           ^" in gpogen("check").out


def test_a_mistake_in_a_copy_of_the_release_page_shows_its_row(
    gpogen: Run, place: Workplace
) -> None:
    (place.root / "hotpatch-releases.yaml").write_text("gpogen: 1\nas_of: tomorrow\n")

    found = gpogen("calendar", "--update", "hotpatch-releases.yaml")

    assert "   2 | as_of: tomorrow\n     |        ^^^^^^^^\n" in found.err


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_the_formats_for_programs_have_no_source_lines(
    gpogen: Run, place: Workplace, form: str
) -> None:
    place.profile("web", "ring: pilot")

    assert "^^^^^" not in gpogen("check", "--format", form, "--color", "always").out


def test_a_tab_in_the_indentation_is_marked_alone_and_as_wide_as_it_is_shown() -> None:
    found = _at("  \tmode: x", 3)

    assert (found.text, found.before, found.length) == ("      mode: x", 2, 4)


def test_the_other_line_of_an_error_is_shown_and_that_of_a_note_is_named(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("web", "why: one", "why: two")
    lines = gpogen("check").out.splitlines()

    (see,) = (number for number, line in enumerate(lines) if "    see: profiles/web.yaml:5" in line)
    assert lines[see + 1].endswith("| why: one")
    assert lines[see + 2].endswith("| ^^^")


def test_errors_come_first_whatever_their_file_and_line(gpogen: Run, place: Workplace) -> None:
    place.profile("a", "allow: []")
    place.profile("b", "updates: {mode: sometimes}")
    found = [item["severity"] for item in gpogen("check", "--format", "json").json]

    order = ["error", "warning", "info"]
    assert {"error", "info"} <= set(found)
    assert found == sorted(found, key=order.index)


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120])
def test_no_word_of_a_message_is_lost_where_the_path_is_wider_than_the_terminal(
    gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    place.profile("a" * 60, "updates: {schedule: {day: sunday, at: 3}}")
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = gpogen("check").out.split()
    monkeypatch.setenv("COLUMNS", str(width))

    assert [word for word in gpogen("check").out.split() if word in whole] == whole
