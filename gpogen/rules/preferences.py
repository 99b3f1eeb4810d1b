"""Rules about Group Policy Preferences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gpogen.compile.subject import Subject
from gpogen.policy.types import Action, Via
from gpogen.policy.words import name_of
from gpogen.rules.engine import Hit

_VARIABLE = re.compile(r"%[^%\s]+%")


def gpp_variables(subject: Subject) -> Iterator[Hit]:
    """Text in a preference that the client replaces."""
    for draft in subject.drafts:
        record = draft.record
        if record.via is not Via.PREFERENCE or record.action not in (Action.SET, Action.SOFT):
            continue
        value = record.value
        texts = (record.key, record.name, *(value if isinstance(value, tuple) else (value,)))
        found = [m[0] for text in texts if isinstance(text, str) for m in _VARIABLE.finditer(text)]
        if found:
            message = (
                f"{name_of(record)} contains {found[0]}, which Group Policy Preferences replace"
            )
            yield Hit(message=message, at=draft.place)
