"""bkupInfo.xml of a GPO backup, as `gpogen verify` reads it."""

from __future__ import annotations

from fuzz import backups
from fuzz.target import Target


def check(data: bytes) -> None:
    """Read a file beside a good Backup.xml."""
    backups.check_backup(backups.GOOD_BACKUP, data, backups.GOOD_MANIFEST)


TARGET = Target(generate=backups.info_xml, check=check, words=backups.WORDS, most=1024)
