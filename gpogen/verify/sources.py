"""What the files of an output folder are compared with: a profile, or the backup beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass

from gpogen.artifacts.api import Artifact
from gpogen.compile.result import Compiled, records_of
from gpogen.errors import FormatError
from gpogen.formats.all import load, sniff
from gpogen.policy.records import Record
from gpogen.policy.types import Hive, Via
from gpogen.reading.backup import Backup

Read = Callable[[str], bytes | None]
"""Returns the bytes of a file of the folder; None where it is missing."""


@dataclass(frozen=True, slots=True)
class OfProfile:
    """A profile; ``read`` finds the files of its folder, on disk or in memory."""

    compiled: Compiled
    read: Read

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.compiled.header.name

    @property
    def policy(self) -> list[Record]:
        """The records of registry.pol."""
        return records_of(self.compiled.policy)

    @property
    def every(self) -> list[Record]:
        """These and the preferences."""
        return [*self.policy, *records_of(self.compiled.preferences)]

    def found(self, path: str) -> list[Record]:
        """Return the records of another file of the folder."""
        return _other(self.read, path)


@dataclass(frozen=True, slots=True)
class OfBackups:
    """The GPO backups of a folder, where its profile is not at hand."""

    name: str
    backups: tuple[Backup, ...]
    read: Read

    @property
    def compiled(self) -> None:
        """Nothing: the profile is not at hand."""
        return

    @property
    def policy(self) -> list[Record]:
        """The records of registry.pol."""
        return [record for record in self.every if record.via is Via.POLICY]

    @property
    def every(self) -> list[Record]:
        """All records."""
        return [record for one in self.backups for item in one.contents for record in item.records]

    def found(self, path: str) -> list[Record]:
        """Return the records of another file of the folder."""
        return _other(self.read, path)


def _other(read: Read, path: str) -> list[Record]:
    data = read(path)
    kind = sniff(data, path) if data is not None else None
    return [] if data is None or kind is None else records_in(kind, path, data)


def records_in(kind: str, path: str, data: bytes) -> list[Record]:
    """Read the records of a file.

    Raises:
        FormatError: it is malformed, or a part of it has no record.
    """
    hive = Hive.HKCU if path.startswith("user/") else Hive.HKLM
    found = load(kind).read(data, path, hive)
    if found.skipped:
        raise FormatError(f"{path}: {found.skipped[0]}")
    return [item.record for item in found.items]


def content_of(artifact: Artifact, path: str, data: bytes) -> list[Record] | object:
    """Read a file of an artifact.

    Raises:
        FormatError: it is malformed.
    """
    if artifact.read is not None:
        return artifact.read(data)
    return records_in(artifact.form, path, data)


def other_fields(found: object, wanted: object) -> Iterator[str]:
    """Name the fields in which two values of one dataclass differ."""
    if is_dataclass(wanted) and type(found) is type(wanted):
        for field in fields(wanted):
            if getattr(found, field.name) != getattr(wanted, field.name):
                yield field.name


def are_records(content: object) -> bool:
    """Tell whether what a file holds is a list of records."""
    return isinstance(content, Sequence) and not isinstance(content, str)
