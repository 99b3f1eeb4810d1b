"""No text of the picture leaves its box, in any of the fonts that may show it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gpogen.calendar_views.metrics import cut_to, width_of, wrapped
from gpogen.calendar_views.svg import CELL, SIZES, Board, Cell, Lane, picture
from tests.support.truetype import DEJAVU, LIBERATION, Font, read_font

SVG = "{http://www.w3.org/2000/svg}"
FONTS = {"DejaVu Sans": (DEJAVU, 1.0), "Arial": (LIBERATION, 1.0), "Segoe UI": (LIBERATION, 1.05)}
"""The font that shows the picture, the font that has its widths, and a factor.

Liberation Sans has the widths of Arial. Nothing free has those of Segoe UI; by Capsize font metrics
4.3.0 its average width is 908 units of 2048 and Arial's 913, those of the semibold 937 and of
Arial Bold 983. Five per cent are added for texts that are not average.
"""
needs_fonts = pytest.mark.skipif(
    not all(path.is_file() for path in (*DEJAVU, *LIBERATION)),
    reason="needs fonts-dejavu-core and fonts-liberation",
)


@cache
def font(name: str, bold: bool) -> tuple[Font, float]:
    paths, factor = FONTS[name]
    return read_font(paths[bold]), factor


def sizes(root: etree._Element) -> dict[str, tuple[float, bool]]:
    """The size and weight of each class, from the picture's own style sheet."""
    (style,) = root.iter(f"{SVG}style")
    found = re.findall(r"\.(\w+) \{ font-size: (\d+)px;( font-weight: 600;)?", style.text or "")
    return {name: (float(size), bool(bold)) for name, size, bold in found}


def spans(root: etree._Element, name: str) -> Iterator[tuple[etree._Element, float, float]]:
    """Yield each text with its left and right end in a font."""
    known = sizes(root)
    for node in root.iter(f"{SVG}text"):
        kind = node.get("class", "")
        size, bold = known[kind]
        measured, factor = font(name, bold)
        wide = measured.width(node.text or "", size) * factor
        x = float(node.get("x", ""))
        left = {"sign": x - wide, "keysign": x - wide / 2, "todaytext": x - wide / 2}.get(kind, x)
        yield node, left, left + wide


def assert_nothing_leaves(data: bytes) -> None:
    root = etree.fromstring(data)
    right = float(root.get("width", ""))
    bottom = float(root.get("height", ""))
    for name in FONTS:
        for node, left, end in spans(root, name):
            told = f"{name}: {node.text!r}"
            assert left >= 0, told
            assert end <= right, told
            assert float(node.get("y", "")) < bottom, told
            group = node.getparent()
            assert group is not None
            box = group.find(f"{SVG}rect")
            if box is None or box.get("class") != "box":
                continue
            x, y = float(box.get("x", "")), float(box.get("y", ""))
            assert left > x, told
            assert end < x + float(box.get("width", "")), told
            assert y < float(node.get("y", "")) < y + float(box.get("height", "")), told


def cell(slot: int, *lines: str, brief: tuple[str, ...] = ("Wed 30 Nov 04:30", "")) -> Cell:
    return Cell(
        slot=slot,
        month="Nov 2026",
        kind="baseline",
        sign="B",
        sure=True,
        lines=lines,
        brief=brief,
        tip="",
        today=50 if slot == 1 else None,
    )


def board(lanes: int, months: int, *lines: str, title: str = "web-pilot, ring pilot (1)") -> Board:
    lane = Lane(
        title=title,
        subtitle=f"{title} \u00b7 Europe/Rome \u00b7 6 restarts, 2 more possible",
        brief=(title, title, "6 restarts, 5 more possible"),
        cells=tuple(cell(slot, *lines, brief=lines[:2]) for slot in range(months)),
    )
    return Board(
        title=title,
        subtitle=title,
        months=months,
        lanes=(lane,) * lanes,
        notes=(title, title),
        dashed="dashed: not in the release data (planned or overdue)",
    )


@needs_fonts
@pytest.mark.parametrize("months", [1, 3, 12, 30])
@pytest.mark.parametrize("lanes", [1, 2, 5, 14, 40])
def test_the_texts_that_left_their_boxes_stay_in_them(lanes: int, months: int) -> None:
    lines = (
        "installs late",
        "Wed 30 Nov 04:30",
        "restart possible",
        "(Wed 11 Nov 04:30)",
        "exposure unknown",
    )

    assert_nothing_leaves(picture(board(lanes, months, *lines)))


_WORDS = st.text(
    st.sampled_from("WMmwil.,() @%\u2026\u00e9\u0416\u6f22\U0001f44d")
    | st.characters(codec="utf-8"),
    max_size=80,
).map(lambda text: "".join(char for char in text if char.isprintable()))


@needs_fonts
@settings(max_examples=60, deadline=None)
@given(_WORDS, _WORDS, st.integers(1, 20), st.integers(1, 14))
def test_no_text_whatever_leaves_its_box_or_the_picture(
    title: str, line: str, lanes: int, months: int
) -> None:
    assert_nothing_leaves(picture(board(lanes, months, line, "", line, title=title)))


@needs_fonts
def test_every_day_and_hour_fits_one_line() -> None:
    day = datetime.datetime(2026, 1, 1)
    for number in range(366):
        told = day + datetime.timedelta(days=number)
        for text in (
            f"(restart {told.day} {told:%b} 04:30)",
            f"({told:%a} {told.day} {told:%b} 04:30)",
        ):
            assert wrapped(text, CELL - 10, SIZES["line"][0]) == (text,)


@needs_fonts
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("name", FONTS)
def test_the_table_is_never_narrower_than_the_font(name: str, bold: bool) -> None:
    found, _ = font(name, bold)

    for char in map(chr, range(32, 127)):
        assert width_of(char, 1, bold=bold) >= found.width(char, 1), char


@needs_fonts
def test_our_reader_of_fonts_agrees_with_fonttools() -> None:
    fonttools = pytest.importorskip("fontTools.ttLib")
    for path in (*DEJAVU, *LIBERATION):
        theirs = fonttools.TTFont(path)
        names = theirs.getBestCmap()
        ours = read_font(path).widths
        for char in map(chr, range(32, 0x180)):
            if ord(char) in names:
                advance = theirs["hmtx"][names[ord(char)]][0] / theirs["head"].unitsPerEm
                assert ours[char] == pytest.approx(advance)


@pytest.mark.parametrize("lanes", range(1, 15))
def test_up_to_fourteen_rings_of_a_year_fit_a_slide(lanes: int) -> None:
    lines = ("installs", "Wed 30 Nov 04:30", "restart by", "Wed 30 Nov 04:45", "0.4 days")
    root = etree.fromstring(picture(board(lanes, 12, *lines)))

    assert float(root.get("height", "")) * 16 <= float(root.get("width", "")) * 9


def test_months_of_one_row_are_equally_high_and_rows_do_not_overlap() -> None:
    for lanes in (1, 3, 9):
        root = etree.fromstring(picture(board(lanes, 24, "installs late", "x")))
        boxes = [node for node in root.iter(f"{SVG}rect") if node.get("class") == "box"]
        boxes = [box for box in boxes if float(box.get("width", "")) > 100]
        assert len(boxes) == 24 * lanes
        rows = sorted({(float(b.get("y", "")), float(b.get("height", ""))) for b in boxes})
        assert len(rows) in (2 * lanes, 4 * lanes)
        for (y, height), (below, _) in pairwise(rows):
            assert y + height < below


@given(_WORDS, st.floats(20, 400))
def test_what_is_cut_fits_and_is_the_beginning(text: str, room: float) -> None:
    found = cut_to(text, room, 11)

    assert found == text or (found.endswith("\u2026") and text.startswith(found[:-1]))
    assert width_of(found, 11) <= room


@given(_WORDS, st.floats(20, 400), st.integers(1, 4))
def test_lines_fit_and_hold_all_words_where_there_is_room(
    text: str, room: float, most: int
) -> None:
    found = wrapped(text, room, 11, most=most)

    assert 1 <= len(found) <= most
    assert all(width_of(line, 11) <= room for line in found)
    if not any(line.endswith("\u2026") for line in found):
        assert " ".join(found).split() == text.split()


def smallest_on_a_slide(data: bytes) -> float:
    """The size of the smallest text in points, where the picture fills a slide of 13.33 inches."""
    root = etree.fromstring(data)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    scale = min(960 / width, 540 / height)
    used = {node.get("class", "") for node in root.iter(f"{SVG}text")}
    return min(size for name, (size, _) in sizes(root).items() if name in used) * scale


@pytest.mark.parametrize(("lanes", "points"), [(1, 12), (2, 10), (3, 7), (6, 7), (14, 5)])
def test_texts_are_as_large_on_a_slide_as_the_number_of_rows_lets_them(
    lanes: int, points: float
) -> None:
    lines = ("installs", "Wed 30 Nov 04:30", "restart by", "Wed 30 Nov 04:45", "0.4 days")

    assert smallest_on_a_slide(picture(board(lanes, 12, *lines))) >= points


@needs_fonts
def test_a_long_name_beside_the_months_is_broken_before_it_is_cut() -> None:
    long = "Windows Server 2022 Datacenter: Azure Edition"
    root = etree.fromstring(picture(board(2, 12, "a", title=long)))
    shown = [node.text or "" for node in root.iter(f"{SVG}text") if node.get("class") == "name"]

    assert " ".join(shown[:3]) == long
