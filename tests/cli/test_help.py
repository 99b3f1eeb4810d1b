"""``gpogen help``: the pages, offline, and no message that names a file nobody has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gpogen.cli.main import COMMANDS
from gpogen.profile.items import ASSURANCES
from gpogen.profile.schema import Profile
from gpogen.reports.explain.terminal import terminal_lines
from gpogen.reports.explain.topics import TOPICS, Topic, find_topic, near_topic, text_of
from gpogen.text import columns, visible
from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_topic_is_shown(gpogen: Run, topic: Topic) -> None:
    found = gpogen("help", topic.name)

    assert (found.code, found.err) == (0, "")
    assert len(found.out.splitlines()) > 5
    assert (topic.heading or text_of(topic)[2:].partition("\n")[0]) in found.out


FOR_CONTRIBUTORS = {"architecture", "performance", "testing"}
"""Pages about gpogen's own source, which help has no topic for."""


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_prose_and_tables_fit_the_terminal_and_no_word_is_lost(topic: Topic, width: int) -> None:
    text = text_of(topic)
    lines = [line.text for line in terminal_lines(text, width)]
    shown = "\n".join(lines)

    verbatim = {line.strip() for line in text.splitlines()}
    wide = [line for line in lines if columns(line) > width and line.strip() not in verbatim]
    # A word that is wider than the line stays whole: keys, addresses, commands.
    assert [line for line in wide if len(line.split()) > 3 and "`" not in line] == []
    assert all(visible(line) == line for line in lines)
    words = re.findall(r"[A-Za-z0-9]{4,}", re.sub(r"\]\([^)]*\)|```\w*|<!--.*?-->", "]", text))
    assert set(words) - set(re.findall(r"[A-Za-z0-9]{4,}", shown)) == set()


def test_every_page_and_every_section_of_a_profile_is_a_topic() -> None:
    assert {topic.page for topic in TOPICS} == set(PAGES) - FOR_CONTRIBUTORS
    for name in Profile.model_fields:
        assert f"`{name}`" in text_of(TOPICS[0]), name
    headings = re.findall(r"^## (.*)$", (ROOT / "docs" / "profile.md").read_text("utf-8"), re.M)
    assert {topic.heading for topic in TOPICS if topic.page == "profile"} == {
        "The profile",
        *headings,
    }


def test_no_two_topics_have_one_name() -> None:
    names = [name for topic in TOPICS for name in topic.names]

    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z-]+", name) for name in names)


def test_without_a_topic_all_are_listed(gpogen: Run) -> None:
    found = gpogen("help")

    assert found.code == 0
    assert all(f"  {topic.name} " in found.out for topic in TOPICS)
    assert max(map(len, found.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("rings",), "rings"),
        (("Ring",), "rings"),
        (("exit", "codes"), "exit-codes"),
        (("exit_code",), "exit-codes"),
        (("unproven", "facts"), "unproven-facts"),
        (("PROFILE KEYS",), "profile-keys"),
        (("update_manager",), "update-manager"),
        (("secure_boot",), "secure-boot"),
    ],
)
def test_a_topic_is_found_however_it_is_written(words: tuple[str, ...], name: str) -> None:
    found = find_topic(" ".join(words))

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("word", "near"),
    [("rigns", "rings"), ("exitcodes", "exit-codes"), ("unprovn", "unproven-facts")],
)
def test_an_unknown_topic_is_answered_with_the_nearest(gpogen: Run, word: str, near: str) -> None:
    found = gpogen("help", word)

    assert near_topic(word) == near
    assert (found.code, found.out) == (2, "")
    assert f"did you mean {near}?" in found.err


def test_what_is_near_nothing_is_answered_with_all_topics(gpogen: Run) -> None:
    found = gpogen("help", "\x1b[31m")

    assert found.code == 2
    assert "topics: profile-keys, " in found.err
    assert "\x1b" not in found.err


@pytest.mark.parametrize("word", ["HP014", "ring.order", "UNPROVEN-A"])
def test_what_explain_knows_is_said(gpogen: Run, word: str) -> None:
    assert f"see: gpogen explain {word}" in gpogen("help", word).err


@pytest.mark.parametrize("command", [name for name in COMMANDS if find_topic(name) is None])
def test_the_name_of_a_command_shows_its_options(gpogen: Run, command: str) -> None:
    found = gpogen("help", command)

    assert found.code == 0
    assert found.out.splitlines()[0].startswith(f"Usage: gpogen {command} ")


def test_a_topic_that_is_a_command_too_says_so(gpogen: Run) -> None:
    assert "gpogen calendar --help" in gpogen("help", "calendar").out


def _texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module but its docstrings; of data every text."""
    if path.suffix == ".json":
        yield path.read_text("utf-8")
        return
    tree = ast.parse(path.read_text("utf-8"))
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_no_message_names_a_page_that_an_installation_lacks() -> None:
    paths = [
        *(ROOT / "gpogen").rglob("*.py"),
        *(ROOT / "gpogen" / "catalog" / "data").glob("*.json"),
    ]
    assert [(path.name, text) for path in paths for text in _texts(path) if "docs/" in text] == []


def test_no_help_of_a_command_names_a_page(gpogen: Run) -> None:
    for command in COMMANDS:
        assert "docs/" not in gpogen(command, "--help").out, command


def test_every_topic_that_a_message_names_is_one() -> None:
    files = [*(ROOT / "gpogen").rglob("*.py"), *(ROOT / "gpogen").rglob("*.json")]
    pattern = re.compile(r"gpogen help ([a-z]+(?:-[a-z]+)*)[`).\s\"]")
    names = [(path, name) for path in files for name in pattern.findall(path.read_text("utf-8"))]
    assert names
    for path, name in names:
        known = find_topic(name) is not None or name in ("exit", "unproven", *COMMANDS)
        assert known, f"{path}: {name}"


def test_no_page_shows_a_tag_or_an_escape_of_markdown(gpogen: Run) -> None:
    for topic in TOPICS:
        prose = re.sub(r"`[^`]*`", "", gpogen("help", topic.name).out)
        assert "<br>" not in prose, topic.name
        assert re.findall(r"\\[<*|]", prose) == [], topic.name


def test_a_topic_has_its_subheadings_and_ends_at_the_next_heading(gpogen: Run) -> None:
    fleet = gpogen("help", "status").out
    assert "restarts_with" in fleet
    assert "What Azure knows" in fleet
    assert "One machine against its profile" not in fleet
    assert "C3 linearization" not in gpogen("help", "profile-keys").out
    assert "C3 linearization" in gpogen("help", "extends").out


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("<!-- some -->\nText", ["Text"]),
        ("- one\n  <!-- some -->\n- two", ["- one", "- two"]),
        ("```\n<!-- code -->\n```", ["    <!-- code -->"]),
        ("`**del.` and `**`, **bold**", ["`**del.` and `**`, bold"]),
        ("(**DeleteKeys, **DelVals)", ["(**DeleteKeys, **DelVals)"]),
        ("*known*, `*.pol` and `*.reg`", ["known, `*.pol` and `*.reg`"]),
        (r"\*\*not bold\*\* and 2 * 3 * 4", ["**not bold** and 2 * 3 * 4"]),
        ("**`-WhatIf`** prints", ["`-WhatIf` prints"]),
    ],
)
def test_an_asterisk_is_emphasis_only_where_markdown_says_so(
    markdown: str, shown: list[str]
) -> None:
    assert [line.text for line in terminal_lines(markdown, 80)] == shown


def test_a_line_break_in_a_cell_is_one() -> None:
    text = "| i | j |\n|---|---|\n| `a\\<b` \\<c> | l<br>**m** |\n"

    assert [line.text for line in terminal_lines(text, 80)] == [
        "  i, j:",
        "  `a\\<b` <c>",
        "      l",
        "      m",
    ]


def test_markdown_is_laid_out() -> None:
    text = "# A\nB [c](docs/calendar.md) [d](https://e.example) **f**\n\n- g\n  h\n\n"
    text += "| i | j |\n|---|---|\n| k \\| l | m |\n"

    assert [line.text for line in terminal_lines(text, 80)] == [
        "A",
        "",
        "B c (gpogen help calendar) d <https://e.example> f",
        "",
        "- g h",
        "",
        "  i      j",
        "  k | l  m",
    ]


@pytest.mark.parametrize("word", ASSURANCES)
def test_help_says_what_each_word_of_assured_states(gpogen: Run, word: str) -> None:
    rows = [
        line for line in text_of(_topic("assured")).splitlines() if line.startswith(f"| `{word}`")
    ]

    assert len(rows) == 1
    assert all(len(cell.strip()) > 5 for cell in rows[0].strip("|").split("|"))
    assert word in gpogen("help", "assured").out


def _topic(name: str) -> Topic:
    found = find_topic(name)
    assert found is not None
    return found
