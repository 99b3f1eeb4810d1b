"""docs/security.md says what the code does, and names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from fuzz.target import MODULES

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
LIMITS = re.findall(r"^\|[^|]+\| ([\d,]+)( [KM]iB)? \| `([\w.]+)` \| ([^|]+) \|$", PAGE, re.M)
_CONSTANT = re.compile(r"_?MAX_\w+|_DEPTH|WAIT_SECONDS")
MESSAGES = {
    "gpogen.calendar.sight.MAX_NAMED",
    "gpogen.compile.conflicts.MAX_VALUES",
    "gpogen.profile.overrides.MAX_SHOWN",
    "gpogen.near.MAX_LISTED",
    "gpogen.reports.explain.find.MAX_HINTS",
    "gpogen.interchange.importing.collect.MAX_REPORT",
    "gpogen.reports.overview.MAX_NAMED",
    "gpogen.workspace.select.MAX_RELATED",
    "gpogen.text.MAX_CUT",
}
"""What shortens a message and limits no input."""


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "name"), TESTS, ids=lambda part: part)
def test_a_test_that_the_page_names_exists(file: str, name: str) -> None:
    assert (ROOT / file).is_file()
    assert name in functions(file)


def test_the_page_names_tests_and_limits() -> None:
    assert len(TESTS) > 60
    assert len(LIMITS) > 25
    assert PAGE.count("`gpogen.") == len(LIMITS)


@pytest.mark.parametrize(("number", "unit", "constant", "shown"), LIMITS, ids=lambda part: part)
def test_a_limit_is_the_one_in_the_code(number: str, unit: str, constant: str, shown: str) -> None:
    module, _, name = constant.rpartition(".")
    scale = {"": 1, " KiB": 1 << 10, " MiB": 1 << 20}[unit]

    assert getattr(import_module(module), name) == int(number.replace(",", "")) * scale
    assert "::test_" in shown


def test_every_limit_in_the_code_stands_on_the_page() -> None:
    known = {constant for _, _, constant, _ in LIMITS} | MESSAGES
    found = set()
    for path in (ROOT / "gpogen").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                found |= {f"{module}.{name}"} if _CONSTANT.fullmatch(name) else set()

    assert found == known


def test_every_fuzz_target_is_recorded_with_what_was_run() -> None:
    rows = re.findall(r"^\| ([a-z-]+) \| [^|]+ \| ([\d,]+) \| ([\d,]+) \|", PAGE, re.M)

    assert {name for name, _, _ in rows} == set(MODULES)
    assert all(int(count.replace(",", "")) > 0 for _, count, _ in rows)


def test_the_way_to_report_names_no_address() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert "Report a vulnerability" in text
    assert not re.search(r"https?://|\w@\w", text)
