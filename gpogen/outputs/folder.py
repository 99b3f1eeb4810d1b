"""The output folder on disk: whose files these are, and what differs.

A folder ``output/<name>`` belongs to gpogen: what its manifest lists may be replaced, and removed
where it still is as gpogen wrote it. A file that the manifest does not list was put there by
somebody, and stops the build. No link is followed.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gpogen.disk.directory import Directory, Kind, folder_of, walk
from gpogen.errors import ContentError, FormatError, UsageError
from gpogen.outputs.signed import SIGNABLE, is_signed
from gpogen.outputs.tree import MANIFEST, MAX_MANIFEST, Manifest, decode_manifest, sha256

MAX_SIGNATURE = 1 << 20
"""Bytes by which a script may be longer than it was made."""
MAX_FILE = 256 << 20
"""Bytes of one file of an output folder that is read whole."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What lies in an output folder.

    Attributes:
        path: the folder.
        manifest: its manifest; None when it has none.
        entries: every file, link and empty folder below it, by its path.
    """

    path: Path
    manifest: Manifest | None
    entries: dict[str, Kind]

    @property
    def ours(self) -> set[str]:
        """The files that gpogen wrote, by the manifest."""
        return {MANIFEST, *self.manifest.files} if self.manifest else set()

    def is_file(self, path: str) -> bool:
        """Tell whether there is a file, and not a link to one."""
        return self.entries.get(path) is Kind.FILE

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """Read a file.

        Raises:
            UsageError: it is larger than ``limit`` bytes, or the file system refuses.
        """
        with self._open(path) as (inner, name):
            return inner.read(name, limit)

    def size(self, path: str) -> int:
        """Return a file's bytes.

        Raises:
            UsageError: the file system refuses.
        """
        with self._open(path) as (inner, name):
            status = inner.status(name)
            return status.st_size if status and stat.S_ISREG(status.st_mode) else -1

    @contextlib.contextmanager
    def _open(self, path: str) -> Iterator[tuple[Directory, str]]:
        with refusals(self.path), Directory.open(self.path) as root, folder_of(root, path) as found:
            yield found

    def holds(self, path: str, data: bytes) -> bool:
        """Tell whether a file is there with these bytes, and a signature at most."""
        if not self.is_file(path):
            return False
        more = self.size(path) - len(data)
        if more == 0:
            return self.read(path, len(data)) == data
        if not 0 < more <= MAX_SIGNATURE or not path.lower().endswith(SIGNABLE):
            return False
        return is_signed(path, self.read(path), lambda body: body == data)

    def is_as_written(self, path: str) -> bool:
        """Tell whether a file that the manifest lists is as gpogen wrote it, but for a signature.

        A missing file is.
        """
        if self.manifest is None or path not in self.manifest.files or path not in self.entries:
            return True
        if not self.is_file(path):
            return False
        right, data = self.manifest.files[path].sha256, self.read(path)
        return sha256(data) == right or is_signed(path, data, lambda body: sha256(body) == right)


def look(path: Path) -> Folder | None:
    """Look into an output folder; None when there is none.

    Raises:
        ContentError: it is no folder, or its manifest.json was not written by gpogen.
        UsageError: a folder cannot be looked into.
    """
    if not is_own_dir(path):
        if os.path.lexists(path):
            raise ContentError(f"{path.as_posix()} is not a folder: move it to another place")
        return None
    with refusals(path), Directory.open(path) as root:
        return Folder(path=path, manifest=_manifest(root), entries=walk(root))


def _manifest(root: Directory) -> Manifest | None:
    if root.kind(MANIFEST) is not Kind.FILE:
        return None
    try:
        return decode_manifest(root.read(MANIFEST, MAX_MANIFEST))
    except FormatError as error:
        name = (root.path / MANIFEST).as_posix()
        raise ContentError(f"{name}: {error}; move it to another place") from None


def read_manifest(folder: Path) -> Manifest | None:
    """Return a folder's manifest, or None when the folder is missing or has none.

    Raises:
        ContentError: there is a manifest.json that gpogen did not write.
        UsageError: the file system refuses.
    """
    if not is_own_dir(folder):
        return None
    with refusals(folder), Directory.open(folder) as root:
        return _manifest(root)


def foreign_files(folder: Folder) -> tuple[str, ...]:
    """Return what in a folder gpogen did not write, sorted."""
    ours = folder.ours
    folders = _folders_of(ours)
    return tuple(
        sorted(
            path for path, kind in folder.entries.items() if not _is_ours(path, kind, ours, folders)
        )
    )


def _is_ours(path: str, kind: Kind, ours: set[str], folders: set[str]) -> bool:
    if kind is Kind.FILE:
        return path in ours
    return kind is Kind.FOLDER and path in folders


def _folders_of(names: Iterable[str]) -> set[str]:
    """Return the folders that files lie in, those above them included."""
    return {parent.as_posix() for name in names for parent in PurePosixPath(name).parents} - {"."}


def refuse_foreign(folder: Folder, wanted: Collection[str]) -> None:
    """Make sure that nothing is lost when a folder is replaced by one with the ``wanted`` files.

    Raises:
        ContentError: it holds what gpogen did not write, or what somebody has changed and
            nothing makes again.
        UsageError: the file system refuses.
    """
    foreign = foreign_files(folder)
    if foreign:
        told = f"gpogen did not write {_some(foreign)}"
        raise ContentError(
            f"{folder.path.as_posix()}: {told}: move it to another place, because gpogen "
            "manages this folder"
        )
    gone = sorted(folder.ours - {MANIFEST, *wanted})
    changed = [path for path in gone if not folder.is_as_written(path)]
    if changed:
        told = f"{_some(changed)} changed since gpogen wrote it, and no profile produces it now"
        raise ContentError(
            f"{folder.path.as_posix()}: {told}: move it to another place or remove it"
        )


def _some(names: Collection[str]) -> str:
    first = list(names)[:10]
    return ", ".join(first) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def is_own_dir(folder: Path) -> bool:
    """Tell whether a path is a folder, and no link to one."""
    return folder.is_dir() and not folder.is_symlink()


def compare(folder: Folder | None, files: dict[str, bytes]) -> Difference:
    """Compare a folder with the files that belong there; a script's signature is no change."""
    on_disk = set(folder.entries) - _folders_of(files) if folder is not None else set()
    return Difference(
        added=tuple(sorted(set(files) - on_disk)),
        changed=tuple(
            path
            for path in sorted(on_disk & set(files))
            if folder is not None and not folder.holds(path, files[path])
        ),
        removed=tuple(sorted(on_disk - set(files))),
    )


def signed_files(folder: Folder, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the signed bytes of the scripts in a folder that else are as they were made."""
    scripts = [path for path in files if path.endswith(SIGNABLE) and folder.is_file(path)]
    longer = [path for path in scripts if folder.size(path) > len(files[path])]
    return {path: folder.read(path) for path in longer if folder.holds(path, files[path])}


def orphans(output: Path, names: set[str]) -> list[Path]:
    """Return gpogen's folders in an output folder whose profile is gone, sorted."""
    if not output.is_dir():
        return []
    found = []
    with refusals(output):
        folders = sorted(output.iterdir())
    for folder in folders:
        if folder.name in names or folder.name.startswith(".") or not is_own_dir(folder):
            continue
        with contextlib.suppress(ContentError, UsageError):
            if read_manifest(folder) is not None:
                found.append(folder)
    return found
