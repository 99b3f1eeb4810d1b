"""``powershell/Install-Updates.ps1``: what SConfig's menu 6 does, by parameters.

It is in the output folder beside the other scripts of the profile, where README.txt sends people
who install by hand. It holds no release data, so that the folder does not change with time;
``gpogen releases export`` writes them.
"""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.release_lines import RELEASE_TYPES
from gpogen.artifacts.render import render
from gpogen.compile.result import Compiled

PATH = "powershell/Install-Updates.ps1"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the script."""
    header = compiled.header
    data = render(
        "powershell/install.ps1.j2",
        h=header,
        head=head_lines(header),
        release_types=RELEASE_TYPES,
    )
    return (OutFile(PATH, data),)


ARTIFACT = Artifact(
    id="install-script",
    title="install script",
    consumer="Windows PowerShell, on one machine, also in a remote session",
    command=r".\powershell\Install-Updates.ps1 -AssessOnly",
    emit=emit,
    unread="a program: gpogen verify compares its bytes with what the profile produces",
    signs=(PATH,),
)
