"""LGPO text: the records of registry.pol for ``LGPO.exe /t``, and for people to read and compare.

What the text has no word for is named in a comment at its top.
"""

from __future__ import annotations

from gpogen.artifacts.api import OutFile
from gpogen.compile.result import Compiled
from gpogen.formats import lgpo

NAME = "lgpo"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write ``lgpo/<name>.txt``; nothing for a profile without policy records."""
    records = [item.record for item in compiled.policy]
    if not records:
        return ()
    return (OutFile(f"lgpo/{compiled.header.name}.txt", lgpo.encode(records)),)
