"""The pages of the lint rules: severity, why, how to fix, source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gpogen.catalog.files import load
from gpogen.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """What is to be known about one rule.

    Attributes:
        id: stable, such as HP018.
        title: what it looks for, one line.
        severity: how bad a hit is; single cases may differ.
        input: what it reads: ``profile``, ``policy`` (any GPO, also a foreign one),
            ``calendar`` or ``output`` (what gpogen itself writes).
        why: why it matters.
        fix: what to do about it.
        source: where the fact comes from.
        foreign_fix: what to do about it in somebody else's GPO, where ``fix`` speaks of
            profiles.
        foreign: the severity in somebody else's GPO, where it differs.
        missing: for a rule that does not run: what it waits for, or who says it instead.
    """

    id: str
    title: str
    severity: Severity
    input: str
    why: str
    fix: str
    source: str
    foreign: Severity | None = None
    foreign_fix: str = ""
    missing: str = ""

    @property
    def runs(self) -> bool:
        """Tell whether the rule is checked, or only explained."""
        return not self.missing


@cache
def rule_pages() -> dict[str, RulePage]:
    """Return every page by id."""
    return {row["id"]: RulePage(**row | _severities(row)) for row in load("rules.json")["rules"]}


def _severities(row: dict[str, str]) -> dict[str, Severity]:
    return {key: Severity(row[key]) for key in ("severity", "foreign") if key in row}


def rule_page(rule_id: str) -> RulePage:
    """Return one rule's page.

    Raises:
        KeyError: there is no such rule.
    """
    return rule_pages()[rule_id]
