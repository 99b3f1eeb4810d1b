"""Each rule sees its failing example, and not its passing one."""

from __future__ import annotations

import pytest

from gpogen.catalog.pages import examples
from gpogen.catalog.rules import rule_pages
from gpogen.finding import Severity
from gpogen.rules.all_rules import RULES
from gpogen.rules.allow import OF_TODAY
from tests.support.profiles import CERTIFICATES, OS_2022, OS_2025, checked, ids

VBS = "vbs: {enforce: policy+registry}\n"
RESTART = "restart: {policy: at-scheduled-time}\n"
QUIET = "updates: {drivers: exclude, feature_updates: hold}\n"
SCHEDULED = "updates: {mode: install-on-schedule}\n"
WSUS = "wsus: {server: 'https://w:8531', status_server: 'https://w:8531'}"
AU_KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
WU_KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
SECURE_BOOT = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot"
MM = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"


def policy(name: str, state: str = "enabled", values: str = "{}") -> str:
    return f"policies:\n  - {{policy: {name}, state: {state}, values: {values}}}\n"


def dword(key: str, name: str, data: int) -> str:
    return f"  - {{key: '{key}', name: {name}, type: dword, data: {data}}}\n"


Example = tuple[str, str, dict[str, str], str, dict[str, str]]

EXAMPLES: list[Example] = [
    (
        "HP003",
        policy("DeviceGuard.VirtualizationBasedSecurity", "disabled"),
        {},
        VBS,
        {},
    ),
    ("HP004", "", {}, VBS, {}),
    ("HP005", "vbs: {platform_security: secure-boot-and-dma}", {}, VBS, {}),
    ("HP005", "vbs: {mat_required: true}", {}, "vbs: {mat_required: false}", {}),
    (
        "HP008",
        VBS + "registry:\n" + dword(MM, "HotPatchTableSize", 4096),
        {"os": OS_2025},
        VBS,
        {},
    ),
    (
        "HP009",
        VBS + "registry:\n" + dword(MM, "HotPatchTableSize", 4095),
        {"os": OS_2022},
        VBS,
        {},
    ),
    ("HP011", VBS, {"platform": "azure-arc", "os": OS_2025}, VBS, {}),
    ("HP012", VBS, {"os": OS_2025, "extra_target": ", installation: desktop"}, VBS, {}),
    ("HP018", VBS + SCHEDULED, {}, VBS + SCHEDULED + RESTART, {}),
    (
        "HP027",
        VBS + SCHEDULED + RESTART,
        {"orchestration": "configmgr"},
        VBS + "updates: {mode: download}",
        {"orchestration": "configmgr"},
    ),
    ("HP027", VBS + "updates: {mode: notify}", {}, VBS + SCHEDULED + RESTART, {}),
    ("HP033", "vbs: {credential_guard: enabled-with-uefi-lock}", {}, VBS, {}),
    ("HP033", "vbs: {hvci: enabled-with-uefi-lock}", {}, VBS, {}),
    (
        "HP034",
        VBS + SCHEDULED + RESTART,
        {"extra_target": ", role: cluster-node"},
        VBS + SCHEDULED + RESTART,
        {},
    ),
    (
        "HP037",
        VBS + "updates: {quality_deferral_days: 3}",
        {"platform": "azure-vm", "orchestration": "azure-guest-patching"},
        VBS + "updates: {drivers: exclude}",
        {"platform": "azure-vm", "orchestration": "azure-guest-patching"},
    ),
    (
        "FEATURE-UPDATE-HOLD",
        VBS + "updates: {source: windows-update}",
        {"os": OS_2022},
        VBS + "updates: {source: windows-update, feature_updates: hold}",
        {"os": OS_2022},
    ),
    (
        "FEATURE-UPDATE-HOLD",
        VBS + "updates: {feature_updates: windows-server-2025}",
        {"os": OS_2022},
        VBS + "updates: {feature_updates: hold}",
        {"os": OS_2022},
    ),
    (
        "AU-SCHEDULE-ONLY-4",
        VBS + "updates: {mode: notify-restart, schedule: {day: sunday}}",
        {},
        VBS + "updates: {mode: notify-restart}",
        {},
    ),
    (
        "DELETION-TOO-WIDE",
        VBS + "registry:\n  - {key: 'HKLM\\SYSTEM', data: [Setup], action: delete-keys}\n",
        {},
        VBS + "registry:\n  - {key: 'HKLM\\SOFTWARE\\Policies', data: [X], action: delete-keys}\n",
        {},
    ),
    ("AU-5-DEAD", VBS + "updates: {mode: local-admin}", {}, VBS, {}),
    ("AU-1-NOT-POLICY", VBS + "registry:\n" + dword(AU_KEY, "AUOptions", 1), {}, VBS, {}),
    ("AU-6-UNKNOWN", VBS + "registry:\n" + dword(AU_KEY, "AUOptions", 6), {}, VBS, {}),
    (
        "AU-DISABLED-KILLS",
        VBS + f"updates: {{mode: off, source: {{{WSUS}}}}}",
        {},
        VBS + "updates: {mode: off}",
        {},
    ),
    (
        "AU-MAINT-VS-SCHEDULE",
        VBS
        + policy(
            "WindowsUpdate.AutoUpdateCfg",
            values="{AUOptions: 4, AutomaticMaintenanceEnabled: true, ScheduledInstallTime: 3}",
        )
        + RESTART,
        {},
        VBS
        + policy(
            "WindowsUpdate.AutoUpdateCfg",
            values="{AUOptions: 4, AutomaticMaintenanceEnabled: true}",
        )
        + RESTART,
        {},
    ),
    (
        "AU-WEEKS",
        VBS
        + policy(
            "WindowsUpdate.AutoUpdateCfg",
            values="{AUOptions: 4, ScheduledInstallEveryWeek: true, "
            "ScheduledInstallFirstWeek: true}",
        )
        + RESTART,
        {},
        VBS + SCHEDULED + RESTART,
        {},
    ),
    (
        "REBOOT-LOGGEDON-NEEDS-4",
        VBS + "restart: {policy: not-while-users-are-logged-on}",
        {},
        VBS + SCHEDULED + "restart: {policy: not-while-users-are-logged-on}",
        {},
    ),
    (
        "REBOOT-LOGGEDON-VS-ALWAYS",
        VBS + SCHEDULED + RESTART + policy("WindowsUpdate.NoAutoRebootWithLoggedOnUsers_Title"),
        {},
        VBS + SCHEDULED + RESTART,
        {},
    ),
    (
        "ACTIVEHOURS-DEAD",
        VBS
        + SCHEDULED
        + "restart: {policy: at-scheduled-time, active_hours: {start: '08:00', end: '18:00'}}",
        {},
        VBS + SCHEDULED + "restart: {policy: none, active_hours: {start: '08:00', end: '18:00'}}",
        {},
    ),
    (
        "ACTIVEHOURS-SPAN",
        VBS + SCHEDULED + "restart: {policy: none, active_hours: {start: '04:00', end: '23:00'}}",
        {},
        VBS + SCHEDULED + "restart: {policy: none, active_hours: {start: '22:00', end: '08:00'}}",
        {},
    ),
    (
        "DEADLINE-OVERRIDES-AU",
        VBS
        + "updates: {mode: install-on-schedule, schedule: {day: sunday}}\n"
        + "restart: {policy: deadline, days: 2, grace_days: 1}",
        {},
        VBS + SCHEDULED + "restart: {policy: deadline, days: 2, grace_days: 1}",
        {},
    ),
    (
        "WSUS-NEEDS-BOTH-URLS",
        VBS + "registry:\n" + dword(AU_KEY, "UseWUServer", 1),
        {},
        VBS + f"updates: {{source: {{{WSUS}}}}}",
        {},
    ),
    (
        "WSUS-URL-WITHOUT-USE",
        VBS
        + "registry:\n"
        + dword(AU_KEY, "UseWUServer", 0)
        + f"  - {{key: '{WU_KEY}', name: WUServer, type: sz, data: 'http://w'}}\n",
        {},
        VBS + f"updates: {{source: {{{WSUS}}}}}",
        {},
    ),
    (
        "WSUS-ALT-FILL",
        VBS + f"updates: {{source: {{{WSUS[:-1]}, fill_empty_content_urls: true}}}}}}",
        {},
        VBS + f"updates: {{source: {{{WSUS[:-1]}, fill_empty_content_urls: true, "
        "alternate: 'http://a'}}}",
        {},
    ),
    (
        "WSUS-REQUIRED-BY",
        VBS + policy("WindowsUpdate.DisableDualScan"),
        {},
        VBS + f"updates: {{source: {{{WSUS}}}}}\n" + policy("WindowsUpdate.DisableDualScan"),
        {},
    ),
    (
        "GPP-VARIABLES",
        VBS
        + "registry:\n"
        + r"  - {key: 'HKLM\SOFTWARE\X', name: A, type: sz, data: 'a %PATH% b', via: preference}",
        {},
        VBS + "registry:\n" + r"  - {key: 'HKLM\SOFTWARE\X', name: A, type: sz, data: '%PATH%'}",
        {},
    ),
    (
        "WSUS-DUALSCAN",
        VBS + f"updates: {{source: {{{WSUS}}}, quality_deferral_days: 3}}",
        {},
        VBS + f"updates: {{source: {{{WSUS}, scan: {{feature: wsus, quality: windows-update, "
        "drivers: wsus, other: wsus}}, quality_deferral_days: 3}",
        {},
    ),
]


SCAN = "SetPolicyDrivenUpdateSourceFor"


def scan(feature: int, quality: int, driver: int, other: int) -> str:
    found = zip(
        ("Feature", "Quality", "Driver", "Other"), (feature, quality, driver, other), strict=True
    )
    return "".join(dword(WU_KEY, f"{SCAN}{name}Updates", value) for name, value in found)


USED = dword(AU_KEY, "UseUpdateClassPolicySource", 1)
WSUS_SET = f"updates: {{source: {{{WSUS}}}}}\nregistry:\n"
VM = {"platform": "azure-vm", "orchestration": "azure-guest-patching"}
DC = {"extra_target": ", role: domain-controller"}
ARC = {"platform": "azure-arc", "os": "windows-server-2025-standard"}

WINDOW = 'update_manager: {patch_tuesday_offset: 4, at: "22:00", duration: "03:00"}\n'
AUM = {**ARC, "orchestration": "azure-update-manager"}

EXAMPLES += [
    (
        "REBOOT-SETTING",
        "azure: {reboot_setting: Never}",
        VM,
        "azure: {reboot_setting: IfRequired}",
        VM,
    ),
    ("REBOOT-SETTING", WINDOW.replace("}", ", reboot: Always}"), AUM, WINDOW, AUM),
    ("UPDATE-MANAGER-UNUSED", VBS + WINDOW, ARC, VBS + WINDOW, AUM),
    (
        "UPDATE-MANAGER-UNUSED",
        VBS + "azure: {maintenance_schedule: true}",
        ARC,
        VBS + "azure: {maintenance_schedule: true}",
        AUM,
    ),
    ("HP001", VBS + "registry:\n" + dword(WU_KEY, "HotPatchingEnabled", 1), {}, VBS, {}),
    (
        "HP002",
        VBS
        + "registry:\n"
        + dword(
            r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Update",
            "AllowRebootlessUpdates",
            1,
        ),
        {},
        VBS,
        {},
    ),
    ("HP010", VBS, {"orchestration": "azure-update-manager"}, VBS, {}),
    (
        "HP013",
        VBS + f"updates: {{source: {{{WSUS}}}}}",
        {},
        VBS
        + f"updates: {{source: {{{WSUS}}}}}\n"
        + "assured: [{what: hotpatch-approved-in-wsus, why: checked}]",
        {},
    ),
    (
        "HP014",
        VBS + "updates: {quality_deferral_days: 15}",
        {},
        VBS + "updates: {quality_deferral_days: 14}",
        {},
    ),
    (
        "HP015",
        VBS + "updates: {optional_content: user-choice}",
        {},
        VBS + "updates: {optional_content: none}",
        {},
    ),
    (
        "HP015",
        VBS + policy("WindowsUpdate.ManagePreviewBuilds", values="{BranchReadinessLevel: 8}"),
        {},
        VBS + policy("WindowsUpdate.ManagePreviewBuilds", "disabled"),
        {},
    ),
    (
        "HP016",
        VBS + "updates: {drivers: include}",
        {},
        VBS + "updates: {drivers: exclude}",
        {},
    ),
    (
        "HP017",
        VBS + "updates: {mode: download, microsoft_update: true}",
        {},
        VBS + "updates: {mode: download, microsoft_update: false}",
        {},
    ),
    (
        "HP024",
        "azure: {enable_hotpatching: true, bypass_platform_safety_checks: true}",
        VM,
        "azure: {enable_hotpatching: true, bypass_platform_safety_checks: false}",
        VM,
    ),
    ("HP025", "", VM | {"extra_target": ", scale_set: {orchestration: uniform}"}, "", VM),
    (
        "HP025",
        "",
        VM | {"extra_target": ", scale_set: {orchestration: flexible}"},
        "",
        VM | {"extra_target": ", scale_set: {orchestration: flexible, health_extension: true}"},
    ),
    ("HP028", VBS + "registry:\n" + dword(MM, "HotPatchRestrictions", 1), {}, VBS, {}),
    ("HP029", VBS, DC, VBS, {}),
    (
        "HP031",
        VBS + "registry:\n" + dword(r"HKLM\SOFTWARE\Contoso", "A", 1),
        {},
        VBS + "registry:\n" + dword(r"HKLM\SOFTWARE\Policies\Contoso", "A", 1),
        {},
    ),
    (
        "HP014",
        VBS
        + policy(
            "WindowsUpdate.DeferQualityUpdates",
            values="{PauseQualityUpdatesStartTime: '2026-06-30'}",
        ),
        {},
        VBS
        + policy(
            "WindowsUpdate.DeferQualityUpdates",
            values="{PauseQualityUpdatesStartTime: '2026-07-15'}",
        ),
        {},
    ),
    (
        "HP032",
        VBS
        + "updates: {mode: install-on-schedule, schedule: {day: tuesday, weeks: [second]}}\n"
        + RESTART,
        {"extra_target": ", time_zone: America/New_York"},
        VBS
        + "updates: {mode: install-on-schedule, schedule: {day: sunday, weeks: [fourth]}}\n"
        + RESTART,
        {"extra_target": ", time_zone: America/New_York"},
    ),
    ("HP035", VBS + SCHEDULED + RESTART, DC, VBS + SCHEDULED + RESTART, {}),
    (
        "HP036",
        VBS + "updates: {mode: install-on-schedule, source: windows-update}\n" + RESTART,
        {},
        VBS + "updates: {mode: download, source: windows-update}\n",
        {},
    ),
    ("HP038", "", VM, VBS, {}),
    (
        "AUM-CONFLICT",
        VBS + "updates: {mode: download}\n" + RESTART,
        ARC | {"orchestration": "azure-update-manager"},
        VBS + "updates: {mode: download}\n",
        ARC | {"orchestration": "azure-update-manager"},
    ),
    (
        "AZURE-PATCH-SETTINGS",
        "azure: {enable_hotpatching: true, provision_vm_agent: false}",
        VM,
        "azure: {enable_hotpatching: true, patch_mode: AutomaticByPlatform}",
        VM,
    ),
    ("ORCHESTRATION-PLATFORM", VBS, ARC | {"orchestration": "azure-guest-patching"}, VBS, ARC),
    (
        "ORCHESTRATION-PLATFORM",
        VBS,
        {"orchestration": "cluster-aware"},
        VBS,
        {"orchestration": "cluster-aware", "extra_target": ", role: cluster-node"},
    ),
    ("HP024", "", {**VM, "orchestration": "azure-update-manager"}, "", VM),
    ("HP037", "updates: {mode: download, schedule: {day: sunday}}", VM, "", VM),
    (
        "DEAD-ON-WIN10",
        VBS + "registry:\n" + dword(AU_KEY, "AutoInstallMinorUpdates", 1),
        {},
        VBS,
        {},
    ),
    (
        "DEADLINE-NAME-BY-OS",
        VBS + "registry:\n" + dword(WU_KEY, "SetComplianceDeadline", 1),
        {},
        VBS + "registry:\n" + dword(WU_KEY, "SetComplianceDeadline", 1),
        {"os": OS_2022},
    ),
    (
        "DEADLINE-OVERRIDES-ALWAYS",
        VBS
        + "restart: {policy: deadline, days: 2, grace_days: 1}\n"
        + policy(
            "WindowsUpdate.AlwaysAutoRebootAtScheduledTime",
            values="{AlwaysAutoRebootAtScheduledTimeMinutes: 15}",
        ),
        {},
        VBS + "restart: {policy: deadline, days: 2, grace_days: 1}",
        {},
    ),
    (
        "NOINTERNET-VS-WU-SOURCE",
        VBS
        + WSUS_SET
        + scan(0, 1, 1, 1)
        + USED
        + dword(WU_KEY, "DoNotConnectToWindowsUpdateInternetLocations", 1),
        {},
        VBS + WSUS_SET + scan(0, 1, 1, 1) + USED,
        {},
    ),
    (
        "PAUSE-FORMAT",
        VBS
        + policy(
            "WindowsUpdate.DeferQualityUpdates", values="{PauseQualityUpdatesStartTime: tomorrow}"
        ),
        {},
        VBS
        + policy(
            "WindowsUpdate.DeferQualityUpdates",
            values="{PauseQualityUpdatesStartTime: '2026-11-02'}",
        ),
        {},
    ),
    (
        "RESTARTDEADLINE-2025",
        VBS + "registry:\n" + dword(WU_KEY, "SetAutoRestartDeadline", 1),
        {},
        VBS + "registry:\n" + dword(WU_KEY, "SetAutoRestartDeadline", 1),
        {"os": OS_2022},
    ),
    (
        "RESTARTDEADLINE-OVERRIDDEN",
        VBS + SCHEDULED + RESTART + "registry:\n" + dword(WU_KEY, "SetAutoRestartDeadline", 1),
        {"os": OS_2022},
        VBS + SCHEDULED + RESTART,
        {"os": OS_2022},
    ),
    (
        "SCANSOURCE-INCOMPLETE",
        VBS + "registry:\n" + dword(WU_KEY, f"{SCAN}FeatureUpdates", 0) + USED,
        {},
        VBS + "registry:\n" + scan(0, 0, 0, 0) + USED,
        {},
    ),
    (
        "SCANSOURCE-NEEDS-USE",
        VBS + "registry:\n" + scan(0, 0, 0, 0),
        {},
        VBS + "registry:\n" + scan(0, 0, 0, 0) + USED,
        {},
    ),
    (
        "SCANSOURCE-VS-DUALSCAN",
        VBS + WSUS_SET + scan(0, 0, 0, 0) + USED + dword(WU_KEY, "DisableDualScan", 1),
        {},
        VBS + WSUS_SET + scan(0, 0, 0, 0) + USED,
        {},
    ),
    (
        "SCANSOURCE-WSUS-NEEDS-URL",
        VBS + "registry:\n" + scan(0, 0, 0, 1) + USED,
        {},
        VBS + WSUS_SET + scan(0, 0, 0, 1) + USED,
        {},
    ),
    (
        "CREDENTIAL-GUARD-DC",
        "vbs: {credential_guard: enabled-without-lock}",
        {"extra_target": ", role: domain-controller"},
        "vbs: {credential_guard: enabled-without-lock}",
        {},
    ),
    (
        "CREDENTIAL-GUARD-DC",
        "registry:\n"
        + dword(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard", "LsaCfgFlags", 1),
        {"extra_target": ", role: domain-controller"},
        VBS,
        {"extra_target": ", role: domain-controller"},
    ),
    (
        "ISO-2025",
        VBS,
        {"image": "iso"},
        VBS,
        {"os": OS_2022, "image": "iso"},
    ),
    (
        "MACHINE-IDENTITY-ENFORCED",
        "vbs: {machine_identity_isolation: enforcement}",
        {},
        "vbs: {machine_identity_isolation: audit}",
        {},
    ),
    (
        "OSCONFIG-BASELINE",
        VBS + "assured: [{what: osconfig-baseline, why: x}]\n",
        {},
        VBS,
        {},
    ),
    (
        "POLICY-VALUE",
        VBS + "registry:\n" + dword(AU_KEY, "ScheduledInstallTime", 30),
        {},
        VBS + "registry:\n" + dword(AU_KEY, "ScheduledInstallTime", 23),
        {},
    ),
    (
        "POLICY-VALUE",
        VBS + f"registry:\n  - {{key: '{AU_KEY}', name: AUOptions, type: sz, data: '4'}}\n",
        {},
        VBS + "registry:\n" + dword(AU_KEY, "AUOptions", 4),
        {},
    ),
    (
        "SECUREBOOT-CERTIFICATES",
        VBS + "assured: [{what: endpoints-reachable, why: x}]\n",
        {},
        VBS,
        {},
    ),
    (
        "SECUREBOOT-CERTIFICATES",
        VBS + "secure_boot: {certificates: unmanaged}\n"
        "assured: [{what: endpoints-reachable, why: x}]\n",
        {},
        VBS + "secure_boot: {certificates: deploy}\n"
        "assured: [{what: endpoints-reachable, why: x}]\n",
        {},
    ),
    (
        "SECUREBOOT-DIAGNOSTIC-DATA",
        VBS + policy("SecureBoot.SecureBoot_MicrosoftUpdateManagedOptIn"),
        {},
        VBS + policy("SecureBoot.SecureBoot_MicrosoftUpdateManagedOptIn", "disabled"),
        {},
    ),
    (
        "SECUREBOOT-OPT-OUT",
        VBS + policy("SecureBoot.SecureBoot_HighConfidenceOptOut"),
        {},
        VBS + policy("SecureBoot.SecureBoot_HighConfidenceOptOut", "disabled"),
        {},
    ),
    (
        "SECUREBOOT-OPT-OUT",
        VBS + "registry:\n" + dword(SECURE_BOOT, "HighConfidenceOptOut", 1),
        {},
        VBS + "registry:\n" + dword(SECURE_BOOT, "HighConfidenceOptOut", 0),
        {},
    ),
    (
        "SHADOW-STACKS-HVCI",
        "vbs: {kernel_shadow_stacks: enforcement, hvci: disabled}",
        {},
        "vbs: {kernel_shadow_stacks: enforcement, hvci: enabled-without-lock}",
        {},
    ),
    (
        "WSUS-HTTP",
        VBS + f"updates: {{source: {{{WSUS.replace('https', 'http')}}}}}",
        {},
        VBS + f"updates: {{source: {{{WSUS}}}}}",
        {},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e[0]}-{i}" for i, e in enumerate(EXAMPLES)])
def test_the_rule_sees_the_failing_example_and_not_the_passing_one(example: Example) -> None:
    rule, failing, failing_head, passing, passing_head = example

    bad = checked(failing, **failing_head)
    good = checked(passing, **passing_head)

    assert rule in ids(bad)
    assert rule not in ids(good)
    finding = next(item for item in bad.findings if item.id == rule)
    assert finding.at is not None
    assert finding.why
    assert finding.source


def test_every_rule_has_a_page_an_example_and_a_place_in_the_engine() -> None:
    assert {*RULES, *OF_TODAY} == {page.id for page in rule_pages().values() if page.runs}
    assert set(RULES) - {"HP006"} == {example[0] for example in EXAMPLES}


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


def example_ids(lines: tuple[str, ...]) -> set[str]:
    from gpogen.profile.load import Loader
    from gpogen.rules.check import check

    text = "gpogen: 1\nname: sample\ntitle: Sample\n" + "\n".join(lines) + "\n"
    return set(ids(check(Loader().load_bytes(text.encode()))))


@pytest.mark.parametrize("rule", sorted(examples()))
def test_an_example_of_explain_gives_its_rule_and_only_the_others_that_it_lists(rule: str) -> None:
    example = examples()[rule]

    expected = {rule, *example.also}
    told_of_every_profile = {"SECUREBOOT-CERTIFICATES"} - expected

    assert example_ids(example.fails) - told_of_every_profile == expected
    assert rule not in example_ids(example.passes)


def test_a_value_that_stays_is_no_better_off_as_a_preference() -> None:
    item = r"{key: 'HKLM\SOFTWARE\Contoso', name: Port, type: dword, data: 1"
    by_policy = checked(f"{VBS}registry:\n  - {item}}}\n")
    (finding,) = [item for item in by_policy.findings if item.id == "HP031"]
    assert "`via: preference` neither" in finding.fix
    assert "`action: delete`" in finding.fix
    for via in ("policy", "preference"):
        result = checked(f"{VBS}registry:\n  - {item}, via: {via}}}\n")
        assert result.compiled is not None
        assert any("Contoso: Port stays" in text for text in result.compiled.irreversible)
