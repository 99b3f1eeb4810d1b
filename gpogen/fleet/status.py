"""The status of a fleet: reads every report once, and yields one row for each machine."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from pydantic import ValidationError

from gpogen.calendar.sight import listed
from gpogen.errors import UsageError
from gpogen.finding import Finding, Severity, in_order
from gpogen.fleet.azure import ambiguous, read_azure
from gpogen.fleet.contradictions import contradiction_in
from gpogen.fleet.ledger import Ledger
from gpogen.fleet.machines import read_machines
from gpogen.fleet.position import Positions
from gpogen.fleet.refused import name_in, not_a_time, problem_of
from gpogen.fleet.report import (
    Check,
    ProfileFacts,
    Report,
    Requirement,
    SecureBoot,
    is_time,
    read_report,
)
from gpogen.fleet.report_files import Text, files
from gpogen.releases.knowledge import Knowledge
from gpogen.text import cut

MAX_REPORTS = 5_000_000
MAX_REFUSED = 10_000
"""Reports that cannot be read and are told one by one; the rest is counted."""
MAX_IN_A_ROW = 10_000
MAX_BYTES_IN_A_ROW = 64 << 20
"""Reports of one file in a row that cannot be read, and their bytes: no more of it is read."""
_NO_ANSWER = ("unreadable", "target-unknown")
NOT_KNOWN = "not known"
_KEPT = 4_000
"""Profiles whose numbers stay in memory."""
_KEPT_IDS = 50_000
"""Ids of requirements in the lists whose numbers stay in memory."""
_MET: dict[bool | None, int] = {True: ord("+"), False: ord("-"), None: ord("?")}
_IDS = itemgetter("id")
_MACHINE = itemgetter("name", "domain", "ou", "build", "azure_resource_id")
_SETUP = itemgetter("name", "digest", "revision", "ring", "platform", "route")
_TOLERANCE = datetime.timedelta(days=1)
"""A report is dated by UTC, today by the clock here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What ``gpogen status`` is asked for.

    Attributes:
        paths: files and folders of reports.
        profiles: the digest of each profile that reports are compared with, by its name.
        machines: a list of machines, or empty.
        azure: exports of Azure Resource Graph.
        max_age: days after which a report is old.
        today: the day to judge by.
    """

    paths: Sequence[str]
    profiles: dict[str, str] = field(default_factory=dict)
    machines: str = ""
    azure: Sequence[str] = ()
    max_age: int
    today: datetime.date

    @property
    def oldest(self) -> datetime.date:
        """The first day whose reports are not old."""
        return datetime.date.fromordinal(max(self.today.toordinal() - self.max_age, 1))


@dataclass(slots=True)
class Fleet:
    """What was read.

    Attributes:
        ledger: every machine.
        asked: what was asked for.
        as_of: the day of the release data.
        reports: how many reports were read.
        refused: how many could not be.
        listed: how many machines the list has.
        azure: how many rows Azure's exports have.
        findings: what is to be told about the release data.
        warnings: what makes verdicts unknown in it, one sentence each.
    """

    ledger: Ledger
    asked: Asked
    as_of: datetime.date
    reports: int = 0
    refused: int = 0
    listed: int = 0
    azure: int = 0
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def banner(self) -> tuple[str, ...]:
        """What every page says first: the findings with their fix, then the warnings."""
        found = (
            f"{item.message}; {item.fix}" if item.fix else item.message
            for item in self.findings
            if item.severity is not Severity.INFO
        )
        return (*found, *self.warnings)


def read_fleet(asked: Asked, knowledge: Knowledge) -> Fleet:
    """Read all reports, the list of machines and the exports.

    Raises:
        UsageError: a path can't be opened, there are too many reports, or none that can be read.
    """
    fleet = Fleet(Ledger(), asked, min(knowledge.as_of.values()))
    if asked.machines:
        fleet.listed = read_machines(asked.machines, fleet.ledger)
    fleet.azure = read_azure(asked.azure, fleet.ledger)
    positions = Positions(fleet.ledger, knowledge, asked.today)
    reader = _Reader(fleet, positions)
    for path in asked.paths:
        for reports in files(path):
            reader.take_all(reports)
    fleet.ledger.flush()
    fleet.findings = in_order(positions.findings)
    fleet.warnings = tuple(sorted(positions.warnings))
    if not fleet.reports:
        raise UsageError(_nothing(fleet))
    return fleet


def _nothing(fleet: Fleet) -> str:
    if not fleet.refused:
        return "no audit report found: name files (*.json, *.jsonl, also with .gz) or their folder"
    place, _, problem = fleet.ledger.one("SELECT * FROM refused ORDER BY place LIMIT 1")
    more = f"; {fleet.refused - 1} more cannot be read" if fleet.refused > 1 else ""
    return f"{place}: {problem}{more}"


class _Reader:
    """Puts reports into the ledger."""

    def __init__(self, fleet: Fleet, positions: Positions) -> None:
        self._fleet = fleet
        self._add = fleet.ledger.add
        self._positions = positions
        self._setups: dict[tuple[Any, ...], int] = {}
        self._shapes: dict[tuple[str, ...], int] = {}
        self._ids = 0
        self._is_joined = bool(fleet.listed or fleet.azure)
        last = fleet.asked.today + _TOLERANCE
        self._last = f"{last.isoformat()}T23:59:59Z"

    def take_all(self, reports: Iterable[Text]) -> None:
        """Read the reports of one file, until too many in a row cannot be read."""
        count = size = 0
        for item in reports:
            refused = self._fleet.refused
            self.take(item)
            if self._fleet.refused == refused:
                count = size = 0
                continue
            count += 1
            size += len(item.data)
            if count >= MAX_IN_A_ROW or size > MAX_BYTES_IN_A_ROW:
                problem = f"the rest of the file was not read: {count} reports before cannot be"
                self._refuse(Text(item.place, b""), problem)
                return

    def take(self, item: Text) -> None:
        """Read one report."""
        if item.problem:
            self._refuse(item, item.problem)
            return
        try:
            report = read_report(item.data)
        except ValidationError as error:
            self._refuse(item, problem_of(error))
            return
        taken = report["taken_at"]
        if taken > self._last or not is_time(taken):
            self._refuse(item, self._wrong_day(taken))
            return
        problem = contradiction_in(report)
        if not report["machine"]["name"].strip():
            problem = "$.machine.name must be the name of a machine; got an empty name"
        if problem:
            self._refuse(item, problem)
            return
        self._fleet.reports += 1
        if self._fleet.reports > MAX_REPORTS:
            raise UsageError(f"more than {MAX_REPORTS} reports in one run")
        self._add(self._row(report, item.place))

    def _wrong_day(self, taken: str) -> str:
        if not is_time(taken):
            return not_a_time(taken)
        return (
            f"$.taken_at is '{taken}', which is after {self._fleet.asked.today}: the clock of the "
            "machine is ahead, or --today is in the past"
        )

    def _refuse(self, item: Text, problem: str) -> None:
        fleet = self._fleet
        fleet.refused += 1
        if fleet.refused <= MAX_REFUSED:
            values = (item.place, item.machine or name_in(item.data), problem)
            fleet.ledger.run("INSERT INTO refused VALUES (?, ?, ?)", *values)

    def _row(self, report: Report, source: str) -> tuple[Any, ...]:
        name, domain, ou, build, azure_id = _MACHINE(report["machine"])
        short = name.lower()
        folded = domain.lower() if domain else ""
        summary, train = report["summary"], report["train"]
        shape = tuple(map(_IDS, report["requirements"]))
        pattern = _pattern(report["requirements"])
        return (
            f"{short}\0{folded}",
            short if self._is_joined else "",
            f"{short}.{folded}" if self._is_joined else "",
            report["taken_at"],
            report["id"],
            name,
            domain or "",
            ou or "",
            build or "",
            azure_id.lower() if azure_id else "",
            summary["verdict"],
            summary["readiness"]["verdict"],
            _problems(report["readiness"]),
            train["pending_restart"]["state"],
            _certificates(report["secure_boot"]),
            report["kind"],
            self._setup(report["profile"]),
            self._shapes.get(shape) or self._shape(shape),
            pattern,
            self._why(report["requirements"]) if pattern.strip(b"+") else 0,
            self._positions.number(train),
            source,
        )

    def _shape(self, ids: tuple[str, ...]) -> int:
        self._ids += len(ids)
        if self._ids > _KEPT_IDS:
            self._shapes.clear()
            self._ids = len(ids)
        found = self._shapes[ids] = self._fleet.ledger.fact("shape", json.dumps(ids))
        return found

    def _why(self, requirements: Sequence[Requirement]) -> int:
        """Return the number of why requirements are not met, one text for each, in their order."""
        told = [_reason(item) for item in requirements if item["compliant"] is not True]
        return self._fleet.ledger.fact("why", json.dumps(told))

    def _setup(self, profile: ProfileFacts | None) -> int:
        key = ("", "", "", "", "", "") if profile is None else _SETUP(profile)
        found = self._setups.get(key)
        if found is None:
            if len(self._setups) >= _KEPT:
                self._setups.clear()
            found = self._setups[key] = self._fleet.ledger.fact("setup", json.dumps(key))
        return found


def _reason(item: Requirement) -> str:
    """Say why a requirement is not met, and by whom: ``differs, GPO Old updates``."""
    if item["gpo"]:
        return f"{item['reason']}, GPO {item['gpo'].replace(';', ',')}"
    if item["origin"] == "absent" or item["reason"] in _NO_ANSWER:
        return item["reason"]
    if item["origin"] == "unknown":
        return f"{item['reason']}, origin unknown"
    return f"{item['reason']}, {item['origin']}"


def _pattern(requirements: Sequence[Requirement]) -> bytes:
    """Write which requirements are met: ``+``, ``-`` or ``?`` for each."""
    met = [item["compliant"] for item in requirements]
    if met.count(True) == len(met):
        return b"+" * len(met)
    return bytes([_MET[item] for item in met])


def _problems(readiness: Sequence[Check]) -> str:
    """Name the decisive checks that are a problem or unknown."""
    found = [item for item in readiness if item["state"] != "ok" and item["decides"]]
    return " ".join([item["id"] for item in found if item["state"] in ("problem", "unknown")])


def _certificates(found: SecureBoot) -> str:
    """Return the state of the certificates of Secure Boot, in the words of the machine."""
    if found["enabled"] is False:
        return "Secure Boot is off"
    state = found["certificates"] or NOT_KNOWN
    return f"{state}, with an error" if found["error"] else state


def notes(fleet: Fleet) -> Iterator[str]:
    """Yield what no row says: the reports that do not count, and the names that Azure has twice."""
    machines = fleet.ledger.one("SELECT count(*) FROM machine")[0]
    if fleet.reports > machines:
        older = fleet.reports - machines
        yield (
            f"{older} older reports are not counted: the newest of each machine counts, and an "
            "audit report before a readiness report"
        )
    if fleet.refused > MAX_REFUSED:
        yield f"{fleet.refused - MAX_REFUSED} more reports cannot be read"
    if not fleet.asked.profiles:
        yield from _versions(fleet)
    query = (
        "SELECT azure_id, group_concat(machine, ', ') FROM machine WHERE azure_id <> '' "
        "GROUP BY azure_id HAVING count(*) > 1 ORDER BY azure_id LIMIT 20"
    )
    for azure_id, machines_with in fleet.ledger.each(query):
        yield f"{cut(machines_with)} have the same Azure resource id, {cut(azure_id)}"
    names = list(ambiguous(fleet.ledger))
    if names:
        yield (
            f"--azure: {listed(names)}: more than one resource with this computer name, so "
            "they match by their resource id alone"
        )


def _versions(fleet: Fleet) -> Iterator[str]:
    """Yield the profiles of which the reports have several versions."""
    found: dict[str, set[str]] = {}
    query = "SELECT text FROM fact WHERE id IN (SELECT setup FROM machine)"
    for (text,) in fleet.ledger.each(query):
        name, digest = json.loads(text)[:2]
        found.setdefault(name, set()).add(digest)
    for name, digests in sorted(found.items()):
        if len(digests) > 1:
            yield (
                f"the reports are of {len(digests)} versions of the profile {name}: name it with "
                "--profile to see which machines have another than yours"
            )
