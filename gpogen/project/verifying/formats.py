"""The formats of an output folder, compared with the profile or with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gpogen.artifacts.reg_file import left_behind, left_for
from gpogen.artifacts.wmi_filter import wmi_filter
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError
from gpogen.finding import Place
from gpogen.formats import lgpo, mof, reg
from gpogen.formats.loss import Loss
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via
from gpogen.project.difference import Change, change_text, compare_policies
from gpogen.project.gpo.compare import compare_gpos
from gpogen.project.output import Folder
from gpogen.project.reading import Item, Reading, of_compiled, read_bytes, read_input
from gpogen.project.tree import Manifest
from gpogen.project.verifying.audit_rows import TABLES, differences, read_rows
from gpogen.project.verifying.backup import Backup
from gpogen.project.verifying.records import (
    Comments,
    found_comments,
    records_of,
    reg_records,
    undone,
    wanted_comments,
)
from gpogen.project.verifying.row import FormatRow, listed

_PROFILE = "profile"
_ALONE = "no profile to compare with"
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

    def files(self, artefact: str, ending: str) -> list[Path]:
        """Return the files of an artefact that are there."""
        own = (path for path, entry in self.manifest.files.items() if entry.artifact == artefact)
        right = (path for path in own if path.lower().endswith(ending))
        return [self.found.path / path for path in right if self.found.is_file(path)]

    def records(self, paths: Sequence[Path]) -> list[Record]:
        """Read the records of files.

        Raises:
            FormatError: a file is malformed.
        """
        found: list[Record] = []
        for path in paths:
            found += read_input(str(path), max_size=self.max_size).records
        return found

    @property
    def backup_records(self) -> list[Record]:
        """The records of the GPO backups."""
        return _records(self.backups)

    @property
    def policy(self) -> list[Record]:
        """The registry.pol records that are taken for right: the profile's, or the backup's."""
        if self.compiled is not None:
            return records_of(self.compiled.policy)
        return [record for record in self.backup_records if record.via is Via.POLICY]

    @property
    def against(self) -> str:
        """What these are."""
        return _PROFILE if self.compiled is not None else "GPO backup"


_Compare = Callable[[Formats, str, list[Path]], Iterator[FormatRow]]


def compare_formats(folder: Formats) -> Iterator[FormatRow]:
    """Read every format back, and compare it."""
    if folder.backups:
        yield from _gpo(folder.backups, folder.compiled)
    yield from _read(folder, "registry.pol", "registry-pol", ".pol", _policy_files)
    yield from _read(folder, "LGPO text", "lgpo", ".txt", _lgpo)
    yield from _read(folder, ".reg", "reg", ".reg", _reg)
    yield from _read(folder, "WMI filter", "wmi", ".mof", _wmi)
    yield from _read(folder, "audit script", "test-script", ".ps1", _audit)
    yield from _comments(folder.backups, folder.compiled)


def compare_backup(backup: Backup, compiled: Compiled) -> Iterator[FormatRow]:
    """Compare a backup alone with a profile."""
    yield from _gpo((backup,), compiled)
    yield from _comments((backup,), compiled)


def _read(
    folder: Formats, name: str, artefact: str, ending: str, compare: _Compare
) -> Iterator[FormatRow]:
    files = folder.files(artefact, ending)
    try:
        if files:
            yield from compare(folder, name, files)
    except FormatError as error:
        yield FormatRow(name, None, equal=False, text=str(error))


def _gpo(backups: tuple[Backup, ...], compiled: Compiled | None) -> Iterator[FormatRow]:
    found = _records(backups)
    if compiled is None:
        yield FormatRow("GPO backup", len(found), equal=None, text=_ALONE)
        return
    wanted = of_compiled(compiled, "")
    items = tuple(item for one in backups for part in one.contents for item in part.items)
    read = Reading(file="", kind="backup", items=items)
    yield _row("GPO backup", found, compare_policies(wanted, read), _PROFILE)
    others = [
        change.text
        for one in backups
        for change in compare_gpos(wanted, replace(read, gpo=one.gpo()))
    ]
    if others:
        text = f"differs from the {_PROFILE}: {listed(others, _SHOWN)}"
        yield FormatRow("GPO", None, equal=False, text=text)


def _records(backups: tuple[Backup, ...]) -> list[Record]:
    return [record for one in backups for item in one.contents for record in item.records]


def _policy_files(folder: Formats, name: str, files: list[Path]) -> Iterator[FormatRow]:
    found = folder.records(files)
    yield _row(name, found, _differences(folder.policy, found), folder.against)


def _lgpo(folder: Formats, name: str, files: list[Path]) -> Iterator[FormatRow]:
    wanted = folder.policy
    lost = lgpo.losses(wanted)
    found = folder.records(files)
    yield _row(name, found, _differences(_without(wanted, lost), found), folder.against, len(lost))


def _reg(folder: Formats, name: str, files: list[Path]) -> Iterator[FormatRow]:
    undo = [path for path in files if path.stem.endswith("-undo")]
    found = folder.records([path for path in files if path not in undo])
    if folder.compiled is None:
        common = _common(folder.backup_records, found)
        yield _row(name, found, common, "GPO backup, where both have a value")
    else:
        wanted = records_of(folder.compiled.direct)
        lost = reg.losses(wanted)
        right = list(reg_records(_without(wanted, lost)))
        yield _row(name, found, _differences(right, found), _PROFILE, len(lost))
    if undo:
        back = folder.records(undo)
        left = left_for(found) if folder.compiled is None else left_behind(folder.compiled)
        changes = _differences(undone(found, left), back)
        if folder.compiled is None and changes:
            # Nothing in the folder says whether it is for Azure VMs, where nothing is left.
            changes = _differences(undone(found), back) and changes
        yield _row(".reg (undo)", back, changes, name)


def _wmi(folder: Formats, name: str, files: list[Path]) -> Iterator[FormatRow]:
    found = [mof.decode(read_bytes(path, folder.max_size)).query for path in files]
    if folder.compiled is None:
        yield FormatRow(name, len(found), equal=None, text=_ALONE)
        return
    wanted = wmi_filter(folder.compiled.header).query
    equal = found == [wanted]
    told = f"as the {_PROFILE}" if equal else f"the query differs from the {_PROFILE}'s: {wanted}"
    yield FormatRow(name, len(found), equal=equal, text=told)


def _audit(folder: Formats, name: str, files: list[Path]) -> Iterator[FormatRow]:
    scripts = [read_bytes(path, folder.max_size) for path in files]
    count = sum(len(read_rows(data, table)) for data in scripts for table in TABLES)
    if folder.compiled is None:
        yield FormatRow(name, count, equal=None, text=_ALONE)
        return
    wrong = [text for data in scripts for text in differences(folder.compiled, data)]
    text = (
        f"differs from the {_PROFILE}: {listed(wrong, _SHOWN)}" if wrong else f"as the {_PROFILE}"
    )
    yield FormatRow(name, count, equal=not wrong, text=text)


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


def _without(records: list[Record], lost: Sequence[Loss]) -> list[Record]:
    gone = {id(loss.record) for loss in lost}
    return [record for record in records if id(record) not in gone]


def _row(
    name: str, found: Sequence[Record], changes: list[Change], against: str, lost: int = 0
) -> FormatRow:
    if not changes:
        left = f", but for {lost} that the format cannot hold" if lost else ""
        return FormatRow(name, len(found), equal=True, text=f"as the {against}{left}")
    shown = listed((change_text(change) for change in changes), _SHOWN)
    text = f"differs from the {against}: {shown}"
    return FormatRow(name, len(found), equal=False, text=text)
