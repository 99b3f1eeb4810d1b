"""The formats of an output folder, compared with the profile or with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from gpogen.artifacts.all import MODULES, load
from gpogen.artifacts.api import Artifact, Held, Reference
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError
from gpogen.finding import Place
from gpogen.interchange.compare_gpos import compare_gpos
from gpogen.interchange.difference import Change, change_text, compare_policies
from gpogen.outputs.folder import Folder
from gpogen.outputs.tree import Manifest, as_version
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via
from gpogen.reading.backup import Backup
from gpogen.reading.read import Item, Reading, of_compiled, read_bytes
from gpogen.verify.records import Comments, found_comments, wanted_comments
from gpogen.verify.row import FormatRow, listed
from gpogen.verify.sources import (
    OfBackups,
    OfProfile,
    are_records,
    content_of,
    other_fields,
    records_in,
)

_PROFILE = "profile"
_ALONE = "no profile for the comparison"
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """An output folder whose formats are compared.

    Attributes:
        found: what lies in it.
        manifest: its manifest.
        backups: the GPO backups in it.
        compiled: what its profile says today; None without a profile.
        max_size: the most bytes of one file.
    """

    found: Folder
    manifest: Manifest
    backups: tuple[Backup, ...]
    compiled: Compiled | None
    max_size: int

    @property
    def source(self) -> Reference:
        """What its files are compared with: as the gpogen that wrote them would head them."""
        if self.compiled is None:
            return OfBackups(self.manifest.profile, self.backups, self.read)
        return OfProfile(as_version(self.compiled, self.manifest.version), self.read)

    def read(self, path: str) -> bytes | None:
        """Read a file that the manifest lists; None where it is missing."""
        if path not in self.manifest.files or not self.found.is_file(path):
            return None
        return read_bytes(self.found.path / path, self.max_size)

    def files(self, artifact: str) -> list[str]:
        """Return the files of an artifact that are there."""
        own = (path for path, entry in self.manifest.files.items() if entry.artifact == artifact)
        return [path for path in own if self.found.is_file(path)]


def compare_formats(folder: Formats) -> Iterator[FormatRow]:
    """Read every format back, and compare it."""
    if folder.backups:
        yield from _gpo(folder.backups, folder.compiled)
    for name in MODULES:
        artifact, files = load(name), folder.files(name)
        if not files or artifact.expected is None:
            continue
        try:
            yield from _rows(folder, artifact, artifact.expected(folder.source), files)
        except FormatError as error:
            yield FormatRow(artifact.title, None, equal=False, text=str(error))
    if folder.files("gpo"):
        yield from _comments(folder.backups, folder.compiled)


def compare_backup(backup: Backup, compiled: Compiled) -> Iterator[FormatRow]:
    """Compare a backup alone with a profile."""
    yield from _gpo((backup,), compiled)
    yield from _comments((backup,), compiled)


def _rows(
    folder: Formats, artifact: Artifact, expected: Sequence[Held], files: list[str]
) -> Iterator[FormatRow]:
    """Compare the files of one artifact; those of one title give one row."""
    others = sorted(set(files) - {item.path for item in expected})
    if not expected and folder.compiled is None:
        read = [content_of(artifact, path, _bytes(folder, path)) for path in files]
        yield FormatRow(artifact.title, len(read), equal=None, text=_ALONE)
        return
    titles = dict.fromkeys(item.title or artifact.title for item in expected)
    for title in titles:
        own = [item for item in expected if (item.title or artifact.title) == title]
        if all(are_records(item.content) for item in own):
            yield _of_records(folder, artifact, title, own)
        else:
            yield from _of_values(folder, artifact, title, own)
    if others:
        text = f"not of this profile: {listed(others, _SHOWN)}"
        yield FormatRow(artifact.title, None, equal=False, text=text)


def _bytes(folder: Formats, path: str) -> bytes:
    data = folder.read(path)
    if data is None:
        raise FormatError(f"{path} is missing")
    return data


def _of_records(folder: Formats, artifact: Artifact, title: str, own: Sequence[Held]) -> FormatRow:
    found: list[Record] = []
    wanted: list[Record] = []
    others: list[Record] = []
    for item in own:
        data = folder.read(item.path)
        found += records_in(artifact.form, item.path, data) if data is not None else []
        wanted += cast(Sequence[Record], item.content)
        others += (record for right in item.others for record in right)
    has_profile = folder.compiled is not None
    against = own[0].against or (_PROFILE if has_profile else "GPO backup")
    if own[0].common:
        return _row(title, found, _common(wanted, found), f"{against}, where both have a value")
    changes = _differences(wanted, found)
    if changes and any(item.others for item in own):
        changes = _differences(others, found) and changes
    return _row(title, found, changes, against, sum(item.lost for item in own))


def _of_values(
    folder: Formats, artifact: Artifact, title: str, own: Sequence[Held]
) -> Iterator[FormatRow]:
    """Yield a row for all files that are as they are to be, and one for each other file."""
    equal = 0
    for item in own:
        found = content_of(artifact, item.path, _bytes(folder, item.path))
        if found == item.content:
            equal += 1
            continue
        names = listed((artifact.differences or other_fields)(found, item.content), _SHOWN)
        where = f"{item.path} " if len(own) > 1 else ""
        text = f"{where}differs from the {_PROFILE}: {names}"
        yield FormatRow(title, 1, equal=False, text=text)
    if equal:
        yield FormatRow(title, equal, equal=True, text=f"as the {_PROFILE}")


def _gpo(backups: tuple[Backup, ...], compiled: Compiled | None) -> Iterator[FormatRow]:
    found = _records(backups)
    if compiled is None:
        yield FormatRow("GPO backup", len(found), equal=None, text=_ALONE)
        return
    wanted = of_compiled(compiled, "")
    items = tuple(item for one in backups for part in one.contents for item in part.items)
    read = Reading(file="", kind="backup", items=items)
    row = _row("GPO backup", found, compare_policies(wanted, read), _PROFILE)
    yield replace(row, text=row.text + _preferences(found)) if row.equal else row
    others = [
        change.text
        for one in backups
        for change in compare_gpos(wanted, replace(read, gpo=one.gpo()))
    ]
    if others:
        text = f"differs from the {_PROFILE}: {listed(others, _SHOWN)}"
        yield FormatRow("GPO", None, equal=False, text=text)


def _preferences(found: Sequence[Record]) -> str:
    """Say why registry.pol has fewer records than the backup."""
    count = sum(record.via is Via.PREFERENCE for record in found)
    if not count:
        return ""
    are = "is a preference" if count == 1 else "are preferences"
    return f"; {count} of them {are}, which registry.pol does not have"


def _records(backups: tuple[Backup, ...]) -> list[Record]:
    return [record for one in backups for item in one.contents for record in item.records]


def _common(wanted: list[Record], found: list[Record]) -> list[Change]:
    """Compare the values that both sides set; a .reg file has more and less than a GPO."""
    values = {record.target: record for record in wanted if record.action is Action.SET}
    both = [item for item in found if item.target in values and item.action is Action.SET]
    return _differences([replace(values[item.target], via=Via.POLICY) for item in both], both)


def _comments(backups: tuple[Backup, ...], compiled: Compiled | None) -> Iterator[FormatRow]:
    sides = {hive: _notes(backups, hive) for hive in Hive}
    count = sum(map(len, sides.values()))
    if compiled is None:
        if count:
            yield FormatRow("comment.cmtx", count, equal=None, text=_ALONE)
        return
    wrong = [
        f"{hive.side} {key[1]}"
        for hive, found in sides.items()
        for key in _unequal(found, wanted_comments(compiled, hive))
    ]
    text = f"differs from the {_PROFILE}: {listed(wrong)}" if wrong else f"as the {_PROFILE}"
    if count or wrong:
        yield FormatRow("comment.cmtx", count, equal=not wrong, text=text)


def _notes(backups: tuple[Backup, ...], hive: Hive) -> Comments:
    own = (item for one in backups for item in one.contents if item.hive is hive)
    return found_comments(note for item in own for note in item.notes)


def _unequal(found: Comments, wanted: Comments) -> list[tuple[str, str]]:
    return [key for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key)]


def _differences(wanted: Sequence[Record], found: Sequence[Record]) -> list[Change]:
    return compare_policies(_reading(wanted), _reading(found))


def _reading(records: Sequence[Record]) -> Reading:
    place = Place("", 1, 1)
    return Reading(file="", kind=_PROFILE, items=tuple(Item(item, place) for item in records))


def _row(
    name: str, found: Sequence[Record], changes: list[Change], against: str, lost: int = 0
) -> FormatRow:
    if not changes:
        left = f", except {lost} that the format cannot hold" if lost else ""
        return FormatRow(name, len(found), equal=True, text=f"as the {against}{left}")
    shown = listed((change_text(change) for change in changes), _SHOWN)
    text = f"differs from the {against}: {shown}"
    return FormatRow(name, len(found), equal=False, text=text)
