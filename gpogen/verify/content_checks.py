"""Checks of what a backup holds: files, client-side extensions and versions."""

from __future__ import annotations

import re
from itertools import pairwise

from gpogen.catalog.extensions import PREFERENCES, REGISTRY
from gpogen.catalog.policies import find_value
from gpogen.formats.xmlread import child_text
from gpogen.policy.types import Hive
from gpogen.reading.backup import BACKUP, INFO, Backup
from gpogen.verify.row import CheckRow, judged, listed

_GUID = r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}"
_NAMES = re.compile(rf"(?:\[(?:{_GUID}){{2,}}\])*")
_GROUP = re.compile(rf"\[({_GUID})")
_NO_CONTENT = {BACKUP.lower(), INFO.lower(), "gpreport.xml"}
_KINDS = {"pol": "registry.pol", "preferences": "Registry.xml"}


def extension_names(backup: Backup) -> CheckRow:
    """Check the form of the extension names."""
    wrong = [
        f"{hive.side}ExtensionGuids is {_cut(text)!r}; it must be [{{extension}}{{tool}}]..."
        for hive in Hive
        if not _NAMES.fullmatch(text := backup.extensions(hive))
    ]
    return judged("extension names", wrong, "well-formed")


def extension_order(backup: Backup) -> CheckRow:
    """Check the order of the extensions: a client stops at the first one out of order."""
    wrong = []
    for hive in Hive:
        names = [name.upper() for name in _GROUP.findall(backup.extensions(hive))]
        late = [name for before, name in pairwise(names) if name <= before]
        if late:
            wrong.append(f"{hive.side}: {listed(late)} must come earlier, in ascending order")
    return judged("extension order", wrong, "ascending")


def extensions_named(backup: Backup) -> CheckRow:
    """Look for the extension of each content: one that is not named does not run."""
    wrong = []
    for hive in Hive:
        names = {name.upper() for name in _GROUP.findall(backup.extensions(hive))}
        wrong += [
            f"{hive.side}ExtensionGuids lacks {guid}, without which {what} has no effect"
            for guid, what in _needed(backup, hive).items()
            if guid not in names
        ]
    return judged("extensions", wrong, "each content has its extension")


def _needed(backup: Backup, hive: Hive) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in backup.contents:
        if item.hive is not hive or not item.records:
            continue
        found.setdefault(REGISTRY if item.kind == "pol" else PREFERENCES, _KINDS[item.kind])
        for record in item.records if item.kind == "pol" and hive is Hive.HKLM else ():
            for policy, _ in find_value(record.key, record.name):
                if policy.client_extension:
                    found.setdefault(policy.client_extension.upper(), f'"{policy.display_name}"')
    return found


def versions(backup: Backup) -> CheckRow:
    """Check the versions: both halves alike, and not 0 for a side that sets something."""
    wrong = []
    seen = []
    for hive in Hive:
        name = f"{hive.side}VersionNumber"
        text = child_text(backup.core, name)
        seen.append(f"{hive.side} {text}")
        if not text.isascii() or not text.isdigit() or len(text) > 10:
            wrong.append(f"{name} is {_cut(text)!r}; it must be a number such as 65537")
            continue
        high, low = divmod(int(text), 1 << 16)
        if high != low:
            right = max(high, low) * 0x10001
            wrong.append(f"{name} is {text}, {high} and {low} in its halves; it must be {right}")
        elif not high and backup.has_content(hive):
            wrong.append(f"{name} is 0 although the side has settings; it must be 65537")
    return judged("versions", wrong, ", ".join(seen))


def locations(backup: Backup) -> CheckRow:
    """Look for every file that Backup.xml lists; Import-GPO copies no other."""
    wrong = [
        f"{item.path} points outside the backup" for item in backup.locations if item.is_outside
    ]
    files = [item for item in backup.locations if not item.is_folder and not item.is_outside]
    wrong += [f"{item.path} is missing" for item in files if backup.find(item) is None]
    return judged("locations", wrong, f"all {len(files)} listed files exist")


def folders(backup: Backup) -> CheckRow:
    """Look for the folders that Backup.xml lists."""
    listed_as = [item for item in backup.locations if item.is_folder]
    missing = [item.path for item in listed_as if backup.find(item) is None]
    wrong = (
        [(f"missing, because git does not keep empty folders: {listed(missing)}")]
        if missing
        else []
    )
    return judged("folders", wrong, f"all {len(listed_as)} listed folders exist", note=True)


def case(backup: Backup) -> CheckRow:
    """Compare the spelling of the files, which is one and the same to Windows alone."""
    wrong = [
        f"{item.path} is {found} on disk"
        for item in backup.locations
        if (found := backup.find(item)) not in (None, item.path)
    ]
    twins = [
        f"{one} and {other} are the same file on Windows" for one, other in backup.files.twins()
    ]
    if twins:
        return judged("case", twins, "")
    return judged("case", wrong, f"as in {BACKUP}", note=True)


def unnamed_files(backup: Backup) -> CheckRow:
    """Name the files that no Location names: Import-GPO passes them over."""
    named = {place.path.lower() for place in backup.locations} | _NO_CONTENT
    others = [name for name in backup.files.names if name.lower() not in named]
    wrong = [f"not in {BACKUP}, so Import-GPO ignores them: {listed(others)}"] if others else []
    return judged("other files", wrong, "none", note=True)


def contents(backup: Backup) -> CheckRow:
    """Check that the policy files can be read."""
    wrong = [f"{item.path}: {item.error}" for item in backup.contents if item.error]
    count = sum(len(item.records) for item in backup.contents)
    return judged("contents", wrong, f"{count} records")


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}..."


CHECKS = (
    extension_names,
    extension_order,
    extensions_named,
    versions,
    locations,
    folders,
    case,
    unnamed_files,
    contents,
)
