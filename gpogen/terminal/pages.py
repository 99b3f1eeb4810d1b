"""Lines with a style, and whole files, on standard output or elsewhere."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gpogen.errors import UsageError
from gpogen.files import write_file
from gpogen.terminal import color
from gpogen.terminal.plain import put, say_styled

if TYPE_CHECKING:
    from gpogen.calendar_views.lines import Line


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines, colored where the terminal shows colors."""
    for line in lines:
        say_styled([(line.text, color.LINES.get(line.style, color.PLAIN))])


def _refuse_way_out(path: Path) -> None:
    """Refuse a link, or a way through one, that leads out of the current folder.

    A repository can hold it. Whoever wants the file elsewhere names that place itself.

    Raises:
        UsageError: it leads out.
    """
    here, there = os.path.realpath(os.curdir), os.path.realpath(path)
    named_inside = Path(os.path.abspath(path)).is_relative_to(os.path.abspath(os.curdir))
    if named_inside and not Path(there).is_relative_to(here):
        raise UsageError(f"{path}: a link to {there}; use that path instead")


def write(data: bytes | Iterable[bytes], output: str) -> None:
    """Write bytes, or parts of them, to standard output (``-``) or to a file.

    A file is written as a whole or not at all.

    A link is followed as long as it stays in the current folder, and what is no file (a device,
    a pipe) is written into.

    Raises:
        UsageError: the output is a folder, has no name, leads out of the current folder by a
            link, or is a pipe that nobody reads.
        OSError: the system refuses.
    """
    if output == "-":
        for part in (data,) if isinstance(data, bytes) else data:
            put(part)
        return
    path = Path(output)
    _refuse_way_out(path)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    if stat.S_ISDIR(mode):
        raise UsageError(f"{output or repr(output)}: is a folder; use the path of a file")
    if stat.S_ISREG(mode):
        write_file(path, data)
        return
    try:
        # Without this, opening a pipe waits for somebody who reads it.
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        raise UsageError(f"{output}: a named pipe or socket without a reader") from None
    with os.fdopen(descriptor, "wb") as stream:
        if sys.platform != "win32":
            os.set_blocking(descriptor, True)
        stream.writelines((data,) if isinstance(data, bytes) else data)
