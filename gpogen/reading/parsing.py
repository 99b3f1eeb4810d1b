"""From the bytes of one file to its records: what kind it is, and who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

from gpogen.errors import FormatError, UsageError
from gpogen.finding import Place
from gpogen.policy.gpo import Item, Reading
from gpogen.policy.types import Hive

_ROOT = re.compile(r"<([A-Za-z][\w.:-]{0,63})[\s/>]")
_BACKUP = "of a GPO backup: name the folder that it lies in"
_ROOTS = {
    "GroupPolicyBackupScheme": f"it is the Backup.xml {_BACKUP}",
    "Backups": f"it is the manifest.xml {_BACKUP}",
    "BackupInst": f"it is the bkupInfo.xml {_BACKUP}",
    "GPO": "it is a report of a GPO: name the backup itself",
    "PolicyRules": "it is a file of Policy Analyzer, which gpogen does not read",
    "policyDefinitions": "it is an ADMX file, which show takes by --admx DIR",
}
_KNOWN = (
    "registry.pol, GPO backups, GPO folders, Registry.xml of preferences, comment.cmtx, LGPO text, "
    ".reg files and profiles are read"
)


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
    kind = _kind(data, path)
    if kind == "pol":
        return _pol(data, path, file, side)
    if side is not None:
        raise UsageError(f"{file}: --side is about a registry.pol, which does not say its side")
    return _READERS[kind](data, file)


def _kind(data: bytes, path: PurePath) -> str:
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
        reason = _ROOTS.get(root[1].rpartition(":")[2])
        raise FormatError(
            reason
            or f"an XML file whose root element is <{root[1]}>, which gpogen does not read; of "
            "preferences it reads those for the registry, <RegistrySettings>"
        )
    raise FormatError(f"of no known kind; {_KNOWN}")


def _head(data: bytes) -> str:
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", "replace")
    return start.decode("utf-8-sig", "replace")


def _pol(data: bytes, path: PurePath, file: str, side: Hive | None) -> Reading:
    from gpogen.formats import pol

    of_folder = Hive.HKCU if path.parent.name.lower() == "user" else Hive.HKLM
    items: list[Item] = []
    skipped: list[str] = []
    for number, entry in enumerate(pol.decode(data), 1):
        place = Place(file, number, 1)
        records = pol.to_records([entry], side or of_folder)
        items += [Item(record, place) for record in records]
        if not records:
            skipped.append(f"record {number}: {entry.name} names no value: it does nothing")
    return Reading(file=file, kind="pol", items=tuple(items), skipped=tuple(skipped))


def _reg(data: bytes, file: str) -> Reading:
    from gpogen.formats import regread

    found = regread.read(data)
    items = tuple(Item(entry.record, Place(file, entry.line, 1)) for entry in found.entries)
    return Reading(file=file, kind="reg", items=items, skipped=tuple(map(str, found.skipped)))


def _lgpo(data: bytes, file: str) -> Reading:
    from gpogen.formats import lgpo

    found = lgpo.read(data)
    items = tuple(Item(entry.record, Place(file, entry.line, 1)) for entry in found.entries)
    return Reading(file=file, kind="lgpo", items=items, skipped=tuple(map(str, found.skipped)))


def _preferences(data: bytes, file: str) -> Reading:
    from gpogen.formats import gppregistry
    from gpogen.formats.targeting import Conditions

    found = gppregistry.read(data)
    conditions = Conditions()
    items = tuple(
        Item(item.record, Place(file, item.line, 1), item.action, conditions.of(item))
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


def _comments(data: bytes, file: str) -> Reading:
    from gpogen.formats import cmtx

    notes = tuple(f"{note.policy}: {note.text}" for note in cmtx.decode(data))
    return Reading(file=file, kind="comments", items=(), skipped=notes)


_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "reg": _reg,
    "lgpo": _lgpo,
    "preferences": _preferences,
    "comments": _comments,
}
