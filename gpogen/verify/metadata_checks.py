"""Checks of a backup's own words: its files, its XML, its GUIDs and its date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from gpogen.formats.xmlread import child_text, local_name
from gpogen.reading.backup import BACKUP, INFO, MANIFEST, Backup
from gpogen.verify.row import CheckRow, State, judged, listed

if TYPE_CHECKING:
    from lxml.etree import _Element

OPERATIONS = "http://www.microsoft.com/GroupPolicy/GPOOperations"
MANIFESTS = f"{OPERATIONS}/Manifest"
LGPO_ID = "{07BDCD6A-3F72-473C-82B9-67BB69DBE54D}"
"""LGPO.exe writes this ID into every backup, and gives the folder another one."""
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.A)
_ATTRIBUTED = ("GroupPolicyBackupScheme", "GroupPolicyExtension", "FSObjectFile", "FSObjectDir")


def files_present(backup: Backup) -> CheckRow:
    """Look for the XML files that Import-GPO reads."""
    wrong = [document.error for document in (backup.info, backup.manifest) if document.error]
    if backup.info.missing:
        wrong.append(f"{INFO} is missing; Import-GPO uses it to find a backup")
    return judged("files", wrong, f"{BACKUP} and {INFO} exist")


def namespaces(backup: Backup) -> CheckRow:
    """Compare the namespaces of all elements with those that Windows looks for."""
    documents = [(BACKUP, backup.root, OPERATIONS)]
    documents += [
        (name, document.root, MANIFESTS)
        for name, document in ((INFO, backup.info), (MANIFEST, backup.manifest))
        if document.root is not None
    ]
    wrong = []
    for name, root, right in documents:
        others = {_namespace(item) for item in root.iter() if isinstance(item.tag, str)} - {right}
        wrong += [
            f"{name} has elements in {other or 'no namespace'}; it must be {right}"
            for other in sorted(others)
        ]
    return judged("namespaces", wrong, listed(name for name, _, _ in documents))


def prefixes(backup: Backup) -> CheckRow:
    """Look for attributes of Backup.xml that lack their ``bkp:``."""
    wrong = []
    bound = backup.root.nsmap.get("bkp")
    if bound != OPERATIONS:
        wrong.append(f"bkp is bound to {bound or 'nothing'}; it must be {OPERATIONS}")
    bare = [
        f"{local_name(element)} {name}"
        for element in backup.root.iter(*(f"{{*}}{name}" for name in _ATTRIBUTED))
        for name in map(str, element.attrib)
        if not name.startswith("{" + OPERATIONS + "}")
    ]
    if bare:
        wrong.append(f"attributes without the prefix bkp: {listed(bare)}")
    return judged("prefixes", wrong, "every attribute of Backup.xml has the prefix bkp")


def guids(backup: Backup) -> CheckRow:
    """Check the form of every GUID: invalid ones make Import-GPO fail with 0x8007000D."""
    found = [("the folder's name", backup.name), (f"{BACKUP} ID", child_text(backup.core, "ID"))]
    if backup.info.root is not None:
        found += [
            (f"{INFO} {name}", child_text(backup.info.root, name))
            for name in ("ID", "GPOGuid", "GPODomainGuid")
        ]
    found += [
        ("a GroupPolicyExtension's ID", _bkp(item, "ID"))
        for item in backup.root.iter("{*}GroupPolicyExtension")
    ]
    wrong = [
        f"{where} is {text!r}; it must be {{8-4-4-4-12 hexadecimal digits}}"
        for where, text in found
        if not _GUID.fullmatch(text)
    ]
    return judged("GUIDs", wrong, f"{len(found)} GUIDs are well-formed")


def backup_id(backup: Backup) -> CheckRow:
    """Compare the folder's name with the ID that bkupInfo.xml has."""
    check = "backup ID"
    if backup.info.root is None:
        return CheckRow(check, State.NOTE, (f"not compared, because there is no {INFO}",))
    own = child_text(backup.info.root, "ID")
    if own.upper() == LGPO_ID:
        return CheckRow(check, State.OK, (f"{own} is the ID that LGPO.exe uses for every backup",))
    wrong = []
    if own.lower() != backup.name.lower():
        wrong.append(f"{INFO} has {own}, the folder is {backup.name}; they must match")
    return judged(check, wrong, f"the folder and {INFO} agree")


def in_manifest(backup: Backup) -> CheckRow:
    """Look for the backup in manifest.xml, which Import-GPO does without, as LGPO.exe does."""
    check = "manifest"
    if backup.manifest.root is None:
        text = f"no {MANIFEST} next to the folder, so the console's list of backups is empty"
        return CheckRow(check, State.NOTE, (text,))
    unlisted = f"{MANIFEST} does not list {backup.name}, so the console does not show it"
    wrong = [] if backup.instance is not None else [unlisted]
    return judged(check, wrong, f"{MANIFEST} lists it", note=True)


def gpo_guid(backup: Backup) -> CheckRow:
    """Compare the GPO's GUID in all files."""
    found = {BACKUP: child_text(backup.core, "ID")}
    found |= {name: child_text(item, "GPOGuid") for name, item in _instances(backup)}
    same = len({text.lower() for text in found.values()}) == 1
    wrong = [] if same else [f"they differ: {_pairs(found)}"]
    return judged("GPO GUID", wrong, f"{found[BACKUP]} in {listed(found)}")


def display_name(backup: Backup) -> CheckRow:
    """Compare the GPO's name in all files; Import-GPO -BackupGpoName looks for it."""
    found = {BACKUP: child_text(backup.core, "DisplayName")}
    found |= {name: child_text(item, "GPODisplayName") for name, item in _instances(backup)}
    wrong = [] if len(set(found.values())) == 1 else [f"they differ: {_pairs(found)}"]
    return judged("display name", wrong, found[BACKUP] or "empty", note=True)


def backup_time(backup: Backup) -> CheckRow:
    """Check the dates: one that is none makes the backups of a folder unreadable."""
    found = {name: child_text(item, "BackupTime") for name, item in _instances(backup)}
    wrong = [
        f"{name} has {text!r}; it must be a date such as 2026-11-02T00:00:00"
        for name, text in found.items()
        if not _is_time(text)
    ]
    return judged("backup time", wrong, listed(dict.fromkeys(found.values())))


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _instances(backup: Backup) -> Iterator[tuple[str, _Element]]:
    if backup.info.root is not None:
        yield INFO, backup.info.root
    if (listed_as := backup.instance) is not None:
        yield MANIFEST, listed_as


def _pairs(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {text!r}" for name, text in found.items())


def _namespace(element: _Element) -> str:
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def _bkp(element: _Element, name: str) -> str:
    return str(element.get(f"{{{OPERATIONS}}}{name}", element.get(name, "")))


CHECKS = (
    files_present,
    namespaces,
    prefixes,
    guids,
    backup_id,
    in_manifest,
    gpo_guid,
    display_name,
    backup_time,
)
