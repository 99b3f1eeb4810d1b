"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from gpogen import __version__
from gpogen.catalog.rules import rule_pages
from gpogen.compile.origin import Allowed
from gpogen.finding import Finding, Place, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(findings: Iterable[Finding], allowed: Iterable[Allowed]) -> dict[str, Any]:
    """Return one run: results with places, fingerprints, and ``allow`` as suppressions.

    A fingerprint is made of rule, file, message and a count, so that it survives a moved line.
    """
    items = list(findings)
    silenced = list(allowed)
    ids = sorted({item.id for item in items} | {item.finding.id for item in silenced})
    counts: Counter[tuple[str, str, str]] = Counter()
    results = [_result(item, ids, counts) for item in items]
    for item in silenced:
        result = _result(item.finding, ids, counts)
        result["suppressions"] = [{"kind": "inSource", "justification": item.why}]
        results.append(result)
    driver = {
        "name": "gpogen",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule_id) for rule_id in ids],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule_id: str) -> dict[str, Any]:
    page = rule_pages().get(rule_id)
    if page is None:
        return {"id": rule_id, "shortDescription": {"text": f"The form of the profile ({rule_id})"}}
    rule: dict[str, Any] = {
        "id": rule_id,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.why},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
        "properties": {"source": page.source, "input": page.input},
    }
    if page.fix:
        rule["help"] = {"text": page.fix}
    return rule


def _result(item: Finding, ids: list[str], counts: Counter[tuple[str, str, str]]) -> dict[str, Any]:
    file = item.at.file if item.at else ""
    identity = (item.id, file, item.message)
    counts[identity] += 1
    text = item.message + (f". Fix: {item.fix}" if item.fix else "")
    result: dict[str, Any] = {
        "ruleId": item.id,
        "ruleIndex": ids.index(item.id),
        "level": _LEVELS[item.severity],
        "message": {"text": text},
        "partialFingerprints": {"gpogen/v1": _fingerprint(identity, counts[identity])},
    }
    if item.at:
        result["locations"] = [_location(item.at)]
    if item.related:
        result["relatedLocations"] = [
            {"id": number, **_location(place)} for number, place in enumerate(item.related, 1)
        ]
    return result


def _fingerprint(identity: tuple[str, str, str], count: int) -> str:
    text = "\0".join((*identity, str(count)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _location(place: Place) -> dict[str, Any]:
    path = PurePath(place.file)
    uri = (
        path.as_uri()
        if path.is_absolute()
        else quote(place.file, safe="/._-~", errors="surrogateescape")
    )
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": place.line, "startColumn": place.col},
        }
    }
