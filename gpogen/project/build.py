"""Building every profile of a selection, or comparing with what was built."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gpogen.compile.result import Compiled
from gpogen.errors import ContentError, FormatError, GpogenError
from gpogen.project.output import (
    Difference,
    compare,
    foreign_files,
    foreign_message,
    orphans,
    read_manifest,
    refusals,
    signed_files,
)
from gpogen.project.select import Selection
from gpogen.project.stage import locked, prune_folder, replace_folder
from gpogen.project.tree import (
    MANIFEST,
    Entry,
    Manifest,
    as_version,
    chosen,
    encode_manifest,
    manifest_of,
    render_tree,
)
from gpogen.project.verifying.selfcheck import assert_same


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One profile's output folder.

    Attributes:
        name: the profile.
        folder: where it lies.
        files: the files that belong there, in order.
        difference: what changed, or would change.
        version_only: nothing but the version of gpogen differs (comparing only).
    """

    name: str
    folder: Path
    files: tuple[str, ...]
    difference: Difference
    version_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A whole build.

    Attributes:
        built: the folders, in the order of the profiles.
        errors: what stopped the build of single folders.
        orphans: folders whose profile is gone, and that still lie there.
        pruned: those that were removed.
    """

    built: tuple[Built, ...]
    errors: tuple[GpogenError, ...]
    orphans: tuple[Path, ...]
    pruned: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> int:
        """The highest of all errors, or 0."""
        return max((error.exit_code for error in self.errors), default=0)


@dataclass(frozen=True, slots=True)
class _Rendered:
    compiled: Compiled
    folder: Path
    files: dict[str, bytes]


def build(
    selection: Selection, output: Path, *, only: Collection[str] = (), prune: bool = False
) -> Outcome:
    """Write every profile of a selection; every file is made before the first is written.

    What was made is read back and compared with the policy, and signatures of unchanged scripts
    are kept.

    Raises:
        ContentError: an artefact cannot hold something of a profile; nothing was written.
    """
    built: list[Built] = []
    pruned: list[Path] = []
    errors: list[GpogenError] = []
    with locked(output):
        rendered = [_render(item, output, only) for item in _compiled(selection)]
        for item in rendered:
            with _kept(errors):
                built.append(_put(item))
        gone = _orphans(selection, output)
        for folder in gone if prune else ():
            with _kept(errors):
                prune_folder(folder)
                pruned.append(folder)
    return Outcome(
        built=tuple(built),
        errors=tuple(errors),
        orphans=tuple(folder for folder in gone if folder not in pruned),
        pruned=tuple(pruned),
    )


@contextmanager
def _kept(errors: list[GpogenError]) -> Iterator[None]:
    """Keep an error of one folder, and go on with the next."""
    try:
        yield
    except GpogenError as error:
        errors.append(error)


def compare_build(selection: Selection, output: Path, *, only: Collection[str] = ()) -> Outcome:
    """Compare what a build would write with what lies there; nothing is written."""
    built: list[Built] = []
    errors: list[GpogenError] = []
    for item in _compiled(selection):
        with _kept(errors):
            built.append(_compare(item, output, only))
    gone = tuple(_orphans(selection, output))
    return Outcome(built=tuple(built), errors=tuple(errors), orphans=gone)


def _compiled(selection: Selection) -> list[Compiled]:
    return [item.compiled for item in selection.profiles if item.compiled is not None]


def _orphans(selection: Selection, output: Path) -> list[Path]:
    if not selection.complete:
        return []
    return orphans(
        output, {item.loaded.stem for item in selection.profiles if not item.loaded.is_base}
    )


def _render(compiled: Compiled, output: Path, only: Collection[str]) -> _Rendered:
    folder = output / compiled.header.name
    try:
        made = render_tree(compiled, only)
    except (ContentError, FormatError) as error:
        raise ContentError(f"{compiled.header.name}: {error}") from None
    manifest = manifest_of(compiled, made)
    files = {path: item.data for path, (item, _) in made.items()}
    assert_same(compiled, files, chosen(compiled, only))
    if only:
        files, manifest = _with_kept(folder, only, files, manifest)
    files[MANIFEST] = encode_manifest(manifest)
    return _Rendered(compiled, folder, files)


def _with_kept(
    folder: Path, only: Collection[str], files: dict[str, bytes], manifest: Manifest
) -> tuple[dict[str, bytes], Manifest]:
    """Keep the files of the artefacts that were not asked for, as they lie there."""
    old = read_manifest(folder)
    entries: dict[str, Entry] = dict(manifest.files)
    for path, entry in (old.files if old else {}).items():
        if entry.artifact not in only and (folder / path).is_file():
            files[path] = (folder / path).read_bytes()
            entries[path] = entry
    ordered = dict(sorted(entries.items()))
    kept = Manifest(
        version=manifest.version,
        profile=manifest.profile,
        digest=manifest.digest,
        files=ordered,
    )
    return dict(sorted(files.items())), kept


def _put(item: _Rendered) -> Built:
    difference = _difference(item)
    if difference:
        with refusals(item.folder):
            signed = signed_files(item.folder, item.files)
        replace_folder(item.folder, {**item.files, **signed})
    return _built(item, difference)


def _difference(item: _Rendered) -> Difference:
    """Compare with the folder on disk, where all of it is ours."""
    with refusals(item.folder):
        foreign = foreign_files(item.folder)
        if foreign:
            raise ContentError(foreign_message(item.folder, foreign))
        return compare(item.folder, item.files)


def _built(item: _Rendered, difference: Difference, *, version_only: bool = False) -> Built:
    return Built(
        name=item.compiled.header.name,
        folder=item.folder,
        files=tuple(item.files),
        difference=difference,
        version_only=version_only,
    )


def _compare(compiled: Compiled, output: Path, only: Collection[str]) -> Built:
    item = _render(compiled, output, only)
    difference = _difference(item)
    old = read_manifest(item.folder) if difference else None
    if old is None or old.version == compiled.header.version:
        return _built(item, difference)
    as_old = _render(as_version(compiled, old.version), output, only)
    same = not compare(item.folder, as_old.files)
    return _built(item, difference, version_only=same)
