"""Says what of a report does not fit the schema: the place in the JSON, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from gpogen.fleet.report import BUILD, DAY, GUID, KB, TIME
from gpogen.text import cut

_MOST = 3
"""Problems of one report that are told; the others are counted."""
_LISTED = 10_000
"""Problems of one report up to which they are looked at."""
_UNIONS = ("constrained-str", "constrained-int", "str", "int")
_SAYINGS = {
    "missing": "is missing",
    "extra_forbidden": "is not a member of this schema",
    "string_type": "must be a text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
}


_EXAMPLES = {
    TIME: "a time in UTC such as 2026-11-24T02:00:00Z",
    BUILD: "a build such as 26100.6899",
    KB: "a KB number such as KB5066835",
    DAY: "a date such as 2026-11-24",
    GUID: "a GUID such as 6f9619ff-8b86-d011-b42d-00cf4fc964ff",
}
"""What to say instead of a regular expression."""


def problem_of(error: ValidationError) -> str:
    """Return the problems of a report in one line, ``$.machine.build must match ...; got 7``."""
    count = error.error_count()
    if count > _LISTED:
        return f"$ does not fit the schema in {count} places"  # To list them takes gigabytes.
    found = error.errors(include_url=False, include_context=True)
    told = list(dict.fromkeys(map(_sentence, found[: _MOST * 4])))
    more = f"; and {len(found) - _MOST} more" if len(told) > _MOST else ""
    return "; ".join(told[:_MOST]) + more


def _sentence(item: ErrorDetails) -> str:
    kind = item["type"]
    context = item.get("ctx", {})
    if kind == "json_invalid":
        return f"not JSON: {context.get('error', item['msg'])}{_start(item['input'])}"
    place = _path(item["loc"])
    if kind in ("missing", "extra_forbidden"):
        return f"{place} {_SAYINGS[kind]}"
    got = f"; got {cut(repr(item['input']), 60)}"
    if item["loc"] == ("schema",) and str(item["input"]).startswith("gpogen-audit/"):
        return (
            f"{place} must be {context['expected']}{got}: the report is from another version "
            "of gpogen"
        )
    if kind == "literal_error":
        return f"{place} must be {context['expected']}{got}"
    if kind == "string_pattern_mismatch" and context["pattern"] in _EXAMPLES:
        return f"{place} must be {_EXAMPLES[context['pattern']]}{got}"
    if kind == "string_pattern_mismatch":
        return f"{place} must match {context['pattern']}{got}"
    if kind in ("string_too_long", "too_long"):
        unit = "characters" if kind == "string_too_long" else "items"
        return f"{place} must have at most {context['max_length']} {unit}"
    if kind in ("greater_than_equal", "less_than_equal"):
        edge = context.get("ge", context.get("le"))
        return f"{place} must be {'at least' if 'ge' in context else 'at most'} {edge}{got}"
    return f"{place} {_SAYINGS.get(kind, 'is wrong: ' + item['msg'])}{got}"


def _start(data: object) -> str:
    """Show how a text that is not JSON begins, escaped; or that it is not UTF-8."""
    if not isinstance(data, bytes):
        return ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"; it is not UTF-8: byte {error.start + 1} is 0x{data[error.start]:02X}"
    return f"; it begins with {cut(repr(text.strip()[:40]), 60)}"


def _path(parts: Iterable[int | str]) -> str:
    """Write a place as JSON path; the names of alternatives are no part of it."""
    path = "$"
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part not in _UNIONS and "[" not in part:
            path += f".{cut(part, 60)}"
    return path


def not_a_time(text: str) -> str:
    """Return the problem of a report whose time no day has."""
    return f"$.taken_at must be a date such as 2026-11-24T02:00:00Z; got {text!r}"


def name_in(data: bytes) -> str:
    """Return the machine's name in a report that does not fit; empty where there is none."""
    try:
        found = from_json(data)
    except ValueError:
        return ""
    machine = found.get("machine") if isinstance(found, dict) else None
    name = machine.get("name") if isinstance(machine, dict) else None
    return name[:255] if isinstance(name, str) else ""
