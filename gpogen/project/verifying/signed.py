"""Scripts that somebody signed after gpogen wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_SCRIPT = ".ps1"
# Comment lines alone, so that a block can hold nothing that runs.
_BLOCK = re.compile(
    rb"(?:(?<=\n)|\A)# SIG # Begin signature block\r?\n"
    rb"(?:# [A-Za-z0-9+/=]*\r?\n)+"
    rb"# SIG # End signature block(?:\r?\n)*\Z"
)


def bodies(path: str, data: bytes) -> Iterator[bytes]:
    """Yield what a script may have been before it was signed; nothing where it is not.

    Set-AuthenticodeSignature puts a line end before its block, which may have been there before.
    """
    block = _BLOCK.search(data) if path.lower().endswith(_SCRIPT) else None
    if block is None:
        return
    body = data[: block.start()]
    yield body
    while body.endswith(b"\n"):
        body = body[:-1].removesuffix(b"\r")
        yield body


def is_signed(path: str, data: bytes, same: Callable[[bytes], bool]) -> bool:
    """Tell whether a file is a signed script whose content is the ``same`` as it was."""
    return any(same(body) for body in bodies(path, data))
