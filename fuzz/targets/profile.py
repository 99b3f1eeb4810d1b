"""Profiles, compiled and judged: whatever is wrong is a finding, told in every form."""

from __future__ import annotations

import json

from fuzz import profiles
from fuzz.target import Target
from gpogen.finding import has_error
from gpogen.profile.load import Loader
from gpogen.reports.github import annotation
from gpogen.reports.sarif import sarif
from gpogen.rules.check import check as judge


def check(data: bytes) -> None:
    """Compile a profile; without an error it is a base or becomes records."""
    checked = judge(Loader().load_bytes(data, "a.yaml"))
    for item in checked.findings:
        assert "\n" not in annotation(item), "a finding has two lines in a log"
    if checked.findings:
        json.dumps(sarif(checked.findings, checked.allowed))
    made = checked.compiled
    assert made is None or not has_error(checked.findings)
    if made is not None:
        for record in (*made.policy, *made.preferences):
            assert record.record.target


TARGET = Target(
    generate=profiles.profile,
    check=check,
    words=profiles.WORDS,
    most=1024,
    steps=(200_000, 3_000),
    memory=(4 << 20, 2_000),
)
