"""Two places that give one registry value."""

from __future__ import annotations

from dataclasses import replace

from gpogen.compile.drafts import Draft, Findings
from gpogen.finding import Finding, Place, Severity
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive


def unite(drafts: list[Draft], findings: Findings) -> list[Draft]:
    """Keep one draft per value and route.

    Equal records become one, with a note when the author wrote both (GP031); different ones
    are an error at both places (GP030).
    """
    kept: dict[tuple[object, ...], Draft] = {}
    first_of: dict[tuple[object, ...], Draft] = {}
    for draft in drafts:
        about = (*draft.record.target, _kind(draft.record))
        route = (*about, draft.record.via)
        first = kept.get(route) or first_of.get(about)
        first_of.setdefault(about, draft)
        if first is None or first.record.via is not draft.record.via:
            kept[route] = draft
        if first is None:
            continue
        if not first.record.same_effect(draft.record):
            _differ(first, draft, findings)
        elif first.record.via is draft.record.via:
            kept[route] = _joined(first, draft, findings)
    return list(kept.values())


def _kind(record: Record) -> str:
    """Group the actions that are about the same thing."""
    if record.action in (Action.SET, Action.DELETE, Action.SOFT):
        return "value"
    return record.action.value


def name_of(record: Record) -> str:
    r"""Write ``HKLM\KEY!Name`` for messages."""
    hive = record.hive.value if isinstance(record.hive, Hive) else record.hive
    return f"{hive}\\{record.key}" + (f"!{record.name}" if record.name else "")


def effect_of(record: Record) -> str:
    """Write what a record does, shortly."""
    if record.action is not Action.SET:
        return record.action.value
    text = repr(record.value)
    return text if len(text) <= 60 else text[:57] + "..."


def _differ(first: Draft, second: Draft, findings: Findings) -> None:
    message = f"{name_of(first.record)} is given twice: {effect_of(first.record)}"
    message += f" ({_where(first.place)}) and {effect_of(second.record)} ({_where(second.place)})"
    places = [place for place in (second.place, first.place) if place]
    at = places[0] if places else None
    findings.error("GP030", message, at, "keep one of the two", tuple(places[1:]))


def _where(place: Place | None) -> str:
    return str(place) if place else "default"


def _joined(first: Draft, second: Draft, findings: Findings) -> Draft:
    if first.authored and second.authored and first.place != second.place:
        message = f"{name_of(first.record)} is given twice, with the same data"
        related = (first.place,) if first.place else ()
        findings.items.append(
            Finding(
                id="GP031",
                severity=Severity.INFO,
                message=message,
                at=second.place,
                related=related,
            )
        )
    places = (*first.origin.places, *second.origin.places)
    return replace(
        first,
        origin=replace(first.origin, places=places, why=first.origin.why or second.origin.why),
        authored=first.authored or second.authored,
    )
