"""What the rules say of Azure's own settings: every case that decides, met and not met."""

from __future__ import annotations

import pytest

from gpogen.finding import Finding, Severity
from tests.support.profiles import OS_2022, OS_2025, checked

VBS = "vbs: {enforce: policy+registry}\n"
PATCHING, MANAGER = "azure-guest-patching", "azure-update-manager"
ARC = {"os": "windows-server-2025-standard", "platform": "azure-arc"}
ERROR, WARNING = Severity.ERROR, Severity.WARNING
WINDOW = "update_manager: {patch_tuesday_offset: 4, at: '22:00', duration: '03:00'%s}\n"


def found(rule: str, body: str = "", **head: str) -> list[Finding]:
    result = checked(VBS + body, **head)
    assert result.compilation is not None, result.findings
    return [item for item in result.findings if item.id == rule]


def azure(settings: str) -> str:
    return f"azure: {{{settings}}}\n" if settings else ""


LEFT_ON = "with a schedule, an Azure VM gets no hotpatches, but the profile leaves them on"
NOT_FALSE = LEFT_ON + ": enable_hotpatching is not false"
REFUSES = "Azure refuses hotpatching with a schedule, or with bypassed safety checks"
BYPASS = "bypass_platform_safety_checks"


@pytest.mark.parametrize(
    ("who", "settings", "message", "severity"),
    [
        (PATCHING, "", "", None),
        (PATCHING, f"{BYPASS}: false", "", None),
        (PATCHING, "enable_hotpatching: true", "", None),
        (PATCHING, "maintenance_schedule: false", "", None),
        (PATCHING, f"{BYPASS}: true", "but nobody patches", ERROR),
        (PATCHING, f"{BYPASS}: true, enable_hotpatching: false", "but nobody patches", ERROR),
        (PATCHING, "maintenance_schedule: true", LEFT_ON, WARNING),
        (PATCHING, "maintenance_schedule: true, enable_hotpatching: true", REFUSES, ERROR),
        (PATCHING, "maintenance_schedule: true, enable_hotpatching: false", LEFT_ON, WARNING),
        (PATCHING, f"maintenance_schedule: true, {BYPASS}: false", "but neither", ERROR),
        (PATCHING, f"maintenance_schedule: true, {BYPASS}: true", "but Azure Update", ERROR),
        (PATCHING, "patch_mode: Manual", "but with patch_mode Manual", ERROR),
        (PATCHING, "patch_mode: AutomaticByOS", "but with patch_mode AutomaticByOS", ERROR),
        (MANAGER, "", LEFT_ON, WARNING),
        (MANAGER, f"{BYPASS}: true", NOT_FALSE, WARNING),
        (MANAGER, f"{BYPASS}: true, enable_hotpatching: true", REFUSES, ERROR),
        (MANAGER, f"{BYPASS}: true, enable_hotpatching: false", "", None),
        (MANAGER, f"{BYPASS}: false, enable_hotpatching: false", "but neither", ERROR),
        (MANAGER, f"{BYPASS}: false", "but neither", ERROR),
        (MANAGER, "patch_mode: Manual", "but with patch_mode Manual", ERROR),
    ],
)
def test_hotpatching_and_a_schedule_exclude_each_other_on_an_azure_vm_alone(
    who: str, settings: str, message: str, severity: Severity | None
) -> None:
    hits = found("HP024", azure(settings), platform="azure-vm", orchestration=who)

    assert [item.severity for item in hits] == ([severity] if severity else [])
    for item in hits:
        sure = message.startswith("but ")
        told = f"the installer is {who}, {message}" if sure else message
        assert item.message.startswith(told)
        assert item.message == told or sure
        assert item.at is not None
        assert len(item.related) == bool(settings), "without `azure`, the place is the installer's"
    assert found("HP024", azure(settings), orchestration=MANAGER, **ARC) == []
    assert found("HP024", azure(settings), platform="azure-vm", orchestration="manual") == []


@pytest.mark.parametrize("classes", ["Definition", "Critical", "Security", "Definition, Security"])
def test_a_schedule_without_security_updates_is_said_once(classes: str) -> None:
    body = WINDOW % f", classifications: [{classes}]"
    body += azure(f"{BYPASS}: true, enable_hotpatching: false")
    nobody = found("HP027", body, platform="azure-vm", orchestration=MANAGER)

    assert [item.fix.startswith("add Security") for item in nobody] == (
        [] if "Security" in classes else [True]
    )
    assert found("HP024", body, platform="azure-vm", orchestration=MANAGER) == []


NEVER = "Azure never restarts these machines: a baseline stays pending, and the machines get no"
ALWAYS = "Azure restarts these machines after every run, also in hotpatch months"


@pytest.mark.parametrize(
    ("own", "window", "message", "line"),
    [
        ("", "", "", ""),
        ("IfRequired", "", "", ""),
        ("Never", "", NEVER, "azure"),
        ("Always", "", ALWAYS, "azure"),
        ("", "IfRequired", "", ""),
        ("", "Never", NEVER, "update_manager"),
        ("", "Always", ALWAYS, "update_manager"),
        ("Never", "Always", NEVER, "azure"),
        ("Always", "Never", ALWAYS, "azure"),
        ("IfRequired", "Never", "", ""),
    ],
)
def test_a_reboot_setting_stands_where_it_counts(
    own: str, window: str, message: str, line: str
) -> None:
    text = azure(f"reboot_setting: {own}" if own else "maintenance_schedule: true")
    text += WINDOW % (f", reboot: {window}" if window else "")
    hits = found("REBOOT-SETTING", text, orchestration=MANAGER, **ARC)

    assert [item.message.startswith(message) for item in hits] == [True] * bool(message)
    lines = {"azure": 8, "update_manager": 9}
    assert [item.at.line for item in hits if item.at] == ([lines[line]] if line else [])


UNUSED = "`update_manager` describes a schedule, but "
ASSIGNED = "an Azure Update Manager schedule is assigned, but the orchestration is "


@pytest.mark.parametrize(
    ("who", "window", "assigned", "message"),
    [
        (MANAGER, True, "", ""),
        (MANAGER, True, "true", ""),
        (MANAGER, True, "false", UNUSED + "maintenance_schedule is false"),
        (MANAGER, False, "false", ""),
        (MANAGER, False, "true", ""),
        ("manual", True, "", UNUSED + "the orchestration is manual"),
        ("manual", True, "true", UNUSED + "the orchestration is manual"),
        ("manual", True, "false", UNUSED + "the orchestration is manual"),
        ("manual", False, "true", ASSIGNED + "manual"),
        ("manual", False, "false", ""),
        ("manual", False, "", ""),
        (PATCHING, False, "true", ""),
        (PATCHING, True, "true", UNUSED + f"the orchestration is {PATCHING}"),
    ],
)
def test_a_schedule_of_update_manager_needs_update_manager(
    who: str, window: bool, assigned: str, message: str
) -> None:
    text = azure(f"maintenance_schedule: {assigned}" if assigned else "")
    text += WINDOW % "" if window else ""

    hits = found("UPDATE-MANAGER-UNUSED", text, orchestration=who, **ARC)
    assert [item.message for item in hits] == ([message] if message else [])


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ("patch_mode: Manual", []),
        ("enable_hotpatching: false, patch_mode: Manual, provision_vm_agent: false", []),
        ("enable_hotpatching: true", []),
        ("enable_hotpatching: true, provision_vm_agent: true", []),
        ("enable_hotpatching: true, patch_mode: AutomaticByPlatform", []),
        ("enable_hotpatching: true, patch_mode: Manual", ["got Manual"]),
        ("enable_hotpatching: true, patch_mode: AutomaticByOS", ["got AutomaticByOS"]),
        ("enable_hotpatching: true, provision_vm_agent: false", ["provision_vm_agent: true"]),
        (
            "enable_hotpatching: true, patch_mode: Manual, provision_vm_agent: false",
            ["got Manual", "provision_vm_agent: true"],
        ),
    ],
)
def test_hotpatching_needs_the_patch_mode_and_the_agent(settings: str, wanted: list[str]) -> None:
    hits = found(
        "AZURE-PATCH-SETTINGS", azure(settings), platform="azure-vm", orchestration=PATCHING
    )

    assert len(hits) == len(wanted)
    assert all(item.message.endswith(end) for item, end in zip(hits, wanted, strict=True))
    assert found("AZURE-PATCH-SETTINGS", "", platform="azure-vm", orchestration=PATCHING) == []


@pytest.mark.parametrize("platform", ["azure-vm", "azure-local"])
@pytest.mark.parametrize(
    ("scale_set", "message"),
    [
        ("orchestration: uniform", "uniform"),
        ("orchestration: uniform, health_extension: true", "uniform"),
        ("orchestration: flexible", "health"),
        ("orchestration: flexible, health_extension: false", "health"),
        ("orchestration: flexible, health_extension: true", ""),
    ],
)
def test_a_scale_set_hotpatches_on_azure_if_flexible_and_healthy(
    scale_set: str, message: str, platform: str
) -> None:
    words = {
        "uniform": "a scale set with uniform orchestration cannot hotpatch",
        "health": "a flexible scale set requires an application health extension",
        "": "",
    }
    wanted = words[message] if platform == "azure-vm" else "scale sets exist only on azure-vm"
    hits = found(
        "HP025", extra_target=f", scale_set: {{{scale_set}}}", platform=platform,
        orchestration=PATCHING if platform == "azure-vm" else "group-policy",
    )  # fmt: skip

    assert [item.message for item in hits] == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("head", "who", "settings", "wanted"),
    [
        ({}, "group-policy", "", []),
        ({}, "group-policy", "patch_mode: Manual", ["Azure patch settings neither"]),
        ({}, PATCHING, "", [f"{PATCHING} cannot configure"]),
        ({}, MANAGER, "", [f"{MANAGER} cannot configure"]),
        ({}, MANAGER, "patch_mode: Manual", [f"{MANAGER} cannot", "Azure patch settings neither"]),
        (ARC, MANAGER, "maintenance_schedule: true", []),
        ({"platform": "azure-vm"}, PATCHING, "patch_mode: Manual", []),
    ],
)
def test_azure_configures_no_hotpatch_on_azure_local(
    head: dict[str, str], who: str, settings: str, wanted: list[str]
) -> None:
    hits = found("HP010", azure(settings), orchestration=who, **head)

    assert len(hits) == len(wanted)
    assert all(item.message.startswith(one) for item, one in zip(hits, wanted, strict=True))
    orchestrates = found("ORCHESTRATION-PLATFORM", azure(settings), orchestration=who, **head)
    assert orchestrates == [], "HP010 says it"


@pytest.mark.parametrize(
    ("head", "who", "schedule", "ignored"),
    [
        ({"platform": "azure-vm"}, PATCHING, "{day: sunday, at: '03:00'}", True),
        ({"platform": "azure-vm"}, PATCHING, "unmanaged", False),
        ({"platform": "azure-vm"}, PATCHING, "remove", False),
        ({"platform": "azure-vm"}, PATCHING, "", False),
        ({"platform": "azure-vm"}, MANAGER, "{day: sunday, at: '03:00'}", False),
        ({}, PATCHING, "{day: sunday, at: '03:00'}", False),
        (ARC, "group-policy", "{day: sunday, at: '03:00'}", False),
    ],
)
@pytest.mark.parametrize("more", ["", "source", "deferral"])
def test_guest_patching_ignores_a_schedule_and_not_a_source_or_a_deferral(
    head: dict[str, str], who: str, schedule: str, ignored: bool, more: str
) -> None:
    beside = {
        "": "drivers: exclude",
        "source": "source: {wsus: {server: 'https://w', status_server: 'https://w'}}",
        "deferral": "quality_deferral_days: 3",
    }[more]
    given = f", schedule: {schedule}" if schedule else ""
    hits = found("HP037", f"updates: {{{beside}{given}}}\n", orchestration=who, **head)

    still = {"": [], "source": ["WSUS is the source;"], "deferral": ["a deferral or pause is set;"]}
    wanted = ["updates.schedule is set,"] if ignored else []
    wanted += still[more] if (head.get("platform"), who) == ("azure-vm", PATCHING) else []
    severities = [WARNING if "still applies" in item.message else ERROR for item in hits]
    assert len(hits) == len(wanted)
    assert all(item.message.startswith(one) for item, one in zip(hits, wanted, strict=True))
    assert [item.severity for item in hits] == severities


@pytest.mark.parametrize(
    ("head", "who", "told"),
    [
        ({"platform": "azure-vm"}, PATCHING, True),
        ({"platform": "azure-vm"}, MANAGER, False),
        ({}, PATCHING, False),
        (ARC, PATCHING, False),
    ],
)
def test_the_classes_of_guest_patching_are_told_on_an_azure_vm(
    head: dict[str, str], who: str, told: bool
) -> None:
    assert bool(found("HP038", orchestration=who, **head)) is told


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
@pytest.mark.parametrize(
    ("platform", "arc", "message"),
    [
        ("azure-vm", True, "`arc` names machines of Azure Arc, but the platform is azure-vm"),
        ("azure-local", True, "`arc` enrolls machines for hotpatch, but {os} needs no enrollment"),
        ("azure-vm", False, ""),
        ("azure-local", False, ""),
    ],
)
def test_arc_enrolls_machines_of_arc_alone(platform: str, arc: bool, message: str, os: str) -> None:
    names = "subscription: 00000000-0000-0000-0000-000000000000, resource_group: servers"
    body = f"arc: {{{names}, location: westeurope}}\n" if arc else ""
    hits = found("HP022", body, platform=platform, os=os, orchestration="manual")

    assert [item.message for item in hits] == ([message.format(os=os)] if message else [])
    assert found("HP022", body, orchestration="manual", **ARC) == []
