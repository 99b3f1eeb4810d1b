"""``azure/patch-now``: assess machines, or install patches on demand, in PowerShell and in bash."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.azure import COMPUTE, HYBRID_COMPUTE
from gpogen.compile.result import ArcMachines, Compiled

_ARC = ("Microsoft.HybridCompute/machines", HYBRID_COMPUTE)
_VM = ("Microsoft.Compute/virtualMachines", COMPUTE)


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the two scripts; none where the machines are not in Azure."""
    if compiled.arc is None and compiled.vm is None:
        return ()
    provider, api = _VM if compiled.arc is None else _ARC
    values = {
        "head": head_lines(compiled.header),
        "arc": compiled.arc or ArcMachines(),
        "excluded": compiled.schedule.exclude_kbs if compiled.schedule else (),
        "provider": provider,
        "api": api,
    }
    return tuple(
        OutFile(f"azure/{name}", render(f"azure/{name}.j2", **values))
        for name in ("patch-now.ps1", "patch-now.sh")
    )


ARTIFACT = Artifact(
    id="patch-now",
    title="on-demand patching scripts",
    consumer="PowerShell or bash, with the Azure CLI",
    command=r".\azure\patch-now.ps1 assess -WhatIf",
    emit=emit,
    unread="programs: gpogen verify compares their bytes with what the profile produces",
    signs=("azure/patch-now.*",),
)
