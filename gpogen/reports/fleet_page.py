"""What an administrator reads of a fleet: tables in the order in which one acts on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from gpogen.fleet.counts import Setting, counted
from gpogen.fleet.rows import Row
from gpogen.fleet.status import NOT_KNOWN, Fleet
from gpogen.reports.fleet_summary import DIMENSIONS, LISTS, Counts, Summary
from gpogen.text import cut, visible

NONE = "(none)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table.

    Attributes:
        title: what it is about.
        heads: the names of the columns.
        rows: the cells, made safe to show.
        more: how many rows are left out.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All of it.

    Attributes:
        title: one line.
        warnings: what makes numbers of the page unsure, one sentence each.
        facts: what it rests on, one sentence each.
        tables: those that have a row.
    """

    title: str
    warnings: tuple[str, ...]
    facts: tuple[str, ...]
    tables: tuple[Table, ...]


def page_of(fleet: Fleet, summary: Summary, settings: Iterable[Setting], most: int) -> Page:
    """Lay a fleet out; each table has its first ``most`` rows."""
    every = summary.all
    tables = (_all(every), *_groups(summary, most), *_more(fleet, summary, settings, most))
    return Page(
        title=f"Status of {_count(every.machines, 'machine')} on {fleet.asked.today}",
        warnings=tuple(visible(text) for text in fleet.banner),
        facts=tuple(_facts(fleet)),
        tables=tuple(table for table in tables if table.rows),
    )


def _facts(fleet: Fleet) -> Iterator[str]:
    old = f"a report is old after {_count(fleet.asked.max_age, 'day')}"
    yield f"{_count(fleet.reports, 'report')} read, {fleet.refused} not readable; {old}."
    yield (
        f"Train status uses gpogen's release data of {fleet.as_of}, not the data in the scripts."
    )
    if fleet.listed:
        yield f"The list has {_count(fleet.listed, 'machine')}."
    if fleet.azure:
        yield f"The exports of Azure have {_count(fleet.azure, 'row')}."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _table(
    title: str, heads: tuple[str, ...], rows: Sequence[tuple[object, ...]], most: int
) -> Table:
    cells = tuple(tuple(visible(str(cell)) for cell in row) for row in rows[:most])
    return Table(title=title, heads=heads, rows=cells, more=max(len(rows) - most, 0))


def _all(counts: Counts) -> Table:
    by = "all" if counts.off_out_of_band == counts.off else str(counts.off_out_of_band)
    oob = f" ({by} by an out-of-band update)"
    reported = counts.machines - counts.missing
    rows = (
        ("nothing to do", counts.ok),
        ("compliant", counts.compliant),
        ("not compliant", counts.not_compliant),
        ("compliance not known", counts.unknown),
        ("ready for hotpatch", f"{counts.ready} of {reported}"),
        ("on the hotpatch train", counts.on),
        ("behind: a newer baseline is released and not installed", counts.behind),
        ("off the train", f"{counts.off}{oob if counts.off_out_of_band else ''}"),
        ("train not known", counts.train_unknown),
        ("old report", counts.old),
        ("no report", counts.missing),
    )
    return _table("All machines", ("what", "machines"), rows, len(rows))


_GROUP_HEADS = (
    "machines",
    "ok",
    "compliant",
    "not compliant",
    "unknown",
    "on train",
    "behind",
    "off",
    "train unknown",
    "old",
    "no report",
)


def _groups(summary: Summary, most: int) -> Iterator[Table]:
    for name in DIMENSIONS:
        groups = summary.groups[name]
        if set(groups) <= {""}:
            continue
        title = "OU" if name == "ou" else name
        rows = [(value or NONE, *_numbers(groups[value])) for value in sorted(groups)]
        yield _table(f"By {title}", (title, *_GROUP_HEADS), rows, most)


def _numbers(counts: Counts) -> tuple[int, ...]:
    return (
        counts.machines,
        counts.ok,
        counts.compliant,
        counts.not_compliant,
        counts.unknown,
        counts.on,
        counts.behind,
        counts.off,
        counts.train_unknown,
        counts.old,
        counts.missing,
    )


_PENDING = {"yes": "pending", "no": "not pending", "unknown": NOT_KNOWN}


def _when(day: str, today: str, *, out: bool) -> str:
    if out:
        return "any day now"
    if day == today:
        return "due today"
    return "overdue: not in the release data" if day and day < today else "planned"


def _more(
    fleet: Fleet, summary: Summary, settings: Iterable[Setting], most: int
) -> Iterator[Table]:
    missed = [item for item in settings if item.missed or item.unknown]
    missed.sort(key=lambda item: (-item.missed, -item.unknown, item.profile, item.id))
    rows = [
        (item.missed, item.unknown, item.met, item.profile, _named_first(item.id), _why(item))
        for item in missed
    ]
    title = "Settings that are not met everywhere"
    heads = ("not met", "unknown", "met", "profile", "setting", "why (machines)")
    yield _table(title, heads, rows, most)
    restarts = [
        (day, name, _when(day, fleet.asked.today.isoformat(), out=out), count)
        for (day, name, out), count in sorted(summary.restarts.items())
    ]
    due = ("day", "baseline", "when", "machines")
    yield _table("Restarts with the next baseline", due, restarts, most)
    pending = [(_PENDING[state], count) for state, count in counted(fleet, "restart")]
    yield _table("Pending restarts", ("restart", "machines"), pending, most)
    certificates = counted(fleet, "certificates")
    status = ("UEFICA2023Status", "machines")
    yield _table("Secure Boot certificates", status, certificates, most)
    off_by = sorted(summary.off_by.items(), key=lambda item: (-item[1], item[0]))
    yield _table("Updates that took machines off the train", ("update", "machines"), off_by, most)
    oldest = [(row.machine, row.taken_at, row.age_days, row.report) for row in summary.oldest]
    yield _table("The oldest reports", ("machine", "taken", "days", "report"), oldest, most)
    for name, title in LISTS.items():
        found = summary.lists[name]
        table = _table(title, _LIST_HEADS[name], [_listed(name, row) for row in found.rows], most)
        yield Table(
            title=f"{title}: {found.count}",
            heads=table.heads,
            rows=table.rows,
            more=found.count - len(table.rows),
        )


_LIST_HEADS = {
    "not-compliant": ("machine", "verdict", "what"),
    "off-train": ("machine", "train", "why"),
    "restart-pending": ("machine", "build", "taken"),
    "old": ("machine", "taken", "days"),
    "version": ("machine", "profile", "revision of the report"),
    "azure": ("machine", "status", "resource"),
    "azure-only": ("machine", "status", "resource"),
    "missing": ("machine", "ring", "OU"),
    "listed-profile": ("machine", "profile of the report", "profile of the list"),
    "unlisted": ("machine", "domain", "report"),
    "unreadable": ("report", "machine", "problem"),
}


def _listed(name: str, row: Row) -> tuple[object, ...]:
    match name:
        case "not-compliant":
            missed = [name for name in row.missed.split("; ") if name]
            why = row.missed_why.split("; ")
            names = [
                f"{_value_name(name)}: {reason}" if reason else name
                for name, reason in zip_longest(missed, why[: len(missed)], fillvalue="")
            ]
            what = "; ".join([*names, *row.readiness_problems.split()])
            return (row.machine, row.verdict, cut(what, 1_000))
        case "off-train":
            return (row.machine, row.train, row.off_by or row.train_reason)
        case "restart-pending":
            return (row.machine, row.build or NONE, row.taken_at)
        case "old":
            return (row.machine, row.taken_at, row.age_days)
        case "version":
            return (row.machine, row.profile or NONE, row.revision or NONE)
        case "azure" | "azure-only":
            said = "" if row.azure_enabled == "false" else row.azure_status
            status = said or {"true": "enabled", "false": "not enabled"}.get(
                row.azure_enabled, "no row" if name == "azure" else "not known"
            )
            return (row.machine, status, row.azure_id)
        case "listed-profile":
            return (row.machine, row.profile or NONE, row.listed_profile)
        case "missing":
            return (row.machine, row.ring or NONE, row.ou or NONE)
        case "unlisted":
            return (row.machine, row.domain, row.report)
        case _:
            return (row.report, row.machine or NONE, row.problem)


_REASONS = 5
"""Reasons of one setting that a cell names; the rest is counted."""


def _why(item: Setting) -> str:
    """Write ``differs, GPO Old updates (12); missing (3)``, most first."""
    told = [f"{cut(reason)} ({count})" for reason, count in item.why[:_REASONS]]
    rest = sum(count for _, count in item.why[_REASONS:])
    return "; ".join([*told, *([f"others ({rest})"] if rest else [])])


def _named_first(setting: str) -> str:
    r"""Write ``NoAutoUpdate, HKLM\...\AU``: many settings begin with the same key."""
    key, mark, name = setting.rpartition("!")
    return f"{name or '(default)'}, {key}" if mark else setting


def _value_name(setting: str) -> str:
    return setting.rpartition("!")[2] or "(default)"
