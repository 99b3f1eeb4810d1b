"""What is to lie in a profile's output folder, and what differs from that now."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from gpogen.outputs.folder import Difference, Folder, compare, look, refuse_foreign, signed_files
from gpogen.outputs.tree import MANIFEST, ListedFile, Manifest, encode_manifest
from gpogen.workspace.made import Made


@dataclass(frozen=True, slots=True)
class Planned:
    """One profile's folder: what lies there, what is to, and what differs.

    Attributes:
        path: the folder.
        found: what lies there; None when there is no folder.
        files: what is to lie there, the manifest included.
        difference: what would change.
        old_revision: the number of the revision that lies there, where the profile has changed
            since and has no higher one; empty otherwise.
    """

    path: Path
    found: Folder | None
    files: dict[str, bytes]
    difference: Difference
    old_revision: str = ""

    def signed(self) -> dict[str, bytes]:
        """Return the files to write: a script that is as it was made keeps its signature.

        Raises:
            UsageError: the file system refuses.
        """
        kept = signed_files(self.found, self.files) if self.found is not None else {}
        return {**self.files, **kept}


def has_nothing(made: Made, output: Path, only: Collection[str]) -> bool:
    """Tell whether a build of some artifacts makes no file of a profile, and it has no folder."""
    listed = made.manifest.files.values()
    is_none = bool(only) and not any(item.artifact in only for item in listed)
    return is_none and not os.path.lexists(output / made.manifest.profile)


def plan(made: Made, output: Path, only: Collection[str]) -> Planned:
    """Compare what is to lie in a profile's folder with what does.

    Args:
        made: the profile's files.
        output: the output folder.
        only: the artifacts to write; none means all.

    Raises:
        ContentError: something in the folder is not gpogen's.
        UsageError: the file system refuses.
    """
    path = output / made.manifest.profile
    found = look(path)
    wanted = {
        name: item
        for name, item in made.manifest.files.items()
        if not only or item.artifact in only
    }
    files = {name: made.files[name] for name in wanted}
    manifest = replace(made.manifest, files=wanted)
    if found is not None:
        refuse_foreign(found, made.files)
    if only and found is not None:
        files, manifest = _with_kept(found, made, files, manifest)
    files[MANIFEST] = encode_manifest(manifest)
    return Planned(path, found, files, compare(found, files), _not_raised(found, manifest))


def _not_raised(found: Folder | None, manifest: Manifest) -> str:
    """Return the built revision's number, where a changed profile has no higher one."""
    old = found.manifest if found is not None else None
    if old is None or not old.revision or not manifest.revision or old.digest == manifest.digest:
        return ""
    return old.revision if int(manifest.revision) <= int(old.revision) else ""


def _with_kept(
    found: Folder, made: Made, files: dict[str, bytes], manifest: Manifest
) -> tuple[dict[str, bytes], Manifest]:
    """Keep the files of the artifacts that were not asked for, as they lie there.

    A file that no artifact of the profile makes is none of these, whatever the manifest says.
    """
    entries = dict(manifest.files)
    old = found.manifest.files if found.manifest is not None else {}
    for path, item in made.manifest.files.items():
        if path not in files and path in old and found.is_file(path):
            files[path] = found.read(path)
            entries[path] = ListedFile(sha256=old[path].sha256, artifact=item.artifact)
    kept = replace(manifest, files=dict(sorted(entries.items())))
    return dict(sorted(files.items())), kept
