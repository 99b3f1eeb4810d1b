"""Scripts that somebody signed after gpogen wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

SIGNABLE = (".ps1", ".psm1")
"""How the names of the files end that Set-AuthenticodeSignature signs by a comment."""

_BEGIN = b"# SIG # Begin signature block"
_END = b"# SIG # End signature block"
# Comment lines alone, so that a block can hold nothing that runs.
_LINE = re.compile(rb"# [A-Za-z0-9+/=]*\r?\n")


def bodies(path: str, data: bytes) -> Iterator[bytes]:
    """Yield what a script may have been before it was signed; nothing where it is not.

    Set-AuthenticodeSignature puts one line end before its block. The script may also have ended
    with that line end, so there are two candidates at most.
    """
    start = data.rfind(_BEGIN) if path.lower().endswith(SIGNABLE) else -1
    if start < 0 or not _is_block(data, start):
        return
    body = data[:start]
    yield body
    if body.endswith(b"\n"):
        yield body[:-1].removesuffix(b"\r")


def _is_block(data: bytes, start: int) -> bool:
    """Tell whether a whole signature block, and nothing after it, stands on lines of its own."""
    if start and data[start - 1 : start] != b"\n":
        return False
    first = after = data.find(b"\n", start) + 1
    if data[start:first].removesuffix(b"\n").removesuffix(b"\r") != _BEGIN:
        return False
    while line := _LINE.match(data, after):
        after = line.end()
    if after == first or not data.startswith(_END, after):
        return False
    return not data[after + len(_END) :].replace(b"\r\n", b"\n").strip(b"\n")


def is_signed(path: str, data: bytes, same: Callable[[bytes], bool]) -> bool:
    """Tell whether a file is a signed script whose content is the ``same`` as it was."""
    return any(same(body) for body in bodies(path, data))
