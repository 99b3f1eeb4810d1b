"""Rules about the protections that the VBS policy can start besides VBS."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Severity
from gpogen.rules.engine import Hit

GUARD = "LsaCfgFlags"
HVCI = "HypervisorEnforcedCodeIntegrity"
ISOLATION = "MachineIdentityIsolation"
STACKS = "ConfigureKernelShadowStacksLaunch"
_ON = (1, 2)
"""Of each of them but the isolation, the two numbers that switch it on."""
_NOT_CONFIGURED = 3
_BASELINE = {
    "RequirePlatformSecurityFeatures": (1, ()),
    HVCI: (2, (_NOT_CONFIGURED,)),
    "HVCIMATRequired": (1, ()),
    STACKS: (2, (0,)),
}
"""What Microsoft's OSConfig baseline for Windows Server 2025 sets, and what leaves it alone."""


def machine_identity_enforced(subject: Subject) -> Iterator[Hit]:
    """The machine's identity moved into Credential Guard."""
    if subject.number(ISOLATION) == 2:
        message = (
            f"{ISOLATION} is 2 (enforcement): it moves the machine account's secret permanently"
        )
        yield Hit(message=message, at=subject.place(ISOLATION))


def credential_guard_dc(subject: Authored) -> Iterator[Hit]:
    """Credential Guard switched on for domain controllers."""
    if subject.machines is None or subject.machines.role != "domain-controller":
        return
    if subject.number(GUARD) in _ON:
        message = (
            f"{GUARD} is {subject.number(GUARD)}: it starts Credential Guard on domain controllers"
        )
        related = (subject.place_of("target", "role"),)
        yield Hit(message=message, at=subject.place(GUARD), related=related)


def shadow_stacks_hvci(subject: Subject) -> Iterator[Hit]:
    """Kernel shadow stacks, and nothing that turns memory integrity on."""
    integrity = subject.number(HVCI, authored=False)
    if subject.number(STACKS) not in _ON or integrity in _ON:
        return
    message = f"{STACKS} has no effect without memory integrity, and {HVCI} is "
    message += "not set" if integrity is None else str(integrity)
    # Another GPO can turn it on, unless this one turns it off.
    mild = subject.foreign and integrity in (None, _NOT_CONFIGURED)
    severity = Severity.INFO if mild else None
    related = subject.places(HVCI)
    yield Hit(message=message, at=subject.place(STACKS), related=related, severity=severity)


def osconfig_baseline(subject: Authored) -> Iterator[Hit]:
    """Values that Microsoft's OSConfig baseline sets otherwise, where the machines have it."""
    if not subject.declares("osconfig-baseline"):
        return
    for name, (number, harmless) in _BASELINE.items():
        found = subject.number(name, authored=False)
        if found is not None and found != number and found not in harmless:
            message = f"{name} is {found} in this profile, but {number} in the OSConfig baseline"
            yield Hit(message=message, at=subject.place(name))
