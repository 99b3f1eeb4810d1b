"""The output folder on disk: whose files these are, and what differs.

A folder ``output/<name>`` belongs to gpogen: what its manifest lists may be replaced and removed.
A file that the manifest does not list was put there by somebody, and stops the build.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gpogen.errors import ContentError, FormatError, UsageError
from gpogen.project.tree import MANIFEST, Manifest, decode_manifest, sha256
from gpogen.project.verifying.signed import is_signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What writing would change in a folder: paths, sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether there is any difference."""
        return bool(self.added or self.changed or self.removed)


@contextlib.contextmanager
def refusals(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into an error that names the path.

    Raises:
        UsageError: the file system refuses.
    """
    try:
        yield
    except OSError as error:
        name = Path(error.filename or folder).as_posix()
        raise UsageError(f"{name}: {error.strerror or error}") from None


def read_manifest(folder: Path) -> Manifest | None:
    """Return a folder's manifest, or None when the folder is missing or has none.

    Raises:
        ContentError: there is a manifest.json that gpogen did not write.
    """
    path = folder / MANIFEST
    if not path.is_file() or path.is_symlink():
        return None
    try:
        with refusals(path):
            return decode_manifest(path.read_bytes())
    except FormatError as error:
        raise ContentError(f"{path.as_posix()}: {error}; move it away") from None


def files_of(folder: Path) -> dict[str, Path]:
    """Return every file below a folder by its posix path.

    A link counts as a file, and so does an empty folder: none of ours is empty.

    Raises:
        UsageError: a folder cannot be looked into.
    """
    found: dict[str, Path] = {}
    with refusals(folder):
        for base, folders, names in os.walk(folder, onerror=reraise):
            here = Path(base)
            links = [name for name in folders if (here / name).is_symlink()]
            if not folders and not names and here != folder:
                found[here.relative_to(folder).as_posix()] = here
            for name in (*names, *links):
                path = here / name
                found[path.relative_to(folder).as_posix()] = path
    return found


def reraise(error: OSError) -> None:
    """Stop a walk where a folder cannot be looked into, instead of passing over it."""
    raise error


def foreign_files(folder: Path) -> tuple[str, ...]:
    """Return what in a folder gpogen did not write, sorted."""
    if not is_own_dir(folder):
        return (folder.name,) if folder.exists() or folder.is_symlink() else ()
    manifest = read_manifest(folder)
    ours = {MANIFEST, *manifest.files} if manifest else set()
    found = files_of(folder)
    folders = _folders_of(ours)
    return tuple(
        sorted(
            path
            for path in found
            if (path not in ours and path not in folders) or found[path].is_symlink()
        )
    )


def _folders_of(names: Iterable[str]) -> set[str]:
    """Return the folders that files lie in, those above them included."""
    return {parent.as_posix() for name in names for parent in PurePosixPath(name).parents} - {"."}


def is_own_dir(folder: Path) -> bool:
    """Tell whether a path is a folder, and no link to one."""
    return folder.is_dir() and not folder.is_symlink()


def compare(folder: Path, files: dict[str, bytes]) -> Difference:
    """Compare a folder with the files that belong there; a script's signature is no change."""
    on_disk = files_of(folder) if folder.is_dir() else {}
    for path in _folders_of(files) & set(on_disk):
        del on_disk[path]
    both = sorted(set(on_disk) & set(files))
    return Difference(
        added=tuple(sorted(set(files) - set(on_disk))),
        changed=tuple(path for path in both if not _same(on_disk[path], files[path])),
        removed=tuple(sorted(set(on_disk) - set(files))),
    )


def _same(path: Path, data: bytes) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    if path.stat().st_size != len(data):
        return _is_signed(path, data)
    return sha256(path.read_bytes()) == sha256(data)


def _is_signed(path: Path, data: bytes) -> bool:
    """Tell whether a file is a script that was signed and else is as it was made."""
    if path.suffix.lower() != ".ps1" or path.stat().st_size < len(data):
        return False
    return is_signed(path.name, path.read_bytes(), lambda body: body == data)


def signed_files(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the signed bytes of the scripts in a folder that else are as they were made."""
    found = {path: folder / path for path in files if path.endswith(".ps1")}
    return {
        path: file.read_bytes()
        for path, file in found.items()
        if file.is_file() and not file.is_symlink() and _is_signed(file, files[path])
    }


def orphans(output: Path, names: set[str]) -> list[Path]:
    """Return gpogen's folders in an output folder whose profile is gone, sorted."""
    if not output.is_dir():
        return []
    found = []
    for folder in sorted(output.iterdir()):
        if folder.name in names or folder.name.startswith(".") or not is_own_dir(folder):
            continue
        with contextlib.suppress(ContentError):
            if read_manifest(folder) is not None:
                found.append(folder)
    return found


def foreign_message(folder: Path, foreign: tuple[str, ...]) -> str:
    """Say which files stop a build."""
    listed = ", ".join(foreign[:10]) + (f" and {len(foreign) - 10} more" if foreign[10:] else "")
    if not is_own_dir(folder):
        return f"{folder.as_posix()} is no folder: move it away"
    return (
        f"{folder.as_posix()}: gpogen did not write {listed}: move it away, the folder is gpogen's"
    )
