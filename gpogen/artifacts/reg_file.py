"""Files for regedit: the values of a machine without Group Policy, and their deletion."""

from __future__ import annotations

import codecs

from gpogen.artifacts.api import OutFile
from gpogen.compile.result import Compiled, Header
from gpogen.formats import reg

NAME = "reg"

_START = codecs.BOM_UTF16_LE + f"{reg.HEADER}\r\n\r\n".encode("utf-16-le")


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write ``reg/<name>.reg`` and its ``-undo.reg``; nothing where there is nothing to set."""
    records = [item.record for item in compiled.direct]
    if not records:
        return ()
    head, name = compiled.header, compiled.header.name
    return (
        OutFile(f"reg/{name}.reg", _commented(reg.encode(records), _about(head))),
        OutFile(f"reg/{name}-undo.reg", _commented(reg.encode_undo(records), _about_undo(head))),
    )


def _about(head: Header) -> list[str]:
    return [
        f"{head.name}, written by gpogen {head.version}, profile {head.digest}",
        "This writes values straight into the registry. No Group Policy takes them back: they",
        f"stay (tattoo) until somebody deletes them, as {head.name}-undo.reg does.",
    ]


def _about_undo(head: Header) -> list[str]:
    return [
        f"{head.name}, written by gpogen {head.version}: deletes what {head.name}.reg sets.",
        "What was there before is not brought back: import the .reg files that were saved first.",
    ]


def _commented(data: bytes, lines: list[str]) -> bytes:
    """Put comments right behind the file's header."""
    comment = "".join(f"; {line}\r\n" for line in lines) + "\r\n"
    return _START + comment.encode("utf-16-le") + data.removeprefix(_START)
