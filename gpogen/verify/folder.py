"""Checks of an output folder against its manifest."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.artifacts.powershell_text import INSTALLATIONS
from gpogen.artifacts.wmi_filter import found_by
from gpogen.compile.result import Compiled
from gpogen.outputs.folder import Folder, foreign_files
from gpogen.outputs.tree import (
    MANIFEST,
    Manifest,
    as_version,
    encode_manifest,
    render_tree,
    sha256,
)
from gpogen.verify.row import CheckRow, State, judged


def manifest_rows(found: Folder, manifest: Manifest) -> Iterator[CheckRow]:
    """Compare every file's SHA-256 with the manifest.

    Raises:
        UsageError: a file can't be opened, or is too large.
    """
    states = {path: _state(found, path) for path in manifest.files}
    yield judged("missing files", _of(states, "missing"), f"none of {len(states)}")
    changed = (f"{path}: its SHA-256 differs from {MANIFEST}" for path in _of(states, "changed"))
    yield judged("SHA-256", changed, f"{len(states)} files match {MANIFEST}")
    signed = tuple(f"{path}: signed, content unchanged" for path in _of(states, "signed"))
    if signed:
        yield CheckRow("signatures", State.OK, signed)


def _of(states: dict[str, str], state: str) -> list[str]:
    return [path for path, found in states.items() if found == state]


def _state(found: Folder, path: str) -> str:
    if not found.is_file(path):
        return "missing"
    if not found.is_as_written(path):
        return "changed"
    assert found.manifest is not None
    return "same" if sha256(found.read(path)) == found.manifest.files[path].sha256 else "signed"


def foreign_row(found: Folder) -> CheckRow:
    """Look for files that gpogen did not write."""
    return judged("foreign files", foreign_files(found), "none")


def bytes_row(found: Folder, manifest: Manifest, compiled: Compiled | None) -> CheckRow:
    """Compare every file with what the profile makes, to the byte but for a signature.

    The manifest lies in the folder, so whoever changes a script can refresh it. Only the profile
    tells what a script, a comment or a README.txt should be.

    Raises:
        UsageError: a file can't be opened, or is too large.
    """
    check = "as the profile produces them"
    if compiled is None:
        text = "not compared, including scripts and texts: name the profile with --profile"
        return CheckRow(check, State.PROBLEM, (text,))
    if not _is_same_profile(manifest, compiled):
        text = "not compared: gpogen built this folder from another version of the profile"
        return CheckRow(check, State.PROBLEM, (text,))
    made = _made(manifest, compiled)
    told = manifest.files.keys() - found.entries.keys()  # They are missing files already.
    wrong = [
        f"{p} differs" for p, data in made.items() if p not in told and not found.holds(p, data)
    ]
    wrong += [f"{path} is not one of them" for path in manifest.files if path not in made]
    if found.is_file(MANIFEST) and found.read(MANIFEST) != encode_manifest(manifest):
        wrong.append(f"{MANIFEST} differs")
    if wrong and manifest.version != compiled.header.version:
        wrong.append(f"gpogen {manifest.version} wrote them; this is {compiled.header.version}")
    return judged(check, wrong, f"all {len(made)}")


def _is_same_profile(manifest: Manifest, compiled: Compiled) -> bool:
    header = compiled.header
    return (header.name, header.digest) == (manifest.profile, manifest.digest)


def _made(manifest: Manifest, compiled: Compiled) -> dict[str, bytes]:
    """Make the files of the artifacts that a folder has, as its gpogen would head them."""
    present = {entry.artifact for entry in manifest.files.values()}
    made = render_tree(as_version(compiled, manifest.version))
    return {path: item.data for path, (item, artifact) in made.items() if artifact in present}


def profile_row(manifest: Manifest, compiled: Compiled | None) -> CheckRow:
    """Say which profile the files are compared with, and whether it has changed since."""
    check, name = "profile", manifest.profile
    if compiled is None:
        text = f"{name}: not found, so gpogen compares the formats with each other (see --profile)"
        return CheckRow(check, State.NOTE, (text,))
    if compiled.header.name != name:
        other = compiled.header.name
        return CheckRow(check, State.PROBLEM, (f"built from {name}, compared with {other}",))
    if compiled.header.digest != manifest.digest:
        return CheckRow(check, State.NOTE, (f"{name} has changed since: run gpogen build",))
    return CheckRow(check, State.OK, (f"{name} is unchanged since the build",))


def machines_rows(manifest: Manifest, compiled: Compiled | None) -> Iterator[CheckRow]:
    """Say which machines the folder's WMI filter finds, and which it leaves out."""
    if compiled is None or all(entry.artifact != "wmi" for entry in manifest.files.values()):
        return
    header = compiled.header
    found = [f"finds {found_by(header)}"]
    if not header.any_installation:
        others = (name for word, name in INSTALLATIONS.items() if word != header.installation)
        found += [f"machines with {name} do not get the GPO" for name in others]
    yield CheckRow("WMI filter", State.OK, tuple(found))
