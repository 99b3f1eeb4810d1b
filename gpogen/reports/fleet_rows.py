"""The machines of a fleet as CSV, JSON lines and JSON: the same columns everywhere, in parts."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from gpogen.fleet.counts import Setting, counted
from gpogen.fleet.rows import COLUMNS, Row
from gpogen.fleet.status import Fleet
from gpogen.formats.settingscsv import guard
from gpogen.reports.fleet_summary import LISTS, Counts, Summary
from gpogen.text import inert, visible

SCHEMA = "gpogen-status/1"
_PART = 500
"""Rows that are written at once."""


def csv_parts(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield CSV: UTF-8, ``,``, quotes where they are needed, one head."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
        if number % _PART == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode("utf-8")
    text.seek(0)
    text.truncate()
    return data


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    return visible(guard(value))


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield one object in each line; ASCII."""
    for part in _parts(rows):
        yield "".join(f"{_json(_object(row))}\n" for row in part).encode("ascii")


def json_parts(
    fleet: Fleet, summary: Summary, settings: Iterable[Setting], rows: Iterable[Row]
) -> Iterator[bytes]:
    """Yield one object: what all machines say together, and every machine in a line; ASCII."""
    head: dict[str, Any] = {
        "schema": SCHEMA,
        "today": fleet.asked.today.isoformat(),
        "release_data": fleet.as_of.isoformat(),
        "max_age_days": fleet.asked.max_age,
        "warnings": list(fleet.banner),
        "ok": summary.all.ok == summary.all.machines and not fleet.refused,
        "reports": fleet.reports,
        "unreadable": fleet.refused,
        "all": _counts(summary.all),
        "groups": {
            name: [{name: value, **_counts(counts)} for value, counts in sorted(groups.items())]
            for name, groups in summary.groups.items()
        },
        "settings": [
            {
                "profile": item.profile,
                "id": item.id,
                "met": item.met,
                "missed": item.missed,
                "unknown": item.unknown,
                "why": [{"reason": reason, "machines": count} for reason, count in item.why],
            }
            for item in settings
        ],
        "restarts": [
            {"on": day, "with": name, "released": released, "machines": count}
            for (day, name, released), count in sorted(summary.restarts.items())
        ],
        "pending_restarts": dict(counted(fleet, "restart")),
        "secure_boot_certificates": dict(counted(fleet, "certificates")),
        "off_by": [
            {"update": name, "machines": count} for name, count in sorted(summary.off_by.items())
        ],
        "lists": {name: summary.lists[name].count for name in LISTS},
    }
    text = _json(head, indent=1)
    yield f'{text.removesuffix("}").rstrip()},\n "machines": [\n'.encode("ascii")
    before = "  "
    for part in _parts(rows):
        lines = ",\n  ".join(_json(_object(row)) for row in part)
        yield f"{before}{lines}".encode("ascii")
        before = ",\n  "
    yield b"\n ]\n}\n"


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) == _PART:
            yield part
            part = []
    if part:
        yield part


def _object(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}


def _counts(counts: Counts) -> dict[str, int]:
    return dataclasses.asdict(counts)


def _json(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, indent=indent, ensure_ascii=True).replace("\x7f", "\\u007f")
    return inert(text, "\\u0023")
