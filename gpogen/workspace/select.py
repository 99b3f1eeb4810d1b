"""Which profiles a command is about, and what is to be said about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gpogen.document import yaml12
from gpogen.errors import GpogenError, UsageError
from gpogen.files import read_stdin
from gpogen.finding import Finding, Place, Severity, has_error, in_order
from gpogen.formats.all import FORMATS
from gpogen.policy.types import Hive
from gpogen.profile.load import (
    RELEASES,
    STDIN,
    SUFFIXES,
    LoadedProfile,
    Loader,
    profile_files,
    show,
)
from gpogen.profile.shape import hint
from gpogen.resources import resource_dir
from gpogen.rules.check import Checked, check
from gpogen.workspace.duplicates import Duplicates
from gpogen.workspace.target import ForeignTarget, is_foreign

if TYPE_CHECKING:
    from gpogen.workspace.foreign import Verdict

MAX_RELATED = 4
"""A finding that many profiles inherit names no further places from this number on."""
_SHOWN = (".reg", ".xml", ".cmtx", ".txt")
_OTHERS = {*_SHOWN, *(known.suffix for known in FORMATS.values())} - {"", ".pol"}
"""The endings of files that ``show`` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The profiles of one run, checked.

    Attributes:
        count: how many profiles could be opened.
        built: the names of those that are built: all but the bases.
        profiles: every profile that could be opened, in the order asked for; none where each was
            handed over when it was checked (:func:`select_each`).
        findings: all findings, those that concern several files included; sorted.
        errors: files that could not be opened.
        complete: whether these are all profiles of the folder, so that an output folder
            without one is an orphan.
        others: the paths that hold GPOs of others instead of profiles.
        gpos: how many GPOs were judged in there.
        notes: what of these was not judged, one line each.
    """

    count: int
    built: tuple[str, ...]
    findings: tuple[Finding, ...]
    errors: tuple[GpogenError, ...]
    complete: bool
    profiles: tuple[Checked, ...] = ()
    others: tuple[str, ...] = ()
    gpos: int = 0
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """2 when a file could not be opened, else 1 after an error, else 0."""
        worst = max((error.exit_code for error in self.errors), default=0)
        failed = has_error(self.findings)
        return max(worst, int(failed))

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of a severity and worse."""
        return tuple(item for item in self.findings if item.severity.rank <= severity.rank)


def select(
    paths: Sequence[str],
    profiles_dir: str,
    *,
    foreign: ForeignTarget | None = None,
    side: Hive | None = None,
    compiled: bool = True,
) -> Selection:
    """Load and check profiles, and keep them: :func:`select_each` has the other arguments.

    Without ``compiled`` they are kept without their records, which takes half of the memory.
    """
    profiles: list[Checked] = []

    def keep(item: Checked) -> None:
        profiles.append(item if compiled else replace(item, compilation=None))

    found = select_each(keep, paths, profiles_dir, foreign=foreign, side=side)
    return replace(found, profiles=tuple(profiles))


def select_each(
    use: Callable[[Checked], object],
    paths: Sequence[str],
    profiles_dir: str,
    *,
    foreign: ForeignTarget | None = None,
    side: Hive | None = None,
) -> Selection:
    """Load and check profiles, one at a time; no file twice.

    Args:
        use: gets each profile; only what concerns the whole run is kept of it.
        paths: files, folders or ``-``; none means every profile right in the profiles folder.
        profiles_dir: where ``extends`` looks, too.
        foreign: the machines that GPO backups and registry.pol files among the paths are
            judged for; None refuses such paths.
        side: the side of a registry.pol, which does not say it.

    Raises:
        UsageError: no paths were given and there is no profiles folder, or none in it.
    """
    folder = Path(profiles_dir)
    run = _Run(use, folder)
    others = [path for path in paths if path != STDIN and is_foreign(path)]
    verdicts = [_foreign(path, foreign, side) for path in others]
    for verdict in verdicts:
        run.errors += verdict.errors
    own = [path for path in paths if path not in others]
    for path in _files(own, folder, run.errors) if own or not paths else ():
        run.add(path)
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    return Selection(
        count=len(run.files),
        built=tuple(run.built),
        findings=in_order((*findings, *run.findings())),
        errors=tuple(run.errors),
        complete=not paths,
        others=tuple(others),
        gpos=sum(verdict.gpos for verdict in verdicts),
        notes=tuple(note for verdict in verdicts for note in verdict.notes),
    )


class _Run:
    """What concerns a whole run: findings, names and titles, and files that can't be opened."""

    def __init__(self, use: Callable[[Checked], object], folder: Path) -> None:
        self._use = use
        self._folder = folder
        self._loader = Loader(folder if folder.is_dir() else None)
        self._duplicates = Duplicates()
        self._names: dict[Finding, list[str]] = {}
        self._related: dict[Finding, tuple[Place, ...]] = {}
        self.files: set[str] = set()
        self.built: list[str] = []
        self.errors: list[GpogenError] = []

    def add(self, path: str) -> None:
        """Load and check a profile, and hand it over."""
        try:
            item = check(self._load(path))
        except UsageError as error:
            self.errors.append(_hinting(error, path, self._folder))
            return
        except (MemoryError, RecursionError):
            self.errors.append(
                UsageError(f"{path}: too large or too deeply nested for this machine")
            )
            return
        if item.loaded.file not in self.files:
            self.files.add(item.loaded.file)
            if not item.loaded.is_base:
                self.built.append(item.loaded.stem)
            self._duplicates.add(item.loaded)
            self._attribute(item)
            self._use(item)

    def _load(self, path: str) -> LoadedProfile:
        _refuse_others(path)
        if path == STDIN:
            return self._loader.load_bytes(read_stdin(yaml12.MAX_BYTES))
        return self._loader.load(Path(path))

    def _attribute(self, item: Checked) -> None:
        """Keep the findings of all profiles once each, with the names of the profiles.

        What several profiles inherit is one finding, though other places take part in each.
        """
        for finding in item.findings:
            same = replace(finding, related=()) if finding.related else finding
            self._names.setdefault(same, []).append(item.loaded.stem)
            if finding.related:
                known = self._related.get(same, ())
                if len(known) < MAX_RELATED:
                    self._related[same] = tuple(dict.fromkeys((*known, *finding.related)))

    def findings(self) -> Iterator[Finding]:
        """Yield all findings, those that concern several files included."""
        for same, names in self._names.items():
            related = self._related.get(same, ())
            yield replace(same, profiles=tuple(dict.fromkeys(names)), related=related)
        yield from self._duplicates.findings()


def _refuse_others(path: str) -> None:
    """Refuse what is no profile, instead of reading it as one."""
    if Path(path).name in RELEASES:
        raise UsageError(f"{path}: release data, not a profile; use gpogen calendar")
    if Path(path).suffix.lower() in _OTHERS:
        raise UsageError(f"{path}: not a profile, GPO backup or registry.pol; use gpogen show")


def _hinting(error: UsageError, path: str, folder: Path) -> UsageError:
    """Add the file of the profiles folder that a bare name may mean."""
    if Path(path).name != path or Path(path).suffix:
        return error
    found = (folder / f"{path}{suffix}" for suffix in SUFFIXES)
    near = next((item for item in found if item.is_file()), None)
    return UsageError(f"{error}; did you mean {show(near)}?") if near else error


def _foreign(path: str, target: ForeignTarget | None, side: Hive | None) -> Verdict:
    from gpogen.workspace.foreign import Verdict, judge_foreign

    if target is None:
        return Verdict((), (UsageError(f"{path}: a GPO, not a profile; use gpogen check"),), 0)
    return judge_foreign(path, target, side if Path(path).suffix.lower() == ".pol" else None)


def select_shipped() -> Selection:
    """Load and check the profiles that come with gpogen."""
    return select([str(path) for path in profile_files(resource_dir("profiles"))], "")


def shipped_names() -> tuple[str, ...]:
    """Return the names of the profiles that come with gpogen."""
    return tuple(path.stem for path in profile_files(resource_dir("profiles")))


def shipped_texts(names: Sequence[str]) -> dict[str, str]:
    """Return the texts of profiles that come with gpogen, by name.

    Raises:
        UsageError: a name is none of theirs.
    """
    files = {path.stem: path for path in profile_files(resource_dir("profiles"))}
    for name in names:
        if name not in files:
            near = hint(name, tuple(files))
            allowed = ", ".join(files)
            more = f"; {near}" if near else ""
            raise UsageError(f"{name!r} is not a shipped profile; allowed: {allowed}{more}")
    return {name: files[name].read_text(encoding="utf-8") for name in names}


def _files(paths: Sequence[str], folder: Path, errors: list[GpogenError]) -> list[str]:
    if not paths:
        return _all_of(folder)
    files: list[str] = []
    for path in dict.fromkeys(paths):
        try:
            is_folder = path != STDIN and Path(path).is_dir()
            files += _all_of(Path(path)) if is_folder else [path]
        except UsageError as error:
            errors.append(error)
        except OSError as error:
            errors.append(UsageError(f"{path}: {error.strerror or error}"))
    return files


def _all_of(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise UsageError(
            f"the folder {folder} does not exist: name profiles, or another folder with "
            "--profiles. Your own profile can extend a shipped profile by name, as in "
            "`extends: [azlocal-ws2022-core]` (to list them: gpogen list --shipped)"
        )
    files = [str(path) for path in profile_files(folder)]
    if not files:
        raise UsageError(f"the folder {folder} has no profile (*{', *'.join(SUFFIXES)})")
    return files
