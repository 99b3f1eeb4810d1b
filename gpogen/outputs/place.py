"""Where a build may write: the folder that its user named, and no other.

A checkout can hold a link named ``output``, or one on the way there. So below the current folder
no link is followed; whoever wants files elsewhere names that place itself.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from gpogen.disk.directory import Directory, Kind
from gpogen.errors import UsageError
from gpogen.outputs.folder import refusals


def open_output(path: Path, *, make: bool) -> Directory | None:
    """Open an output folder.

    Args:
        path: as the user named it.
        make: make it, and what is above it, where it is missing.

    Returns:
        The folder; None when it is missing and is not to be made.

    Raises:
        UsageError: it is a link, lies below a link in the current folder, or is not a folder; or
            the file system refuses.
    """
    with refusals(path):
        here, parts = _start(path)
        for part in parts:
            with here:
                inner = _enter(here, part, make=make)
            if inner is None:
                return None
            here = inner
    here.path = path
    return here


def _start(path: Path) -> tuple[Directory, list[str]]:
    """Return the folder from which on no link is followed, and the way on from there."""
    parts = _below(path)
    if parts is not None:
        return Directory.open(Path()), parts
    # The user has named a place outside; what leads there is the user's own affair.
    parent = _real(path if path.name in ("", "..") else path.parent)
    parent.mkdir(parents=True, exist_ok=True)
    return Directory.open(parent), [path.name] if path.name not in ("", "..") else []


def _below(path: Path) -> list[str] | None:
    """Return the way to a path from the current folder; None where it does not lead down."""
    try:
        way = Path(os.path.relpath(path, Path.cwd())) if path.is_absolute() else path
    except ValueError:  # Another drive of Windows.
        return None
    return None if way.is_absolute() or way.drive or ".." in way.parts else list(way.parts)


def _real(path: Path) -> Path:
    try:
        return path.resolve(strict=False)
    except RuntimeError:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None


def _enter(here: Directory, name: str, *, make: bool) -> Directory | None:
    kind, shown = here.kind(name), (here.path / name).as_posix()
    if kind is None and not make:
        return None
    if kind is None:
        here.make(name)
    elif kind is Kind.LINK:
        target = os.path.realpath(here.path / name)
        raise UsageError(f"{shown} is a link to {target}; use that path with --output")
    elif kind is not Kind.FOLDER:
        raise UsageError(f"{shown} is not a folder")
    return here.child(name)
