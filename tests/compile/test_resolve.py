"""Policies by name: which exist, which the system has, which elements they take; conflicts."""

from __future__ import annotations

import pytest

from gpogen.finding import Finding
from tests.support.profiles import OS_2022, OS_2025, checked, compiled, effects

VBS = "DeviceGuard.VirtualizationBasedSecurity"
SCAN = "WindowsUpdate.UpdateClassPolicySource_Title"


def policy(name: str, more: str = "state: enabled") -> str:
    return f"policies:\n  - {{policy: {name}, {more}}}\n"


def found(body: str, code: str, **head: str) -> list[Finding]:
    return [one for one in checked(body, **head).findings if one.id == code]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("windowsupdate.autoupdatecfg", "WindowsUpdate.AutoUpdateCfg"),
        ("AutoUpdateCfg", "WindowsUpdate.AutoUpdateCfg"),
        ("AutoUpdateCf", "WindowsUpdate.AutoUpdateCfg"),
        ("WindowsUpdate.AutoUpdateCgf", "WindowsUpdate.AutoUpdateCfg"),
        ("DownloadMod", "DeliveryOptimization.DownloadMode"),
    ],
)
def test_a_policy_that_is_misspelt_is_named(name: str, near: str) -> None:
    (one,) = found(policy(name), "GP033")

    assert one.fix == f"did you mean {near}?"
    assert "allowed" not in one.message


def test_a_policy_like_no_other_lists_what_there_is() -> None:
    (one,) = found(policy("Zzz.Qqqqqqqq"), "GP033")

    assert one.fix == ""
    assert "; allowed: WindowsUpdate.AutoUpdateCfg, " in one.message


def test_a_policy_that_is_known_and_of_no_use_is_refused_with_the_reason() -> None:
    (one,) = found(policy("WindowsUpdate.NoAutoUpdate"), "GP034")

    assert "(Windows Automatic Updates) exists, but gpogen does not offer it: " in one.message
    assert not one.message.endswith(": ")


@pytest.mark.parametrize(("os", "count"), [(OS_2022, 1), (OS_2025, 0)])
def test_a_policy_that_the_system_lacks_is_refused(os: str, count: int) -> None:
    wanted = found(policy("WindowsUpdate.AllowOptionalContent", "state: disabled"), "GP032", os=os)

    assert len(wanted) == count
    assert all("has no effect on windows-server-2022" in one.message for one in wanted)


def test_an_element_that_the_system_lacks_is_refused_and_an_unknown_one_is_named() -> None:
    newer = policy(VBS, "state: enabled, values: {MachineIdentityIsolation: 1}")
    assert found(newer, "GP032") == []
    (one,) = found(newer, "GP032", os=OS_2022)
    assert f"{VBS} MachineIdentityIsolation" in one.message
    assert found(newer, "GP035", os=OS_2022) == []

    (other,) = found(policy(VBS, "state: enabled, values: {LsaCfgFlag: 1}"), "GP035")
    assert "has no element 'LsaCfgFlag'; allowed: RequirePlatformSecurity" in other.message
    assert other.fix == "did you mean LsaCfgFlags?"
    (none,) = found(
        policy("WindowsUpdate.ExcludeWUDriversInQualityUpdate", "state: enabled, values: {A: 1}"),
        "GP035",
    )
    assert none.message.endswith("allowed: none")


def test_values_count_only_for_an_enabled_policy() -> None:
    values = "values: {DODownloadMode: 1}"
    name = "DeliveryOptimization.DownloadMode"
    for state in ("disabled", "remove", "unmanaged"):
        wanted = found(policy(name, f"state: {state}, {values}"), "GP035")
        assert [one.fix for one in wanted] == (
            [] if state == "unmanaged" else ["remove `values`, or write `state: enabled`"]
        )
    assert found(policy(name, f"state: enabled, {values}"), "GP035") == []
    assert found(policy(name, "state: disabled"), "GP035") == []


def test_an_element_is_given_once_in_whatever_spelling() -> None:
    (one,) = found(policy(VBS, "state: enabled, values: {LsaCfgFlags: 1, lsacfgflags: 2}"), "GP035")

    assert "the element LsaCfgFlags occurs twice, first on line 8" in one.message
    assert len(one.related) == 1


def test_the_safe_set_is_written_for_whoever_enables_vbs() -> None:
    by_name = effects(compiled(policy(VBS)).policy)
    by_word = effects(compiled("vbs: {enforce: policy}").policy)

    assert by_name == by_word
    assert by_name["RequirePlatformSecurityFeatures"] == 1
    assert by_name["ConfigureSystemGuardLaunch"] == 0
    one = effects(compiled(policy(VBS, "state: enabled, values: {LsaCfgFlags: remove}")).policy)
    assert one == {**by_name, "LsaCfgFlags": "delete"}
    other = effects(
        compiled(policy(VBS, "state: enabled, values: {LsaCfgFlags: unmanaged}")).policy
    )
    assert other == {name: data for name, data in by_name.items() if name != "LsaCfgFlags"}
    off = checked(policy(VBS, "state: disabled")).compilation
    assert off is not None
    assert {one.record.value for one in off.drafts} == {0, None}


def test_nobody_chooses_a_scan_source_by_silence() -> None:
    name = "SetPolicyDrivenUpdateSourceFor{}Updates"
    wanted = found(policy(SCAN), "GP036")
    assert len(wanted) == 4
    assert "add it to `values:` (1 (Windows Server Update Services), 0 (" in wanted[0].fix
    three = ", ".join(f"{name.format(one)}: 0" for one in ("Feature", "Quality", "Driver"))
    (left,) = found(policy(SCAN, f"state: enabled, values: {{{three}}}"), "GP036")
    assert name.format("Other") in left.message
    assert found(policy("WindowsUpdate.AllowOptionalContent"), "GP036") == []


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("DeliveryOptimization.DownloadMode", "DODownloadMode: 4", "must be 0 (HTTP only (0)), 1"),
        ("DeliveryOptimization.DownloadMode", "DODownloadMode: true", "got true"),
        ("WindowsUpdate.DeferQualityUpdates", "DeferQualityUpdatesPeriodInDays: 31", "0 to 30"),
        ("WindowsUpdate.DeferQualityUpdates", "DeferQualityUpdatesPeriodInDays: -1", "0 to 30"),
        ("WindowsUpdate.DeferQualityUpdates", "DeferQualityUpdatesPeriodInDays: x", "0 to 30"),
        ("WindowsUpdate.TargetGroup_Title", "TargetGroup: 1", "must be text; got 1"),
        (VBS, "HVCIMATRequired: 2", "must be true, false; got 2"),
        (VBS, "HVCIMATRequired: x", "must be true, false; got 'x'"),
    ],
)
def test_an_element_takes_what_its_admx_allows(name: str, values: str, words: str) -> None:
    (one,) = found(policy(name, f"state: enabled, values: {{{values}}}"), "GP035")

    assert words in one.message


@pytest.mark.parametrize("days", [0, 30])
def test_the_ends_of_a_range_are_in_it(days: int) -> None:
    name = "DeferQualityUpdatesPeriodInDays"
    body = policy(
        "WindowsUpdate.DeferQualityUpdates", f"state: enabled, values: {{{name}: {days}}}"
    )

    assert effects(compiled(body).policy)[name] == days


def test_a_text_has_the_length_of_its_admx() -> None:
    name = "WindowsUpdate.TargetGroup_Title"
    for length, count in ((1023, 0), (1024, 1)):
        body = policy(name, f"state: enabled, values: {{TargetGroup: {'x' * length}}}")
        assert len(found(body, "GP035")) == count
