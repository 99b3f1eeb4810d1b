"""What `gpogen status` takes: audit reports, a list of machines, and an export of Azure."""

from __future__ import annotations

import datetime
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.fleet.counts import settings_of
from gpogen.fleet.joined import Joined
from gpogen.fleet.status import Asked, notes, read_fleet
from gpogen.releases.knowledge import Knowledge, know
from gpogen.reports import fleet_rows, fleet_text
from gpogen.reports.fleet_page import page_of
from gpogen.reports.fleet_summary import summarize

_DAY = datetime.date(2026, 11, 28)
_SEPARATOR = b"\n\x1e\n"
_REPORTS = Path(__file__).resolve().parents[2] / "tests" / "artifacts" / "audit" / "reports"
_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.HybridCompute/machines/"


@cache
def _knowledge() -> Knowledge:
    return know()


@cache
def _examples() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="ascii") for path in sorted(_REPORTS.glob("*.json")))


def generate(dice: Dice) -> bytes:
    """Make reports, a list of machines and an export, parted by a line."""
    reports = "\n".join(_report(dice) for _ in range(dice.below(3)))
    machines = "\n".join((dice.pick(("machine,ring", "", "name")), *(dice.word() for _ in "ab")))
    rows = [_row(dice) for _ in range(dice.below(3))]
    export = json.dumps(dice.pick((rows, {"data": rows, "total_records": len(rows)})))
    parts = (reports, machines, export)
    return _SEPARATOR.join(part.encode("utf-8", "replace") for part in parts)


def _report(dice: Dice) -> str:
    made: dict[str, Any] = json.loads(dice.pick(_examples()))
    made["requirements"] = made["requirements"][:2]
    made["readiness"] = made["readiness"][:2]
    made["machine"]["name"] = dice.pick(("A", "B", dice.text()))
    for _ in range(dice.below(3)):
        part = made[dice.pick(("script", "machine", "train", "summary", "secure_boot"))]
        part[dice.pick(tuple(part))] = dice.pick((None, 7, "", dice.text(), [], {}, True))
    return json.dumps(made, separators=(",", ":"))


def _row(dice: Dice) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "enableHotpatching": dice.one_in(2),
        "status": dice.pick((None, {}, "x")),
    }
    profile = {"computerName": "A", "windowsConfiguration": {"patchSettings": settings}}
    return {
        "id": _ID + dice.pick(("A", "B", dice.word())),
        "hotpatchStatus": dice.pick(("", "Enabled", "Disabled", None)),
        "properties": dice.pick((None, "", {"osProfile": profile}, json.dumps(profile))),
    }


def check(data: bytes) -> None:
    """Read a fleet, and show it in every format."""
    reports, machines, export = (*data.split(_SEPARATOR, 2), b"", b"")[:3]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("reports.jsonl", "machines", "azure")]
        for path, part in zip(paths, (reports, machines, export), strict=True):
            path.write_bytes(part)
        asked = Asked(
            paths=(str(paths[0]),),
            machines=str(paths[1]) if machines else "",
            azure=(str(paths[2]),) if export else (),
            max_age=30,
            today=_DAY,
        )
        _show(Joined(read_fleet(asked, _knowledge())))


def _show(joined: Joined) -> None:
    fleet = joined.fleet
    summary = summarize(joined.rows(), 5)
    settings = list(settings_of(fleet))
    rows = list(joined.rows())
    page = page_of(fleet, summary, settings, 5)
    whole = b"".join(fleet_rows.json_parts(fleet, summary, settings, rows))
    each = b"".join(fleet_rows.json_lines(rows)).splitlines()
    assert json.loads(whole)["machines"] == [json.loads(line) for line in each]
    assert b"".join(fleet_rows.csv_parts(rows)).isascii() or rows
    assert fleet_text.html(page).endswith(b"</html>\n")
    shown = [*fleet_text.markdown(page), *(line.text for line in fleet_text.lines(page, 80))]
    assert all(line.isprintable() for line in (*shown, *notes(fleet)))


TARGET = Target(
    generate=generate,
    check=check,
    words=(
        b'"schema":',
        b"gpogen-audit/1",
        b"null",
        b"\\ud800",
        b"\x1f\x8b",
        b"\xff\xfe",
        _SEPARATOR,
    ),
    most=16_384,
    steps=(600_000, 500),
    memory=(4 << 20, 500),
)
