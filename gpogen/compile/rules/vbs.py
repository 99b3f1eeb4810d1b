"""Rules about virtualization-based security, without which no hotpatch installs."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import vbs
from gpogen.compile.rules.engine import Hit, Subject
from gpogen.finding import Severity

ENABLE = "EnableVirtualizationBasedSecurity"


def hp003(subject: Subject) -> Iterator[Hit]:
    """VBS switched off."""
    for draft in subject.drafts:
        record = draft.record
        if record.name.lower() == ENABLE.lower() and record.value == 0 and draft.authored:
            yield Hit(message=f"{ENABLE} is 0: VBS is switched off", at=draft.place)


def hp004(subject: Subject) -> Iterator[Hit]:
    """VBS neither asserted nor declared to be managed elsewhere."""
    profile = subject.profile
    if profile.target is None or profile.target.platform == "azure-vm":
        return
    elsewhere = any(item.what == "vbs-managed-elsewhere" for item in profile.assured)
    if elsewhere or vbs.enforcement(profile) == "elsewhere" or subject.find(ENABLE):
        return
    at = subject.tree.place("vbs") if subject.tree.written("vbs") else subject.tree.place("target")
    yield Hit(message="nothing here turns VBS on, and nothing says that it is on already", at=at)


def hp005(subject: Subject) -> Iterator[Hit]:
    """Demands on the hardware that a virtual machine does not meet."""
    draft = subject.find("RequirePlatformSecurityFeatures")
    arc = subject.profile.target is not None and subject.profile.target.platform == "azure-arc"
    if draft is not None and draft.record.value == 3:
        message = "DMA protection is demanded: without an IOMMU, VBS does not start"
        severity = Severity.WARNING if arc else Severity.ERROR
        yield Hit(message=message, at=draft.place, severity=severity)
    draft = subject.find("HVCIMATRequired")
    if draft is not None and draft.record.value == 1:
        message = "the UEFI memory attributes table is demanded (HVCIMATRequired 1)"
        yield Hit(message=message, at=draft.place, severity=Severity.WARNING)


def hp033(subject: Subject) -> Iterator[Hit]:
    """A setting locked in UEFI variables."""
    for name in ("LsaCfgFlags", "HypervisorEnforcedCodeIntegrity"):
        draft = subject.find(name)
        if name == "LsaCfgFlags" and (draft is None or draft.record.value != 1):
            draft = subject.find(name, key="control\\lsa")
        if draft is not None and draft.record.value == 1:
            message = f"{name} is 1: enabled with a UEFI lock"
            yield Hit(message=message, at=draft.place)
