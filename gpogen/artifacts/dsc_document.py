"""``dsc/<name>.dsc.yaml``: the values of a machine without Group Policy, for DSC v3."""

from __future__ import annotations

from gpogen.artifacts import direct_files
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.compile.result import Compiled, records_of
from gpogen.formats import dscyaml


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the document; nothing where there is nothing to set."""
    if not compiled.direct:
        return ()
    data = dscyaml.encode(records_of(compiled.direct), direct_files.remarks(compiled))
    return (OutFile(f"dsc/{compiled.header.name}.dsc.yaml", data),)


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the document must give."""
    return direct_files.expected(source, "dsc", f"dsc/{source.name}.dsc.yaml")


ARTIFACT = Artifact(
    id="dsc",
    title="DSC v3 document",
    consumer="DSC v3 (dsc.exe)",
    command=r"dsc config set --what-if --file dsc\NAME.dsc.yaml",
    emit=emit,
    form="dsc",
    expected=expected,
    signs=("dsc/*.dsc.yaml",),
)
