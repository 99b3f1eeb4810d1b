"""The updates to allow and to hold, for Azure Update Manager, WSUS and other patch tools.

A machine stays on the hotpatch train while it gets baselines and hotpatches alone: the cumulative
update of a hotpatch month takes it off until the next baseline (Microsoft Learn, hotpatch).
docs/kb-list.schema.json describes the file.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gpogen.calendar.entries import MonthEntry, Restart, Status, entry, updates_between
from gpogen.calendar.overlay import Overlay
from gpogen.calendar.rollout import course
from gpogen.catalog.releases import Kind, OtherUpdate, Train, kb_link
from gpogen.errors import UsageError
from gpogen.releases.knowledge import Knowledge
from gpogen.servicing.azure import has_no_hotpatches
from gpogen.workspace.calendar import Calendar

FORMAT = "gpogen-kb-list/2"
_AHEAD = 12
"""Months in which the next baseline is looked for; one is planned in every third."""
_ON_TRAIN = "keeps machines on the hotpatch train"
_BASELINE = "the baseline that the next hotpatches install on"
_OFF_TRAIN = "takes machines off the hotpatch train until the next baseline"
_OVER = "took machines off the hotpatch train; a later baseline has been released and replaces it"
_NO_CUMULATIVE = "the cumulative update that takes machines off the train is missing from this list"
_EXTRA = "a cumulative update that hotpatches install on, too"
_NO_HOTPATCH = "these machines get no hotpatches"
_MONTHLY = "these machines get no hotpatches, so they need every cumulative update"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Update:
    """One update of a month, whoever gets it."""

    kb: str
    build: str | None
    date: datetime.date
    type: str
    action: str
    restart: Restart
    reason: str
    confidence: str
    source: str


def kb_list(found: Calendar) -> dict[str, Any]:
    """Return the list: for each profile, or for each system where none was asked for."""
    machines: list[tuple[str, Overlay | None]]
    if found.asked:
        machines = [(item.os, item) for item in found.overlays]
    else:
        machines = [(system, None) for system in found.systems]
    rows: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    for system, overlay in machines:
        for item in found.entries[system]:
            own = _updates(found.knowledge, item, overlay)
            rows += (_row(found, item, update, overlay) for update in own)
            if reason := _not_known(found.knowledge, item):
                unknown.append(_unknown(item, overlay, reason))
    as_of = {system: found.knowledge.as_of[system].isoformat() for system in found.systems}
    return {
        "format": FORMAT,
        "today": found.range.today.isoformat(),
        "as_of": as_of,
        "exclude": sorted({row["kb"] for row in rows if row["action"] == "hold"}),
        "updates": rows,
        "not_known": unknown,
    }


def exclusions(found: Calendar) -> bytes:
    """Write the KB numbers to exclude now, one per line, as kbNumbersToExclude takes them.

    Raises:
        UsageError: one of the profiles needs a number that another one excludes.
    """
    listed = kb_list(found)
    allowed = {row["kb"] for row in listed["updates"] if row["action"] == "allow"}
    torn = [kb for kb in listed["exclude"] if kb in allowed]
    if torn:
        raise UsageError(
            f"one list for these profiles is not possible: some exclude {', '.join(torn)}, and "
            "others need it; name profiles that do the same"
        )
    return "".join(f"{kb}\n" for kb in listed["exclude"]).encode("ascii")


def _updates(knowledge: Knowledge, item: MonthEntry, overlay: Overlay | None) -> Iterator[_Update]:
    """Yield a month's updates whose number is known, and what to do with each."""
    hotpatches = overlay is None or not has_no_hotpatches(overlay.servicing.situation)
    for kb in _numbers(knowledge, item):
        if item.type is not Kind.UNKNOWN:
            yield _of_month(item, kb, hotpatches=hotpatches)
    for other in updates_between(knowledge, item.os, item.month):
        if other.kb is not None:
            yield _of_other(other, other.kb, hotpatches=hotpatches)


def _numbers(knowledge: Knowledge, item: MonthEntry) -> tuple[str, ...]:
    known = knowledge.releases.get((item.os, item.month))
    also = known.also if known is not None else ()
    return (item.kb, *also) if item.kb is not None else also


def _of_month(item: MonthEntry, kb: str, *, hotpatches: bool) -> _Update:
    is_baseline = item.type.is_baseline
    allowed = is_baseline or hotpatches
    reason = _BASELINE if is_baseline else (_ON_TRAIN if hotpatches else _NO_HOTPATCH)
    return _Update(
        kb=kb,
        build=item.build,
        date=item.date,
        type=item.type.value,
        action="allow" if allowed else "hold",
        restart=item.restart,
        reason=_MONTHLY if is_baseline and not hotpatches else reason,
        confidence=item.confidence,
        source=item.source,
    )


def _of_other(item: OtherUpdate, kb: str, *, hotpatches: bool) -> _Update:
    for_train = item.train is Train.HOTPATCH
    reasons = {Train.HOTPATCH: _ON_TRAIN, Train.BASELINE: _EXTRA, Train.LCU: _OFF_TRAIN}
    alone = _NO_HOTPATCH if for_train else _MONTHLY
    allowed = item.train is not Train.LCU if hotpatches else not for_train
    return _Update(
        kb=kb,
        build=item.build,
        date=item.date,
        type="hotpatch" if for_train else "cumulative",
        action="allow" if allowed else "hold",
        restart=Restart.NO if for_train else Restart.YES,
        reason=reasons[item.train] if hotpatches else alone,
        confidence=item.confidence,
        source=item.source,
    )


def _row(
    found: Calendar, item: MonthEntry, update: _Update, overlay: Overlay | None
) -> dict[str, Any]:
    held = update.action == "hold"
    off = held and update.reason == _OFF_TRAIN
    later = _next_baseline(found, item) if off else None
    ahead = later is not None and later.date > found.range.today
    over = later is not None and not ahead and later.status is Status.RELEASED
    return {
        **_machines(item, overlay),
        "month": str(item.month),
        "kb": update.kb,
        "url": kb_link(update.kb),
        "build": update.build,
        "type": update.type,
        "action": "over" if over else update.action,
        "from": (update.date if held else _offered(item, update, overlay)).isoformat(),
        "until": later.date.isoformat() if later is not None and (ahead or over) else None,
        "restart": update.restart.value,
        "reason": _OVER if over else update.reason,
        "confidence": update.confidence,
        "source": update.source,
    }


def _machines(item: MonthEntry, overlay: Overlay | None) -> dict[str, Any]:
    return {
        "os": item.os,
        "profile": overlay.name if overlay else None,
        "ring": (overlay.ring or None) if overlay else None,
    }


def _offered(item: MonthEntry, update: _Update, overlay: Overlay | None) -> datetime.date:
    """Return the day from which machines may take an update: after deferral and pause."""
    if overlay is None:
        return update.date
    as_month = replace(item, date=update.date, restart=update.restart)
    return course(overlay.plan, as_month, overlay.zones).offered.date()


def _next_baseline(found: Calendar, item: MonthEntry) -> MonthEntry | None:
    """Return the next baseline, known or planned; None where hotpatch ends before."""
    system = found.knowledge.systems[item.os]
    for ahead in range(1, _AHEAD + 1):
        later = entry(found.knowledge, system, item.month + ahead, found.range.today)
        if later.type.is_baseline:
            return later
    return None


def _not_known(knowledge: Knowledge, item: MonthEntry) -> str:
    """Say what of a month is not in the list; empty where all of it is."""
    others = updates_between(knowledge, item.os, item.month)
    has_cumulative = any(other.kb and other.train is Train.LCU for other in others)
    missing = "" if item.type.is_baseline or has_cumulative else _NO_CUMULATIVE
    if item.kb is None:
        told = f"no KB number is known; the month is {item.status.value}"
        return f"{told}; {missing}" if missing else told
    if missing and item.type is not Kind.UNKNOWN:
        return missing
    return "nobody says whether it restarts" if item.type is Kind.UNKNOWN else ""


def _unknown(item: MonthEntry, overlay: Overlay | None, reason: str) -> dict[str, Any]:
    return {
        **_machines(item, overlay),
        "month": str(item.month),
        "date": item.date.isoformat(),
        "type": item.type.value,
        "kb": item.kb,
        "reason": reason,
        "confidence": item.confidence,
        "source": item.source,
    }
