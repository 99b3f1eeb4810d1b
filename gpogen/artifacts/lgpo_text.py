"""LGPO text: the records of registry.pol for ``LGPO.exe /t``, and for people to read and compare.

What the text has no word for is named in a comment at its top.
"""

from __future__ import annotations

from gpogen.artifacts.api import Artifact, Held, OutFile, Reference, held
from gpogen.compile.result import Compiled
from gpogen.formats import lgpo


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write ``lgpo/<name>.txt``; nothing for a profile without policy records."""
    records = [item.record for item in compiled.policy]
    if not records:
        return ()
    return (OutFile(f"lgpo/{compiled.header.name}.txt", lgpo.encode(records)),)


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the text must give."""
    if not source.policy:
        return ()
    return (held("lgpo", f"lgpo/{source.name}.txt", source.policy),)


ARTIFACT = Artifact(
    id="lgpo",
    title="LGPO text",
    consumer="LGPO.exe",
    command=r"LGPO.exe /t lgpo\NAME.txt",
    emit=emit,
    form="lgpo",
    expected=expected,
    anywhere=True,
    signs=("lgpo/*.txt",),
)
