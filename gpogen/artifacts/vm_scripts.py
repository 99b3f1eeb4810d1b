"""``azure/patch-settings``: the patch settings of Azure VMs, in PowerShell and in bash."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.azure import COMPUTE, MAINTENANCE
from gpogen.catalog.platforms import images
from gpogen.compile.result import Compiled


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the two scripts; none where the profile is not for Azure VMs."""
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
    }
    return tuple(
        OutFile(f"azure/{name}", render(f"azure/{name}.j2", **values))
        for name in ("patch-settings.ps1", "patch-settings.sh")
    )


ARTIFACT = Artifact(
    id="vm",
    title="Azure VM scripts",
    consumer="PowerShell or bash, with the Azure CLI",
    command=r".\azure\patch-settings.ps1 apply -WhatIf",
    emit=emit,
    unread="programs: gpogen verify compares their bytes with what the profile produces",
    signs=("azure/patch-settings.*",),
)
