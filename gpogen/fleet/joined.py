"""Joins what was read of each machine: its report, the list of machines, and Azure's row."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from gpogen.fleet.rows import Row
from gpogen.fleet.status import Fleet

_JOIN = """
CREATE INDEX machine_short ON machine (short);
CREATE INDEX azure_short ON azure (short);
CREATE TABLE seen (listed, machine, PRIMARY KEY (listed, machine));
INSERT OR IGNORE INTO seen SELECT listed.fqdn, machine.key FROM listed JOIN machine
  ON machine.short = listed.fqdn OR machine.fqdn = listed.fqdn;
CREATE INDEX listed_reported ON listed (reported);
INSERT OR IGNORE INTO seen SELECT listed.fqdn, machine.key FROM listed JOIN machine
  ON machine.short = listed.reported OR machine.fqdn = listed.reported
  WHERE listed.reported <> listed.fqdn
  AND (SELECT count(*) FROM listed AS other WHERE other.reported = listed.reported) = 1;
CREATE INDEX seen_machine ON seen (machine);
CREATE TABLE matched (machine PRIMARY KEY, azure);
INSERT INTO matched SELECT key, id FROM machine JOIN azure ON azure.id = machine.azure_id;
INSERT OR IGNORE INTO matched SELECT machine.key, azure.id FROM machine
  JOIN azure ON azure.short = machine.short WHERE machine.azure_id = ''
  AND (SELECT count(*) FROM azure AS other WHERE other.short = machine.short) = 1
  AND (SELECT count(*) FROM machine AS other WHERE other.short = machine.short) = 1;
CREATE INDEX matched_azure ON matched (azure);
"""
_OWN = "machine.machine, domain, ou, taken_at, build, azure_id, source"
_SHARED = "verdict, readiness, problems, restart, kind, setup, shape, pattern, why, position"
_ALONE = f"SELECT {_OWN}, {_SHARED}{', NULL' * 8} FROM machine ORDER BY machine.key"
"""Where nobody gave a list or an export, there is nothing to look up for each machine."""
_REPORTED = f"""
SELECT {_OWN}, {_SHARED},
  (SELECT min(listed) FROM seen WHERE seen.machine = machine.key),
  azure.id, azure.enabled, azure.status, azure.security, azure.critical, azure.other,
  azure.assessed
FROM machine
LEFT JOIN matched ON matched.machine = machine.key
LEFT JOIN azure ON azure.id = matched.azure
ORDER BY machine.key
"""
_MISSING = """
SELECT name, ring, ou, profile, (SELECT min(id) FROM azure WHERE azure.short = listed.short
  AND (SELECT count(*) FROM azure AS other WHERE other.short = listed.short) = 1)
FROM listed WHERE fqdn NOT IN (SELECT listed FROM seen) ORDER BY fqdn
"""
_AZURE_ONLY = """
SELECT name, id, enabled, status, security, critical, other, assessed FROM azure
WHERE id NOT IN (SELECT azure FROM matched)
  AND ((SELECT count(*) FROM azure AS other WHERE other.short = azure.short) > 1
    OR short NOT IN (SELECT short FROM listed WHERE fqdn NOT IN (SELECT listed FROM seen)))
ORDER BY id
"""
_AZURE_BY_ID = (
    "SELECT id, enabled, status, security, critical, other, assessed FROM azure WHERE id = ?"
)
MAX_MISSED = 50
"""Requirements that a cell names; the rest is counted."""
_KEPT = 2_000
_SHORT = 2_000
"""Characters of the cell of missed settings up to which what machines share stays in memory."""
_USUAL = 100
"""Requirements of a profile up to which their ids stay in memory."""
_BY_AZURE = ("azure-arc", "azure-vm")


class Joined:
    """The rows of a fleet, as often as somebody wants them.

    Attributes:
        fleet: what was read.
        is_ok: whether nothing is wrong with any row; known when the rows have been yielded.
    """

    def __init__(self, fleet: Fleet) -> None:
        """Join what the fleet's ledger has."""
        self.fleet = fleet
        self.is_ok = True
        self._facts: dict[int, Any] = {}
        self._alike: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._is_alone = not (fleet.listed or fleet.azure)
        for statement in () if self._is_alone else filter(str.strip, _JOIN.split(";")):
            fleet.ledger.run(statement)

    def rows(self) -> Iterator[Row]:
        """Yield each row, and remember whether all are in order; see `_rows`."""
        for row in self._rows():
            self.is_ok &= row.ok
            yield row

    def _rows(self) -> Iterator[Row]:
        """Yield machines with a report, missing ones, those of Azure alone, unreadable reports.

        Each of the four parts is in the order of names, whatever the order of the files.
        """
        ledger = self.fleet.ledger
        yield from map(self._reported, ledger.each(_ALONE if self._is_alone else _REPORTED))
        if not self._is_alone:
            yield from map(self._missing, ledger.each(_MISSING))
            yield from map(_azure_only, ledger.each(_AZURE_ONLY))
        for place, machine, problem in ledger.each(
            "SELECT place, machine, problem FROM refused ORDER BY place, problem"
        ):
            yield Row(
                machine=machine,
                report_state="unreadable",
                ok=False,
                attention="unreadable",
                report=place,
                problem=problem,
            )

    def _missing(self, found: tuple[Any, ...]) -> Row:
        name, ring, ou, profile, azure_id = found
        azure = self.fleet.ledger.one(_AZURE_BY_ID, azure_id) if azure_id else None
        return Row(
            machine=name,
            ring=ring,
            ou=ou,
            profile=profile,
            report_state="missing",
            listed="yes",
            listed_profile=profile,
            ok=False,
            attention="no-report",
            **(_azure(azure) if azure else {}),
        )

    def _reported(self, found: tuple[Any, ...]) -> Row:
        machine, domain, ou, taken_at, build, azure_id, source = found[:7]
        like = (taken_at[:10], *found[7:])
        row = self._alike.get(like)
        if row is None:
            row = self._shared(like, azure_id)
            if self._is_alone and len(row["missed"]) + len(row["missed_why"]) <= _SHORT:
                if len(self._alike) >= _KEPT:
                    self._alike.clear()
                self._alike[like] = row
        made = Row(**row)
        made.machine = machine
        made.domain = domain
        made.ou = ou or made.ou
        made.taken_at = taken_at
        made.build = build
        made.azure_id = made.azure_id or azure_id
        made.report = source
        return made

    def _shared(self, like: tuple[Any, ...], azure_id: str) -> dict[str, Any]:
        """Return what machines have in common of which the reports say the same, but for names."""
        (day, verdict, readiness, problems, restart, kind, setup, shape, pattern, why,
         position, listed, *azure) = like  # fmt: skip
        asked = self.fleet.asked
        profile, digest, revision, ring, platform, _route = self._fact(setup)
        place = self._fact(position)
        age = max((asked.today - datetime.date.fromisoformat(day)).days, 0)
        state = _profile_state(asked.profiles, profile, digest)
        wanted = self._of_list(listed, "profile")
        attention = [
            verdict if verdict == "not-compliant" else "",
            "verdict-unknown" if verdict == "unknown" else "",
            "" if place["train"] == "on-train" else f"train-{_TRAIN[place['train']]}",
            "restart-pending" if restart == "yes" else "",
            "report-old" if age > asked.max_age else "",
            "" if state in ("", "current") else f"profile-{state}",
            "listed-other-profile" if wanted and wanted.lower() != profile else "",
            self._azure_attention(platform, azure_id, azure),
        ]
        told = " ".join(filter(None, attention))
        missed = self._missed(shape, pattern)
        is_audit = kind == "audit"
        return {
            "ou": self._of_list(listed, "ou"),
            "ring": ring or self._of_list(listed, "ring"),
            "profile": profile,
            "profile_state": state,
            "revision": revision,
            "report_state": "reported",
            "listed": "" if not self.fleet.listed else "yes" if listed else "no",
            "listed_profile": wanted,
            "age_days": age,
            "ok": not told,
            "attention": told,
            "verdict": verdict,
            "settings": len(pattern) if is_audit else None,
            "settings_missed": pattern.count(b"-") if is_audit else None,
            "settings_unknown": pattern.count(b"?") if is_audit else None,
            "missed": missed,
            "missed_why": self._missed_why(why),
            "readiness": readiness,
            "readiness_problems": problems,
            "train": place["train"],
            "train_reason": place["reason"],
            "baseline": place["baseline"],
            "latest": place["latest"],
            "off_by": place["off_by"],
            "off_by_out_of_band": place["out_of_band"] if place["off_by"] else None,
            "restarts_with": place["restarts_with"],
            "restarts_on": place["restarts_on"],
            "restart_released": place["released"] if place["restarts_with"] else None,
            "restart_pending": restart,
            **_azure(azure),
        }

    def _fact(self, number: int) -> Any:
        """Return what many machines share, by its number in the ledger."""
        found = self._facts.get(number)
        if found is None:
            if len(self._facts) >= _KEPT:
                self._facts.clear()
            found = self._facts[number] = self._read(number)
        return found

    def _read(self, number: int) -> Any:
        return json.loads(self.fleet.ledger.one("SELECT text FROM fact WHERE id = ?", number)[0])

    def _missed(self, shape: int, pattern: bytes) -> str:
        """Name the requirements that are not met or not known, as a cell."""
        if not pattern.strip(b"+"):
            return ""
        # A list of ids can be as long as a report: only those of usual length stay in memory.
        ids = self._fact(shape) if len(pattern) <= _USUAL else self._read(shape)
        return _first([name for name, met in zip(ids, pattern, strict=True) if met != ord("+")])

    def _missed_why(self, why: int) -> str:
        """Say why the requirements are not met or not known, in the order of `_missed`."""
        return _first(self._read(why)) if why else ""

    def _of_list(self, listed: str | None, name: str) -> str:
        if not listed:
            return ""
        found = self.fleet.ledger.one(f"SELECT {name} FROM listed WHERE fqdn = ?", listed)
        return str(found[0])

    def _azure_attention(self, platform: str, azure_id: str, azure: list[Any]) -> str:
        if not self.fleet.azure:
            return ""
        if azure[0] is None:
            return "azure-no-row" if azure_id or platform in _BY_AZURE else ""
        enabled, status = azure[1] or "", azure[2] or ""
        if status:
            is_on = status == "Enabled" and enabled != "false"
            return "" if is_on else "azure-not-enabled"
        if "/microsoft.hybridcompute/" in azure[0] and enabled != "false":
            return "azure-unknown"  # The setting is what was asked for, the status what came of it.
        return {"true": "", "false": "azure-not-enabled"}.get(enabled, "azure-unknown")


def _first(names: list[str]) -> str:
    more = [f"and {len(names) - MAX_MISSED} more"] if len(names) > MAX_MISSED else []
    return "; ".join([*names[:MAX_MISSED], *more])


def _azure_only(found: tuple[Any, ...]) -> Row:
    name, *azure = found
    return Row(
        machine=name,
        report_state="azure-only",
        ok=False,
        attention="no-report",
        **_azure(azure),
    )


_TRAIN = {"behind": "behind", "off-train": "off", "unknown": "unknown"}


def _profile_state(profiles: dict[str, str], name: str, digest: str) -> str:
    if not profiles:
        return ""
    if name not in profiles:
        return "other-profile"
    return "current" if profiles[name] == digest else "other-version"


def _azure(found: Any) -> dict[str, Any]:
    if found[0] is None:
        return {}
    azure_id, enabled, status, security, critical, other, assessed = found
    return {
        "azure_id": azure_id,
        "azure_enabled": enabled,
        "azure_status": status,
        "azure_security": _count(security),
        "azure_critical": _count(critical),
        "azure_other": _count(other),
        "azure_assessed": assessed,
    }


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
