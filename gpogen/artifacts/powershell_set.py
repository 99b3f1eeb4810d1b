"""``powershell/Set-<Name>.ps1``: the profile's values on a machine without a domain."""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.notes import restarts
from gpogen.artifacts.placing import placing
from gpogen.artifacts.powershell_text import head_lines, rows, unwritable
from gpogen.artifacts.render import render
from gpogen.catalog.platforms import operating_systems
from gpogen.compile.origin import Traced
from gpogen.compile.result import Compiled


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the Set script."""
    odd = tuple(item for item in compiled.direct if _reason(item))
    not_written = tuple(f"Not written: {_place(item)}: it {_reason(item)}." for item in odd)
    not_direct = tuple(f"{item.what}: {item.reason}" for item in compiled.not_direct)
    data = render(
        "powershell/set.ps1.j2",
        h=compiled.header,
        folder=f"Set-{compiled.header.pascal}-",
        head=head_lines(compiled.header),
        direct=placing(compiled.header).direct,
        rows=rows(item for item in compiled.direct if not _reason(item)),
        not_here=(*not_direct, *not_written),
        not_written=not_written,
        restarts=restarts(compiled),
        vbs_restart=compiled.vbs_restart,
        build=_build(compiled.header.os),
        editions=_editions(compiled.header.os),
    )
    return (OutFile(f"powershell/Set-{compiled.header.pascal}.ps1", data),)


def _build(os: str) -> str:
    """Return CurrentBuild of an operating system, ``26100``; empty when there is none."""
    system = operating_systems().get(os)
    return system.build.rpartition(".")[2] if system else ""


def _editions(os: str) -> tuple[str, ...]:
    """Return the EditionIDs of an operating system; none where not all of them are known."""
    system = operating_systems().get(os)
    if system is None or system.edition_core is None:
        return ()
    return (system.edition_desktop, system.edition_core)


def _reason(item: Traced) -> str:
    if item.record.hive != "HKLM":
        return "is a user setting, which this script does not write"
    return unwritable(item.record)


def _place(item: Traced) -> str:
    record = item.record
    return f"{record.hive.long_name}\\{record.key}, value {record.name}"


ARTIFACT = Artifact(
    id="set-script",
    title="Set script",
    consumer="Windows PowerShell",
    command=r".\powershell\Set-NAME.ps1 -WhatIf",
    emit=emit,
    unread="a program: gpogen verify compares its bytes with what the profile produces",
    signs=("powershell/Set-*.ps1",),
)
