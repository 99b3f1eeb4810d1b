"""Virtualization-based security: the policy, and the value that works without Group Policy."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.drafts import Draft
from gpogen.compile.origin import Origin
from gpogen.compile.request import PolicyRequest
from gpogen.compile.source import Places
from gpogen.finding import Place
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Hive, RegType, Via
from gpogen.profile.schema import Profile
from gpogen.profile.sections import Vbs
from gpogen.profile.setting import ElementValue, elements

POLICY = "DeviceGuard.VirtualizationBasedSecurity"
POLICY_KEY = r"SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
CONTROL_KEY = r"SYSTEM\CurrentControlSet\Control\DeviceGuard"
VALUE = "EnableVirtualizationBasedSecurity"

FIELDS = elements(Vbs)
"""The keys of ``vbs`` that are elements of the policy."""


def enforcement(profile: Profile) -> str:
    """Return how VBS is enforced: a word of ``vbs.enforce``, or ``unmanaged`` without one."""
    if isinstance(profile.vbs, Vbs):
        return profile.vbs.enforce
    return profile.vbs or "unmanaged"


def request(profile: Profile, tree: Places) -> PolicyRequest | None:
    """Return the request for the VBS policy, or None when it is not written by policy."""
    how = enforcement(profile)
    if how == "remove":
        return PolicyRequest(policy=POLICY, state="remove", at=_place(tree), word="vbs")
    if how not in ("policy", "policy+registry") or not isinstance(profile.vbs, Vbs):
        return None
    values: dict[str, ElementValue] = {}
    places = {}
    for field, row in FIELDS.items():
        word = getattr(profile.vbs, field)
        if word is not None:
            values[row.element] = row.words[word]
            places[row.element] = tree.place("vbs", field)
    return PolicyRequest(
        policy=POLICY,
        state="enabled",
        values=values,
        at=_place(tree),
        places=places,
        why=tree.why("vbs", _place(tree)),
        word="vbs",
    )


def control_drafts(profile: Profile, tree: Places) -> Iterator[Draft]:
    """Yield the preference on the Control key, which works without the policy's extension."""
    how = enforcement(profile)
    if how in ("registry", "policy+registry"):
        yield _draft(control_record(), tree)
    elif how == "remove":
        yield _draft(delete_value(Hive.HKLM, CONTROL_KEY, VALUE, via=Via.PREFERENCE), tree)


def control_record() -> Record:
    """Return the record that turns VBS on by the Control key (Microsoft's hotpatch pages)."""
    return set_value(Hive.HKLM, CONTROL_KEY, VALUE, RegType.DWORD, 1, via=Via.PREFERENCE)


def control_origin(tree: Places) -> Origin:
    """Return the origin of the Control key's value."""
    title = "Virtualization-based security (Control key)"
    return Origin(
        policy=None, title=title, why=tree.why("vbs", _place(tree)), places=(_place(tree),)
    )


def _draft(record: Record, tree: Places) -> Draft:
    return Draft(record=record, origin=control_origin(tree), rank=(9, 0, 0, 0))


def _place(tree: Places) -> Place:
    return tree.place("vbs", "enforce") if tree.written("vbs", "enforce") else tree.place("vbs")
