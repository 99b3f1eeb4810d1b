"""Backup.xml of a GPO backup (MS-GPOL backups as Backup-GPO, GPMC and LGPO /b write them)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats.xmlread import child_text, local_name, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a backup.

    Attributes:
        path: relative, with ``/`` between its parts.
        extension: the name of the extension that it belongs to, such as ``Security``.
    """

    path: str
    extension: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupInfo:
    """What Backup.xml says of a GPO.

    Attributes:
        title: the GPO's display name.
        machine_extensions: gPCMachineExtensionNames.
        user_extensions: gPCUserExtensionNames.
        files: the files that the backup holds.
    """

    title: str
    machine_extensions: str
    user_extensions: str
    files: tuple[Listed, ...]


def read_backup(data: bytes) -> BackupInfo:
    """Read Backup.xml.

    Raises:
        FormatError: it is no Backup.xml.
    """
    root = parse_xml(data, "Backup.xml")
    if local_name(root) != "GroupPolicyBackupScheme":
        raise FormatError(f"the root element is {local_name(root)}, not GroupPolicyBackupScheme")
    gpo = next((item for item in root if local_name(item) == "GroupPolicyObject"), None)
    core = None
    if gpo is not None:
        core = next((i for i in gpo if local_name(i) == "GroupPolicyCoreSettings"), None)
    if gpo is None or core is None:
        raise FormatError("Backup.xml has no GroupPolicyCoreSettings")
    extensions = [item for item in gpo if local_name(item) == "GroupPolicyExtension"]
    return BackupInfo(
        title=child_text(core, "DisplayName"),
        machine_extensions=child_text(core, "MachineExtensionGuids"),
        user_extensions=child_text(core, "UserExtensionGuids"),
        files=_files(extensions),
    )


def _files(extensions: list[_Element]) -> tuple[Listed, ...]:
    """Return the files that a backup lists, each once whatever its case, as Windows sees it."""
    found: dict[str, Listed] = {}
    for extension in extensions:
        name = _attribute(extension, "DescName")
        for item in extension:
            path = _attribute(item, "Location").replace("\\", "/")
            if local_name(item) == "FSObjectFile" and path:
                found.setdefault(path.lower(), Listed(path, name))
    return tuple(found.values())


def _attribute(element: object, name: str) -> str:
    attributes = element.attrib  # type: ignore[attr-defined]
    for key, value in attributes.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""
