"""Judging GPOs that others made: backups and registry.pol files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gpogen.catalog.platforms import find_platform, operating_systems
from gpogen.catalog.policies import find_value
from gpogen.compile.drafts import Draft
from gpogen.compile.result import Origin
from gpogen.compile.rules.engine import Subject, judge
from gpogen.compile.source import Source
from gpogen.errors import FormatError, GpogenError, UsageError
from gpogen.finding import Finding, Place
from gpogen.formats import pol
from gpogen.formats.gpobackup import read_backup
from gpogen.formats.gppregistry import read_preferences
from gpogen.policy.records import Record
from gpogen.policy.types import Hive, Via
from gpogen.profile.load import show
from gpogen.profile.nodes import Mapping
from gpogen.profile.schema import Profile, Target

BACKUP = "backup.xml"
MAX_BYTES = 64 << 20
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class ForeignTarget:
    """The machines that a foreign GPO is judged for; empty words mean "not said"."""

    platform: str = ""
    os: str = ""

    @property
    def family(self) -> str:
        """Return the operating system's family, or an empty text."""
        return operating_systems()[self.os].family if self.os else ""


def parse_target(text: str) -> ForeignTarget:
    """Read ``azure-arc,windows-server-2025-standard``; either word may be missing.

    Raises:
        UsageError: a word is neither a platform nor an operating system, or the system gets no
            hotpatches on the platform.
    """
    platform = os_word = ""
    for word in filter(None, (part.strip() for part in text.split(","))):
        found = find_platform(word)
        if found is not None:
            platform = found.word
        elif word in operating_systems():
            os_word = word
        else:
            allowed = ", ".join((*("azure-local", "azure-arc", "azure-vm"), *operating_systems()))
            raise UsageError(f"--target: {word!r} is no platform and no system; allowed: {allowed}")
    where = find_platform(platform) if platform else None
    if where is not None and os_word and os_word not in where.operating_systems:
        allowed = ", ".join(where.operating_systems)
        message = f"--target: {os_word} gets no hotpatches on {platform}; allowed there: {allowed}"
        raise UsageError(message)
    return ForeignTarget(platform, os_word)


def is_foreign(path: str) -> bool:
    """Tell whether a path is a registry.pol, a GPO backup, or a folder of backups."""
    found = Path(path)
    if found.suffix.lower() == ".pol":
        return True
    try:
        return found.is_dir() and next(_backups(found), None) is not None
    except (OSError, ValueError):
        return False  # Whoever opens it says why.


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings about GPOs, what could not be read, and how many were judged."""

    findings: tuple[Finding, ...]
    errors: tuple[GpogenError, ...]
    gpos: int


def judge_foreign(path: str, target: ForeignTarget) -> Verdict:
    """Judge a file, a backup or a folder of backups."""
    found = Path(path)
    parts = [found] if found.is_file() else list(_backups(found))
    findings: list[Finding] = []
    errors: list[GpogenError] = []
    for part in parts:
        try:
            drafts, extensions = _read(part)
            findings += _judge(part, drafts, extensions, target)
        except GpogenError as error:
            errors.append(error)
    return Verdict(tuple(findings), tuple(errors), len(parts) - len(errors))


def _backups(folder: Path) -> Iterator[Path]:
    """Yield every Backup.xml below a folder, whatever the case of its name."""
    base = len(folder.parts)
    for here, folders, names in os.walk(folder):
        folders.sort()
        if len(Path(here).parts) - base >= _DEPTH:
            folders.clear()
        yield from (Path(here, name) for name in sorted(names) if name.lower() == BACKUP)


def _read(path: Path) -> tuple[list[Draft], str | None]:
    if path.suffix.lower() == ".pol":
        hive = Hive.HKCU if path.parent.name.lower() == "user" else Hive.HKLM
        return _policy_file(path, hive), None
    try:
        info = read_backup(_bytes(path))
    except FormatError as error:
        raise FormatError(f"{show(path)}: {error}") from None
    drafts: list[Draft] = []
    root = path.parent.resolve()
    for location in info.locations:
        file = _inside(root, location)
        if file is not None:
            drafts += _part(file, location.lower())
    return drafts, info.machine_extensions


def _part(file: Path, location: str) -> list[Draft]:
    hive = Hive.HKCU if "/user/" in location else Hive.HKLM
    if location.endswith("/registry.pol"):
        return _policy_file(file, hive)
    if location.endswith("/preferences/registry/registry.xml"):
        return _preferences(file)
    return []


def _inside(root: Path, location: str) -> Path | None:
    """Find a file of a backup, whatever the case of its name, never outside the backup."""
    current = root
    for name in location.split("/"):
        if name in ("", ".", ".."):
            return None
        exact = current / name
        if not exact.exists() and current.is_dir():
            same = (item for item in current.iterdir() if item.name.lower() == name.lower())
            exact = next(same, exact)
        current = exact
    inside = current.resolve().is_relative_to(root)
    return current if inside and current.is_file() else None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{show(path)}: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{show(path)}: over {MAX_BYTES >> 20} MiB")
    return data


def _policy_file(path: Path, hive: Hive) -> list[Draft]:
    try:
        entries = pol.decode(_bytes(path))
    except FormatError as error:
        raise FormatError(f"{show(path)}: {error}") from None
    return [
        _draft(record, Place(show(path), number, 1))
        for number, entry in enumerate(entries, 1)
        for record in pol.to_records([entry], hive)
    ]


def _preferences(path: Path) -> list[Draft]:
    try:
        items = read_preferences(_bytes(path))
    except FormatError as error:
        raise FormatError(f"{show(path)}: {error}") from None
    return [_draft(item.record, Place(show(path), item.line, 1)) for item in items]


def _draft(record: Record, place: Place) -> Draft:
    policies = find_value(record.key, record.name) if record.via is Via.POLICY else ()
    policy = policies[0][0] if policies else None
    origin = Origin(
        policy=policy.id if policy else None,
        title=policy.display_name if policy else "",
        why="",
        places=(place,),
    )
    return Draft(record=record, origin=origin, rank=(place.line,))


def _judge(
    path: Path, drafts: list[Draft], extensions: str | None, target: ForeignTarget
) -> list[Finding]:
    machine = tuple(draft for draft in drafts if draft.record.hive is Hive.HKLM)
    profile = Profile.model_construct(
        gpogen=1,
        name="foreign",
        target=_target(target),
    )
    subject = Subject(
        profile=profile,
        tree=Source(Mapping(Place(show(path), 1, 1)), show(path)),
        drafts=machine,
        family=target.family,
        foreign=True,
        extensions=extensions,
    )
    titles = {draft.place: draft.origin.title for draft in machine if draft.origin.title}
    return [_named(item, titles) for item in judge(subject)]


def _target(target: ForeignTarget) -> Target | None:
    if not target.platform:
        return None
    return Target.model_construct(platform=target.platform, os=target.os, role="member")


def _named(item: Finding, titles: dict[Place | None, str]) -> Finding:
    title = titles.get(item.at)
    return replace(item, message=f'{item.message} (policy "{title}")') if title else item
