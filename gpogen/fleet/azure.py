"""An export of Azure Resource Graph: what Azure says of hotpatch on each machine."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from gpogen.errors import UsageError
from gpogen.files import read_file
from gpogen.fleet.ledger import Ledger
from gpogen.profile.reading import show
from gpogen.text import cut

MAX_BYTES = 256 << 20
MAX_CELL = 1_000
PLATFORMS = {
    "microsoft.hybridcompute/machines": "azure-arc",
    "microsoft.compute/virtualmachines": "azure-vm",
}
STATUSES = ("Unknown", "PendingEvaluation", "Disabled", "ActionRequired", "Enabled")
"""HotpatchEnablementStatus of Microsoft.HybridCompute (azure-rest-api-specs)."""
_STATUS = ("hotpatchstatus", "hotpatchenablementstatus")
_ENABLED = ("hotpatchenabled", "enablehotpatching")
"""Columns of the query in docs/audit.md, and of azure/hotpatch-status.kql."""
_ID = re.compile(
    r"(/subscriptions/[^/]+/resourcegroups/[^/]+/providers/"
    r"(microsoft\.hybridcompute/machines|microsoft\.compute/virtualmachines)/([^/]+))"
    r"(/patchassessmentresults/[^/]+)?"
)
_INSERT = """
INSERT INTO azure (id, short, name, platform, enabled, status, security, critical, other, assessed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  enabled = coalesce(nullif(excluded.enabled, ''), enabled),
  status = coalesce(nullif(excluded.status, ''), status),
  security = coalesce(nullif(excluded.security, ''), security),
  critical = coalesce(nullif(excluded.critical, ''), critical),
  other = coalesce(nullif(excluded.other, ''), other),
  assessed = coalesce(nullif(excluded.assessed, ''), assessed)
"""


def read_azure(paths: Iterable[str], ledger: Ledger) -> int:
    """Read exports into a ledger: all pages of one query, or several queries; count the rows.

    A row has the columns of the query in docs/audit.md or of azure/hotpatch-status.kql, or is a
    resource with its ``properties``.

    Raises:
        UsageError: a file can't be read, has no rows of machines, pages are missing, or rows
            contradict each other.
    """
    count = total = 0
    more = False
    seen: set[int] = set()
    files = tuple(paths)
    for path in files:
        shown = show(Path(path))
        data = read_file(Path(path), MAX_BYTES, shown)
        if len(data) > MAX_BYTES:
            raise UsageError(f"{shown}: more than {MAX_BYTES} bytes")
        rows, of, has_more = _rows(data, shown)
        total, more = max(total, of), more or has_more
        for number, row in enumerate(rows, 1):
            place = f"{shown}, row {number}"
            made = _row(row, place)
            # A page that is named twice is no further page.
            seen.add(hash(json.dumps(row, sort_keys=True, default=str)))
            _refuse_contradiction(ledger, made, place)
            ledger.many(_INSERT, [made])
            count += 1
    if files and not count:
        raise UsageError("--azure: the files have no rows of machines")
    if total > len(seen) or (more and not total):
        of_them = f"{total} rows" if total else "further rows"
        raise UsageError(
            f"--azure: the query has {of_them}, and the files hold {len(seen)} different ones: "
            "export the other pages (--first 1000 --skip-token), and name all files"
        )
    return count


def _refuse_contradiction(ledger: Ledger, made: tuple[str, ...], place: str) -> None:
    """Raise UsageError where another row says something else of the same machine."""
    query = "SELECT coalesce(max(enabled), ''), coalesce(max(status), '') FROM azure WHERE id = ?"
    for name, old, new in zip(
        ("hotpatchEnabled", "hotpatchStatus"), ledger.one(query, made[0]), made[4:6], strict=True
    ):
        if old and new and old != new:
            raise UsageError(
                f"{place}: {name} of {made[2]} is {cut(new)}, and another row has {cut(old)}: name "
                "the newest export alone"
            )


def _rows(data: bytes, shown: str) -> tuple[list[Mapping[str, Any]], int, bool]:
    """Return the rows, how many the query has, and whether the export says that it has more."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    if text.lstrip()[:1] not in ("{", "["):
        read = csv.DictReader(io.StringIO(text))
        if not any(name.lower() == "id" for name in read.fieldnames or ()):
            raise UsageError(f"{shown}: neither JSON nor CSV with a column id")
        try:
            return list(read), 0, False
        except csv.Error as error:
            raise UsageError(f"{shown}: not CSV: {error}") from None
    try:
        found = from_json(text)
    except ValueError as error:
        raise UsageError(f"{shown}: not JSON: {cut(str(error))}") from None
    head = _head(found) if isinstance(found, dict) else {}
    rows = found.get("data") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{shown}: must be a list of rows, or an object whose data is one")
    more = bool(head.get("skiptoken")) or str(head.get("resulttruncated", "")).lower() == "true"
    return rows, _count(head.get("totalrecords"), shown), more


def _head(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names of an export without the differences of the CLI, REST and PowerShell."""
    return {name.lower().replace("_", "").removeprefix("$"): value for name, value in found.items()}


def _count(value: Any, shown: str) -> int:
    text = "" if value is None else str(value).removesuffix(".0")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise UsageError(f"{shown}: total_records must be a number of rows; got {cut(text, 60)}")
    return int(text)


def _row(row: Mapping[str, Any], place: str) -> tuple[str, ...]:
    plain = {str(name).lower(): value for name, value in row.items()}
    if len(plain) != len(row):
        raise UsageError(f"{place}: two columns have one name but for its case")
    found = _ID.fullmatch(str(plain.get("id") or "").lower())
    if found is None:
        raise UsageError(
            f"{place}: id must be the resource id of an Arc machine or a virtual machine; got "
            f"{cut(repr(plain.get('id')), 60)}"
        )
    name = str(plain.get("name") or "") if not found[4] else ""
    short = _short(plain) or found[3]
    status = _text(_deep(plain, "status", "hotpatchEnablementStatus"), plain, *_STATUS)
    if status and status not in STATUSES:
        raise UsageError(
            f"{place}: hotpatchStatus must be one of {', '.join(STATUSES)}; got "
            f"{cut(repr(status), 60)}"
        )
    enabled = _text(_deep(plain, "enableHotpatching"), plain, *_ENABLED).lower()
    if enabled not in ("", "true", "false", "1", "0"):
        raise UsageError(
            f"{place}: hotpatchEnabled must be true or false; got {cut(repr(enabled), 60)}"
        )
    found_in = _of(_of(plain.get("properties")).get("availablePatchCountByClassification"))
    counts = {kind.lower(): count for kind, count in found_in.items()}
    assessed = _of(plain.get("properties")).get("lastModifiedDateTime") if found[4] else ""
    return (
        found[1],
        short.lower(),
        name[:MAX_CELL] or found[3],
        PLATFORMS[found[2]],
        {"1": "true", "0": "false"}.get(enabled, enabled),
        status,
        _text(counts.get("security"), plain, "securityupdates"),
        _text(counts.get("critical"), plain, "criticalupdates"),
        _text(_others(counts), plain, "otherupdates"),
        _text(assessed, plain, "assessedat"),
    )


def _others(counts: Mapping[str, Any]) -> int | None:
    """Count the updates of all classes but security and critical; None without counts."""
    found = [
        count
        for name, count in counts.items()
        if name not in ("security", "critical") and isinstance(count, int)
    ]
    return sum(found) if found else None


def _of(value: Any) -> Mapping[str, Any]:
    """Return an object; in CSV it is JSON in a cell."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = from_json(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def _deep(row: Mapping[str, Any], *names: str) -> Any:
    """Follow names below the patch settings of a resource with its properties."""
    found: Any = _of(row.get("properties"))
    for name in ("osProfile", "windowsConfiguration", "patchSettings", *names):
        found = _of(found).get(name) if isinstance(found, dict) else None
    return found


def _short(row: Mapping[str, Any]) -> str:
    """Return the computer's own name; its resource can have another one."""
    profile = _of(_of(row.get("properties")).get("osProfile"))
    found = profile.get("computerName") or row.get("computername") or ""
    return found if isinstance(found, str) else ""


def _text(deep: Any, row: Mapping[str, Any], *names: str) -> str:
    """Return a value of the properties, or the first that a column has; empty for none."""
    found = [value for value in (deep, *map(row.get, names)) if value not in (None, "")]
    value = found[0] if found else None
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value)[:MAX_CELL]


def ambiguous(ledger: Ledger) -> Iterator[str]:
    """Yield the computer names that several rows of Azure share, so that they match nothing."""
    query = "SELECT short FROM azure GROUP BY short HAVING count(*) > 1 ORDER BY short"
    yield from (row[0] for row in ledger.each(query))
