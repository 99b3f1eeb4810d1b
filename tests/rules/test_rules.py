"""Each rule finds what its page says; what the examples of the pages do not show, by hand."""

from __future__ import annotations

import pytest

from gpogen.catalog.rules import rule_pages
from gpogen.finding import Severity
from tests.support.profiles import CERTIFICATES, OS_2022, OS_2025, checked, ids
from tests.support.rules import ALL, EXAMPLES, OF_EVERY_PROFILE, found_in, names
from tools.rule_pages import Example, pages

VBS = "vbs: {enforce: policy+registry}\n"
RESTART = "restart: {policy: at-scheduled-time}\n"
QUIET = "updates: {drivers: exclude, feature_updates: hold}\n"


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=names(EXAMPLES))
def test_the_failing_example_gives_its_rule_and_only_the_others_that_it_lists(
    rule: str, example: Example
) -> None:
    found = found_in(example.fails, example.fails_on)

    assert {item.severity.value for item in found if item.id == rule} == {example.severity}, (
        f"sources/rules/{rule}.yaml: `fails` must give {rule} with the severity of the example"
    )
    others = {item.id for item in found} - {rule}
    # Of two rules about today's date, each example is about one.
    ignored = OF_EVERY_PROFILE if not example.fails_on else OF_EVERY_PROFILE | others
    assert others - ignored == set(example.also) - ignored, (
        f"sources/rules/{rule}.yaml: `also` of the example must list the other rules"
    )
    first = next(item for item in found if item.id == rule)
    assert first.at is not None or rule == "HP020"
    assert first.message and first.why and first.source  # noqa: PT018 (three texts of one kind)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=names(EXAMPLES))
def test_the_passing_example_does_not_give_its_rule(rule: str, example: Example) -> None:
    assert rule not in {item.id for item in found_in(example.passes, example.passes_on)}, (
        f"sources/rules/{rule}.yaml: `passes` must not give {rule}"
    )


def test_a_rule_that_runs_has_a_function_and_a_page_that_only_informs_has_none() -> None:
    assert {page.id for page in pages().values() if page.runs} == ALL


def test_the_examples_of_a_page_show_each_severity_or_another_test_does() -> None:
    shown = {(rule, one.severity) for rule, one in EXAMPLES}
    documented = {
        (page.id, severity.value)
        for page in rule_pages().values()
        if page.runs
        for severity in ({page.severity} | {case.severity for case in page.cases})
    }

    assert documented - shown == {
        ("HP006", "error"),  # tests/workspace/test_foreign.py: no profile can have it
        ("INSTALLATION-INHERITED", "info"),  # tests/cli/test_check_more.py: it needs a base
        ("SHADOW-STACKS-HVCI", "info"),  # test_severities.py: only of somebody else's GPO
    }, "sources/rules: add an example with `severity` for each of `cases`"


@pytest.mark.parametrize("page", rule_pages().values(), ids=lambda page: page.id)
def test_every_page_says_why_and_whence(page: object) -> None:
    for field in ("title", "why", "source"):
        assert getattr(page, field).strip()


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
def test_the_smallest_profile_gives_hp004_and_nothing_else(os: str) -> None:
    body = QUIET.replace("{", "{mode: download, ", 1)
    assert ids(checked(body, os=os, orchestration="third-party")) == ["HP004"]


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
def test_the_smallest_profile_with_a_mode_gives_hp018_besides(os: str) -> None:
    body = "updates: {mode: install-on-schedule, drivers: exclude, feature_updates: hold}\n"
    assert ids(checked(body, os=os)) == ["HP004", "HP018", "HP036"]


@pytest.mark.parametrize(
    ("mode", "orchestration", "severity"),
    [
        ("install-on-schedule", "azure-update-manager", Severity.ERROR),
        ("install-on-schedule", "cluster-aware", Severity.ERROR),
        ("install-on-schedule", "third-party", Severity.ERROR),
        ("install-on-schedule", "manual", Severity.ERROR),
        ("download", "group-policy", Severity.WARNING),
        ("notify", "group-policy", Severity.WARNING),
        ("download", "azure-update-manager", None),
        ("notify-restart", "group-policy", Severity.INFO),
        ("notify-restart", "manual", None),
    ],
)
def test_hp027_goes_by_who_orchestrates(
    mode: str, orchestration: str, severity: Severity | None
) -> None:
    result = checked(VBS + f"updates: {{mode: {mode}}}\n" + RESTART, orchestration=orchestration)

    found = [item.severity for item in result.findings if item.id == "HP027"]

    assert found == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("os", "severity"),
    [(OS_2025, Severity.ERROR), ("windows-server-2025-standard", Severity.WARNING)],
)
def test_dma_protection_is_an_error_in_a_virtual_machine_and_a_warning_on_arc(
    os: str, severity: Severity
) -> None:
    platform = "azure-local" if os == OS_2025 else "azure-arc"
    result = checked("vbs: {platform_security: secure-boot-and-dma}", os=os, platform=platform)

    assert [item.severity for item in result.findings if item.id == "HP005"] == [severity]


def image_ids(image: str, os: str = OS_2022, platform: str = "azure-local") -> list[str]:
    from gpogen.profile.load import Loader
    from gpogen.rules.check import check

    text = (
        f"gpogen: 1\nname: s\ntitle: S\norchestration: third-party\n"
        f"target: {{platform: {platform}, os: {os}{image}}}\nvbs: {{enforce: policy}}\n"
        f"{QUIET.replace('{', '{mode: download, ', 1)}{CERTIFICATES}"
    )
    return ids(check(Loader().load_bytes(text.encode())))


@pytest.mark.parametrize(
    ("image", "wrong"),
    [
        (", image: 2022-Datacenter-Azure-Edition-CORE", False),
        (", image: 2022-datacenter-azure-edition-hotpatch, installation: desktop", False),
        (", image: 2022-datacenter-azure-edition-hotpatch", False),
        (", image: iso", False),
        (", image: 2022-datacenter-azure-edition", True),
        (", image: 2025-datacenter-azure-edition-hotpatch", True),
        (", image: 2025-datacenter-azure-edition-core", True),
        (", image: my-golden-image", True),
        ("", True),
        (
            ", image: {publisher: microsoftwindowsserver, offer: windowsserver, "  # noqa: ISC004
            "sku: 2022-datacenter-azure-edition-core}",
            False,
        ),
        (", image: {publisher: Contoso, offer: WindowsServer, sku: x}", True),
    ],
)
def test_only_the_eight_images_pass(image: str, wrong: bool) -> None:
    assert image_ids(image) == (["HP012"] if wrong else [])


def test_an_iso_in_azure_and_an_image_on_arc_are_refused() -> None:
    assert "HP012" in image_ids(", image: iso", platform="azure-vm")
    arc = image_ids(", image: iso", os="windows-server-2025-standard", platform="azure-arc")
    assert "HP012" in arc


def test_a_value_that_stays_is_no_better_off_as_a_preference() -> None:
    item = r"{key: 'HKLM\SOFTWARE\Contoso', name: Port, type: dword, data: 1"
    by_policy = checked(f"{VBS}registry:\n  - {item}}}\n")
    (finding,) = [item for item in by_policy.findings if item.id == "HP031"]
    assert "`via: preference` does not either" in finding.fix
    assert "`action: delete`" in finding.fix
    for via in ("policy", "preference"):
        result = checked(f"{VBS}registry:\n  - {item}, via: {via}}}\n")
        assert result.compiled is not None
        assert "Port" in [record.name for record in result.compiled.facts.stays]
