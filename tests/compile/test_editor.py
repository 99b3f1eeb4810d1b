"""Policies are written as the Group Policy editor writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.formats import pol
from tests.support.corpus import corpus
from tests.support.profiles import OS_2022, OS_2025, checked, compiled, effects, ids

AU = r"Software\Policies\Microsoft\Windows\WindowsUpdate\AU"


def test_an_unticked_box_without_false_value_is_deleted_and_a_ticked_one_set() -> None:
    made = compiled(
        """
        updates:
          mode: install-on-schedule
          schedule: {day: thursday, at: "01:00", weeks: [fourth]}
          microsoft_update: true
        restart: {policy: none}
        """
    )

    au = [item.record for item in made.policy if item.record.key == AU]

    assert list(effects([i for i in made.policy if i.record.key == AU]).items())[:11] == [
        ("NoAutoUpdate", 0),
        ("AUOptions", 4),
        ("AutomaticMaintenanceEnabled", "delete"),
        ("ScheduledInstallDay", 5),
        ("ScheduledInstallTime", 1),
        ("ScheduledInstallEveryWeek", "delete"),
        ("ScheduledInstallFirstWeek", "delete"),
        ("ScheduledInstallSecondWeek", "delete"),
        ("ScheduledInstallThirdWeek", "delete"),
        ("ScheduledInstallFourthWeek", 1),
        ("AllowMUUpdateService", 1),
    ]
    entries = pol.from_records(au)
    assert [e.name for e in entries if e.name.startswith("**del.")][0] == (
        "**del.AutomaticMaintenanceEnabled"
    )


def test_an_unticked_box_with_false_value_writes_it() -> None:
    values = effects(compiled("vbs: {enforce: policy}").policy)

    assert values["HVCIMATRequired"] == 0


def test_a_disabled_policy_deletes_its_elements() -> None:
    values = effects(compiled("updates: {mode: off}", orchestration="manual").policy)

    assert values["NoAutoUpdate"] == 1
    assert values["AUOptions"] == values["ScheduledInstallDay"] == "delete"


def test_an_empty_optional_text_is_an_empty_text_and_an_unnamed_dropdown_is_not_written() -> None:
    deferral = effects(compiled("updates: {quality_deferral_days: 5}").policy)
    assert deferral["PauseQualityUpdatesStartTime"] == ""
    assert deferral["DeferQualityUpdatesPeriodInDays"] == 5

    feature = """
        policies:
          - {policy: WindowsUpdate.DeferFeatureUpdates, state: enabled}
        """
    assert "DeferFeatureUpdatesPeriodInDays" not in effects(compiled(feature).policy)


def test_every_vbs_element_of_the_system_is_written_with_the_safe_set() -> None:
    older = effects(compiled("vbs: {enforce: policy}", os=OS_2022).policy)
    newer = effects(compiled("vbs: {enforce: policy}", os=OS_2025).policy)

    safe = {
        "EnableVirtualizationBasedSecurity": 1,
        "RequirePlatformSecurityFeatures": 1,
        "HypervisorEnforcedCodeIntegrity": 3,
        "HVCIMATRequired": 0,
        "LsaCfgFlags": 3,
        "ConfigureSystemGuardLaunch": 0,
    }
    assert older == safe
    assert newer == {
        **safe,
        "MachineIdentityIsolation": 3,
        "ConfigureKernelShadowStacksLaunch": 0,
    }


def test_the_safe_set_is_no_mistake_of_the_author() -> None:
    body = "vbs: {enforce: policy}\nupdates: {mode: download, drivers: exclude}\n"
    assert ids(checked(body, orchestration="third-party")) == []


def test_a_policy_item_for_vbs_gets_the_safe_set_too() -> None:
    body = """
        policies:
          - policy: DeviceGuard.VirtualizationBasedSecurity
            state: enabled
            values: {LsaCfgFlags: 2}
        """
    values = effects(compiled(body).policy)

    assert values["LsaCfgFlags"] == 2
    assert values["RequirePlatformSecurityFeatures"] == 1


def test_the_two_systems_read_different_deadline_values() -> None:
    body = "restart: {policy: deadline, days: 3, grace_days: 2}"

    older = effects(compiled(body, os=OS_2022).policy)
    newer = effects(compiled(body, os=OS_2025).policy)

    assert older["SetComplianceDeadline"] == 1
    assert "SetComplianceDeadlineForQU" not in older
    assert newer["SetComplianceDeadlineForQU"] == 1
    assert "SetComplianceDeadline" not in newer
    assert newer["ConfigureDeadlineForQualityUpdates"] == 3
    assert newer["ConfigureDeadlineGracePeriod"] == 2


def test_a_setting_that_the_system_lacks_is_an_error_where_the_profile_writes_it() -> None:
    result = checked("updates: {optional_content: none}", os=OS_2022)

    assert "GP032" in ids(result)


def test_the_scan_source_is_never_chosen_by_silence() -> None:
    body = """
        policies:
          - {policy: WindowsUpdate.UpdateClassPolicySource_Title, state: enabled}
        """

    assert ids(checked(body)).count("GP036") == 4


def test_configmgr_keeps_its_intranet_address() -> None:
    values = effects(
        compiled("updates: {source: windows-update}", orchestration="configmgr").policy
    )

    assert "UseWUServer" not in values


def test_keys_are_sorted_and_delete_values_comes_first() -> None:
    body = r"""
        registry:
          - {key: 'HKLM\SOFTWARE\Policies\B', name: X, type: dword, data: 1}
          - {key: 'HKLM\SOFTWARE\Policies\b', action: delete-values}
          - {key: 'HKLM\SOFTWARE\Policies\A', name: Y, type: dword, data: 1}
        """
    records = [item.record for item in compiled(body).policy]

    assert [(r.key.upper(), r.action.value) for r in records] == [
        ("SOFTWARE\\POLICIES\\A", "set"),
        ("SOFTWARE\\POLICIES\\B", "delete-values"),
        ("SOFTWARE\\POLICIES\\B", "set"),
    ]


DAYS = ("", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
WEEKS = ("First", "Second", "Third", "Fourth")


def backups() -> list[Path]:
    return sorted(corpus().rglob("HAD-Auto-Update-*-Srv"))


def test_the_profile_of_each_native_server_backup_gives_its_thirteen_records() -> None:
    seen = 0
    for folder in backups():
        for path in folder.rglob("[Rr]egistry.pol"):
            native = pol.decode(path.read_bytes())
            ours = pol.from_records([i.record for i in compiled(_as_profile(native)).policy])

            def lowered(entries: list[pol.PolEntry]) -> list[tuple[str, str, int, bytes]]:
                return [(e.key.lower(), e.name, e.type, e.data) for e in entries]

            assert len(native) == 13
            assert sorted(lowered(ours)) == sorted(lowered(native))
            assert [e.key for e in ours] == [e.key for e in native]
            start = next(i for i, e in enumerate(native) if e.name == "NoAutoUpdate")
            mine = next(i for i, e in enumerate(ours) if e.name == "NoAutoUpdate")
            assert pol.encode(ours[mine : mine + 11]) == pol.encode(native[start : start + 11])
            first = next(i for i, e in enumerate(native) if e.name.startswith("AlwaysAuto"))
            other = next(i for i, e in enumerate(ours) if e.name.startswith("AlwaysAuto"))
            assert pol.encode(ours[other : other + 2]) == pol.encode(native[first : first + 2])
            seen += 1

    assert seen >= 4


def _as_profile(native: list[pol.PolEntry]) -> str:
    number = {e.name: int.from_bytes(e.data, "little") for e in native if e.type == 4}
    weeks = [w.lower() for w in WEEKS if number.get(f"ScheduledInstall{w}Week") == 1]
    day = number["ScheduledInstallDay"]
    every = number.get("ScheduledInstallEveryWeek") == 1
    return f"""
        updates:
          mode: install-on-schedule
          schedule:
            day: {DAYS[day] if day else "every-day"}
            at: "{number["ScheduledInstallTime"]:02}:00"
            weeks: {"every" if every else weeks}
          microsoft_update: {"true" if number.get("AllowMUUpdateService") == 1 else "false"}
        allow: [{{rule: HP032, why: a ring for each week}}]
        restart:
          policy: at-scheduled-time
          warn_minutes: {number["AlwaysAutoRebootAtScheduledTimeMinutes"]}
        """


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
def test_remove_deletes_all_that_the_words_of_a_policy_write(os: str) -> None:
    written = effects(compiled("updates: {mode: install-on-schedule}", os=os).policy)
    removed = effects(compiled("updates: {mode: remove}", os=os).policy)

    assert set(removed) == set(written)
    assert set(removed.values()) == {"delete"}
