"""Which unproven facts a profile's output rests on: each condition, met and not met."""

from __future__ import annotations

import pytest

from tests.support.profiles import OS_2022, OS_2025, checked

VBS = "vbs: {enforce: policy+registry}\n"
WSUS = "source: {wsus: {server: 'https://w', status_server: 'https://w'}}"
CERTIFICATES = "secure_boot: {certificates: deploy, why: The hosts have their updates.}\n"
STANDARD = {"os": "windows-server-2025-standard", "platform": "azure-arc"}


def letters(body: str, **head: str) -> str:
    """Return the letters of the facts that the output of a profile rests on."""
    result = checked(body, **head)
    assert result.compilation is not None, result.findings
    return "".join(item.id.removeprefix("UNPROVEN-") for item in result.unproven)


@pytest.mark.parametrize(
    ("policy", "rests"),
    [
        ("at-scheduled-time", True),
        ("when-required", False),
        ("not-while-users-are-logged-on", False),
        ("deadline, days: 2, grace_days: 1", False),
    ],
)
def test_only_a_forced_restart_rests_on_what_a_hotpatch_starts(policy: str, rests: bool) -> None:
    assert ("A" in letters(f"{VBS}restart: {{policy: {policy}}}\n")) is rests


@pytest.mark.parametrize(
    ("schedule", "rests"),
    [
        ("{day: tuesday, at: '03:00', weeks: [fourth]}", True),
        ("{day: tuesday, at: '03:00', weeks: [first, fourth]}", True),
        ("{day: tuesday, at: '03:00', weeks: every}", False),
        ("{day: tuesday, at: '03:00'}", False),
        ("unmanaged", False),
        ("remove", False),
    ],
)
def test_only_single_weeks_rest_on_what_a_week_box_means(schedule: str, rests: bool) -> None:
    body = f"{VBS}updates: {{mode: install-on-schedule, schedule: {schedule}}}\n"

    assert ("B" in letters(body)) is rests
    assert "B" not in letters(VBS)


def test_only_a_deadline_rests_on_which_of_its_values_a_build_applies() -> None:
    assert "C" in letters(f"{VBS}restart: {{policy: deadline, days: 2, grace_days: 1}}\n")
    assert "C" not in letters(f"{VBS}restart: {{policy: when-required}}\n")


@pytest.mark.parametrize(("os", "newer"), [(OS_2022, False), (OS_2025, True)])
@pytest.mark.parametrize(
    ("source", "orchestration", "rests"),
    [
        (WSUS, "group-policy", True),
        (WSUS, "configmgr", True),
        ("source: windows-update", "configmgr", True),
        ("mode: download", "configmgr", True),
        ("source: windows-update", "group-policy", False),
        ("source: unmanaged", "third-party", False),
        ("mode: download", "group-policy", False),
    ],
)
def test_wsus_or_configuration_manager_rests_on_their_offer_for_windows_server_2025(
    source: str, orchestration: str, rests: bool, os: str, newer: bool
) -> None:
    body = f"{VBS}updates: {{{source}}}\n"

    assert ("D" in letters(body, os=os, orchestration=orchestration)) is (rests and newer)


@pytest.mark.parametrize(
    ("vbs", "rests"),
    [
        ("vbs: {enforce: policy+registry}\n", True),
        ("vbs: {enforce: policy}\n", True),
        ("vbs: {enforce: elsewhere}\n", False),
        ("vbs: unmanaged\n", False),
    ],
)
def test_only_the_vbs_policy_rests_on_vbs_in_a_virtual_machine(vbs: str, rests: bool) -> None:
    assert ("E" in letters(vbs)) is rests


@pytest.mark.parametrize(
    ("os", "image", "rests"),
    [
        (OS_2022, "iso", True),
        (OS_2022, "2022-datacenter-azure-edition-core", False),
        (OS_2025, "iso", False),
    ],
)
def test_only_the_prepared_system_from_iso_rests_on_its_preparation(
    os: str, image: str, rests: bool
) -> None:
    assert ("F" in letters(VBS, os=os, image=image)) is rests


@pytest.mark.parametrize("orchestration", ["group-policy", "third-party"])
@pytest.mark.parametrize(
    ("mode", "removed", "sconfig"),
    [
        ("remove", True, False),
        ("unmanaged", False, False),
        ("off", False, False),
        ("notify", False, True),
        ("download", False, True),
        ("install-on-schedule", False, True),
        ("notify-restart", False, True),
    ],
)
def test_a_mode_rests_on_its_removal_or_on_sconfig(
    mode: str, removed: bool, sconfig: bool, orchestration: str
) -> None:
    found = letters(f"{VBS}updates: {{mode: '{mode}'}}\n", orchestration=orchestration)

    assert ("G" in found) is removed
    assert ("H" in found) is (sconfig and orchestration == "group-policy")


def test_whatever_has_a_policy_rests_on_its_import_and_nothing_else_does() -> None:
    assert "I" in letters(VBS)
    assert letters("vbs: unmanaged\n") == ""


@pytest.mark.parametrize(
    ("head", "newer"), [({"os": OS_2022}, False), ({"os": OS_2025}, True), (STANDARD, True)]
)
@pytest.mark.parametrize(("body", "deploys"), [(CERTIFICATES, True), ("", False)])
def test_the_certificates_rest_on_their_deployment_on_windows_server_2025(
    body: str, deploys: bool, head: dict[str, str], newer: bool
) -> None:
    assert ("J" in letters(VBS + body, **head)) is (deploys and newer)
