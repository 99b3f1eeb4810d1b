"""Lines with a style, and whole files, on standard output or elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gpogen.cli.plain import printable

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


def width() -> int:
    """Return the terminal's columns, from 60 to 400, or 100 where there is no terminal."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, 60), 400)


def stdin_text() -> str:
    """Read standard input, up to a mebibyte; UTF-16 where PowerShell wrote it so."""
    if sys.stdin is None:
        return ""
    data = sys.stdin.buffer.read(1 << 20)
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines, coloured where the terminal shows colours."""
    for line in lines:
        click.echo(click.style(printable(line.text), **_STYLES.get(line.style, {})))


def write(data: bytes, output: str) -> None:
    """Write bytes to standard output (``-``), or to a file as a whole or not at all.

    A link is followed, and what is no file (a device, a pipe) is written into.

    Raises:
        UsageError: the output is a folder or has no name.
    """
    if output == "-":
        if sys.stdout is not None:  # None when it was closed before we began
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        return
    path = Path(os.path.realpath(output)) if output else Path()
    if path.is_dir():
        from gpogen.errors import UsageError

        raise UsageError(f"{output or repr(output)}: is a folder, not a file to write")
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".gpogen-") as folder:
        part = Path(folder, path.name)
        part.write_bytes(data)
        os.replace(part, path)
