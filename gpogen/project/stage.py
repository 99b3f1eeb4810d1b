"""Changing the output folder: one gpogen at a time, all of a folder or nothing.

A new folder is written beside the old one and takes its place by two renames. What is removed is
removed file by file, by its manifest, so that nobody else's file can go with it. A run that was
killed in between is repaired by the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gpogen.errors import ContentError, GpogenError, UsageError
from gpogen.project.output import (
    foreign_files,
    foreign_message,
    is_own_dir,
    read_manifest,
    refusals,
)
from gpogen.project.tree import MANIFEST

_PREFIX = ".gpogen-"
_NEW, _OLD = ".new", ".old"
WAIT_SECONDS = 60.0
"""How long a build waits for another one into the same folder."""


@contextlib.contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keep other builds out of an output folder, and repair what a killed one left.

    The lock is a file in the temporary folder, so that nothing of it lies in the output.

    Raises:
        UsageError: another build goes on for too long, or the file system refuses.
    """
    name = hashlib.sha256(os.fsencode(output.resolve())).hexdigest()[:16]
    path = Path(
        tempfile.gettempdir(), f"gpogen-{os.getuid() if os.name == 'posix' else 0}-{name}.lock"
    )
    with refusals(path), path.open("a+b") as stream:
        _acquire(stream.fileno(), output)
        try:
            _repair(output)
            yield
        finally:
            _release(stream.fileno())


def _acquire(descriptor: int, output: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            raise UsageError(f"{output.as_posix()}: another gpogen is building into it")
        time.sleep(0.05)


if os.name == "nt":  # pragma: no cover - the other branch is tested here
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _staged(folder: Path, ending: str) -> Path:
    return folder.parent / f"{_PREFIX}{folder.name}{ending}"


def _repair(output: Path) -> None:
    """Finish or undo what a killed build left: an old folder goes back to its empty place."""
    if not output.is_dir():
        return
    with refusals(output):
        for path in sorted(output.iterdir()):
            if not path.name.startswith(_PREFIX) or not is_own_dir(path):
                continue
            if path.name.endswith(_OLD):
                _repair_old(path)
            elif path.name.endswith(_NEW):
                _remove_all(path)


def _repair_old(old: Path) -> None:
    target = old.parent / old.name[len(_PREFIX) : -len(_OLD)]
    if not target.exists():
        old.rename(target)
    else:
        remove_ours(old)


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Put files in a folder's place at once: either all of them, or the folder as it was.

    The caller holds the lock.

    Raises:
        UsageError: the file system refuses.
    """
    fresh, old = _staged(folder, _NEW), _staged(folder, _OLD)
    with refusals(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(fresh, files)
            if folder.exists():
                folder.rename(old)
            fresh.rename(folder)
        except BaseException:  # An interrupt, too, must not lose the old folder.
            if old.exists() and not folder.exists():
                old.rename(folder)
            _remove_all(fresh)
            raise
        if old.exists():
            remove_ours(old)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _remove_all(folder: Path) -> None:
    """Remove a stage that this lock's holder wrote; links are removed, never followed."""
    for base, folders, names in os.walk(folder, topdown=False):
        for name in names:
            Path(base, name).unlink()
        for name in folders:
            path = Path(base, name)
            path.unlink() if path.is_symlink() else path.rmdir()
    if folder.is_dir():
        folder.rmdir()


def remove_ours(folder: Path) -> None:
    """Remove the files of a folder's manifest and the folders that are empty then.

    Raises:
        UsageError: something is left that gpogen did not write: it is kept where it is.
        OSError: the file system refuses.
    """
    manifest = read_manifest(folder)
    names = [*(manifest.files if manifest else ()), MANIFEST]
    for name in names:
        (folder / name).unlink(missing_ok=True)
    parents = {parent for name in names for parent in (folder / name).parents}
    inside = [path for path in parents if path.is_relative_to(folder)]
    for path in sorted(inside, key=lambda path: len(path.parts), reverse=True):
        with contextlib.suppress(OSError):
            path.rmdir()
    if folder.exists():
        raise UsageError(f"{folder.as_posix()} holds what gpogen did not write; it was kept there")


def prune_folder(folder: Path) -> None:
    """Remove one of gpogen's folders whose profile is gone.

    Raises:
        ContentError: it holds files that gpogen did not write; nothing was removed.
        UsageError: the file system refuses.
    """
    foreign = foreign_files(folder)
    if foreign:
        raise ContentError(foreign_message(folder, foreign))
    old = _staged(folder, _OLD)
    with refusals(folder):
        folder.rename(old)
        try:
            remove_ours(old)
        except (OSError, GpogenError):
            if old.exists() and not folder.exists():
                old.rename(folder)
            raise
