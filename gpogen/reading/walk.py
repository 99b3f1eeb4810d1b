"""Finding the GPOs and policy files below a folder, however deep they lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BACKUP = "backup.xml"
RAW = ".sambabackup"
"""What samba-tool adds to the names of files as they were."""
_SIDES = ("machine", "user")
_POLICY = "registry.pol"
_OUTPUT = "manifest.json"
"""The file of gpogen's own output folders."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder: the names in it, sorted. Links to folders are among neither and not followed."""

    path: Path
    folders: tuple[str, ...]
    files: tuple[str, ...]
    links: tuple[str, ...]


def list_folder(path: Path) -> Listing:
    """List one folder.

    Raises:
        OSError: it cannot be looked into.
    """
    folders, files, links = [], [], []
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif entry.is_symlink() and _is_folder(entry):
                links.append(entry.name)
            elif _is_file(entry):
                files.append(entry.name)
    return Listing(path, tuple(sorted(folders)), tuple(sorted(files)), tuple(sorted(links)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False  # A link in a circle.


@dataclass(frozen=True, slots=True)
class Found:
    """What lies below a folder.

    Attributes:
        backups: the Backup.xml of every GPO backup.
        folders: the GPO folders: SYSVOL's, a machine's own, samba-tool's.
        policies: the .pol files that belong to none of them.
        links: the links to folders, which are not followed.
    """

    backups: tuple[Path, ...]
    folders: tuple[Path, ...]
    policies: tuple[Path, ...]
    links: tuple[Path, ...]


def find(folder: Path) -> Found:
    """Look through a folder and all below it; it ends, because no link is followed.

    Raises:
        OSError: a folder cannot be looked into.
    """
    backups: list[Path] = []
    folders: list[Path] = []
    policies: list[Path] = []
    links: list[Path] = []
    stack = [(folder, False)]
    while stack:
        path, inside = stack.pop()
        here = list_folder(path)
        links += [path / name for name in here.links]
        own = [path / name for name in here.files if name.lower() == BACKUP]
        backups += own
        if not own and (_has_ini(here) if inside else is_gpo_folder(here)):
            folders.append(path)
            inside = True
        elif not inside and not own:
            policies += [path / name for name in here.files if name.lower().endswith(".pol")]
        # What lies in a GPO is part of it, unless it is another GPO.
        inside = inside or bool(own)
        below = here.folders
        if _OUTPUT in here.files and "gpo" in here.folders:
            # Our own output has the same policy in several formats, the backup among them.
            below = ("gpo",)
        stack += [(path / name, inside) for name in reversed(below)]
    return Found(tuple(backups), tuple(folders), tuple(policies), tuple(links))


def is_gpo_folder(here: Listing) -> bool:
    """Tell whether a folder is a GPO as SYSVOL, a machine or samba-tool holds it."""
    if _has_ini(here):
        return True
    if _OUTPUT in here.files:
        return False
    sides = [name for name in here.folders if name.lower() in _SIDES]
    return any(_is_side(list_folder(here.path / name)) for name in sides)


def _has_ini(here: Listing) -> bool:
    names = {name.lower().removesuffix(RAW).removesuffix(".xml") for name in here.files}
    return "gpt.ini" in names


def _is_side(here: Listing) -> bool:
    names = {name.lower().removesuffix(RAW).removesuffix(".xml") for name in here.files}
    return _POLICY in names or "preferences" in (name.lower() for name in here.folders)


def backups(folder: Path) -> Iterator[Path]:
    """Yield every Backup.xml below a folder, whatever the case of its name."""
    yield from find(folder).backups
