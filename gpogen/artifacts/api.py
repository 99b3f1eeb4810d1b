"""What every artefact is: a name, and a function from `Compiled` to files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gpogen.compile.result import Compiled


@dataclass(frozen=True, slots=True)
class OutFile:
    """One file to write.

    Attributes:
        path: relative, with ``/`` between its parts.
        data: the whole file.
    """

    path: str
    data: bytes


class Artifact(Protocol):
    """One kind of output. The modules of this package satisfy it."""

    NAME: str
    """The word by which the command line asks for it."""

    def emit(self, compiled: Compiled) -> tuple[OutFile, ...]:
        """Make the files, in a fixed order and of bytes that depend on ``compiled`` alone.

        Raises:
            ContentError: the artefact's format cannot hold something of the profile.
        """
        ...
