"""Backup.xml of a GPO backup, as `gpogen show` and `gpogen verify` read it."""

from __future__ import annotations

from fuzz import backups
from fuzz.target import Target


def check(data: bytes) -> None:
    """Read a file, with the two others as they should be."""
    backups.check_backup(data, backups.GOOD_INFO, backups.GOOD_MANIFEST)


TARGET = Target(generate=backups.backup_xml, check=check, words=backups.WORDS, most=2048)
