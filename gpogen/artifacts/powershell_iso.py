"""``powershell/Enable-HotpatchFromIso.ps1``: Windows Server 2022 Azure Edition from an ISO.

Only profiles with ``image: iso`` of that system have it: its preparation alone is documented, and a
Marketplace image must not get it (HP008).
"""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.powershell_text import KINDS, head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.values import values
from gpogen.compile.result import Compiled, RestartCause
from gpogen.policy.data import RegData

PATH = "powershell/Enable-HotpatchFromIso.ps1"
_WORDS = {
    "vbs-control": "Vbs",
    "hotpatch-table-size": "Table",
    "targeting-name": "Name",
    "targeting-version": "Version",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One value of the preparation.

    Attributes:
        word: its name in the script.
        key: the key below HKEY_LOCAL_MACHINE.
        name: the value's name.
        kind: its name in .NET's RegistryValueKind.
        value: the data.
    """

    word: str
    key: str
    name: str
    kind: str
    value: RegData


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the script; none for machines that need no preparation."""
    if RestartCause.ISO not in compiled.facts.restart_causes:
        return ()
    header = compiled.header
    data = render(
        "powershell/iso.ps1.j2", h=header, head=head_lines(header), values=tuple(_prepared())
    )
    return (OutFile(PATH, data),)


def _prepared() -> list[Prepared]:
    known = {row.id: row for row in values()}
    made: list[Prepared] = []
    for key, word in _WORDS.items():
        row = known[key]
        assert row.name is not None
        assert row.type is not None
        assert row.data is not None
        made.append(
            Prepared(word=word, key=row.key, name=row.name, kind=KINDS[row.type], value=row.data)
        )
    return made


ARTIFACT = Artifact(
    id="iso-script",
    title="ISO preparation script",
    consumer="Windows PowerShell, on one machine, also in a remote session",
    command=r".\powershell\Enable-HotpatchFromIso.ps1 -Update D:\KB5003508.msu -WhatIf",
    emit=emit,
    unread="a program: gpogen verify compares its bytes with what the profile produces",
    signs=(PATH,),
)
