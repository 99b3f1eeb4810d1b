"""Rules about what Azure does, and does not do, on each platform."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.platforms import find_platform
from gpogen.compile.subject import Subject
from gpogen.finding import Severity
from gpogen.rules.engine import Hit


def _platform(subject: Subject) -> str:
    target = subject.profile.target
    found = find_platform(target.platform) if target else None
    return found.word if found else ""


def hp010(subject: Subject) -> Iterator[Hit]:
    """Azure orchestration or settings on Azure Local."""
    profile = subject.profile
    if _platform(subject) != "azure-local":
        return
    if profile.orchestration in ("azure-update-manager", "azure-guest-patching"):
        message = f"{profile.orchestration} cannot configure hotpatch on Azure Local"
        yield Hit(message=message, at=subject.tree.place("orchestration"))
    if profile.azure is not None:
        message = "Azure patch settings neither configure nor disable hotpatch on Azure Local"
        yield Hit(message=message, at=subject.tree.place("azure"))


def orchestration_platform(subject: Subject) -> Iterator[Hit]:
    """An orchestration that the platform does not have; HP010 speaks for Azure Local."""
    target = subject.profile.target
    platform = find_platform(target.platform) if target else None
    who = subject.profile.orchestration
    if platform is None or who is None:
        return
    if who in platform.orchestrations:
        yield from _without_cluster(subject)
        return
    if platform.word == "azure-local" and who.startswith("azure-"):
        return
    allowed = ", ".join(platform.orchestrations)
    message = f"{who} does not orchestrate {platform.title}; allowed there: {allowed}"
    yield Hit(message=message, at=subject.tree.place("orchestration"))


def _without_cluster(subject: Subject) -> Iterator[Hit]:
    """Find Cluster-Aware Updating where the target is no node of a cluster."""
    target = subject.profile.target
    if subject.profile.orchestration != "cluster-aware" or target is None:
        return
    if target.role == "cluster-node":
        return
    message = f"cluster-aware updates the nodes of a cluster, and the role is {target.role}"
    yield Hit(
        message=message,
        at=subject.tree.place("orchestration"),
        related=(subject.tree.place("target", "role"),),
        severity=Severity.WARNING,
        fix="write `target: {role: cluster-node}` if they are nodes, else another orchestration",
    )


def patch_settings(subject: Subject) -> Iterator[Hit]:
    """Patch settings that Azure refuses together with hotpatching."""
    azure = subject.profile.azure
    if azure is None or not azure.enable_hotpatching:
        return
    if azure.patch_mode not in (None, "AutomaticByPlatform"):
        message = f"enable_hotpatching needs patch_mode AutomaticByPlatform, not {azure.patch_mode}"
        yield Hit(message=message, at=subject.tree.place("azure", "patch_mode"))
    if azure.provision_vm_agent is False:
        message = "enable_hotpatching needs provision_vm_agent: true"
        yield Hit(message=message, at=subject.tree.place("azure", "provision_vm_agent"))


def hp025(subject: Subject) -> Iterator[Hit]:
    """A scale set that cannot hotpatch."""
    target = subject.profile.target
    if target is None or target.scale_set is None:
        return
    at = subject.tree.place("target", "scale_set", "orchestration")
    if _platform(subject) != "azure-vm":
        yield Hit(message="scale sets exist on azure-vm only", at=at, fix="remove it")
    elif target.scale_set.orchestration == "uniform":
        yield Hit(message="a scale set with uniform orchestration cannot hotpatch", at=at)
    elif not target.scale_set.health_extension:
        message = "a flexible scale set needs an application health extension"
        yield Hit(message=message, at=at)


def hp038(subject: Subject) -> Iterator[Hit]:
    """Classes that guest patching does not install."""
    who = subject.profile.orchestration
    if _platform(subject) == "azure-vm" and who == "azure-guest-patching":
        message = "Azure guest patching installs critical and security updates, and nothing else"
        yield Hit(message=message, at=subject.tree.place("orchestration"))
