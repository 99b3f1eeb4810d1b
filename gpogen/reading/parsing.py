"""From the bytes of one file to its records: what kind it is, and who reads it."""

from __future__ import annotations

import re
from pathlib import PurePath

from gpogen import audit_schema
from gpogen.errors import FormatError, UsageError
from gpogen.formats.all import FORMATS, head_of, load, sniff
from gpogen.policy.gpo import Reading
from gpogen.policy.types import Hive

_ROOT = re.compile(r"<([A-Za-z][\w.:-]{0,63})[\s/>]")
_BACKUP = "of a GPO backup: use the folder that contains it"
_ROOTS = {
    "GroupPolicyBackupScheme": f"it is the Backup.xml {_BACKUP}",
    "Backups": f"it is the manifest.xml {_BACKUP}",
    "BackupInst": f"it is the bkupInfo.xml {_BACKUP}",
    "GPO": "it is a report of a GPO: use the backup itself",
    "policyDefinitions": "it is an ADMX file; use gpogen show --admx DIR",
}


def parse(data: bytes, path: PurePath, file: str, side: Hive | None = None) -> Reading:
    """Read the bytes of a file.

    Args:
        data: the bytes.
        path: its name decides where the bytes do not.
        file: the name to show.
        side: the side of a registry.pol; None for what the name of its folder says.

    Raises:
        FormatError: it is of no known kind, or malformed.
        UsageError: a side is given for what is no registry.pol.
    """
    form = load(_kind(data, path))
    if side is not None and not form.has_side:
        raise UsageError(f"{file}: --side applies to a registry.pol, which does not name its side")
    of_folder = Hive.HKCU if path.parent.name.lower() == "user" else Hive.HKLM
    found = form.read(data, file, side or of_folder)
    return Reading(file=file, kind=form.id, items=found.items, skipped=found.skipped)


def _kind(data: bytes, path: PurePath) -> str:
    """Tell the format.

    Raises:
        FormatError: it is of none; the message names what it is, where that is known.
    """
    kind = sniff(data, path.name)
    if kind is not None:
        return kind
    head = head_of(data)
    root = _ROOT.search(head)
    if root and head.lstrip().startswith("<"):
        reason = _ROOTS.get(root[1].rpartition(":")[2])
        raise FormatError(
            reason
            or f"an XML file whose root element is <{root[1]}>, which gpogen does not read; of "
            "the preferences, gpogen reads only those for the registry, <RegistrySettings>"
        )
    if audit_schema.MARK.search(head):
        raise FormatError(
            "an audit report: use gpogen diff PROFILE REPORT, gpogen status, or gpogen train"
        )
    files = [known.files for known in FORMATS.values()]
    read = ", ".join([files[0], "GPO backups", "GPO folders", *files[1:]])
    raise FormatError(f"unknown format; gpogen reads {read} and profiles")
