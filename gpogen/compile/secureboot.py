"""The Secure Boot certificates of 2023, which hotpatch's Secure Boot will need.

The certificates of 2011 expire from June to October 2026, and most Windows Servers do not get
the new ones by themselves (Microsoft Learn, Secure Boot playbook for Windows Server, 2026-02-23).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gpogen.compile import effective
from gpogen.compile.drafts import Draft
from gpogen.compile.request import PolicyRequest, State
from gpogen.compile.source import Places
from gpogen.profile.schema import Profile

POLICY = "SecureBoot.SecureBoot_AvailableUpdatesPolicy"
VALUE = "AvailableUpdatesPolicy"
DEPLOY = 22852
"""0x5944, all steps of the deployment: what the policy's enabled state writes (SecureBoot.admx)."""

_STATES: Mapping[str, State] = {"deploy": "enabled", "remove": "remove", "unmanaged": "unmanaged"}
_FIRST: Mapping[str, str] = {
    "azure-local": (
        "First update the Azure Local hosts: until then the firmware of an existing VM refuses the "
        "key exchange key, and its System log shows event 1795."
    ),
    "azure-vm": (
        "First see whether there is anything to do: most eligible Trusted Launch VMs get the "
        "certificates from Azure (KB5085395)."
    ),
    "azure-arc": (
        "First update the hypervisor, or the firmware of a physical server: until then an existing "
        "Hyper-V guest fails with event 1795 in its System log, and a VMware guest with 1796."
    ),
}
_APPLY = (
    "The Secure Boot certificates: then apply the GPO to one machine. A task of Windows carries it "
    "out every 12 hours, and some steps wait for a restart: plan several, because a hotpatch "
    "month brings none. Nothing in Windows takes the certificates back."
)
_LOOK = (
    "The Secure Boot certificates: HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\Servicing "
    "then tells how far the machine is (UEFICA2023Status) and what failed (UEFICA2023Error), and "
    "the System log has events 1795, 1796, 1801 and 1808. Only then the next machines."
)


def requests(profile: Profile, tree: Places) -> Iterator[PolicyRequest]:
    """Yield the request for the policy that deploys the certificates, if there is one."""
    said = profile.secure_boot.certificates if profile.secure_boot else None
    if said is None:
        return
    at = tree.place("secure_boot", "certificates")
    yield PolicyRequest(
        policy=POLICY,
        state=_STATES[said],
        at=at,
        why=tree.why("secure_boot", at),
        word="secure_boot.certificates",
    )


def deploys(drafts: list[Draft]) -> bool:
    """Tell whether the records start the deployment, by a word or by a raw value."""
    found = effective.by_name(drafts).get(VALUE.lower(), ())
    return any(item.record.value == DEPLOY for item in found)


def steps(profile: Profile, drafts: list[Draft]) -> Iterator[str]:
    """Yield what to do on the profile's platform before the machines get the policy."""
    if profile.target is None or not deploys(drafts):
        return
    platform = profile.target.platform.replace("azure-stack-hci", "azure-local")
    yield f"The Secure Boot certificates: {_FIRST[platform][0].lower()}{_FIRST[platform][1:]}"
    yield _APPLY
    yield _LOOK
