"""Rules about virtualization-based security, without which no hotpatch installs."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.platforms import Platform, find_platform
from gpogen.compile import vbs
from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Severity
from gpogen.rules.engine import Hit

ENABLE = "EnableVirtualizationBasedSecurity"


def hp003(subject: Subject) -> Iterator[Hit]:
    """VBS switched off."""
    for draft in subject.all(ENABLE):
        if draft.record.value == 0:
            yield Hit(message=f"{ENABLE} is 0: VBS is off", at=draft.place)


def hp004(subject: Authored) -> Iterator[Hit]:
    """VBS neither asserted nor declared to be managed elsewhere."""
    if subject.machines is None or subject.machines.platform == "azure-vm":
        return
    elsewhere = subject.declares("vbs-managed-elsewhere")
    if elsewhere or vbs.enforcement(subject.profile) == "elsewhere" or subject.find(ENABLE):
        return
    at = subject.place_of("vbs") if subject.written("vbs") else subject.place_of("target")
    yield Hit(
        message="the profile neither turns VBS on nor states that VBS is managed elsewhere",
        at=at,
    )


def hp005(subject: Subject) -> Iterator[Hit]:
    """Demands on the hardware that a virtual machine does not meet."""
    virtual = subject.machines is not None and subject.machines.found in _virtual()
    if subject.number("RequirePlatformSecurityFeatures") == 3:
        message = "DMA protection is required: without an IOMMU, VBS does not start"
        at = subject.place("RequirePlatformSecurityFeatures")
        yield Hit(message=message, at=at, severity=Severity.ERROR if virtual else None)
    if subject.number("HVCIMATRequired") == 1:
        message = "the UEFI memory attributes table is required (HVCIMATRequired 1)"
        yield Hit(message=message, at=subject.place("HVCIMATRequired"))


def _virtual() -> tuple[Platform | None, ...]:
    """Return the platforms whose machines are all virtual."""
    return (find_platform("azure-local"), find_platform("azure-vm"))


def hp033(subject: Subject) -> Iterator[Hit]:
    """A setting locked in UEFI variables."""
    for name in ("LsaCfgFlags", "HypervisorEnforcedCodeIntegrity"):
        locked = subject.number(name) == 1
        if name == "LsaCfgFlags" and not locked:
            beside = subject.find(name, key="control\\lsa")
            locked = beside is not None and beside.record.value == 1
        if locked:
            message = f"{name} is 1: enabled with a UEFI lock"
            yield Hit(message=message, at=subject.place(name))
