"""Lines with a style, and whole files, on standard output or elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpogen.cli.plain import put, say_styled
from gpogen.errors import UsageError
from gpogen.files import read_stdin, write_file

if TYPE_CHECKING:
    from gpogen.project.calendar.lines import Line

_STYLES: dict[str, dict[str, Any]] = {
    "head": {"bold": True},
    "heads": {"dim": True},
    "today": {"fg": "cyan", "bold": True},
    "baseline": {"fg": "red"},
    "unplanned-baseline": {"fg": "red", "bold": True},
    "hotpatch": {"fg": "green"},
    "unknown": {"fg": "yellow"},
    "between": {"dim": True},
    "note": {"dim": True},
    "warning": {"fg": "yellow"},
    "on-train": {"fg": "green", "bold": True},
    "behind": {"fg": "red", "bold": True},
    "off-train": {"fg": "red", "bold": True},
}


MAX_LIST = 1 << 20
"""Bytes of a list of updates on standard input."""


def width() -> int:
    """Return the terminal's columns, from 60 to 400, or 100 where there is no terminal."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, 60), 400)


def stdin_text() -> str:
    """Read standard input, up to a mebibyte; UTF-16 where PowerShell wrote it so.

    Raises:
        UsageError: it is longer; what a part of a list says of a machine could be wrong.
    """
    data = read_stdin(MAX_LIST)
    if len(data) > MAX_LIST:
        raise UsageError(f"<stdin>: over {MAX_LIST} bytes; a list of updates is shorter")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines, coloured where the terminal shows colours."""
    for line in lines:
        say_styled([(line.text, _STYLES.get(line.style, {}))])


def write(data: bytes, output: str) -> None:
    """Write bytes to standard output (``-``), or to a file as a whole or not at all.

    A link is followed, and what is no file (a device, a pipe) is written into.

    Raises:
        UsageError: the output is a folder or has no name.
    """
    if output == "-":
        put(data)
        return
    path = Path(os.path.realpath(output)) if output else Path()
    if path.is_dir():
        from gpogen.errors import UsageError

        raise UsageError(f"{output or repr(output)}: is a folder, not a file to write")
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    write_file(path, data)
