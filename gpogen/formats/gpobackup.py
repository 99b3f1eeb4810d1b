"""Backup.xml of a GPO backup (MS-GPOL backups as Backup-GPO, GPMC and LGPO /b write them)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats.xmlread import child_text, local_name, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupInfo:
    """What Backup.xml says of a GPO.

    Attributes:
        title: the GPO's display name.
        machine_extensions: gPCMachineExtensionNames.
        user_extensions: gPCUserExtensionNames.
        locations: the files that the backup holds, relative, with ``/``.
        extension_names: the names of the extensions that have a block of their own.
    """

    title: str
    machine_extensions: str
    user_extensions: str
    locations: tuple[str, ...]
    extension_names: tuple[str, ...]


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
        locations=_locations(extensions),
        extension_names=tuple(_attribute(item, "DescName") for item in extensions),
    )


def _locations(extensions: list[_Element]) -> tuple[str, ...]:
    """Return the files that a backup lists, each once whatever its case, as Windows sees it."""
    listed = (
        value.replace("\\", "/")
        for extension in extensions
        for item in extension
        if local_name(item) == "FSObjectFile" and (value := _attribute(item, "Location"))
    )
    found: dict[str, str] = {}
    for location in listed:
        found.setdefault(location.lower(), location)
    return tuple(found.values())


def _attribute(element: object, name: str) -> str:
    attributes = element.attrib  # type: ignore[attr-defined]
    for key, value in attributes.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""
