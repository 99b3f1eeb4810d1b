""".PolicyRules: the records of registry.pol for Policy Analyzer and ``LGPO.exe /p``.

What no native file shows how to write is named in a comment at its top.
"""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, Held, OutFile, Reference, held
from gpogen.compile.result import Compiled
from gpogen.formats import policyrules


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write ``policyrules/<name>.PolicyRules``; nothing for a profile without policy records."""
    records = [item.record for item in compiled.policy]
    if not records:
        return ()
    header = compiled.header
    data = policyrules.encode(records, header.title)
    return (OutFile(f"policyrules/{header.name}.PolicyRules", data),)


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the file must give."""
    if not source.policy:
        return ()
    return (held("policyrules", f"policyrules/{source.name}.PolicyRules", source.policy),)


ARTIFACT = Artifact(
    id="policyrules",
    title=".PolicyRules",
    consumer="Policy Analyzer and LGPO.exe",
    command=r"LGPO.exe /p policyrules\NAME.PolicyRules",
    emit=emit,
    form="policyrules",
    expected=expected,
    anywhere=True,
    signs=("policyrules/*.PolicyRules",),
)
