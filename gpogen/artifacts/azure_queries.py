"""``azure/*.kql``: what Azure Resource Graph says of patches and of hotpatch, for a whole fleet."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.compile.result import Compiled

_NAMES = ("hotpatch-status", "patch-failures", "patch-history", "pending-patches", "vm-health")


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the queries; none where the machines are not in Azure."""
    if compiled.arc is None and compiled.vm is None:
        return ()
    head = head_lines(compiled.header)
    group = compiled.arc.resource_group if compiled.arc else ""
    return tuple(
        OutFile(f"azure/{name}.kql", render(f"azure/{name}.kql.j2", head=head, group=group))
        for name in _NAMES
    )


ARTIFACT = Artifact(
    id="queries",
    title="Resource Graph queries",
    consumer="Azure Resource Graph",
    command='az graph query --first 1000 --graph-query "@azure/hotpatch-status.kql"',
    emit=emit,
    unread="queries: gpogen verify compares their bytes with what the profile produces",
    signs=("azure/hotpatch-status.kql",),
)
