"""``powershell/Import-<Name>Gpo.ps1``: the GPO backup into a domain, read back and compared.

The script holds what is of the profile, and the hash of ``gpogen-import.psm1``, which does the work
and has the same bytes in every output folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from gpogen.artifacts import gpo_backup
from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.backup.comments import VALUES
from gpogen.artifacts.extensions import extension_names, has_content
from gpogen.artifacts.gpo_backup import enabled_sides, gpo_comment, identity
from gpogen.artifacts.placing import placing
from gpogen.artifacts.powershell_text import head_lines, rows
from gpogen.artifacts.render import render
from gpogen.catalog.extensions import NO_EXTENSION, PREFERENCES, REGISTRY
from gpogen.catalog.policies import policies
from gpogen.compile.result import Compiled
from gpogen.compile.vbs import POLICY as VBS
from gpogen.policy.types import Hive

_MODULE = "gpogen-import.psm1"


@dataclass(frozen=True, slots=True)
class _File:
    """A file that the script checks: its path, its length in bytes, its SHA-256 in hex."""

    path: str
    length: int
    sha256: str


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the import script and the module that it runs."""
    header = compiled.header
    module = import_module_file()
    data = render(
        "powershell/import.ps1.j2",
        h=header,
        head=head_lines(header),
        place=placing(header),
        mark=f"gpogen:{header.name}",
        comment=gpo_comment(compiled),
        module=_File(_MODULE, len(module), sha256(module).hexdigest()),
        backup_id=identity(header).id,
        machine_extensions=extension_names(compiled, Hive.HKLM),
        user_extensions=extension_names(compiled, Hive.HKCU),
        user_side_is_empty=not has_content(compiled, Hive.HKCU),
        status=_status(compiled),
        policy=rows(compiled.policy),
        preferences=rows(compiled.preferences),
        files=_backup_files(compiled),
    )
    return (
        OutFile(f"powershell/Import-{header.pascal}Gpo.ps1", data),
        OutFile(f"powershell/{_MODULE}", module),
    )


def import_module_file() -> bytes:
    """Return the module, whose bytes depend on no profile."""
    return render(f"powershell/{_MODULE}.j2", values_file=VALUES, known=_known())


def _known() -> dict[str, str]:
    """Return the extensions whose settings the module can see."""
    return {
        "registry": REGISTRY,
        "preferences": PREFERENCES,
        "vbs": (policies()[VBS].client_extension or "").upper(),
        "group": NO_EXTENSION,
    }


def _status(compiled: Compiled) -> str:
    """Return the GpoStatus that the profile's `gpo` asks for; empty where it says nothing."""
    header = compiled.header
    if header.computer_side is None and header.user_side is None:
        return ""
    return _STATUSES[enabled_sides(compiled)]


_STATUSES = {
    (True, True): "AllSettingsEnabled",
    (True, False): "UserSettingsDisabled",
    (False, True): "ComputerSettingsDisabled",
    (False, False): "AllSettingsDisabled",
}
"""The values of GpoStatus by whether the computer side and the user side are enabled."""


def _backup_files(compiled: Compiled) -> tuple[_File, ...]:
    """List what the folder gpo must hold, to the byte."""
    return tuple(
        _File(file.path.removeprefix("gpo/"), len(file.data), sha256(file.data).hexdigest())
        for file in gpo_backup.emit(compiled)
    )


ARTIFACT = Artifact(
    id="import-script",
    title="import script",
    needs=("gpo",),
    consumer="Windows PowerShell with the GroupPolicy module",
    command=r".\powershell\Import-NAMEGpo.ps1 -WhatIf",
    emit=emit,
    unread="a program: gpogen verify compares its bytes with what the profile produces",
    signs=("powershell/Import-*Gpo.ps1",),
)
