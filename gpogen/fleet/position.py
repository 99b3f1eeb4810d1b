"""Where the machine of an audit report stands today, by today's release data."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from gpogen.calendar.entries import MonthEntry, Restart, entries
from gpogen.calendar.sight import ADD_MONTHS, waiting
from gpogen.calendar.sighting import Sighting
from gpogen.calendar.train import AHEAD, State, Verdict
from gpogen.calendar.updates import Update, updates
from gpogen.catalog.months import Month, months_from
from gpogen.finding import Finding
from gpogen.fleet.ledger import Ledger
from gpogen.fleet.report import Train
from gpogen.fleet.verdicts import judge_one
from gpogen.lists.columns import cells, sighting
from gpogen.lists.reported import Reported, build_of
from gpogen.releases.knowledge import Knowledge

_KEPT = 50_000
"""Updates and packages of the machines whose verdicts stay in memory."""
_PACKAGE = itemgetter("name", "state")
_UPDATE = itemgetter("kb", "title", "state", "by")
_STATES = {"pending": "installpending"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What is told of a machine's place on the train.

    Attributes:
        train: on-train, behind, off-train or unknown.
        baseline: the baseline that it stands on, or empty.
        latest: the newest update of the train that it has, or empty.
        off_by: the update that took it off, or empty.
        out_of_band: whether that was released between the months.
        restarts_with: the next baseline, with which it restarts, or empty.
        restarts_on: the day of that baseline, or empty.
        released: whether that baseline is out, so that the machine can restart any day.
        reason: why it is so.
    """

    train: str
    baseline: str
    latest: str
    off_by: str
    out_of_band: bool
    restarts_with: str
    restarts_on: str
    released: bool
    reason: str


class Positions:
    """Judges the trains of reports; machines with the same updates are judged once.

    Attributes:
        findings: what is to be told about the release data.
        warnings: one sentence for each month that the release data lacks and a verdict needs.
    """

    def __init__(self, ledger: Ledger, knowledge: Knowledge, today: datetime.date) -> None:
        """Take the release data and the day to judge by."""
        self._ledger = ledger
        self._knowledge = knowledge
        self._today = today
        self._every = tuple(updates(knowledge))
        self._kept: dict[tuple[Any, ...], int] = {}
        self._held = 0
        self.findings: dict[Finding, None] = {}
        self.warnings: set[str] = set()

    def number(self, train: Train) -> int:
        """Return the number under which the ledger has a machine's position."""
        packages, updates = train["packages"], train["updates"]
        key = (
            train["build"],
            None if packages is None else tuple(map(_PACKAGE, packages)),
            None if updates is None else tuple(map(_UPDATE, updates)),
        )
        found = self._kept.get(key)
        if found is None:
            count = 1 + len(updates or ()) + len(packages or ())
            self._held += count
            if self._held > _KEPT:
                self._kept.clear()
                self._held = count
            position = self._judge(train)
            text = json.dumps({name: getattr(position, name) for name in Position.__slots__})
            found = self._kept[key] = self._ledger.fact("position", text)
        return found

    def _judge(self, train: Train) -> Position:
        seen = [item for row in _rows(train) if (item := sighting(cells(row.items())))]
        build = build_of(train["build"] or "", "", "the report")
        reported = Reported(name="", build=build, seen=tuple(dict.fromkeys(seen)))
        judged = judge_one(reported, "", self._knowledge, self._today, self._every, alone=False)
        self.findings |= dict.fromkeys(judged.findings)
        verdict = judged.verdict
        if verdict.is_outdated:
            self._warn(verdict)
        if verdict.state is State.ON and verdict.reasons:
            system = self._knowledge.systems[verdict.os].title
            self.warnings.add(f"{system}: {'; '.join(verdict.reasons)}")
        if not (train["packages"] or train["updates"]) and verdict.state is State.ON:
            # A build alone does not show what waits for a restart.
            reason = "the report has neither updates nor packages"
            return _position(verdict, None, State.UNKNOWN, reason)
        return _position(verdict, self._restart(verdict), verdict.state, _waiting(verdict, seen))

    def _warn(self, verdict: Verdict) -> None:
        system = self._knowledge.systems[verdict.os].title
        self.warnings.add(
            f"the release data of {system} is from {verdict.as_of} and lacks a month that is due, "
            f"so the train of machines is unknown: {verdict.reasons[0]}; {ADD_MONTHS}"
        )

    def _restart(self, verdict: Verdict) -> MonthEntry | Update | None:
        """Return the next baseline, with which the machine restarts."""
        if verdict.state is State.UNKNOWN and not verdict.is_outdated:
            return None
        if verdict.behind:
            return verdict.behind[-1]
        has = [item.date for item in (verdict.baseline, verdict.latest, verdict.off) if item]
        after = max(has, default=self._today)
        months = months_from(Month.of(min(after, self._today)), AHEAD * 2)
        rows = entries(self._knowledge, verdict.os, months, self._today)
        return next((row for row in rows if row.restart is Restart.YES and row.date > after), None)


def _waiting(verdict: Verdict, seen: Sequence[Sighting]) -> str:
    """Name what a machine on the train has installed and not in effect before a restart."""
    return "" if verdict.state is not State.ON or verdict.reasons else waiting(seen)


def _position(
    verdict: Verdict, restart: MonthEntry | Update | None, state: State, reason: str
) -> Position:
    said = "" if restart is None else str(restart)
    if isinstance(restart, MonthEntry):
        said = " ".join(filter(None, (str(restart.month), restart.type.value, restart.kb)))
    known = isinstance(restart, Update) or (restart is not None and bool(restart.kb))
    return Position(
        train=state.value,
        baseline=str(verdict.baseline or ""),
        latest=str(verdict.latest or ""),
        off_by=str(verdict.off or ""),
        out_of_band=verdict.off is not None and verdict.off.what.startswith("out-of-band"),
        restarts_with=said,
        restarts_on=restart.date.isoformat() if restart is not None else "",
        released=known,
        reason=reason or "; ".join(verdict.reasons),
    )


def _rows(train: Train) -> Iterator[dict[str, str]]:
    """Yield updates and packages with the names of columns, as lists of updates have them."""
    for update in train["updates"] or ():
        kind = "description" if update["by"] == "hotfix" else "title"
        state = _STATES.get(update["state"], update["state"])
        yield {"kb": update["kb"] or "", kind: update["title"], "state": state}
    for package in train["packages"] or ():
        yield {"package": package["name"], "state": package["state"]}
