"""``sconfig/Set-UpdateMode``: what SConfig's menu 5 would write for the profile's mode."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.compile.result import Compiled


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the two scripts, the batch file for Server Core only; none without a plan."""
    plan = compiled.sconfig
    if plan is None:
        return ()
    header = compiled.header
    shell = render(
        "sconfig/set-update-mode.ps1.j2",
        h=header,
        head=head_lines(header),
        plan=plan,
        core=header.installation == "core",
        record_word=f"UpdateMode-{header.pascal}",
    )
    files = [OutFile("sconfig/Set-UpdateMode.ps1", shell)]
    if header.installation == "core":
        batch = render("sconfig/set-update-mode.cmd.j2", h=header, plan=plan)
        files.insert(0, OutFile("sconfig/Set-UpdateMode.cmd", batch))
    return tuple(files)


ARTIFACT = Artifact(
    id="sconfig",
    title="SConfig scripts",
    consumer="Windows PowerShell and cmd",
    command=r".\sconfig\Set-UpdateMode.ps1",
    emit=emit,
    unread="programs: gpogen verify compares their bytes with what the profile produces",
    signs=("sconfig/Set-UpdateMode.*",),
)
