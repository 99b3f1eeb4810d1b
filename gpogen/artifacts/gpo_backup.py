r"""A GPO backup as Backup-GPO writes it, for Import-GPO and the Group Policy console.

    gpo/manifest.xml
    gpo/{ID}/Backup.xml, bkupInfo.xml
    gpo/{ID}/DomainSysvol/GPO/GPO.cmt, gpogen-values.txt
    gpo/{ID}/DomainSysvol/GPO/Machine/registry.pol, comment.cmtx,
                                      Preferences/Registry/Registry.xml
    gpo/{ID}/DomainSysvol/GPO/User/   likewise

A backup has no GPT.INI; the versions stand in Backup.xml. Import-GPO finds the folder by its
name, reads bkupInfo.xml, and copies what Backup.xml lists with a Location.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.backup.comments import (
    VALUES,
    comment_file,
    gpo_comment,
    value_list,
    value_mark,
)
from gpogen.artifacts.backup.identity import CONTROLLER, DOMAIN, guid, security_descriptor
from gpogen.artifacts.backup.preferences import preferences_file
from gpogen.artifacts.extensions import extension_names, has_content
from gpogen.artifacts.registry_pol import policy_bytes
from gpogen.artifacts.render import render
from gpogen.artifacts.render.overriding import Overrides, in_use
from gpogen.catalog.extensions import REGISTRY, UNKNOWN
from gpogen.compile.result import Compiled, Header
from gpogen.policy.types import Hive

__all__ = [
    "ARTIFACT",
    "BackupPart",
    "Identity",
    "emit",
    "gpo_comment",
    "identity",
    "options",
    "parts",
    "value_list",
    "value_mark",
]

_ROOTS = {Hive.HKLM: "%GPO_MACH_FSPATH%", Hive.HKCU: "%GPO_USER_FSPATH%"}
# Both 16-bit halves are this side's version, in the directory and in SYSVOL.
_VERSION = 1 << 16 | 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What manifest.xml, bkupInfo.xml and Backup.xml say alike.

    Attributes:
        gpo: the GPO's GUID, braces, upper case.
        domain: the domain's DNS name.
        domain_guid: the domain's GUID, braces, lower case.
        controller: the domain controller's name.
        time: when the backup was taken, ``2026-11-02T00:00:00``.
        id: the backup's GUID and folder, braces, upper case.
        comment: one line about the profile.
        title: the GPO's display name.
    """

    gpo: str
    domain: str
    domain_guid: str
    controller: str
    time: str
    id: str
    comment: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FsObject:
    """One file or folder as Backup.xml lists it; backslashes throughout."""

    element: str
    path: str
    expanded: str
    location: str


@dataclass(frozen=True, slots=True)
class BackupPart:
    """A file below DomainSysvol/GPO: its side (None for the GPO itself), its path, its bytes."""

    hive: Hive | None
    path: str
    data: bytes

    @property
    def below(self) -> str:
        """The path below the GPO, with the side's folder."""
        return self.path if self.hive is None else f"{self.hive.side}/{self.path}"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Make the backup's files; the import script, which lists them, gets the same.

    Raises:
        ContentError: a text holds what XML cannot, or a preference what Registry.xml cannot.
    """
    return _emit(compiled, in_use())


@lru_cache(maxsize=1)
def _emit(compiled: Compiled, _templates: Overrides | None) -> tuple[OutFile, ...]:
    own = identity(compiled.header)
    files = list(parts(compiled))
    folder = f"gpo/{own.id}"
    return (
        OutFile("gpo/manifest.xml", render("gpo/manifest.xml.j2", id=own)),
        OutFile(f"{folder}/Backup.xml", _backup(compiled, own, files)),
        OutFile(f"{folder}/bkupInfo.xml", render("gpo/bkupInfo.xml.j2", id=own)),
        *(OutFile(f"{folder}/DomainSysvol/GPO/{part.below}", part.data) for part in files),
    )


def identity(header: Header) -> Identity:
    """Name the backup, its GPO and its domain; the GUIDs depend on the profile's name alone."""
    return Identity(
        gpo=guid(header.name, "gpo"),
        domain=DOMAIN,
        domain_guid=guid(header.name, "domain").lower(),
        controller=CONTROLLER,
        time=header.backup_time,
        id=guid(header.name, "backup"),
        comment=_backup_comment(header),
        title=header.title,
    )


def _backup_comment(header: Header) -> str:
    parts = [f"gpogen {header.version}", header.name]
    if header.revision_number:
        parts.append(f"revision {header.revision_number}")
    if header.change:
        parts.append(f"change {header.change}")
    return ", ".join([*parts, f"profile {header.digest[:12]}"])


def parts(compiled: Compiled) -> Iterator[BackupPart]:
    """Yield the files of the GPO, as SYSVOL has them."""
    yield BackupPart(None, "GPO.cmt", gpo_comment(compiled).encode("utf-16-le"))
    yield BackupPart(None, VALUES, value_list(compiled).encode("utf-8"))
    for hive in Hive:
        made = {
            "registry.pol": policy_bytes(compiled, hive),
            "comment.cmtx": comment_file(compiled, hive.side),
            "Preferences/Registry/Registry.xml": preferences_file(compiled, hive),
        }
        yield from (BackupPart(hive, path, data) for path, data in made.items() if data)


def _backup(compiled: Compiled, own: Identity, files: list[BackupPart]) -> bytes:
    machine, user = (has_content(compiled, hive) for hive in Hive)
    policies = [part for part in files if part.path == "registry.pol"]
    others = [part for part in files if part.path != "registry.pol"]
    return render(
        "gpo/Backup.xml.j2",
        id=own,
        descriptor=security_descriptor(),
        options=options(compiled),
        machine_version=_VERSION if machine else 0,
        user_version=_VERSION if user else 0,
        machine_extensions=extension_names(compiled, Hive.HKLM),
        user_extensions=extension_names(compiled, Hive.HKCU),
        registry=REGISTRY,
        unknown=UNKNOWN,
        policies=[_object(own, "FSObjectFile", part.hive, part.path) for part in policies],
        adm=_object(own, "FSObjectFile", None, "Adm/*.*"),
        others=[entry for part in others for entry in _with_folders(own, part)],
    )


def enabled_sides(compiled: Compiled) -> tuple[bool, bool]:
    """Tell whether the computer side and the user side are enabled: as the profile says.

    Where it says nothing, a side that sets nothing is off, though never both.
    """
    computer, user = (has_content(compiled, hive) for hive in Hive)
    head = compiled.header
    return (
        (computer or not user) if head.computer_side is None else head.computer_side,
        user if head.user_side is None else head.user_side,
    )


def options(compiled: Compiled) -> int:
    """The GPO's flags: 1 turns the user side off, 2 the computer side."""
    computer, user = enabled_sides(compiled)
    return (0 if user else 1) + (0 if computer else 2)


def _with_folders(own: Identity, part: BackupPart) -> Iterator[FsObject]:
    names = part.path.split("/")
    for depth in range(1, len(names)):
        yield _object(own, "FSObjectDir", part.hive, "/".join(names[:depth]))
    yield _object(own, "FSObjectFile", part.hive, part.path)


def _object(own: Identity, element: str, hive: Hive | None, path: str) -> FsObject:
    root = "%GPO_FSPATH%" if hive is None else _ROOTS[hive]
    name = path.replace("/", "\\")
    below = name if hive is None else f"{hive.side}\\{name}"
    return FsObject(
        element=element,
        path=f"{root}\\{name}",
        expanded=rf"\\{own.controller}\sysvol\{own.domain}\Policies\{own.gpo}\{below}",
        location=rf"DomainSysvol\GPO\{below}",
    )


ARTIFACT = Artifact(
    id="gpo",
    title="GPO backup",
    consumer="Import-GPO and the Group Policy Management Console",
    command="Import-GPO -Path FOLDER\\gpo -BackupGpoName TITLE -TargetName TITLE -CreateIfNeeded",
    emit=emit,
    anywhere=True,
)
