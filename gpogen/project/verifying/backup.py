"""A GPO backup as it lies there, nothing taken for granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats import cmtx, pol
from gpogen.formats.gppregistry import read as read_preferences
from gpogen.formats.xmlread import child_text, local_name, parse_xml
from gpogen.policy.records import Record
from gpogen.policy.types import Hive

if TYPE_CHECKING:
    from lxml.etree import _Element

    from gpogen.project.verifying.files import Files

BACKUP, INFO, MANIFEST = "Backup.xml", "bkupInfo.xml", "manifest.xml"
_SIDES = {"machine": Hive.HKLM, "user": Hive.HKCU}


@dataclass(frozen=True, slots=True)
class Document:
    """One XML file: its root, or why there is none."""

    root: _Element | None
    missing: bool = False
    error: str = ""
    instances: Mapping[str, _Element] = field(default_factory=dict)
    """The entries of a manifest.xml by the backup's ID, in lower case."""


@dataclass(frozen=True, slots=True)
class Location:
    """One file or folder that Backup.xml says the backup holds; ``/`` between its parts."""

    path: str
    is_folder: bool

    @property
    def is_outside(self) -> bool:
        """Tell whether the path leaves the backup."""
        return bool({"", ".", ".."} & set(self.path.split("/"))) or ":" in self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One file of a backup that holds policy.

    Attributes:
        path: the file as spelt on disk.
        hive: its side.
        kind: ``pol``, ``preferences`` or ``comments``.
        records: what it sets.
        notes: what it says of policies.
        error: why it could not be read; empty when it could.
    """

    path: str
    hive: Hive
    kind: str
    records: tuple[Record, ...] = ()
    notes: tuple[cmtx.PolicyNote, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup.

    Attributes:
        name: its folder's name.
        files: what lies in the folder.
        root: Backup.xml.
        core: its GroupPolicyCoreSettings.
        info: bkupInfo.xml.
        manifest: manifest.xml, which lies beside the folder.
        locations: what Backup.xml lists.
        contents: the policy in it, of the files that Backup.xml lists.
    """

    name: str
    files: Files
    root: _Element
    core: _Element
    info: Document
    manifest: Document
    locations: tuple[Location, ...]
    contents: tuple[Content, ...]

    @property
    def instance(self) -> _Element | None:
        """This backup's entry of manifest.xml; None when it has none."""
        if self.manifest.root is None:
            return None
        names = [self.name.lower()]
        if self.info.root is not None:
            names.append(child_text(self.info.root, "ID").lower())
        found = (self.manifest.instances.get(name) for name in names)
        return next((item for item in found if item is not None), None)

    def extensions(self, hive: Hive) -> str:
        """Return the names of one side's client-side extensions as they stand there."""
        return child_text(self.core, f"{hive.side}ExtensionGuids")

    def find(self, place: Location) -> str | None:
        """Return a location as it is spelt on disk; None when it is not there."""
        find = self.files.find_folder if place.is_folder else self.files.find
        return find(place.path)

    def has_content(self, hive: Hive) -> bool:
        """Tell whether a side sets anything that gpogen can read."""
        return any(item.records for item in self.contents if item.hive is hive)


def load_backup(name: str, files: Files, manifest: bytes | None) -> Backup:
    """Read a backup; only Backup.xml must be readable.

    Raises:
        FormatError: there is no Backup.xml, or it is none.
        UsageError: a file can't be opened, or is too large.
    """
    found = files.find(BACKUP)
    if found is None:
        raise FormatError(f"no {BACKUP} in this folder")
    root = parse_xml(files.read(found), BACKUP)
    core = next((item for item in root.iter() if _is(item, "GroupPolicyCoreSettings")), None)
    if local_name(root) != "GroupPolicyBackupScheme" or core is None:
        raise FormatError(f"{BACKUP} holds no GroupPolicyCoreSettings of a backup")
    info = files.find(INFO)
    locations = tuple(dict.fromkeys(_locations(root)))
    return Backup(
        name=name,
        files=files,
        root=root,
        core=core,
        info=_document(None if info is None else files.read(info), INFO),
        manifest=_manifest(manifest),
        locations=locations,
        contents=tuple(_contents(locations, files)),
    )


def _is(element: _Element, name: str) -> bool:
    return local_name(element) == name


def _document(data: bytes | None, what: str) -> Document:
    if data is None:
        return Document(None, missing=True)
    try:
        root = parse_xml(data, what)
        listed = (item for item in reversed(root) if local_name(item) == "BackupInst")
        return Document(root, instances={child_text(i, "ID").lower(): i for i in listed})
    except FormatError as error:
        return Document(None, error=str(error))


@lru_cache(maxsize=1)
def _manifest(data: bytes | None) -> Document:
    """Read manifest.xml, which all backups of a folder share, once."""
    return _document(data, MANIFEST)


def _locations(root: _Element) -> list[Location]:
    found: list[Location] = []
    for element in root.iter():
        kind = local_name(element)
        if kind not in ("FSObjectFile", "FSObjectDir"):
            continue
        values = [str(text) for name, text in element.attrib.items() if _local(name) == "Location"]
        found += [Location(value.replace("\\", "/"), kind == "FSObjectDir") for value in values]
    return found


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _contents(locations: Iterable[Location], files: Files) -> Iterator[Content]:
    """Read each file once, however often it is listed."""
    seen: set[str] = set()
    for place in locations:
        content = _content(place, files)
        if content is not None and content.path not in seen:
            seen.add(content.path)
            yield content


def _content(place: Location, files: Files) -> Content | None:
    parts = place.path.lower().split("/")
    path = files.find(place.path)
    hive = next((_SIDES[part] for part in parts if part in _SIDES), None)
    kind = _KINDS.get(parts[-1])
    if place.is_folder or path is None or hive is None or kind is None:
        return None
    if kind == "preferences" and parts[-2] != "registry":
        return None
    try:
        return _READERS[kind](path, hive, files.read(path))
    except FormatError as error:
        return Content(path=path, hive=hive, kind=kind, error=str(error))


def _pol(path: str, hive: Hive, data: bytes) -> Content:
    records = tuple(pol.to_records(pol.decode(data), hive))
    return Content(path=path, hive=hive, kind="pol", records=records)


def _preferences(path: str, hive: Hive, data: bytes) -> Content:
    records = tuple(item.record for item in read_preferences(data).items)
    return Content(path=path, hive=hive, kind="preferences", records=records)


def _comments(path: str, hive: Hive, data: bytes) -> Content:
    return Content(path=path, hive=hive, kind="comments", notes=tuple(cmtx.decode(data)))


_KINDS = {"registry.pol": "pol", "registry.xml": "preferences", "comment.cmtx": "comments"}
_READERS = {"pol": _pol, "preferences": _preferences, "comments": _comments}
