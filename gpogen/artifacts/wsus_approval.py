"""``wsus/Set-WsusApproval.ps1``: approves and holds the updates of a KB list in WSUS, by ring.

Commands and parameters are those of the module UpdateServices
(MicrosoftDocs/windows-powershell-docs, docset/winserver2025-ps and winserver2022-ps); methods are
those of Microsoft.UpdateServices.Administration.
"""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.platforms import operating_systems
from gpogen.catalog.wsus import PRODUCTS
from gpogen.compile.result import Compiled
from gpogen.servicing.situation import From

PATH = "wsus/Set-WsusApproval.ps1"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the script; none for machines whose updates do not come from WSUS."""
    header = compiled.header
    if compiled.servicing.source not in (From.WSUS, From.MIXED) or not header.os:
        return ()
    system = operating_systems()[header.os].family
    found = PRODUCTS[system]
    data = render(
        "wsus/set-approval.ps1.j2",
        h=header,
        head=head_lines(header),
        os=system,
        products=tuple(title for title in (found.cumulative, found.hotpatch) if title),
        hotpatch=found.hotpatch,
    )
    return (OutFile(PATH, data),)


ARTIFACT = Artifact(
    id="wsus",
    title="WSUS approval script",
    consumer="Windows PowerShell 5.1, on the WSUS server",
    command=r".\wsus\Set-WsusApproval.ps1 -KbList .\kb-list.json -TargetGroup pilot -WhatIf",
    emit=emit,
    unread="a program: gpogen verify compares its bytes with what the profile produces",
    signs=(PATH,),
)
