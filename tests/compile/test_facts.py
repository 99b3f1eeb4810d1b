"""What artifacts say in sentences, as facts; the header; SConfig's plan; what rules find."""

from __future__ import annotations

import pytest

from gpogen.artifacts import notes
from gpogen.compile.result import Compiled, CredentialGuard, Deadline, RestartCause, records_of
from gpogen.compile.subject import Subject
from gpogen.policy.types import Hive
from tests.support.profiles import OS_2022, OS_2025, checked, compiled


@pytest.mark.parametrize(
    ("body", "causes"),
    [
        ("", ()),
        ("vbs: {enforce: elsewhere}", ()),
        ("vbs: {enforce: registry}", (RestartCause.VBS,)),
        ("vbs: {enforce: policy}", (RestartCause.VBS,)),
        ("vbs: {enforce: policy+registry}", (RestartCause.VBS,)),
        ("secure_boot: {certificates: deploy}", (RestartCause.CERTIFICATES,)),
        ("secure_boot: {certificates: remove}", ()),
        (
            "policies: [{policy: SecureBoot.SecureBoot_AvailableUpdatesPolicy, state: enabled}]",
            (RestartCause.CERTIFICATES,),
        ),
    ],
)
def test_what_restarts_machines_besides_updates(
    body: str, causes: tuple[RestartCause, ...]
) -> None:
    made = compiled(body)

    assert made.facts.restart_causes == causes
    assert made.vbs_restart is (RestartCause.VBS in causes)
    assert len(notes.restarts(made)) == len(causes) + 1


def test_an_iso_is_prepared_with_a_restart() -> None:
    made = compiled("", os=OS_2022, image="iso")

    assert made.facts.restart_causes == (RestartCause.ISO,)
    assert len(made.preferences) == 3
    assert all(len(item.wql) == 2 for item in made.preferences)
    assert "KB5003508" in notes.restarts(made)[0]


@pytest.mark.parametrize(
    ("body", "os", "guard"),
    [
        ("", OS_2025, None),
        ("vbs: {enforce: policy}", OS_2025, CredentialGuard.OPEN),
        ("vbs: {enforce: policy}", OS_2022, None),
        ("vbs: {enforce: registry}", OS_2025, CredentialGuard.OPEN),
        ("vbs: {enforce: policy, credential_guard: disabled}", OS_2025, CredentialGuard.OFF),
        ("vbs: {enforce: policy, credential_guard: disabled}", OS_2022, None),
        (
            "vbs: {enforce: policy, credential_guard: enabled-without-lock}",
            OS_2022,
            CredentialGuard.ON,
        ),
    ],
)
def test_credential_guard_starts_or_not(body: str, os: str, guard: CredentialGuard | None) -> None:
    made = compiled(body, os=os)

    assert made.facts.credential_guard is guard
    assert len(notes.before(made)) == (guard is not None)


@pytest.mark.parametrize(
    ("body", "head", "decides"),
    [
        ("updates: {mode: download}", {}, True),
        ("updates: {mode: remove}", {"orchestration": "manual"}, False),
        ("updates: {mode: 'off'}", {"orchestration": "manual"}, True),
        ("", {}, False),
    ],
)
def test_a_mode_is_left_open_by_unlinking(body: str, head: dict[str, str], decides: bool) -> None:
    made = compiled(f"{body}\nallow: [{{rule: HP027, why: x}}]" if "off" in body else body, **head)

    assert made.facts.decides_installation is decides
    assert bool(notes.way_back(made)) is decides


def test_a_deadline_and_a_warning_are_numbers() -> None:
    late = compiled("restart: {policy: deadline, days: 3, grace_days: 2}")
    forced = compiled(
        "updates: {mode: install-on-schedule}\n"
        "restart: {policy: at-scheduled-time, warn_minutes: 30}\n"
        "allow: [{rule: HP036, why: x}]"
    )

    assert (late.facts.deadline, late.facts.warn_minutes) == (Deadline(days=3, grace_days=2), None)
    assert (forced.facts.deadline, forced.facts.warn_minutes) == (None, 30)
    assert "3 days after Windows Update offers the update, plus 2 days of grace" in " ".join(
        notes.restarts(late)
    )
    assert "the restart 30 minutes after the scheduled installation" in " ".join(
        notes.restarts(forced)
    )


def test_what_stays_is_what_is_no_policy() -> None:
    made = compiled(
        r"""
        vbs: {enforce: policy+registry}
        registry:
          - {key: 'HKLM\SOFTWARE\Policies\X', name: A, type: dword, data: 1}
          - {key: 'HKLM\SOFTWARE\X', name: B, type: dword, data: 1}
          - {key: 'HKLM\SOFTWARE\X', name: C, action: delete}
          - {key: 'HKLM\SOFTWARE\Y', action: create-key}
        """
    )
    names = {(record.key, record.name) for record in made.facts.stays}

    assert names == {
        (r"SYSTEM\CurrentControlSet\Control\DeviceGuard", "EnableVirtualizationBasedSecurity"),
        (r"SOFTWARE\X", "B"),
        (r"SOFTWARE\Y", ""),
    }
    assert (
        r"HKLM\SOFTWARE\Y: (key) remains on the machine after you remove the GPO."
        in notes.stays(made)
    )


def test_what_is_assured_is_passed_on() -> None:
    made = compiled("assured: [{what: endpoints-reachable, why: proxy}]")

    assert made.facts.assured == (("endpoints-reachable", "proxy"),)


@pytest.mark.parametrize(
    ("mode", "menu", "shows", "options", "off"),
    [
        ("install-on-schedule", "Automatic", "Automatic", 4, 0),
        ("download", "DownloadOnly", "Download only", 3, 0),
        ("'off'", "Manual", "Manual", None, 1),
        ("notify", "", "Not configured", 2, 0),
        ("notify-restart", "", "Not configured", 7, 0),
    ],
)
def test_sconfig_is_told_the_mode(
    mode: str, menu: str, shows: str, options: int | None, off: int
) -> None:
    body = f"updates: {{mode: {mode}}}\nallow: [{{rule: HP027, why: x}}]\n"
    plan = compiled(body, orchestration="manual").sconfig

    assert plan is not None
    assert (plan.mode, plan.shows, plan.au_options, plan.no_auto_update) == (
        menu,
        shows,
        options,
        off,
    )


def test_sconfig_has_no_plan_without_a_mode() -> None:
    assert compiled("").sconfig is None
    assert compiled("updates: {mode: remove}", orchestration="manual").sconfig is None


def test_the_header_is_the_profiles_own_words() -> None:
    made = compiled(
        "ring: {name: pilot, order: 1}\n"
        "revision: {number: 3, date: 2026-11-02, change: CHG-1, owner: team}\n"
        "gpo: {computer: enabled}\n"
    ).header
    bare = compiled("").header

    assert (made.name, made.pascal, made.title) == ("sample", "Sample", "Sample")
    assert (made.ring, bare.ring) == ("pilot (1)", "")
    assert made.revision == "3 of 2026-11-02, change CHG-1, owner team"
    assert (made.revision_number, made.change) == ("3", "CHG-1")
    assert (made.backup_time, bare.backup_time) == ("2026-11-02T00:00:00", "1980-01-01T00:00:00")
    assert (bare.revision, bare.revision_number, bare.change) == ("", "", "")
    assert (made.installation, made.any_installation) == ("core", False)
    assert (made.computer_side, made.user_side) == (True, None)


def test_an_installation_that_nothing_says_may_be_either() -> None:
    arc = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    open_, both, said = (
        compiled("", **arc).header,
        compiled("", extra_target=", installation: both", **arc).header,
        compiled("", extra_target=", installation: desktop", **arc).header,
    )

    assert (open_.installation, open_.any_installation) == ("core", True)
    assert (both.installation, both.any_installation) == ("core", True)
    assert (said.installation, said.any_installation) == ("desktop", False)


def subject(body: str) -> Subject:
    found = checked(body).compilation
    assert found is not None
    return found.subject


def test_rules_find_what_the_author_wrote_and_what_the_editor_filled_in_when_asked() -> None:
    one = subject("updates: {mode: download}")

    assert one.number("AUOptions") == 3
    assert one.number("auoptions") == 3
    assert one.number("ScheduledInstallDay") is None
    assert one.number("ScheduledInstallDay", authored=False) == 0
    assert one.find("AUOptions", key=r"WindowsUpdate\AU") is not None
    assert one.find("AUOptions", key=r"\Other") is None
    assert one.number("Nothing") is None
    assert one.text("AUOptions") == ""
    assert one.place("AUOptions") is not None
    assert one.places("AUOptions", "Nothing", "AUOptions") == (one.place("AUOptions"),)


def test_rules_find_no_value_of_the_user_and_none_that_is_taken_back() -> None:
    key = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
    user = subject(f"registry: [{{key: 'HKCU\\{key}', name: AUOptions, type: dword, data: 3}}]")
    removed = subject("updates: {mode: remove}")

    assert user.find("AUOptions") is None
    assert user.find("AUOptions", key=r"WindowsUpdate\AU") is None
    assert removed.find("AUOptions") is None


def test_records_are_those_of_one_hive_or_of_both() -> None:
    made: Compiled = compiled(
        r"""
        registry:
          - {key: 'HKCU\SOFTWARE\Policies\X', name: A, type: dword, data: 1}
          - {key: 'HKLM\SOFTWARE\Policies\X', name: B, type: dword, data: 1}
        """
    )

    assert [one.name for one in records_of(made.policy)] == ["A", "B"] or [
        one.name for one in records_of(made.policy)
    ] == ["B", "A"]
    assert [one.name for one in records_of(made.policy, Hive.HKLM)] == ["B"]
    assert [one.record.name for one in made.side("HKCU")] == ["A"]
