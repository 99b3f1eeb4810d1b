"""Judging GPOs that others made: backups and registry.pol files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from gpogen.catalog.platforms import find_platform, operating_systems
from gpogen.catalog.policies import find_value
from gpogen.compile.drafts import Draft
from gpogen.compile.result import Origin
from gpogen.compile.subject import Subject
from gpogen.errors import GpogenError, UsageError
from gpogen.finding import Finding, Place
from gpogen.policy.outcome import effective
from gpogen.policy.records import Record
from gpogen.policy.types import Hive, Via
from gpogen.profile.load import SUFFIXES
from gpogen.reading.judging import about_gpo, not_judged
from gpogen.reading.read import MAX_SIZE, Reading, find, passed_over, read_all
from gpogen.rules.data import RULE as DATA
from gpogen.rules.deletions import RULE as DELETIONS
from gpogen.rules.engine import judge, judge_by
from gpogen.servicing.machines import Machines


@dataclass(frozen=True, slots=True)
class ForeignTarget:
    """The machines that a foreign GPO is judged for; empty words mean "not said"."""

    platform: str = ""
    os: str = ""
    installed_by: str = ""
    """Who installs updates on them: a word of ``orchestration``."""

    @property
    def family(self) -> str:
        """Return the operating system's family, or an empty text."""
        return operating_systems()[self.os].family if self.os else ""


def parse_target(text: str, installed_by: str = "") -> ForeignTarget:
    """Read ``azure-arc,windows-server-2025-standard``; either word may be missing.

    Raises:
        UsageError: a word is neither a platform nor an operating system, the system gets no
            hotpatches on the platform, or nothing of the name installs there.
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
            raise UsageError(
                f"--target: {word!r} is neither a platform nor a system; allowed: {allowed}"
            )
    where = find_platform(platform) if platform else None
    if where is not None and os_word and os_word not in where.operating_systems:
        allowed = ", ".join(where.operating_systems)
        message = f"--target: {os_word} gets no hotpatches on {platform}; allowed there: {allowed}"
        raise UsageError(message)
    if where is not None and installed_by and installed_by not in where.orchestrations:
        allowed = ", ".join(where.orchestrations)
        message = f"--installed-by: {installed_by} does not orchestrate {where.title}"
        raise UsageError(f"{message}; allowed there: {allowed}")
    return ForeignTarget(platform, os_word, installed_by)


def is_foreign(path: str) -> bool:
    """Tell whether a path is a registry.pol, a GPO, or a folder with any of these.

    A folder with .pol files alone, and profiles right in it, is one of profiles.
    """
    found = Path(path)
    if found.suffix.lower() == ".pol":
        return True
    try:
        return found.is_dir() and _holds_gpos(found)
    except (OSError, ValueError, UsageError):
        return False  # Whoever opens it says why.


def _holds_gpos(folder: Path) -> bool:
    found = find(folder)
    if found.backups or found.folders:
        return True
    profiles = (item for item in folder.iterdir() if item.suffix in SUFFIXES)
    return bool(found.policies) and next(profiles, None) is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings about GPOs, what could not be read, how many were judged, and what of them not."""

    findings: tuple[Finding, ...]
    errors: tuple[GpogenError, ...]
    gpos: int
    notes: tuple[str, ...] = ()


def judge_foreign(path: str, target: ForeignTarget, side: Hive | None = None) -> Verdict:
    """Judge a file, a GPO or a folder of GPOs; ``side`` is that of a registry.pol alone."""
    findings: list[Finding] = []
    notes = passed_over((path,))
    errors: list[GpogenError] = []
    judged = 0
    for found in read_all((path,), max_size=MAX_SIZE, side=side):
        if isinstance(found, GpogenError):
            errors.append(found)
        else:
            findings += (about_gpo(item, found) for item in _judge(found, target))
            notes += not_judged(found)
            judged += 1
    return Verdict(tuple(findings), tuple(errors), judged, tuple(notes))


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


def _judge(found: Reading, target: ForeignTarget) -> list[Finding]:
    drafts = tuple(_draft(item.record, item.place) for item in effective(found))
    machine = tuple(draft for draft in drafts if draft.record.hive is Hive.HKLM)
    user = tuple(draft for draft in drafts if draft.record.hive is Hive.HKCU)
    subject = Subject(
        drafts=machine,
        family=target.family,
        machines=Machines(platform=target.platform, os=target.os) if target.platform else None,
        named=target.installed_by or None,
        start=Place(found.file, 1, 1),
        extensions=found.extensions,
    )
    titles = {draft.place: draft.origin.title for draft in machine if draft.origin.title}
    # The rules are about machines, but a user's side can delete as much, and has policies, too.
    users = replace(subject, drafts=user)
    of_user = (item for rule in (DELETIONS, DATA) for item in judge_by(rule, users))
    return [_named(item, titles) for item in (*judge(subject), *of_user)]


def _named(item: Finding, titles: dict[Place | None, str]) -> Finding:
    title = titles.get(item.at)
    return replace(item, message=f'{item.message} (policy "{title}")') if title else item
