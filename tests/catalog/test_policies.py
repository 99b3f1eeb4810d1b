"""What the catalog promises without Microsoft's files at hand."""

from __future__ import annotations

import pytest

from gpogen.catalog.policies import Kind, Policy, Status, find_value, policies
from gpogen.policy.types import RegType

WU = r"Software\Policies\Microsoft\Windows\WindowsUpdate"
AU = rf"{WU}\AU"
BOTH = ("windows-server-2022", "windows-server-2025")
EVERY = list(policies().values())

# The hotpatch-relevant policies and every value that each writes, over all template sets.
EXPECTED: dict[str, str] = {
    f"WindowsUpdate.{name}": name
    for name in (
        "AllowTemporaryEnterpriseFeatureControl",
        "DisableDualScan",
        "DoNotConnectToWindowsUpdateInternetLocations",
        "ExcludeWUDriversInQualityUpdate",
    )
} | {
    "WindowsUpdate.AutoUpdateCfg": "NoAutoUpdate AUOptions AutomaticMaintenanceEnabled"
    " ScheduledInstallDay ScheduledInstallTime ScheduledInstallEveryWeek ScheduledInstallFirstWeek"
    " ScheduledInstallSecondWeek ScheduledInstallThirdWeek ScheduledInstallFourthWeek"
    " AllowMUUpdateService",
    "WindowsUpdate.NoAutoRebootWithLoggedOnUsers_Title": "NoAutoRebootWithLoggedOnUsers",
    "WindowsUpdate.AlwaysAutoRebootAtScheduledTime": "AlwaysAutoRebootAtScheduledTime"
    " AlwaysAutoRebootAtScheduledTimeMinutes",
    "WindowsUpdate.DetectionFrequency_Title": "DetectionFrequencyEnabled DetectionFrequency",
    "WindowsUpdate.CorpWuURL": "WUServer WUStatusServer UpdateServiceUrlAlternate"
    " FillEmptyContentUrls DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection"
    " SetProxyBehaviorForUpdateDetection UseWUServer",
    "WindowsUpdate.UpdateClassPolicySource_Title": "SetPolicyDrivenUpdateSourceForFeatureUpdates"
    " SetPolicyDrivenUpdateSourceForQualityUpdates SetPolicyDrivenUpdateSourceForDriverUpdates"
    " SetPolicyDrivenUpdateSourceForOtherUpdates UseUpdateClassPolicySource",
    "WindowsUpdate.TargetGroup_Title": "TargetGroupEnabled TargetGroup",
    "WindowsUpdate.DeferQualityUpdates": "DeferQualityUpdates DeferQualityUpdatesPeriodInDays"
    " PauseQualityUpdatesStartTime",
    "WindowsUpdate.DeferFeatureUpdates": "DeferFeatureUpdates DeferFeatureUpdatesPeriodInDays"
    " PauseFeatureUpdatesStartTime",
    "WindowsUpdate.TargetReleaseVersion": "TargetReleaseVersion ProductVersion"
    " TargetReleaseVersionInfo",
    "WindowsUpdate.ComplianceDeadline": "SetComplianceDeadlineForQU SetComplianceDeadline"
    " ConfigureDeadlineForQualityUpdates ConfigureDeadlineForFeatureUpdates"
    " ConfigureDeadlineGracePeriod ConfigureDeadlineGracePeriodForFeatureUpdates"
    " ConfigureDeadlineNoAutoReboot ConfigureDeadlineNoAutoRebootForQualityUpdates",
    "WindowsUpdate.ComplianceDeadlineForFU": "SetComplianceDeadlineForFU"
    " ConfigureDeadlineForFeatureUpdates ConfigureDeadlineGracePeriodForFeatureUpdates"
    " ConfigureDeadlineNoAutoRebootForFeatureUpdates",
    "WindowsUpdate.ActiveHours": "SetActiveHours ActiveHoursStart ActiveHoursEnd",
    "WindowsUpdate.ActiveHoursMaxRange": "SetActiveHoursMaxRange ActiveHoursMaxRange",
    "WindowsUpdate.AutoRestartDeadline": "SetAutoRestartDeadline AutoRestartDeadlinePeriodInDays"
    " AutoRestartDeadlinePeriodInDaysForFeatureUpdates",
    "WindowsUpdate.DisableUXWUAccess": "SetDisableUXWUAccess",
    "WindowsUpdate.RemoveWindowsUpdate": "DisableWindowsUpdateAccess"
    " DisableWindowsUpdateAccessMode",
    "WindowsUpdate.DisablePauseUXAccess": "SetDisablePauseUXAccess",
    "WindowsUpdate.AllowOptionalContent": "SetAllowOptionalContent AllowOptionalContent",
    "WindowsUpdate.UpdateNotificationLevel": "SetUpdateNotificationLevel UpdateNotificationLevel"
    " NoUpdateNotificationsDuringActiveHours",
    "WindowsUpdate.ManagePreviewBuilds": "ManagePreviewBuildsPolicyValue BranchReadinessLevel",
    "WindowsUpdate.ImmediateInstall_Title": "AutoInstallMinorUpdates",
    "WindowsUpdate.MaintenanceWindow": "UpdateActions StartDate StartTime DurationHours"
    " RepeatSchedule DailyFrequency WeeklyFrequency Sunday Monday Tuesday Wednesday Thursday"
    " Friday Saturday MonthlySchedule MonthsFrequency DayOfMonth OccurrenceInMonth DayOfTheWeek",
    "DeviceGuard.VirtualizationBasedSecurity": "EnableVirtualizationBasedSecurity"
    " RequirePlatformSecurityFeatures HypervisorEnforcedCodeIntegrity HVCIMATRequired LsaCfgFlags"
    " MachineIdentityIsolation ConfigureSystemGuardLaunch ConfigureKernelShadowStacksLaunch",
}


def _names(policy: Policy) -> set[str]:
    names: set[str] = set()
    for found in policy.definitions:
        names |= {e.name for e in (*found.enabled_list, *found.disabled_list)}
        names |= {e.name for e in found.elements}
        names |= {found.value_name} if found.value_name else set()
    return names


def test_there_are_47_windows_update_2_device_guard_and_3_secure_boot_policies() -> None:
    assert [p.file for p in EVERY].count("SecureBoot") == 3
    assert [p.file for p in EVERY].count("WindowsUpdate") == 47
    assert [p.file for p in EVERY].count("DeviceGuard") == 2


@pytest.mark.parametrize(("policy", "names"), EXPECTED.items(), ids=list(EXPECTED))
def test_every_hotpatch_relevant_policy_has_all_its_values(policy: str, names: str) -> None:
    assert _names(policies()[policy]) == set(names.split())


def test_every_policy_has_a_source_a_summary_and_a_reason_if_not_offered() -> None:
    for policy in EVERY:
        assert policy.source, policy.id
        assert policy.summary.endswith("."), policy.id
        assert (policy.reason is None) == (policy.status is Status.OFFERED), policy.id
        assert (policy.note is None) == (policy.note_source is None), policy.id
        assert {*policy.oses, *policy.excluded_reason} == set(BOTH), policy.id
        assert not {*policy.oses} & {*policy.excluded_reason}, policy.id


def test_every_value_has_a_meaning_and_every_default_and_absence_a_source() -> None:
    for policy in EVERY:
        for found in policy.definitions:
            assert (found.absent is None) == (found.absent_source is None), policy.id
            assert bool(found.meaning) == bool(found.value_name), policy.id
            for element in found.elements:
                assert element.meaning.endswith("."), element.id
                assert (element.absent is None) == (element.absent_source is None), element.id
                assert element.default is None or element.default_source, element.id
            for entry in (*found.enabled_list, *found.disabled_list):
                assert entry.meaning.endswith("."), entry.name


def test_every_default_is_a_value_that_the_element_can_take() -> None:
    for policy in EVERY:
        for element in (e for found in policy.definitions for e in found.elements):
            if element.default is None:
                continue
            if element.kind is Kind.ENUM:
                assert element.default in [item.value.data for item in element.items], element.id
            elif element.kind is Kind.DECIMAL:
                assert isinstance(element.default, int), element.id
                assert element.min is not None, element.id
                assert element.max is not None, element.id
                assert element.min <= element.default <= element.max, element.id
            else:
                assert element.kind is Kind.BOOLEAN, element.id
                assert isinstance(element.default, bool), element.id


def test_configure_automatic_updates_defaults_to_every_day_at_three() -> None:
    found = policies()["WindowsUpdate.AutoUpdateCfg"].definition_for("windows-server-2025")
    assert found is not None
    defaults = {element.name: element.default for element in found.elements}
    assert defaults["AUOptions"] == 3
    assert defaults["ScheduledInstallDay"] == 0
    assert defaults["ScheduledInstallTime"] == 3
    assert defaults["ScheduledInstallEveryWeek"] is True
    assert list(defaults)[-1] == "AllowMUUpdateService"


def test_a_default_that_depends_on_an_undocumented_sort_order_stays_unknown() -> None:
    found = policies()["DeviceGuard.VirtualizationBasedSecurity"].definitions[-1]
    for name in ("ConfigureSystemGuardLaunch", "ConfigureKernelShadowStacksLaunch"):
        element = found.element(name)
        assert element is not None
        assert element.default is None
        assert element.default_source


def test_policies_that_end_before_server_2016_are_known_but_not_offered() -> None:
    known = {p.name for p in EVERY if p.status is Status.KNOWN}
    assert known == {
        "AUDontShowUasPolicy",
        "AUNoUasDefaultPolicy_Mach",
        "AUNoUasDefaultPolicy_User",
        "AUPowerManagement_Title",
        "AllowTemporaryEnterpriseFeatureControl",
        "ElevateNonAdmins_Title",
        "FeaturedSoftwareNotification_Title",
        "ImmediateInstall_Title",
        "IncludeRecommendedUpdates_Title",
        "MaintenanceWindow",
        "NoAutoUpdate",
        "RebootRelaunchTimeout_Title",
        "RebootWarningTimeout_Title",
        "RemoveWindowsUpdate",
        "RescheduleWaitTime_Title",
    }


def test_the_restart_notice_family_ends_at_server_2022() -> None:
    ended = {p.name for p in EVERY if p.oses == ("windows-server-2022",)}
    assert ended == {
        "AutoRestartDeadline",
        "AutoRestartNotificationConfig",
        "AutoRestartNotificationDisable",
        "AutoRestartRequiredNotificationDismissal",
        "EngagedRestartTransitionSchedule",
        "RestartWarnRemind",
    }
    for name in ended:
        assert "2022" in policies()[f"WindowsUpdate.{name}"].excluded_reason["windows-server-2025"]


def test_the_deadline_has_other_value_names_on_each_server() -> None:
    policy = policies()["WindowsUpdate.ComplianceDeadline"]
    names = {os: found.value_name for os in BOTH if (found := policy.definition_for(os))}
    assert names == {
        "windows-server-2022": "SetComplianceDeadline",
        "windows-server-2025": "SetComplianceDeadlineForQU",
    }


def test_a_policy_that_a_server_lacks_has_no_definition_for_it() -> None:
    assert policies()["WindowsUpdate.AllowOptionalContent"].definition_for(BOTH[0]) is None
    assert policies()["WindowsUpdate.MaintenanceWindow"].definition_for(BOTH[1]) is None
    with pytest.raises(KeyError):
        policies()["WindowsUpdate.AutoUpdateCfg"].definition_for("windows-server-2019")


def test_an_unknown_policy_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        policies()["WindowsUpdate.EnableHotpatch"]


def test_no_policy_writes_a_hive_into_its_key() -> None:
    for policy in EVERY:
        for found in policy.definitions:
            entries = (*found.enabled_list, *found.disabled_list)
            keys = [found.key, *(e.key for e in entries), *map(found.key_of, found.elements)]
            roots = ("system\\",) if policy.file == "SecureBoot" else ("software\\",)
            assert all(key.lower().startswith(roots) for key in keys), policy.id


def test_a_value_is_found_in_any_case() -> None:
    ((policy, element),) = find_value(AU.upper(), "auoptions")
    assert policy.name == "AutoUpdateCfg"
    assert element is not None
    assert element.id == "AutoUpdateMode"
    assert element.type is RegType.DWORD


def test_a_policys_own_value_and_a_list_entry_are_found_without_an_element() -> None:
    assert find_value(AU, "NoAutoUpdate") == ((policies()["WindowsUpdate.AutoUpdateCfg"], None),)
    assert find_value(AU, "UseWUServer") == ((policies()["WindowsUpdate.CorpWuURL"], None),)


def test_a_value_of_an_older_template_is_found() -> None:
    ((policy, element),) = find_value(WU, "ConfigureDeadlineNoAutoReboot")
    assert policy.name == "ComplianceDeadline"
    assert element is not None


def test_a_value_that_two_policies_write_is_found_twice() -> None:
    found = find_value(WU, "ConfigureDeadlineForFeatureUpdates")
    assert {policy.name for policy, _ in found} == {"ComplianceDeadline", "ComplianceDeadlineForFU"}


def test_a_value_in_no_admx_is_not_found() -> None:
    assert find_value(WU, "AllowRebootlessUpdates") == ()


def test_the_maintenance_window_start_date_is_the_text_element() -> None:
    ((_, element),) = find_value(rf"{WU}\MaintenanceWindow", "StartDate")
    assert element is not None
    assert element.type is RegType.SZ
