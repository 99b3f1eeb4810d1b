"""The pages of the rules as their authors write them: sources/rules/ID.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "sources" / "rules"
HEAD = "gpogen: 1\nname: sample\ntitle: Sample\n"
"""What an example leaves out."""
TEXTS = ("title", "why", "fix", "source")
_REQUIRED = ("id", *TEXTS, "severity", "input", "since")
_OPTIONAL = (
    *("foreign", "foreign_fix", "missing", "calendar", "cases", "repair"),
    *("examples", "no_example"),
)
INPUTS = ("profile", "policy", "today", "output")
SEVERITIES = ("error", "warning", "info")
_EXAMPLE = ("fails", "passes", "also", "severity", "fails_on", "passes_on")


class PageError(ValueError):
    """A page that is wrong: the message names the file and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One condition of a rule: a profile that it finds, and one that it does not.

    Attributes:
        fails: YAML without the lines of ``HEAD``.
        passes: likewise.
        severity: that of the finding.
        also: the other rules that find something in ``fails``.
        fails_on: the day of ``check --today``, for a rule about today's date; else empty.
        passes_on: likewise.
    """

    fails: str
    passes: str
    severity: str
    also: tuple[str, ...] = ()
    fails_on: str = ""
    passes_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its rows for the program, and its examples for the tests."""

    id: str
    row: dict[str, Any]
    examples: tuple[Example, ...]

    @property
    def runs(self) -> bool:
        """Whether there is a rule, or only the page."""
        return "missing" not in self.row


@cache
def pages() -> dict[str, Page]:
    """Return every page by id: HPnnn first, then the others by name.

    Raises:
        PageError: a page is wrong.
    """
    found = [_page(path) for path in FOLDER.glob("*.yaml")]
    return {page.id: page for page in sorted(found, key=_order)}


def _order(page: Page) -> tuple[bool, str]:
    return re.fullmatch(r"HP\d{3}", page.id) is None, page.id


def _page(path: Path) -> Page:
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(body, dict):
        raise PageError(f"{path.name}: must be a mapping that begins with `id: {path.stem}`")
    wrong = "; ".join(_faults(path.stem, body))
    if wrong:
        raise PageError(f"sources/rules/{path.name}: {wrong}")
    usual = body["severity"]
    examples = tuple(Example(**_example(item, usual)) for item in body.pop("examples", ()))
    body.pop("no_example", None)
    return Page(id=path.stem, row=body, examples=examples)


def _faults(stem: str, body: dict[str, Any]) -> Iterator[str]:
    missing = [
        key for key in _REQUIRED if key not in body and not (key == "fix" and _fixless(body))
    ]
    if missing:
        yield f"add {', '.join(missing)}"
        return
    strange = [key for key in body if key not in (*_REQUIRED, *_OPTIONAL)]
    if strange:
        yield f"unknown keys {', '.join(strange)}"
    if body["id"] != stem or not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", stem):
        yield f"`id` must be the file's name, {stem}, in capitals"
    if body["input"] not in INPUTS:
        yield f"`input` must be one of {', '.join(INPUTS)}"
    if body["severity"] not in SEVERITIES:
        yield f"`severity` must be one of {', '.join(SEVERITIES)}"
    yield from _example_faults(body)


def _fixless(body: dict[str, Any]) -> bool:
    """Tell whether a page needs no fix: every finding brings its own, or nothing is checked."""
    outside = any("outside" in item for item in body.get("repair", ()))
    return outside or "missing" in body


def _example_faults(body: dict[str, Any]) -> Iterator[str]:
    if "missing" in body:
        return
    if "repair" not in body:
        yield "add `repair`: edits that make the finding go, or `outside` with the reason for none"
    if not body.get("examples") and "no_example" not in body:
        yield "add `examples` (one with `fails` and `passes` for each condition), or `no_example`"
    for item in body.get("examples", ()):
        strange = [key for key in item if key not in _EXAMPLE]
        if strange or "fails" not in item or "passes" not in item:
            yield f"an example has the keys {', '.join(_EXAMPLE)}, `fails` and `passes` always"
        if body["input"] == "today" and not {"fails_on", "passes_on"} <= set(item):
            yield "an example of a rule about today has `fails_on` and `passes_on`, two dates"


def _example(item: dict[str, Any], usual: str) -> dict[str, Any]:
    return {"severity": usual, **item, "also": tuple(item.get("also", ()))}
