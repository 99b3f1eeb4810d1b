"""Whoever runs the tests is told what did not run, and how to get it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support import powershell
from tests.support.skipped import remedy, summary

TESTS = Path(__file__).resolve().parent.parent


def texts(node: ast.expr) -> str:
    """Return what is known of a text before it is made."""
    parts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return " ".join(part for part in parts if isinstance(part, str))


def reasons() -> Iterator[tuple[str, str]]:
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            given = [word.value for word in node.keywords if word.arg == "reason"]
            if node.func.attr == "skip" and not given:
                given = node.args[:1]
            if node.func.attr in ("skip", "skipif"):
                yield from ((f"{path.name}:{node.lineno}", texts(one)) for one in given)


def test_every_reason_to_skip_has_its_remedy() -> None:
    found = [(place, text) for place, text in reasons() if text]

    assert len(found) > 20
    assert [(place, text) for place, text in found if not remedy(text)] == []
    assert remedy(powershell.MISSING)


def test_the_end_of_a_run_groups_what_was_skipped_and_says_how_to_get_it() -> None:
    lines = [*summary(["Wine is not installed"] * 2 + ["odd"], without_slow=True)]

    assert lines == [
        "2 skipped: Wine is not installed; apt-get install --no-install-recommends wine wine64",
        "1 skipped: odd",
        "left out: the slow tests, and most examples of the long ones; scripts/test --all",
    ]
    assert [*summary([], without_slow=False)] == []
