"""Names of resources in Azure that are made of the name of a profile."""

from __future__ import annotations

import hashlib
from typing import Final

LONGEST: Final = 40
"""Room for the longest suffix, ``-hotpatch-opted-out``, in the 64 characters of a policy, and less
than the 50 of a topic of Event Grid."""
_HASH = 8


def resource_name(profile: str) -> str:
    """Return the name of a profile in at most 40 characters; different names stay different."""
    if len(profile) <= LONGEST:
        return profile
    digest = hashlib.sha256(profile.encode()).hexdigest()[:_HASH]
    return f"{profile[: LONGEST - _HASH - 1]}-{digest}"
