"""The output folder on disk: whose files these are, writing at once, comparing, removing.

A folder ``output/<name>`` belongs to gpogen: what its manifest lists may be replaced and removed.
A file that the manifest does not list was put there by somebody, and stops the build.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gpogen.errors import ContentError, FormatError, UsageError
from gpogen.project.tree import MANIFEST, Manifest, decode_manifest, sha256

_STAGE = ".gpogen-"


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
    """Return every file below a folder by its posix path; a link counts as a file."""
    found: dict[str, Path] = {}
    for base, folders, names in os.walk(folder):
        here = Path(base)
        links = [name for name in folders if (here / name).is_symlink()]
        for name in (*names, *links):
            path = here / name
            found[path.relative_to(folder).as_posix()] = path
    return found


def foreign_files(folder: Path) -> tuple[str, ...]:
    """Return what in a folder gpogen did not write, sorted."""
    if not _is_own_dir(folder):
        return (folder.name,) if folder.exists() or folder.is_symlink() else ()
    manifest = read_manifest(folder)
    ours = {MANIFEST, *manifest.files} if manifest else set()
    found = files_of(folder)
    return tuple(sorted(path for path in found if path not in ours or found[path].is_symlink()))


def _is_own_dir(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


def compare(folder: Path, files: dict[str, bytes]) -> Difference:
    """Compare a folder with the files that belong there."""
    on_disk = files_of(folder) if folder.is_dir() else {}
    both = sorted(set(on_disk) & set(files))
    return Difference(
        added=tuple(sorted(set(files) - set(on_disk))),
        changed=tuple(path for path in both if not _same(on_disk[path], files[path])),
        removed=tuple(sorted(set(on_disk) - set(files))),
    )


def _same(path: Path, data: bytes) -> bool:
    if path.is_symlink() or path.stat().st_size != len(data):
        return False
    return sha256(path.read_bytes()) == sha256(data)


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Put files in a folder's place at once: either all of them, or the folder as it was.

    Raises:
        UsageError: the file system refuses.
    """
    with refusals(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_STAGE, dir=folder.parent) as stage:
            fresh, old = Path(stage, "new"), Path(stage, "old")
            _write(fresh, files)
            if folder.exists():
                folder.rename(old)
            try:
                fresh.rename(folder)
            except BaseException:  # an interrupt, too, must not lose the old folder
                if old.exists():
                    old.rename(folder)
                raise


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def orphans(output: Path, names: set[str]) -> list[Path]:
    """Return gpogen's folders in an output folder whose profile is gone, sorted."""
    if not output.is_dir():
        return []
    found = []
    for folder in sorted(output.iterdir()):
        if folder.name in names or folder.is_symlink() or not folder.is_dir():
            continue
        with contextlib.suppress(ContentError):
            if read_manifest(folder) is not None:
                found.append(folder)
    return found


def remove_folder(folder: Path) -> None:
    """Remove one of gpogen's folders.

    Raises:
        ContentError: it holds files that gpogen did not write.
        UsageError: the file system refuses.
    """
    foreign = foreign_files(folder)
    if foreign:
        raise ContentError(foreign_message(folder, foreign))
    with refusals(folder):
        shutil.rmtree(folder)


def foreign_message(folder: Path, foreign: tuple[str, ...]) -> str:
    """Say which files stop a build."""
    listed = ", ".join(foreign[:10]) + (f" and {len(foreign) - 10} more" if foreign[10:] else "")
    if not _is_own_dir(folder):
        return f"{folder.as_posix()} is no folder: move it away"
    return (
        f"{folder.as_posix()}: gpogen did not write {listed}: move it away, the folder is gpogen's"
    )
