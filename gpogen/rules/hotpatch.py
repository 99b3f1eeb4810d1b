"""Rules about the machines: editions, images, and the ISO preparation."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.catalog.platforms import (
    find_image,
    find_near_miss,
    find_platform,
    images,
    operating_systems,
)
from gpogen.compile.installation import OFFER
from gpogen.compile.iso import is_iso, is_prepared, preparation
from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Place
from gpogen.near import nearest
from gpogen.policy.types import Action, type_name
from gpogen.profile.schema import Image, Target
from gpogen.rules.engine import Hit


def hp008(subject: Subject) -> Iterator[Hit]:
    """ISO preparation where it does not belong."""
    if subject.machines is None or (subject.profile and is_prepared(subject.profile)):
        return
    for draft in subject.drafts:
        record = draft.record
        if record.action is Action.SET and preparation(record.key, record.name):
            message = (
                f"{record.name} is only for Windows Server 2022 Azure Edition installed from ISO"
            )
            yield Hit(message=message, at=draft.place)


def iso_2025(subject: Authored) -> Iterator[Hit]:
    """An installation from ISO of a system for which nothing is documented."""
    if is_iso(subject.profile) and subject.family == "windows-server-2025":
        message = (
            "no source documents how to prepare Windows Server 2025 that was installed from ISO"
        )
        yield Hit(message=message, at=subject.place_of("target", "image"))


def hp009(subject: Subject) -> Iterator[Hit]:
    """An ISO preparation value with another type or data than documented."""
    for draft in subject.drafts:
        record = draft.record
        row = preparation(record.key, record.name)
        if row is None or record.action is not Action.SET or record.type is None:
            continue
        assert row.type is not None
        if record.type != row.type or record.value != row.data:
            found = f"{type_name(record.type)} {record.value!r}"
            wanted = f"{type_name(row.type)} {row.data!r}"
            message = f"{record.name} is {found}; it must be {wanted}"
            yield Hit(message=message, at=draft.place)


def hp011(subject: Authored) -> Iterator[Hit]:
    """An edition that gets no hotpatches on this platform."""
    target = subject.profile.target
    platform = find_platform(target.platform) if target else None
    if target is None or platform is None or target.os in platform.operating_systems:
        return
    system = operating_systems()[target.os]
    allowed = ", ".join(platform.operating_systems)
    message = f"{system.title} gets no hotpatches on {platform.title}; allowed: {allowed}"
    if system.needs_arc and platform.word == "azure-local":
        message = (
            f"{system.title} gets hotpatches on Azure Local only when it is connected to Azure Arc "
            "and enrolled"
        )
    if system.needs_arc:
        fix = "connect the machines to Azure Arc and write `platform: azure-arc`"
    else:
        fix = "Azure Edition gets hotpatches on azure-local and azure-vm, without Arc"
    yield Hit(message=message, at=subject.place_of("target", "os"), fix=fix)


def hp012(subject: Authored) -> Iterator[Hit]:
    """An image that is missing, out of place, unknown, or another system's."""
    target = subject.profile.target
    if target is None:
        return
    at = subject.place_of("target", "image")
    platform = find_platform(target.platform)
    word = platform.word if platform else target.platform
    if word == "azure-arc":
        if target.image is not None:
            message = "machines on azure-arc have no image: Azure Arc connects existing machines"
            yield Hit(message=message, at=at, fix="remove `target.image`")
    elif target.image is None and platform and target.os in platform.operating_systems:
        yield Hit(message=f"{word} requires `target.image`", at=at, fix=_choices(target))
    elif target.image == "iso":
        yield from _iso(word, at)
    elif target.image is not None:
        yield from _sku(subject, target, at)


def _iso(word: str, at: Place) -> Iterator[Hit]:
    if word == "azure-vm":
        message = "`image: iso` on azure-vm: custom images are not supported for hotpatch in Azure"
        yield Hit(message=message, at=at, fix="use a marketplace image")


def _choices(target: Target) -> str:
    return f"write one of: {', '.join(skus)}" if (skus := _skus(target)) else ""


def _skus(target: Target) -> tuple[str, ...]:
    """Return the images of the system, and of the installation where that has one."""
    own = [row for row in images() if row.os == target.os]
    fitting = [row for row in own if target.installation in (None, "both", row.installation)]
    return tuple(row.sku for row in fitting or own)


def _sku(subject: Authored, target: Target, at: Place) -> Iterator[Hit]:
    image = target.image
    if isinstance(image, Image):
        names = (image.publisher, image.offer, image.sku)
    else:
        names = (*OFFER, image or "")
    row = find_image(*names)
    shown = "/".join(names) if isinstance(image, Image) else names[2]
    if row is None:
        yield _unknown(target, names, shown, at)
        return
    if row.os != target.os:
        message = f"the image {shown} is {row.os}, but `target.os` is {target.os}"
        related = (subject.place_of("target", "os"),)
        yield Hit(message=message, at=at, related=related, fix=_choices(target))
    elif target.installation not in (None, row.installation):
        message = f"the image {shown} is {row.installation}, but `target.installation` is "
        related = (subject.place_of("target", "installation"),)
        fix = f"write `installation: {row.installation}`, or one of: {', '.join(_skus(target))}"
        yield Hit(message=f"{message}{target.installation}", at=at, related=related, fix=fix)


def _unknown(target: Target, names: tuple[str, str, str], shown: str, at: Place) -> Hit:
    miss = find_near_miss(*names)
    if miss is not None:
        message = f"the image {shown} gets no hotpatches: {miss.why}"
        return Hit(message=message, at=at, fix=f"use {miss.instead}" if miss.instead else "")
    skus = tuple(row.sku for row in images())
    close = nearest(names[2], _skus(target)) or nearest(names[2], skus)
    message = f"the image {shown} gets no hotpatches; allowed: {', '.join(skus)}"
    return Hit(message=message, at=at, fix=f"did you mean {close}?" if close else _choices(target))
