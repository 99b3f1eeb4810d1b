"""Rules about a whole GPO, where its extension names are known."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import vbs
from gpogen.compile.rules.engine import Hit, Subject
from gpogen.policy.types import Action, Via

EXTENSION = "{F312195E-3D9D-447A-A3F5-08DFFA24735E}"


def hp006(subject: Subject) -> Iterator[Hit]:
    """The VBS policy without its client-side extension."""
    if subject.extensions is None or EXTENSION in subject.extensions.upper():
        return
    for draft in subject.drafts:
        record = draft.record
        policy = record.via is Via.POLICY and record.key.lower() == vbs.POLICY_KEY.lower()
        if policy and record.name.lower() == vbs.VALUE.lower() and record.action is Action.SET:
            message = f"{vbs.VALUE} is set, and the GPO does not name the extension {EXTENSION}"
            yield Hit(message=message, at=draft.place)
