"""Building the profiles of a run, or comparing with what was built.

A build is one line, and holds one profile at a time: select, compile, render and read back
(:mod:`gpogen.workspace.made`), until all are made; then, with the output folder locked, stage
each; then switch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from gpogen.disk.directory import Directory
from gpogen.disk.lock import locked
from gpogen.errors import ContentError, GpogenError
from gpogen.outputs.folder import Difference, look, orphans, refusals, refuse_foreign
from gpogen.outputs.place import open_output
from gpogen.workspace.made import Batch, Made
from gpogen.workspace.plan import Planned, has_nothing, plan
from gpogen.workspace.select import Selection
from gpogen.workspace.spool import Spool
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
        old_revision: the number of the built revision, where the profile has changed since and has
            no higher one; empty otherwise.
    """

    name: str
    folder: Path
    files: tuple[str, ...]
    difference: Difference
    version_only: bool = False
    old_revision: str = ""


class Folders:
    """The folders of a build, in the order of the profiles; they wait outside the memory."""

    def __init__(self, output: Path) -> None:
        """Begin with none."""
        self._output = output
        self._spool = Spool()
        self._failed: set[str] = set()

    def add(self, item: Planned, *, version_only: bool = False) -> None:
        """Add a folder."""
        said = [item.path.name, list(item.files), asdict(item.difference), version_only]
        self._spool.add([*said, item.old_revision])

    def fail(self, name: str) -> None:
        """Take out a folder that was added."""
        self._failed.add(name)

    def __iter__(self) -> Iterator[Built]:
        """Yield those that were added and not taken out."""
        for (name, files, difference, version_only, old_revision), _ in self._spool:
            if name not in self._failed:
                yield Built(
                    name=name,
                    folder=self._output / name,
                    files=tuple(files),
                    difference=Difference(**{key: tuple(x) for key, x in difference.items()}),
                    version_only=version_only,
                    old_revision=old_revision,
                )


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

    built: Folders
    errors: tuple[GpogenError, ...]
    orphans: tuple[Path, ...]
    pruned: tuple[Path, ...] = ()
    remains: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The highest of all errors, or 0."""
        return max((error.exit_code for error in self.errors), default=0)


def build(
    batch: Batch,
    selection: Selection,
    output: Path,
    *,
    only: Collection[str] = (),
    prune: bool = False,
) -> Outcome:
    """Write what was made of the profiles; signatures of unchanged scripts are kept.

    Raises:
        ContentError: an artifact cannot hold something of a profile; nothing was written.
        UsageError: nothing can be written to the output folder.
    """
    if batch.error is not None:
        raise batch.error
    with refusals(output):
        folder = open_output(output, make=True)
        assert folder is not None
        with folder, locked(folder):
            remains = tuple(f"{path}: {why}" for path, why in heal(folder).items())
            run = _Run(folder, output)
            gone = _orphans(selection, output)
            doomed = [path for path in gone if prune and run.is_removable(path)]
            run.put(batch, doomed, only)
    pruned = tuple(path for path in doomed if path.name in run.switched)
    return Outcome(
        built=run.built,
        errors=tuple(run.errors),
        orphans=tuple(path for path in gone if path not in pruned),
        pruned=pruned,
        remains=remains,
    )


class _Run:
    """One build into an output folder that is locked.

    Attributes:
        built: the folders that are as they are to be.
        errors: what stopped single folders.
        switched: the names of those that were replaced or removed.
    """

    def __init__(self, folder: Directory, output: Path) -> None:
        self._folder = folder
        self._output = output
        self._stage: Stage | None = None
        self._refused = False
        self.built = Folders(output)
        self.errors: list[GpogenError] = []
        self.switched: set[str] = set()

    def put(self, batch: Batch, doomed: Collection[Path], only: Collection[str]) -> None:
        """Stage every folder that is to change, then switch them all, and remove others."""
        staged: list[str] = []
        with _kept(self.errors), refusals(self._output), ExitStack() as stack:
            for made, _ in batch:
                staged += self._add(stack, made, only)
            if doomed:
                self._open(stack)
            if self._stage is not None:
                self._switch(self._stage, staged, doomed)
        for name in staged:
            if name not in self.switched:
                self.built.fail(name)

    def _add(self, stack: ExitStack, made: Made, only: Collection[str]) -> Iterator[str]:
        """Stage a profile's folder, where it differs; yield its name then."""
        if has_nothing(made, self._output, only):
            return
        with _kept(self.errors), refusals(self._output / made.manifest.profile):
            item = plan(made, self._output, only)
            if not item.difference:
                self.built.add(item)
            elif (stage := self._open(stack)) is not None:
                stage.add(item.path.name, item.signed())
                self.built.add(item)
                yield item.path.name

    def _open(self, stack: ExitStack) -> Stage | None:
        """Make the working folder when the first change comes; say once why there is none."""
        if self._stage is None and not self._refused:
            self._refused = True
            with _kept(self.errors), refusals(self._output):
                self._stage = stack.enter_context(staging(self._folder))
                self._refused = False
        return self._stage

    def _switch(self, stage: Stage, staged: list[str], doomed: Collection[Path]) -> None:
        stage.sync()
        for name in staged:
            self._do(stage.switch, name)
        for path in doomed:
            self._do(stage.discard, path.name)
        stage.end()
        left = stage.left.items()
        self.errors.extend(ContentError(f"{path}: {why}; kept") for path, why in left)

    def _do(self, step: Callable[[str], None], name: str) -> None:
        with _kept(self.errors), refusals(self._output / name):
            step(name)
            self.switched.add(name)

    def is_removable(self, path: Path) -> bool:
        """Tell whether all of a folder is as gpogen wrote it."""
        with _kept(self.errors):
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


def compare_build(
    batch: Batch, selection: Selection, output: Path, *, only: Collection[str] = ()
) -> Outcome:
    """Compare what a build would write with what lies there; nothing is written.

    Raises:
        ContentError: an artifact cannot hold something of a profile.
        UsageError: the output folder cannot be read.
    """
    if batch.error is not None:
        raise batch.error
    errors: list[GpogenError] = []
    built = Folders(output)
    with refusals(output), ExitStack() as stack:
        folder = open_output(output, make=False)
        if folder is not None:
            stack.enter_context(folder)
            stack.enter_context(locked(folder, shared=True))
        for made, older in batch:
            if has_nothing(made, output, only):
                continue
            with _kept(errors):
                item = plan(made, output, only)
                same = older is not None and item.difference and _is_same(older, output, only)
                built.add(item, version_only=bool(same))
        gone = tuple(_orphans(selection, output))
    return Outcome(built=built, errors=tuple(errors), orphans=gone)


def _is_same(made: Made, output: Path, only: Collection[str]) -> bool:
    return not plan(made, output, only).difference


def _orphans(selection: Selection, output: Path) -> list[Path]:
    return orphans(output, set(selection.built)) if selection.complete else []
