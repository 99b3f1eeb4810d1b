"""``azure/arc-hotpatch``: enrolls machines of Azure Arc for hotpatch, in PowerShell and in bash."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.azure import HYBRID_COMPUTE
from gpogen.compile.result import Compiled


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the two scripts and the query that finds machines; none without Arc machines."""
    arc = compiled.arc
    if arc is None:
        return ()
    head = head_lines(compiled.header)
    return tuple(
        OutFile(f"azure/{name}", render(f"azure/{name}.j2", head=head, arc=arc, api=HYBRID_COMPUTE))
        for name in ("arc-hotpatch.ps1", "arc-hotpatch.sh", "arc-machines.kql")
    )


ARTIFACT = Artifact(
    id="arc",
    title="Arc scripts",
    consumer="PowerShell or bash, with the Azure CLI",
    command=r".\azure\arc-hotpatch.ps1 enroll -WhatIf",
    emit=emit,
    unread="programs: gpogen verify compares their bytes with what the profile produces",
    signs=("azure/arc-hotpatch.*",),
)
