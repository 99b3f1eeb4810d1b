"""Keeping other gpogens out of a folder.

POSIX locks the folder itself, which leaves nothing behind and which whoever reaches the folder
shares, whatever user, container or TMPDIR. Where that cannot be had (Windows, some network file
systems), an empty file in the folder is locked instead, and removed afterwards. Both locks belong
to an open descriptor: with its process they are gone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator

from gpogen.disk.directory import Directory, Kind
from gpogen.errors import UsageError

FILE = ".gpogen.lock"
WAIT_SECONDS = 60.0
"""How long a build waits for another one into the same folder."""
_NO_FOLDERS = {errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}
"""What a file system answers that cannot lock a folder; NFS says EBADF."""

if sys.platform == "win32":  # pragma: no cover - the other branch is tested here
    import msvcrt

    def _try(descriptor: int, *, shared: bool) -> bool:
        del shared  # Windows' C library has exclusive locks only.
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(descriptor: int, *, shared: bool) -> bool:
        try:
            kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextlib.contextmanager
def locked(folder: Directory, *, shared: bool = False) -> Iterator[None]:
    """Keep other gpogens out of a folder as long as the block runs.

    Args:
        folder: what is locked.
        shared: only keep those out that change it. Nothing is written then; where a folder itself
            cannot be locked, nobody is kept out.

    Raises:
        UsageError: another one goes on for too long.
        OSError: the file system refuses.
    """
    if folder.descriptor is not None and _lock_folder(folder, shared=shared):
        try:
            yield
        finally:
            _release(folder.descriptor)
    elif shared:
        yield
    else:
        with _locked_file(folder):
            yield


def _lock_folder(folder: Directory, *, shared: bool) -> bool:
    descriptor = folder.descriptor
    assert descriptor is not None
    try:
        _wait(folder, lambda: _try(descriptor, shared=shared))
    except OSError as error:
        if error.errno in _NO_FOLDERS:
            return False
        raise
    return True


def _wait(folder: Directory, attempt: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not attempt():
        if time.monotonic() > deadline:
            raise UsageError(
                f"{folder.path.as_posix()}: another gpogen process is building into this folder"
            )
        time.sleep(0.05)


@contextlib.contextmanager
def _locked_file(folder: Directory) -> Iterator[None]:
    descriptor = -1

    def attempt() -> bool:
        nonlocal descriptor
        descriptor = _open(folder)
        if _try(descriptor, shared=False) and _is_current(folder, descriptor):
            return True
        os.close(descriptor)
        return False

    _wait(folder, attempt)
    try:
        yield
    finally:
        _drop(folder, descriptor)


def _open(folder: Directory) -> int:
    descriptor = folder.open_or_create(FILE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageError(
            f"{(folder.path / FILE).as_posix()}: not a regular file; move it to another place"
        )
    return descriptor


def _is_current(folder: Directory, descriptor: int) -> bool:
    """Tell whether the locked file still has the name; its last owner may have removed it."""
    named, own = folder.status(FILE), os.fstat(descriptor)
    return named is not None and (named.st_ino, named.st_dev) == (own.st_ino, own.st_dev)


def _drop(folder: Directory, descriptor: int) -> None:
    """Remove the file, when it is as gpogen makes it, and let it go."""
    remove = folder.kind(FILE) is Kind.FILE and os.fstat(descriptor).st_size == 0
    if remove and sys.platform != "win32":
        folder.remove_file(FILE)
    _release(descriptor)
    os.close(descriptor)
    if (
        remove and sys.platform == "win32"
    ):  # pragma: no cover - an open file cannot be removed there
        with contextlib.suppress(OSError):  # Somebody else has opened it meanwhile.
            folder.remove_file(FILE)
