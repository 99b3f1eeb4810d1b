"""System calls that Python has no function for; each says whether this system has it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from functools import cache
from typing import Any

from gpogen.disk.directory import Directory

_EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2(2)."""
_UNABLE = {
    errno.ENOSYS,
    errno.EINVAL,
    errno.ENOTTY,
    errno.EOPNOTSUPP,
    errno.EPERM,
    errno.EXDEV,
}
"""What a kernel, a file system or a sandbox answers that has no exchange or no syncfs.

Some of them may have another cause: the plain rename that is tried instead then names it.
"""


@cache
def _library() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    with contextlib.suppress(OSError):
        return ctypes.CDLL(None, use_errno=True)
    return None


def exchange(first: Directory, second: Directory, name: str) -> bool:
    """Let the entries ``name`` of two folders change places, at once.

    Returns:
        Whether it was done; if not, nothing has changed.

    Raises:
        OSError: the file system refuses.
    """
    function = getattr(_library(), "renameat2", None)
    if function is None or first.descriptor is None or second.descriptor is None:
        return False
    sys.audit("gpogen.exchange", str(first.path / name), str(second.path / name))
    own = os.fsencode(name)
    if function(first.descriptor, own, second.descriptor, own, _EXCHANGE) == 0:
        return True
    return _refused(second, name)


def can_sync_all() -> bool:
    """Tell whether one call waits until all that was written is on the disk."""
    return sys.platform.startswith("linux")


def sync_all(folder: Directory) -> None:
    """Wait until all of the file system in which a folder lies is on the disk.

    Raises:
        OSError: the disk refuses.
    """
    if not _sync_one(folder) and sys.platform != "win32":
        os.sync()


def _sync_one(folder: Directory) -> bool:
    function = getattr(_library(), "syncfs", None)
    if function is None or folder.descriptor is None:
        return False
    return function(folder.descriptor) == 0 or _refused(folder, "")


def _refused(folder: Directory, name: str) -> bool:
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(folder.path / name))
