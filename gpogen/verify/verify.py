"""Verifying whatever a path stands for: gpogen's output folders, or GPO backups of anybody."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from gpogen.artifacts.all import MODULES, load
from gpogen.compile.result import Compiled
from gpogen.errors import ContentError, FormatError, GpogenError, UsageError
from gpogen.finding import Severity
from gpogen.outputs.folder import is_own_dir, look, refusals
from gpogen.outputs.tree import MANIFEST, PROFILE_NAME, Manifest
from gpogen.profile.load import SUFFIXES, show
from gpogen.reading.backup import MANIFEST as BACKUPS
from gpogen.reading.backup import Backup, load_backup
from gpogen.reading.files import on_disk
from gpogen.reading.read import backups, read_bytes
from gpogen.verify import content_checks as holding
from gpogen.verify import metadata_checks as naming
from gpogen.verify.folder import bytes_row, foreign_row, machines_rows, manifest_rows, profile_row
from gpogen.verify.formats import Formats, compare_backup, compare_formats
from gpogen.verify.row import CheckRow, Report

PROFILES = Path("profiles")


def verify_all(
    paths: Sequence[str], profile: str, *, max_size: int
) -> Iterator[Report | GpogenError]:
    """Verify everything that several paths stand for; what can't be read is its error.

    Raises:
        UsageError: a profile is given for several paths.
    """
    if profile and len(paths) > 1:
        raise UsageError(f"--profile applies to one folder; you named {len(paths)}")
    for path in paths:
        try:
            yield from verify(path, profile, max_size=max_size)
        except GpogenError as error:
            yield error


def verify(path: str, profile: str, *, max_size: int) -> Iterator[Report | GpogenError]:
    """Verify everything that a path stands for; what can't be read is yielded as its error.

    Raises:
        UsageError: there is nothing to verify, or the profile can't be used.
    """
    # The link is the user's own word; the links in the folder are somebody else's.
    bare = path.rstrip("/" + os.sep) or path
    found = Path(os.path.realpath(bare)) if os.path.islink(bare) else Path(path)
    if found.name.lower() == "backup.xml" and found.is_file():
        found = found.parent
    with refusals(found):
        outputs, others = _parts(found)
    parts = [*outputs, *others]
    if not parts:
        why = "it has neither gpogen's manifest.json nor a GPO backup (Backup.xml)"
        raise UsageError(f"{path}: {why if found.is_dir() else 'no such folder'}")
    if profile and len(parts) > 1:
        raise UsageError(f"--profile applies to one folder; {path} has {len(parts)}")
    asked = compile_profile(Path(profile)) if profile else None
    for part in parts:
        try:
            yield (
                verify_output(part, asked, max_size=max_size)
                if part in outputs
                else verify_backup(part, asked, max_size=max_size)
            )
        except GpogenError as error:
            yield error


def _parts(folder: Path) -> tuple[list[Path], list[Path]]:
    """Find what is to be verified: output folders, and the backups that lie in none.

    A backup in an output folder is judged with all that lies around it, however far above them
    somebody starts, because scripts are the first thing to change.
    """
    if _is_output(folder):
        return [folder], []
    outputs = set(_outputs_in(folder))
    others = []
    if not folder.is_dir():
        return [], []
    for item in dict.fromkeys(found.parent for found in backups(folder)):
        way = [up for up in reversed(item.parents) if up != folder and up.is_relative_to(folder)]
        output = next(filter(_is_output, way), None)
        if output is None:
            others.append(item)
        elif output not in outputs:
            outputs.update(_outputs_in(output.parent))
    return sorted(outputs), others


def _outputs_in(folder: Path) -> list[Path]:
    """Return the output folders right in a folder.

    A link to one is among them, which cannot be judged: whoever starts scripts follows it.
    """
    if not folder.is_dir():
        return []
    return [item for item in folder.iterdir() if item.is_dir() and _is_output(item)]


def _is_output(folder: Path) -> bool:
    """Tell whether gpogen seems to have built a folder; without a manifest nobody can judge it."""
    if folder.name.startswith("."):
        return False
    signs = (sign for name in MODULES for sign in load(name).signs)
    return os.path.lexists(folder / MANIFEST) or any(
        next(folder.glob(pattern), None) is not None for pattern in signs
    )


def verify_output(folder: Path, asked: Compiled | None, *, max_size: int) -> Report:
    """Verify one output folder of gpogen.

    Raises:
        ContentError: its manifest is none.
        FormatError: its backup is none.
        UsageError: a file can't be opened, or is too large.
    """
    found = look(folder)
    manifest = found.manifest if found is not None else None
    if found is None or manifest is None:
        raise UsageError(
            f"{show(folder / MANIFEST)}: not a regular file, so gpogen verified nothing in the "
            "folder: build it again; to verify only a GPO backup in it, name the backup"
        )
    compiled = asked or _beside(manifest)
    gpo = folder / "gpo"
    with refusals(gpo):
        own = dict.fromkeys(item.parent for item in backups(gpo)) if is_own_dir(gpo) else {}
    loaded = tuple(_load(item, max_size) for item in own)
    view = Formats(
        found=found, manifest=manifest, backups=loaded, compiled=compiled, max_size=max_size
    )
    checks = [
        *manifest_rows(found, manifest),
        foreign_row(found),
        profile_row(manifest, compiled),
        *machines_rows(manifest, compiled),
        bytes_row(found, manifest, compiled),
        *(row for item in loaded for row in backup_rows(item)),
    ]
    return Report(
        path=show(folder),
        kind="output",
        rows=tuple(checks),
        formats=tuple(compare_formats(view)),
    )


def verify_backup(folder: Path, asked: Compiled | None, *, max_size: int) -> Report:
    """Verify one backup, whoever made it.

    Raises:
        FormatError: its Backup.xml is none.
        UsageError: a file can't be opened, or is too large.
    """
    backup = _load(folder, max_size)
    return Report(
        path=show(folder),
        kind="backup",
        rows=tuple(backup_rows(backup)),
        formats=tuple(compare_backup(backup, asked)) if asked is not None else (),
    )


def backup_rows(backup: Backup) -> Iterator[CheckRow]:
    """Run every check of a backup."""
    return (check(backup) for check in (*naming.CHECKS, *holding.CHECKS))


def _load(folder: Path, max_size: int) -> Backup:
    around = sorted(folder.resolve().parent.iterdir())
    beside = next((item for item in around if item.name.lower() == BACKUPS), None)
    manifest = read_bytes(beside, max_size) if beside is not None else None
    try:
        return load_backup(folder.resolve().name, on_disk(folder, max_size), manifest)
    except FormatError as error:
        raise error.named(show(folder)) from None


def _beside(manifest: Manifest) -> Compiled | None:
    """Return the profile of ./profiles that a folder was built from, where there is one."""
    if PROFILE_NAME.fullmatch(manifest.profile) is None:
        return None
    files = (PROFILES / f"{manifest.profile}{suffix}" for suffix in SUFFIXES)
    found = next((file for file in files if file.is_file()), None)
    return compile_profile(found) if found is not None else None


def compile_profile(path: Path) -> Compiled:
    """Compile a profile.

    Raises:
        UsageError: it can't be opened, it has errors, or it is a base.
    """
    from gpogen.profile.load import Loader
    from gpogen.rules.check import check

    try:
        checked = check(Loader(PROFILES if PROFILES.is_dir() else None).load(path))
    except ContentError as error:
        raise UsageError(str(error)) from None
    if checked.compiled is not None:
        return checked.compiled
    errors = [item for item in checked.findings if item.severity is Severity.ERROR]
    said = f"{errors[0].at}: {errors[0].message}" if errors else "it is a base, without a target"
    raise UsageError(f"{show(path)} builds nothing: {said}")
