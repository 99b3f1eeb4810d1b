"""Records that wait outside the memory of a run, in the order in which they came.

A short run keeps them in memory. A long one writes them into a file without a name, in the folder
for temporary files (``TMPDIR``), which is gone with the process however it ends.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from gpogen.errors import UsageError

IN_MEMORY = 8 << 20
"""Bytes that wait in memory, before the file is made."""


class Spool:
    """Records: plain data, as JSON has it, and some bytes with each."""

    def __init__(self) -> None:
        """Begin with no records."""
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._end = 0

    def close(self) -> None:
        """Let all records go; whoever has no end of its own leaves that to the last reference."""
        self._file.close()

    __del__ = close

    def add(self, head: Any, parts: Sequence[bytes] = ()) -> None:
        """Add a record.

        Raises:
            UsageError: there is no space for it.
        """
        line = json.dumps([head, [len(part) for part in parts]]).encode("ascii") + b"\n"
        try:
            self._file.seek(self._end)
            self._file.write(b"".join((line, *parts)))
            self._end = self._file.tell()
        except OSError as error:
            message = f"the folder for temporary files: {error.strerror or error}"
            raise UsageError(f"{message}; set TMPDIR to use another folder") from None

    def __iter__(self) -> Iterator[tuple[Any, list[bytes]]]:
        """Yield the records, each read when it is asked for."""
        here = 0
        while here < self._end:
            self._file.seek(here)
            head, sizes = json.loads(self._file.readline())
            parts = [self._file.read(size) for size in sizes]
            here = self._file.tell()
            yield head, parts
