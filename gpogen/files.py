"""Files that somebody else may have put there: reading them, and writing them as a whole."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import signal
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from gpogen.errors import UsageError

YAML_SUFFIXES = (".yaml", ".yml")
_OWN_STREAM = re.compile(r"/dev/(stdin|fd/[0-9]+)|/proc/self/fd/[0-9]+")
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_CHUNK = 1 << 20
_BUFFER = 1 << 16
"""Bytes that a file is read by: with 8 KiB, finding the lines of reports takes twice as long."""
_OPEN = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def read_file(path: Path, limit: int, shown: str) -> bytes:
    """Read a regular file: its first ``limit + 1`` bytes, so that the caller sees "too large".

    Nothing else is opened, because opening a pipe waits for its writer and opening a device can
    act on it. A descriptor that whoever started gpogen has opened (``/dev/stdin``, ``/dev/fd/63``
    as a shell's ``<(...)`` gives it) is read like standard input.

    Args:
        path: the file; a link is followed.
        limit: bytes that the caller accepts.
        shown: the name that messages show.

    Raises:
        UsageError: it can't be opened, or is no regular file.
    """
    try:
        with open_file(path, shown) as opened:
            return read_first(opened.read, limit + 1)
    except OSError as error:
        raise UsageError(f"{shown}: {error.strerror or error}") from None


def open_file(path: Path, shown: str) -> BinaryIO:
    """Open a regular file for reading, or a descriptor of this process; see `read_file`.

    Raises:
        UsageError: it can't be opened, or is no regular file.
    """
    try:
        stream = is_own_stream(path)
        if not stream:
            _require_regular(os.stat(path), shown)
        descriptor = os.open(path, os.O_RDONLY | (0 if stream else _OPEN))
        try:
            if not stream:
                _require_regular(os.fstat(descriptor), shown)
            return os.fdopen(descriptor, "rb", _BUFFER)
        except BaseException:
            os.close(descriptor)
            raise
    except OSError as error:
        raise UsageError(f"{shown}: {error.strerror or error}") from None
    except ValueError:
        raise UsageError(f"{shown!r}: not a valid file name") from None


def read_stdin(limit: int) -> bytes:
    """Read the first ``limit + 1`` bytes of standard input.

    Raises:
        UsageError: it is closed, or can't be read.
    """
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        return read_first(sys.stdin.buffer.read, limit + 1)
    except OSError as error:
        raise UsageError(f"<stdin>: {error.strerror or error}") from None


def is_own_stream(path: Path) -> bool:
    """Tell whether a path names a descriptor of this very process, as a shell hands one over.

    The path itself must say so: a link to such a path is somebody else's doing.
    """
    return os.name == "posix" and _OWN_STREAM.fullmatch(str(path)) is not None


def read_first(read: Callable[[int], bytes], count: int) -> bytes:
    """Read the first ``count`` bytes, in parts: a stream sets memory aside for all it is asked."""
    parts: list[bytes] = []
    while count > 0 and (part := read(min(count, _CHUNK))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _require_regular(found: os.stat_result, shown: str) -> None:
    if stat.S_ISREG(found.st_mode):
        return
    if stat.S_ISDIR(found.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    kind = next((name for test, name in _KINDS if test(found.st_mode)), "something else")
    raise UsageError(f"{shown}: must be a regular file; this is {kind}")


class Roots:
    """The folders that files may come from which nobody named one by one.

    A file is judged by where it really lies, all links followed. A link that stays inside is as
    good as a file.
    """

    def __init__(self, *folders: Path) -> None:
        """Remember one folder or more as they really lie; messages name the first."""
        self._folders = tuple(dict.fromkeys(real(folder) for folder in folders))

    def __hash__(self) -> int:
        """Equal roots hold the same folders."""
        return hash(self._folders)

    def __eq__(self, other: object) -> bool:
        """Equal roots hold the same folders."""
        return isinstance(other, Roots) and self._folders == other._folders

    def refusal(self, path: Path) -> str:
        """Say why a file is not read; empty when it may be."""
        found = real(path)
        if not any(found.is_relative_to(folder) for folder in self._folders):
            return f"it points outside {self._folders[0].as_posix()}"
        is_link = found != Path(os.path.abspath(path))
        if is_link and found.suffix not in YAML_SUFFIXES and os.path.exists(found):
            return f"it is a link to something other than a {' or '.join(YAML_SUFFIXES)} file"
        return ""


def root_of(path: Path) -> Path:
    """Return the folder that a named file must stay in, links and all.

    It is the folder that gpogen was started in for what lies in there, else the file's own. The
    root of the file system confines nothing and is never taken.
    """
    here = Path(os.path.realpath(os.curdir))
    inside = Path(os.path.abspath(path)).is_relative_to(here) or real(path).is_relative_to(here)
    if inside and here != Path(here.anchor):
        return here
    return real(path.parent)


def real(path: Path) -> Path:
    """Return where a path really leads, also where nothing is or links go in a circle."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return Path(os.path.abspath("."), "?")


def write_file(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file, from bytes or parts of them, as a whole or not at all; a link is followed.

    The bytes go into a part beside the file, which then takes the file's place. Signals wait
    meanwhile. A part that a killed run left is removed by the next run that writes the same file.

    Raises:
        OSError: the system refuses.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    with _signals_wait():
        _sweep(target)
        descriptor, part = _open_part(target)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.writelines((data,) if isinstance(data, bytes) else data)
                opened.flush()
                if os.name == "posix":  # The lock lasts until the part is no part any more.
                    os.replace(part, target)
            if os.name != "posix":
                os.replace(part, target)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise


def _open_part(target: Path) -> tuple[int, Path]:
    """Make and lock a part; another run may take it for a dead one before it is locked."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    while True:
        part = target.with_name(f".{target.name}.gpogen-{secrets.token_hex(4)}")
        descriptor = os.open(part, flags, 0o666)
        if _lock(descriptor) and part.exists():
            return descriptor, part
        os.close(descriptor)


def _sweep(target: Path) -> None:
    """Remove the parts of runs that are dead: nobody holds their lock."""
    ours = re.compile(re.escape(f".{target.name}.gpogen-") + "[0-9a-f]{8}")
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if ours.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_dead(Path(entry.path))


def _remove_dead(part: Path) -> None:
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with contextlib.suppress(OSError):
        descriptor = os.open(part, flags)
        try:
            dead = _lock(descriptor)
        finally:
            if os.name != "posix":
                os.close(descriptor)
        if dead:
            part.unlink()  # Windows refuses it where somebody has the part open.
        if os.name == "posix":
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock an open file for as long as it is open; Windows locks by opening."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    """Let the signals that end a program wait for the end of a short piece of work."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(
        signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    )
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def refuse_input(
    output: str, folders: Iterable[str], files: Iterable[str], endings: tuple[str, ...]
) -> None:
    """Refuse to write an output over an input, or where the next run reads it as one.

    Args:
        output: where to write, or ``-``.
        folders: files, or folders that are read as a whole.
        files: other files; empty where there is none.
        endings: the endings of the files that are read of a folder.

    Raises:
        UsageError: the output is an input, or lies in a folder of inputs.
    """
    if output == "-":
        return
    there = Path(os.path.realpath(output))
    for name in filter(None, (*folders, *files)):
        if name == "-":
            continue
        given = Path(os.path.realpath(name))
        if given == there or (there.exists() and given.exists() and there.samefile(given)):
            raise UsageError(f"--output: {output} is an input, which it would replace")
    for name in folders if there.name.lower().endswith(endings) else ():
        given = Path(os.path.realpath(name))
        if name != "-" and given.is_dir() and there.is_relative_to(given):
            raise UsageError(
                f"--output: {output} is in {name}, so the next run would read it as a report; "
                "name a file elsewhere"
            )
