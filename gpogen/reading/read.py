"""Policy from any file or GPO that gpogen reads: its records with their places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gpogen.errors import FormatError, GpogenError, UsageError
from gpogen.files import read_file, read_stdin
from gpogen.finding import Place, Severity
from gpogen.formats.all import sniff
from gpogen.policy.gpo import Gpo, Item, Part, Reading
from gpogen.policy.types import Hive, side_of
from gpogen.profile.load import STDIN, SUFFIXES, show
from gpogen.reading.parsing import parse
from gpogen.reading.walk import BACKUP, Found, backups, find, is_gpo_folder, list_folder

if TYPE_CHECKING:
    from gpogen.compile.result import Compiled

__all__ = [
    "MAX_SIZE",
    "Gpo",
    "Item",
    "Part",
    "Reading",
    "backups",
    "find",
    "inputs",
    "of_compiled",
    "passed_over",
    "read_all",
    "read_bytes",
    "read_input",
    "side_for",
]

MAX_SIZE = 64 << 20
"""Bytes of one input file that commands accept unless they are told otherwise."""
_NOTHING = (
    "it has no GPO and no policy file: neither a backup (Backup.xml), nor a GPO folder "
    "(GPT.INI, or Machine and User with registry.pol or Preferences), nor a .pol file"
)


def side_for(path: str, word: str | None) -> Hive | None:
    """Return the side that a command's ``--side`` gives to one of several inputs, if it can."""
    single = path == STDIN or Path(path).suffix.lower() == ".pol"
    return side_of(word) if single else None


def inputs(path: str) -> list[str]:
    """Return what a path stands for: the GPOs and other .pol files below a folder, or itself.

    Raises:
        UsageError: a folder without any.
        OSError: a folder in it cannot be looked into.
    """
    if path == STDIN or not Path(path).is_dir():
        return [path]
    found = find(Path(path))
    parts = [item.parent for item in found.backups]
    parts = list(dict.fromkeys((*parts, *found.folders, *found.policies)))
    if not parts:
        raise UsageError(f"{path}: {_NOTHING}{_links(found)}")
    return [str(item) for item in parts]


def _links(found: Found) -> str:
    return (
        f"; gpogen does not follow its {len(found.links)} links to folders" if found.links else ""
    )


def passed_over(paths: tuple[str, ...]) -> list[str]:
    """Say which links to folders were not followed below folders, one line for each folder."""
    said = []
    for path in paths:
        if path == STDIN or not Path(path).is_dir():
            continue
        try:
            links = find(Path(path)).links
        except OSError:
            continue  # Whoever reads the folder says why it can't be.
        if links:
            more = f" and {len(links) - 1} more" if len(links) > 1 else ""
            said.append(
                f"{path}: gpogen does not follow links to folders: {links[0]}{more}; use "
                "their targets"
            )
    return said


def read_input(path: str, *, max_size: int = MAX_SIZE, side: Hive | None = None) -> Reading:
    """Read a file, standard input (``-``), or the folder of one GPO.

    Args:
        path: where it lies.
        max_size: the most bytes of one file.
        side: the side of a registry.pol, which does not say it; None for its folder's name.

    Raises:
        UsageError: it can't be opened, or is larger than ``max_size`` bytes.
        FormatError: it is of no known kind, or malformed; the message names the file.
        ContentError: it is a profile with errors, or a base.
    """
    if path == STDIN:
        return _read_bytes(read_stdin(max_size), Path("stdin"), "<stdin>", max_size, side)
    found = Path(path)
    if not found.is_dir() and found.name.lower() != BACKUP:
        data = read_bytes(found, max_size)
        if found.suffix in SUFFIXES and side is None and sniff(data, found.name) is None:
            return _profile(found)
        return _read_bytes(data, found, show(found), max_size, side)
    if side is not None:
        raise UsageError(f"{path}: --side applies to a registry.pol; a GPO has both sides")
    return _read_gpo(found, path, max_size)


def _read_gpo(found: Path, path: str, max_size: int) -> Reading:
    if not found.is_dir():
        return _backup(found.parent, max_size)
    here = list_folder(found)
    if any(name.lower() == BACKUP for name in here.files):
        return _backup(found, max_size)
    if is_gpo_folder(here):
        return _folder(found, max_size)
    parts = inputs(path)
    if len(parts) > 1:
        raise UsageError(f"{path}: {len(parts)} GPOs in this folder; name one of them")
    return read_input(parts[0], max_size=max_size)


def read_bytes(path: Path, max_size: int) -> bytes:
    """Read a file of at most ``max_size`` bytes.

    Raises:
        UsageError: it can't be opened, is no regular file, or is larger.
    """
    data = read_file(path, max_size, show(path))
    if len(data) > max_size:
        raise UsageError(
            f"{show(path)}: more than {max_size} bytes; use --max-size to raise the limit"
        )
    return data


def _read_bytes(data: bytes, path: Path, file: str, max_size: int, side: Hive | None) -> Reading:
    if len(data) > max_size:
        raise UsageError(f"{file}: more than {max_size} bytes; use --max-size to raise the limit")
    try:
        return parse(data, path, file, side)
    except FormatError as error:
        raise error.named(file) from None


def _profile(path: Path) -> Reading:
    from gpogen.errors import ContentError
    from gpogen.profile.load import Loader
    from gpogen.rules.check import check

    checked = check(Loader(Path("profiles") if Path("profiles").is_dir() else None).load(path))
    if checked.compiled is None:
        errors = [item for item in checked.findings if item.severity is Severity.ERROR]
        said = (
            f"{errors[0].at}: {errors[0].message}" if errors else "it is a base, without a target"
        )
        raise ContentError(f"{show(path)} builds nothing: {said}")
    return of_compiled(checked.compiled, show(path))


def of_compiled(made: Compiled, file: str) -> Reading:
    """Return a compiled profile as the GPO that it becomes."""
    from gpogen.artifacts.extensions import extension_names
    from gpogen.artifacts.gpo_backup import enabled_sides
    from gpogen.formats.targeting import wql_condition

    items = tuple(
        Item(
            item.record,
            (item.origin.places or (Place(file, 1, 1),))[0],
            condition=wql_condition(item.wql),
        )
        for item in (*made.policy, *made.preferences)
    )
    computer, user = enabled_sides(made)
    gpo = Gpo(
        computer=computer,
        user=user,
        wmi_filter="",
        extensions={hive: extension_names(made, hive) for hive in Hive},
    )
    return Reading(file=file, kind="profile", items=items, title=made.header.title, gpo=gpo)


def _backup(folder: Path, max_size: int) -> Reading:
    from gpogen.reading.backup import load_backup
    from gpogen.reading.files import on_disk

    shown = show(folder)
    files = on_disk(folder, max_size)
    try:
        backup = load_backup(folder.resolve().name, files, None, shown)
    except FormatError as error:
        raise error.named(f"{shown}/{files.find(BACKUP) or BACKUP}") from None
    items: list[Item] = []
    skipped: list[str] = []
    for content in backup.contents:
        if content.error is not None:
            raise content.error.named(f"{shown}/{content.path}")
        items += content.items
        skipped += content.skipped
    gpo = backup.gpo()
    if gpo.computer is None:
        skipped.append(
            f"Options is {backup.options[:40]!r}; it must be 0 to 3 to show which sides are "
            "disabled"
        )
    return Reading(
        file=shown,
        kind="backup",
        items=tuple(items),
        title=backup.title,
        gpo=gpo,
        skipped=tuple(skipped),
        comments=backup.comment_files(),
    )


def _folder(folder: Path, max_size: int) -> Reading:
    from gpogen.reading.files import on_disk
    from gpogen.reading.folder import load_folder

    return load_folder(on_disk(folder, max_size), show(folder))


def read_all(
    paths: tuple[str, ...], *, max_size: int, side: Hive | None = None
) -> Iterator[Reading | GpogenError]:
    """Read everything that paths stand for; what can't be read is yielded as its error."""
    for path in paths:
        try:
            parts = inputs(path)
        except (GpogenError, OSError) as error:
            yield _told(error, path)
            continue
        for part in parts:
            try:
                yield _read_part(part, path, max_size, side)
            except (GpogenError, OSError, RuntimeError) as error:
                yield _told(error, part)


def _read_part(part: str, path: str, max_size: int, side: Hive | None) -> Reading:
    """Read one of what a path stands for; a GPO among others is not looked through again."""
    folder = Path(part)
    if part == path or not folder.is_dir():
        return read_input(part, max_size=max_size, side=side)
    here = list_folder(folder)
    is_backup = any(name.lower() == BACKUP for name in here.files)
    return (_backup if is_backup else _folder)(folder, max_size)


def _told(error: Exception, path: str) -> GpogenError:
    """Return an error of ours; the system's (a name too long, a loop of links) with the path."""
    if isinstance(error, GpogenError):
        return error
    return UsageError(f"{path}: {getattr(error, 'strerror', None) or error}")
