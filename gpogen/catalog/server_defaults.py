"""How Windows Update installs on a fresh Windows Server, as values of the policy key.

SConfig of a fresh server shows "Download only". For that choice, SConfig writes AUOptions 3 and
NoAutoUpdate 0 (SConfig.Update.psm1). What a server does without these values is unproven
(UNPROVEN-G), so both are written, not deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gpogen.policy.records import Record

KEY = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
"""The key below HKEY_LOCAL_MACHINE."""

VALUES: Mapping[str, int] = MappingProxyType({"AUOptions": 3, "NoAutoUpdate": 0})
"""The data of each value, a REG_DWORD."""
_NAMES = frozenset(name.lower() for name in VALUES)


def is_mode_value(record: Record) -> bool:
    """Tell whether a record is about a value by which Windows Update installs."""
    return record.key.lower() == KEY.lower() and record.name.lower() in _NAMES
