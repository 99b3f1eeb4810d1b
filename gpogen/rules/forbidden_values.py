"""Rules about values that a GPO should not write at all."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.expected import expected
from gpogen.catalog.values import find_known_value
from gpogen.compile.subject import Subject
from gpogen.finding import Severity
from gpogen.policy.keys import is_policy_key
from gpogen.policy.types import Action, Via
from gpogen.policy.words import name_of
from gpogen.rules.engine import Hit

_UPDATE_POLICIES = "software\\policies\\microsoft\\windows\\windowsupdate"
_NOT_OURS = ("mdm", "license", "arc-state")
_RESTRICTIONS = "hotpatch-restrictions"


def hp001(subject: Subject) -> Iterator[Hit]:
    """A policy value that claims to switch hotpatch on."""
    for draft in subject.drafts:
        record = draft.record
        if not record.key.lower().startswith(_UPDATE_POLICIES) or record.action is Action.DELETE:
            continue
        name = record.name.lower()
        if "hotpatch" in name or name == "allowrebootlessupdates":
            message = (
                f"{record.name} is not a setting of Windows Server: it does not turn hotpatch on"
            )
            yield Hit(message=message, at=draft.place)


def hp002(subject: Subject) -> Iterator[Hit]:
    """A result of another engine, or a license."""
    for draft in subject.drafts:
        record = draft.record
        row = find_known_value(record.key, record.name)
        if row is None or row.writable or row.id == _RESTRICTIONS:
            continue
        if row.category in _NOT_OURS and record.action is not Action.DELETE:
            message = f"do not write {name_of(record)}: {row.reason}"
            yield Hit(message=message, at=draft.place)


def hp028(subject: Subject) -> Iterator[Hit]:
    """The Arm64 switch."""
    for draft in subject.drafts:
        row = find_known_value(draft.record.key, draft.record.name)
        if row is not None and row.id == _RESTRICTIONS:
            yield Hit(message="HotPatchRestrictions is for Arm64 clients", at=draft.place)


def hp031(subject: Subject) -> Iterator[Hit]:
    """A value that stays when the GPO goes."""
    for draft in subject.drafts:
        record = draft.record
        known = find_known_value(record.key, record.name)
        of_template = known is None and expected(record.hive, record.key, record.name) is not None
        if subject.foreign and known is None and not of_template:
            continue  # Other values that a GPO leaves behind do not affect hotpatch.
        by_file = record.via is Via.POLICY and record.action in (Action.SET, Action.SOFT)
        if by_file and not is_policy_key(record.key):
            message = f"{name_of(record)} stays on the machine after the GPO no longer applies"
            severity = Severity.INFO if of_template else None
            yield Hit(message=message, at=draft.place, severity=severity)
