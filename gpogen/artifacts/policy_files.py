"""``azure/policy``: Azure Policy definitions, their assignments, and the least roles."""

from __future__ import annotations

import json
from typing import Any

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.arc_policies import LICENSES, MACHINE, audit, deploy, opted_out
from gpogen.artifacts.azure_names import resource_name
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.azure import (
    PERIODIC_ARC,
    PERIODIC_VM,
    POLICY,
    ROLES,
    SCHEDULED_PATCHING,
)
from gpogen.compile.result import ArcMachines, Compiled, VmSettings

_TYPES = {
    "definition": f"Microsoft.Authorization/policyDefinitions@{POLICY}",
    "assignment": f"Microsoft.Authorization/policyAssignments@{POLICY}",
    "role": f"Microsoft.Authorization/roleDefinitions@{ROLES}",
    "grant": f"Microsoft.Authorization/roleAssignments@{ROLES}",
}
_VM = "Microsoft.Compute/virtualMachines"
_ARC_READS = (f"{MACHINE}/read", f"{LICENSES}/read")
_DEPLOYMENTS = "Microsoft.Resources/deployments/*"
_ASSIGNMENTS = (
    "Microsoft.Maintenance/maintenanceConfigurations/read",
    "Microsoft.Maintenance/configurationAssignments/read",
    "Microsoft.Maintenance/configurationAssignments/write",
    "Microsoft.Maintenance/configurationAssignments/maintenanceScope/InGuestPatch/read",
    "Microsoft.Maintenance/configurationAssignments/maintenanceScope/InGuestPatch/write",
)
"""Permissions of Microsoft Learn, "Roles and permissions in Azure Update Manager", and of the
built-in roles and resource provider operations of Azure RBAC."""


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the definitions, roles and assignments; none where the machines are not in Azure."""
    arc, vm = compiled.arc, compiled.vm
    if arc is None and vm is None:
        return ()
    head, name = head_lines(compiled.header), compiled.header.name
    roles = _roles(name, arc, bool(compiled.schedule))
    values: dict[str, Any] = {
        "head": head,
        "name": resource_name(name),
        "arc": arc,
        "schedule": compiled.schedule is not None,
        "scheduled_patching": SCHEDULED_PATCHING.id,
        "periodic": (PERIODIC_VM if arc is None else PERIODIC_ARC).id,
        "assessment": _assessment(vm),
        "types": _TYPES,
    }
    definitions = {} if arc is None else _definitions(arc)
    return (
        *(OutFile(f"azure/policy/{key}.json", _json(one)) for key, one in definitions.items()),
        OutFile("azure/policy/roles.json", _json(roles)),
        *(
            OutFile(f"azure/policy/{part}.bicep", render(f"azure/policy-{part}.bicep.j2", **values))
            for part in ("main", "assignments")
        ),
    )


def _definitions(arc: ArcMachines) -> dict[str, Any]:
    found = {"arc-hotpatch-audit": audit(), "arc-hotpatch-opted-out": opted_out()}
    return {**found, "arc-hotpatch-deploy": deploy()} if arc.deploys else found


def _assessment(vm: VmSettings | None) -> str:
    settings = json.loads(vm.settings) if vm else {}
    return str(settings.get("assessmentMode", "AutomaticByPlatform"))


def _roles(profile: str, arc: ArcMachines | None, scheduled: bool) -> dict[str, Any]:
    """Return what each of the custom roles may do, by its use."""
    machines = _VM if arc is None else MACHINE
    reads, writes = (f"{machines}/read",), f"{machines}/write"
    found = {
        "operator": _vm_operator() if arc is None else _arc_operator(),
        "assessment": (*reads, writes),
    }
    if arc is not None and arc.deploys:
        licenses = "Microsoft.HybridCompute/licenses/read"
        found["hotpatch"] = (*_ARC_READS, f"{LICENSES}/write", licenses, _DEPLOYMENTS)
    if scheduled:
        # The built-in policy writes patchSettings of an Azure VM that lacks them.
        wider = (writes,) if arc is None else ()
        found["schedule"] = (*reads, *wider, *_ASSIGNMENTS, _DEPLOYMENTS)
    return {
        use: {"roleName": f"{profile} {use}", "description": _USES[use], "actions": list(actions)}
        for use, actions in sorted(found.items())
    }


_USES = {
    "operator": "Runs the scripts in the folder azure of this output.",
    "assessment": "Sets the periodic assessment, as the identity of its policy assignment.",
    "hotpatch": "Enables hotpatch licenses, as the identity of the policy assignment.",
    "schedule": "Assigns the maintenance configuration, as the identity of the policy assignment.",
}


def _arc_operator() -> tuple[str, ...]:
    return (
        *_ARC_READS,
        f"{MACHINE}/write",
        f"{LICENSES}/write",
        *_patching(MACHINE),
        "Microsoft.HybridCompute/locations/operationresults/read",
        "Microsoft.HybridCompute/locations/operationstatus/read",
        "Microsoft.HybridCompute/locations/updateCenterOperationResults/read",
    )


def _vm_operator() -> tuple[str, ...]:
    return (
        f"{_VM}/read",
        f"{_VM}/write",
        *_patching(_VM),
        "Microsoft.Compute/locations/operations/read",
        "Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read",
        "Microsoft.Compute/skus/read",
        "Microsoft.Maintenance/configurationAssignments/read",
    )


def _patching(machines: str) -> tuple[str, ...]:
    """Return what patch-now needs on machines of a type: both providers name it alike."""
    return (
        f"{machines}/assessPatches/action",
        f"{machines}/installPatches/action",
        f"{machines}/patchAssessmentResults/read",
        f"{machines}/patchAssessmentResults/softwarePatches/read",
        f"{machines}/patchInstallationResults/read",
        f"{machines}/patchInstallationResults/softwarePatches/read",
    )


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, indent=2, ensure_ascii=True)}\n".encode()


ARTIFACT = Artifact(
    id="policy",
    title="Azure Policy",
    consumer="Azure Resource Manager (Azure Policy, Azure RBAC)",
    command="az deployment sub create --what-if --template-file azure/policy/main.bicep",
    emit=emit,
    unread="deployments: gpogen verify compares their bytes with what the profile produces",
    signs=("azure/policy/*.bicep",),
)
