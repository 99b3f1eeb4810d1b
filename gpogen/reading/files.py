"""The files of a folder, on disk or in memory, found without regard to case as Windows does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gpogen.errors import UsageError
from gpogen.outputs.folder import refusals
from gpogen.reading.read import read_bytes

_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Files:
    """A folder.

    Attributes:
        names: its files, relative, with ``/`` between their parts.
        read: returns the bytes of one of ``names``.
        others: what lies there besides files and folders: links, which are not followed, pipes.
    """

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    _files: Mapping[str, str]
    _folders: Mapping[str, str]
    others: tuple[str, ...] = ()

    def find(self, name: str) -> str | None:
        """Return a file's name as it is spelt here; None when there is none."""
        return self._files.get(name) or self._files.get(name.lower())

    def twins(self) -> list[tuple[str, str]]:
        """Return files whose names differ by nothing but their case; Windows has one of them."""
        first: dict[str, str] = {}
        pairs = [(first.setdefault(name.lower(), name), name) for name in self.names]
        return [pair for pair in pairs if pair[0] != pair[1]]

    def find_folder(self, name: str) -> str | None:
        """Return a folder's name as it is spelt here; None when there is none."""
        return self._folders.get(name) or self._folders.get(name.lower())


def _files(
    names: Iterable[str],
    folders: Iterable[str],
    read: Callable[[str], bytes],
    others: Iterable[str] = (),
) -> Files:
    own = tuple(sorted(names))
    return Files(own, read, _spelt(own), _spelt(sorted(folders)), tuple(sorted(others)))


def _spelt(names: Sequence[str]) -> dict[str, str]:
    """Return every name by itself, and by its lower case."""
    return {name.lower(): name for name in names} | {name: name for name in names}


def in_memory(files: Mapping[str, bytes]) -> Files:
    """Wrap files that were not written yet."""
    parents = {name[:at] for name in files for at, char in enumerate(name) if char == "/"}
    return _files(files, {".", *parents} if files else (), files.__getitem__)


def on_disk(folder: Path, max_size: int) -> Files:
    """Look into a folder; links are not followed.

    Raises:
        UsageError: a folder cannot be looked into.
    """
    names: list[str] = []
    folders: list[str] = []
    others: list[str] = []
    with refusals(folder):
        for base, inner, files in os.walk(folder, onerror=reraise):
            here = Path(base)
            if len(here.parts) - len(folder.parts) > _DEPTH:
                raise UsageError(f"{folder}: more than {_DEPTH} levels of folders")
            folders += [(here / name).relative_to(folder).as_posix() for name in inner]
            own = {(here / name).relative_to(folder).as_posix(): here / name for name in files}
            names += [name for name, path in own.items() if _is_plain(path)]
            others += [name for name, path in own.items() if not _is_plain(path)]
            links = (here / name for name in inner if (here / name).is_symlink())
            others += [path.relative_to(folder).as_posix() for path in links]
    return _files(names, folders, lambda name: read_bytes(folder / name, max_size), others)


def reraise(error: OSError) -> None:
    """Stop a walk where a folder cannot be looked into, instead of passing over it."""
    raise error


def _is_plain(path: Path) -> bool:
    """Tell a file from links, and from pipes, which could be waited for without end."""
    return path.is_file() and not path.is_symlink()
