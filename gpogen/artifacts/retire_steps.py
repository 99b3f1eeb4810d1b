"""Sentences for people: the steps that take a GPO out of use, by whoever installs updates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gpogen.catalog.server_defaults import VALUES, is_mode_value
from gpogen.compile import iso, vbs
from gpogen.compile.result import Compiled
from gpogen.servicing.decide import EXTERNAL
from gpogen.servicing.retiring import SUFFIX, can_retire

_ABSENT = (
    "Unlinking or deleting the GPO leaves AUOptions absent. What a server does then is unproven "
    "(gpogen explain UNPROVEN-G): it can download and install updates automatically, and restart."
)
_LEAVE = (
    f"{_ABSENT} So first link another GPO that sets AUOptions 3 and NoAutoUpdate 0 (from a profile "
    "with mode: download), wait until the machines apply it, and only then unlink this one."
)
_PREFERENCES = (
    "After you unlink or delete this GPO, AUOptions and NoAutoUpdate should stay, because they are "
    "preferences. That is unproven: make a Test report of every machine afterwards."
)
_FRESH = "AUOptions 3 and NoAutoUpdate 0, as a fresh server has them"
_BRING_BACK = (
    "Bring the machines back first. gpogen retire profiles\\{name}.yaml creates the profile "
    f"{{name}}{SUFFIX}: its GPO sets {_FRESH}, as preferences, so that they stay. Build it, and "
    "import its GPO with its own Import script. Link it to the same place with -LinkOrder 1, and "
    "with the same group (-ApplyGroup) and WMI filter (-WmiFilter) as this one."
)
_REPORT = (
    "On every machine, run Test-{pascal}Retired.ps1 from the folder of the new profile. Wait until "
    "every report shows AUOptions 3 and NoAutoUpdate 0. The expected verdict is Compliant (exit "
    "code 0) where the machine also passes the readiness checks, such as running VBS. Ignore "
    "Test-{pascal}.ps1 meanwhile: it expects the values of this profile."
)
_REPORT_TWICE = (
    "Unlink this GPO, wait for the next refresh, and run Test-{pascal}Retired.ps1 again on every "
    "machine: whether the preferences stay when the policy's values go is unproven. Where a value "
    "is missing, link this GPO again."
)
_VBS = (
    "Only when the second report of every machine has both values, decide about VBS: the "
    "preference EnableVirtualizationBasedSecurity stays in the registry, and VBS keeps running. To "
    "keep VBS, do nothing. To delete the value, run gpogen retire again with --remove-vbs and "
    "--force, then build, and import the GPO: VBS then stops at the next restart, unless something "
    "else turns it on. gpogen refuses that for marketplace images, which keep their VBS value."
)
_ISO = (
    "The values of the ISO preparation (HotPatchTableSize, and Name and Version of the enrollment "
    "package) also stay. To keep the machines prepared, do nothing. To delete the values, run "
    "gpogen retire again with --remove-iso and --force, and with --remove-vbs if VBS goes, too; "
    "then build, and import the GPO. KB5003508 stays installed."
)
_THEN_RETIRED = (
    f"Only when the second report of every machine has both values, unlink the GPO of {{name}}"
    f"{SUFFIX}."
)
_ALREADY = (
    f"You need no other GPO for the mode: gpogen retire refuses this profile, because it already "
    f"sets {_FRESH}, and {{who}} installs. However, unlinking the GPO removes both values, and "
    "what a server does then is unproven (gpogen explain UNPROVEN-G): write them in step {step}."
)
_AZURE_VM = (
    "You need no other GPO for the mode, because Azure writes AUOptions and NoAutoUpdate on Azure "
    "VMs. To change how they install updates, change the patch mode in Azure."
)
_STOP_INSTALLER = {
    "azure-update-manager": (
        "In Azure, unassign the maintenance configuration from these machines, or remove them from "
        "its dynamic scope. Otherwise, Azure Update Manager continues to install."
    ),
    "configmgr": "In Configuration Manager, remove the deployments to these machines.",
    "third-party": "In the patch manager, remove these machines from their plan.",
    "cluster-aware": "Remove the schedule of Cluster-Aware Updating (Remove-CauClusterRole).",
}
_WHO = {
    "azure-update-manager": "Azure Update Manager",
    "azure-guest-patching": "Azure guest patching",
    "configmgr": "Configuration Manager",
    "third-party": "the patch manager",
    "cluster-aware": "Cluster-Aware Updating",
}
_DISENROLL = (
    "End the hotpatch enrollment: .\\azure\\arc-hotpatch.ps1 disenroll. From then on, the machines "
    "install ordinary cumulative updates, which restart."
)
_UNLINK = "Unlink this GPO, and run gpupdate /force on the machines, or wait for the next refresh."
_WRITE = (
    "On each machine, write AUOptions 3 and NoAutoUpdate 0 directly: select Download only in menu "
    "5 of SConfig{script}."
)
_CLEAN = (
    "Clean up: the scheduled task (Unregister-ScheduledTask -TaskName 'gpogen audit') and the "
    "folder Program Files\\gpogen on each machine, the share (Remove-SmbShare -Name 'audit$') and "
    "its folder, the WMI filter in the Group Policy Management Console, and the GPO itself. Do not "
    "delete Program Files\\gpogen where you still need Undo-{pascal}.ps1: its saved state is there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retiring:
    """How to take a GPO out of use.

    Attributes:
        lead: what to know first; empty where there is nothing to know.
        steps: the steps, in their order.
    """

    lead: str
    steps: tuple[str, ...]


def retiring(compiled: Compiled) -> Retiring:
    """Say how to take the GPO out of use."""
    header = compiled.header
    clean = _CLEAN.format(pascal=header.pascal)
    stop = tuple(_stop(compiled))
    simple = (*stop, _UNLINK, clean)
    if header.platform == "azure-vm":
        return Retiring(lead=_AZURE_VM, steps=simple)
    if not compiled.facts.decides_installation:
        return Retiring(lead="", steps=simple)
    if not any(is_mode_value(item.record) for item in compiled.policy):
        return Retiring(lead=_PREFERENCES, steps=simple)
    if can_retire(header.name, header.platform, header.orchestration):
        back = tuple(_bring_back(compiled))
        return Retiring(lead=_ABSENT, steps=(*back, *stop, clean))
    if header.orchestration in EXTERNAL and _is_fresh(compiled):
        write = _WRITE.format(script=_script(compiled))
        who = _WHO[header.orchestration]
        lead = _ALREADY.format(who=who, step=len(stop) + 2)
        return Retiring(lead=lead, steps=(*stop, _UNLINK, write, clean))
    return Retiring(lead=_LEAVE, steps=simple)


def _stop(compiled: Compiled) -> Iterator[str]:
    if compiled.header.orchestration in _STOP_INSTALLER:
        yield _STOP_INSTALLER[compiled.header.orchestration]
    if compiled.arc is not None:
        yield _DISENROLL


def _bring_back(compiled: Compiled) -> Iterator[str]:
    names = {"name": compiled.header.name, "pascal": compiled.header.pascal}
    yield _BRING_BACK.format(**names)
    yield _REPORT.format(**names)
    yield _REPORT_TWICE.format(**names)
    if any(record.name.lower() == vbs.VALUE.lower() for record in compiled.facts.stays):
        yield _VBS
    if any(iso.preparation(record.key, record.name) for record in compiled.facts.stays):
        yield _ISO
    yield _THEN_RETIRED.format(**names)


def _is_fresh(compiled: Compiled) -> bool:
    """Tell whether the GPO already sets the mode of a fresh server."""
    found = {
        item.record.name: item.record.value
        for item in compiled.policy
        if is_mode_value(item.record)
    }
    return all(found.get(name) == value for name, value in VALUES.items())


def _script(compiled: Compiled) -> str:
    return ", or run sconfig\\Set-UpdateMode.ps1" if compiled.sconfig is not None else ""
