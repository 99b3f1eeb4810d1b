"""The one reader of GPO backups: a backup as it lies there, nothing taken for granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gpogen.artifacts.backup.comments import VALUES, is_value_list
from gpogen.errors import FormatError
from gpogen.formats import cmtx
from gpogen.formats.xmlread import child_text, local_name, parse_xml
from gpogen.policy.gpo import Gpo, Item, Part
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.reading.describe import kind_of, template_detail
from gpogen.reading.parsing import parse

if TYPE_CHECKING:
    from lxml.etree import _Element

    from gpogen.reading.files import Files

BACKUP, INFO, MANIFEST = "Backup.xml", "bkupInfo.xml", "manifest.xml"
SIDES = {"machine": Hive.HKLM, "user": Hive.HKCU}
_ROOT = "domainsysvol/gpo/"
"""Where in a backup the GPO's own files lie."""
_COMMENT = "gpo.cmt"
"""The GPO's own comment: text for people, no setting."""
_OPTIONS = ("0", "1", "2", "3")


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
    """One file or folder that Backup.xml says the backup holds, however deep it says so.

    Attributes:
        path: ``/`` between its parts.
        is_folder: whether it is a folder.
        owner: the name of the extension that it belongs to, such as ``Security``.
    """

    path: str
    is_folder: bool
    owner: str = ""

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
        items: what it sets.
        skipped: what of it has no record, one sentence each.
        notes: what it says of policies.
        error: why it could not be read; None when it could.
    """

    path: str
    hive: Hive
    kind: str
    items: tuple[Item, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[cmtx.PolicyNote, ...] = ()
    error: FormatError | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        """The records alone."""
        return tuple(item.record for item in self.items)


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

    @property
    def options(self) -> str:
        """The GPO's flags as they stand there: 1 turns the user side off, 2 the computer side."""
        return child_text(self.core, "Options")

    @property
    def title(self) -> str:
        """The GPO's display name."""
        return child_text(self.core, "DisplayName")

    def gpo(self) -> Gpo:
        """Return what the GPO has besides its records."""
        flags = int(self.options) if self.options in _OPTIONS else None
        name = child_text(self.core, "WMIFilterName")
        return Gpo(
            computer=None if flags is None else not flags & 2,
            user=None if flags is None else not flags & 1,
            wmi_filter=name or child_text(self.core, "WMIFilter"),
            extensions={hive: self.extensions(hive) for hive in Hive},
            parts=tuple(self._parts()),
        )

    def comment_files(self) -> dict[str, bytes]:
        """Return the bytes of GPO.cmt and of every comment.cmtx, by their names on disk."""
        listed = (self.files.find(place.path) for place in self.locations if not place.is_folder)
        names = (name for name in listed if name is not None)
        return {name: self.files.read(name) for name in names if is_comment(name)}

    def _parts(self) -> Iterator[Part]:
        """Yield what is listed and is no registry policy, each once whatever its case."""
        read = {item.path for item in self.contents}
        seen: set[str] = set()
        for place in self.locations:
            lowered = place.path.lower()
            found = self.files.find(place.path)
            if place.is_folder or is_comment(lowered) or found in read or lowered in seen:
                continue
            seen.add(lowered)
            if found is not None and is_own_list(lowered, found, self.files):
                continue
            yield part(place.path, place.owner, found, self.files)
        for element in self.root.iter("{*}DSObject"):
            values = [str(text) for text in element.attrib.values()]
            name = max(values, key=len, default="?")
            yield Part(location=name, what="directory object", is_file=False)

    def find(self, place: Location) -> str | None:
        """Return a location as it is spelt on disk; None when it is not there."""
        find = self.files.find_folder if place.is_folder else self.files.find
        return find(place.path)

    def has_content(self, hive: Hive) -> bool:
        """Tell whether a side sets anything that gpogen can read."""
        return any(item.records for item in self.contents if item.hive is hive)


def load_backup(name: str, files: Files, manifest: bytes | None, shown: str = "") -> Backup:
    """Read a backup; only Backup.xml must be readable.

    Args:
        name: the name of its folder.
        files: what lies in it.
        manifest: the manifest.xml beside it; None where there is none.
        shown: the folder as the places of records name it.

    Raises:
        FormatError: there is no Backup.xml, or it is none.
        UsageError: a file can't be opened, or is too large.
    """
    found = files.find(BACKUP)
    if found is None:
        raise FormatError(f"{BACKUP} is not in this folder")
    root = parse_xml(files.read(found), BACKUP)
    core = next((item for item in root.iter() if _is(item, "GroupPolicyCoreSettings")), None)
    if local_name(root) != "GroupPolicyBackupScheme" or core is None:
        raise FormatError(f"{BACKUP} must have the element GroupPolicyCoreSettings")
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
        contents=tuple(_contents(locations, files, shown)),
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


def _locations(root: _Element) -> Iterator[Location]:
    """Yield what is listed, also inside other elements: an MSI package, a folder of scripts."""
    stack = [(root, "")]
    while stack:
        element, owner = stack.pop()
        kind = local_name(element)
        if kind == "GroupPolicyExtension":
            owner = _attribute(element, "DescName")
        elif kind in ("FSObjectFile", "FSObjectDir"):
            path = _attribute(element, "Location").replace("\\", "/")
            if path:
                yield Location(path, kind == "FSObjectDir", owner)
        stack += [(child, owner) for child in reversed(element)]


def _attribute(element: _Element, name: str) -> str:
    found = (str(text) for key, text in element.attrib.items() if _local(key) == name)
    return next(found, "")


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def is_comment(path: str) -> bool:
    """Tell whether a file of a GPO is text for people alone."""
    return path.lower().rpartition("/")[2] in (_COMMENT, "comment.cmtx")


def is_own_list(path: str, found: str, files: Files) -> bool:
    """Tell whether a file is the list that gpogen's import leaves; ``found`` is its name on disk.

    Its name alone hides nothing: a file of that name with anything else in it is a part.
    """
    below = path.lower().removeprefix(_ROOT)
    return below == VALUES and is_value_list(files.read(found))


def part(path: str, owner: str, found: str | None, files: Files) -> Part:
    """Describe a file of a GPO that is no registry policy; ``found`` is its name on disk."""
    below = path[len(_ROOT) :] if path.lower().startswith(_ROOT) else path
    known = KINDS.get(path.lower().rpartition("/")[2])
    what = "registry policy" if known and found is None else kind_of(below, owner)
    if found is None:
        return Part(location=below, what=what)
    if what == "security template":
        what += template_detail(files.read(found))
    return Part(location=below, what=what, read=lambda: files.read(found))


def _contents(locations: Iterable[Location], files: Files, shown: str) -> Iterator[Content]:
    """Read each file once, however often it is listed."""
    seen: set[str] = set()
    for place in locations:
        path = None if place.is_folder else files.find(place.path)
        if path is not None and path not in seen:
            seen.add(path)
            content = content_of(path, files, shown)
            if content is not None:
                yield content


def content_of(path: str, files: Files, shown: str) -> Content | None:
    """Read a file of a GPO by its name on disk; None for one that holds no registry policy.

    Raises:
        UsageError: it can't be opened, or is too large.
    """
    parts = path.lower().split("/")
    hive = next((SIDES[part] for part in parts if part in SIDES), None)
    kind = KINDS.get(parts[-1])
    if hive is None or kind is None or (kind == "preferences" and parts[-2] != "registry"):
        return None
    return read_content(path, hive, files.read(path), f"{shown}/{path}" if shown else path)


def read_content(path: str, hive: Hive, data: bytes, file: str) -> Content:
    """Read the bytes of a registry.pol, Registry.xml or comment.cmtx.

    Args:
        path: its own name, which says what it is.
        hive: its side.
        data: the bytes.
        file: where they lie, as the places of records name it.
    """
    kind = KINDS[path.lower().rpartition("/")[2]]
    try:
        if kind == "comments":
            return Content(path=path, hive=hive, kind=kind, notes=tuple(cmtx.decode(data)))
        found = parse(data, PurePosixPath(path), file, hive if kind == "pol" else None)
    except FormatError as error:
        return Content(path=path, hive=hive, kind=kind, error=error)
    return Content(path=path, hive=hive, kind=kind, items=found.items, skipped=found.skipped)


KINDS = {"registry.pol": "pol", "registry.xml": "preferences", "comment.cmtx": "comments"}
"""The files of a GPO that hold registry policy, or comments on it."""
