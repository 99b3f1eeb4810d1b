"""Judging GPOs that others made: backups and registry.pol files."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gpogen.catalog.policies import find_value
from gpogen.compile.drafts import Draft
from gpogen.compile.origin import Origin
from gpogen.compile.subject import Subject
from gpogen.errors import GpogenError
from gpogen.finding import Finding, Place
from gpogen.policy.outcome import effective
from gpogen.policy.records import Record
from gpogen.policy.types import Hive, Via
from gpogen.reading.judging import about_gpo, not_judged
from gpogen.reading.read import MAX_SIZE, Reading, passed_over, read_all
from gpogen.rules.data import RULE as DATA
from gpogen.rules.deletions import RULE as DELETIONS
from gpogen.rules.engine import judge, judge_by
from gpogen.servicing.machines import Machines
from gpogen.workspace.target import ForeignTarget


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
