"""One open folder, and what is done in it by the names of its entries.

On POSIX every operation is relative to the folder's descriptor and never follows a link, so that
nobody can lead it elsewhere by exchanging a folder for a link. Windows has no such descriptors:
there each step first makes sure that the entry is no link and no junction, and then uses the path.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from gpogen.errors import UsageError
from gpogen.files import read_first

BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NOFOLLOW | getattr(os, "O_CLOEXEC", 0)
# A named pipe would keep an open() waiting; without O_NONBLOCK even the question what it is.
_FILE = _NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_REPARSE = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)
_NO_FLUSH = {errno.EINVAL, errno.EBADF, errno.ENOTSUP, errno.ENOSYS}
"""What a file system answers that keeps no folders waiting."""
MAX_DEPTH = 100
"""Folders in folders that a walk enters; what lies deeper is one entry that nobody looks into."""


class Kind(Enum):
    """What an entry of a folder is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


def _kind(status: os.stat_result) -> Kind:
    mode = status.st_mode
    if stat.S_ISLNK(mode) or getattr(status, "st_file_attributes", 0) & _REPARSE:
        return Kind.LINK
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.FILE if stat.S_ISREG(mode) else Kind.OTHER


class Directory:
    """An open folder.

    Every method takes the name of an entry, without a separator, and raises OSError with the
    whole path in ``filename`` when the file system refuses.

    Attributes:
        descriptor: the folder's descriptor; None on Windows.
    """

    def __init__(self, above: Directory | None, name: Path | str, descriptor: int | None) -> None:
        """Take over an open descriptor; use :meth:`open` and :meth:`child` instead."""
        self._above = above
        self._name = name
        self.descriptor = descriptor

    @cached_property
    def path(self) -> Path:
        """Where the folder was when it was opened; for messages, which are rare."""
        return Path(self._name) if self._above is None else self._above.path / self._name

    @classmethod
    def open(cls, path: Path) -> Directory:
        """Open a folder by its path, whose last part must be no link.

        Raises:
            OSError: it is missing, a link or no folder.
        """
        with _Named(path):
            if BY_DESCRIPTOR:
                return cls(None, path, os.open(path, _FOLDER))
            _refuse_other(_kind(os.lstat(path)), path)
            return cls(None, path, None)

    def __enter__(self) -> Directory:
        """Return the folder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the folder."""
        self.close()

    def close(self) -> None:
        """Close the descriptor."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def _at(self, name: str) -> tuple[Any, int | None]:
        """Return what to call an entry in a system call, and the descriptor to go with it."""
        if name in ("", ".", "..") or "/" in name or (os.sep != "/" and os.sep in name):
            raise ValueError(f"{name!r} is not a valid entry name")
        return (name if self.descriptor is not None else self.path / name), self.descriptor

    def child(self, name: str) -> Directory:
        """Open a folder in this one.

        Raises:
            OSError: it is missing, a link or no folder.
        """
        if self.descriptor is None:
            return Directory.open(self.path / name)
        target, at = self._at(name)
        with _Named(self, name):
            return Directory(self, name, os.open(target, _FOLDER, dir_fd=at))

    def make(self, name: str, mode: int = 0o777) -> None:
        """Make a folder that must not exist."""
        target, at = self._at(name)
        with _Named(self, name):
            os.mkdir(target, mode, dir_fd=at)

    def status(self, name: str) -> os.stat_result | None:
        """Return what an entry itself is, not what it leads to; None when there is none."""
        target, at = self._at(name)
        try:
            with _Named(self, name):
                return os.stat(target, dir_fd=at, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def kind(self, name: str) -> Kind | None:
        """Return what an entry is; None when there is none."""
        status = self.status(name)
        return None if status is None else _kind(status)

    def entries(self) -> list[tuple[str, Kind]]:
        """Return every entry and what it is, sorted by name."""
        with _Named(self):
            where = self.path if self.descriptor is None else self.descriptor
            with os.scandir(where) as found:
                names = sorted(entry.name for entry in found)
        kinds = ((name, self.kind(name)) for name in names)
        return [(name, kind) for name, kind in kinds if kind is not None]

    def read(self, name: str, limit: int) -> bytes:
        """Read a file.

        Raises:
            UsageError: it is no file, or larger than ``limit`` bytes.
            OSError: the file system refuses.
        """
        with self._opened(name) as stream:
            data = read_first(stream.read, limit + 1)
        if len(data) > limit:
            raise UsageError(f"{self._shown(name)}: more than {limit} bytes")
        return data

    def lines(self, name: str, limit: int) -> Iterator[bytes]:
        """Yield the whole lines of a file with their ends, one at a time.

        The first line that is longer than ``limit`` bytes, or has no end, ends it.

        Raises:
            UsageError: it is no file.
            OSError: the file system refuses.
        """
        with self._opened(name) as stream:
            while (line := stream.readline(limit)).endswith(b"\n"):
                yield line

    @contextlib.contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        descriptor = self._open_file(name)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UsageError(f"{self._shown(name)}: not a regular file")
            yield stream

    def _open_file(self, name: str) -> int:
        target, at = self._at(name)
        with _Named(self, name):
            if at is None:
                _refuse_other(_kind(os.lstat(target)), Path(target), Kind.FILE)
            return os.open(target, os.O_RDONLY | _FILE | _BINARY, dir_fd=at)

    def _shown(self, name: str) -> str:
        return (self.path / name).as_posix()

    def create(self, name: str, data: bytes, *, durable: bool) -> None:
        """Write a file that must not exist; ``durable`` waits until it is on the disk."""
        target, at = self._at(name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE | _BINARY
        with _Named(self, name), _closing(os.open(target, flags, 0o666, dir_fd=at)) as descriptor:
            _write(descriptor, data)
            if durable:
                os.fsync(descriptor)

    def append(self, name: str, data: bytes, *, durable: bool) -> None:
        """Write at the end of a file that exists; where the disk refuses a part, nothing is.

        ``durable`` waits until it is on the disk.
        """
        target, at = self._at(name)
        with _Named(self, name):
            if at is None:
                _refuse_other(_kind(os.lstat(target)), Path(target), Kind.FILE)
            flags = os.O_WRONLY | os.O_APPEND | _FILE | _BINARY
            with _closing(os.open(target, flags, dir_fd=at)) as descriptor:
                before = os.fstat(descriptor).st_size
                try:
                    _write(descriptor, data)
                except OSError:
                    os.ftruncate(descriptor, before)
                    raise
                if durable:
                    os.fsync(descriptor)

    def open_or_create(self, name: str) -> int:
        """Open a file for locking, and make an empty one where there is none."""
        target, at = self._at(name)
        with _Named(self, name):
            if at is None and (status := self.status(name)) is not None:
                _refuse_other(_kind(status), Path(target), Kind.FILE)
            return os.open(target, os.O_RDWR | os.O_CREAT | _FILE, 0o666, dir_fd=at)

    def remove_file(self, name: str) -> None:
        """Remove an entry that is no folder."""
        target, at = self._at(name)
        with _Named(self, name):
            os.unlink(target, dir_fd=at)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""
        target, at = self._at(name)
        with _Named(self, name):
            os.rmdir(target, dir_fd=at)

    def move(self, name: str, to: Directory, new_name: str) -> None:
        """Move an entry into a place in which nothing is but at most an empty folder."""
        target, at = self._at(name)
        place, beside = to._at(new_name)
        with _Named(to, new_name):
            os.rename(target, place, src_dir_fd=at, dst_dir_fd=beside)

    def flush(self) -> None:
        """Wait until the folder's own entries are on the disk, where folders can be waited for."""
        if self.descriptor is None:
            return
        try:
            with _Named(self):
                os.fsync(self.descriptor)
        except OSError as error:
            if error.errno not in _NO_FLUSH:
                raise


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class _Named:
    """Puts the whole path into an error, where the system call knew the last part alone."""

    __slots__ = ("_folder", "_name")

    def __init__(self, folder: Directory | Path, name: str = "") -> None:
        self._folder = folder
        self._name = name

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Name the path; the error goes on."""
        if isinstance(error, OSError):
            path = self._folder if isinstance(self._folder, Path) else self._folder.path
            error.filename, error.filename2 = str(path / self._name), None


def _refuse_other(kind: Kind, path: Path, wanted: Kind = Kind.FOLDER) -> None:
    if kind is not wanted:
        raise NotADirectoryError(errno.ENOTDIR, f"is not a plain {wanted.value}", str(path))


@contextlib.contextmanager
def folder_of(root: Directory, path: str) -> Iterator[tuple[Directory, str]]:
    """Open the folder that a relative path with ``/`` leads to; yield it and the last name.

    Raises:
        OSError: a part of it is missing, a link or no folder.
    """
    *above, name = path.split("/")
    with contextlib.ExitStack() as stack:
        here = root
        for part in above:
            here = stack.enter_context(here.child(part))
        yield here, name


def walk(root: Directory) -> dict[str, Kind]:
    """Return everything below a folder by its path, with ``/`` between the parts.

    A folder stands in it only when it is empty, or lies too deep to be looked into.

    Raises:
        OSError: a folder cannot be looked into.
    """
    found: dict[str, Kind] = {}
    _walk(root, "", 0, found)
    return found


def _walk(folder: Directory, prefix: str, depth: int, found: dict[str, Kind]) -> bool:
    """Collect what lies in a folder; tell whether there is anything in it."""
    entries = folder.entries()
    for name, kind in entries:
        path = f"{prefix}{name}"
        if kind is Kind.FOLDER and depth < MAX_DEPTH:
            with folder.child(name) as inner:
                if _walk(inner, f"{path}/", depth + 1, found):
                    continue
        found[path] = kind
    return bool(entries)
