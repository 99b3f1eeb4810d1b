"""Counts the rows of a fleet: by ring, OU and profile, by restart, and what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from gpogen.fleet.rows import Row

_Key = TypeVar("_Key")

MAX_GROUPS = 5_000
"""Rings, OUs or profiles that are counted one by one; the rest is counted together."""
OTHERS = "(others)"
DIMENSIONS = ("ring", "ou", "profile")
LISTS = {
    "missing": "Listed, without a report",
    "unreadable": "Reports that cannot be read",
    "not-compliant": "Not compliant, or not known",
    "off-train": "Off the train, behind, or not known",
    "restart-pending": "Restart pending",
    "old": "Old reports",
    "version": "Judged by another version of the profile, or by another profile",
    "listed-profile": "Judged by another profile than the list of machines names",
    "azure": "Hotpatch in Azure: not enabled, or not known",
    "azure-only": "In Azure, without a report",
    "unlisted": "Not in the list of machines",
}
"""The lists of machines, and their titles."""


@dataclass(slots=True)
class Counts:
    """The machines of one group; an old report counts as old, and in nothing else.

    Attributes:
        machines: all, those without a report included.
        ok: those with which nothing is wrong.
        compliant: by the verdict of the report.
        not_compliant: likewise.
        unknown: likewise.
        ready: those that can get hotpatches.
        on: on the train.
        behind: a newer baseline is out.
        off: off the train.
        off_out_of_band: of these, by an update out of band.
        train_unknown: nobody can tell.
        old: their report is old.
        missing: no report.
    """

    machines: int = 0
    ok: int = 0
    compliant: int = 0
    not_compliant: int = 0
    unknown: int = 0
    ready: int = 0
    on: int = 0
    behind: int = 0
    off: int = 0
    off_out_of_band: int = 0
    train_unknown: int = 0
    old: int = 0
    missing: int = 0

    def add(self, kind: _Kind, count: int) -> None:
        """Count machines of one kind."""
        ok, report_state, verdict, train, readiness, out_of_band, old = kind
        self.machines += count
        self.ok += count * ok
        if report_state != "reported":
            self.missing += count
            return
        if old:
            self.old += count  # What an old report says is not true of today.
            return
        for name in (_VERDICTS[verdict], _TRAINS[train]):
            setattr(self, name, getattr(self, name) + count)
        self.ready += count * (readiness == "ready")
        self.off_out_of_band += count * bool(out_of_band)


_Kind = tuple[bool, str, str, str, str, bool | None, bool]
"""ok, report_state, verdict, train, readiness, off_by_out_of_band, and whether it is old."""
_VERDICTS = {
    "compliant": "compliant",
    "not-compliant": "not_compliant",
    "unknown": "unknown",
}
_TRAINS = {"on-train": "on", "behind": "behind", "off-train": "off", "unknown": "train_unknown"}


@dataclass(slots=True)
class Listed:
    """One list: how many rows it has, and the first of them."""

    count: int = 0
    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row, most: int) -> None:
        """Count a row, and keep it while there is room."""
        self.count += 1
        if len(self.rows) < most:
            self.rows.append(row)


Restart = tuple[str, str, bool]
"""The day, the baseline, and whether it is out."""


@dataclass(slots=True)
class Summary:
    """What all rows say together.

    Attributes:
        all: every machine.
        groups: by dimension, by value.
        restarts: how many machines restart with which baseline.
        off_by: how many machines each update took off the train.
        oldest: the reports that are the oldest.
        lists: what is to be looked at.
    """

    all: Counts = field(default_factory=Counts)
    groups: dict[str, dict[str, Counts]] = field(
        default_factory=lambda: {name: {} for name in DIMENSIONS}
    )
    restarts: dict[Restart, int] = field(default_factory=dict)
    off_by: dict[str, int] = field(default_factory=dict)
    oldest: list[Row] = field(default_factory=list)
    lists: dict[str, Listed] = field(default_factory=lambda: {name: Listed() for name in LISTS})


def summarize(rows: Iterable[Row], most: int) -> Summary:
    """Count rows; each list keeps its first ``most``."""
    found = Summary()
    alike: dict[_Alike, int] = {}
    for row in rows:
        if not row.ok or row.listed == "no":
            for name in _lists(row):
                found.lists[name].add(row, most)
        if row.report_state == "unreadable":
            continue
        key = (row.ring, row.ou, row.profile, _kind(row))
        alike[key] = alike.get(key, 0) + 1
        if len(alike) > MAX_GROUPS:
            _add(found, alike)
        is_old = "report-old" in row.attention
        if row.restarts_with and not is_old:
            restart = (row.restarts_on, row.restarts_with, bool(row.restart_released))
            _count(found.restarts, restart, ("", OTHERS, False))
        if row.off_by and not is_old:
            _count(found.off_by, row.off_by, OTHERS)
        if row.taken_at:
            _keep_oldest(found.oldest, row)
    _add(found, alike)
    return found


_Alike = tuple[str, str, str, _Kind]
"""Ring, OU, profile and kind: most machines of a fleet are like many others."""


def _kind(row: Row) -> _Kind:
    return (
        row.ok,
        row.report_state,
        row.verdict,
        row.train,
        row.readiness,
        row.off_by_out_of_band,
        "report-old" in row.attention,
    )


def _add(found: Summary, alike: dict[_Alike, int]) -> None:
    """Count what was found alike, and begin anew."""
    for (ring, ou, profile, kind), count in alike.items():
        found.all.add(kind, count)
        for name, value in (("ring", ring), ("ou", ou), ("profile", profile)):
            _group(found.groups[name], value).add(kind, count)
    alike.clear()


def _group(groups: dict[str, Counts], value: str) -> Counts:
    found = groups.get(value)
    if found is None:
        key = value if len(groups) < MAX_GROUPS else OTHERS
        found = groups.setdefault(key, Counts())
    return found


def _count(counts: dict[_Key, int], key: _Key, others: _Key) -> None:
    if key not in counts and len(counts) >= MAX_GROUPS:
        key = others
    counts[key] = counts.get(key, 0) + 1


_OLDEST = 10


def _keep_oldest(kept: list[Row], row: Row) -> None:
    if len(kept) < _OLDEST or row.taken_at < kept[-1].taken_at:
        kept.append(row)
        kept.sort(key=lambda item: item.taken_at)
        del kept[_OLDEST:]


def _lists(row: Row) -> Iterable[str]:
    if row.report_state != "reported":
        yield row.report_state
        return
    if "report-old" in row.attention:
        yield "old"
    else:
        if row.verdict != "compliant":
            yield "not-compliant"
        if row.train != "on-train":
            yield "off-train"
        if row.restart_pending == "yes":
            yield "restart-pending"
    if "profile-" in row.attention:
        yield "version"
    if "listed-other-profile" in row.attention:
        yield "listed-profile"
    if "azure-" in row.attention:
        yield "azure"
    if row.listed == "no":
        yield "unlisted"
