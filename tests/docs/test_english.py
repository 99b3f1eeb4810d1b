"""Every text that a user reads is plain technical English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gpogen.catalog.rules import rule_pages
from gpogen.cli.main import main
from tools.messages import GROUPS, messages

ROOT = Path(__file__).resolve().parents[2]
BAD = {
    r"reckon(ed|s)?\b": "calculate, assume",
    r"at no sure time|no time is sure": "time unknown",
    r"before a lower ring": "out of ring order",
    r"no Windows build": "nothing yet",
    r"nothing but errors": "errors only",
    r"\bmends?\b": "fix",
    r"told by plan": "planned",
    r"takes up a shipped": "extends a shipped profile",
    r"changes what is its own": "overrides what differs",
    r"\bstands? twice\b": "occurs twice",
    r"is no (number|date|month|build|hive|folder|text|profile|IANA|system|type)\b": "is not a",
    r"is wanted\b|\bare wanted\b": "must be",
    r"\bis needed, found\b": "must be ...; got ...",
    r"goes round in a circle": "is circular",
    r"a day to come": "a future date",
    r"when the GPO goes": "after you remove the GPO",
    r"move it away": "move it to another place",
    r"\bmistakes?\b": "error",
    r"swallow": "skip",
    r"whose are they": "name the machine",
}
"""What no text says, as regular expressions, and what it says instead."""
OTHERS = ("gpogen/rules/",)
"""Modules whose messages the pages of the rules judge together with their titles."""


def _said(text: str) -> list[str]:
    flat = " ".join(text.split())
    return [
        f"{found[0]!r}: write {better!r}"
        for bad, better in BAD.items()
        if (found := re.search(bad, flat, re.IGNORECASE))
    ]


def _help() -> Iterator[tuple[str, str]]:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        yield name, command.get_help(click.Context(command, info_name=name))
        for sub in getattr(command, "commands", {}).values():
            yield f"{name} {sub.name}", sub.get_help(click.Context(sub, info_name=sub.name))


def _files() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.j2"))
    yield from sorted((ROOT / "profiles").glob("*.yaml"))
    yield from (ROOT / "docs" / f"{name}.md" for name in ("exit-codes", "terminal", "unproven"))
    yield from (
        ROOT / "gpogen" / "catalog" / "data" / f"{name}.json"
        for name in ("shape-ids", "unproven", "profile-keys")
    )


@pytest.mark.parametrize("path", tuple(_files()), ids=lambda path: path.name)
def test_files_say_nothing_of_the_list(path: Path) -> None:
    assert _said(path.read_text(encoding="utf-8")) == []


def test_messages_say_nothing_of_the_list() -> None:
    own = [item for item in messages() if not item.where.startswith(OTHERS)]

    assert len(own) > 200
    assert [(item.where, said) for item in own if (said := _said(f"{item.text} {item.fix}"))] == []


def test_help_says_nothing_of_the_list() -> None:
    assert [(name, said) for name, text in _help() if (said := _said(text))] == []


@pytest.mark.parametrize("text", ["5 is no number of minutes", "told by\nplan", "It Reckons"])
def test_a_text_of_the_list_is_found(text: str) -> None:
    assert _said(text)


DATA = ROOT / "gpogen/catalog/data"


def test_every_message_id_has_its_text() -> None:
    shapes = json.loads((DATA / "shape-ids.json").read_text("utf-8"))["shapes"]
    collected = {item.id for item in messages()}
    dynamic = {"GP013"}  # its id comes from the kind of the fault

    assert {row["id"] for row in shapes} - collected <= dynamic


def test_every_message_has_an_id_that_explain_knows_or_belongs_to_a_named_group() -> None:
    shapes = json.loads((DATA / "shape-ids.json").read_text("utf-8"))["shapes"]
    rules = {rule for rule, page in rule_pages().items() if page.runs}
    known = {row["id"] for row in shapes} | rules | GROUPS.keys()
    found = {item.id for item in messages()}

    assert found - known == set()
    assert rules - found == set()


def test_a_message_of_a_shared_function_is_listed_under_each_rule_that_reports_it() -> None:
    texts = {(item.id, item.text) for item in messages()}
    paused = "quality updates are paused from {start} to {end}, over the {which}"

    assert ("HP027", "nothing in this GPO installs updates: {_reason(found)}") in texts
    assert ("HP014", paused) in texts
