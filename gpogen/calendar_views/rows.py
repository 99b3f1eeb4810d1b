"""The calendar, its overlays and the train as JSON."""

from __future__ import annotations

import datetime
from typing import Any

from gpogen.calendar.compare import Comparison, Figures, assumptions
from gpogen.calendar.entries import MonthEntry, updates_between
from gpogen.calendar.overlay import Overlay, is_late, window_of
from gpogen.calendar.rollout import Course, days_between
from gpogen.calendar.train import Verdict
from gpogen.calendar.updates import Update
from gpogen.calendar_views import sentences
from gpogen.catalog.releases import OtherUpdate, kb_link
from gpogen.workspace.calendar import Calendar


def calendar_json(found: Calendar, *, oob: bool) -> list[dict[str, Any]]:
    """Return one object per system and month; ``oob`` adds the updates between the months."""
    rows = []
    for system in found.systems:
        for item in found.entries[system]:
            row = entry_json(item)
            if oob:
                between = updates_between(found.knowledge, system, item.month)
                row["oob"] = [_other_json(other) for other in between]
            rows.append(row)
    return rows


def entry_json(item: MonthEntry) -> dict[str, Any]:
    """Return one month."""
    return {
        "os": item.os,
        "month": str(item.month),
        "date": item.date.isoformat(),
        "type": item.type.value,
        "status": item.status.value,
        "kb": item.kb,
        "url": kb_link(item.kb),
        "build": item.build,
        "restart": item.restart.value,
        "confidence": item.confidence,
        "source": item.source,
    }


def _other_json(item: OtherUpdate) -> dict[str, Any]:
    return {
        "date": item.date.isoformat(),
        "train": item.train.value,
        "out_of_band": item.out_of_band,
        "kb": item.kb,
        "url": kb_link(item.kb),
        "build": item.build,
        "note": item.note,
        "confidence": item.confidence,
        "source": item.source,
    }


def overlays_json(found: Calendar) -> list[dict[str, Any]]:
    """Return one object per profile and month."""
    return [
        _course_json(item, row, found.knowledge.as_of[item.os].isoformat())
        for item in found.overlays
        for row in item.courses
    ]


def _course_json(item: Overlay, row: Course, as_of: str) -> dict[str, Any]:
    return {
        "profile": item.name,
        "ring": item.ring,
        **entry_json(row.entry),
        "timezone": item.zone,
        "as_of": as_of,
        "released_at": iso(row.released),
        "offered_at": iso(row.offered),
        "install_from": iso(row.install_from),
        "install_at": iso(row.installed),
        "reading": row.reading.value if row.reading else None,
        "restart_from": iso(row.restart_from),
        "restart_due": iso(row.restart_due),
        "restart_unproven": row.unproven,
        "window": window_of(item.plan, row),
        "late": is_late(row),
        "exposed_days": row.exposed_days,
        "exposed_days_if_restart": days_between(row.released, row.protected_after_restart),
    }


def iso(moment: datetime.datetime | None) -> str | None:
    """Write ``2026-10-17T04:00+02:00``; None where there is no moment."""
    return moment.isoformat(timespec="minutes") if moment else None


def comparison_json(item: Overlay, made: Comparison) -> dict[str, Any]:
    """Return both ways of one profile."""
    months = [row.entry.month for row in item.courses]
    return {
        "profile": made.name,
        "os": item.os,
        "from": str(months[0]) if months else None,
        "to": str(months[-1]) if months else None,
        "months": made.months,
        "timezone": item.zone,
        "hotpatch": _figures_json(made.hotpatch),
        "cumulative": _figures_json(made.cumulative),
        "swallowed": bool(item.swallowed),
        "cumulative_schedule": sentences.other(made.other) if made.other else None,
        "assumptions": list(assumptions(made.other)),
    }


def _figures_json(item: Figures | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "restarts": item.restarts,
        "restarts_at_most": item.restarts_at_most,
        "exposed_days": item.exposed_days,
        "exposed_days_at_most": item.exposed_days_at_most,
        "at_least": item.at_least,
    }


def verdict_json(item: Verdict) -> dict[str, Any]:
    """Return where a machine stands."""
    return {
        "os": item.os,
        "state": item.state.value,
        "baseline": _update_json(item.baseline),
        "latest": _update_json(item.latest),
        "next": entry_json(item.next) if item.next else None,
        "behind": [_update_json(update) for update in item.behind],
        "reasons": list(item.reasons),
        "way_back": item.way_back,
        "remarks": list(item.remarks),
        "unknown": list(item.unknown),
        "as_of": item.as_of.isoformat(),
    }


def machine_json(name: str, item: Verdict) -> dict[str, Any]:
    """Return where a machine stands, with its name; the system is null where it is not known."""
    return {"machine": name, **verdict_json(item), "os": item.os or None}


def _update_json(item: Update | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "month": str(item.month),
        "date": item.date.isoformat(),
        "type": item.what,
        "kb": item.kb,
        "url": kb_link(item.kb),
        "build": item.build,
        "confidence": item.confidence,
        "source": item.source,
    }
