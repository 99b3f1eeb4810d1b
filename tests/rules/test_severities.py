"""What a rule emits is what its page says: severities, each with its condition, and input."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator

import pytest

from gpogen.catalog.pages import examples
from gpogen.catalog.rules import rule_page, rule_pages
from gpogen.compile.subject import Subject
from gpogen.finding import Finding, Severity
from gpogen.profile.load import Loader
from gpogen.profile.schema import Profile
from gpogen.releases.knowledge import know
from gpogen.rules.all_rules import RULES
from gpogen.rules.allow import OF_TODAY
from gpogen.rules.check import check, subject_of
from gpogen.rules.dated import ending, stale
from gpogen.rules.engine import judge
from tests.rules.test_rules import AU_KEY, EXAMPLES, SCHEDULED, SECURE_BOOT, VBS, dword
from tests.support.profiles import OS_2022, text_of

CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control\DeviceGuard"
ENABLE = "EnableVirtualizationBasedSecurity"

WSUS = "{wsus: {server: 'https://w:8531', status_server: 'https://w:8531'}}"
ARC = {"os": "windows-server-2025-standard", "platform": "azure-arc"}
ROME = {"extra_target": ", time_zone: Europe/Rome"}
MORE = [
    text_of(f"{VBS}updates: {{source: {WSUS}}}", os=OS_2022),
    text_of("vbs: {platform_security: secure-boot-and-dma}"),
    text_of(
        "vbs: {platform_security: secure-boot-and-dma}",
        os="windows-server-2025-standard",
        platform="azure-arc",
    ),
    text_of(f"{VBS}updates: {{optional_content: user-choice}}"),
    text_of(f"{VBS}updates: {{optional_content: automatic}}"),
    text_of(f"{VBS}updates: {{mode: notify-restart}}"),
    text_of(f"{VBS}secure_boot: {{certificates: deploy}}"),
    text_of(
        f"{VBS}updates: {{mode: install-on-schedule, schedule: {{day: sunday, at: '02:00'}}}}",
        extra_target=", time_zone: Europe/Rome",
    ),
    text_of(
        f"{VBS}updates: {{mode: install-on-schedule, schedule: {{at: '02:00'}}}}",
        extra_target=", time_zone: Europe/Rome",
    ),
    text_of(VBS + "registry:\n  - {key: 'HKLM\\SYSTEM\\Setup', name: X, action: delete}\n"),
    text_of(VBS + SCHEDULED, orchestration="third-party"),
]
"""Cases of rules that have more than one severity."""
IN_THE_CALENDAR = {("HP014", Severity.ERROR)}
"""Told by the calendar alone; tests/calendar judges it."""


def _texts() -> list[str]:
    head = "gpogen: 1\nname: sample\ntitle: Sample\n"
    found = [head + "\n".join(one.fails) + "\n" for one in examples().values()]
    return [*found, *(text_of(one[1], **one[2]) for one in EXAMPLES), *MORE]


def _subjects() -> Iterator[tuple[Subject, tuple[Finding, ...]]]:
    for text in _texts():
        result = check(Loader().load_bytes(text.encode()))
        subject = subject_of(result)
        assert subject is not None, text
        yield subject, tuple(item for item in result.findings if not item.id.startswith("GP"))


def _foreign(subject: Subject) -> Subject:
    """Return the same records as those of somebody else's GPO without a target."""
    profile = Profile.model_construct(gpogen=1, name="foreign", target=None)
    return Subject(
        profile=profile,
        tree=subject.tree,
        drafts=subject.drafts,
        family="",
        foreign=True,
        extensions="",
    )


def _emitted() -> dict[str, set[Severity]]:
    found: dict[str, set[Severity]] = defaultdict(set)
    for subject, findings in _subjects():
        for item in (*findings, *judge(_foreign(subject))):
            found[item.id].add(item.severity)
    knowledge = know()
    day = datetime.date(2027, 11, 30)
    for family in knowledge.systems:
        for item in (*stale(knowledge, (family,), day), *ending(knowledge, family, day)):
            found[item.id].add(item.severity)
    return found


def test_each_finding_has_a_severity_of_its_page_and_each_such_severity_is_emitted() -> None:
    emitted = _emitted()
    documented = {
        (rule, severity) for rule in (*RULES, *OF_TODAY) for severity in rule_page(rule).severities
    }

    assert {(rule, one) for rule, found in emitted.items() for one in found} == (
        documented - IN_THE_CALENDAR
    )


def test_a_rule_with_more_than_one_severity_says_when() -> None:
    for page in rule_pages().values():
        for case in page.cases:
            assert case.when.strip(), page.id
            assert case.severity is not page.severity, page.id


def test_only_rules_about_policy_judge_the_gpos_of_others() -> None:
    seen = {item.id for subject, _ in _subjects() for item in judge(_foreign(subject))}

    assert {rule_page(rule).input for rule in seen} == {"policy"}
    # They need a target, weeks that are authored, or another setting that is not there.
    blind = {rule for rule in RULES if rule_page(rule).input == "policy"} - seen
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


def test_every_rule_has_an_input_of_its_kind() -> None:
    assert {rule_page(rule).input for rule in RULES} == {"profile", "policy"}
    assert {rule_page(rule).input for rule in OF_TODAY} == {"calendar"}


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
