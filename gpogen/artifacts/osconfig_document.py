"""``osconfig/<name>.osc.yaml``: the values of a machine without Group Policy, for OSConfig.

OSConfig is for Windows Server 2025; a profile for another system has no such file.
"""

from __future__ import annotations

from gpogen.artifacts import direct_files
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.compile.result import Compiled, records_of
from gpogen.formats import osconfig

_SYSTEMS = "windows-server-2025-"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the document; nothing for another system, and where there is nothing to set."""
    if not is_made(compiled):
        return ()
    data = osconfig.encode(records_of(compiled.direct), direct_files.remarks(compiled))
    return (OutFile(f"osconfig/{compiled.header.name}.osc.yaml", data),)


def is_made(compiled: Compiled) -> bool:
    """Tell whether a profile has such a file."""
    return _is_for(compiled) and bool(compiled.direct)


def _is_for(compiled: Compiled) -> bool:
    return compiled.header.os.startswith(_SYSTEMS)


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the document must give."""
    if source.compiled is not None and not _is_for(source.compiled):
        return ()
    return direct_files.expected(source, "osconfig", f"osconfig/{source.name}.osc.yaml")


ARTIFACT = Artifact(
    id="osconfig",
    title="OSConfig document",
    consumer="OSConfig of Windows Server 2025",
    command="(microsoft/osconfig does not document one)",
    emit=emit,
    form="osconfig",
    expected=expected,
    on_request=(
        "its format is a prerelease that cannot delete values, and Microsoft documents no command "
        "that applies it"
    ),
    signs=("osconfig/*.osc.yaml",),
)
