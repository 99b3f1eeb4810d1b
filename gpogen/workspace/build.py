"""Building every profile of a selection, or comparing with what was built."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gpogen.artifacts.api import OutFile
from gpogen.compile.result import Compiled
from gpogen.disk.directory import Directory
from gpogen.disk.lock import locked
from gpogen.errors import ContentError, FormatError, GpogenError
from gpogen.outputs.folder import (
    Difference,
    Folder,
    compare,
    look,
    orphans,
    refusals,
    refuse_foreign,
    signed_files,
)
from gpogen.outputs.place import open_output
from gpogen.outputs.tree import (
    MANIFEST,
    ListedFile,
    Manifest,
    as_version,
    chosen,
    encode_manifest,
    manifest_of,
    render_tree,
)
from gpogen.verify.selfcheck import assert_same
from gpogen.workspace.select import Selection
from gpogen.workspace.stage import Stage, heal, staging


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
        remains: what killed runs left and could not be removed, and why.
    """

    built: tuple[Built, ...]
    errors: tuple[GpogenError, ...]
    orphans: tuple[Path, ...]
    pruned: tuple[Path, ...] = ()
    remains: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The highest of all errors, or 0."""
        return max((error.exit_code for error in self.errors), default=0)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a profile's artifacts are, whatever lies in the output folder."""

    compiled: Compiled
    files: dict[str, tuple[OutFile, str]]


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is to lie in a folder, and what differs from that now."""

    compiled: Compiled
    path: Path
    found: Folder | None
    files: dict[str, bytes]
    difference: Difference


def build(
    selection: Selection, output: Path, *, only: Collection[str] = (), prune: bool = False
) -> Outcome:
    """Write every profile of a selection; every file is made before the first is written.

    What was made is read back and compared with the policy, and signatures of unchanged scripts
    are kept.

    Raises:
        ContentError: an artifact cannot hold something of a profile; nothing was written.
        UsageError: nothing can be written to the output folder.
    """
    made = [_make(item) for item in _compiled(selection)]
    with refusals(output):
        folder = open_output(output, make=True)
        assert folder is not None
        with folder, locked(folder):
            remains = tuple(f"{path}: {why}" for path, why in heal(folder).items())
            return _write(_Run(folder, output, []), selection, made, only, prune, remains)


@dataclass(frozen=True, slots=True)
class _Run:
    """One build into an output folder that is locked."""

    folder: Directory
    output: Path
    errors: list[GpogenError]

    def plan(self, made: Sequence[_Made], only: Collection[str]) -> list[_Planned]:
        """Compare every profile's files with its folder."""
        planned = []
        for item in made:
            with _kept(self.errors):
                planned.append(_plan(item, self.output, only))
        return planned

    def put(self, planned: Sequence[_Planned], doomed: Sequence[Path]) -> set[str]:
        """Replace folders and remove others; return the names of all for which it was done."""
        done: set[str] = set()
        if not planned and not doomed:
            return done
        wanted = {item.path.name: item.files for item in planned}
        with (
            _kept(self.errors),
            refusals(self.output),
            staging(self.folder, wanted) as stage,
        ):
            staged = [item.path for item in planned if self._add(stage, item)]
            stage.sync()
            done |= {path.name for path in staged if self._do(stage.switch, path)}
            done |= {path.name for path in doomed if self._do(stage.discard, path)}
            stage.end()
            left = stage.left.items()
            self.errors.extend(ContentError(f"{path}: {why}; kept") for path, why in left)
        return done

    def _add(self, stage: Stage, item: _Planned) -> bool:
        with _kept(self.errors), refusals(item.path):
            signed = signed_files(item.found, item.files) if item.found is not None else {}
            stage.add(item.path.name, {**item.files, **signed})
            return True
        return False

    def _do(self, step: Callable[[str], None], path: Path) -> bool:
        with _kept(self.errors), refusals(path):
            step(path.name)
            return True
        return False


def _write(
    run: _Run,
    selection: Selection,
    made: Sequence[_Made],
    only: Collection[str],
    prune: bool,
    remains: tuple[str, ...],
) -> Outcome:
    planned = run.plan(made, only)
    gone = _orphans(selection, run.output)
    doomed = [path for path in gone if prune and _is_removable(path, run.errors)]
    done = run.put([item for item in planned if item.difference], doomed)
    pruned = tuple(path for path in doomed if path.name in done)
    return Outcome(
        built=tuple(_built(i) for i in planned if not i.difference or i.path.name in done),
        errors=tuple(run.errors),
        orphans=tuple(path for path in gone if path not in pruned),
        pruned=pruned,
        remains=remains,
    )


def _is_removable(path: Path, errors: list[GpogenError]) -> bool:
    """Tell whether all of a folder is as gpogen wrote it."""
    with _kept(errors):
        found = look(path)
        if found is not None:
            refuse_foreign(found, ())
        return True
    return False


@contextmanager
def _kept(errors: list[GpogenError]) -> Iterator[None]:
    """Keep an error of one folder, and go on with the next."""
    try:
        yield
    except GpogenError as error:
        errors.append(error)


def compare_build(selection: Selection, output: Path, *, only: Collection[str] = ()) -> Outcome:
    """Compare what a build would write with what lies there; nothing is written.

    Raises:
        ContentError: an artifact cannot hold something of a profile.
        UsageError: the output folder cannot be read.
    """
    made = [_make(item) for item in _compiled(selection)]
    with refusals(output), ExitStack() as stack:
        folder = open_output(output, make=False)
        if folder is not None:
            stack.enter_context(folder)
            stack.enter_context(locked(folder, shared=True))
        errors: list[GpogenError] = []
        built = []
        for item in made:
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


def _make(compiled: Compiled) -> _Made:
    """Make all files of a profile, and read them back."""
    try:
        made = render_tree(compiled)
    except (ContentError, FormatError) as error:
        raise ContentError(f"{compiled.header.name}: {error}") from None
    files = {path: item.data for path, (item, _) in made.items()}
    assert_same(compiled, files, chosen(compiled))
    return _Made(compiled, made)


def _plan(made: _Made, output: Path, only: Collection[str]) -> _Planned:
    """Compare what is to lie in a profile's folder with what does.

    Raises:
        ContentError: something in the folder is not gpogen's.
        UsageError: the file system refuses.
    """
    path = output / made.compiled.header.name
    found = look(path)
    wanted = {name: item for name, item in made.files.items() if not only or item[1] in only}
    files = {name: item.data for name, (item, _) in wanted.items()}
    manifest = manifest_of(made.compiled, wanted)
    if found is not None:
        refuse_foreign(found, made.files)
    if only and found is not None:
        files, manifest = _with_kept(found, made, files, manifest)
    files[MANIFEST] = encode_manifest(manifest)
    return _Planned(made.compiled, path, found, files, compare(found, files))


def _with_kept(
    found: Folder, made: _Made, files: dict[str, bytes], manifest: Manifest
) -> tuple[dict[str, bytes], Manifest]:
    """Keep the files of the artifacts that were not asked for, as they lie there.

    A file that no artifact of the profile makes is none of these, whatever the manifest says.
    """
    entries = dict(manifest.files)
    old = found.manifest.files if found.manifest is not None else {}
    for path in made.files:
        if path not in files and path in old and found.is_file(path):
            files[path] = found.read(path)
            entries[path] = ListedFile(sha256=old[path].sha256, artifact=made.files[path][1])
    kept = replace(manifest, files=dict(sorted(entries.items())))
    return dict(sorted(files.items())), kept


def _built(item: _Planned, *, version_only: bool = False) -> Built:
    return Built(
        name=item.compiled.header.name,
        folder=item.path,
        files=tuple(item.files),
        difference=item.difference,
        version_only=version_only,
    )


def _compare(made: _Made, output: Path, only: Collection[str]) -> Built:
    item = _plan(made, output, only)
    old = item.found.manifest if item.difference and item.found is not None else None
    if old is None or old.version == made.compiled.header.version:
        return _built(item)
    as_old = _plan(_make(as_version(made.compiled, old.version)), output, only)
    return _built(item, version_only=not as_old.difference)
