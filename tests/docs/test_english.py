"""Every text that a user reads is plain technical English."""

from __future__ import annotations

import ast
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
    r"has no effect beside": "has no effect, because ... is set",
    r"\bbesides\b": "also",
    r"\bstands? (for|in|on|with)\b": "means; is in; is on",
    r"take (the|it|a) [\w ]*out\b": "remove",
    r"lacks all of": "must have one of",
    r"^no (row|text|table) of\b": "not a row of",
    r"by the way that you have": "in one of these ways",
    r"the way back": "rollback",
    r"what stays\b": "what remains",
    r"good news": "unknown",
    r"each can be another person": "a different person can do each step",
    r"has arrived|does not arrive": "is applied",
    r"could not tell": "unknown",
    r"Needs: ": "Requires",
    r"has no type$|has no (soft|secure-key)": "no known file shows how ...",
    r"names no (update|policy|value|subkey)\b": "does not name a",
    r"the header alone": "the header must have",
    r"of its own\b": "its own",
    r"\bauthor of this (file|definition)|\bthe author has not": "the authors of gpogen",
    r"\bby (them|it)sel(f|ves)\b": "automatically; separately",
    r"makes? [\w ]+ count\b": "applies",
    r"\bholes?\b": "vulnerability",
    r"\bhealed\b|\*\*Heal\b": "recover",
    r"\bset aside\b": "allocate",
    r"\bin silence\b": "without a message",
    r"\bdearest\b": "takes the most time",
    r"\bprogramme\b": "program",
    r"which is no \w+": "which is not a",
    r"in one another|\bin each other\b": "nested; levels of",
    r"\b(goes|go) on( with|\.|\?)|\bGo on\b": "continue",
    r"must be like \d": "must be in the form ...",
    r"the (state|values?) before\.|what was there before\b": "the previous state",
    r"\bswitch(es|ed)? (it )?(on|off)\b": "turn on, turn off; enable, disable",
    r"halves of the GPO|the half for": "side",
    r"told no|tells none\b(?! *,)": "without",
    r"must be installed by hand by": "a person installs",
    r"\b(behaviour|catalogue|recognis|synchronis|organis|initialis|honour|favour|labelled\b)": "US "
    "spelling",
    r"(?<!-)\b(licence|enrolment)s?\b(?!-)": "license, enrollment",
    r"(?<![\w-])colour": "color",
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
    yield from (ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md")))
    yield from sorted((ROOT / "gpogen" / "catalog" / "data").glob("*.json"))


@pytest.mark.parametrize("path", tuple(_files()), ids=lambda path: path.name)
def test_files_say_nothing_of_the_list(path: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "`code`", path.read_text(encoding="utf-8"))

    assert _said(prose) == []


def _literals() -> Iterator[tuple[str, str]]:
    """Every text of the code that is not a docstring, by module and line."""
    for path in sorted((ROOT / "gpogen").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in docs:
                continue
            if isinstance(node.value, str) and " " in node.value.strip():
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def test_no_text_in_the_code_says_anything_of_the_list() -> None:
    literals = list(_literals())

    assert len(literals) > 1500
    assert [(at, said) for at, text in literals if (said := _said(text))] == []


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
