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
    "group-policy": r"installs as the GPO says",
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
    assert "Server 2022 Hotpatch Category" not in shown
    assert "Get-WsusProduct" not in shown
    arc, vm = kind[0] == "azure-arc", kind[0] == "azure-vm"
    assert ("licenseProfiles" in shown) is arc
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
