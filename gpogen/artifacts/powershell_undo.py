"""``powershell/Undo-<Name>.ps1``: what the Set script changed on a machine goes back."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.server_defaults import KEY, is_mode_value
from gpogen.compile.result import Compiled

_AZURE_VM = "azure-vm"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the Undo script."""
    header = compiled.header
    data = render(
        "powershell/undo.ps1.j2",
        h=header,
        head=head_lines(header),
        decides=decides(compiled),
        is_azure_vm=header.platform == _AZURE_VM,
        defaults_key=KEY,
    )
    return (OutFile(f"powershell/Undo-{header.pascal}.ps1", data),)


def decides(compiled: Compiled) -> bool:
    """Tell whether the Set script writes or deletes a value by which Windows Update installs."""
    return any(is_mode_value(item.record) for item in compiled.direct)


ARTIFACT = Artifact(
    id="undo-script",
    title="Undo script",
    consumer="Windows PowerShell",
    command=r".\powershell\Undo-NAME.ps1 -WhatIf",
    emit=emit,
    unread="a program: gpogen verify compares its bytes with what the profile produces",
    signs=("powershell/Undo-*.ps1",),
)
