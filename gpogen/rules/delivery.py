"""Rules about Delivery Optimization, by which Windows downloads updates."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Subject
from gpogen.policy.types import Hive
from gpogen.rules.engine import Hit

_KEY = r"software\policies\microsoft\windows\deliveryoptimization"
_BYPASS = 100


def do_bypass(subject: Subject) -> Iterator[Hit]:
    """The download mode that is deprecated."""
    for draft in subject.drafts:
        record = draft.record
        if record.hive is not Hive.HKLM or record.key.lower() != _KEY:
            continue
        if record.name.lower() == "dodownloadmode" and record.value == _BYPASS:
            message = "DODownloadMode must be 0, 1, 2, 3, or 99; got 100 (Bypass, deprecated)"
            yield Hit(message=message, at=draft.place)
