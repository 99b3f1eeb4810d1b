"""Policy from any file that gpogen reads: what kind it is, and its records with their places."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gpogen.errors import FormatError, GpogenError, UsageError
from gpogen.files import read_file, read_stdin
from gpogen.finding import Place, Severity
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.profile.load import STDIN, SUFFIXES, show
from gpogen.project.inside import Inside
from gpogen.text import cut

MAX_SIZE = 64 << 20
"""Bytes of one input file that commands accept unless they are told otherwise."""
_BACKUP = "backup.xml"
_READ = ("registry.pol", "registry.xml", "comment.cmtx")
"""The files of a backup that hold registry values, or comments on them."""
_COMMENT = "/gpo.cmt"
"""The GPO's own comment: text for people, no setting."""
_DEPTH = 8
_ROOT = re.compile(r"<([A-Za-z][\w.:-]{0,63})[\s/>]")


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a file.

    Attributes:
        record: the record.
        place: the file, and the line in it; in a registry.pol the number of the record.
        gpp_action: C, R, U or D of a preference; empty for others.
    """

    record: Record
    place: Place
    gpp_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One file or GPO as read.

    Attributes:
        file: the name to show.
        kind: ``pol``, ``backup``, ``preferences``, ``comments``, ``lgpo``, ``reg`` or ``profile``.
        items: its records, in the order of the file.
        title: the GPO's display name, where there is one.
        extensions: gPCMachineExtensionNames; None where the kind has none.
        skipped: what has no record, one sentence each.
    """

    file: str
    kind: str
    items: tuple[Item, ...]
    title: str = ""
    extensions: str | None = None
    skipped: tuple[str, ...] = ()

    @property
    def records(self) -> list[Record]:
        """The records alone."""
        return [item.record for item in self.items]


def inputs(path: str) -> list[str]:
    """Return what a path stands for: the backups below a folder, else its .pol files, or itself.

    Raises:
        UsageError: a folder without either, or with folders in folders deeper than GPOs lie.
    """
    if path == STDIN or not Path(path).is_dir():
        return [path]
    found = [str(item.parent) for item in backups(Path(path))]
    found = found or [
        str(item)
        for here, names in _walk(Path(path))
        for item in (here / name for name in names)
        if item.suffix.lower() == ".pol" and item.is_file()
    ]
    if not found:
        raise UsageError(f"{path}: neither a GPO backup (Backup.xml) nor a .pol file in it")
    return found


def backups(folder: Path) -> Iterator[Path]:
    """Yield every Backup.xml below a folder, whatever the case of its name.

    Raises:
        UsageError: folders lie in folders, deeper than GPOs do.
    """
    for here, names in _walk(folder):
        found = (here / name for name in names if name.lower() == _BACKUP)
        yield from (item for item in found if item.is_file())


def _walk(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield the folders below one and the names in them, no deeper than GPOs lie.

    Raises:
        UsageError: folders lie in folders, deeper than GPOs do; what is there must not be passed
            over in silence.
    """
    base = len(folder.parts)
    found: set[Path] = set()
    for name, folders, names in os.walk(folder):
        here = Path(name)
        folders.sort()
        if any(item.lower() == _BACKUP for item in names):
            found.add(here)
        if folders and len(here.parts) - base >= _DEPTH:
            if found.isdisjoint((here, *here.parents)):  # Inside a backup is no other one.
                raise UsageError(f"{show(here)}: more than {_DEPTH} folders in folders: name it")
            folders.clear()
        yield here, sorted(names)


def read_input(path: str, *, max_size: int = MAX_SIZE) -> Reading:
    """Read a file, standard input (``-``), or the folder of one backup.

    Raises:
        UsageError: it can't be opened, or is larger than ``max_size`` bytes.
        FormatError: it is of no known kind, or malformed; the message names the file.
        ContentError: it is a profile with errors, or a base.
    """
    if path == STDIN:
        return _read_bytes(read_stdin(max_size), Path("stdin"), "<stdin>", max_size)
    found = Path(path)
    if found.is_dir():
        parts = inputs(path)
        if len(parts) > 1:
            raise UsageError(f"{path}: {len(parts)} GPOs in this folder, name one of them")
        if parts[0] != path:
            return read_input(parts[0], max_size=max_size)
        return _backup(found, max_size)
    if found.suffix in SUFFIXES:
        return _profile(found)
    if found.name.lower() == _BACKUP:
        return _backup(found.parent, max_size)
    return _read_bytes(read_bytes(found, max_size), found, show(found), max_size)


def read_bytes(path: Path, max_size: int) -> bytes:
    """Read a file of at most ``max_size`` bytes.

    Raises:
        UsageError: it can't be opened, is no regular file, or is larger.
    """
    data = read_file(path, max_size, show(path))
    if len(data) > max_size:
        raise UsageError(f"{show(path)}: over {max_size} bytes; --max-size lifts the limit")
    return data


def _read_bytes(data: bytes, path: Path, file: str, max_size: int) -> Reading:
    if len(data) > max_size:
        raise UsageError(f"{file}: over {max_size} bytes; --max-size lifts the limit")
    try:
        return _READERS[_kind(data, path)](data, path, file)
    except FormatError as error:
        raise error.named(file) from None


def _kind(data: bytes, path: Path) -> str:
    """Tell the kind by the first bytes; the name decides only where they do not."""
    if data.startswith((b"PReg", b"version https://git-lfs")) or path.suffix.lower() == ".pol":
        return "pol"
    head = _head(data)
    if head.startswith(("Windows Registry Editor", "REGEDIT")):
        return "reg"
    if "<RegistrySettings" in head:
        return "preferences"
    if "policyComments" in head:
        return "comments"
    if head.lstrip().startswith(";") or head.lstrip().lower().startswith(("computer", "user")):
        return "lgpo"
    root = _ROOT.search(head)
    if root and head.lstrip().startswith("<"):
        raise FormatError(
            f"<{root[1]}> is the root of no file that is read; of Group Policy Preferences "
            "Registry.xml alone is"
        )
    raise FormatError(
        "of no known kind: a registry.pol, a GPO backup, Registry.xml, comment.cmtx, LGPO text, "
        "a .reg file or a profile is read"
    )


def _head(data: bytes) -> str:
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", "replace")
    return start.decode("utf-8-sig", "replace")


def _pol(data: bytes, path: Path, file: str) -> Reading:
    from gpogen.formats import pol

    hive = Hive.HKCU if path.parent.name.lower() == "user" else Hive.HKLM
    items = tuple(
        Item(record, place)
        for number, entry in enumerate(pol.decode(data), 1)
        for place in (Place(file, number, 1),)
        for record in pol.to_records([entry], hive)
    )
    return Reading(file=file, kind="pol", items=items)


def _reg(data: bytes, _path: Path, file: str) -> Reading:
    from gpogen.formats import regread

    found = regread.read(data)
    items = tuple(Item(entry.record, Place(file, entry.line, 1)) for entry in found.entries)
    return Reading(file=file, kind="reg", items=items, skipped=tuple(map(str, found.skipped)))


def _lgpo(data: bytes, _path: Path, file: str) -> Reading:
    from gpogen.formats import lgpo

    found = lgpo.read(data)
    items = tuple(Item(entry.record, Place(file, entry.line, 1)) for entry in found.entries)
    return Reading(file=file, kind="lgpo", items=items, skipped=tuple(map(str, found.skipped)))


def _preferences(data: bytes, _path: Path, file: str) -> Reading:
    from gpogen.formats import gppregistry

    found = gppregistry.read(data)
    items = tuple(
        Item(item.record, Place(file, item.line, 1), item.action)
        for item in found.items
        if not item.disabled
    )
    skipped = [str(part) for part in found.skipped]
    skipped += [
        f"line {item.line}: {item.record.name or item.record.key}: the item is disabled"
        for item in found.items
        if item.disabled
    ]
    return Reading(file=file, kind="preferences", items=items, skipped=tuple(skipped))


def _comments(data: bytes, _path: Path, file: str) -> Reading:
    from gpogen.formats import cmtx

    notes = tuple(f"{note.policy}: {note.text}" for note in cmtx.decode(data))
    return Reading(file=file, kind="comments", items=(), skipped=notes)


_READERS = {
    "pol": _pol,
    "reg": _reg,
    "lgpo": _lgpo,
    "preferences": _preferences,
    "comments": _comments,
}


def _profile(path: Path) -> Reading:
    from gpogen.compile.compiler import check
    from gpogen.errors import ContentError
    from gpogen.profile.load import Loader

    checked = check(Loader(Path("profiles") if Path("profiles").is_dir() else None).load(path))
    if checked.compiled is None:
        errors = [item for item in checked.findings if item.severity is Severity.ERROR]
        said = (
            f"{errors[0].at}: {errors[0].message}" if errors else "it is a base, without a target"
        )
        raise ContentError(f"{show(path)} builds nothing: {said}")
    made = checked.compiled
    items = tuple(
        Item(item.record, (item.origin.places or (Place(show(path), 1, 1),))[0])
        for item in (*made.policy, *made.preferences)
    )
    return Reading(file=show(path), kind="profile", items=items, title=made.header.title)


def _backup(folder: Path, max_size: int) -> Reading:
    from gpogen.formats.gpobackup import read_backup

    found = sorted(item for item in folder.iterdir() if item.name.lower() == _BACKUP)
    if not found:
        raise UsageError(f"{show(folder)}: no GPO backup in this folder (no Backup.xml)")
    try:
        info = read_backup(read_bytes(found[0], max_size))
    except FormatError as error:
        raise error.named(show(found[0])) from None
    items: list[Item] = []
    skipped: list[str] = []
    inside = Inside(folder.resolve())
    for listed in info.files:
        location = listed.path
        if location.lower().endswith(_COMMENT):
            continue
        part = _part(inside, location, max_size)
        if part is None:
            known = location.lower().rpartition("/")[2] in _READ
            reason = "it is not in the backup" if known else "it is no registry policy"
            owner = f"{cut(listed.extension)}: " if listed.extension else ""
            skipped.append(f"{owner}{location}: not read, {reason}")
        else:
            items += part.items
            skipped += part.skipped
    return Reading(
        file=show(folder),
        kind="backup",
        items=tuple(items),
        title=info.title,
        extensions=info.machine_extensions,
        skipped=tuple(skipped),
    )


def _part(inside: Inside, location: str, max_size: int) -> Reading | None:
    """Read one file of a backup, or None for what holds no registry values."""
    if location.lower().rpartition("/")[2] not in _READ:
        return None
    file = inside.find(location)
    if file is None:
        return None
    reading = _read_bytes(read_bytes(file, max_size), file, show(file), max_size)
    if reading.kind == "comments":
        return Reading(file=reading.file, kind="comments", items=())
    return reading


def read_all(paths: tuple[str, ...], *, max_size: int) -> Iterator[Reading | GpogenError]:
    """Read everything that paths stand for; what can't be read is yielded as its error."""
    for path in paths:
        try:
            parts = inputs(path)
        except (GpogenError, OSError) as error:
            yield _told(error, path)
            continue
        for part in parts:
            try:
                yield read_input(part, max_size=max_size)
            except (GpogenError, OSError, RuntimeError) as error:
                yield _told(error, part)


def _told(error: Exception, path: str) -> GpogenError:
    """Return an error of ours; the system's (a name too long, a loop of links) with the path."""
    if isinstance(error, GpogenError):
        return error
    return UsageError(f"{path}: {getattr(error, 'strerror', None) or error}")
