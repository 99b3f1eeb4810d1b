"""``powershell/Restore-HotpatchBaseline.ps1``: takes a bad hotpatch or baseline off a machine.

It is in the output folder, because what keeps the update from coming back depends on who installs,
which the profile says. It holds no release data: the administrator names the updates.
"""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.keep_away import keep_away, pause, pause_holds
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.release_lines import RELEASE_TYPES
from gpogen.artifacts.render import render
from gpogen.compile.result import Compiled

PATH = "powershell/Restore-HotpatchBaseline.ps1"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the script."""
    header = compiled.header
    data = render(
        "powershell/restore.ps1.j2",
        h=header,
        head=head_lines(header),
        keep=keep_away(compiled).lines,
        pause=pause(compiled),
        pauses=pause_holds(compiled),
        release_types=RELEASE_TYPES,
    )
    return (OutFile(PATH, data),)


ARTIFACT = Artifact(
    id="restore-script",
    title="rollback script",
    consumer="Windows PowerShell, on one machine",
    command=r".\powershell\Restore-HotpatchBaseline.ps1 -Hotpatch KB5070893 -WhatIf",
    emit=emit,
    unread="a program: gpogen verify compares its bytes with what the profile produces",
    signs=(PATH,),
)
