"""What a machine has, by its audit report, against what a profile says today."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gpogen.artifacts.audit_rows import Requirement as Wanted
from gpogen.artifacts.audit_rows import audit
from gpogen.artifacts.powershell_text import KINDS
from gpogen.audit_schema import MARK
from gpogen.compile.result import Compiled
from gpogen.errors import UsageError
from gpogen.files import read_file
from gpogen.finding import Place
from gpogen.fleet.refused import not_a_time, problem_of
from gpogen.fleet.report import Report, Requirement, is_time, read_report
from gpogen.fleet.report_files import MAX_LIST, texts
from gpogen.lists import strict_json
from gpogen.policy.data import RegData
from gpogen.policy.types import type_name
from gpogen.profile.reading import show
from gpogen.text import cut

_ID_LENGTH = 1_000
"""Characters of an id in a report."""
_TYPES = {name: type_name(number) for number, name in KINDS.items()}
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*[\[{]")
_HEAD = 4096
_GZIP = b"\x1f\x8b"
NOT_IN_REPORT = "not-in-report"
NOT_COMPARABLE = "not-comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One requirement that is not met, or of which nobody knows.

    Attributes:
        kind: changed, removed (the machine lacks it), added (it must not be there) or unknown.
        wanted: the requirement by the profile.
        found: the same in the report; None where the report does not have it.
        reason: the word of the report, ``not-in-report`` or ``not-comparable``.
    """

    kind: str
    wanted: Wanted
    found: Requirement | None
    reason: str

    @property
    def place(self) -> Place | None:
        """The profile's line."""
        return self.wanted.places[0] if self.wanted.places else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A profile against a report.

    Attributes:
        drifts: what differs and what is unknown, in the order of the profile.
        notes: what else is to be said, one sentence each.
    """

    drifts: tuple[Drift, ...]
    notes: tuple[str, ...]


def is_report(path: str) -> bool:
    """Tell whether a file is an audit report, or gzip, which nothing else is that gpogen compares.

    The members of JSON can have any order, so the name of the schema can stand anywhere.
    """
    file = Path(path)
    if not file.is_file():
        return False
    head = read_file(file, _HEAD, show(file))
    if head.startswith(_GZIP) or path.lower().endswith(".gz"):
        return True
    if _BEGINS.match(_narrow(head)) is None:
        return False
    data = _narrow(read_file(file, MAX_LIST, show(file)))
    return MARK.search(data.decode("latin-1")) is not None


def _narrow(data: bytes) -> bytes:
    """Return the ASCII of a text in UTF-8 or UTF-16."""
    return data.replace(b"\0", b"")


def report_of(path: str) -> Report:
    """Read the one report of a file.

    Raises:
        UsageError: it can't be read, does not fit the schema, has no requirements, or the file
            has several.
    """
    first, *more = [item for item, _ in zip(texts(path), range(2), strict=False)]
    if more:
        raise UsageError(
            f"{path}: several reports; diff compares one: use gpogen status for many machines"
        )
    if first.problem:
        raise UsageError(f"{first.place}: {first.problem}")
    try:
        report = read_report(first.data)
    except ValidationError as error:
        raise UsageError(f"{first.place}: {problem_of(error)}") from None
    try:
        strict_json.loads(first.data.decode("utf-8"))
    except ValueError as error:
        raise UsageError(f"{first.place}: not JSON: {cut(str(error))}") from None
    if not is_time(report["taken_at"]):
        raise UsageError(f"{first.place}: {not_a_time(report['taken_at'])}")
    if report["profile"] is None:
        raise UsageError(
            f"{first.place}: the report of a readiness script, which compares no settings; use "
            "a report of the profile's Test script"
        )
    twice = _twice(report)
    if twice:
        raise UsageError(f"{first.place}: two answers for one requirement: {cut(twice)}")
    return report


def _twice(report: Report) -> str:
    """Return the id of a requirement that a report answers twice; empty where none is."""
    counts = Counter(item["id"].lower() for item in report["requirements"])
    return next((name for name, count in counts.items() if count > 1), "")


def compare(compiled: Compiled, report: Report) -> Comparison:
    """Compare a profile as it is today with what a machine had.

    What the report found is compared again. Its own answer counts for what cannot be compared,
    such as a requirement with targeting, and only if the report is of this very version of the
    profile and does not contradict itself. What it did not look at is unknown, which is not equal.
    """
    profile = report["profile"]
    assert profile is not None
    every = audit(compiled)
    wanted = every.direct if profile["route"] == "direct" else every.group_policy
    same = profile["digest"] == compiled.header.digest
    found = {item["id"].lower(): item for item in report["requirements"]}
    drifts = []
    for row in wanted:
        answer = found.pop(row.id[:_ID_LENGTH].lower(), None)
        reason = _reason(row, answer, same=same)
        if reason not in _MET:
            drifts.append(
                Drift(kind=_KINDS.get(reason, "unknown"), wanted=row, found=answer, reason=reason)
            )
    notes = [*_about(compiled, report, same=same)]
    notes += [f"not compared: {item.what}: {item.reason}" for item in every.not_checked]
    if found:
        count = len(found)
        what = (
            "value that the profile does not set" if count == 1 else "values that it does not set"
        )
        notes.append(f"not compared: {count} {what}: {next(iter(found.values()))['id']}")
    return Comparison(drifts=tuple(drifts), notes=tuple(notes))


_MET = ("as-expected", "not-targeted")
_UNMET = ("differs", "wrong-type", "missing", "surplus")
_KINDS = {"differs": "changed", "wrong-type": "changed", "missing": "removed", "surplus": "added"}


def _about(compiled: Compiled, report: Report, *, same: bool) -> Iterator[str]:
    profile, header = report["profile"], compiled.header
    assert profile is not None
    yield f"{report['machine']['name']}: taken at {report['taken_at']}, route {profile['route']}"
    if report["errors"]:
        count = len(report["errors"])
        yield f"the script reported {count} {'error' if count == 1 else 'errors'}, see errors in it"
    if profile["name"] != header.name:
        yield (
            f"the report was made for another profile, {profile['name']}, not for "
            f"{header.name}: what it does not have is unknown"
        )
    elif not same:
        revision = f" ({profile['revision']})" if profile["revision"] else ""
        yield (
            f"the report was made for another version of {header.name}{revision}: what it does "
            "not have is unknown; build and run the script of this version for a full answer"
        )


def _reason(row: Wanted, answer: Requirement | None, *, same: bool) -> str:
    """Judge a requirement; the word of a report where only the script could judge it."""
    if answer is None:
        return NOT_IN_REPORT
    compared = _compared(row, answer)
    if not same or compared in _UNMET or compared == "unreadable":
        return compared
    # A report that contradicts itself says nothing.
    told = answer["reason"] in _MET
    if told is not (answer["compliant"] is True) or (
        answer["reason"] == "not-targeted" and not row.wql
    ):
        return NOT_COMPARABLE
    return answer["reason"]


def _compared(row: Wanted, answer: Requirement) -> str:
    """Judge by what the script found alone."""
    if answer["found"]["state"] == "unreadable":
        return "unreadable"
    if row.wql or answer["reason"] in ("not-targeted", "target-unknown"):
        return NOT_COMPARABLE  # The report does not say by which queries.
    if row.row.action == "delete":
        return "surplus" if answer["found"]["state"] == "present" else "as-expected"
    if row.row.action in ("soft", "create-key"):
        return "as-expected" if answer["found"]["state"] == "present" else "missing"
    if row.row.action == "set":
        return _of_value(row, answer)
    unchanged = (
        row.row.action == answer["action"] and [*row.row.names] == answer["expected"]["value"]
    )
    return answer["reason"] if unchanged and answer["compliant"] is not False else NOT_COMPARABLE


def _of_value(row: Wanted, answer: Requirement) -> str:
    found = answer["found"]
    if answer["action"] not in ("set", "soft", "delete"):
        return NOT_COMPARABLE
    if found["state"] == "absent":
        return "missing"
    if found["type"] != _TYPES.get(row.row.kind):
        return "wrong-type"
    if found["cut"]:
        return NOT_COMPARABLE
    return "as-expected" if found["value"] == shown(row.row.value, row.row.kind) else "differs"


def shown(value: RegData | None, kind: str) -> Any:
    """Write data as reports do: text, a number, digits, hexadecimal digits, or a list."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return list(value)
    return str(value) if kind == "QWord" else value
