"""The Secure Boot certificates of 2023, which hotpatch's Secure Boot will need.

The certificates of 2011 have expiry dates from June to October 2026, and most Windows Servers do
not get the new ones by themselves (Microsoft Learn, Secure Boot playbook for Windows Server,
2026-02-23).
"""

from __future__ import annotations

from gpogen.compile.effective import ByName

POLICY = "SecureBoot.SecureBoot_AvailableUpdatesPolicy"
VALUE = "AvailableUpdatesPolicy"
DEPLOY = 22852
"""0x5944, all steps of the deployment: what the policy's enabled state writes (SecureBoot.admx)."""


def deploys(set_values: ByName) -> bool:
    """Tell whether the records start the deployment, by a word or by a raw value."""
    found = set_values.get(VALUE.lower(), ())
    return any(item.record.value == DEPLOY for item in found)
