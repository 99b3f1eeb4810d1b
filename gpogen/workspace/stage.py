"""Changing the output folder: all of a profile's folder or nothing, whenever the run is stopped.

A run makes one working folder in the output folder and writes every new folder into it. When all
of them are on the disk, each changes places with the old one, and only then is anything removed.

The working folder proves by itself that gpogen made it: its name is random and ends with a check
of itself, and its journal lists every file before it is written. What neither the journal nor a
manifest lists is never removed; nothing outside is ever reached, because no step follows a link.

====== =========================================================================================
new    folders that were written, until they change places; then what they took the place of
old    folders that were moved out of their place where two folders cannot change places at once
gone   folders to be removed
====== =========================================================================================

A run that finds the working folder of a killed one puts back what is in ``old`` and has left its
place empty, and removes the rest.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping

from gpogen.disk import kernel
from gpogen.disk.directory import Directory, Kind, folder_of
from gpogen.errors import GpogenError
from gpogen.outputs.tree import MANIFEST, MAX_MANIFEST, PROFILE_NAME, decode_manifest
from gpogen.workspace import journal

_NAME = re.compile(r"\.gpogen-([0-9a-f]{24})([0-9a-f]{8})")
_NEW, _OLD, _GONE = "new", "old", "gone"
_FOREIGN = "it has files that gpogen did not write"
_FULL = {errno.ENOTEMPTY, errno.EEXIST}


class Stage:
    """The working folder of one run. The caller holds the lock on the output folder.

    Attributes:
        left: what could not be removed, by its path, and why.
    """

    def __init__(self, output: Directory, name: str) -> None:
        """Take over a working folder that exists; use :func:`staging` instead."""
        self._output = output
        self._name = name
        self._root = output.child(name)
        self.left: dict[str, str] = {}

    def add(self, name: str, files: Mapping[str, bytes]) -> None:
        """Write a new folder, without putting it into its place; the journal says so first.

        Raises:
            OSError: the file system refuses.
        """
        durable = not kernel.can_sync_all()
        journal.note(self._root, name, files, durable=durable)
        with self._root.child(_NEW) as new:
            new.make(name)
            with new.child(name) as folder:
                for above in _folders(files):
                    with folder_of(folder, above) as (parent, own):
                        parent.make(own)
                for paths in _by_folder(files):
                    with folder_of(folder, paths[0]) as (parent, _):
                        for path in paths:
                            parent.create(path.rpartition("/")[2], files[path], durable=durable)
                        if durable:
                            parent.flush()

    def sync(self) -> None:
        """Wait until every new folder is on the disk.

        Raises:
            OSError: the disk refuses.
        """
        if kernel.can_sync_all():
            kernel.sync_all(self._root)

    def switch(self, name: str) -> None:
        """Put a new folder into its place; the old one stays in the working folder.

        Raises:
            OSError: the file system refuses; the old folder is in its place.
        """
        with self._root.child(_NEW) as new:
            if self._output.kind(name) is None:
                new.move(name, self._output, name)
            elif kernel.exchange(new, self._output, name):
                self._drop(new, name)
            else:
                self._replace(new, name)

    def _replace(self, new: Directory, name: str) -> None:
        """Put a new folder into its place by two renames, between which there is none."""
        with self._root.child(_OLD) as old:
            self._output.move(name, old, name)
            try:
                new.move(name, self._output, name)
            except BaseException:  # An interrupt, too, must not lose the old folder.
                old.move(name, self._output, name)
                raise
            self._drop(old, name)

    def discard(self, name: str) -> None:
        """Take a folder out of the output folder.

        Raises:
            OSError: the file system refuses.
        """
        self._drop(self._output, name)

    def _drop(self, folder: Directory, name: str) -> None:
        with self._root.child(_GONE) as gone:
            folder.move(name, gone, name)

    def end(self) -> None:
        """Remove the working folder with all that gpogen wrote, and note in ``left`` what stays.

        Raises:
            OSError: the file system refuses.
        """
        self._output.flush()
        names = [name for name in (_GONE, _OLD, _NEW) if self._root.kind(name) is Kind.FOLDER]
        with contextlib.ExitStack() as stack:
            parts = [stack.enter_context(self._root.child(name)) for name in names]
            for name, files in journal.read(self._root):
                for part in parts:
                    _remove_listed(part, name, files)
            for part in parts:
                self._empty(part)
        for name in names:
            _remove_empty(self._root, name)
        self._leave()

    def _leave(self) -> None:
        names = [name for name, _ in self._root.entries()]
        if names == [journal.NAME] and self._root.kind(journal.NAME) is Kind.FILE:
            self._root.remove_file(journal.NAME)
            names = []
        if not names:
            self._output.remove_folder(self._name)
        elif not self.left:
            self.left[self._root.path.as_posix()] = _FOREIGN

    def _empty(self, part: Directory) -> None:
        """Remove what the manifests list, and note what stays."""
        for name, kind in part.entries():
            path = (part.path / name).as_posix()
            try:
                if kind is not Kind.FOLDER or not remove_ours(part, name):
                    self.left[path] = _FOREIGN
            except OSError as error:
                self.left[path] = error.strerror or str(error)

    def restore(self) -> None:
        """Put back the folders that a killed run had moved out of their place.

        Raises:
            OSError: the file system refuses.
        """
        if self._root.kind(_OLD) is not Kind.FOLDER:
            return
        with self._root.child(_OLD) as old:
            for name, kind in old.entries():
                is_folder = kind is Kind.FOLDER and PROFILE_NAME.fullmatch(name)
                if is_folder and self._output.kind(name) is None:
                    old.move(name, self._output, name)

    def close(self) -> None:
        """Let the working folder go, without removing anything."""
        self._root.close()


@contextlib.contextmanager
def staging(output: Directory) -> Iterator[Stage]:
    """Make a working folder; the caller ends it, and an error does.

    Raises:
        OSError: the file system refuses.
    """
    name = _new_name()
    output.make(name, 0o700)
    try:
        stage = Stage(output, name)
    except BaseException:
        output.remove_folder(name)
        raise
    with contextlib.closing(stage):
        try:
            _prepare(stage._root)
            yield stage
        except BaseException:
            # What is going on matters more than what cannot be removed; the next run tries again.
            with contextlib.suppress(OSError):
                stage.restore()
                stage.end()
            raise


def _prepare(root: Directory) -> None:
    root.create(journal.NAME, b"", durable=True)
    for part in (_NEW, _OLD, _GONE):
        root.make(part)
    root.flush()


def heal(output: Directory) -> dict[str, str]:
    """Finish or undo what killed runs left in an output folder. The caller holds the lock.

    Returns:
        What could not be removed, by its path, and why.
    """
    left: dict[str, str] = {}
    for name, kind in output.entries():
        if kind is not Kind.FOLDER or not _is_own_name(name):
            continue
        try:
            left |= _heal(output, name)
        except (OSError, GpogenError) as error:
            left[(output.path / name).as_posix()] = getattr(error, "strerror", None) or str(error)
    return left


def _heal(output: Directory, name: str) -> dict[str, str]:
    with contextlib.closing(Stage(output, name)) as stage:
        stage.restore()
        stage.end()
        return stage.left


def _new_name() -> str:
    token = secrets.token_hex(12)
    return f".gpogen-{token}{_check(token)}"


def _check(token: str) -> str:
    return hashlib.sha256(f"gpogen stage {token}".encode()).hexdigest()[:8]


def _is_own_name(name: str) -> bool:
    match = _NAME.fullmatch(name)
    return match is not None and _check(match[1]) == match[2]


def remove_ours(parent: Directory, name: str, more: Iterable[str] = ()) -> bool:
    """Remove from a folder the files that its manifest lists, and the folders that are empty then.

    The manifest goes last, so that whoever stops this can always go on.

    Args:
        parent: where the folder lies.
        name: the folder.
        more: further paths that were written there.

    Returns:
        Whether nothing was left, and the folder is gone.

    Raises:
        OSError: the file system refuses.
    """
    with parent.child(name) as folder:
        paths = {*_listed_in(folder), *more} - {MANIFEST}
        for path in sorted(paths):
            _remove_file(folder, path)
        for above in reversed(_folders(paths)):
            with contextlib.suppress(FileNotFoundError), _inside(folder, above) as (inner, own):
                _remove_empty(inner, own)
        if [entry for entry, _ in folder.entries()] == [MANIFEST]:
            _remove_file(folder, MANIFEST)
    return _remove_empty(parent, name)


def _remove_listed(part: Directory, name: str, files: Iterable[str]) -> None:
    """Remove a folder that the journal names; whoever goes through all folders tells a refusal."""
    with contextlib.suppress(OSError):
        if part.kind(name) is Kind.FOLDER:
            remove_ours(part, name, files)


def _listed_in(folder: Directory) -> Iterable[str]:
    if folder.kind(MANIFEST) is not Kind.FILE:
        return ()
    try:
        return decode_manifest(folder.read(MANIFEST, MAX_MANIFEST)).files
    except GpogenError:
        return ()


def _remove_file(folder: Directory, path: str) -> None:
    """Remove a file; a link or anything else in its place is not ours, and stays."""
    with contextlib.suppress(FileNotFoundError), _inside(folder, path) as (inner, own):
        if inner.kind(own) is Kind.FILE:
            inner.remove_file(own)


@contextlib.contextmanager
def _inside(folder: Directory, path: str) -> Iterator[tuple[Directory, str]]:
    """Open where a path leads to; a link or a file on the way means that it is not there."""
    try:
        with folder_of(folder, path) as found:
            yield found
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            raise FileNotFoundError(errno.ENOENT, "is not a plain folder", path) from None
        raise


def _remove_empty(parent: Directory, name: str) -> bool:
    """Remove a folder if it is empty; tell whether it is gone."""
    if parent.kind(name) is not Kind.FOLDER:
        return parent.kind(name) is None
    try:
        parent.remove_folder(name)
    except OSError as error:
        if error.errno in _FULL:
            return False
        raise
    return True


def _folders(paths: Iterable[str]) -> list[str]:
    """Return the folders that files lie in, each after the one that it lies in."""
    parents: set[str] = set()
    for path in paths:
        above = path.rpartition("/")[0]
        while above and above not in parents:
            parents.add(above)
            above = above.rpartition("/")[0]
    return sorted(parents)


def _by_folder(paths: Iterable[str]) -> list[list[str]]:
    """Return the files of each folder together."""
    together: dict[str, list[str]] = {}
    for path in paths:
        together.setdefault(path.rpartition("/")[0], []).append(path)
    return list(together.values())
