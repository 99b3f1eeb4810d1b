"""Virtualization-based security: the policy, and the value that works without Group Policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gpogen.compile.drafts import Draft
from gpogen.compile.request import ElementValue, PolicyRequest
from gpogen.compile.result import Origin
from gpogen.compile.source import Places
from gpogen.finding import Place
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Hive, RegType, Via
from gpogen.profile.schema import Profile
from gpogen.profile.sections import Vbs

POLICY = "DeviceGuard.VirtualizationBasedSecurity"
POLICY_KEY = r"SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
CONTROL_KEY = r"SYSTEM\CurrentControlSet\Control\DeviceGuard"
VALUE = "EnableVirtualizationBasedSecurity"

SAFE: Mapping[str, ElementValue] = {
    "RequirePlatformSecurityFeatures": 1,
    "HypervisorEnforcedCodeIntegrity": 3,
    "HVCIMATRequired": False,
    "LsaCfgFlags": 3,
    "MachineIdentityIsolation": 3,
    "ConfigureSystemGuardLaunch": 0,
    "ConfigureKernelShadowStacksLaunch": 0,
}
"""Every element, so that an OK in the Group Policy editor changes nothing: its preselected items
would demand DMA protection and start Secure Launch. Written where the OS's ADMX has them."""

_LOCKABLE: Mapping[object, ElementValue] = {
    "disabled": 0,
    "enabled-with-uefi-lock": 1,
    "enabled-without-lock": 2,
    "not-configured": 3,
}
FIELDS: Mapping[str, tuple[str, Mapping[object, ElementValue]]] = {
    "platform_security": (
        "RequirePlatformSecurityFeatures",
        {"secure-boot": 1, "secure-boot-and-dma": 3},
    ),
    "hvci": ("HypervisorEnforcedCodeIntegrity", _LOCKABLE),
    "mat_required": ("HVCIMATRequired", {True: True, False: False}),
    "credential_guard": ("LsaCfgFlags", _LOCKABLE),
    "machine_identity_isolation": (
        "MachineIdentityIsolation",
        {"disabled": 0, "audit": 1, "enforcement": 2, "not-configured": 3},
    ),
    "system_guard": (
        "ConfigureSystemGuardLaunch",
        {"not-configured": 0, "enabled": 1, "disabled": 2},
    ),
    "kernel_shadow_stacks": (
        "ConfigureKernelShadowStacksLaunch",
        {"not-configured": 0, "enforcement": 1, "audit": 2, "disabled": 3},
    ),
}
"""The profile's words: key of ``vbs``, registry value, and data by word (DeviceGuard.admx)."""


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
    for field, (name, data) in FIELDS.items():
        word = getattr(profile.vbs, field)
        if word is not None:
            values[name] = data[word]
            places[name] = tree.place("vbs", field)
    return PolicyRequest(
        policy=POLICY,
        state="enabled",
        values=values,
        at=_place(tree),
        places=places,
        why=tree.why("vbs", _place(tree)),
        word="vbs",
    )


def with_safe_set(asked: PolicyRequest) -> PolicyRequest:
    """Fill in the elements that the author left out, whoever asks for the VBS policy."""
    if asked.state != "enabled":
        return asked
    left = {name: value for name, value in SAFE.items() if name not in asked.values}
    return PolicyRequest(
        policy=asked.policy,
        state=asked.state,
        values={**asked.values, **left},
        at=asked.at,
        places=asked.places,
        why=asked.why,
        word=asked.word,
        filled=asked.filled | frozenset(left),
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
