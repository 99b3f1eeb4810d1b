"""manifest.xml beside GPO backups, as `gpogen verify` reads it."""

from __future__ import annotations

from fuzz import backups
from fuzz.target import Target


def check(data: bytes) -> None:
    """Read a file beside a good backup."""
    backups.check_backup(backups.GOOD_BACKUP, backups.GOOD_INFO, data)


TARGET = Target(generate=backups.manifest_xml, check=check, words=backups.WORDS, most=1536)
