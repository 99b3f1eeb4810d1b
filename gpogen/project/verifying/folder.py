"""Checks of an output folder against its manifest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gpogen.compile.result import Compiled
from gpogen.project.output import foreign_files
from gpogen.project.reading import read_bytes
from gpogen.project.tree import MANIFEST, Manifest, sha256
from gpogen.project.verifying.row import Row, State, judged
from gpogen.project.verifying.signed import is_signed


def manifest_rows(folder: Path, manifest: Manifest, max_size: int) -> Iterator[Row]:
    """Compare every file's SHA-256 with the manifest.

    Raises:
        UsageError: a file can't be opened, or is too large.
    """
    states = {path: _state(folder, path, manifest, max_size) for path in manifest.files}
    yield judged("missing files", _of(states, "missing"), f"none of {len(states)}")
    changed = (f"{path}: its SHA-256 is not {MANIFEST}'s" for path in _of(states, "changed"))
    yield judged("SHA-256", changed, f"{len(states)} files are as {MANIFEST} has them")
    signed = tuple(f"{path}: signed, content unchanged" for path in _of(states, "signed"))
    if signed:
        yield Row("signatures", State.OK, signed)


def _of(states: dict[str, str], state: str) -> list[str]:
    return [path for path, found in states.items() if found == state]


def _state(folder: Path, path: str, manifest: Manifest, max_size: int) -> str:
    file, right = folder / path, manifest.files[path].sha256
    if not file.is_file() or file.is_symlink():
        return "missing"
    data = read_bytes(file, max_size)
    if sha256(data) == right:
        return "same"
    return "signed" if is_signed(path, data, lambda body: sha256(body) == right) else "changed"


def foreign_row(folder: Path) -> Row:
    """Look for files that gpogen did not write.

    Raises:
        UsageError: a folder cannot be looked into.
    """
    return judged("foreign files", foreign_files(folder), "none")


def profile_row(manifest: Manifest, compiled: Compiled | None) -> Row:
    """Say which profile the files are compared with, and whether it has changed since."""
    check, name = "profile", manifest.profile
    if compiled is None:
        text = f"{name}: not found, so the formats are compared with each other (see --profile)"
        return Row(check, State.NOTE, (text,))
    if compiled.header.name != name:
        other = compiled.header.name
        return Row(check, State.PROBLEM, (f"built from {name}, compared with {other}",))
    if compiled.header.digest != manifest.digest:
        return Row(check, State.NOTE, (f"{name} has changed since: run gpogen build",))
    return Row(check, State.OK, (f"{name} is as it was when this was built",))
