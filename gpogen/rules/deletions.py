"""A rule about deletions that take more than a policy's own values."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.expected import expected
from gpogen.compile.drafts import Draft
from gpogen.compile.subject import Subject
from gpogen.finding import Severity
from gpogen.formats.subkeys import deleted_names
from gpogen.policy.keys import is_policy_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive
from gpogen.policy.words import name_of
from gpogen.rules.engine import Hit

RULE = "DELETION-TOO-WIDE"
_POLICIES = r"software\policies"
_OLD_POLICIES = r"software\microsoft\windows\currentversion\policies"
_WIDE = frozenset(
    (
        _POLICIES,
        rf"{_POLICIES}\microsoft",
        rf"{_POLICIES}\microsoft\windows",
        rf"{_POLICIES}\microsoft\windows nt",
        _OLD_POLICIES,
        # Windows itself writes values here, EnableLUA among them.
        rf"{_OLD_POLICIES}\system",
    )
)
"""Policy keys that hold the policies of many templates, or more than policies."""
_OF_WINDOWS = {
    Hive.HKLM: (
        "bcd00000000",
        "hardware",
        "sam",
        "security",
        "system",
        r"software\classes",
        r"software\microsoft",
    ),
    Hive.HKCU: ("control panel", "environment", r"software\classes", r"software\microsoft"),
}
"""The keys below which Windows keeps what it needs to start and to let people log on."""
_TOP = frozenset(
    ("bcd00000000", "control panel", "hardware", "sam", "security", "software", "system")
)
_WINDOWS_ON_WINDOWS = "wow6432node"


def deletion_too_wide(subject: Subject) -> Iterator[Hit]:
    """A key deleted, emptied or locked that is no single policy's; a value of Windows deleted."""
    for draft in subject.drafts:
        record = draft.record
        if record.action is Action.DELETE_KEYS:
            for path in _deleted(record):
                yield from _whole_key(record.hive, path, "is deleted with all its subkeys", draft)
        elif record.action is Action.DELETE_VALUES:
            yield from _whole_key(record.hive, record.key, "loses all its values", draft)
        elif record.action is Action.SECURE_KEY:
            yield from _whole_key(record.hive, record.key, "gets other permissions", draft)
        elif record.action is Action.DELETE:
            yield from _one_value(draft)


def _deleted(record: Record) -> tuple[str, ...]:
    r"""Return the keys that an instruction may delete.

    MS-GPREG says that the names are those of subkeys. In files that Windows made they are whole
    paths, so that ``SYSTEM`` below any key may be HKLM\SYSTEM: the worse of the two counts.
    """
    paths: dict[str, None] = {}
    for name in deleted_names(record):
        paths[rf"{record.key}\{name}"] = None
        parts = _parts(name)
        if parts and parts[0] in _TOP:
            paths[name] = None
    return tuple(paths)


def _whole_key(hive: Hive, path: str, what: str, draft: Draft) -> Iterator[Hit]:
    key = "\\".join(_parts(path))
    if is_policy_key(key) and key not in _WIDE:
        return
    shown = rf"{hive.value}\{path}".rstrip("\\")
    if _is_of_windows(hive, key) or key in _WIDE or "\\" not in key:
        message = f"{shown} {what}: Windows or other policies store values there"
        yield Hit(message=message, at=draft.place, severity=Severity.ERROR)
    else:
        yield Hit(message=f"{shown} {what}: it is not a policy key", at=draft.place)


def _one_value(draft: Draft) -> Iterator[Hit]:
    record = draft.record
    key = "\\".join(_parts(record.key))
    if is_policy_key(key) or not _is_of_windows(record.hive, key):
        return
    if expected(record.hive, record.key, record.name) is None:
        message = f"{name_of(record)} is deleted: it is a Windows value, not a policy value"
        yield Hit(message=message, at=draft.place, severity=Severity.WARNING)


def _parts(path: str) -> list[str]:
    r"""Return a key's parts in lower case, without empty ones and the 32-bit view's own."""
    return [part for part in path.lower().split("\\") if part and part != _WINDOWS_ON_WINDOWS]


def _is_of_windows(hive: Hive, key: str) -> bool:
    return any((key + "\\").startswith(area + "\\") for area in _OF_WINDOWS[hive])
