"""A rule about the type and the data of values that the catalog knows."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.expected import expected
from gpogen.compile.subject import Subject
from gpogen.policy.records import Record, remembered
from gpogen.policy.types import Action, type_name
from gpogen.policy.words import effect_of, name_of
from gpogen.rules.engine import Hit

RULE = "POLICY-VALUE"
_OTHER_RULES = frozenset(
    (
        ("auoptions", 1),  # AU-1-NOT-POLICY
        ("auoptions", 6),  # AU-6-UNKNOWN
        ("pausequalityupdatesstarttime", None),  # PAUSE-FORMAT
        ("pausefeatureupdatesstarttime", None),  # PAUSE-FORMAT
    )
)
"""Values (None: with whatever data of the right type) of which another rule says more."""
_OLDER = frozenset((("managepreviewbuildspolicyvalue", 0), ("branchreadinesslevel", 16)))
"""What templates before 21H2 wrote, seen in GPOs that Windows made: harmless leftovers."""
_PREPARATION = ("hotpatchtablesize", "name", "version")
"""Values whose type and data HP009 judges."""


def policy_value(subject: Subject) -> Iterator[Hit]:
    """A value of a policy with a type or data that no template gives it."""
    for draft in subject.drafts:
        record = draft.record
        message = _wrong(record)
        left_over = subject.foreign and (record.name.lower(), record.value) in _OLDER
        if message and not left_over:
            yield Hit(message=message, at=draft.place)


@remembered
def _wrong(record: Record) -> str:
    """Say what is wrong with a record; profiles write the same ones again and again."""
    if record.action not in (Action.SET, Action.SOFT) or record.name.lower() in _PREPARATION:
        return ""
    known = expected(record.hive, record.key, record.name)
    if known is None:
        return ""
    assert record.type is not None
    if not known.has_type(record.type):
        found = type_name(record.type)
        return f"{name_of(record)} has the type {found}; its template writes {known.types}"
    value = record.value
    if isinstance(value, bytes):
        return f"{name_of(record)} has the type {known.types}, but {len(value)} bytes of data"
    name = record.name.lower()
    if known.holds(record.type, value) or _OTHER_RULES & {(name, None), (name, value)}:
        return ""
    return f"{name_of(record)} is {effect_of(record)}; its policy allows {known.data}"
