"""The rules and the examples of their pages."""

from __future__ import annotations

import datetime

from gpogen.finding import Finding
from gpogen.profile.load import Loader
from gpogen.releases.knowledge import know
from gpogen.rules.all_dated_rules import CALENDAR_RULES, TODAY_RULES
from gpogen.rules.all_rules import POLICY_RULES, PROFILE_RULES
from gpogen.rules.check import Checked, check, subject_of
from gpogen.rules.inputs import Today, judge_today
from tools.rule_pages import HEAD, Example, pages

CHECKED = (*POLICY_RULES, *PROFILE_RULES)
"""The rules that a check without a date runs."""
ALL = frozenset((*CHECKED, *CALENDAR_RULES, *TODAY_RULES))
EXAMPLES: tuple[tuple[str, Example], ...] = tuple(
    (page.id, example) for page in pages().values() for example in page.examples
)
UNDATED = tuple((rule, one) for rule, one in EXAMPLES if not one.fails_on)
OF_EVERY_PROFILE = frozenset(("SECUREBOOT-CERTIFICATES",))
"""Found in every profile that does not mention the certificates, as few examples do."""


def names(examples: tuple[tuple[str, Example], ...]) -> list[str]:
    """Return a name for each example."""
    return [f"{rule}-{number}" for number, (rule, _) in enumerate(examples)]


def check_text(text: str) -> Checked:
    """Check the text of an example."""
    return check(Loader().load_bytes((HEAD + text).encode()))


def found_in(text: str, day: str = "") -> tuple[Finding, ...]:
    """Return what ``gpogen check`` finds in an example, with ``--today`` where a day is given."""
    result = check_text(text)
    if not day:
        return result.findings
    subject = subject_of(result)
    assert subject is not None
    today = Today(
        knowledge=know(),
        family=subject.family,
        day=datetime.date.fromisoformat(day),
        subjects=(subject,),
        each=True,
    )
    return (*result.findings, *(told.finding for told in judge_today(today)))
