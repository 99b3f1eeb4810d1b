"""``powershell/Test-<Name>.ps1``: does a machine have what the profile says, is it hotpatched.

The script changes nothing. It holds the release data of this gpogen, so its bytes depend on the
profile and on gpogen's version alone; a ``hotpatch-releases.yaml`` beside the profiles is not in
it. ``gpogen train`` judges what the script found by the newest data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from gpogen import __version__
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.artifacts.audit_reader import differences, read_tables, wanted_tables
from gpogen.artifacts.audit_rows import Requirement, audit
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.release_lines import release_lines
from gpogen.artifacts.render import render
from gpogen.audit_schema import SCHEMA
from gpogen.catalog.platforms import OperatingSystem, operating_systems
from gpogen.catalog.releases import release_data
from gpogen.compile.result import Compiled

READINESS = "Test-HotpatchReadiness.ps1"
_TEMPLATE = "powershell/test.ps1.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """An operating system as the script recognizes it.

    Attributes:
        word: ``windows-server-2025-standard``.
        title: for people.
        build: CurrentBuild.
        minimum: the least build.revision, or empty.
        editions: the EditionIDs that are known for it.
        skus: its values of OperatingSystemSKU.
        by_sku: whether not all EditionIDs are known, so that the SKU decides, too.
        needs_arc: whether hotpatches come by an Azure Arc license only.
        prepared: whether the enrollment package and the table size are documented as needed.
    """

    word: str
    title: str
    build: str
    minimum: str
    editions: tuple[str, ...]
    skus: tuple[str, ...]
    by_sku: bool
    needs_arc: bool
    prepared: bool


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the audit script."""
    header = compiled.header
    found = audit(compiled)
    known = operating_systems().get(header.os)
    systems = (known,) if known else tuple(operating_systems().values())
    name = f"Test-{header.pascal}.ps1"
    data = render(
        _TEMPLATE,
        h=header,
        head=head_lines(header),
        rows=found.group_policy,
        direct=found.direct,
        not_checked=found.not_checked,
        **_common(name, systems),
    )
    return (OutFile(f"powershell/{name}", data),)


def readiness_script() -> bytes:
    """Return the script for a first look at machines, without a profile."""
    rows: tuple[Requirement, ...] = ()
    systems = tuple(operating_systems().values())
    head = (f"Made by: gpogen {__version__}",)
    return render(
        _TEMPLATE,
        h=None,
        head=head,
        rows=rows,
        direct=rows,
        not_checked=(),
        **_common(READINESS, systems),
    )


def _common(name: str, systems: Iterable[OperatingSystem]) -> dict[str, object]:
    every = tuple(systems)
    families = tuple(dict.fromkeys(system.family for system in every))
    data = release_data()
    return {
        "name": name,
        "schema": SCHEMA,
        "version": __version__,
        "systems": tuple(map(_system, every)),
        "families": families,
        "as_of": data.as_of.isoformat(),
        "releases": _releases(families),
    }


@cache
def _releases(families: tuple[str, ...]) -> tuple[str, ...]:
    data = release_data()
    return release_lines(families, data.systems, data.releases, data.others)


def _system(system: OperatingSystem) -> System:
    editions = (system.edition_desktop, system.edition_core or "")
    return System(
        word=system.word,
        title=system.title,
        build=system.build.rpartition(".")[2],
        minimum=system.minimum_build or "",
        editions=tuple(filter(None, editions)),
        skus=(str(system.sku_desktop), str(system.sku_core)),
        by_sku=system.edition_core is None,
        needs_arc=system.needs_arc,
        prepared=system.family == "windows-server-2022",
    )


def expected(source: Reference) -> tuple[Held, ...]:
    """Return the tables that the script must hold."""
    compiled = source.compiled
    if compiled is None:
        return ()
    path = f"powershell/Test-{compiled.header.pascal}.ps1"
    return (Held(path=path, content=wanted_tables(audit(compiled))),)


ARTIFACT = Artifact(
    id="test-script",
    title="audit script",
    consumer="Windows PowerShell, by hand or by any tool that runs scripts",
    command=r".\powershell\Test-NAME.ps1 -AsJson",
    emit=emit,
    read=read_tables,
    expected=expected,
    differences=differences,
    signs=("powershell/Test-*.ps1",),
)
