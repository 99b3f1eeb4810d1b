"""What the rules say, as one text: findings.txt.

    python -m tests.rules.findings     writes it after a change; read the difference

It has the findings of the failing examples of the pages, and what every combination of an
installer, a mode, a deadline, and a kind of machine adds to them. Each is judged three times: as a
profile, as a GPO that somebody else made for such machines, and as one about whose machines
nothing is known. The finding of a rule other than the page's is listed once, where it occurs first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from gpogen.compile.subject import Subject
from gpogen.finding import Finding, Place
from gpogen.profile.schema import ORCHESTRATIONS
from gpogen.rules.check import subject_of
from gpogen.rules.engine import judge
from tests.support.profiles import text_of
from tests.support.rules import EXAMPLES, check_text, found_in, names
from tools.rule_pages import HEAD

FILE = Path(__file__).with_suffix(".txt")
_START = Place("GPO", 1, 1)
_MODES = ("", "notify", "download", "install-on-schedule", "local-admin", "notify-restart", "off")
_RESTARTS = ("", "restart: {policy: deadline, days: 2, grace_days: 1}\n")
_MACHINES: tuple[dict[str, str], ...] = (
    {"platform": "azure-local"},
    {"platform": "azure-local", "extra_target": ", role: cluster-node"},
    {"platform": "azure-local", "extra_target": ", role: domain-controller"},
    {"platform": "azure-vm"},
    {"platform": "azure-arc", "os": "windows-server-2025-standard"},
)


def lines() -> list[str]:
    """Return the lines of findings.txt."""
    known: set[tuple[str, ...]] = set()
    found: list[str] = []
    for name, (rule, example) in zip(names(EXAMPLES), EXAMPLES, strict=True):
        found.append(f"# {name}")
        found += _lines(HEAD + example.fails, rule, known, example.fails_on)
    for who, mode, restart, machines in itertools.product(
        ORCHESTRATIONS, _MODES, _RESTARTS, _MACHINES
    ):
        updates = f"updates: {{mode: {mode}}}\n" if mode else ""
        text = text_of(updates + restart, orchestration=who, **machines)
        if new := list(_lines(text, "", known)):
            title = (*machines.values(), who, mode or "no mode", restart and "deadline")
            found += [f"# {' '.join(filter(None, title))}", *new]
    return found


def _lines(text: str, rule: str, known: set[tuple[str, ...]], day: str = "") -> Iterator[str]:
    text = text.removeprefix(HEAD)
    subject = subject_of(check_text(text))
    assert subject is not None
    foreign = Subject(
        drafts=subject.drafts,
        family=subject.family,
        machines=subject.machines,
        named=subject.named,
        start=_START,
        extensions="",
    )
    unknown = replace(foreign, family="", machines=None, named=None)
    yield from _told("profile", found_in(text, day), rule, known)
    yield from _told("GPO for such machines", judge(foreign), rule, known)
    yield from _told("GPO", judge(unknown), rule, known)


def _told(
    what: str, found: Iterable[Finding], rule: str, known: set[tuple[str, ...]]
) -> Iterator[str]:
    for one in found:
        words = (what, one.id, one.severity, one.message, one.fix)
        if one.id != rule and words in known:
            continue
        known.add(words)
        places = " ".join(_place(place) for place in (one.at, *one.related))
        about = f" [{' '.join(one.profiles)}]" if one.profiles else ""
        yield f"{what}: {places} {one.severity} {one.id}{about}: {one.message}"
        if one.fix:
            yield f"  fix: {one.fix}"


def _place(place: Place | None) -> str:
    return f"{place.line}:{place.col}" if place else "-"


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in lines()), encoding="utf-8")
