"""Facts for people: shape ids, the source document's statements, unproven facts, examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gpogen.catalog.files import load
from gpogen.finding import Severity

STATUSES = ("enforced", "shown", "produced", "to come")
"""What gpogen makes of a statement of the source document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapePage:
    """One finding about the form of a profile (GPnnn)."""

    id: str
    severity: Severity
    title: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """What of gpogen does what a statement says."""

    kind: str
    """``rule``, ``command``, ``file``, or ``later`` for what does not exist yet."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of the document that gpogen is built from."""

    id: str
    about: str
    statement: str
    now: str
    """What later sources made of it."""
    status: str
    """One of :data:`STATUSES`."""
    by: tuple[Doer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnprovenPage:
    """What is known about an open question, and how to settle it."""

    id: str
    built_on: str
    """The words of a profile, or the files, that rest on it."""
    known: str
    source: str
    prove: tuple[str, ...]
    """Steps; those that begin with ``> `` are commands of PowerShell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A profile that a rule sees, and one that it does not; YAML without gpogen, name and title."""

    fails: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """One sentence and where it comes from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step that a person can follow."""

    statement: str
    """The statement of the source document that it stands for."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Steps that belong together."""

    platforms: tuple[str, ...]
    title: str
    source: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFacts:
    """What :mod:`gpogen.catalog.platforms` does not hold in fields."""

    word: str
    named_by_microsoft: tuple[str, ...]
    """Orchestrations that Microsoft names; the platform's others are an inference."""
    facts: tuple[Sourced, ...]
    scale_sets: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything in ``platform-facts.json``."""

    requirements: tuple[Sourced, ...]
    """What every machine needs, wherever it runs."""
    editions: tuple[Sourced, ...]
    platforms: Mapping[str, PlatformFacts]
    steps: tuple[Steps, ...]


@cache
def shape_pages() -> Mapping[str, ShapePage]:
    """Return the page of every GPnnn by id."""
    rows = load("shape-ids.json")["shapes"]
    return {row["id"]: ShapePage(**row | {"severity": Severity(row["severity"])}) for row in rows}


@cache
def statements() -> Mapping[str, Statement]:
    """Return the statements of the source document by id."""
    rows = load("statements.json")["statements"]
    return {row["id"]: Statement(**row | {"by": _doers(row["by"])}) for row in rows}


@cache
def source_document() -> str:
    """Return what the source document is."""
    return str(load("statements.json")["source"])


@cache
def unproven_pages() -> Mapping[str, UnprovenPage]:
    """Return what is known about the unproven facts, by id."""
    rows = load("unproven.json")["unproven"]
    return {row["id"]: UnprovenPage(**row | {"prove": tuple(row["prove"])}) for row in rows}


@cache
def examples() -> Mapping[str, Example]:
    """Return a failing and a passing profile for most rules, by rule id."""
    rows = load("rule-examples.json")["examples"]
    return {
        key: Example(fails=tuple(row["fails"]), passes=tuple(row["passes"]))
        for key, row in rows.items()
    }


@cache
def platform_facts() -> Facts:
    """Return requirements, details of the platforms, and steps."""
    raw = load("platform-facts.json")
    return Facts(
        requirements=_sourced(raw["requirements"]),
        editions=_sourced(raw["editions"]),
        platforms={row["word"]: _platform(row) for row in raw["platforms"]},
        steps=tuple(_steps(row) for row in raw["steps"]),
    )


def _doers(rows: list[dict[str, str]]) -> tuple[Doer, ...]:
    return tuple(Doer(kind=kind, name=name) for row in rows for kind, name in row.items())


def _sourced(rows: list[dict[str, str]]) -> tuple[Sourced, ...]:
    return tuple(Sourced(**row) for row in rows)


def _platform(row: dict[str, Any]) -> PlatformFacts:
    return PlatformFacts(
        **row
        | {
            "named_by_microsoft": tuple(row["named_by_microsoft"]),
            "facts": _sourced(row["facts"]),
        }
    )


def _steps(row: dict[str, Any]) -> Steps:
    steps = tuple(Step(**step) for step in row["steps"])
    return Steps(**row | {"platforms": tuple(row["platforms"]), "steps": steps})
