"""What a rule emits is what its page says: severities, each with its condition, and input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from gpogen.catalog.rules import rule_page, rule_pages
from gpogen.compile.subject import Subject
from gpogen.finding import Finding, Place, Severity
from gpogen.profile.load import Loader
from gpogen.rules.check import check, subject_of
from gpogen.rules.engine import judge
from tests.support.profiles import text_of
from tests.support.rules import CHECKED, check_text
from tests.support.rules import UNDATED as EXAMPLES

VBS = "vbs: {enforce: policy+registry}\n"
AU_KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
SECURE_BOOT = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot"

CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control\DeviceGuard"
ENABLE = "EnableVirtualizationBasedSecurity"


def dword(key: str, name: str, data: int) -> str:
    return f"  - {{key: '{key}', name: {name}, type: dword, data: {data}}}\n"


def _subjects() -> Iterator[tuple[Subject, tuple[Finding, ...]]]:
    for _, example in EXAMPLES:
        result = check_text(example.fails)
        subject = subject_of(result)
        assert subject is not None, example
        yield subject, tuple(item for item in result.findings if not item.id.startswith("GP"))


def _foreign(subject: Subject) -> Subject:
    """Return the same records as those of somebody else's GPO without a target."""
    start = Place("GptTmpl", 1, 1)
    return Subject(
        drafts=subject.drafts, family="", machines=None, named=None, start=start, extensions=""
    )


def test_each_finding_has_a_severity_of_its_page() -> None:
    emitted: dict[str, set[Severity]] = defaultdict(set)
    for subject, findings in _subjects():
        for item in (*findings, *judge(_foreign(subject))):
            emitted[item.id].add(item.severity)

    assert emitted
    for rule, found in emitted.items():
        assert found <= rule_page(rule).severities, rule


def test_each_severity_of_others_gpos_is_emitted() -> None:
    emitted = {
        (item.id, item.severity) for subject, _ in _subjects() for item in judge(_foreign(subject))
    }
    milder = {(page.id, page.foreign) for page in rule_pages().values() if page.foreign}

    # The others need a time zone, which a GPO does not have.
    assert {rule for rule, _ in milder - emitted} == set()
    assert ("SHADOW-STACKS-HVCI", Severity.INFO) in emitted


def test_a_rule_with_more_than_one_severity_says_when() -> None:
    for page in rule_pages().values():
        for case in page.cases:
            assert case.when.strip(), page.id
            assert case.severity is not page.severity, page.id


def test_only_rules_about_policy_judge_the_gpos_of_others() -> None:
    seen = {item.id for subject, _ in _subjects() for item in judge(_foreign(subject))}

    assert {rule_page(rule).input for rule in seen} == {"policy"}
    # They need a target, weeks that are authored, or another setting that is not there.
    blind = {rule for rule in CHECKED if rule_page(rule).input == "policy"} - seen
    assert blind == {
        "AU-MAINT-VS-SCHEDULE",
        "AU-SCHEDULE-ONLY-4",
        "DEADLINE-NAME-BY-OS",
        "FEATURE-UPDATE-HOLD",
        "HP008",
        "REBOOT-LOGGEDON-NEEDS-4",
        "RESTARTDEADLINE-2025",
        "WSUS-REQUIRED-BY",
    }


@pytest.mark.parametrize("kind", ["sz", "qword", "binary"])
@pytest.mark.parametrize(
    ("key", "name", "data", "rule", "instead"),
    [
        (AU_KEY, "AUOptions", 4, "HP018", False),
        (AU_KEY, "AUOptions", 6, "AU-6-UNKNOWN", False),
        (SECURE_BOOT, "HighConfidenceOptOut", 1, "SECUREBOOT-OPT-OUT", False),
        (CONTROL, ENABLE, 1, "HP004", True),
        (CONTROL, ENABLE, 0, "HP003", False),
        (SECURE_BOOT, "AvailableUpdatesPolicy", 22852, "SECUREBOOT-CERTIFICATES", True),
    ],
)  # fmt: skip
def test_a_value_of_another_type_neither_satisfies_a_rule_nor_breaks_one(
    kind: str, key: str, name: str, data: int, rule: str, instead: bool
) -> None:
    shown = {"sz": f"'{data}'", "qword": str(data), "binary": f"'{data:08x}'"}[kind]
    typed = f"  - {{key: '{key}', name: {name}, type: {kind}, data: {shown}}}\n"
    assured = "assured: [{what: endpoints-reachable, why: x}]\n"

    right = _ids(assured + "registry:\n" + dword(key, name, data))
    wrong = _ids(assured + "registry:\n" + typed)

    assert "POLICY-VALUE" in wrong
    assert (rule in wrong) == instead
    assert (rule in right) != instead


def _ids(body: str) -> list[str]:
    return [item.id for item in check(Loader().load_bytes(text_of(body).encode())).findings]


OTHER_KEYS = (AU_KEY[:-3], AU_KEY.replace("HKLM", "HKCU"), r"HKLM\SOFTWARE\X\AU")


@pytest.mark.parametrize("key", OTHER_KEYS)
def test_a_value_in_another_key_counts_for_no_rule(key: str) -> None:
    assert "HP018" not in _ids(VBS + "registry:\n" + dword(key, "AUOptions", 4))
