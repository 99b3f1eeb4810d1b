"""Rules about what Azure does, and does not do, on each platform."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Severity
from gpogen.rules.engine import Hit


def _platform(subject: Subject) -> str:
    found = subject.machines.found if subject.machines else None
    return found.word if found else ""


def hp010(subject: Authored) -> Iterator[Hit]:
    """Azure orchestration or settings on Azure Local."""
    if _platform(subject) != "azure-local":
        return
    if subject.named in ("azure-update-manager", "azure-guest-patching"):
        message = f"{subject.named} cannot configure hotpatch on Azure Local"
        yield Hit(message=message, at=subject.place_of("orchestration"))
    if subject.profile.azure is not None:
        message = "Azure patch settings neither configure nor disable hotpatch on Azure Local"
        yield Hit(message=message, at=subject.place_of("azure"))


def orchestration_platform(subject: Authored) -> Iterator[Hit]:
    """An orchestration that the platform does not have; HP010 speaks for Azure Local."""
    platform = subject.machines.found if subject.machines else None
    who = subject.named
    if platform is None or who is None:
        return
    if who in platform.orchestrations:
        yield from _without_cluster(subject)
        return
    if platform.word == "azure-local" and who.startswith("azure-"):
        return
    allowed = ", ".join(platform.orchestrations)
    message = f"{who} cannot orchestrate updates on {platform.title}; allowed: {allowed}"
    yield Hit(message=message, at=subject.place_of("orchestration"))


def _without_cluster(subject: Subject) -> Iterator[Hit]:
    """Find Cluster-Aware Updating where the target is no node of a cluster."""
    role = subject.machines.role if subject.machines else ""
    if subject.named != "cluster-aware" or role == "cluster-node":
        return
    message = f"cluster-aware is only for the nodes of a cluster, but the role is {role}"
    yield Hit(
        message=message,
        at=subject.place_of("orchestration"),
        related=(subject.place_of("target", "role"),),
        severity=Severity.WARNING,
        fix="write `target: {role: cluster-node}` for nodes; otherwise use another orchestration",
    )


def hp022(subject: Authored) -> Iterator[Hit]:
    """An enrollment through Azure Arc that the machines do not need or cannot have."""
    target = subject.profile.target
    if subject.profile.arc is None or target is None:
        return
    at = subject.place_of("arc")
    if _platform(subject) == "azure-vm":
        message = "`arc` names machines of Azure Arc, but the platform is azure-vm"
        yield Hit(message=message, at=at, related=(subject.place_of("target", "platform"),))
    elif target.os.endswith("-azure-edition"):
        message = f"`arc` enrolls machines for hotpatch, but {target.os} needs no enrollment"
        yield Hit(message=message, at=at, related=(subject.place_of("target", "os"),))


def azure_patch_settings(subject: Authored) -> Iterator[Hit]:
    """Patch settings that Azure refuses together with hotpatching."""
    azure = subject.profile.azure
    if azure is None or not azure.enable_hotpatching:
        return
    if azure.patch_mode not in (None, "AutomaticByPlatform"):
        message = (
            f"enable_hotpatching requires patch_mode AutomaticByPlatform; got {azure.patch_mode}"
        )
        yield Hit(message=message, at=subject.place_of("azure", "patch_mode"))
    if azure.provision_vm_agent is False:
        message = "enable_hotpatching requires provision_vm_agent: true"
        yield Hit(message=message, at=subject.place_of("azure", "provision_vm_agent"))


def hp025(subject: Authored) -> Iterator[Hit]:
    """A scale set that cannot hotpatch."""
    target = subject.profile.target
    if target is None or target.scale_set is None:
        return
    at = subject.place_of("target", "scale_set", "orchestration")
    if _platform(subject) != "azure-vm":
        yield Hit(message="scale sets exist only on azure-vm", at=at, fix="remove it")
    elif target.scale_set.orchestration == "uniform":
        yield Hit(message="a scale set with uniform orchestration cannot hotpatch", at=at)
    elif not target.scale_set.health_extension:
        message = "a flexible scale set requires an application health extension"
        yield Hit(message=message, at=at)


def hp038(subject: Authored) -> Iterator[Hit]:
    """Classes that guest patching does not install."""
    who = subject.named
    if _platform(subject) == "azure-vm" and who == "azure-guest-patching":
        message = "Azure guest patching installs only critical and security updates"
        yield Hit(message=message, at=subject.place_of("orchestration"))
