"""Rules about a whole GPO, where its extension names are known."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import vbs
from gpogen.compile.subject import Subject
from gpogen.policy.types import Via
from gpogen.rules.engine import Hit

EXTENSION = "{F312195E-3D9D-447A-A3F5-08DFFA24735E}"


def hp006(subject: Subject) -> Iterator[Hit]:
    """The VBS policy without its client-side extension."""
    if subject.extensions is None or EXTENSION in subject.extensions.upper():
        return
    for draft in subject.all(vbs.VALUE, key=vbs.POLICY_KEY):
        if draft.record.via is Via.POLICY:
            message = f"{vbs.VALUE} is set, but the GPO does not list the extension {EXTENSION}"
            yield Hit(message=message, at=draft.place)
