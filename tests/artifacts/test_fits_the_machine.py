"""README.txt and the import script for every role and every installer: no word of another kind."""

from __future__ import annotations

import re
from itertools import product

import pytest

from gpogen.artifacts import powershell_import, powershell_set, readme
from gpogen.artifacts.placing import placing
from gpogen.catalog.platforms import platforms
from gpogen.compile.result import Compiled
from gpogen.profile.schema import ROLES
from gpogen.servicing.answer import Who
from tests.artifacts.factory import compiled, header
from tests.support import profiles

SYSTEMS = {
    "azure-local": (profiles.OS_2022, profiles.OS_2025),
    "azure-arc": ("windows-server-2025-standard", "windows-server-2025-datacenter"),
    "azure-vm": (profiles.OS_2022, profiles.OS_2025),
}
BODIES = {
    "group-policy": "updates: {mode: install-on-schedule, schedule: {day: sunday}}\n"
    "restart: {policy: when-required}\n",
    "configmgr": "updates: {mode: 'off'}\n",
    "azure-guest-patching": "",
}
INSTALLERS = {
    # What the steps of one installer say, and those of no other.
    "group-policy": r"installs according to the GPO",
    "sconfig": r"runs SConfig on each machine",
    "azure-update-manager": r"maintenanceConfigurations|kbNumbersToExclude|Update Manager installs",
    "azure-guest-patching": r"Azure installs critical and security updates",
    "configmgr": r"Configuration Manager|All Software Updates|collection of these",
    "cluster-aware": r"Cluster-Aware|-Cau|CauPlugin",
    "third-party": r"patch manager",
    "manual": r"A person installs on each machine",
}
ROLE_WORDS = {
    "member": r"member servers|OU=Servers|Hotpatch Servers",
    "domain-controller": r"OU=Domain Controllers|Hotpatch Domain|replicates again",
    "cluster-node": r"cluster nodes|OU=Cluster Nodes|Hotpatch Cluster|Drain a cluster",
    "hyper-v-host": r"Hyper-V [hH]ost",
    "wsus-server": r"WSUS [sS]erver",
}
WITHOUT_DOMAIN = re.compile(r"(?i)without a domain")
KINDS = [
    (platform.word, os, orchestration, role)
    for platform in platforms().values()
    for os, orchestration, role in product(SYSTEMS[platform.word], platform.orchestrations, ROLES)
    # Windows must not install by itself on a cluster node (HP034).
    if (orchestration, role) != ("group-policy", "cluster-node")
]


def made(kind: tuple[str, str, str, str], body: str = "") -> Compiled:
    platform, os, orchestration, role = kind
    return profiles.compiled(
        body or BODIES.get(orchestration, "updates: {mode: download}\n"),
        platform=platform,
        os=os,
        orchestration=orchestration,
        extra_target=f", role: {role}",
    )


def text(item: Compiled) -> str:
    files = (*readme.emit(item), *powershell_import.emit(item), *powershell_set.emit(item))
    return " ".join(b"\n".join(file.data for file in files).decode("utf-8-sig").split())


@pytest.mark.parametrize("kind", KINDS, ids="/".join)
def test_the_outputs_speak_of_their_own_kind_alone(kind: tuple[str, str, str, str]) -> None:
    shown = text(made(kind))
    _, _, orchestration, role = kind
    for words, own in ((INSTALLERS, orchestration), (ROLE_WORDS, role)):
        told = {name for name, pattern in words.items() if re.search(pattern, shown)}
        assert told == {own}
    assert bool(WITHOUT_DOMAIN.search(shown)) is (role != "domain-controller")
    assert "Hotpatch Pilot" not in shown
    told_category = "Server 2022 Hotpatch Category" in shown
    assert told_category is (orchestration == "configmgr" and "2022" in kind[1])
    assert "Get-WsusProduct" not in shown
    arc, vm = kind[0] == "azure-arc", kind[0] == "azure-vm"
    assert ("arc-hotpatch.ps1" in shown) is arc
    assert ("provisionVMAgent" in shown) is vm
    assert ("Microsoft.CPlat.Core.WindowsHotpatch" in shown) is (
        orchestration == "azure-guest-patching"
    )


@pytest.mark.parametrize(
    ("os", "platform", "told", "not_told"),
    [
        (profiles.OS_2022, "azure-local", "Server 2022 Hotpatch Category", "Get-WsusProduct"),
        (
            "windows-server-2025-standard",
            "azure-arc",
            "Get-WsusProduct",
            "Server 2022 Hotpatch Category",
        ),
    ],
)
def test_with_wsus_the_product_and_the_approval_are_steps(
    os: str, platform: str, told: str, not_told: str
) -> None:
    wsus = (
        "updates: {mode: install-on-schedule, schedule: {day: sunday}, "
        "source: {wsus: {server: 'https://w.example:8531', "
        "status_server: 'https://w.example:8531'}}}\nrestart: {policy: when-required}\n"
        "assured: [{what: hotpatch-approved-in-wsus, why: seen}, "
        "{what: secure-boot-certificates, why: known}]\n"
    )
    shown = text(made((platform, os, "group-policy", "member"), wsus))
    assert "The updates come from WSUS." in shown
    assert "Approve for the computer group of these machines" in shown
    assert told in shown
    assert not_told not in shown


@pytest.mark.parametrize(
    ("ring", "group"),
    [
        ("", "Hotpatch Servers"),
        ("pilot (1)", "Hotpatch Servers ring 1"),
        ("wave (2) (3)", "Hotpatch Servers ring 3"),
        ("'; Remove-Item x # $(y) (0)", "Hotpatch Servers ring 0"),
    ],
)
def test_the_group_follows_the_ring_and_holds_nothing_that_a_shell_acts_upon(
    ring: str, group: str
) -> None:
    head = header(ring=ring)
    assert placing(head).group == group
    assert f'-ApplyGroup "{group}"' in text(compiled(header=head))
    assert f"-ApplyGroup 'CONTOSO\\{group}'" in text(compiled(header=head))


# --- who installs, in every mode: the head and the steps agree

MODES = ("", "notify", "download", "install-on-schedule", "local-admin", "notify-restart", "off")
FEW_KINDS = [
    kind for kind in KINDS if kind[1] in (profiles.OS_2022, "windows-server-2025-standard")
]
ARC = ("azure-arc", "windows-server-2025-standard")


def whole(kind: tuple[str, str, str, str], body: str) -> Compiled | None:
    """The profile, or None where an error says that there is no such combination."""
    platform, os, orchestration, role = kind
    return profiles.checked(
        body or "vbs: {enforce: policy+registry}\n",
        platform=platform,
        os=os,
        orchestration=orchestration,
        extra_target=f", role: {role}",
    ).compiled


def readme_of(item: Compiled) -> str:
    return " ".join(readme.emit(item)[0].data.decode("utf-8-sig").split())


def steps(item: Compiled) -> str:
    shown = readme_of(item)
    return shown[shown.index("Who installs:") : shown.index("4. CHECK ONE MACHINE")]


@pytest.mark.parametrize("mode", MODES)
def test_the_steps_never_contradict_the_head(mode: str) -> None:
    body = f"updates: {{mode: '{mode}'}}\n" if mode else ""
    made_of = {kind: whole(kind, body) for kind in FEW_KINDS}
    found = {kind: item for kind, item in made_of.items() if item is not None}
    assert len(found) > (10 if mode == "install-on-schedule" else 20)
    for kind, item in found.items():
        shown, who = steps(item), item.servicing.who
        by_policy = "Windows Update on each machine installs according to the GPO" in shown
        assert by_policy is item.servicing.by_itself, kind
        assert ("gpogen check shows how to decide it" in shown) is bool(
            who & {Who.UNKNOWN, Who.NOBODY}
        ), kind
        by_person = re.search("A person must install|runs SConfig|A person installs", shown)
        assert (by_person is not None) is (Who.USER in who), kind


ROLE_STEPS = {
    # By role: restarted by a person, in a planned window, at an hour that Azure chooses.
    "domain-controller": (
        "Restart one domain controller at a time",
        "Do not let all domain controllers of a domain restart in one window",
        "Azure chooses the hour in which it restarts a domain controller",
    ),
    "cluster-node": (
        "Drain a cluster node before it restarts",
        "Give each cluster node its own window",
        "the cluster must tolerate the loss of any single node",
    ),
    "hyper-v-host": (
        "move them first",
        "move them first",
        "keep only virtual machines that are allowed to stop",
    ),
}


@pytest.mark.parametrize("kind", KINDS, ids="/".join)
def test_the_step_of_the_role_fits_who_restarts(kind: tuple[str, str, str, str]) -> None:
    _, _, orchestration, role = kind
    if role not in ROLE_STEPS or (orchestration, role) == ("cluster-aware", "cluster-node"):
        return
    by_person = orchestration in ("sconfig", "manual")
    chosen = 0 if by_person else 2 if orchestration == "azure-guest-patching" else 1
    shown = steps(made(kind))
    for step in set(ROLE_STEPS[role]):
        assert (step in shown) is (step == ROLE_STEPS[role][chosen])


def test_update_manager_is_told_the_window_that_the_profile_plans() -> None:
    body = (
        "updates: {mode: download}\nupdate_manager: {patch_tuesday_offset: 4, at: '22:00', "
        "time_zone: Europe/Rome, duration: '03:00', reboot: IfRequired, "
        "classifications: [Security, Critical], exclude_kbs: [KB5094125]}\n"
    )
    shown = readme_of(made((*ARC, "azure-update-manager", "member"), body))
    assert "maintenanceWindow" not in shown  # The files in azure have the properties.
    for words in (
        "according to the schedule that step e deploys",
        "e. Deploy the schedule to the resource group of the machines",
        "the Windows name of the time zone Europe/Rome; on Windows, tzutil /l lists the names",
        "--template-file azure\\maintenance-configuration.bicep",
        "gpogen calendar --format kb-list .\\profiles\\",
        "Write them under update_manager.exclude_kbs",
    ):
        assert words in shown


PLACES = """
arc:
  subscription: 00000000-0000-0000-0000-000000000000
  resource_group: servers
  location: westeurope
  machines: [server-01]
"""


@pytest.mark.parametrize("places", ["", PLACES, PLACES.replace("  machines: [server-01]\n", "")])
def test_the_files_for_azure_have_one_heading_and_whole_commands(places: str) -> None:
    body = (
        f"updates: {{mode: download}}\nupdate_manager: {{at: '22:00', duration: '03:00'}}\n{places}"
    )
    kind = (*ARC, "azure-update-manager", "member")
    (file,) = readme.emit(made(kind, body))
    lines = file.data.decode("utf-8-sig").split("\r\n")

    assert lines.count("azure\\") == 1
    assert [line for line in lines if line != line.rstrip()] == []
    bash = lines.index(next(one for one in lines if "bash azure/arc-hotpatch.sh enroll" in one))
    command = " ".join(lines[bash : bash + 2])
    assert ("--list machines.txt" in command) is ("machines:" not in places)
    assert ("--subscription SUBSCRIPTION" in command) is (not places)
    assert ("--resource-group servers" in " ".join(lines).replace('"', "")) is bool(places)


def test_a_step_applies_the_settings_of_an_azure_vm_and_the_rollback_names_them() -> None:
    shown = readme_of(made(("azure-vm", profiles.OS_2022, "azure-guest-patching", "member")))

    assert "d. Apply the settings of section 1 to each VM" in shown
    assert "Requires the role Virtual Machine Contributor" in shown
    assert "The patch settings of each VM in Azure remain" in shown
    assert "e. Deploy the schedule" not in shown


def test_without_a_plan_update_manager_asks_for_each_choice() -> None:
    kind = (*ARC, "azure-update-manager", "member")
    assert steps(made(kind)).count("(your choice)") == 5
    on_request = "updates: {mode: download}\nazure: {maintenance_schedule: false}\n"
    told = "installs only on request (One-time update in the Azure portal), because no"
    assert told in steps(made(kind, on_request))


@pytest.mark.parametrize(
    ("orchestration", "promised"), [("azure-update-manager", False), ("azure-guest-patching", True)]
)
def test_a_machine_without_hotpatches_is_promised_none(orchestration: str, promised: bool) -> None:
    body = "vbs: {enforce: policy+registry}\n"
    shown = readme_of(made(("azure-vm", profiles.OS_2022, orchestration, "member"), body))
    assert ("These machines get no hotpatches" in shown) is not promised
    assert ("Every month, because these machines get no hotpatches" in shown) is not promised
    assert ("The machine installs hotpatches" in shown) is promised
    assert ("In every baseline month" in shown) is promised


@pytest.mark.parametrize("quality", ["wsus", "windows-update"])
def test_hotpatches_are_approved_in_wsus_only_where_quality_updates_come_from_it(
    quality: str,
) -> None:
    scan = f"feature: wsus, quality: {quality}, drivers: wsus, other: wsus"
    body = (
        "updates: {mode: install-on-schedule, schedule: {day: sunday}, source: {wsus: {server: "
        "'https://w.example:8531', status_server: 'https://w.example:8531'}, "
        f"scan: {{{scan}}}}}}}\nrestart: {{policy: when-required}}\n"
        "assured: [{what: hotpatch-approved-in-wsus, why: seen}, "
        "{what: secure-boot-certificates, why: known}]\n"
    )
    shown = steps(made(("azure-local", profiles.OS_2022, "group-policy", "member"), body))
    assert ("Approve for the computer group" in shown) is (quality == "wsus")
    assert ("you approve no hotpatch there" in shown) is (quality != "wsus")


@pytest.mark.parametrize(("os", "prepared"), [(profiles.OS_2022, True), (profiles.OS_2025, False)])
def test_an_iso_of_2025_is_told_of_no_preparation_of_2022(os: str, prepared: bool) -> None:
    item = profiles.compiled("updates: {mode: download}\n", os=os, image="iso")
    shown = text(item)
    assert ("KB5003508" in shown) is prepared
    assert any(fact.id == "UNPROVEN-F" for fact in item.unproven) is prepared
    assert ("Microsoft documents no preparation of such an installation" in shown) is not prepared
