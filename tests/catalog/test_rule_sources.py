"""What is generated from the pages and functions of the rules is current, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import make_catalog, rule_pages
from tools.rule_code import functions
from tools.rule_pages import Page, PageError, pages

PAGE = """\
id: HP999
title: A title
severity: info
input: policy
since: 0.1.0
why: A reason.
fix: remove it
source: a test
repair: [{outside: nothing helps}]
no_example: there is none
"""
CODE = '''
from gpogen.rules.engine import Hit

def hp999(subject: Subject) -> Iterator[Hit]:
    """A rule."""
'''


def test_what_is_generated_is_current() -> None:
    assert make_catalog.stale() == [], f"run: {make_catalog.COMMAND}"


def _pages(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Page]:
    (folder / "HP999.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rule_pages, "FOLDER", folder)
    return pages.__wrapped__()


def _code(folder: Path, text: str) -> Path:
    (folder / "module.py").write_text(text, encoding="utf-8")
    return folder


def test_a_page_and_a_function_make_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = functions(_pages(tmp_path, PAGE, monkeypatch), _code(tmp_path, CODE))

    assert (found.rule, found.kind, found.module) == ("HP999", "policy", "module")


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (PAGE.replace("why: A reason.\n", ""), "add why"),
        (PAGE.replace("since: 0.1.0\n", ""), "add since"),
        (PAGE.replace("severity: info", "severity: bad"), "must be one of error, warning, info"),
        (
            PAGE.replace("input: policy", "input: x"),
            "must be one of profile, policy, today, output",
        ),
        (PAGE.replace("repair: [{outside: nothing helps}]\n", ""), "add `repair`"),
        (PAGE.replace("no_example: there is none\n", ""), "add `examples`"),
        (PAGE.replace("id: HP999", "id: HP998"), "must be the file's name, HP999"),
        (PAGE + "titel: x\n", "unknown keys titel"),
        (PAGE + "examples: [{fails: a}]\n", "`fails` and `passes` always"),
        (PAGE.replace("policy", "today") + "examples: [{fails: a, passes: b}]\n", "two dates"),
        ("- a list\n", "must be a mapping"),
    ],
)
def test_a_page_that_lacks_a_part_says_what_to_add(
    page: str, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PageError) as error:
        _pages(tmp_path, page, monkeypatch)

    assert "HP999.yaml" in str(error.value)
    assert wanted in str(error.value)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("", "has a function hp999 for none: write one that takes Subject"),
        (CODE.replace("Subject", "Authored"), "write one that takes Subject, or correct `input`"),
        (CODE + CODE.replace("hp999", "hp998"), "write its page sources/rules/HP998.yaml"),
        (CODE + CODE, "two functions hp999"),
    ],
)
def test_a_function_that_does_not_fit_its_page_is_named(
    code: str, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _pages(tmp_path, PAGE, monkeypatch)

    with pytest.raises(PageError) as error:
        functions(found, _code(tmp_path, code))

    assert wanted in str(error.value)


def test_helpers_that_modules_share_are_no_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _pages(tmp_path, PAGE, monkeypatch)
    shared = "def shared(subject: Subject) -> Iterator[Hit]:\n    yield\n"
    (tmp_path / "other.py").write_text(shared, encoding="utf-8")
    code = "from gpogen.rules.other import shared\n" + CODE

    assert [one.name for one in functions(found, _code(tmp_path, code))] == ["hp999"]
