"""The pages of the lint rules: severity, why, how to fix, source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

from gpogen.catalog.files import load
from gpogen.finding import Severity


@dataclass(frozen=True, slots=True)
class Case:
    """A severity that a rule has besides its usual one, and when."""

    severity: Severity
    when: str


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of a profile; :mod:`gpogen.compile.edits` says what path and action mean."""

    path: str
    do: Literal["set", "add", "take-out"]
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What makes a finding go: edits of the profile, or why no edit can.

    Attributes:
        edits: the changes, in order; empty where ``outside`` says why there are none.
        outside: why nothing in the profile repairs it.
        at: the setting, a path of keys, that the finding must stand at; empty for any.
        needs: paths that must be there, or ``path == value``.
        brings: rules that see the repaired profile and did not see it before.
    """

    edits: tuple[Change, ...] = ()
    outside: str = ""
    at: str = ""
    needs: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """What is to be known about one rule.

    Attributes:
        id: stable, such as HP018.
        title: what it looks for, one line.
        severity: how bad a hit is; single cases may differ.
        input: what it reads: ``profile``, ``policy`` (any GPO, also a foreign one), ``today``
            (the release data on one day) or ``output`` (what gpogen itself writes).
        since: the version of gpogen that has it first.
        why: why it matters.
        fix: what to do about it.
        source: where the fact comes from.
        foreign_fix: what to do about it in somebody else's GPO, where ``fix`` speaks of
            profiles.
        foreign: the severity in somebody else's GPO, where it differs.
        missing: for a rule that does not run: what it waits for, or who says it instead.
        calendar: whether the calendar finds cases that a check without dates does not.
        cases: the severities that single hits have instead of the usual one.
        repair: what makes a finding go; of several the first that fits counts.
    """

    id: str
    title: str
    severity: Severity
    input: str
    since: str
    why: str
    source: str
    fix: str = ""
    foreign: Severity | None = None
    foreign_fix: str = ""
    missing: str = ""
    calendar: bool = False
    cases: tuple[Case, ...] = ()
    repair: tuple[Repair, ...] = ()

    @property
    def severities(self) -> frozenset[Severity]:
        """Every severity that a hit of the rule can have."""
        usual = {self.severity} | ({self.foreign} if self.foreign else set())
        return frozenset(usual | {case.severity for case in self.cases})

    @property
    def runs(self) -> bool:
        """Tell whether the rule is checked, or only explained."""
        return not self.missing


@cache
def rule_pages() -> dict[str, RulePage]:
    """Return every page by id."""
    return {row["id"]: _page(row) for row in load("rules.json")["rules"]}


def _page(row: dict[str, Any]) -> RulePage:
    typed: dict[str, Any] = {
        key: Severity(row[key]) for key in ("severity", "foreign") if key in row
    }
    cases = row.get("cases", ())
    typed["cases"] = tuple(Case(Severity(case["severity"]), case["when"]) for case in cases)
    typed["repair"] = tuple(_repair(item) for item in row.get("repair", ()))
    return RulePage(**row | typed)


def _repair(row: dict[str, Any]) -> Repair:
    typed: dict[str, Any] = {key: tuple(row[key]) for key in ("needs", "brings") if key in row}
    typed["edits"] = tuple(_change(edit) for edit in row.get("edits", ()))
    return Repair(**row | typed)


def _change(row: dict[str, Any]) -> Change:
    (do,) = set(row) - {"path"}
    value = row[do] if do != "take-out" else None
    return Change(row["path"], cast(Literal["set", "add", "take-out"], do), value)


def rule_page(rule_id: str) -> RulePage:
    """Return one rule's page.

    Raises:
        KeyError: there is no such rule.
    """
    return rule_pages()[rule_id]
