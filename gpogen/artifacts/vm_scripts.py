"""``azure/patch-settings``: the patch settings of Azure VMs: two scripts, Bicep, Terraform."""

from __future__ import annotations

import json

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.azure import COMPUTE, MAINTENANCE
from gpogen.catalog.platforms import images
from gpogen.compile.result import Compiled, VmSettings


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the scripts and the fragments; none where the profile is not for Azure VMs."""
    if compiled.vm is None:
        return ()
    head = head_lines(compiled.header)
    known = " ".join(f"{one.publisher}/{one.offer}/{one.sku}" for one in images())
    values: dict[str, object] = {
        "head": head,
        "vm": compiled.vm,
        "images": known,
        "api": COMPUTE,
        "assignments_api": MAINTENANCE,
        "w": _words(compiled.vm),
        "type": f"Microsoft.Compute/virtualMachines@{COMPUTE}",
    }
    made = {name: f"{name}.j2" for name in ("patch-settings.ps1", "patch-settings.sh")}
    made["patch-settings.bicep"] = "patch-settings.bicep.j2"
    # A folder of its own: Terraform reads all files of one folder as one module.
    made["patch-settings/main.tf"] = "patch-settings.tf.j2"
    return tuple(
        OutFile(f"azure/{path}", render(f"azure/{template}", **values))
        for path, template in made.items()
    )


def _words(vm: VmSettings) -> dict[str, object]:
    """Return the settings under the names that the templates use; None where one is not set."""
    settings = json.loads(vm.settings)
    platform = settings.get("automaticByPlatformSettings", {})
    return {
        "patch_mode": settings.get("patchMode"),
        "assessment_mode": settings.get("assessmentMode"),
        "hotpatching": settings.get("enableHotpatching"),
        "bypass": platform.get("bypassPlatformSafetyChecksOnUserSchedule"),
        "reboot": platform.get("rebootSetting"),
    }


ARTIFACT = Artifact(
    id="vm",
    title="Azure VM scripts",
    consumer="PowerShell or bash, with the Azure CLI",
    command=r".\azure\patch-settings.ps1 apply -WhatIf",
    emit=emit,
    unread="programs: gpogen verify compares their bytes with what the profile produces",
    signs=("azure/patch-settings.*",),
)
