"""What each rule says: message, place, severity and fix, for profiles and for others' GPOs."""

from __future__ import annotations

from tests.rules.findings import FILE, lines


def test_the_rules_say_of_the_examples_what_the_file_has() -> None:
    assert lines() == FILE.read_text(encoding="utf-8").splitlines(), (
        "run python -m tests.rules.findings, and read the difference"
    )
